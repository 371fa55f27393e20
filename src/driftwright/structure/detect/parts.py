"""Parts: what the source asks for in texts, as the `ORD-` of order numbers, that all of them had and none has now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from driftwright.base.path import values_in
from driftwright.base.terms import JsonType
from driftwright.structure.change import Change, Comparison, make_change
from driftwright.structure.change.chance import by_chance
from driftwright.structure.change.likeness import TELLING
from driftwright.structure.detect.keys import common_prefix
from driftwright.structure.shape import Shape, shape_rows

_FEWEST = 4
_SHORTEST = 2
_MOST = 2_000

_Sides = tuple[Sequence[Any], Sequence[Any]]


def add_part_changes(
    comparison: Comparison, documents: _Sides, shapes: tuple[Shape, Shape], named: frozenset[str]
) -> Comparison:
    """Return the comparison with the texts added that all lack a part by which readers know them.

    Args:
        comparison: What changed.
        documents: The known-good documents, and the later ones.
        shapes: Their shapes.
        named: The string literals in the readers' source.
    """
    known_paths = {change.path for change in comparison.changes if change.rule.aspect in ("type", "place", "form")}
    changes = _part_changes(documents, shapes, [text for text in sorted(named) if len(text) >= _SHORTEST])
    return comparison.plus(change for change in changes if change.path not in known_paths)


def _part_changes(documents: _Sides, shapes: tuple[Shape, Shape], named: Sequence[str]) -> Iterator[Change]:
    for row in shape_rows(shapes[0]) if named else ():
        later = shapes[1].at(row.path)
        if later is None or {*row.shape.kinds, *later.kinds} != {JsonType.STRING}:
            continue
        if min(row.shape.total, later.total) < _FEWEST:
            continue
        before, after = (
            [value for value in islice(values_in(side, row.path), _MOST) if isinstance(value, str)]
            for side in documents
        )
        if len(set(before)) == 1 or len(set(after)) == 1:
            continue  # a word of the whole session
        lost = [
            text
            for text in named
            if all(_holds(held, text) for held in before) and not any(text in held for held in after)
        ]
        if not lost or by_chance(len(before), len(after), len(after)):
            continue
        part = max(lost, key=len)
        now = common_prefix(min(after), max(after)) if all(held.startswith(part) for held in before) else ""
        params = {"as": "part", "part": part, "now": now}
        change = make_change(("form", "reformed"), row.path, (f"with {part}", "without it"), params)
        if change is not None:
            yield change


def _holds(held: str, part: str) -> bool:
    """Whether a text holds a part that a reader may know it by: a few letters amid a word stand there by chance."""
    place = held.find(part)
    if place < 0 or not part.isalnum():
        return place >= 0
    sides = (held[:place][-1:], held[place + len(part) :][:1])
    bounds = sum(not side.isalnum() for side in sides)
    return bounds == len(sides) or (bounds > 0 and len(part) >= TELLING)
