"""Objects: maps, whose entries are alike, and records, whose fields have their names; what was put into a wrapper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from driftwright.base.path import EACH_VALUE
from driftwright.structure.change.likeness import likeness
from driftwright.structure.counterfactual.plan import (
    Build,
    Column,
    Draw,
    Plan,
    chosen,
    keep,
    kind_of,
    shape_of,
    unless_off,
)
from driftwright.structure.counterfactual.records import align_records
from driftwright.structure.shape import Shape, fold

_Objects = Sequence[dict[str, Any]]
_ALIKE_ENTRIES = 0.6
_INSIDE = 0.5
_UNLIKE = 0.3


def align_objects(plan: Plan, column: Column) -> Build:
    """Return what becomes of objects, each side being map or record by itself."""
    before = [value for value in column.before if value]
    after = [value for value in column.after if value]
    if not before:
        return keep
    if not after:
        plan.hidden.append(column.path)
        return keep
    filled = column.of(before, after)
    shapes = fold(before), fold(after)
    maps = tuple(_is_map(side, shape, plan.named) for side, shape in zip((before, after), shapes, strict=True))
    if maps[0] != maps[1]:
        entries = [_entries(side) for side in (before, after)]
        of_entries = [shape_of(side) for side in entries]
        alike = likeness(of_entries[0], of_entries[1])
        if alike >= _ALIKE_ENTRIES and {kind_of(value) for value in entries[0]} <= {"object", "list"}:
            return _align_maps(plan, filled)
        if maps[0] and (inside := _wrapper_of_map(filled, of_entries[0])):
            return _wrapped(plan, filled, inside)
        return _align_maps(plan, filled) if maps[0] and alike >= _UNLIKE else align_records(plan, filled)
    if all(maps):
        return _align_maps(plan, filled)
    return _rewrapped(plan, filled, shapes) or align_records(plan, filled)


def _is_map(objects: _Objects, shape: Shape, named: frozenset[str]) -> bool:
    """Whether objects are maps: by their entries, unless the readers name half of their keys."""
    keys = {key for value in objects for key in value}
    return sum(key in named for key in keys) * 2 < len(keys) and shape.values is not None


def _entries(objects: _Objects) -> Sequence[Any]:
    return chosen(list(chain.from_iterable(value.values() for value in objects)))


def _align_maps(plan: Plan, column: Column) -> Build:
    below = plan.below(column.at(EACH_VALUE, _entries(column.before), _entries(column.after)))
    shift = _shift_of_counts(column)
    number = plan.decide(column, f"counted from {max(shift, 0)}") if shift else -1
    if below is keep and not shift:
        return keep

    def build(value: dict[str, Any], draw: Draw) -> dict[str, Any]:
        by = 0 if number in draw.off else shift
        return {str(int(key) + by) if by and key.isdigit() else key: below(entry, draw) for key, entry in value.items()}

    return build


def _shift_of_counts(column: Column) -> int:
    """Return by how much maps are counted otherwise now that were counted from 0 or 1; 0 where they are not."""
    firsts = [{_first_count(value) for value in side} for side in (column.before, column.after)]
    if min(len(column.before), len(column.after)) < 2 or any(len(first) > 1 for first in firsts):  # noqa: PLR2004
        return 0
    before, after = (first.pop() for first in firsts)
    return after - before if before is not None and after is not None and {before, after} == {0, 1} else 0


def _first_count(value: dict[str, Any]) -> int | None:
    """Return the number from which the keys of a map count; None where they do not."""
    if not all(key.isascii() and key.isdigit() for key in value):
        return None
    numbers = sorted(map(int, value))
    return numbers[0] if numbers == list(range(numbers[0], numbers[0] + len(numbers))) else None


def _held(objects: _Objects) -> Iterator[tuple[str, list[Any]]]:
    """Yield each field that more than half of the objects have an object in, with these."""
    for name in sorted({name for value in objects for name in value}):
        held = [value[name] for value in objects if isinstance(value.get(name), dict)]
        if len(held) * 2 > len(objects):
            yield name, held


def _wrapper_of_map(column: Column, entries: Shape) -> str:
    """Return the new field that holds the map now; empty where none does."""
    old = {name for value in column.before for name in value}
    for name, held in _held(column.after):
        if name not in old and likeness(entries, shape_of(_entries(held))) >= _INSIDE:
            return name
    return ""


def _rewrapped(plan: Plan, column: Column, shapes: tuple[Shape, Shape]) -> Build | None:
    """Return what becomes of records that lie in a wrapper as a whole now, or did; None where they do not."""
    if shapes[0].fields.keys() & shapes[1].fields.keys():
        return None
    for name, held in _held(column.after):
        if likeness(shapes[0], shape_of(held)) >= _INSIDE:
            return _wrapped(plan, column, name)
    for name, held in _held(column.before):
        if len(held) == len(column.before) and likeness(shape_of(held), shapes[1]) >= _INSIDE:
            return _unwrapped(plan, column, name, held)
    return None


def _unwrapped(plan: Plan, column: Column, name: str, held: Sequence[Any]) -> Build:
    number = plan.decide(column, f"taken out of {name}")
    below = plan.below(column.at(name, held, column.after))
    return unless_off(number, lambda value, draw: below(value[name], draw) if name in value else value)


def _wrapped(plan: Plan, column: Column, name: str) -> Build:
    number = plan.decide(column, f"put into {name}")
    holders = [value for value in column.after if isinstance(value.get(name), dict)]
    inside = plan.below(column.of(column.before, [value[name] for value in holders]))
    new = Counter(key for value in holders for key in value)
    sample = {key: value for key, value in holders[0].items() if key != name and new[key] == len(holders)}

    def build(value: dict[str, Any], draw: Draw) -> dict[str, Any]:
        return {**(sample if draw.with_new else {}), name: inside(value, draw)}

    return unless_off(number, build)
