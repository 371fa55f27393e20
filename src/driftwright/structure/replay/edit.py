"""Edits of JSON values at a typed path, which leave the original as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from driftwright.base.path import EachItem, EachValue, Path, Step

DELETE = object()
"""What an edit returns to delete the value that it got."""

Edit = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class PathEdit:
    """An edit and the path of the values to edit."""

    path: Path
    change: Edit


def on_records(path: Path, record_edit: Callable[[dict[str, Any]], dict[str, Any]]) -> PathEdit:
    """Return the edit of the records at `path` that leaves everything else there as it is."""
    return PathEdit(path, lambda value: record_edit(value) if isinstance(value, dict) else value)


def on_lists(path: Path, list_edit: Callable[[list[Any]], Any]) -> PathEdit:
    """Return the edit of the lists at `path` that leaves everything else there as it is."""
    return PathEdit(path, lambda value: list_edit(value) if isinstance(value, list) else value)


def edit_at(document: Any, path: Path, change: Edit) -> tuple[Any, int]:
    """Return a copy in which `change` was applied to every value at `path`, and how many values it changed.

    A value that `change` returns as the same object counts as unchanged: a record without the field, an empty list.
    """
    hits = 0

    def counted(value: Any) -> Any:
        nonlocal hits
        new = change(value)
        hits += new is not value
        return new

    return _walk(document, path.steps, counted), hits


def _walk(value: Any, steps: tuple[Step, ...], change: Edit) -> Any:
    if not steps:
        return change(value)
    step, rest = steps[0], steps[1:]
    if isinstance(step, EachItem):
        if not isinstance(value, list):
            return value
        return [new for item in value if (new := _walk(item, rest, change)) is not DELETE]
    if not isinstance(value, dict):
        return value
    if isinstance(step, EachValue):
        return {key: new for key, part in value.items() if (new := _walk(part, rest, change)) is not DELETE}
    if step.name not in value:
        return value
    copy = dict(value)
    part = value[step.name]
    new = _walk(part, rest, change) if rest else change(part)
    if new is DELETE:
        del copy[step.name]
    else:
        copy[step.name] = new
    return copy


def rename_field(record: dict[str, Any], name: str, to: str) -> dict[str, Any]:
    """Return the record with one field renamed, in its old order; the same record when it has no such field."""
    if name not in record:
        return record
    return {(to if key == name else key): value for key, value in record.items()}
