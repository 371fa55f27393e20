"""Operators on whole stores, records and their fields."""

from __future__ import annotations

import copy
import json
from typing import Any

from driftwright.base.path import Key, Path
from driftwright.structure.change import Change
from driftwright.structure.replay.convert import conversions
from driftwright.structure.replay.edit import DELETE, Edit, PathEdit, on_records, rename_field


def none(_: Change) -> tuple[PathEdit, ...]:
    """Edit nothing: the change is none that a reader could notice."""
    return ()


def drop_store(_: Change) -> tuple[PathEdit, ...]:
    """Delete the whole store."""
    return (PathEdit(Path(), lambda _: DELETE),)


def encode(change: Change) -> tuple[PathEdit, ...]:
    """Write the value as JSON text."""
    return (PathEdit(change.path, lambda value: json.dumps(value, separators=(",", ":"))),)


def remove(change: Change) -> tuple[PathEdit, ...]:
    """Delete the field, or only where it has the value that is left out."""
    params = change.params
    if "omitted" in params:
        omitted = params["omitted"]
        return (
            PathEdit(change.path, lambda value: DELETE if value == omitted and type(value) is type(omitted) else value),
        )
    return (PathEdit(change.path, lambda _: DELETE),)


def rename(change: Change) -> tuple[PathEdit, ...]:
    """Rename the field."""
    name, to = change.path.name, str(change.params["name"])
    return (on_records(change.path.parent, lambda record: rename_field(record, name, to)),)


def rename_all(change: Change) -> tuple[PathEdit, ...]:
    """Rename several fields of a record."""
    names = change.params["names"]

    def rewrite(record: dict[str, Any]) -> dict[str, Any]:
        if not names.keys() & record.keys():
            return record
        return {names.get(name, name): value for name, value in record.items()}

    return (on_records(change.path, rewrite),)


def enumerate_flag(change: Change) -> tuple[PathEdit, ...]:
    """Write a flag as a word in a field of another name: two edits, as either word may mean true."""
    name, to = change.path.name, str(change.params["name"])

    def way(conversion: Edit) -> PathEdit:
        def rewrite(record: dict[str, Any]) -> dict[str, Any]:
            if name not in record:
                return record
            return rename_field(record | {name: conversion(record[name])}, name, to)

        return on_records(change.path.parent, rewrite)

    return tuple(way(conversion) for conversion in conversions(change.params))


def move(change: Change) -> tuple[PathEdit, ...]:
    """Move the field to another place."""
    assert change.to is not None  # noqa: S101 - a move says where to
    if "flag" in change.params:
        flag, value = str(change.params["flag"]), change.params["is"]
        return (PathEdit(change.path, lambda record: _remove_flag(record, flag, value)),)
    shared = 0
    for old_step, new_step in zip(change.path.steps, change.to.steps, strict=False):
        if old_step != new_step:
            break
        shared += 1
    old, new = change.path.steps[shared:], change.to.steps[shared:]
    if not all(isinstance(step, Key) for step in (*old, *new)):
        return (PathEdit(change.path, lambda _: DELETE),)
    old_names, new_names = [s.name for s in old], [s.name for s in new]  # type: ignore[union-attr]
    return (on_records(Path(change.path.steps[:shared]), lambda record: _carry_field(record, old_names, new_names)),)


def _remove_flag(record: Any, flag: str, value: Any) -> Any:
    """Return the record without its flag, or `DELETE` where the flag had the value of those that moved away."""
    if not isinstance(record, dict) or flag not in record:
        return record
    return DELETE if record[flag] is value else {name: part for name, part in record.items() if name != flag}


def _carry_field(record: dict[str, Any], old: list[str], new: list[str]) -> dict[str, Any]:
    result = copy.deepcopy(record)
    here: Any = result
    for name in old[:-1]:
        here = here.get(name) if isinstance(here, dict) else None
    if not isinstance(here, dict) or old[-1] not in here:
        return record
    value = here.pop(old[-1])
    here = result
    for name in new[:-1]:
        below = here.setdefault(name, {})
        if not isinstance(below, dict):
            return record
        here = below
    here[new[-1]] = value
    return result


def unwrap(change: Change) -> tuple[PathEdit, ...]:
    """Put the fields of the inner record beside it, or in the place of its parent."""
    params = change.params
    name = str(params.get("name", change.path.name))
    gone = {name, *params.get("dropped", ())}

    def spread(record: dict[str, Any]) -> dict[str, Any]:
        inner = record.get(name)
        if not isinstance(inner, dict):
            return record
        return {key: value for key, value in record.items() if key not in gone} | inner

    return (on_records(change.path if "name" in params else change.path.parent, spread),)


def wrap(change: Change) -> tuple[PathEdit, ...]:
    """Put fields into a new record."""
    assert change.to is not None  # noqa: S101 - a wrap says where to
    names, into = set(change.params["names"]), str(change.params["into"])
    if change.params.get("whole"):
        # The field of the one record that is listed in the new record, where it does not hold the value itself.
        inside = tuple(map(str, change.params.get("inside", ())))
        return (PathEdit(change.path, lambda value: {into: [{inside[0]: value}] if inside else value}),)

    def gather(record: dict[str, Any]) -> dict[str, Any]:
        inner = {key: value for key, value in record.items() if key in names}
        others = {key: value for key, value in record.items() if key not in names}
        return others | {into: inner} if inner else record

    return (on_records(change.to.parent, gather),)


def replace_by_child(change: Change) -> tuple[PathEdit, ...]:
    """Replace the record by one of its fields."""
    field = str(change.params["field"])
    return (on_records(change.path, lambda record: record.get(field, record)),)


def nullify(change: Change) -> tuple[PathEdit, ...]:
    """Set the value to null; or write null where it was empty or left out, as the change says."""
    name = change.path.name
    if change.params.get("as") == "empty":
        return (PathEdit(change.path, lambda value: None if value == "" else value),)
    if change.params.get("as") == "anywhere":
        return ()
    if change.params.get("as") == "absent":
        parent = change.path.parent
        return (on_records(parent, lambda record: record if name in record else {**record, name: None}),)
    return (PathEdit(change.path, lambda _: None),)


def invert(change: Change) -> tuple[PathEdit, ...]:
    """Invert a flag."""
    return (PathEdit(change.path, lambda value: not value if isinstance(value, bool) else value),)


def convert(change: Change) -> tuple[PathEdit, ...]:
    """Convert the value to another type, form or scale."""
    params = change.params
    if params["as"] == "filled":
        name, value = change.path.name, params["value"]
        parent = change.path.parent
        return (on_records(parent, lambda record: {**record, name: value} if record.get(name) is None else record),)
    if params["as"] == "null":
        return (PathEdit(change.path, lambda _: None),)
    return tuple(PathEdit(change.path, conversion) for conversion in conversions(params))
