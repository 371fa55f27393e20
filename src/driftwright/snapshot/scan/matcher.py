"""Finds any of many needles in one pass over the bytes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from driftwright.snapshot.scan.needles import Needle
from driftwright.snapshot.scan.secrets import LEAST

_HEAD = 8  # bytes that the pattern tells apart; the rest of a needle is compared where they stand

_Tree = dict[int, Any]  # byte -> tree; an empty tree is an end


class Matcher:
    """Knows the needles, and finds them whatever the case of their ASCII letters."""

    def __init__(self, needles: Sequence[Needle]) -> None:
        by_head: defaultdict[bytes, list[Needle]] = defaultdict(list)
        for needle in needles:
            by_head[needle.bytes[:LEAST]].append(needle)
        self._by_head = {head: tuple(kept) for head, kept in by_head.items()}
        self._pattern = re.compile(_pattern(_tree(needle.bytes[:_HEAD] for needle in needles)), re.DOTALL)
        self.longest = max(len(needle.bytes) for needle in needles)
        self.shortest = min(len(needle.bytes) for needle in needles)
        self.blanks = any(b" " in needle.bytes for needle in needles)

    def find(self, data: bytes) -> Iterator[tuple[int, Needle]]:
        """Yield where each needle starts."""
        folded = data.lower()
        hit = self._pattern.search(folded)
        while hit:
            at = hit.start()
            for needle in self._by_head.get(folded[at : at + LEAST], ()):
                if folded.startswith(needle.bytes, at):
                    yield at, needle
            hit = self._pattern.search(folded, at + 1)


def _tree(heads: Iterable[bytes]) -> _Tree:
    tree: _Tree = {}
    # The shortest first: where one ends, no longer one has to be told apart.
    for head in sorted(set(heads), key=len):
        place = tree
        for index, byte in enumerate(head):
            if byte in place and not place[byte]:
                break
            place = place.setdefault(byte, {})
            if index == len(head) - 1:
                place.clear()
    return tree


def _pattern(tree: _Tree) -> bytes:
    """Return a regular expression in which common beginnings stand once: it is left at the first byte that differs."""
    branches = [re.escape(bytes([byte])) + _pattern(below) for byte, below in sorted(tree.items())]
    return branches[0] if len(branches) == 1 else b"(?:" + b"|".join(branches) + b")" if branches else b""
