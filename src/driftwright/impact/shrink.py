"""Shrink a situation while it still shows what it shows, so that a report shows the cause and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from driftwright.impact.situation import Situation
from driftwright.replay import MISSING

T = TypeVar("T")

_MAX_ROUNDS = 120
_BATCH = 48

_Step = str | int


def shrink(found: T, still: Callable[[Sequence[Situation]], list[T | None]], of: Callable[[T], Situation]) -> T:
    """Return the smallest result that greedy deletion reaches.

    Args:
        found: What was found on the whole situation.
        still: Tries candidates at once; for each, what it shows, or None when it shows nothing any more.
        of: The situation that a result was found on.
    """
    best = found
    for _ in range(_MAX_ROUNDS):
        smaller = _first_smaller(of(best), still)
        if smaller is None:
            return best
        best = smaller
    return best


def _first_smaller(situation: Situation, still: Callable[[Sequence[Situation]], list[T | None]]) -> T | None:
    batch: list[Situation] = []
    for candidate in _candidates(situation):
        batch.append(candidate)
        if len(batch) == _BATCH:
            for result in still(batch):
                if result is not None:
                    return result
            batch = []
    for result in still(batch) if batch else ():
        if result is not None:
            return result
    return None


def _candidates(situation: Situation) -> Iterator[Situation]:
    """Yield the situation without one store, then without one entry, the large ones first."""
    present = {name: value for name, value in situation.stores.items() if value is not None and value is not MISSING}
    if len(present) > 1:
        for name in present:
            yield replace(situation, stores={**situation.stores, name: None})
    places = [(name, place) for name, value in present.items() for place in _places(value, ())]
    for name, place in sorted(places, key=lambda item: (len(item[1]), item[0])):
        yield replace(situation, stores={**situation.stores, name: _without(present[name], place)})


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
    step, rest = place[0], place[1:]
    if isinstance(value, list):
        if rest:
            return [_without(item, rest) if index == step else item for index, item in enumerate(value)]
        return [item for index, item in enumerate(value) if index != step]
    if rest:
        return {key: _without(part, rest) if key == step else part for key, part in value.items()}
    return {key: part for key, part in value.items() if key != step}
