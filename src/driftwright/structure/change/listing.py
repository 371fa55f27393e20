"""What the items of a list hold that was a map before, or is one now."""

from __future__ import annotations

from typing import Any

from driftwright.base.terms import JsonType
from driftwright.structure.change.likeness import likeness
from driftwright.structure.shape import Shape

_ALIKE = 0.5


def are_entries(items: Shape, values: Shape) -> bool:
    """Whether the items of a list are pairs of a key and a value, and the values are those of a map."""
    if items.kinds != {JsonType.ARRAY} or items.items is None or not values.total:
        return False
    return JsonType.STRING in items.items.kinds and values.kinds <= items.items.kinds


def pair_fields(values: Shape, items: Shape | None) -> dict[str, Any]:
    """Return the two fields of a list's records that hold a map's former keys and plain values; {} without such."""
    if items is None or JsonType.OBJECT in values.kinds or items.kinds != {JsonType.OBJECT}:
        return {}
    texts = [name for name, part in sorted(items.fields.items()) if part.kinds == {JsonType.STRING}]
    values_names = [name for name in sorted(items.fields) if likeness(values, items.fields[name]) >= _ALIKE]
    pairs = [(key, value) for key in texts for value in values_names if key != value]
    return {"form": "records", "pair": pairs[0]} if pairs else {}


def list_form(values: Shape, items: Shape | None) -> str:
    """Return what a list that was a map holds: its `entries` (key and value), the `items` of its lists, or `values`."""
    lists = JsonType.ARRAY in values.kinds
    if items is not None and JsonType.ARRAY in items.kinds:
        return "values" if lists and _alike_items(values, items) else "entries"
    return "items" if lists else "values"


def _alike_items(values: Shape, items: Shape) -> bool:
    """Whether the inner lists hold only types that the map's lists held, and so no keys."""
    return bool(values.items and items.items and items.items.kinds <= values.items.kinds)
