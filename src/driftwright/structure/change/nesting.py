"""Nesting: at which level of lists within lists one more level came in, as far as the counts can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from driftwright.base.path import EACH_ITEM, Path
from driftwright.base.terms import JsonType
from driftwright.structure.change.observe import Observation
from driftwright.structure.shape import Shape

_LEAST_GROUP = 2


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way in which the lists may have come to be nested.

    Args:
        path: The list that was wrapped or cut up, or whose items were wrapped.
        how: `items`: each item in a list of its own; `whole`: the list in a list of one; `groups`: cut into groups.
        size: How many items stand in a group; 0 for the others.
    """

    path: Path
    how: str
    size: int = 0

    def __str__(self) -> str:
        if self.how == "items":
            return f"each item of {self.path} stands in a list of its own"
        if self.how == "whole":
            return f"the whole list {self.path} stands in a list of one"
        return f"the items of {self.path} stand in groups"


def located(nested: Observation, after: Shape) -> Observation:
    """Return a nesting with the level at which it happened; with every possible level where the counts leave it open.

    A level that came in by wrapping shows as lists of exactly one item each, without exception: one empty or longer
    list at a level rules it out. Where no level is so, the items were put into groups.

    Args:
        nested: What was observed at the list whose items are lists now and were none before.
        after: The whole shape after.
    """
    outer = nested.path
    while outer.last == EACH_ITEM:
        outer = outer.parent
    depth = len(nested.path.steps) - len(outer.steps) + 1
    places = [Path((*outer.steps, *(EACH_ITEM,) * level)) for level in range(depth + 1)]
    levels = [after.at(place) for place in places]
    readings = list(_wrapped(places, levels)) or list(_grouped(places, levels))
    items, share = levels[-1], 1.0
    if items is not None and items.kinds != {JsonType.ARRAY}:
        # Some items stayed as they were, so nothing but the items was wrapped.
        readings, share = [_Reading(places[-2], "items")], _share(items)
    told = " or ".join(map(str, readings))
    if len(readings) > 1:
        told = f"{told}; the counts do not tell which, so readers are judged by the worst"
    ways = [{"at": str(one.path), "how": one.how, "size": one.size} for one in readings]
    params: dict[str, Any] = {"ways": ways} | ({"share": share} if share < 1.0 else {})
    return replace(
        nested, path=min(one.path for one in readings), params=params, shown=(_depth(depth), told), adds=f": {told}"
    )


def _wrapped(places: list[Path], levels: list[Shape | None]) -> Iterator[_Reading]:
    for level, (place, shape) in enumerate(zip(places, levels, strict=True)):
        if shape is None or not _all_of_one(shape):
            continue
        yield _Reading(place, "whole") if level < len(places) - 1 else _Reading(places[-2], "items")


def _all_of_one(lists: Shape) -> bool:
    """Whether every list holds exactly one item."""
    items = lists.items.seen if lists.items is not None else 0
    return not lists.empty and items == lists.count(JsonType.ARRAY)


def _grouped(places: list[Path], levels: list[Shape | None]) -> Iterator[_Reading]:
    """Yield the lists that may have been cut into groups: of which no group is empty, else any."""
    possible = [
        _Reading(place, "groups", _size(groups))
        for place, groups in zip(places[:-1], levels[1:], strict=True)
        if groups is not None
    ]
    filled = [one for one, groups in zip(possible, levels[1:], strict=True) if groups is not None and not groups.empty]
    yield from filled or possible


def _size(groups: Shape) -> int:
    items, lists = groups.items.seen if groups.items is not None else 0, groups.count(JsonType.ARRAY)
    return max(_LEAST_GROUP, -(-items // max(1, lists)))


def _share(items: Shape) -> float:
    return items.count(JsonType.ARRAY) / max(1, items.seen - items.count(JsonType.NULL))


def _depth(levels: int) -> str:
    return "a list" if levels == 1 else f"lists in {levels} levels"
