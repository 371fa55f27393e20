"""Chance: whether so many records without a field, or so many counts of a path, are evidence or may be chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from driftwright.base.path import Key, Path, values_at
from driftwright.base.terms import JsonType
from driftwright.structure.shape import Shape

ALPHA = 0.05
"""The level of significance: the largest chance at which a difference is still called no chance."""

_SEVERAL = 2
_MOST_WORDS = 4
_TWO_SIGMA = 2.0
_COMMON_DEFAULT = 0.9
"""The assumed share of a default word: a shape knows the words, not how often each was seen."""
LARGEST_HIDDEN_SHARE = 0.1
"""The largest share of unseen exceptions with which `always` or `never` is still said."""

_RULE_OF_THREE = 3.0


def is_surely_absent(had: int, of: int, now: int, alpha: float) -> bool:
    """Whether a field that `had` of `of` records had and none of `now` records has is really gone.

    Fisher's exact test, one-sided; a field that every record had is never missing by chance.

    Args:
        had: How many records had it before.
        of: How many records there were before.
        now: How many records there are now.
        alpha: Largest chance of being wrong.
    """
    return now > 0 and (had >= of or chance_of_none(now, of, had) <= alpha)


def may_be_omitted_default(shape: Shape, records: int, alpha: float, share: float = 1.0) -> bool:
    """Whether a field's absence from so many records may only mean that all of them have its default value.

    A writer that leaves out the default of a flag still writes its other value. The more frequent that value was, the
    fewer records without it are needed to be sure that the field is gone.

    Args:
        shape: The field before.
        records: In how many records it is absent now.
        alpha: Largest chance of being wrong.
        share: In what share of the records it was before. A flag that was written in some records only, and always
            with the same value, already leaves out its default.
    """
    if share < 1.0 and shape.kinds == {JsonType.BOOLEAN} and shape.true in (0, shape.count(JsonType.BOOLEAN)):
        return False
    if share >= 1.0 and records >= _SEVERAL and _has_several_values(shape):
        return False  # it was written whatever it held, so no value of it is left out
    default = _default_share(shape)
    return default is not None and default**records > alpha


def may_be_left_out(shape: Shape, records: int) -> bool:
    """Whether a text was empty, or a value null, so often that so many records may all lack it for that.

    Args:
        shape: The field before.
        records: In how many records it is absent now.
    """
    empty = shape.forms.get("empty", 0) if shape.kinds == {JsonType.STRING} else shape.count(JsonType.NULL)
    return empty > 0 and bool((empty / shape.total) ** records > ALPHA)


def by_chance(before: int, after: int, odd: int) -> bool:
    """Whether all of `odd` values of a kind may lie among the `after` later ones by chance, and none among `before`."""
    return odd < 1 or before < 1 or chance_of_none(before, after, odd) > ALPHA


def chance_of_none(drawn: int, left: int, odd: int) -> float:
    """Return the hypergeometric chance that a draw of so many out of all leaves every odd one among the rest."""
    return math.comb(left, odd) / math.comb(drawn + left, odd)


def chance_of_both(first: float, second: float) -> float:
    """Return the chance of two things together that are each no more likely by chance than so (Fisher's method)."""
    product = first * second
    return product * (1.0 - math.log(product)) if product > 0.0 else 0.0


def may_be_missing(had: int, of: int, now: int) -> bool:
    """Whether `now` records may all lack by chance what `had` of `of` records had, by the rule of succession.

    One record alone proves little on either side: nobody knows what the next one would have had.
    """
    return min(of, now) < _SEVERAL or (1.0 - (had + 1) / (of + 2)) ** now > ALPHA


def may_all_lack(name: str, before: Shape, after: Shape) -> bool:
    """Whether the later records may all lack by chance a field that only some of the records before had.

    Args:
        name: The field.
        before: The records before.
        after: The records after.
    """
    records = before.count(JsonType.OBJECT)
    had = before.fields[name].total if name in before.fields else 0
    return 0 < had < records and may_be_missing(had, records, after.count(JsonType.OBJECT))


def nulls_may_replace_absence(name: str, before: Shape, after: Shape) -> bool:
    """Whether the nulls of a field may all stand where it was left out before, and none of them replaces a value.

    Args:
        name: The field.
        before: The records before.
        after: The records after.
    """
    share, old, new = before.presence(name), before.fields.get(name), after.fields.get(name)
    if old is None or new is None or share >= 1.0 or old.count(JsonType.NULL):
        return False
    records = (before.count(JsonType.OBJECT), after.count(JsonType.OBJECT))
    filled = (new.total - new.count(JsonType.NULL)) / records[1]
    return filled >= share - _sampling_spread(share, records)


def absence_may_replace_nulls(before: Shape, after: Shape, absent: int) -> bool:
    """Whether a field that every record had may now be left out only where it was null.

    Args:
        before: The field before.
        after: The field after.
        absent: How many records lack it now.
    """
    nulls = before.count(JsonType.NULL)
    if not nulls or after.count(JsonType.NULL) or not before.total or not absent + after.total:
        return False
    share, now = nulls / before.total, absent / (absent + after.total)
    return now <= share + _sampling_spread(share, (before.total, absent + after.total))


def new_empty_value(before: Shape, after: Shape) -> Any:
    """Return the empty value ("", False or []) that a field has now, never had, and may be written for nothing.

    Returns:
        None when there is no such value.
    """
    if before.kinds != after.kinds or after.count(JsonType.NULL):
        return None
    if before.kinds == {JsonType.STRING} and "empty" in after.forms and "empty" not in before.forms:
        return "" if set(after.forms) != {"empty"} else None
    if (
        before.kinds == {JsonType.BOOLEAN}
        and before.true == before.count(JsonType.BOOLEAN)
        and after.true < after.total
    ):
        return False
    if before.kinds == {JsonType.ARRAY} and after.empty and not before.empty:
        return []
    return None


def _sampling_spread(share: float, records: tuple[int, int]) -> float:
    """Return how far the shares of two samples of so many records may differ by chance (two standard deviations)."""
    return _TWO_SIGMA * math.sqrt(share * (1.0 - share) * (1 / records[0] + 1 / records[1]))


def _has_several_values(shape: Shape) -> bool:
    """Whether a text held several words; of a flag, whose other value is its default, two say less."""
    return shape.kinds == {JsonType.STRING} and len(shape.enum or ()) >= _SEVERAL


def _default_share(shape: Shape) -> float | None:
    """Return the share of the most frequent value of a flag or of a small enumeration of words; None for others."""
    if shape.kinds == {JsonType.BOOLEAN}:
        flags = shape.count(JsonType.BOOLEAN)
        return max(shape.true, flags - shape.true) / flags
    words = shape.kinds == {JsonType.STRING} and set(shape.forms) <= {"word", "empty", "boolean"}
    if words and shape.enum is not None and 0 < len(shape.enum) <= _MOST_WORDS and shape.total > len(shape.enum):
        return _COMMON_DEFAULT
    return None


@dataclass(frozen=True, slots=True)
class PathCount:
    """How often one path was there.

    Args:
        present: In how many containers it was there.
        of: In how many containers it could have been.
    """

    present: int
    of: int

    @property
    def hidden_share(self) -> float:
        """The largest share of exceptions that `of` containers without one still allow, with 95 % confidence.

        The rule of three: what never happened in n trials happens in at most 3/n of all.
        """
        return min(1.0, _RULE_OF_THREE / self.of) if self.of else 1.0

    @property
    def enough(self) -> bool:
        """Whether the count is enough to say `always` or `never`; `sometimes` needs one of each."""
        return 0 < self.present < self.of or self.hidden_share <= LARGEST_HIDDEN_SHARE


def count_path(document: Any, path: Path) -> PathCount:
    """Count how often a path is there in a document; each value of a map and each item of a list counts.

    Args:
        document: The store's document; None when there is none.
        path: What to count.
    """
    if document is None:
        return PathCount(0, 0)
    if not path.steps:
        return PathCount(1, 1)
    last = path.steps[-1]
    if not isinstance(last, Key):
        count = sum(1 for _ in values_at(document, path))
        return PathCount(count, count)
    holders = [value for value in values_at(document, path.parent) if isinstance(value, dict)]
    return PathCount(sum(last.name in holder for holder in holders), len(holders))
