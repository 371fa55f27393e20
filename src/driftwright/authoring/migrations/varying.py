"""Vary a known-good value by its schema: other values, fields left out or added, all of it still valid."""

from __future__ import annotations

from random import Random
from typing import Any

from driftwright.authoring.migrations.profiles import is_time
from driftwright.workspace import Node

_OFTEN, _SELDOM = 0.7, 0.12
_MOST = 40
_SPREAD = 10_000_000  # milliseconds: some three hours
_FRESH = 8
"""Hex digits of a text that is made up."""


def vary(value: Any, node: Node | None, random: Random) -> Any:
    """Return a value like a known-good one, with other values and other optional fields.

    Args:
        value: The known-good value.
        node: What the schema declares of it; None for nothing, which leaves it as it is.
        random: The source of chance; the same seed makes the same value.
    """
    if node is None:
        return value
    if "enum" in node.schema:
        return random.choice(node.schema["enum"])
    if isinstance(value, bool):
        return random.random() < 1 / 2
    if isinstance(value, int | float):
        return _number(value, node, random)
    if isinstance(value, str):
        return _text(value, node, random)
    if isinstance(value, list):
        items = node.items()
        return [vary(item, items, random) for item in value[: random.randint(0, len(value))]] if items else value
    return _record(value, node, random) if isinstance(value, dict) else value


def _number(value: float, node: Node, random: Random) -> float:
    if is_time(value):
        return int(value) + random.randrange(_SPREAD)
    low, high = node.schema.get("minimum", 0), node.schema.get("maximum", _MOST)
    return random.randint(int(low), max(int(low), min(int(high), _MOST)))


def _text(value: str, node: Node, random: Random) -> str:
    is_id = node.schema.get("x-redact") == "pseudonym" or "x-references" in node.schema
    if is_id or "format" in node.schema or "pattern" in node.schema or random.random() > _OFTEN:
        return value
    return fresh_text(random)


def fresh_text(random: Random) -> str:
    """Return a text that is nowhere else."""
    return f"text {random.getrandbits(4 * _FRESH):0{_FRESH}x}"


def _record(value: dict[str, Any], node: Node, random: Random) -> dict[str, Any]:
    fields = node.fields()
    required = node.schema.get("required", ())
    kept = {name: part for name, part in value.items() if name in required or random.random() > _SELDOM}
    record = {name: vary(part, fields.get(name), random) for name, part in kept.items()}
    for name, field in fields.items():
        if name not in value and random.random() < _SELDOM:
            record[name] = _invented(field, random)
    return record


def _invented(node: Node, random: Random) -> Any:
    """Return a small value of a declared type; null where that may stand."""
    kinds = node.types()
    if "enum" in node.schema:
        return random.choice(node.schema["enum"])
    if "null" in kinds:
        return None
    match kinds[0] if kinds else "object":
        case "boolean":
            return random.random() < 1 / 2
        case "integer" | "number":
            return _number(0, node, random)
        case "string":
            return fresh_text(random)
        case "array":
            return []
    fields = node.fields()
    return {name: _invented(fields[name], random) for name in node.schema.get("required", ()) if name in fields}
