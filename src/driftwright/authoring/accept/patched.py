"""Applying the unified diffs of proposals to texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


def patched(text: str, diff: str) -> str | None:
    """Return the text with a unified diff applied; None when the diff does not fit it."""
    lines = text.split("\n")
    made: list[str] = []
    at = 0
    for start, hunk in _split_hunks(diff):
        made += lines[at:start]
        at = start
        for line in hunk:
            mark, content = line[:1], line[1:]
            if mark in (" ", "-"):
                if at >= len(lines) or lines[at] != content:
                    return None
                at += 1
            if mark in (" ", "+"):
                made.append(content)
    return "\n".join([*made, *lines[at:]])


def _split_hunks(diff: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line number of each hunk, counted from 0, and its lines."""
    hunk: list[str] = []
    start = -1
    for line in diff.split("\n"):
        header = _HUNK.match(line)
        if header:
            if start >= 0:
                yield start, hunk
            hunk = []
            # A hunk that removes nothing names the line before it.
            start = int(header.group(1)) - (0 if header.group(2) == "0" else 1)
        elif start >= 0 and line and not line.startswith("\\"):
            hunk.append(line)
    if start >= 0:
        yield start, hunk
