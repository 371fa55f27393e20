"""What the laws are held against: a migration, and what came of running it on profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from driftwright.authoring.migrations.mover import Mover, Settled
from driftwright.authoring.migrations.parents import Family, family_of
from driftwright.authoring.migrations.records import Entry
from driftwright.authoring.migrations.storage import Operation, Place, Profile, State
from driftwright.workspace import Migration

SOURCES = "sourceKeys"
"""The field of a new record that names the storage keys of the old entries that went into it."""


@dataclass(slots=True)
class Subject:
    """A migration that laws are held against.

    Args:
        mover: Runs it.
    """

    mover: Mover
    _settled: dict[int, tuple[Profile, Settled]] = field(default_factory=dict)

    @property
    def migration(self) -> Migration:
        """The migration."""
        return self.mover.migration

    def settled(self, profiles: Sequence[Profile]) -> list[Settled]:
        """Run the migration on each profile until it changes nothing more; each profile once, for all laws."""
        new = [profile for profile in profiles if id(profile) not in self._settled]
        for profile, done in zip(new, self.mover.settle(new), strict=True):
            self._settled[id(profile)] = profile, done
        return [self._settled[id(profile)][1] for profile in profiles]

    def old(self, profile: Profile) -> list[tuple[str, Entry]]:
        """Return the entries that are moved, with their storage keys."""
        names = {moved.store.name for moved in self.migration.moved}
        return [
            (self.mover.keys.key(place), Entry(place, value))
            for place, value in self.mover.keys.entries(profile.state)
            if place.store in names
        ]

    def records(self, state: State) -> Iterator[tuple[str, Any]]:
        """Yield the new records, each with its id."""
        names = {store.name for store in self.migration.to}
        yield from ((place.id, value) for place, value in self.mover.keys.entries(state) if place.store in names)

    def taken(self, state: State) -> Mapping[str, str]:
        """Return the id of the record that each old key went into; the first where it is in several."""
        into: dict[str, str] = {}
        for name, record in self.records(state):
            for key in sources_of(record):
                into.setdefault(key, name)
        return into

    def entry(self, state: State, key: str) -> Any:
        """Return what lies under a storage key; None when nothing does."""
        place = self.mover.keys.place(key)
        return self.mover.keys.entry(state, place) if place is not None else None

    def family(self, profile: Profile) -> Family:
        """Return what a profile tells of parents."""
        return family_of(self.migration, profile.state)

    def after(self, profile: Profile, operations: Sequence[Operation], suffix: str) -> Profile:
        """Return a profile after some operations."""
        return Profile(f"{profile.name}, {suffix}", self.mover.keys.after(profile.state, operations), profile.now)

    def is_moved(self, place: Place) -> bool:
        """Whether an entry lies in a store whose entries are moved."""
        return any(moved.store.name == place.store for moved in self.migration.moved)

    def was_begun(self, profile: Profile) -> bool:
        """Whether a profile holds something that only the new release writes."""
        places = (place for place, _ in self.mover.keys.entries(profile.state))
        return any(self.is_new(place) and not self.is_moved(place) for place in places)

    def is_new(self, place: Place) -> bool:
        """Whether an entry lies in a store that is written."""
        return any(store.name == place.store for store in self.migration.to)


class Law(Protocol):
    """One law: for each profile what is wrong, in words without values; empty where it holds or does not apply."""

    def __call__(self, subject: Subject, profiles: Sequence[Profile], /) -> list[str]:
        """Hold the law against some profiles."""


def sources_of(record: Any) -> list[str]:
    """Return the old keys that a new record names as its sources."""
    keys = record.get(SOURCES) if isinstance(record, Mapping) else None
    return [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
