"""What a scan found: which secret and where, never the secret itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Leak:
    """One secret, written in one way, in one part of a file.

    Args:
        file: The file, as it may be shown.
        offset: Byte of the file at which it starts first, or at which starts what it is packed in.
        inside: From the outside in, what it is packed or encoded in, such as `gzip`, `json escapes`.
        form: How it is written there, such as `utf-8` or `sha-256 without a salt`.
        secret: Its label.
        times: How often.
    """

    file: str
    offset: int
    inside: tuple[str, ...]
    form: str
    secret: str
    times: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be looked into: nobody knows what it holds.

    Args:
        file: The file, as it may be shown.
        why: What hindered, as a clause.
    """

    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """The result of a scan."""

    leaks: tuple[Leak, ...]
    unread: tuple[Unread, ...]
    files: int
    size: int


@dataclass(slots=True)
class Findings:
    """Collects what is found, one entry for the same thing in the same part of a file."""

    _leaks: dict[tuple[str, tuple[str, ...], str, str], tuple[int, int]] = field(default_factory=dict)
    _unread: dict[Unread, None] = field(default_factory=dict)

    def note_leak(self, file: str, offset: int, inside: tuple[str, ...], form_and_label: tuple[str, str]) -> None:
        """Note that a secret of a form, under a label, starts at `offset`."""
        key = (file, inside, *form_and_label)
        first, times = self._leaks.get(key, (offset, 0))
        self._leaks[key] = (min(first, offset), times + 1)

    def note_unread(self, file: str, why: str) -> None:
        """Note that something could not be looked into."""
        self._unread[Unread(file, why)] = None

    def result(self, sizes: Iterable[int]) -> Scanned:
        """Return all that was found, in the order of files and offsets."""
        measured = tuple(sizes)
        leaks = [
            Leak(file, offset, inside, form, secret, times)
            for (file, inside, form, secret), (offset, times) in self._leaks.items()
        ]
        leaks.sort(key=lambda leak: (leak.file, leak.offset, leak.inside, leak.form, leak.secret))
        return Scanned(tuple(leaks), tuple(self._unread), len(measured), sum(measured))
