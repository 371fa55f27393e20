"""Find at which level of nested lists a new level was added, as far as the counts show it."""

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
class _Nesting:
    """One way in which lists may have been nested.

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


def locate_nesting(nested: Observation, after: Shape) -> Observation:
    """Return a nesting with the level at which it happened; with every possible level when the counts allow several.

    After wrapping, every list of the new level holds exactly one item: one empty or longer list rules the level out.
    When no level is so, the items were put into groups.

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
    nestings = list(_possible_wraps(places, levels)) or list(_possible_groupings(places, levels))
    items, share = levels[-1], 1.0
    if items is not None and items.kinds != {JsonType.ARRAY}:
        # Some items stayed as they were, so the items were wrapped, and no list.
        nestings, share = [_Nesting(places[-2], "items")], _list_share(items)
    text = " or ".join(map(str, nestings))
    if len(nestings) > 1:
        text = f"{text}; the counts do not tell which, so readers are judged by the worst"
    ways = [{"at": str(nesting.path), "how": nesting.how, "size": nesting.size} for nesting in nestings]
    params: dict[str, Any] = {"ways": ways} | ({"share": share} if share < 1.0 else {})
    return replace(
        nested,
        path=min(nesting.path for nesting in nestings),
        params=params,
        shown=(_depth_text(depth), text),
        adds=f": {text}",
    )


def _possible_wraps(places: list[Path], levels: list[Shape | None]) -> Iterator[_Nesting]:
    for level, (place, shape) in enumerate(zip(places, levels, strict=True)):
        if shape is None or not _every_list_has_one_item(shape):
            continue
        yield _Nesting(place, "whole") if level < len(places) - 1 else _Nesting(places[-2], "items")


def _every_list_has_one_item(lists: Shape) -> bool:
    """Whether every list holds exactly one item."""
    items = lists.items.total if lists.items is not None else 0
    return not lists.empty and items == lists.count(JsonType.ARRAY)


def _possible_groupings(places: list[Path], levels: list[Shape | None]) -> Iterator[_Nesting]:
    """Yield the lists that may have been cut into groups: those without an empty group, else all."""
    possible = [
        _Nesting(place, "groups", _group_size(groups))
        for place, groups in zip(places[:-1], levels[1:], strict=True)
        if groups is not None
    ]
    filled = [
        nesting for nesting, groups in zip(possible, levels[1:], strict=True) if groups is not None and not groups.empty
    ]
    yield from filled or possible


def _group_size(groups: Shape) -> int:
    items, lists = groups.items.total if groups.items is not None else 0, groups.count(JsonType.ARRAY)
    return max(_LEAST_GROUP, -(-items // max(1, lists)))


def _list_share(items: Shape) -> float:
    return items.count(JsonType.ARRAY) / max(1, items.total - items.count(JsonType.NULL))


def _depth_text(levels: int) -> str:
    return "a list" if levels == 1 else f"lists in {levels} levels"
