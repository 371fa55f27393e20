"""2. Shape: structure without values, folded in one columnar pass; shapes merge.

Sibling values are folded as one column: objects are grouped by their key tuple, so that each field of a thousand
records is one list, counted by `Counter` at C speed. That costs about as much as parsing the JSON did.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, TypeVar

from driftwright.forms import is_idlike, key_form, text_form
from driftwright.path import EACH_ITEM, EACH_VALUE, ROOT, Path
from driftwright.terms import JsonType

K = TypeVar("K")

MAX_ENUMERATION = 12
_SAMPLES = 400
_KEYED_SAMPLES = 64


@dataclass(frozen=True, slots=True)
class Layout:
    """What is declared about a position, so that nothing about it need be guessed.

    Args:
        kind: `map`, `record`, or empty when the declaration leaves it open.
        fields: Declared named fields.
        required: Names that every writer always wrote.
        values: Declaration of a map's values.
        items: Declaration of a list's items.
        types: Declared JSON types; empty when any is allowed.
        enum: Declared values of a small enumeration; empty when open.
    """

    kind: str = ""
    fields: Mapping[str, Layout] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    values: Layout | None = None
    items: Layout | None = None
    types: frozenset[JsonType] = frozenset()
    enum: tuple[Any, ...] = ()


OPEN = Layout()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a column of values at one position looks like, without the values.

    Args:
        seen: How many values were folded.
        types: How many of each JSON type.
        fields: Named fields of the records, and map keys that a reader asks for by name.
        values: The values of maps, folded together; None when no map was seen.
        items: The items of lists, folded together; None when no list was seen.
        keys: How many map keys of each form.
        keyed: For a map's record values: how often a field repeats its map key.
        forms: How many texts of each form.
        enum: The distinct scalars while there are at most `MAX_ENUMERATION`; None when there are more.
        low: Smallest number seen; None without numbers.
        high: Largest number seen; None without numbers.
        empty: How many objects and lists were empty.
        true: How many booleans were true.
    """

    seen: int = 0
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
        """How many values of that type were seen."""
        return self.types.get(kind, 0)

    @property
    def kinds(self) -> frozenset[JsonType]:
        """The types seen, apart from null."""
        return frozenset(kind for kind in self.types if kind is not JsonType.NULL)

    def presence(self, name: str) -> float:
        """Share of the records that have the field `name`, from 0 to 1."""
        part, whole = self.fields.get(name), self.count(JsonType.OBJECT)
        return part.seen / whole if part and whole else 0.0

    def at(self, path: Path) -> Shape | None:
        """The shape at `path` below this one, or None."""
        here: Shape | None = self
        for step in path.steps:
            if here is None:
                return None
            if step == EACH_VALUE:
                here = here.values
            elif step == EACH_ITEM:
                here = here.items
            else:
                here = here.fields.get(step.name)  # type: ignore[union-attr]
        return here


EMPTY = Shape()


@dataclass(frozen=True, slots=True)
class Row:
    """One position of a shape: what is there, and in how many containers it could have been."""

    path: Path
    shape: Shape
    containers: int


def rows(shape: Shape) -> Iterator[Row]:
    """Yield every position of a shape, a container before what it holds."""
    yield Row(ROOT, shape, shape.seen)
    yield from _rows_below(ROOT, shape)


def _rows_below(path: Path, shape: Shape) -> Iterator[Row]:
    records = shape.count(JsonType.OBJECT)
    for name, part in shape.fields.items():
        yield Row(path / name, part, records)
        yield from _rows_below(path / name, part)
    for step, part_below in ((EACH_VALUE, shape.values), (EACH_ITEM, shape.items)):
        if part_below is not None:
            below = Path((*path.steps, step))
            yield Row(below, part_below, part_below.seen)
            yield from _rows_below(below, part_below)


def fold(column: Sequence[Any], layout: Layout = OPEN, pinned: frozenset[str] = frozenset()) -> Shape:
    """Fold a column of parsed JSON values that stand at the same position.

    Args:
        column: The values; a single document is a column of one.
        layout: What a schema declares about the position.
        pinned: Map keys that a reader asks for by name; they are folded as fields too.
    """
    kinds = Counter(map(type, column))
    numbers = _of(column, kinds, int) + _of(column, kinds, float)
    texts = _of(column, kinds, str)
    low, high = (min(numbers), max(numbers)) if numbers else (None, None)
    fields, values, keys, keyed, empty = _fold_objects(_of(column, kinds, dict), layout, pinned)
    items, empty_lists = _fold_lists(_of(column, kinds, list), layout, pinned)
    return Shape(
        seen=len(column),
        types=_types(kinds, column),
        fields=fields,
        values=values,
        items=items,
        keys=keys,
        keyed=keyed,
        forms=_forms(texts),
        enum=_enumeration(texts, numbers),
        low=low,
        high=high,
        empty=empty + empty_lists,
        true=_of(column, kinds, bool).count(True),
    )


def _of(column: Sequence[Any], kinds: Counter[type], kind: type) -> list[Any]:
    count = kinds[kind]
    if not count:
        return []
    return list(column) if count == len(column) else [value for value in column if type(value) is kind]


_NAMES = {
    type(None): JsonType.NULL,
    bool: JsonType.BOOLEAN,
    int: JsonType.INTEGER,
    str: JsonType.STRING,
    list: JsonType.ARRAY,
    dict: JsonType.OBJECT,
}


def _types(kinds: Counter[type], column: Sequence[Any]) -> dict[JsonType, int]:
    types = {_NAMES[kind]: count for kind, count in kinds.items() if kind is not float}
    if kinds[float]:
        # A reader in JavaScript cannot tell 1.0 from 1, so neither may we.
        whole = sum(1 for value in column if type(value) is float and value.is_integer())
        if whole:
            types[JsonType.INTEGER] = types.get(JsonType.INTEGER, 0) + whole
        if whole < kinds[float]:
            types[JsonType.NUMBER] = kinds[float] - whole
    return types


_Objects = tuple[dict[str, Shape], Shape | None, dict[str, int], dict[str, int], int]


def _fold_objects(objects: list[dict[str, Any]], layout: Layout, pinned: frozenset[str]) -> _Objects:
    if not objects:
        return {}, None, {}, {}, 0
    empty = sum(1 for item in objects if not item)
    if layout.kind == "map" or (not layout.kind and looks_like_map(objects)):
        return (*_fold_maps(objects, layout, pinned), empty)
    columns = _columns(objects)
    fields = {name: fold(column, layout.fields.get(name, OPEN), pinned) for name, column in columns.items()}
    return fields, None, {}, {}, empty


def _fold_maps(
    objects: list[dict[str, Any]], layout: Layout, pinned: frozenset[str]
) -> tuple[dict[str, Shape], Shape | None, dict[str, int], dict[str, int]]:
    below = layout.values or OPEN
    values = list(chain.from_iterable(item.values() for item in objects))
    names = list(chain.from_iterable(objects))
    asked = pinned.intersection(names) if pinned else ()
    fields = {name: fold([item[name] for item in objects if name in item], below, pinned) for name in sorted(asked)}
    keys = dict(Counter(map(key_form, names)))
    return fields, fold(values, below, pinned), keys, _keyed(objects)


def _columns(objects: list[dict[str, Any]]) -> dict[str, list[Any]]:
    groups: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for item in objects:
        groups[tuple(item)].append(item)
    columns: defaultdict[str, list[Any]] = defaultdict(list)
    for names, group in groups.items():
        if names:
            for name, column in zip(names, zip(*(item.values() for item in group), strict=True), strict=True):
                columns[name].extend(column)
    return columns


def _fold_lists(lists: list[list[Any]], layout: Layout, pinned: frozenset[str]) -> tuple[Shape | None, int]:
    if not lists:
        return None, 0
    items = list(chain.from_iterable(lists))
    return fold(items, layout.items or OPEN, pinned), sum(1 for item in lists if not item)


def _keyed(objects: list[dict[str, Any]]) -> dict[str, int]:
    """Count the fields of a map's records that repeat the record's own key, on a sample."""
    hits: Counter[str] = Counter()
    for key, value in islice(chain.from_iterable(item.items() for item in objects), _KEYED_SAMPLES):
        records = value if isinstance(value, list) else [value]
        for record in islice((item for item in records if isinstance(item, dict)), 1):
            hits["*"] += 1
            hits.update(name for name, part in record.items() if part == key)
    return dict(hits)


def _forms(texts: list[str]) -> dict[str, int]:
    if len(texts) <= _SAMPLES:
        return dict(Counter(map(text_form, texts)))
    # A long column is classified by samples of each length: one length rarely holds two forms.
    by_length: defaultdict[int, list[str]] = defaultdict(list)
    for text in texts:
        by_length[len(text)].append(text)
    forms: Counter[str] = Counter()
    for group in by_length.values():
        sample = Counter(map(text_form, islice(group, 0, None, max(1, len(group) // 16))))
        total = sum(sample.values())
        for form, count in sample.items():
            forms[form] += max(1, count * len(group) // total)
    return dict(forms)


def _enumeration(texts: list[str], numbers: list[Any]) -> frozenset[Any] | None:
    distinct = set(texts)
    if len(distinct) > MAX_ENUMERATION:
        return None
    distinct.update(numbers)
    return frozenset(distinct) if len(distinct) <= MAX_ENUMERATION else None


def layout_of(shape: Shape, *, pinned: bool = False) -> Layout:
    """Return the layout that a shape shows, so that another capture is folded by the same decisions.

    Args:
        shape: The shape.
        pinned: Whether the keys of a map that a reader asks for by name stay named positions.
    """
    kind = "map" if shape.values is not None else "record" if shape.fields else ""
    named = {} if kind == "map" and not pinned else shape.fields
    return Layout(
        kind=kind,
        fields={name: layout_of(part, pinned=pinned) for name, part in named.items()},
        values=layout_of(shape.values, pinned=pinned) if shape.values is not None else None,
        items=layout_of(shape.items, pinned=pinned) if shape.items is not None else None,
    )


def looks_like_map(objects: Sequence[Mapping[str, Any]]) -> bool:
    """Whether undeclared objects are maps: by the form of keys and the likeness of values, never by count."""
    names = list(dict.fromkeys(chain.from_iterable(objects)))
    if not names:
        return False
    if all(map(is_idlike, names)):
        return True
    values = list(islice(chain.from_iterable(item.values() for item in objects), _SAMPLES))
    odd = sum(1 for name in names if key_form(name) != "word")
    if odd * 2 >= len(names) and len({type(value) for value in values}) == 1:
        return True
    return _alike(values) and (len(objects) == 1 or _keys_vary(objects))


def _keys_vary(objects: Sequence[Mapping[str, Any]]) -> bool:
    filled = [item for item in objects if item]
    common = set(filled[0]).intersection(*islice(filled, 1, _SAMPLES))
    return len(filled) > 1 and not common


def _alike(values: Sequence[Any]) -> bool:
    """Whether all values are records that share at least two fields and most of what they have."""
    records = [value for value in values if isinstance(value, dict)]
    if len(records) < len(values) or len(records) < 2:  # noqa: PLR2004 - likeness needs a second one
        return False
    common = set(records[0]).intersection(*records[1:])
    largest = max(len(record) for record in records)
    return len(common) >= 2 and len(common) * 2 >= largest  # noqa: PLR2004 - one shared field may be chance


def merge(one: Shape, other: Shape) -> Shape:
    """Return the shape of both columns together; associative and commutative, `EMPTY` is neutral."""
    return Shape(
        seen=one.seen + other.seen,
        types=_add(one.types, other.types),
        fields=_merge_fields(one.fields, other.fields),
        values=_merge_part(one.values, other.values),
        items=_merge_part(one.items, other.items),
        keys=_add(one.keys, other.keys),
        keyed=_add(one.keyed, other.keyed),
        forms=_add(one.forms, other.forms),
        enum=_merge_enum(one.enum, other.enum),
        low=min((v for v in (one.low, other.low) if v is not None), default=None),
        high=max((v for v in (one.high, other.high) if v is not None), default=None),
        empty=one.empty + other.empty,
        true=one.true + other.true,
    )


def merge_all(shapes: Sequence[Shape]) -> Shape:
    """Return the shape of all columns together."""
    return functools.reduce(merge, shapes, EMPTY)


def _add(one: Mapping[K, int], other: Mapping[K, int]) -> dict[K, int]:
    return dict(Counter(one) + Counter(other))


def _merge_fields(one: Mapping[str, Shape], other: Mapping[str, Shape]) -> dict[str, Shape]:
    merged = dict(one)
    for name, part in other.items():
        merged[name] = merge(merged[name], part) if name in merged else part
    return merged


def _merge_part(one: Shape | None, other: Shape | None) -> Shape | None:
    if one is None or other is None:
        return one or other
    return merge(one, other)


def _merge_enum(one: frozenset[Any] | None, other: frozenset[Any] | None) -> frozenset[Any] | None:
    if one is None or other is None:
        return None
    union = one | other
    return union if len(union) <= MAX_ENUMERATION else None
