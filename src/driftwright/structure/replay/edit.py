"""Editing JSON values along a typed path, without touching the original."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, Step

GONE = object()
"""What an edit returns to delete the value it was given."""

Edit = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Way:
    """One way a change may have come about: where to edit, and how."""

    path: Path
    change: Edit


def on_records(path: Path, record_edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Way:
    """Return the way that edits the records at `path` and leaves everything else there as it is."""
    return Way(path, lambda value: record_edit(value) if isinstance(value, dict) else value)


def on_lists(path: Path, list_edit: Callable[[list[Any]], Any]) -> Way:
    """Return the way that edits the lists at `path` and leaves everything else there as it is."""
    return Way(path, lambda value: list_edit(value) if isinstance(value, list) else value)


def edit(document: Any, path: Path, change: Edit) -> tuple[Any, int]:
    """Return a copy in which `change` was applied to every value at `path`, and how many it made another value of.

    What returns the very value it was given had nothing to do there: a record without the field, an empty list.
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
    if step == EACH_ITEM:
        if not isinstance(value, list):
            return value
        return [new for item in value if (new := _walk(item, rest, change)) is not GONE]
    if not isinstance(value, dict):
        return value
    if step == EACH_VALUE:
        return {key: new for key, part in value.items() if (new := _walk(part, rest, change)) is not GONE}
    assert isinstance(step, Key)  # noqa: S101 - the third and last kind of step
    if step.name not in value:
        return value
    copy = dict(value)
    new = _walk(value[step.name], rest, change)
    if new is GONE:
        del copy[step.name]
    else:
        copy[step.name] = new
    return copy


def renamed(record: dict[str, Any], name: str, to: str) -> dict[str, Any]:
    """Return the record with one field renamed, in its old place; the very record when it has no such field."""
    if name not in record:
        return record
    return {(to if key == name else key): value for key, value in record.items()}
