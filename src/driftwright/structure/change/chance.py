"""Evidence: how much has to be seen before an absence means anything."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from driftwright.base.path import Key, Path, values_at
from driftwright.base.terms import JsonType
from driftwright.structure.shape import Shape

_SMALL = 4
_TWO_SIGMA = 2.0
_COMMON_DEFAULT = 0.9
"""The share of a default word; a shape counts words, not how often each was seen."""
LARGEST_BOUND = 0.1
"""The share of exceptions that may have stayed hidden while `always` or `never` is still said."""

_THREE = 3.0


def absent_for_sure(share: float, seen: int, alpha: float) -> bool:
    """Whether a field that was in `share` of the records and is in none of `seen` is really gone."""
    if seen < 1:
        return False
    # Rounded, so that 19 of 20 records leave a chance of exactly one in twenty.
    return bool(round((1.0 - min(share, 1.0)) ** seen, 9) <= alpha)


def may_be_left_out(shape: Shape, seen: int, alpha: float, share: float = 1.0) -> bool:
    """Whether a field's absence from `seen` records may only mean that all of them have its default value.

    A writer that leaves out a flag's default leaves the other value in. The more often the other value was seen before,
    the fewer records without it are needed to tell.

    Args:
        shape: The field before.
        seen: In how many records it is absent now.
        alpha: Largest chance of being wrong.
        share: In what share of the records it was before: one that was only ever written with one value, and not
            always, leaves the other value out already.
    """
    if share < 1.0 and shape.kinds == {JsonType.BOOLEAN} and shape.true in (0, shape.count(JsonType.BOOLEAN)):
        return False
    default = _default_share(shape)
    return default is not None and default**seen > alpha


def null_for_absent(name: str, before: Shape, after: Shape) -> bool:
    """Whether the nulls of a field may all stand where the field was left out before, and none in place of a value.

    Args:
        name: The field.
        before: The records before.
        after: The records after.
    """
    share, old, new = before.presence(name), before.fields.get(name), after.fields.get(name)
    if old is None or new is None or share >= 1.0 or old.count(JsonType.NULL):
        return False
    records = (before.count(JsonType.OBJECT), after.count(JsonType.OBJECT))
    filled = (new.seen - new.count(JsonType.NULL)) / records[1]
    return filled >= share - _spread(share, records)


def absent_for_null(before: Shape, after: Shape, absent: int) -> bool:
    """Whether a field that every record had may be left out just where it was null.

    Args:
        before: The field before.
        after: The field after.
        absent: How many records lack it now.
    """
    nulls = before.count(JsonType.NULL)
    if not nulls or after.count(JsonType.NULL) or not before.seen or not absent + after.seen:
        return False
    share, now = nulls / before.seen, absent / (absent + after.seen)
    return now <= share + _spread(share, (before.seen, absent + after.seen))


def filler(before: Shape, after: Shape) -> Any:
    """Return the empty value that a field has now and never had, and that may stand where nothing stood; else None."""
    if before.kinds != after.kinds or after.count(JsonType.NULL):
        return None
    if before.kinds == {JsonType.STRING} and "empty" in after.forms and "empty" not in before.forms:
        return "" if set(after.forms) != {"empty"} else None
    if before.kinds == {JsonType.BOOLEAN} and before.true == before.count(JsonType.BOOLEAN) and after.true < after.seen:
        return False
    if before.kinds == {JsonType.ARRAY} and after.empty and not before.empty:
        return []
    return None


def _spread(share: float, records: tuple[int, int]) -> float:
    """How far two samples of so many records may lie apart by chance."""
    return _TWO_SIGMA * math.sqrt(share * (1.0 - share) * (1 / records[0] + 1 / records[1]))


def _default_share(shape: Shape) -> float | None:
    """The share of the most frequent value, where the field is a flag or a small enumeration of words."""
    if shape.kinds == {JsonType.BOOLEAN}:
        flags = shape.count(JsonType.BOOLEAN)
        return max(shape.true, flags - shape.true) / flags
    words = shape.kinds == {JsonType.STRING} and set(shape.forms) <= {"word", "empty", "boolean"}
    if words and shape.enum is not None and 0 < len(shape.enum) <= _SMALL and shape.seen > len(shape.enum):
        return _COMMON_DEFAULT
    return None


@dataclass(frozen=True, slots=True)
class Sighting:
    """How often one path was seen.

    Args:
        seen: In how many containers it was there.
        of: In how many containers it could have been.
    """

    seen: int
    of: int

    @property
    def bound(self) -> float:
        """The largest share of exceptions that `of` sightings without one still allow, with 95 % confidence.

        The rule of three: what never happened in n tries happens in at most 3/n of all.
        """
        return min(1.0, _THREE / self.of) if self.of else 1.0

    @property
    def enough(self) -> bool:
        """Whether the sightings bear `always`, `never` or, where both were seen, `sometimes`."""
        return 0 < self.seen < self.of or self.bound <= LARGEST_BOUND


def sighting(document: Any, path: Path) -> Sighting:
    """Count a path in a store; every value of a map and every item of a list is a place of its own."""
    if document is None:
        return Sighting(0, 0)
    if not path.steps:
        return Sighting(1, 1)
    last = path.steps[-1]
    if not isinstance(last, Key):
        count = sum(1 for _ in values_at(document, path))
        return Sighting(count, count)
    holders = [value for value in values_at(document, path.parent) if isinstance(value, dict)]
    return Sighting(sum(last.name in holder for holder in holders), len(holders))
