"""Columns: sibling values, gathered in runs that fit into the processor's cache."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import Any

RUN = 1024
_TEXTS = {str}


class Column:
    """The values of one position, with what is cheap to know while they still lie in the processor's cache."""

    __slots__ = ("kinds", "lengths", "values")

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.kinds: set[type] = set()
        self.lengths: list[int] = []
        """Of the texts, in a column of texts alone."""

    def add(self, run: list[Any]) -> None:
        """Append some values."""
        kinds = set(map(type, run))
        self.values += run
        self.kinds |= kinds
        if kinds == _TEXTS:
            self.lengths += map(len, run)

    def counts(self) -> Mapping[type, int]:
        """How many values of each type."""
        # Most columns hold one type, and telling so costs half of counting it.
        return dict.fromkeys(self.kinds, len(self.values)) if len(self.kinds) < 2 else Counter(map(type, self.values))  # noqa: PLR2004 - one or several


def gathered(parts: Iterable[Iterable[Any]]) -> Column:
    """Return what the parts hold as one column."""
    column, values = Column(), chain.from_iterable(parts)
    while run := list(islice(values, RUN)):
        column.add(run)
    return column
