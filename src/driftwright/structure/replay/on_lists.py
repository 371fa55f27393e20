"""Operators on lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from driftwright.base.path import EACH_ITEM, Path
from driftwright.structure.change import Change
from driftwright.structure.replay.edit import PathEdit, on_lists


def insert_null(change: Change) -> tuple[PathEdit, ...]:
    """Insert a null as the first item, or as the last: two edits."""
    return (
        on_lists(change.path.parent, lambda items: [None, *items] if items else items),
        on_lists(change.path.parent, lambda items: [*items, None] if items else items),
    )


def list_to_map(change: Change) -> tuple[PathEdit, ...]:
    """Turn the list into a map keyed by a field of its items."""
    field = str(change.params.get("key_field") or "")

    def regroup(items: list[Any]) -> dict[str, Any]:
        if not field and items and all(_is_entry(item) for item in items):
            return {item[0]: item[1] for item in items}
        keys = [
            str(item.get(field, place)) if isinstance(item, dict) else str(place) for place, item in enumerate(items)
        ]
        return dict(zip(keys, items, strict=True))

    return (on_lists(change.path, regroup),)


def _is_entry(item: Any) -> bool:
    """Whether an item is a pair of a key and a value."""
    return isinstance(item, list) and len(item) == 2 and isinstance(item[0], str)  # noqa: PLR2004 - a pair


def list_to_page(change: Change) -> tuple[PathEdit, ...]:
    """Put the list into a page object."""
    field, beside = str(change.params["field"]), change.params.get("beside", ())
    return (on_lists(change.path, lambda items: {field: items, **dict.fromkeys(beside)}),)


def list_to_single(change: Change) -> tuple[PathEdit, ...]:
    """Replace the list by its first item."""
    return (on_lists(change.path, lambda items: items[0] if items else None),)


def nest_list(change: Change) -> tuple[PathEdit, ...]:
    """Nest the list once more: one edit for each level that is possible."""
    ways: Sequence[Mapping[str, Any]] = change.params.get("ways") or (
        {"at": str(change.path), "how": "items", "size": 0},
    )
    return tuple(on_lists(Path.parse(way["at"]), _nest_by(way["how"], int(way["size"]))) for way in ways)


def _nest_by(how: str, size: int) -> Callable[[list[Any]], Any]:
    if how == "whole":
        return lambda items: [items]
    step = size if how == "groups" else 1
    return lambda items: [items[start : start + step] for start in range(0, len(items), step)] or items


def reverse_list(change: Change) -> tuple[PathEdit, ...]:
    """Reverse the items."""
    return (on_lists(change.path, lambda items: items[::-1] if len(items) > 1 else items),)


def reorder_items(change: Change) -> tuple[PathEdit, ...]:
    """Put the items at other places; a place that is new holds null, and what the order does not name is gone."""
    order, first = change.params["order"], change.params.get("first")
    stays = change.params.get("rest") == "stays"

    def reorder(items: list[Any]) -> list[Any]:
        if not items or (first is not None and items[0] != first):
            return items
        placed = [items[place] if place is not None and place < len(items) else None for place in order]
        return [*placed, *items[len(order) :]] if stays else placed

    return (on_lists(change.path, reorder),)


def repeat_items(change: Change) -> tuple[PathEdit, ...]:
    """Repeat every item."""
    return (on_lists(change.path, lambda items: [item for item in items for _ in range(2)] or items),)


def insert_item(change: Change) -> tuple[PathEdit, ...]:
    """Append a record to the list, as a contract describes it."""
    extra, fresh = change.params.get("set", {}), change.params.get("fresh", ())

    def append(items: list[Any]) -> list[Any]:
        records = [item for item in items if isinstance(item, dict)]
        if not records:
            return items
        new = records[-1] | dict(extra) | {name: _fresh_value(records[-1].get(name)) for name in fresh}
        return [*items, new]

    path = change.path.parent if change.path.last == EACH_ITEM else change.path
    return (on_lists(path, append),)


def _fresh_value(value: Any) -> Any:
    """Return a value of the same form that no record of a small store has."""
    if isinstance(value, str) and value:
        return value[:-4] + "f0f0"
    return value + 1000 if isinstance(value, int) else value
