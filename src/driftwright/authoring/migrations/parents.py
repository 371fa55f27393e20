"""Which parent each entry belongs to, as the stores of others tell it; a migration may say nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.authoring.migrations.storage import Place, State
from driftwright.base.path import EACH_VALUE, Path, values_at
from driftwright.workspace import Migration


@dataclass(frozen=True, slots=True)
class Family:
    """What one profile tells of parents.

    Args:
        known: All ids of parents.
        children: For each id the parents that list it as their child.
        named: For each store, where its entries name their parent.
    """

    known: frozenset[str]
    children: Mapping[str, frozenset[str]]
    named: Mapping[str, tuple[Path, ...]]

    def of(self, place: Place, entry: Any) -> frozenset[str]:
        """Return the parents that an entry may be written under; more than one where the profile contradicts itself."""
        from_others = self.parents_in_others(place)
        if from_others:
            return from_others
        paths = self.named.get(place.store, ())
        names = (value for path in paths for value in values_at(entry, path) if isinstance(value, str))
        return frozenset(names) & self.known

    def parents_in_others(self, place: Place) -> frozenset[str]:
        """Return the possible parents of an entry by the stores of others alone, without its own fields."""
        own = {place.id} if place.id in self.known else set()
        return frozenset(own | (self.children.get(place.id, frozenset()) & self.known))


def family_of(migration: Migration, state: State) -> Family:
    """Return what a profile tells of parents."""
    parents = migration.parents
    known: set[str] = set()
    for place in parents.known:
        for value in values_at(state.get(place.store), place.path):
            known |= set(value) if isinstance(value, dict) else set()
    children: dict[str, frozenset[str]] = {}
    for place in parents.children:
        for parent, child in _pairs(state.get(place.store), place.path):
            children[child] = children.get(child, frozenset()) | {parent}
    named: dict[str, tuple[Path, ...]] = {}
    for place in parents.named:
        # In the store the first step is the entry's own key.
        named[place.store] = (*named.get(place.store, ()), Path(place.path.steps[1:]))
    return Family(frozenset(known), children, named)


def _pairs(document: Any, path: Path) -> Iterator[tuple[str, str]]:
    """Yield each key of the map that a path goes through first, with each text that stands below it."""
    if EACH_VALUE not in path.steps:
        return
    split = path.steps.index(EACH_VALUE)
    for parents in values_at(document, Path(path.steps[:split])):
        for parent, value in parents.items() if isinstance(parents, dict) else ():
            below = values_at(value, Path(path.steps[split + 1 :]))
            yield from ((parent, child) for child in below if isinstance(child, str) and child)
