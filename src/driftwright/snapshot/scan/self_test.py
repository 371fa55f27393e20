"""The self-test of the scanner: it must find each planted leak, and nothing where another secret lies."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from driftwright.snapshot.scan.findings import Findings, Scanned
from driftwright.snapshot.scan.folder import scan_paths
from driftwright.snapshot.scan.matcher import Matcher
from driftwright.snapshot.scan.needles import needles
from driftwright.snapshot.scan.planting import HOLDERS, WRITINGS, database_with_log
from driftwright.snapshot.scan.secrets import Secret
from driftwright.snapshot.scan.stream import Look, Stream

LOG = "sqlite with a log"
NAME = "name of a file"


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The result of the self-test.

    Args:
        writings: How many ways of writing.
        holders: How many things that hold it.
        planted: How many leaks were planted.
        missed: Which were not found: way of writing, and what held it.
        alarms: Where a leak was reported though only another secret lay there.
    """

    writings: int
    holders: int
    planted: int
    missed: tuple[tuple[str, str], ...]
    alarms: tuple[tuple[str, str], ...]


def self_test(progress: Callable[[str], None]) -> SelfTest:
    """Plant a leak in each way of writing in each holder, and look for it."""
    planted, other = (Secret("planted", _secret()) for _ in range(2))
    mine, wrong = Matcher(needles([planted])), Matcher(needles([other]))
    missed, alarms = [], []
    for holder, hold in HOLDERS.items():
        progress(f"trial: {holder}")
        for writing, write in WRITINGS.items():
            held = hold(write(planted.text))
            if not _scan(held, mine).leaks:
                missed.append((writing, holder))
            if holder == "file" and _scan(held, wrong).leaks:
                alarms.append((writing, holder))
    for writing, write in WRITINGS.items():
        progress(f"trial: {LOG}")
        if not _is_found_in_log(write(planted.text), planted):
            missed.append((writing, LOG))
    if not _is_found_in_name(planted):
        missed.append(("utf-8", NAME))
    count = len(WRITINGS) * (len(HOLDERS) + 1) + 1
    return SelfTest(len(WRITINGS), len(HOLDERS) + 2, count, tuple(missed), tuple(alarms))


def _secret() -> str:
    """A new one each time; with letters, digits, blanks and what every way of writing has to escape."""
    return f'<Lumière & {secrets.token_hex(4)}> \U0001f512 it\'s "{secrets.token_hex(4)}"'


def _scan(held: bytes, matcher: Matcher) -> Scanned:
    findings = Findings()
    stream = Stream(Look("planted", matcher, findings))
    stream.feed(held)
    stream.close()
    return findings.result((len(held),))


def _is_found_in_log(written: bytes, secret: Secret) -> bool:
    with tempfile.TemporaryDirectory(prefix="driftwright-trial-") as name:
        folder = Path(name)
        database_with_log(folder, written)
        return bool(scan_paths([folder / "kept.db"], [secret]).leaks)


def _is_found_in_name(secret: Secret) -> bool:
    with tempfile.TemporaryDirectory(prefix="driftwright-trial-") as name:
        folder = Path(name) / f"of {secret.text}"
        folder.mkdir()
        (folder / "empty").touch()
        leaks = scan_paths([Path(name)], [secret]).leaks
        return bool(leaks) and not any(secret.text in leak.file for leak in leaks)
