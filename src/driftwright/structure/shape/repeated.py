"""Count, field by field, how many records of a map repeat the key of the map that they lie under."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from operator import eq

from driftwright.structure.shape.column import Column
from driftwright.structure.shape.model import Shape

LOOKED = "*"
"""Under this name stands how many records were looked at."""
_FIRST = 16
_TOLD_ALIKE = frozenset({"uuid", "digits"})
"""A key of one of these forms has it as a text too, so that a text of another form is not that key."""


class Repeats:
    """What records repeat of their keys: those of one map, or in lists that are its values.

    Args:
        forms: The forms of the map's keys.
    """

    __slots__ = ("_forms", "hits")

    def __init__(self, forms: Mapping[str, int]) -> None:
        self._forms = forms
        self.hits: Counter[str] = Counter()

    def look_at(self, records: int) -> None:
        """Take note that so many records are looked at."""
        self.hits[LOOKED] += records

    def are_all(self, name: str, column: Column) -> bool:
        """Whether all values of a field are the keys, each once; then they are counted, and their forms known."""
        keys, values = column.keys, column.values
        if keys is None or values[:_FIRST] != keys[:_FIRST] or not self._forms.keys() <= _TOLD_ALIKE:
            return False
        if len(keys) != sum(self._forms.values()) or values != keys:
            return False
        column.forms = dict(self._forms)
        self.hits[name] += len(keys)
        return True

    def compare(self, name: str, column: Column, shape: Shape) -> None:
        """Count the values of a field that are the keys of their records.

        Args:
            name: The field.
            column: Its values, with their keys.
            shape: The shape of the column.
        """
        if column.keys is None or not shape.forms:
            return
        if self._forms.keys() <= _TOLD_ALIKE and self._forms.keys().isdisjoint(shape.forms):
            return
        if hits := list(map(eq, column.keys, column.values)).count(True):
            self.hits[name] += hits
