"""The shape of a store as a fingerprint writes it: read with suspicion."""

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
        node: What the fingerprint tells of a store.
        usual: The shape of known-good stores: what takes values to know is taken from it, so that nothing is said of
            it; None where nothing is known.

    Raises:
        InputFault: That is not a shape.
    """
    return _shape(node, usual, 0)


def _shape(node: Any, usual: Shape | None, depth: int) -> Shape:
    if not isinstance(node, dict) or depth > _DEEPEST:
        raise _odd()
    if "c" in node:  # cut off there: nothing is known of what lies below
        return usual or EMPTY
    types = {kind: _count(node[letter]) for letter, kind in _TYPES.items() if letter in node}
    forms = _counts(node.get("s", {}))
    if forms:
        types[JsonType.STRING] = sum(forms.values())
    fields = node.get("p", {})
    if not isinstance(fields, dict):
        raise _odd()
    known = usual.fields if usual else {}
    return Shape(
        seen=sum(types.values()),
        types=types,
        fields={name: _shape(below, known.get(name), depth + 1) for name, below in fields.items()},
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


def _counts(given: Any) -> Mapping[str, int]:
    if not isinstance(given, dict):
        raise _odd()
    return {name: _count(count) for name, count in given.items()}


def _count(given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < 0:
        raise _odd()
    return given


def _odd() -> InputFault:
    return InputFault("this is not the shape of a store", "", "/areas", "take the fingerprint again")
