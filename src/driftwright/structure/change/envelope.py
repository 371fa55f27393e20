"""Envelopes around maps: a map that became a record which holds it must not be read as a map of two odd entries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from driftwright.base.forms import key_form
from driftwright.structure.change.likeness import likeness
from driftwright.structure.shape import OPEN, Layout, Shape, fold

_UNLIKE = 0.3
_ALIKE = 0.5


def fitted_layout(document: Any, layout: Layout, shape: Shape) -> Layout:
    """Return the layout by which a later document is folded: the earlier one's, but where a map went into a record.

    Args:
        document: The later document, or the part of it at this position.
        layout: What is known or declared about the position.
        shape: What stood there before.
    """
    if not isinstance(document, dict) or not document:
        return layout
    if layout.kind == "map":
        return _record_around(document, layout, shape) or layout
    fields = {
        name: fitted_layout(document[name], part, shape.fields[name])
        for name, part in layout.fields.items()
        if name in document and name in shape.fields
    }
    changed = {name: part for name, part in fields.items() if part is not layout.fields[name]}
    return replace(layout, fields={**layout.fields, **changed}) if changed else layout


def _record_around(document: dict[str, Any], layout: Layout, shape: Shape) -> Layout | None:
    if shape.values is None or not shape.values.seen:
        return None
    if likeness(shape.values, fold(list(document.values()), layout.values or OPEN)) >= _UNLIKE:
        return None
    if set(map(key_form, document)) & set(shape.keys) - {"word", "path", "text"}:
        return None  # it is still keyed by ids: its values changed, and not its place
    holding = [name for name, part in document.items() if _is_the_map(part, layout, shape)]
    # Two entries that look like the map are two changed entries of it.
    return Layout(kind="record", fields={holding[0]: layout}) if len(holding) == 1 else None


def _is_the_map(part: Any, layout: Layout, shape: Shape) -> bool:
    if not isinstance(part, dict) or not part or not set(map(key_form, part)) & set(shape.keys):
        return False
    return likeness(shape, fold([part], layout)) >= _ALIKE


def held_in(before: Shape, after: Shape) -> str:
    """Return the field of a record that now holds what was a map; empty when none does."""
    if before.values is None or not before.values.seen or after.values is not None:
        return ""
    ranked = sorted((-likeness(before, part), name) for name, part in after.fields.items() if part.values is not None)
    return ranked[0][1] if ranked and -ranked[0][0] >= _ALIKE else ""
