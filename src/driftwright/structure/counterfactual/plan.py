"""What is decided while known-good data are put into a later structure, and how it is done to a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from driftwright.base.path import Path, Step
from driftwright.structure.shape import Shape, fold

MOST_VALUES = 400
"""So many values of a position are looked at, evenly spread over all."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Which of the decisions are carried out.

    Args:
        with_new: Whether fields are put in that known-good records had under no name, with a value of the later store.
        off: The numbers of the decisions that are left undone.
    """

    with_new: bool = False
    off: frozenset[int] = frozenset()


Build = Callable[[Any, Draw], Any]
"""Puts a known-good value into the later structure; what is not of the kind that it was made for is left as it is."""


def keep(value: Any, _: Draw) -> Any:
    """Leave a value as it is."""
    return value


class Trust(Enum):
    """How much an answer tells that changes with a decision.

    Attributes:
        EXACT: Values stay what they were, and lie or are written otherwise: another answer is a wrong one.
        SAMPLE: The structure is another one, but values of the later store were put in: another answer may be right.
        DATA: Other data may look so as well.
    """

    EXACT = "exact"
    SAMPLE = "sample"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was taken to have happened at a position, in words, and how much it tells."""

    path: Path
    says: str
    trust: Trust

    def __str__(self) -> str:
        return f"{self.path}: {self.says}"


@dataclass(frozen=True, slots=True)
class Column:
    """All values at a position.

    Args:
        path: The position.
        before: The known-good values.
        after: The later ones.
        is_mixed: Whether values of several kinds stand there or above of which one is missing now, perhaps because
            other data are of the other kinds.
    """

    path: Path
    before: Sequence[Any]
    after: Sequence[Any]
    is_mixed: bool = False

    def at(self, step: Step | str, before: Sequence[Any], after: Sequence[Any]) -> Column:
        """Return the column of the values one step further down."""
        return Column(self.path / step, before, after, self.is_mixed)

    def of(self, before: Sequence[Any], after: Sequence[Any]) -> Column:
        """Return the column of these values at the same position."""
        return Column(self.path, before, after, self.is_mixed)


Aligner = Callable[["Plan", Column], Build]


@dataclass(frozen=True, slots=True)
class Plan:
    """All decisions about one store, in the order in which they were taken.

    Args:
        named: The texts that stand in the readers' source.
        kinds: The fields whose word says which other fields a record has, all over the known-good documents.
        aligner: Returns what puts the values of a column into the later structure.
    """

    named: frozenset[str]
    kinds: frozenset[str]
    aligner: Aligner
    decisions: list[Decision] = field(default_factory=list)
    hidden: list[Path] = field(default_factory=list)

    def decide(self, column: Column, says: str, trust: Trust = Trust.EXACT, name: str = "") -> int:
        """Note a decision about a column, or about a field of its records; returns its number."""
        path = column.path / name if name else column.path
        self.decisions.append(Decision(path, says, Trust.DATA if column.is_mixed else trust))
        return len(self.decisions) - 1

    def below(self, column: Column) -> Build:
        """Return what puts the values of a column into the later structure."""
        return self.aligner(self, column)


def unless_off(number: int, build: Build) -> Build:
    """Return what carries out a decision where it is not left undone."""
    return lambda value, draw: value if number in draw.off else build(value, draw)


def chosen(values: Sequence[Any]) -> Sequence[Any]:
    """Return at most so many of the values as are looked at, evenly spread."""
    if len(values) <= MOST_VALUES:
        return values
    return [values[number * len(values) // MOST_VALUES] for number in range(MOST_VALUES)]


def shape_of(values: Sequence[Any]) -> Shape:
    """Return the shape of those of the values that are looked at."""
    return fold(list(chosen(values)))


def kind_of(value: Any) -> str:
    """Return the kind of a JSON value: null, flag, number, text, list or object."""
    return _KINDS.get(type(value), "text")


_KINDS: Mapping[type, str] = {
    type(None): "null",
    bool: "flag",
    int: "number",
    float: "number",
    str: "text",
    list: "list",
    dict: "object",
}


def of_kind(kind: str, values: Sequence[Any]) -> list[Any]:
    """Return the values of a kind."""
    return [value for value in values if kind_of(value) == kind]


def fields_of(records: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    """Return the values of a field in those records that have it."""
    return [record[name] for record in records if name in record]
