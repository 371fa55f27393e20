"""Operators on maps."""

from __future__ import annotations

from itertools import chain
from typing import Any

from driftwright.change import Change
from driftwright.replay.edit import Way, on_records


def map_to_list(change: Change) -> tuple[Way, ...]:
    """The map became a list of its values, its entries, or the items of its lists."""
    form = change.params.get("form")

    def flatten(record: dict[str, Any]) -> Any:
        if form == "entries":
            return [[key, value] for key, value in record.items()]
        values = list(record.values())
        return list(chain.from_iterable(values)) if form == "items" and _all_lists(values) else values

    return (Way(change.path, lambda value: flatten(value) if isinstance(value, dict) else value),)


def _all_lists(values: list[Any]) -> bool:
    return all(isinstance(value, list) for value in values)


def rekey(change: Change) -> tuple[Way, ...]:
    """The map is keyed by another field of its records."""
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


def rewrite_keys(change: Change) -> tuple[Way, ...]:
    """The keys are written in another form."""
    form = str(change.params["form"])

    def rewrite(key: str) -> str:
        return key.replace("-", "") if form == "hex" else f"x:{key}"

    return (on_records(change.path, lambda record: {rewrite(key): value for key, value in record.items()} or record),)
