"""Evidence: how much has to be seen before an absence means anything."""

from __future__ import annotations

from driftwright.shape import Shape
from driftwright.terms import JsonType

_SMALL = 4
_COMMON_DEFAULT = 0.9
"""The share of a default word; a shape counts words, not how often each was seen."""


def absent_for_sure(share: float, seen: int, alpha: float) -> bool:
    """Whether a field that was in `share` of the records and is in none of `seen` is really gone."""
    if seen < 1:
        return False
    # Rounded, so that 19 of 20 records leave a chance of exactly one in twenty.
    return bool(round((1.0 - min(share, 1.0)) ** seen, 9) <= alpha)


def may_be_left_out(shape: Shape, seen: int, alpha: float) -> bool:
    """Whether a field's absence from `seen` records may only mean that all of them have its default value.

    A writer that leaves out a flag's default leaves the other value in. The more often the other value was seen before,
    the fewer records without it are needed to tell.

    Args:
        shape: The field before.
        seen: In how many records it is absent now.
        alpha: Largest chance of being wrong.
    """
    default = _default_share(shape)
    return default is not None and default**seen > alpha


def _default_share(shape: Shape) -> float | None:
    """The share of the most frequent value, where the field is a flag or a small enumeration of words."""
    if shape.kinds == {JsonType.BOOLEAN}:
        flags = shape.count(JsonType.BOOLEAN)
        return max(shape.true, flags - shape.true) / flags
    words = shape.kinds == {JsonType.STRING} and set(shape.forms) <= {"word", "empty", "boolean"}
    if words and shape.enum is not None and 0 < len(shape.enum) <= _SMALL and shape.seen > len(shape.enum):
        return _COMMON_DEFAULT
    return None
