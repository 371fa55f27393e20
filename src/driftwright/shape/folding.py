"""Folding: sibling values as one column.

Objects are grouped by their key tuple, so that each field of a thousand records is one list, counted by `Counter` at C
speed. That costs about as much as parsing the JSON did.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import Any

from driftwright.forms import is_idlike, key_form, text_form
from driftwright.shape.model import MAX_ENUMERATION, OPEN, Layout, Shape
from driftwright.terms import JsonType

_SAMPLES = 400
_KEYED_SAMPLES = 64


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
