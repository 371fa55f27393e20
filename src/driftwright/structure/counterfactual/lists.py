"""Lists, and tuples: lists whose places mean different things."""

from __future__ import annotations

from itertools import chain

from driftwright.base.path import EACH_ITEM
from driftwright.structure.counterfactual.plan import Build, Column, Plan, keep, kind_of

_LONGEST_TUPLE = 6


def align_lists(plan: Plan, column: Column) -> Build:
    """Return what becomes of lists: their items are put into the later structure, those of tuples place by place."""
    size = _size_of_tuples(column)
    if size:
        places = [
            plan.below(
                column.at(EACH_ITEM, [row[place] for row in column.before], [row[place] for row in column.after])
            )
            for place in range(size)
        ]
        if all(way is keep for way in places):
            return keep
        return lambda row, draw: (
            [way(item, draw) for way, item in zip(places, row, strict=True)] if len(row) == size else row
        )
    before, after = (list(chain.from_iterable(rows)) for rows in (column.before, column.after))
    items = plan.below(column.at(EACH_ITEM, before, after))
    return keep if items is keep else lambda row, draw: [items(item, draw) for item in row]


def _size_of_tuples(column: Column) -> int:
    """Return how many places all lists have, where these differ in kind; 0 where lists are no tuples."""
    sizes = {len(row) for row in chain(column.before, column.after)}
    if len(sizes) != 1 or min(len(column.before), len(column.after)) < 2:  # noqa: PLR2004 - a lone list shows no places
        return 0
    size = sizes.pop()
    kinds = {kind_of(item) for item in column.before[0]}
    return size if 1 < size <= _LONGEST_TUPLE and len(kinds) > 1 else 0
