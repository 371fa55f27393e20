"""Situations within a window: the same stores without the records from before the moment at which it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from driftwright.base.instants import instant_of
from driftwright.base.path import values_at
from driftwright.impact.situation import Situation
from driftwright.structure import DELETE, edit_at
from driftwright.workspace import Window


@dataclass(frozen=True, slots=True)
class Windowed:
    """A situation within a window.

    Args:
        situation: The situation without the records that are older than the window.
        inside: How many records are in the window.
        outside: How many are older.
    """

    situation: Situation
    inside: int
    outside: int

    @property
    def says(self) -> str:
        """How much the window holds, in words."""
        return f"{self.inside} of {self.inside + self.outside} records are in it"


def within(window: Window | None, situation: Situation) -> Windowed | None:
    """Return a situation within a window, the whole one for None; None where nobody knows what the window holds.

    That is so where no moment is told at which it begins, and where a record tells no time of its own.
    """
    if window is None:
        return Windowed(situation, 0, 0)
    begins = max(_moments(window, situation), default=None)
    if begins is None:
        return None
    store = window.records.store
    document, path = situation.stores.get(store), situation.place_of(window.records)
    times = [instant_of(record.get(window.time)) for record in values_at(document, path) if isinstance(record, dict)]
    if None in times:
        return None
    older = _older_than(begins, window.time)
    kept, _ = edit_at(document, path, lambda record: DELETE if older(record) else record)
    outside = sum(time < begins for time in times if time is not None)
    stores = {**situation.stores, store: kept} if outside else situation.stores
    return Windowed(replace(situation, stores=stores), len(times) - outside, outside)


def all_within(window: Window, situations: Sequence[Situation]) -> list[Situation]:
    """Return what a window holds of each situation, without those of which nobody knows it."""
    windowed = (within(window, situation) for situation in situations)
    return [each.situation for each in windowed if each is not None]


def _older_than(begins: datetime, field: str) -> Any:
    def is_older(record: Any) -> bool:
        time = instant_of(record.get(field)) if isinstance(record, dict) else None
        return time is not None and time < begins

    return is_older


def _moments(window: Window, situation: Situation) -> Iterator[datetime]:
    for place in window.since:
        for value in values_at(situation.stores.get(place.store), situation.place_of(place)):
            moment = instant_of(value)
            if moment is not None:
                yield moment
