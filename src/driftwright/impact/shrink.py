"""Shrink a situation while it still shows the same effect, so that a report shows only what matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Any, TypeVar

from driftwright.base.jsontext import json_text
from driftwright.impact.situation import Situation
from driftwright.structure import MISSING

T = TypeVar("T")

_BATCH = 64
_BATCH_TEXT = 1_000_000
_MOST_TEXT = 24_000_000
"""Characters of JSON that are tried in all: a large store is shrunk as far as this reaches."""
_FEW = 16
"""So many parts are worth a call of their own."""
_MAP = 16
"""Entries from which on the names of an object are not told apart when its fields are left out everywhere."""

_Step = str | int
_Place = tuple[_Step, ...]
_Part = frozenset[_Place]
"""Places to leave out together; the first step of each is the store's name."""


@dataclass(slots=True)
class _Budget:
    left: int = _MOST_TEXT


def shrunk_result(result: T, still: Callable[[Sequence[Situation]], list[T | None]], of: Callable[[T], Situation]) -> T:
    """Return a smallest result: nothing more can be left out of its situation without losing what it shows.

    Many parts are tried at once, each alone; then all that can be spared are left out together. So few calls are needed
    whatever the size: first whole stores and fields of all records, then halves of containers, then single entries.

    Args:
        result: What was found on the whole situation.
        still: Tries candidates at once; for each, what it shows, or None when it shows nothing any more.
        of: The situation that a result was found on.
    """
    best, budget = result, _Budget()
    for stage in (_columns, _halves, _entries):
        best = _passed(best, stage, still, of, budget)
    while budget.left > 0:
        smaller = _passed(best, _entries, still, of, budget)
        if smaller is best:
            break
        best = smaller
    return best


def _passed(
    best: T,
    stage: Callable[[Situation, int], Iterator[_Part]],
    still: Callable[[Sequence[Situation]], list[T | None]],
    of: Callable[[T], Situation],
    budget: _Budget,
) -> T:
    """Return the result after one pass from the outermost parts to the innermost; the same one when none was spared."""
    depth = 0
    while budget.left > 0 and depth <= (deepest := _depth(of(best))):
        parts: list[_Part] = []
        below = depth
        # Depths with few parts are tried together: what costs is the call, not the candidate.
        while below <= deepest and len(parts) < _FEW:
            parts += stage(of(best), below)
            below += 1
        smaller = _without_some(best, parts, still, of, budget) if parts else None
        if smaller is None:
            depth = below
        else:
            best = smaller
    return best


def _without_some(
    best: T,
    parts: Sequence[_Part],
    still: Callable[[Sequence[Situation]], list[T | None]],
    of: Callable[[T], Situation],
    budget: _Budget,
) -> T | None:
    """Return the result with as many of the parts left out as can be; None when none can."""
    situation = of(best)
    size = sum(len(json_text(value)) for value in _present(situation).values())
    most = max(1, min(_BATCH, _BATCH_TEXT // max(1, size)))
    spared: list[tuple[_Part, T]] = []
    waiting = iter(parts)
    while budget.left > 0 and (batch := list(islice(waiting, most))):
        budget.left -= size * len(batch)
        results = still([_without(situation, part) for part in batch])
        spared += [(part, smaller) for part, smaller in zip(batch, results, strict=True) if smaller is not None]
    counts = list(_halvings(len(spared)))
    budget.left -= size * len(counts)
    together = [frozenset().union(*(part for part, _ in spared[:count])) for count in counts]
    results = still([_without(situation, part) for part in together]) if together else []
    return next((smaller for smaller in results if smaller is not None), spared[0][1] if spared else None)


def _halvings(count: int) -> Iterator[int]:
    while count > 1:
        yield count
        count //= 2


def _present(situation: Situation) -> dict[str, Any]:
    return {name: value for name, value in situation.stores.items() if value is not None and value is not MISSING}


def _without(situation: Situation, part: _Part) -> Situation:
    stores = dict(situation.stores)
    for name in {place[0] for place in part if place}:
        store = str(name)
        places = frozenset(place[1:] for place in part if place[0] == name)
        stores[store] = None if () in places else _filtered(stores[store], (), places)
    return replace(situation, stores=stores)


def _filtered(value: Any, prefix: _Place, dropped: frozenset[_Place]) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _filtered(part, (*prefix, key), dropped)
            for key, part in value.items()
            if (*prefix, key) not in dropped
        }
    if isinstance(value, list):
        kept = (index for index in range(len(value)) if (*prefix, index) not in dropped)
        return [_filtered(value[index], (*prefix, index), dropped) for index in kept]
    return value


def _columns(situation: Situation, depth: int) -> Iterator[_Part]:
    """Yield the stores, then each field of all records at one depth."""
    present = _present(situation)
    if depth == 0:
        yield from (frozenset({(name,)}) for name in present if len(present) > 1)
        return
    columns: dict[_Place, list[_Place]] = {}
    for place, general in _walked(present):
        if len(place) == depth + 1 and isinstance(general[-1], str):
            columns.setdefault(general, []).append(place)
    yield from map(frozenset, columns.values())


def _halves(situation: Situation, depth: int) -> Iterator[_Part]:
    """Yield the halves, quarters and eighths of the containers at one depth."""
    for place, value in _containers(_present(situation), depth + 1):
        steps: list[_Step] = list(value) if isinstance(value, Mapping) else list(range(len(value)))
        for parts in (2, 4, 8):
            if len(steps) >= 2 * parts:
                bounds = [len(steps) * number // parts for number in range(parts + 1)]
                for start, end in pairwise(bounds):
                    yield frozenset((*place, step) for step in steps[start:end])


def _entries(situation: Situation, depth: int) -> Iterator[_Part]:
    """Yield each single entry at one depth."""
    present = _present(situation)
    if depth == 0:
        yield from (frozenset({(name,)}) for name in present if len(present) > 1)
        return
    for place, value in _containers(present, depth):
        yield from (
            frozenset({(*place, step)}) for step in (value if isinstance(value, Mapping) else range(len(value)))
        )


def _containers(present: Mapping[str, Any], length: int) -> Iterator[tuple[_Place, Any]]:
    """Yield the containers whose place has that many steps."""
    stack: list[tuple[_Place, Any]] = [((name,), value) for name, value in reversed(list(present.items()))]
    while stack:
        place, value = stack.pop()
        if not isinstance(value, Mapping | list):
            continue
        if len(place) == length:
            yield place, value
            continue
        parts: list[tuple[_Step, Any]] = list(value.items() if isinstance(value, Mapping) else enumerate(value))
        stack += [((*place, step), part) for step, part in reversed(parts)]


def _walked(present: Mapping[str, Any]) -> Iterator[tuple[_Place, _Place]]:
    """Yield every place below the stores, with the same place with the items of lists and of maps taken as one."""
    stack: list[tuple[_Place, _Place, Any]] = [((name,), (name,), value) for name, value in present.items()]
    while stack:
        place, general, value = stack.pop()
        if isinstance(value, Mapping):
            parts = [
                ((*place, key), (*general, -1 if len(value) >= _MAP else key), part) for key, part in value.items()
            ]
        elif isinstance(value, list):
            parts = [((*place, index), (*general, -1), part) for index, part in enumerate(value)]
        else:
            continue
        yield from ((below, below_general) for below, below_general, _ in parts)
        stack += parts


def _depth(situation: Situation) -> int:
    return max((len(place) for place, _ in _walked(_present(situation))), default=0)
