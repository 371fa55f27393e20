"""Fold documents into a shape, all values of a position as one column.

Objects are grouped by their key tuple, so that each field of a thousand records is one list, counted by `Counter` at C
speed. That costs about as much as parsing the JSON did.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from driftwright.base.forms import ID_FORMS, key_form, text_form
from driftwright.base.jsontext import collector_paused
from driftwright.base.terms import JsonType
from driftwright.structure.shape.column import RUN, Column, gather_column
from driftwright.structure.shape.model import MAX_ENUMERATION, OPEN, Layout, Shape

_SAMPLES = 400
_KEYED_SAMPLES = 64
# A long column is sampled in up to so many stretches, while its lengths are few enough for so many samples in all.
_ROUNDS = 16
_BUDGET = 512


def fold(column: Sequence[Any], layout: Layout = OPEN, pinned: frozenset[str] = frozenset()) -> Shape:
    """Fold a column of parsed JSON values that stand at the same position.

    Args:
        column: The values; a single document is a column of one.
        layout: What a schema declares about the position.
        pinned: Map keys that a reader asks for by name; they are folded as fields too.
    """
    with collector_paused():
        return _fold(gather_column((column,)), layout, pinned)


def _fold(column: Column, layout: Layout, pinned: frozenset[str]) -> Shape:
    kinds = column.counts()
    floats = _values_of_type(column, kinds, float)
    numbers = [*_values_of_type(column, kinds, int), *floats] if floats else _values_of_type(column, kinds, int)
    texts = _values_of_type(column, kinds, str)
    enum = _enumeration(texts, numbers)
    span = numbers if enum is None or texts else enum
    fields, values, keys, keyed, empty = _fold_objects(_values_of_type(column, kinds, dict), layout, pinned)
    items, empty_lists = _fold_lists(_values_of_type(column, kinds, list), layout, pinned)
    return Shape(
        seen=len(column.values),
        types=_count_types(kinds, floats),
        fields=fields,
        values=values,
        items=items,
        keys=keys,
        keyed=keyed,
        forms=_count_text_forms(texts, enum, column.lengths if len(kinds) == 1 else None) if texts else {},
        enum=enum,
        low=min(span) if numbers else None,
        high=max(span) if numbers else None,
        empty=empty + empty_lists,
        true=_values_of_type(column, kinds, bool).count(True),
    )


def _values_of_type(column: Column, kinds: Mapping[type, int], kind: type) -> Sequence[Any]:
    if kind not in kinds:
        return ()
    return column.values if len(kinds) == 1 else [value for value in column.values if type(value) is kind]


_NAMES = {
    type(None): JsonType.NULL,
    bool: JsonType.BOOLEAN,
    int: JsonType.INTEGER,
    str: JsonType.STRING,
    list: JsonType.ARRAY,
    dict: JsonType.OBJECT,
}


def _count_types(kinds: Mapping[type, int], floats: Sequence[float]) -> dict[JsonType, int]:
    types = {_NAMES[kind]: count for kind, count in kinds.items() if kind is not float}
    if floats:
        # JavaScript does not distinguish 1.0 from 1, so neither may we.
        whole = sum(map(float.is_integer, floats))
        if whole:
            types[JsonType.INTEGER] = types.get(JsonType.INTEGER, 0) + whole
        if whole < len(floats):
            types[JsonType.NUMBER] = len(floats) - whole
    return types


_Objects = tuple[dict[str, Shape], Shape | None, dict[str, int], dict[str, int], int]


def _fold_objects(objects: Sequence[dict[str, Any]], layout: Layout, pinned: frozenset[str]) -> _Objects:
    if not objects:
        return {}, None, {}, {}, 0
    if layout.kind == "map":
        return (*_fold_maps(objects, layout, pinned), objects.count({}))
    columns = _even_columns(objects) if len(objects) >= _SAMPLES else None
    # Records of one kind are written alike, so there are few key tuples whatever the number of records.
    written = set(map(tuple, objects)) if columns is None else {tuple(columns)}
    empty = objects.count({}) if () in written else 0
    if not layout.kind and _is_map_like(objects, list(set().union(*written))):
        return (*_fold_maps(objects, layout, pinned), empty)
    held = _columns(objects, written) if columns is None else columns
    # Each column is freed as soon as it is folded: together they are as large as a good part of the document.
    fields = {name: _fold(held.pop(name), layout.fields.get(name, OPEN), pinned) for name in tuple(held)}
    return fields, None, {}, {}, empty


def _fold_maps(
    objects: Sequence[dict[str, Any]], layout: Layout, pinned: frozenset[str]
) -> tuple[dict[str, Shape], Shape | None, dict[str, int], dict[str, int]]:
    below = layout.values or OPEN
    values = gather_column(map(dict.values, objects))
    names = list(chain.from_iterable(objects))
    asked = pinned.intersection(names) if pinned else ()
    fields = {
        name: _fold(gather_column([item[name]] for item in objects if name in item), below, pinned)
        for name in sorted(asked)
    }
    return fields, _fold(values, below, pinned), _count_forms(names, key_form), _count_repeated_keys(objects)


def _even_columns(objects: Sequence[dict[str, Any]]) -> dict[str, Column] | None:
    """Return the columns of records that all have the same names; None when some have others."""
    if len(set(map(len, objects))) > 1:
        return None
    columns = {name: Column() for name in objects[0]}
    try:
        for start in range(0, len(objects), RUN):
            run = objects[start : start + RUN]
            for name, column in columns.items():
                column.add(list(map(itemgetter(name), run)))
    except KeyError:
        return None
    return columns


def _columns(objects: Sequence[dict[str, Any]], written: set[tuple[str, ...]]) -> dict[str, Column]:
    columns: defaultdict[str, Column] = defaultdict(Column)
    for start in range(0, len(objects), RUN):
        run = objects[start : start + RUN]
        for names, group in [(next(iter(written)), run)] if len(written) == 1 else _by_keys(run):
            flat = list(chain.from_iterable(map(dict.values, group)))
            for number, name in enumerate(names):
                columns[name].add(flat[number :: len(names)])
    return columns


def _by_keys(objects: Sequence[dict[str, Any]]) -> Iterable[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    groups: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for item in objects:
        groups[tuple(item)].append(item)
    return groups.items()


def _fold_lists(lists: Sequence[list[Any]], layout: Layout, pinned: frozenset[str]) -> tuple[Shape | None, int]:
    if not lists:
        return None, 0
    return _fold(gather_column(lists), layout.items or OPEN, pinned), lists.count([])


def _count_repeated_keys(objects: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Count the fields of a map's records that repeat the record's own key, on a sample."""
    hits: Counter[str] = Counter()
    for key, value in islice(chain.from_iterable(item.items() for item in objects), _KEYED_SAMPLES):
        records = value if isinstance(value, list) else [value]
        for record in islice((item for item in records if isinstance(item, dict)), 1):
            hits["*"] += 1
            hits.update(name for name, part in record.items() if part == key)
    return dict(hits)


def _count_text_forms(
    texts: Sequence[str], enum: frozenset[Any] | None, lengths: Sequence[int] | None
) -> dict[str, int]:
    if enum is None or len(texts) <= _SAMPLES:
        return _count_forms(texts, text_form, lengths)
    forms: Counter[str] = Counter()
    for text, count in Counter(texts).items():
        forms[text_form(text)] += count
    return dict(forms)


def _count_forms(
    texts: Sequence[str], form_of: Callable[[str], str], lengths: Sequence[int] | None = None
) -> dict[str, int]:
    """Count forms: exactly in a short column, in a long one by samples of each length, which rarely holds two forms."""
    if len(texts) <= _SAMPLES:
        return dict(Counter(map(form_of, texts)))
    lengths = list(map(len, texts)) if lengths is None else lengths
    if len(set(lengths)) == 1:
        return _scale_counts(Counter(map(form_of, texts[:: len(texts) // _ROUNDS])), len(texts))
    counts = Counter(lengths)
    step = max(1, len(texts) // min(_ROUNDS, max(1, _BUDGET // len(counts))))
    sampled: defaultdict[int, list[str]] = defaultdict(list)
    for start in range(0, len(texts), step):
        stretch = slice(start, start + step)
        # The last text of each length in this stretch of the column.
        for length, text in dict(zip(lengths[stretch], texts[stretch], strict=True)).items():
            sampled[length].append(form_of(text))
    forms: Counter[str] = Counter()
    for length, forms_of_length in sampled.items():
        forms.update(_scale_counts(Counter(forms_of_length), counts[length]))
    return dict(forms)


def _scale_counts(sample: Counter[str], count: int) -> dict[str, int]:
    total = sample.total()
    return {form: max(1, part * count // total) for form, part in sample.items()}


def _enumeration(texts: Sequence[str], numbers: Sequence[Any]) -> frozenset[Any] | None:
    if len(set(islice(texts, _SAMPLES))) > MAX_ENUMERATION or len(set(islice(numbers, _SAMPLES))) > MAX_ENUMERATION:
        return None
    distinct = {*texts, *numbers}
    return frozenset(distinct) if len(distinct) <= MAX_ENUMERATION else None


def layout_of(shape: Shape, *, pinned: bool = False) -> Layout:
    """Return the layout that a shape has, so that another capture is folded with the same maps and records.

    Args:
        shape: The shape.
        pinned: Whether the map keys that a reader asks for by name stay fields of the layout.
    """
    kind = "map" if shape.values is not None else "record" if shape.fields else ""
    named = {} if kind == "map" and not pinned else shape.fields
    return Layout(
        kind=kind,
        fields={name: layout_of(part, pinned=pinned) for name, part in named.items()},
        values=layout_of(shape.values, pinned=pinned) if shape.values is not None else None,
        items=layout_of(shape.items, pinned=pinned) if shape.items is not None else None,
    )


def looks_like_map(objects: Sequence[dict[str, Any]]) -> bool:
    """Whether undeclared objects are maps: by the form of keys and the likeness of values, never by count."""
    return _is_map_like(objects, list(set().union(*objects)))


def _is_map_like(objects: Sequence[dict[str, Any]], names: Sequence[str]) -> bool:
    if not names:
        return False
    forms = _count_forms(names, key_form)
    if forms.keys() <= ID_FORMS:
        return True
    values = list(islice(chain.from_iterable(map(dict.values, objects)), _SAMPLES))
    odd = sum(forms.values()) - forms.get("word", 0)
    if odd * 2 >= len(names) and len(set(map(type, values))) == 1:
        return True
    if _repeat_keys(objects):
        return True
    return _are_alike_records(values) and (len(objects) == 1 or _keys_vary(objects))


def _repeat_keys(objects: Sequence[dict[str, Any]]) -> bool:
    """Whether each value is a record that repeats its own key, as `{"ord_7": {"id": "ord_7"}}` does.

    Keys without a digit do not count: `{"cart": {"type": "cart"}}` is a record of parts that say what they are.
    """
    pairs = list(islice(chain.from_iterable(map(dict.items, objects)), _SAMPLES))
    return bool(pairs) and all(
        isinstance(value, dict) and any(map(str.isdigit, key)) and key in value.values() for key, value in pairs
    )


def _keys_vary(objects: Sequence[Mapping[str, Any]]) -> bool:
    filled = [item for item in objects if item]
    common = set(filled[0]).intersection(*islice(filled, 1, _SAMPLES))
    return len(filled) > 1 and not common


def _are_alike_records(values: Sequence[Any]) -> bool:
    """Whether all values are records that share at least two fields and most of what they have."""
    records = [value for value in values if isinstance(value, dict)]
    if len(records) < len(values) or len(records) < 2:  # noqa: PLR2004 - likeness needs a second one
        return False
    common = set(records[0]).intersection(*records[1:])
    largest = max(len(record) for record in records)
    return len(common) >= 2 and len(common) * 2 >= largest  # noqa: PLR2004 - one shared field may be chance
