"""Read the shape of a store from a fingerprint; every part is checked, as it comes from a page."""

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
        seen=sum(types.values()),
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
