"""Envelopes around maps: a record that now holds what was a map must not be folded as a map of a few odd entries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from driftwright.base.forms import key_form
from driftwright.structure.change.likeness import likeness
from driftwright.structure.shape import OPEN, Layout, Shape, fold

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
    fields = {
        name: adapt_layout(document[name], part, shape.fields[name])
        for name, part in layout.fields.items()
        if name in document and name in shape.fields
    }
    changed = {name: part for name, part in fields.items() if part is not layout.fields[name]}
    return replace(layout, fields={**layout.fields, **changed}) if changed else layout


def _layout_of_wrapping_record(document: dict[str, Any], layout: Layout, shape: Shape) -> Layout | None:
    if shape.values is None or not shape.values.total:
        return None
    if likeness(shape.values, fold(list(document.values()), layout.values or OPEN)) >= _UNLIKE:
        return None
    if set(map(key_form, document)) & set(shape.keys) - {"word", "path", "text"}:
        return None  # it still has ids as keys: its values changed, not its place
    holding = [name for name, part in document.items() if _resembles_map(part, layout, shape)]
    # When two entries look like the map, they are changed entries of it, no envelope.
    return Layout(kind="record", fields={holding[0]: layout}) if len(holding) == 1 else None


def _resembles_map(part: Any, layout: Layout, shape: Shape) -> bool:
    if not isinstance(part, dict) or not part or not set(map(key_form, part)) & set(shape.keys):
        return False
    return likeness(shape, fold([part], layout)) >= _ALIKE


def field_holding_map(before: Shape, after: Shape) -> str:
    """Return the field of a record that now holds what was a map; empty when none does."""
    if before.values is None or not before.values.total or after.values is not None:
        return ""
    ranked = sorted((-likeness(before, part), name) for name, part in after.fields.items() if part.values is not None)
    return ranked[0][1] if ranked and -ranked[0][0] >= _ALIKE else ""
