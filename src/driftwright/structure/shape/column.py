"""Columns: the values of one position, added in runs that fit into the processor's cache."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import Any

RUN = 1024
_TEXTS = {str}


class Column:
    """The values of one position, their types and, for texts, their lengths."""

    __slots__ = ("kinds", "lengths", "values")

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.kinds: set[type] = set()
        self.lengths: list[int] = []
        """The lengths of the texts, in a column that holds only texts."""

    def add(self, run: list[Any]) -> None:
        """Append values."""
        kinds = set(map(type, run))
        self.values += run
        self.kinds |= kinds
        if kinds == _TEXTS:
            self.lengths += map(len, run)

    def counts(self) -> Mapping[type, int]:
        """Return how many values there are of each type."""
        # Most columns hold one type, and knowing that costs half as much as counting.
        return dict.fromkeys(self.kinds, len(self.values)) if len(self.kinds) < 2 else Counter(map(type, self.values))  # noqa: PLR2004 - one or several


def gather_column(parts: Iterable[Iterable[Any]]) -> Column:
    """Return the values of all parts as one column."""
    column, values = Column(), chain.from_iterable(parts)
    while run := list(islice(values, RUN)):
        column.add(run)
    return column
