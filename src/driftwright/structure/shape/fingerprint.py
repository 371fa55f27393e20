"""Read a shape from a fingerprint, and write one; every part is checked, for a page may have written it.

The outline of a shape is what is left without its counts: two users have the same outline where only the number of
their records is different.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.terms import JsonType
from driftwright.structure.shape.model import EMPTY, Shape

_TYPES = {
    "n": JsonType.NULL,
    "b": JsonType.BOOLEAN,
    "i": JsonType.INTEGER,
    "f": JsonType.NUMBER,
    "a": JsonType.ARRAY,
    "o": JsonType.OBJECT,
}
_DEEPEST = 64


def shape_of_fingerprint(node: Any, usual: Shape | None) -> Shape:
    """Return a node of a fingerprint as a shape.

    Args:
        node: The node, as parsed JSON.
        usual: The shape of known-good stores. A fingerprint holds no values, so enumerations and ranges are taken from
            here and never differ from it; None without such a shape.

    Raises:
        InputFault: The node is not a shape.
    """
    return _shape(node, usual, 0)


def _shape(node: Any, usual: Shape | None, depth: int) -> Shape:
    if not isinstance(node, dict) or depth > _DEEPEST:
        raise _not_a_shape()
    if "c" in node:  # cut off here: nothing is known below
        return usual or EMPTY
    types = {kind: _count(node[letter]) for letter, kind in _TYPES.items() if letter in node}
    forms = _counts(node.get("s", {}))
    if forms:
        types[JsonType.STRING] = sum(forms.values())
    fields = node.get("p", {})
    if not isinstance(fields, dict):
        raise _not_a_shape()
    usual_fields = usual.fields if usual else {}
    return Shape(
        total=sum(types.values()),
        types=types,
        fields={name: _shape(below, usual_fields.get(name), depth + 1) for name, below in fields.items()},
        values=_shape(node["v"], usual.values if usual else None, depth + 1) if "v" in node else None,
        items=_shape(node["l"], usual.items if usual else None, depth + 1) if "l" in node else None,
        keys=_counts(node.get("k", {})),
        keyed=_counts(node.get("q", {})),
        forms=forms,
        enum=usual.enum if usual else None,
        low=usual.low if usual else None,
        high=usual.high if usual else None,
        empty=_count(node.get("e", 0)),
        true=_count(node.get("y", 0)),
    )


def _counts(value: Any) -> Mapping[str, int]:
    if not isinstance(value, dict):
        raise _not_a_shape()
    return {name: _count(count) for name, count in value.items()}


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _not_a_shape()
    return value


def _not_a_shape() -> InputFault:
    return InputFault("this is not the shape of a store", "", "/areas", "take the fingerprint again")


def fingerprint_of_shape(shape: Shape) -> dict[str, Any]:
    """Return a shape as a node of a fingerprint: counts of types, forms and keys; no enumeration and no range."""
    if not shape.total:
        return {"c": 1}  # it is there, and nothing is known of it
    return _node(shape)


def _node(shape: Shape) -> dict[str, Any]:
    node: dict[str, Any] = {letter: shape.types[kind] for letter, kind in _TYPES.items() if kind in shape.types}
    for letter, counts in (("s", shape.forms), ("k", shape.keys), ("q", shape.keyed)):
        if counts:
            node[letter] = dict(sorted(counts.items()))
    node |= {letter: count for letter, count in (("e", shape.empty), ("y", shape.true)) if count}
    if shape.values is not None:
        node["v"] = _node(shape.values)
    elif shape.count(JsonType.OBJECT):
        node["p"] = {name: fingerprint_of_shape(part) for name, part in sorted(shape.fields.items())}
    if shape.items is not None:
        node["l"] = _node(shape.items)
    return node


def outline_of(shape: Shape) -> dict[str, Any]:
    """Return a shape without its counts, as plain JSON whose text is the same for the same structure."""
    made: dict[str, Any] = {"types": sorted(map(str, shape.types))}
    for name in ("forms", "keys", "keyed"):
        if counts := getattr(shape, name):
            made[name] = sorted(counts)
    if shape.values is not None:
        made["values"] = outline_of(shape.values)
    elif shape.fields:
        made["fields"] = {name: outline_of(part) for name, part in sorted(shape.fields.items())}
    if shape.items is not None:
        made["items"] = outline_of(shape.items)
    return made
