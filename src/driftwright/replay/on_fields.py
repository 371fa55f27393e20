"""Operators on whole stores, records and their fields."""

from __future__ import annotations

import copy
import json
from typing import Any

from driftwright.change import Change
from driftwright.path import Key, Path
from driftwright.replay.convert import conversions
from driftwright.replay.edit import GONE, Edit, Way, on_records, renamed


def none(_: Change) -> tuple[Way, ...]:
    """It changes no structure that a reader could notice."""
    return ()


def drop_store(_: Change) -> tuple[Way, ...]:
    """The whole store is gone."""
    return (Way(Path(), lambda _: GONE),)


def encode(change: Change) -> tuple[Way, ...]:
    """The value is written as JSON text."""
    return (Way(change.path, lambda value: json.dumps(value, separators=(",", ":"))),)


def remove(change: Change) -> tuple[Way, ...]:
    """The field is gone: everywhere, in every other record, or where it had the value that is left out."""
    params = change.params
    if "omitted" in params:
        omitted = params["omitted"]
        return (Way(change.path, lambda value: GONE if value == omitted and type(value) is type(omitted) else value),)
    if params.get("share", 1.0) >= 1.0:
        return (Way(change.path, lambda _: GONE),)
    return (Way(change.path, _every_other(0, GONE)), Way(change.path, _every_other(1, GONE)))


def _every_other(start: int, instead: Any) -> Edit:
    """Edit every other value that is met, beginning with the first or the second."""
    turn = start

    def edit_value(value: Any) -> Any:
        nonlocal turn
        turn += 1
        return instead if turn % 2 else value

    return edit_value


def rename(change: Change) -> tuple[Way, ...]:
    """The field has another name."""
    name, to = change.path.name, str(change.params["name"])
    return (on_records(change.path.parent, lambda record: renamed(record, name, to)),)


def rename_all(change: Change) -> tuple[Way, ...]:
    """Many fields of a record have other names."""
    names = change.params["names"]

    def rewrite(record: dict[str, Any]) -> dict[str, Any]:
        if not names.keys() & record.keys():
            return record
        return {names.get(name, name): value for name, value in record.items()}

    return (on_records(change.path, rewrite),)


def enumerate_flag(change: Change) -> tuple[Way, ...]:
    """A flag became words under another name; which word means true is open, so both ways are tried."""
    name, to = change.path.name, str(change.params["name"])

    def way(conversion: Edit) -> Way:
        def rewrite(record: dict[str, Any]) -> dict[str, Any]:
            if name not in record:
                return record
            return renamed(record | {name: conversion(record[name])}, name, to)

        return on_records(change.path.parent, rewrite)

    return tuple(way(conversion) for conversion in conversions(change.params))


def move(change: Change) -> tuple[Way, ...]:
    """The field stands elsewhere."""
    assert change.to is not None  # noqa: S101 - a move says where to
    shared = 0
    for one, other in zip(change.path.steps, change.to.steps, strict=False):
        if one != other:
            break
        shared += 1
    old, new = change.path.steps[shared:], change.to.steps[shared:]
    if not all(isinstance(step, Key) for step in (*old, *new)):
        return (Way(change.path, lambda _: GONE),)
    old_names, new_names = [s.name for s in old], [s.name for s in new]  # type: ignore[union-attr]
    return (on_records(Path(change.path.steps[:shared]), lambda record: _carried(record, old_names, new_names)),)


def _carried(record: dict[str, Any], old: list[str], new: list[str]) -> dict[str, Any]:
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


def unwrap(change: Change) -> tuple[Way, ...]:
    """What was inside the record stands beside it."""
    name = change.path.name

    def spread(record: dict[str, Any]) -> dict[str, Any]:
        inner = record.get(name)
        if not isinstance(inner, dict):
            return record
        return {key: value for key, value in record.items() if key != name} | inner

    return (on_records(change.path.parent, spread),)


def wrap(change: Change) -> tuple[Way, ...]:
    """Fields stand inside a new record."""
    assert change.to is not None  # noqa: S101 - a wrap says where to
    names, into = set(change.params["names"]), str(change.params["into"])
    if change.params.get("whole"):
        return (Way(change.path, lambda value: {into: value}),)

    def gather(record: dict[str, Any]) -> dict[str, Any]:
        inner = {key: value for key, value in record.items() if key in names}
        rest = {key: value for key, value in record.items() if key not in names}
        return rest | {into: inner} if inner else record

    return (on_records(change.to.parent, gather),)


def replace_by_child(change: Change) -> tuple[Way, ...]:
    """The record became one of its own fields."""
    field = str(change.params["field"])
    return (on_records(change.path, lambda record: record.get(field, record)),)


def nullify(change: Change) -> tuple[Way, ...]:
    """The value is null: everywhere, or in every other record."""
    if change.params.get("share", 1.0) >= 1.0:
        return (Way(change.path, lambda _: None),)
    return tuple(Way(change.path, _every_other(start, None)) for start in (0, 1))


def invert(change: Change) -> tuple[Way, ...]:
    """A flag means the opposite."""
    return (Way(change.path, lambda value: not value if isinstance(value, bool) else value),)


def convert(change: Change) -> tuple[Way, ...]:
    """The value is of another type, form or scale."""
    params = change.params
    if params["as"] == "null":
        return (Way(change.path, lambda _: None),)
    return tuple(Way(change.path, conversion) for conversion in conversions(params))
