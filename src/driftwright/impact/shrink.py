"""Shrink a situation while it still shows the same effect, so that a report shows only what matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, pairwise
from typing import Any, TypeVar

from driftwright.base.jsontext import json_text
from driftwright.impact.situation import Situation
from driftwright.structure import MISSING

T = TypeVar("T")

_BATCH = 48
_BATCH_TEXT = 1_000_000
_MOST_TEXT = 24_000_000
"""Characters of JSON that are tried in all: a large store is shrunk by halves, and then as far as this reaches."""

_Step = str | int


@dataclass(slots=True)
class _Budget:
    left: int = _MOST_TEXT


def shrink(result: T, still: Callable[[Sequence[Situation]], list[T | None]], of: Callable[[T], Situation]) -> T:
    """Return the smallest result that greedy deletion reaches.

    Args:
        result: What was found on the whole situation.
        still: Tries candidates at once; for each, what it shows, or None when it shows nothing any more.
        of: The situation that a result was found on.
    """
    best, budget = result, _Budget()
    while True:
        smaller = _first_smaller(of(best), still, budget)
        if smaller is None:
            return best
        best = smaller


def _first_smaller(
    situation: Situation, still: Callable[[Sequence[Situation]], list[T | None]], budget: _Budget
) -> T | None:
    size = sum(len(json_text(value)) for value in _present(situation).values())
    most = max(1, min(_BATCH, _BATCH_TEXT // max(1, size)))
    candidates = _candidates(situation)
    while batch := list(islice(candidates, most)):
        budget.left -= size * len(batch)
        if budget.left < 0:
            return None
        for result in still(batch):
            if result is not None:
                return result
    return None


def _present(situation: Situation) -> dict[str, Any]:
    return {name: value for name, value in situation.stores.items() if value is not None and value is not MISSING}


def _candidates(situation: Situation) -> Iterator[Situation]:
    """Yield the situation without one store, without a part of a container, then without one entry."""
    present = _present(situation)
    if len(present) > 1:
        for name in present:
            yield replace(situation, stores={**situation.stores, name: None})
    places = [(name, place, size) for name, value in present.items() for place, size in _containers(value, ())]
    for name, place, size in sorted(places, key=lambda item: -item[2]):
        for start, end in _chunks(size):
            smaller = _edited(present[name], place, partial(_without_slice, start, end))
            yield replace(situation, stores={**situation.stores, name: smaller})
    entries = [(name, place) for name, value in present.items() for place in _places(value, ())]
    for name, place in sorted(entries, key=lambda item: (len(item[1]), item[0])):
        yield replace(situation, stores={**situation.stores, name: _without(present[name], place)})


def _chunks(size: int) -> Iterator[tuple[int, int]]:
    """Yield halves, quarters and eighths of a container, while they hold more than one entry."""
    for parts in (2, 4, 8):
        if size >= 2 * parts:
            bounds = [size * number // parts for number in range(parts + 1)]
            yield from pairwise(bounds)


def _containers(value: Any, prefix: tuple[_Step, ...]) -> Iterator[tuple[tuple[_Step, ...], int]]:
    if isinstance(value, Mapping | list):
        yield prefix, len(value)
    parts = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield from _containers(part, (*prefix, step))


def _without_slice(start: int, end: int, value: Any) -> Any:
    if isinstance(value, list):
        return value[:start] + value[end:]
    names = list(value)
    return {name: value[name] for name in names[:start] + names[end:]}


def _edited(value: Any, place: tuple[_Step, ...], change: Callable[[Any], Any]) -> Any:
    if not place:
        return change(value)
    step, rest = place[0], place[1:]
    if isinstance(value, list):
        return [_edited(item, rest, change) if index == step else item for index, item in enumerate(value)]
    return {key: _edited(part, rest, change) if key == step else part for key, part in value.items()}


def _places(value: Any, prefix: tuple[_Step, ...]) -> Iterator[tuple[_Step, ...]]:
    parts: Iterator[tuple[_Step, Any]]
    if isinstance(value, Mapping):
        parts = iter(value.items())
    elif isinstance(value, list):
        parts = iter(enumerate(value))
    else:
        return
    for step, part in parts:
        yield (*prefix, step)
        yield from _places(part, (*prefix, step))


def _without(value: Any, place: tuple[_Step, ...]) -> Any:
    last = place[-1]

    def drop(holder: Any) -> Any:
        if isinstance(holder, list):
            return [item for index, item in enumerate(holder) if index != last]
        return {key: part for key, part in holder.items() if key != last}

    return _edited(value, place[:-1], drop)
