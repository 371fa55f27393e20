"""Order: a list that was written oldest first and is now newest first, or the reverse; the times in it show that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import factorial
from typing import Any

from driftwright.base.forms import LEAST_EPOCH, TIME_FORMS, text_form
from driftwright.base.path import values_in
from driftwright.base.terms import JsonType
from driftwright.structure.change import Change, Comparison, make_change
from driftwright.structure.change.chance import ALPHA
from driftwright.structure.shape import Shape, shape_rows

_MOST = 2_000
_MOST_FACTORS = 20
_KINDS = frozenset({JsonType.STRING, JsonType.INTEGER, JsonType.NUMBER})
_UP, _DOWN = "oldest first", "newest first"


def add_order_changes(
    comparison: Comparison, documents: tuple[Sequence[Any], Sequence[Any]], shapes: tuple[Shape, Shape]
) -> Comparison:
    """Return the comparison with the lists that are in the opposite order added to its changes.

    Args:
        comparison: What changed.
        documents: The known-good documents, and the later ones.
        shapes: Their shapes.
    """
    return comparison.plus(_find_reversed(documents, shapes))


def _find_reversed(documents: tuple[Sequence[Any], Sequence[Any]], shapes: tuple[Shape, Shape]) -> Iterator[Change]:
    for row in shape_rows(shapes[0]):
        later = shapes[1].at(row.path)
        if row.shape.items is None or later is None or later.items is None:
            continue
        for name in _time_fields(row.shape.items, later.items):
            before, after = (_order_of(values_in(side, row.path), name) for side in documents)
            # The first may be sorted in either way; the other has to be in the opposite one.
            if {before.words, after.words} == {_UP, _DOWN} and 2 * before.chance * after.chance <= ALPHA:
                change = make_change(("moment", "reversed"), row.path, (before.words, after.words), {})
                if change is not None:
                    yield change
                break


def _time_fields(before: Shape, after: Shape) -> Iterator[str | None]:
    """Yield the fields that every record has and that may hold times; None for a list of times themselves."""
    if not before.fields and before.kinds and before.kinds <= _KINDS:
        yield None
    for name, part in before.fields.items():
        if name in after.fields and before.presence(name) >= 1.0 and part.kinds <= _KINDS:
            yield name


@dataclass(frozen=True, slots=True)
class _Order:
    """How lists are sorted, and the chance that lists of these lengths are sorted so by chance."""

    words: str
    chance: float


_NO_ORDER = _Order("", 1.0)


def _order_of(lists: Iterable[Any], name: str | None) -> _Order:
    """Return the order that all lists have; none when they differ, hold no times, or have no two items."""
    directions: set[str] = set()
    chance = 1.0
    for items in lists:
        times = list(_times_in(items, name)) if isinstance(items, list) else []
        if len(times) < 2:  # noqa: PLR2004 - one item has no order
            continue
        if not all(map(_is_number, times)) and not all(map(_is_time, times)):
            return _NO_ORDER
        pairs = list(pairwise(times))
        directions.add(_UP if all(a < b for a, b in pairs) else _DOWN if all(a > b for a, b in pairs) else "")
        chance /= factorial(min(len(times), _MOST_FACTORS))
    return _Order(directions.pop(), chance) if len(directions) == 1 else _NO_ORDER


def _times_in(items: Sequence[Any], name: str | None) -> Iterator[Any]:
    for item in items[:_MOST]:
        yield item if name is None else item.get(name) if isinstance(item, dict) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= LEAST_EPOCH


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and text_form(value) in TIME_FORMS
