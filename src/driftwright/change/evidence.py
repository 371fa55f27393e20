"""Evidence: how much has to be seen before an absence means anything."""

from __future__ import annotations

from driftwright.shape import Shape
from driftwright.terms import JsonType

_SMALL = 4


def absent_for_sure(share: float, seen: int, alpha: float) -> bool:
    """Whether a field that was in `share` of the records and is in none of `seen` is really gone."""
    if seen < 1:
        return False
    # Rounded, so that 19 of 20 records leave a chance of exactly one in twenty.
    return bool(round((1.0 - min(share, 1.0)) ** seen, 9) <= alpha)


def may_be_left_out(shape: Shape) -> bool:
    """Whether leaving a field out can mean its default: a flag, or a small enumeration of words."""
    if shape.kinds == {JsonType.BOOLEAN}:
        return True
    words = shape.kinds == {JsonType.STRING} and set(shape.forms) <= {"word", "empty", "boolean"}
    return bool(words and shape.enum is not None and 0 < len(shape.enum) <= _SMALL and shape.seen > len(shape.enum))
