"""Columns: the values of one position, added in runs that fit into the processor's cache."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any

RUN = 1024


class Column:
    """The values of one position and their types, perhaps each with the map key that it lies under.

    Args:
        keyed: Whether keys are added with the values.
    """

    __slots__ = ("forms", "keys", "kinds", "values")

    def __init__(self, *, keyed: bool = False) -> None:
        self.values: list[Any] = []
        self.kinds: set[type] = set()
        self.forms: dict[str, int] | None = None
        """How many texts there are of each form, where that is known before they are looked at."""
        self.keys: list[str] | None = [] if keyed else None
        """The key of the map's entry that each value belongs to; None where there is no map around."""

    def add(self, run: list[Any], keys: Sequence[str] = ()) -> None:
        """Append values, in a keyed column with a key for each."""
        self.values += run
        self.kinds.update(map(type, run))
        if self.keys is not None:
            self.keys += keys

    def counts(self) -> Mapping[type, int]:
        """Return how many values there are of each type."""
        # Most columns hold one type, and knowing that costs half as much as counting.
        return dict.fromkeys(self.kinds, len(self.values)) if len(self.kinds) < 2 else Counter(map(type, self.values))  # noqa: PLR2004 - one or several


def gather_column(parts: Iterable[Iterable[Any]], keys: list[str] | None = None) -> Column:
    """Return the values of all parts as one column, with `keys`, if any, as theirs."""
    column, values = Column(), chain.from_iterable(parts)
    while run := list(islice(values, RUN)):
        column.add(run)
    column.keys = keys
    return column
