"""Values of a kind that became values of another kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import chain
from math import isfinite
from typing import Any

from driftwright.base.jsontext import json_text, parse_text
from driftwright.base.path import EACH_ITEM, EACH_VALUE
from driftwright.structure.change.likeness import likeness
from driftwright.structure.counterfactual.plan import Build, Column, Draw, Plan, Trust, kind_of, of_kind, shape_of
from driftwright.structure.replay.convert import conversions
from driftwright.structure.shape import fold

_SCALARS = ("flag", "number", "text")
_TYPES = {"flag": "boolean", "number": "number", "text": "string"}
_ALIKE = 0.4


def converted(plan: Plan, kind: str, target: str, column: Column) -> Build:
    """Return what makes values of one kind into values of another one.

    Args:
        plan: The decisions.
        kind: The kind of the known-good values.
        target: The kind of the later ones.
        column: The values of these kinds.
    """
    if kind in _SCALARS and target in _SCALARS:
        return _between_scalars(kind, target, column)
    match kind, target:
        case "text", _ if _are_coded(column.before):
            opened = plan.below(column.of(list(map(parse_text, column.before)), column.after))
            return lambda value, draw: opened(parse_text(value), draw)
        case _, "text" if _are_coded(column.after):
            return _into_text(plan, column)
        case "object", "list":
            return _into_list(plan, column)
        case "list", "object":
            return _into_object(plan, column)
        case _, "list":
            return lambda value, _: [value]
        case _, "object":
            return _into_field(kind, column.after)
        case "object", _:
            return _out_of_field(target, column)
    sample = column.after[0]
    return lambda value, _: value[0] if value and kind_of(value[0]) == target else sample


def trust_in(kind: str, target: str, column: Column) -> Trust:
    """Return how much it tells that values of one kind became values of another one."""
    match kind, target:
        case (("number" | "flag"), "text"):
            is_exact = kind == "number" and all(map(_is_number, column.after))
        case "text", "number":
            is_exact = all(map(_is_number, column.before))
        case ("flag", "number") | (_, "list") | (_, "object"):
            is_exact = True
        case _, "text":
            is_exact = _are_coded(column.after)
        case _:
            is_exact = False
    return Trust.EXACT if is_exact else Trust.SAMPLE


def _is_number(text: str) -> bool:
    with suppress(ValueError):
        return isfinite(float(text))
    return False


def _are_coded(values: Sequence[Any]) -> bool:
    """Whether all values are texts that hold JSON objects or lists."""
    return all(isinstance(value, str) and parse_text(value) is not value for value in values)


def _between_scalars(kind: str, target: str, column: Column) -> Build:
    shape = fold(list(column.after))
    params = {
        "as": "integer"
        if target == "number" and all(isinstance(value, int) for value in column.after)
        else _TYPES[target],
        "from": "integer" if kind == "number" else _TYPES[kind],
        "forms": sorted(shape.forms),
        "words": sorted(map(str, shape.enum or ())) if target == "text" else [],
        "high": shape.high,
    }
    convert = conversions(params)[0]
    return lambda value, _: convert(value)


def _into_text(plan: Plan, column: Column) -> Build:
    inside = plan.below(column.of(column.before, list(map(parse_text, column.after))))
    return lambda value, draw: json_text(inside(value, draw))


def _into_list(plan: Plan, column: Column) -> Build:
    """Objects that became lists: of their values, or of the one record."""
    items = list(chain.from_iterable(column.after))
    values = list(chain.from_iterable(value.values() for value in column.before))
    if not items:
        return lambda _, __: []
    as_whole = likeness(shape_of(column.before), shape_of(items))
    if as_whole >= _ALIKE and as_whole > (likeness(shape_of(values), shape_of(items)) if values else 0.0):
        whole = plan.below(column.at(EACH_ITEM, column.before, items))
        return lambda value, draw: [whole(value, draw)]
    inside = plan.below(column.at(EACH_ITEM, values, items))
    return lambda value, draw: [inside(item, draw) for item in value.values()]


def _into_object(plan: Plan, column: Column) -> Build:
    """Lists that became objects: pages that hold the list, or maps of its items."""
    names = Counter(name for value in column.after for name in value if isinstance(value[name], list))
    held = [name for name, count in names.most_common() if count * 2 > len(column.after)]
    if held:
        name = held[0]
        sample = next(value for value in column.after if isinstance(value.get(name), list))
        rest = {key: value for key, value in sample.items() if key != name}
        inside = plan.below(column.at(name, column.before, [value[name] for value in column.after if name in value]))
        return lambda value, draw: {**(rest if draw.with_new else {}), name: inside(value, draw)}
    items = list(chain.from_iterable(column.before))
    entries = list(chain.from_iterable(value.values() for value in column.after))
    below, key = plan.below(column.at(EACH_VALUE, items, entries)), _key_field(column.after)

    def build(value: list[Any], draw: Draw) -> dict[str, Any]:
        return {_key(item, key, number): below(item, draw) for number, item in enumerate(value)}

    return build


def _key_field(maps: Sequence[dict[str, Any]]) -> str:
    """Return the field of the entries that repeats their key; empty where none does."""
    entries = [pair for value in maps for pair in value.items() if isinstance(pair[1], dict)]
    repeated = Counter(name for key, entry in entries for name, part in entry.items() if part == key)
    return repeated.most_common(1)[0][0] if repeated else ""


def _key(item: Any, field: str, number: int) -> str:
    value = item.get(field) if isinstance(item, dict) else None
    return value if isinstance(value, str) else f"k{number}"


def _into_field(kind: str, after: Sequence[dict[str, Any]]) -> Build:
    """Single values that lie in a field of a record now: in each field of their kind, as nobody knows in which."""
    sample = after[0]
    like = [name for name in sample if kind_of(sample[name]) == kind]

    def build(value: Any, draw: Draw) -> dict[str, Any]:
        return {**(sample if draw.with_new or not like else {}), **dict.fromkeys(like, value)}

    return build


def _out_of_field(target: str, column: Column) -> Build:
    """Records of which a field alone is left, or something of its kind."""
    sample = column.after[0]
    first = column.before[0]
    like = next((name for name in first if of_kind(target, [first[name]])), "")
    return lambda value, _: value.get(like, sample) if isinstance(value, dict) else value
