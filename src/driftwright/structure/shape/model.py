"""The types of a position: what is declared about it (`Layout`), and what was folded there (`Shape`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from driftwright.base.path import EACH_ITEM, EACH_VALUE, ROOT, EachItem, EachValue, Path
from driftwright.base.terms import JsonType

T = TypeVar("T", "Layout", "Shape")

MAX_ENUMERATION = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """What is declared about a position, so that it need not be guessed.

    Args:
        kind: `map`, `record`, or empty when it is not declared.
        fields: Declared named fields.
        required: Names of the fields that every record has.
        values: Declaration of a map's values.
        items: Declaration of a list's items.
        types: Declared JSON types; empty when any is allowed.
        enum: Declared values of a small enumeration; empty when any is allowed.
    """

    kind: str = ""
    fields: Mapping[str, Layout] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    values: Layout | None = None
    items: Layout | None = None
    types: frozenset[JsonType] = frozenset()
    enum: tuple[Any, ...] = ()

    def at(self, path: Path) -> Layout | None:
        """Return the layout at `path` below this position, or None."""
        return _descend(self, path)

    @property
    def names(self) -> frozenset[str]:
        """The names of all fields, at any depth."""
        below = (self.values, self.items, *self.fields.values())
        return frozenset(self.fields).union(*(part.names for part in below if part is not None))


OPEN = Layout()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a column of values at one position looks like, without the values.

    Args:
        total: How many values were folded.
        types: How many of each JSON type.
        fields: Named fields of the records, and map keys that a reader asks for by name.
        values: The values of maps, folded together; None when no map was seen.
        items: The items of lists, folded together; None when no list was seen.
        keys: How many map keys of each form.
        keyed: For a map's records (its values, or in lists that are its values): how often a field repeats the map key;
            under `*` how many records there are.
        forms: How many texts of each form.
        enum: The distinct scalars while there are at most `MAX_ENUMERATION`; None when there are more.
        low: Smallest number seen; None without numbers.
        high: Largest number seen; None without numbers.
        empty: How many objects and lists were empty.
        true: How many booleans were true.
    """

    total: int = 0
    types: Mapping[JsonType, int] = field(default_factory=dict)
    fields: Mapping[str, Shape] = field(default_factory=dict)
    values: Shape | None = None
    items: Shape | None = None
    keys: Mapping[str, int] = field(default_factory=dict)
    keyed: Mapping[str, int] = field(default_factory=dict)
    forms: Mapping[str, int] = field(default_factory=dict)
    enum: frozenset[Any] | None = frozenset()
    low: float | None = None
    high: float | None = None
    empty: int = 0
    true: int = 0

    def count(self, kind: JsonType) -> int:
        """Return how many values of that type were seen."""
        return self.types.get(kind, 0)

    @property
    def kinds(self) -> frozenset[JsonType]:
        """The types seen, apart from null."""
        return frozenset(kind for kind in self.types if kind is not JsonType.NULL)

    def presence(self, name: str) -> float:
        """Return the share of the records that have the field `name`, from 0 to 1."""
        part, whole = self.fields.get(name), self.count(JsonType.OBJECT)
        return part.total / whole if part and whole else 0.0

    def at(self, path: Path) -> Shape | None:
        """Return the shape at `path` below this one, or None."""
        return _descend(self, path)


EMPTY = Shape()


@dataclass(frozen=True, slots=True)
class Row:
    """One position of a shape.

    Args:
        path: The position.
        shape: What is there.
        containers: In how many containers it could be.
    """

    path: Path
    shape: Shape
    containers: int


def shape_rows(shape: Shape) -> Iterator[Row]:
    """Yield every position of a shape, a container before what it holds."""
    yield Row(ROOT, shape, shape.total)
    yield from _rows_below(ROOT, shape)


def _rows_below(path: Path, shape: Shape) -> Iterator[Row]:
    records = shape.count(JsonType.OBJECT)
    for name, part in shape.fields.items():
        yield Row(path / name, part, records)
        yield from _rows_below(path / name, part)
    for step, part_below in ((EACH_VALUE, shape.values), (EACH_ITEM, shape.items)):
        if part_below is not None:
            below = Path((*path.steps, step))
            yield Row(below, part_below, part_below.total)
            yield from _rows_below(below, part_below)


def _descend(start: T, path: Path) -> T | None:
    here: T | None = start
    for step in path.steps:
        if here is None:
            return None
        if isinstance(step, EachValue):
            here = here.values
        elif isinstance(step, EachItem):
            here = here.items
        else:
            here = here.fields.get(step.name)
    return here
