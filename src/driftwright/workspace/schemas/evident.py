"""Decide from a shape alone that its values are valid: its counts of types, presence and ranges are exact.

True is certain; False means only that a validator must be run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from driftwright.base.terms import JsonType
from driftwright.structure import EMPTY, Shape

_ANNOTATIONS = "$schema $id $defs $comment title description default examples deprecated readOnly format"
_OWN = "x-key-space x-references x-key-equals x-redact x-order x-unique x-since x-source"
_SAYS_NOTHING = frozenset(f"{_ANNOTATIONS} {_OWN}".split())
_TYPED = frozenset({JsonType.STRING, JsonType.INTEGER, JsonType.NUMBER})


def evidently_valid(schema: Any, shape: Shape) -> bool:
    """Whether a shape alone proves that every value of its column is valid by a schema.

    Args:
        schema: A JSON Schema 2020-12, without regard to its formats, which only annotate.
        shape: What was folded of the values, by any layout.
    """
    if schema is True or not shape.total:
        return True
    if not isinstance(schema, dict):
        return False
    for keyword, operand in schema.items():
        if keyword in _SAYS_NOTHING:
            continue
        holds = _HOLDS.get(keyword)
        if holds is None or not holds(operand, shape, schema):
            return False
    return True


def _type(types: Any, shape: Shape, _: Mapping[str, Any]) -> bool:
    allowed = (types,) if isinstance(types, str) else types
    return all(kind in allowed or (kind is JsonType.INTEGER and "number" in allowed) for kind in shape.types)


def _required(names: Any, shape: Shape, _: Mapping[str, Any]) -> bool:
    records = shape.count(JsonType.OBJECT)
    if not records or not names:
        return True
    return shape.values is None and all(shape.fields.get(name, EMPTY).total == records for name in names)


def _properties(properties: Any, shape: Shape, _: Mapping[str, Any]) -> bool:
    if shape.values is not None:  # which of the map's values carry a declared name is not told apart
        return not properties
    return all(evidently_valid(properties[name], part) for name, part in shape.fields.items() if name in properties)


def _additional(additional: Any, shape: Shape, schema: Mapping[str, Any]) -> bool:
    named = schema.get("properties", {})
    if shape.values is not None:
        return not named and evidently_valid(additional, shape.values)
    return all(evidently_valid(additional, part) for name, part in shape.fields.items() if name not in named)


def _items(items: Any, shape: Shape, _: Mapping[str, Any]) -> bool:
    return shape.items is None or evidently_valid(items, shape.items)


def _enum(enum: Any, shape: Shape, _: Mapping[str, Any]) -> bool:
    if not isinstance(enum, list) or shape.enum is None or not shape.types.keys() <= _TYPED | {JsonType.NULL}:
        return False
    if JsonType.NULL in shape.types and None not in enum:
        return False
    return shape.enum <= {value for value in enum if type(value) in (str, int, float)}


def _is_number(operand: Any) -> bool:
    return type(operand) in (int, float)


def _minimum(minimum: Any, shape: Shape, _: Mapping[str, Any]) -> bool:
    return shape.low is None or (_is_number(minimum) and shape.low >= minimum)


def _maximum(maximum: Any, shape: Shape, _: Mapping[str, Any]) -> bool:
    return shape.high is None or (_is_number(maximum) and shape.high <= maximum)


def _min_length(min_length: Any, shape: Shape, _: Mapping[str, Any]) -> bool:
    # However few texts of a column are looked at for their form, one of each length is.
    return not shape.count(JsonType.STRING) or min_length == 0 or (min_length == 1 and "empty" not in shape.forms)


_HOLDS = {
    "type": _type,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "enum": _enum,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _min_length,
}
