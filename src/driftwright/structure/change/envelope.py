"""Envelopes around maps: a record that now holds what was a map must not be folded as a map of a few odd entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from driftwright.base.forms import key_form
from driftwright.base.path import EACH_ITEM, Key, Path
from driftwright.base.terms import JsonType
from driftwright.structure.change.likeness import likeness
from driftwright.structure.shape import OPEN, Layout, Shape, fold

_Change: TypeAlias = Callable[[Any, Layout, Shape], Layout]
_CONTAINERS = frozenset({JsonType.OBJECT, JsonType.ARRAY})
_SEVERAL = 2
_UNLIKE = 0.3
_ALIKE = 0.5


def adapt_layout(document: Any, layout: Layout, shape: Shape) -> Layout:
    """Return the layout to fold a later document by: the given one, changed where a map now lies in a record.

    Args:
        document: The later document, or the part of it at this position.
        layout: The layout of the earlier document at this position.
        shape: The shape of the earlier document at this position.
    """
    if not isinstance(document, dict) or not document:
        return layout
    if layout.kind == "map":
        return _layout_of_wrapping_record(document, layout, shape) or layout
    return _with_fields(document, layout, shape, adapt_layout)


def _with_fields(document: dict[str, Any], layout: Layout, shape: Shape, changed_by: _Change) -> Layout:
    """Return a record's layout with those of its fields changed that both documents have."""
    fields = {
        name: changed_by(document[name], part, shape.fields[name])
        for name, part in layout.fields.items()
        if name in document and name in shape.fields
    }
    changed = {name: part for name, part in fields.items() if part is not layout.fields[name]}
    return replace(layout, fields={**layout.fields, **changed}) if changed else layout


def with_maps_retyped(document: Any, layout: Layout, shape: Shape) -> Layout:
    """Return the layout to fold both documents by: with a map where names and the type of all values are others now.

    A record whose parts are all of one type may be a map that happens to have words as keys, as the packages that
    another one needs. When it has other names throughout, and all its values are of another kind, it is one.

    Args:
        document: The later document, or the part of it at this position.
        layout: The layout of the earlier document at this position.
        shape: The shape of the earlier document at this position.
    """
    if layout.kind == "map" or not isinstance(document, dict):
        return layout
    if _is_map_retyped(shape, document):
        return Layout(kind="map")
    return _with_fields(document, layout, shape, with_maps_retyped)


def _is_map_retyped(shape: Shape, document: dict[str, Any]) -> bool:
    if len(shape.fields) < _SEVERAL or len(document) < _SEVERAL or shape.fields.keys() & document.keys():
        return False
    before = frozenset(kind for part in shape.fields.values() for kind in part.types)
    # Only their types are asked for, so what containers hold need not be folded.
    after = frozenset(fold([type(v)() if isinstance(v, (dict, list)) else v for v in document.values()], OPEN).types)
    # That texts are numbers now may be chance among fields; a text that is a record is another kind of entry.
    return len(before) == len(after) == 1 and before != after and len((before | after) & _CONTAINERS) == 1


def _layout_of_wrapping_record(document: dict[str, Any], layout: Layout, shape: Shape) -> Layout | None:
    if shape.values is None or not shape.values.total:
        return None
    if likeness(shape.values, fold(list(document.values()), layout.values or OPEN)) >= _UNLIKE:
        return None
    if set(map(key_form, document)) & set(shape.keys) - {"word", "path", "text"}:
        return None  # it still has ids as keys: its values changed, not its place
    holding = [name for name, part in document.items() if _resembles_map(part, layout, shape)]
    if not holding:
        return _layout_of_listed_records(document, layout, shape)
    # When two entries look like the map, they are changed entries of it, no envelope.
    return Layout(kind="record", fields={holding[0]: layout}) if len(holding) == 1 else None


def _layout_of_listed_records(document: dict[str, Any], layout: Layout, shape: Shape) -> Layout | None:
    """Return the layout of a record that lists records, the first of which holds the map; None where none does."""
    for name, part in document.items():
        first = part[0] if isinstance(part, list) and part else None
        for inner, held in first.items() if isinstance(first, dict) else ():
            if _resembles_map(held, layout, shape):
                record = Layout(kind="record", fields={inner: Layout(kind="map")})
                return Layout(kind="record", fields={name: Layout(items=record)})
    return None


def _resembles_map(part: Any, layout: Layout, shape: Shape) -> bool:
    if not isinstance(part, dict) or not part:
        return False
    if not set(map(key_form, part)) & set(shape.keys):
        return _has_alike_entries(shape, fold([part], layout))
    return _is_alike_or_in_records(shape, fold([part], layout))


def _has_alike_entries(shape: Shape, part: Shape) -> bool:
    """Whether two maps hold the same records, whatever the form of their keys."""
    if shape.values is None or part.values is None or shape.values.kinds != {JsonType.OBJECT}:
        return False
    return likeness(shape.values, part.values) >= _ALIKE


def _is_alike_or_in_records(shape: Shape, part: Shape) -> bool:
    """Whether a map is like another one, or holds records now that hold what were its entries."""
    if likeness(shape, part) >= _ALIKE:
        return True
    held = part.values.fields if part.values is not None else {}
    return shape.values is not None and any(likeness(shape.values, inner) >= _ALIKE for inner in held.values())


def place_holding_map(before: Shape, after: Shape) -> Path | None:
    """Return where in a record now lies what was a map: a field, or a field of records that it lists; None elsewhere.

    Args:
        before: The shape of the map.
        after: The shape of what now stands in its place.
    """
    if before.values is None or not before.values.total or after.values is not None:
        return None
    ranked = sorted((-likeness(before, part), name) for name, part in after.fields.items() if part.values is not None)
    if ranked and (-ranked[0][0] >= _ALIKE or _has_alike_entries(before, after.fields[ranked[0][1]])):
        return Path() / ranked[0][1]
    for name, part in after.fields.items():
        for inner, held in part.items.fields.items() if part.items is not None else ():
            if held.values is not None and _is_alike_or_in_records(before, held):
                return Path((Key(name), EACH_ITEM, Key(inner)))
    return None
