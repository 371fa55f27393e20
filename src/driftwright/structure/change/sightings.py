"""Sightings: how often a capture showed a path, and whether that is enough to say `always` or `never`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from driftwright.base.path import Key, Path, values_at

LARGEST_BOUND = 0.1
"""The share of exceptions that may have stayed hidden while `always` or `never` is still said."""

_THREE = 3.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """How often one path was seen.

    Args:
        seen: In how many containers it was there.
        of: In how many containers it could have been.
    """

    seen: int
    of: int

    @property
    def bound(self) -> float:
        """The largest share of exceptions that `of` sightings without one still allow, with 95 % confidence.

        The rule of three: what never happened in n tries happens in at most 3/n of all.
        """
        return min(1.0, _THREE / self.of) if self.of else 1.0

    @property
    def enough(self) -> bool:
        """Whether the sightings bear `always`, `never` or, where both were seen, `sometimes`."""
        return 0 < self.seen < self.of or self.bound <= LARGEST_BOUND


def sighting(document: Any, path: Path) -> Sighting:
    """Count a path in a store; every value of a map and every item of a list is a place of its own."""
    if document is None:
        return Sighting(0, 0)
    if not path.steps:
        return Sighting(1, 1)
    last = path.steps[-1]
    if not isinstance(last, Key):
        count = sum(1 for _ in values_at(document, path))
        return Sighting(count, count)
    holders = [value for value in values_at(document, path.parent) if isinstance(value, dict)]
    return Sighting(sum(last.name in holder for holder in holders), len(holders))
