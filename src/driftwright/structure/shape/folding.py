"""Fold documents into a shape, all values of a position as one column.

Objects are grouped by their key tuple, so that each field of a thousand records is one list, counted by `Counter` at C
speed. That costs about as much as parsing the JSON did.

Everything is counted exactly, and nothing depends on where a value stands. So under a layout that says what is a map
and what a record, the merged shapes of the parts of a column are the shape of the column, however it was parted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, repeat
from operator import itemgetter
from typing import Any

from driftwright.base.form_counts import count_key_forms, count_text_forms
from driftwright.base.forms import ID_FORMS
from driftwright.base.jsontext import collector_paused
from driftwright.base.path import Path
from driftwright.base.terms import JsonType
from driftwright.structure.shape.column import RUN, Column, gather_column
from driftwright.structure.shape.earlier import Earlier
from driftwright.structure.shape.model import MAX_ENUMERATION, OPEN, Layout, Shape
from driftwright.structure.shape.repeated import Repeats

_SAMPLES = 400


def fold(column: Sequence[Any], layout: Layout = OPEN, pinned: frozenset[str] = frozenset()) -> Shape:
    """Fold a column of parsed JSON values that stand at the same position.

    Args:
        column: The values; a single document is a column of one.
        layout: What a schema declares about the position.
        pinned: Map keys that a reader asks for by name; they are folded as fields too.
    """
    with collector_paused():
        return _fold(gather_column((column,)), layout, pinned)


def fold_again(column: Sequence[Any], shape: Shape, replaced: Sequence[Path]) -> Shape:
    """Fold an undeclared column anew of which only the values at some paths are others; the rest is not looked at.

    Args:
        column: The values, as they are now.
        shape: Their shape before.
        replaced: Where values were replaced, as paths of that shape.
    """
    is_known = all(path.steps for path in replaced)  # else everything is new
    with collector_paused():
        earlier = Earlier(shape, tuple(replaced)) if is_known else None
        return _fold(gather_column((column,)), OPEN, frozenset(), earlier=earlier)


def _fold(
    column: Column,
    layout: Layout,
    pinned: frozenset[str],
    repeats: Repeats | None = None,
    earlier: Earlier | None = None,
) -> Shape:
    if earlier is not None and not earlier.replaced and repeats is None:
        return earlier.shape
    kinds = column.counts()
    floats = _values_of_type(column, kinds, float)
    numbers = [*_values_of_type(column, kinds, int), *floats] if floats else _values_of_type(column, kinds, int)
    texts = _values_of_type(column, kinds, str)
    enum = _enumeration(texts, numbers)
    span = numbers if enum is None or texts else enum
    keys_of_objects, keys_of_lists = (_keys_of_type(column, kinds, kind, repeats) for kind in (dict, list))
    objects = _Objects(_values_of_type(column, kinds, dict), keys_of_objects, repeats, earlier)
    fields, values, keys, keyed, empty = _fold_objects(objects, layout, pinned)
    lists = _Lists(_values_of_type(column, kinds, list), keys_of_lists, repeats, earlier)
    items, empty_lists = _fold_lists(lists, layout, pinned)
    return Shape(
        total=len(column.values),
        types=_count_types(kinds, floats),
        fields=fields,
        values=values,
        items=items,
        keys=keys,
        keyed=keyed,
        forms=column.forms or (_count_forms(texts, enum) if texts else {}),
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


def _keys_of_type(column: Column, kinds: Mapping[type, int], kind: type, repeats: Repeats | None) -> list[str] | None:
    if repeats is None or column.keys is None or kind not in kinds:  # nobody else asks for them
        return None
    if len(kinds) == 1:
        return column.keys
    return [key for key, value in zip(column.keys, column.values, strict=True) if type(value) is kind]


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


@dataclass(frozen=True, slots=True)
class _Objects:
    """Objects of one position.

    Args:
        all: The objects.
        keys: The key of the map's entry that each belongs to; None where there is no map around.
        repeats: Takes what they repeat of these keys; None without keys.
        earlier: What was folded at the position before; None where nothing of it is known to be as it was.
    """

    all: Sequence[dict[str, Any]]
    keys: list[str] | None
    repeats: Repeats | None
    earlier: Earlier | None


@dataclass(frozen=True, slots=True)
class _Lists:
    """Lists of one position, with what `_Objects` tells of objects."""

    all: Sequence[list[Any]]
    keys: list[str] | None
    repeats: Repeats | None
    earlier: Earlier | None


_Held = tuple[dict[str, Shape], Shape | None, dict[str, int], dict[str, int], int]


def _fold_objects(held: _Objects, layout: Layout, pinned: frozenset[str]) -> _Held:
    objects = held.all
    if not objects:
        return {}, None, {}, {}, 0
    if layout.kind == "map":
        return (*_fold_maps(held, layout, pinned), objects.count({}))
    columns = _even_columns(objects, held.keys) if len(objects) >= _SAMPLES else None
    # Records of one kind are written alike, so there are few key tuples whatever the number of records.
    written = set(map(tuple, objects)) if columns is None else {tuple(columns)}
    empty = objects.count({}) if () in written else 0
    if not layout.kind:
        names = list(objects[0]) if len(objects) == 1 else list(set().union(*written))
        forms = count_key_forms(names)
        if _is_map_like(objects, names, forms):
            return (*_fold_maps(held, layout, pinned, forms if len(objects) == 1 else None), empty)
    if columns is None:
        columns = _columns(objects, held.keys, written)
    if held.repeats:
        held.repeats.look_at(len(objects))
    fields = {}
    for name in tuple(columns):
        # Each column is freed as soon as it is folded: together they are as large as a good part of the document.
        column = columns.pop(name)
        known = held.repeats is not None and held.repeats.are_all(name, column)
        earlier = held.earlier.of_field(name) if held.earlier else None
        fields[name] = _fold(column, layout.fields.get(name, OPEN), pinned, earlier=earlier)
        if held.repeats and not known:
            held.repeats.compare(name, column, fields[name])
    return fields, None, {}, {}, empty


def _fold_maps(
    held: _Objects,
    layout: Layout,
    pinned: frozenset[str],
    forms: Mapping[str, int] | None = None,
) -> tuple[dict[str, Shape], Shape | None, dict[str, int], dict[str, int]]:
    objects, below = held.all, layout.values or OPEN
    names = list(chain.from_iterable(objects))
    asked = pinned.intersection(names) if pinned else ()
    fields = {
        name: _fold(gather_column([item[name]] for item in objects if name in item), below, pinned)
        for name in sorted(asked)
    }
    keys = count_key_forms(names) if forms is None else dict(forms)
    repeats = Repeats(keys)
    earlier = held.earlier.of_values() if held.earlier else None
    values = _fold(gather_column(map(dict.values, objects), names), below, pinned, repeats, earlier)
    return fields, values, keys, dict(repeats.hits)


def _even_columns(objects: Sequence[dict[str, Any]], keys: list[str] | None) -> dict[str, Column] | None:
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
    for column in columns.values():
        column.keys = keys
    return columns


def _columns(
    objects: Sequence[dict[str, Any]], keys: list[str] | None, written: set[tuple[str, ...]]
) -> dict[str, Column]:
    columns: defaultdict[str, Column] = defaultdict(lambda: Column(keyed=keys is not None))
    for start in range(0, len(objects), RUN):
        run = objects[start : start + RUN]
        run_keys = keys[start : start + RUN] if keys is not None else ()
        for names, group, group_keys in (
            [(next(iter(written)), run, run_keys)] if len(written) == 1 else _by_names(run, run_keys)
        ):
            flat = list(chain.from_iterable(map(dict.values, group)))
            for number, name in enumerate(names):
                columns[name].add(flat[number :: len(names)], group_keys)
    return columns


_Group = tuple[tuple[str, ...], list[dict[str, Any]], Sequence[str]]


def _by_names(objects: Sequence[dict[str, Any]], keys: Sequence[str]) -> Iterable[_Group]:
    groups: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for item in objects:
        groups[tuple(item)].append(item)
    if not keys:
        return ((names, group, ()) for names, group in groups.items())
    keys_of: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for item, key in zip(objects, keys, strict=True):
        keys_of[tuple(item)].append(key)
    return ((names, group, keys_of[names]) for names, group in groups.items())


def _fold_lists(held: _Lists, layout: Layout, pinned: frozenset[str]) -> tuple[Shape | None, int]:
    lists, keys = held.all, held.keys
    if not lists:
        return None, 0
    # What lies in a list that is an entry of a map lies under the key of that entry.
    below = keys and list(chain.from_iterable(map(repeat, keys, map(len, lists))))
    earlier = held.earlier.of_items() if held.earlier else None
    items = _fold(gather_column(lists, below), layout.items or OPEN, pinned, held.repeats, earlier)
    return items, lists.count([])


def _count_forms(texts: Sequence[str], enum: frozenset[Any] | None) -> dict[str, int]:
    if enum is None or len(texts) <= _SAMPLES:
        return count_text_forms(texts)
    forms: Counter[str] = Counter()
    for text, count in Counter(texts).items():
        forms.update(dict.fromkeys(count_text_forms([text]), count))
    return dict(forms)


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


def with_shown(declared: Layout, shape: Shape) -> Layout:
    """Return a layout with what a shape has where nothing is declared, as below JSON text that was opened.

    Args:
        declared: What is declared.
        shape: The shape of known-good documents that were folded by it.
    """
    shown = layout_of(shape)

    def below(part: Layout | None, below_shape: Shape | None, instead: Layout | None) -> Layout | None:
        return instead if part is None else part if below_shape is None else with_shown(part, below_shape)

    kind = declared.kind or shown.kind
    fields = {name: below(part, shape.fields.get(name), None) or part for name, part in declared.fields.items()}
    return replace(
        declared,
        kind=kind,
        fields={**shown.fields, **fields} if kind == "record" else fields,
        values=below(declared.values, shape.values, shown.values),
        items=below(declared.items, shape.items, shown.items),
    )


def looks_like_map(objects: Sequence[dict[str, Any]]) -> bool:
    """Whether undeclared objects are maps: by the form of keys and the likeness of values, never by count."""
    return _is_map_like(objects, list(set().union(*objects)))


def _is_map_like(
    objects: Sequence[dict[str, Any]], names: Sequence[str], forms: Mapping[str, int] | None = None
) -> bool:
    if not names:
        return False
    forms = count_key_forms(names) if forms is None else forms
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
