"""Operators on maps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from driftwright.base.path import Path
from driftwright.structure.change import Change
from driftwright.structure.replay.edit import PathEdit, edit_at, on_records


def map_to_list(change: Change) -> tuple[PathEdit, ...]:
    """Turn the map into a list of its values, its entries, or the items of its lists."""
    form = change.params.get("form")

    def flatten(record: dict[str, Any]) -> Any:
        if form == "entries":
            return [[key, value] for key, value in record.items()]
        if form == "records":
            key_field, value_field = change.params["pair"]
            return [{key_field: key, value_field: value} for key, value in record.items()]
        values = list(record.values())
        return list(chain.from_iterable(values)) if form == "items" and _all_lists(values) else values

    return (PathEdit(change.path, lambda value: flatten(value) if isinstance(value, dict) else value),)


def tag_entries(change: Change) -> tuple[PathEdit, ...]:
    """Write the map as a type tag beside a list of its entries."""

    def tagged(record: dict[str, Any]) -> dict[str, Any]:
        return {"dataType": "Map", "value": [[key, value] for key, value in record.items()]}

    return (on_records(change.path, tagged),)


def merge_maps(change: Change) -> tuple[PathEdit, ...]:
    """Merge sibling maps into one map, whose records have one field for each."""
    names, into = change.params["names"], str(change.params["into"])

    def merged(record: dict[str, Any]) -> dict[str, Any]:
        maps = {field: record[name] for name, field in names.items() if isinstance(record.get(name), dict)}
        if not maps:
            return record
        keys = dict.fromkeys(chain.from_iterable(maps.values()))
        others = {name: value for name, value in record.items() if name not in names}
        return others | {
            into: {key: {field: entries[key] for field, entries in maps.items() if key in entries} for key in keys}
        }

    return (on_records(change.path, merged),)


def normalise(change: Change) -> tuple[PathEdit, ...]:
    """Replace records by their ids, and put the records into a map of their own."""
    field, to = str(change.params["field"]), change.to

    def split(document: Any) -> Any:
        records: dict[str, Any] = {}

        def by_id(value: Any) -> Any:
            if not isinstance(value, dict) or field not in value:
                return value
            records[str(value[field])] = value
            return value[field]

        changed, hits = edit_at(document, change.path, by_id)
        if not hits or to is None:
            return document
        return edit_at(changed, to.parent, lambda home: {**home, to.name: records} if isinstance(home, dict) else home)[
            0
        ]

    return (PathEdit(Path(), split),)


def _all_lists(values: list[Any]) -> bool:
    return all(isinstance(value, list) for value in values)


def rekey(change: Change) -> tuple[PathEdit, ...]:
    """Key the map by another field of its records."""
    field = str(change.params["field"])

    def regroup(record: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in record.items():
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, dict):  # a hole names no entity, so it goes under no key
                        result.setdefault(str(item.get(field, key)), []).append(item)
            else:
                result[str(value.get(field, key)) if isinstance(value, dict) else key] = value
        return result if record else record

    return (on_records(change.path, regroup),)


def rewrite_keys(change: Change) -> tuple[PathEdit, ...]:
    """Write the keys in another form."""
    form = str(change.params["form"])
    if form in ("prefix", "suffix"):
        return (_rewrite_ends(change),)

    def rewrite(key: str) -> str:
        if form == "counted":
            return str(int(key) + int(change.params["by"])) if key.isdecimal() else key
        if form == "parts":
            return _with_parts_in_order(key, str(change.params["joint"]), change.params["order"])
        return key.replace("-", "") if form == "hex" else f"x:{key}"

    return (on_records(change.path, lambda record: {rewrite(key): value for key, value in record.items()} or record),)


def _with_parts_in_order(key: str, joint: str, order: Sequence[int]) -> str:
    parts = key.split(joint)
    return joint.join(parts[place] for place in order) if len(parts) == len(order) else key


def _rewrite_ends(change: Change) -> PathEdit:
    """Replace the prefixes of keys or add an end, also to the texts equal to a key when the references changed too."""
    prefixes, followed = change.params.get("prefixes", {}), change.params["followed"]
    suffix = change.params.get("suffix", "")
    written: dict[str, str] = {}

    def other(key: str) -> str:
        if suffix:
            return key if key.endswith(suffix) else key + str(suffix)
        start = next((start for start in prefixes if key.startswith(start)), None)
        return key if start is None else str(prefixes[start]) + key[len(start) :]

    def rewrite(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        written.update({key: other(key) for key in value})
        return {other(key): part for key, part in value.items()} if any(other(key) != key for key in value) else value

    def referring(value: Any) -> Any:
        if isinstance(value, list):
            return [referring(item) for item in value]
        if isinstance(value, dict):
            return {key: referring(part) for key, part in value.items()}
        return written.get(value, value) if isinstance(value, str) else value

    def whole(document: Any) -> Any:
        written.clear()
        changed, hits = edit_at(document, change.path, rewrite)
        return document if not hits else referring(changed) if followed else changed

    return PathEdit(Path(), whole)
