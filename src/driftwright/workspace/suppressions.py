"""Suppressions: the findings that do not count until a day, as a workspace's `suppressions.toml` lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.base.toml import Table, read_table

_DIGITS = 12
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One finding that is suppressed until a day.

    Args:
        fingerprint: Of a fact's finding, of a fact (all its findings), or of a change that no fact notices.
        reason: Why.
        expires: The last day on which it holds.
        place: Its place in its file, for messages.
    """

    fingerprint: str
    reason: str
    expires: date
    place: str

    def expired(self, today: date) -> bool:
        """Whether its last day is before `today`."""
        return today > self.expires


def load_suppressions(file: File) -> tuple[Suppression, ...]:
    """Read a workspace's suppressions; a file that is not there holds none.

    Raises:
        InputFault: An entry is not what it should be; names the file and the entry.
    """
    if not file.exists():
        return ()
    table = read_table(file)
    entries = tuple(_read_suppression(entry) for entry in table.tables("suppress"))
    table.close()
    fingerprints: set[str] = set()
    for entry in entries:
        if entry.fingerprint in fingerprints:
            raise InputFault(f"{entry.fingerprint} stands there twice", str(file), entry.place, "keep one of them")
        fingerprints.add(entry.fingerprint)
    return entries


def _read_suppression(entry: Table) -> Suppression:
    name, reason, expires = entry.text("fingerprint"), entry.text("reason"), entry.day("expires")
    if len(name) != _DIGITS or not set(name) <= _HEX:
        raise entry.fault(
            "must be 12 hexadecimal digits", "fingerprint", "copy the fingerprint of a finding from the JSON report"
        )
    if not reason.strip():
        raise entry.fault("must not be empty", "reason", "say why this finding need not be mended now")
    entry.close()
    return Suppression(name, reason, expires, entry.place)
