"""Finds any of many needles in one pass over the bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ahocorasick_rs import BytesAhoCorasick

from driftwright.snapshot.scan.needles import Needle


class Matcher:
    """Knows the needles, and finds them whatever the case of their ASCII letters."""

    def __init__(self, needles: Sequence[Needle]) -> None:
        self._needles = tuple(needles)
        self._automaton = BytesAhoCorasick([needle.bytes for needle in needles])
        self.longest = max(len(needle.bytes) for needle in needles)
        self.shortest = min(len(needle.bytes) for needle in needles)
        self.blanks = any(b" " in needle.bytes for needle in needles)

    def find(self, data: bytes) -> Iterator[tuple[int, Needle]]:
        """Yield where each needle starts, from the first to the last."""
        matches = self._automaton.find_matches_as_indexes(data.lower(), overlapping=True)
        for start, number in sorted((start, number) for number, start, _ in matches):
            yield start, self._needles[number]
