"""Applying the unified diffs of proposals to texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


def patched(text: str, diff: str) -> str | None:
    """Return a text after a unified diff; None when the diff is not of this text."""
    lines = text.split("\n")
    made: list[str] = []
    at = 0
    for start, hunk in _hunks(diff):
        made += lines[at:start]
        at = start
        for line in hunk:
            mark, said = line[:1], line[1:]
            if mark in (" ", "-"):
                if at >= len(lines) or lines[at] != said:
                    return None
                at += 1
            if mark in (" ", "+"):
                made.append(said)
    return "\n".join([*made, *lines[at:]])


def _hunks(diff: str) -> Iterator[tuple[int, list[str]]]:
    """Yield where each hunk begins, from 0, and its lines."""
    hunk: list[str] = []
    start = -1
    for line in diff.split("\n"):
        found = _HUNK.match(line)
        if found:
            if start >= 0:
                yield start, hunk
            hunk = []
            # A hunk that takes nothing away names the line after which it stands.
            start = int(found.group(1)) - (0 if found.group(2) == "0" else 1)
        elif start >= 0 and line and not line.startswith("\\"):
            hunk.append(line)
    if start >= 0:
        yield start, hunk
