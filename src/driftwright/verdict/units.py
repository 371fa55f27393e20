"""Units: whether numbers of another size are numbers in another unit, or merely other numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import Any

from driftwright.base.forms import LEAST_EPOCH
from driftwright.base.terms import JsonType
from driftwright.structure import ALPHA, Shape, by_chance, chance_of_both, chance_of_none

_UNIT = 30.0
"""Units differ by a factor of 60, 100 or more; half of that is left to the data."""
_POWERS = 2
"""So many powers of ten lie between units."""


def is_weak_scale(old: Shape, new: Shape) -> bool:
    """Whether numbers of another size are merely other numbers: too few to tell, or as wide apart before."""
    if old.low is None or old.high is None or new.high is None:
        return False
    fractions = [shape.count(JsonType.NUMBER) > 0 for shape in (old, new)]
    if old.low >= LEAST_EPOCH or fractions == [True, False]:
        return False  # times tell their unit by themselves, and so do prices that are whole now
    if old.low > 0 and min(_factor(old.low, new.low or 0), _factor(old.high, new.high)) < _UNIT:
        return True  # in another unit the smallest would lie as far off as the largest
    had, has = (shape.count(JsonType.INTEGER) + shape.count(JsonType.NUMBER) for shape in (old, new))
    return by_chance(had, has, has) or old.low <= 0 or old.high / old.low >= _factor(old.high, new.high)


def _factor(number: float, other: float) -> float:
    """Return how many times the larger number is the smaller one."""
    return max(number, other) / max(min(number, other), 1e-9)


def is_in_larger_unit(old: Shape, new: Shape) -> bool:
    """Whether numbers that are fractions now are all smaller than any was, by about a power of ten, and no chance.

    Of numbers that are hidden only the powers of ten are left, so these are enough where they are far apart.
    """
    if old.low is None or old.high is None or new.high is None or old.low <= 0 or new.high <= 0:
        return False
    had, has = (shape.count(JsonType.INTEGER) + shape.count(JsonType.NUMBER) for shape in (old, new))
    is_smaller = new.high < old.low and old.high / new.high >= _UNIT
    low, high, now = (floor(log10(number)) for number in (old.low, old.high, new.high))
    return (is_smaller or (now <= low and high - now >= _POWERS)) and not by_chance(had, has, has)


def are_shares_of_one(old: Sequence[Any], new: Sequence[Any]) -> bool:
    """Whether whole numbers, as the places 0, 1, 2 and 3 in a list, are shares from 0 to 1 now, and no chance."""
    if not all(_is_number(value) and value >= 0 for value in (*old, *new)) or any(value > 1 for value in new):
        return False
    larger = sum(1 for value in old if value > 1)
    fractions = sum(1 for value in new if value % 1)
    if not larger or not fractions or any(value % 1 for value in old):
        return False
    # That none is larger and that some are no whole numbers are two things, each of which may be chance.
    chances = chance_of_none(len(new), len(old), larger), chance_of_none(len(old), len(new), fractions)
    return chance_of_both(*chances) <= ALPHA


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
