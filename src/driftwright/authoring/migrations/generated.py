"""Profiles made up from the schemas and witnesses: what no witness happens to show. A seed makes the same ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from driftwright.authoring.migrations.parents import Family, family_of
from driftwright.authoring.migrations.profiles import entries_of, is_time, profile_of
from driftwright.authoring.migrations.storage import Place, Profile
from driftwright.authoring.migrations.varying import fresh_text, vary
from driftwright.workspace import FieldClass, Migration, MigrationKind, Moved, Store, Version, entry_of

_ABSENT = 0.1
"""Share of profiles in which a store of others is not written yet."""
_COPIED = 0.5
"""Share of entries with a known parent that lie there under another key as well."""
_FEW = 4
_ADVANCE = 5
_NEW_WRITTEN = 0.4
"""Share of profiles in which the new release of an upgrade has written already."""


def generated_profiles(migration: Migration, count: int, seed: int = 0) -> Iterator[Profile]:
    """Yield made up profiles.

    Args:
        migration: The migration.
        count: How many.
        seed: Which ones.
    """
    for number in range(count):
        yield _Made(migration, Random(f"{seed} {number}")).profile(f"generated {number}")  # noqa: S311 - no secret


class _Made:
    """One made up profile.

    Args:
        migration: The migration.
        random: The source of chance.
    """

    def __init__(self, migration: Migration, random: Random) -> None:
        self._migration = migration
        self._random = random

    def profile(self, name: str) -> Profile:
        """Return the profile."""
        state: dict[str, Any] = {store.name: self._other(store) for store in self._migration.read}
        family = family_of(self._migration, state)
        for moved in self._migration.moved:
            version = self._random.choice(moved.versions)
            state[moved.store.name] = self._moved(moved, version, family)
        if self._migration.kind is MigrationKind.UPGRADE:
            state |= {store.name: self._new(store) for store in self._migration.to if store.name not in state}
        return profile_of(name, state)

    def _other(self, store: Store) -> Any:
        """Return a store of others: some of its known-good ones together, with other ids."""
        known = [document for document in store.latest.witnesses.values() if document is not None]
        if not known or self._random.random() < _ABSENT:
            return None
        chosen = self._random.choices(known, k=self._random.randint(1, 3))
        joined = self._renamed(store, chosen[0])
        for document in chosen[1:]:
            joined = _joined(joined, self._renamed(store, document))
        return joined

    def _renamed(self, store: Store, document: Any) -> Any:
        family = family_of(self._migration, {store.name: document})
        text = json.dumps(document)
        for known in sorted(family.known | set(family.children), key=lambda id_: (-len(id_), id_)):
            text = text.replace(json.dumps(known)[1:-1], self._fresh_id())
        return json.loads(text)

    def _fresh_id(self) -> str:
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"

    def _moved(self, moved: Moved, version: Version, family: Family) -> Any:
        pool = entries_of(moved, version)
        node = entry_of(moved.store, version)
        if not pool:
            return None
        if not moved.store.placeholder:
            return vary(self._random.choice(pool), node, self._random) if self._random.random() > _ABSENT else None
        ids = self._ids(family)
        entries: dict[str, Any] = {}
        for id_ in ids:
            if id_ in entries:
                continue
            entry = vary(self._random.choice(pool), node, self._random)
            place = Place(moved.store.name, id_)
            entries[id_] = self._named(entry, place, family)
            if family.parents_in_others(place) and self._random.random() < _COPIED:
                entries |= self._copied(moved, entries, place, family)
        items = list(entries.items())
        self._random.shuffle(items)
        return dict(items) or None

    def _ids(self, family: Family) -> list[str]:
        near = sorted(family.known | set(family.children))
        chosen = self._random.choices(near, k=self._random.randint(0, _FEW)) if near else []
        return [*dict.fromkeys(chosen), *(self._fresh_id() for _ in range(self._random.choice((0, 0, 1))))]

    def _named(self, entry: Any, place: Place, family: Family) -> Any:
        """Return an entry that names a parent of its own, rightly or not."""
        for path in family.named.get(place.store, ()):
            name = str(path).strip("/")
            if isinstance(entry, Mapping) and isinstance(entry.get(name), str):
                near = sorted(family.parents_in_others(place)) or sorted(family.known)
                entry = {**entry, name: self._random.choice([*near, *near, place.id, self._fresh_id()])}
        return entry

    def _copied(self, moved: Moved, entries: Mapping[str, Any], place: Place, family: Family) -> Mapping[str, Any]:
        """Return an entry once more under another key of its parent, as it was or after it went on."""
        parents = family.parents_in_others(place)
        others = sorted(
            id_
            for id_ in family.known | set(family.children)
            if id_ not in entries and family.parents_in_others(Place(place.store, id_)) == parents
        )
        if not others:
            return {}
        entry = entries[place.id]
        lists = [name for name in self._migration.copies if isinstance(entry, Mapping) and entry.get(name)]
        if lists and self._random.random() < 1 / 2:
            entry = self._advanced(moved, entry)
        return {self._random.choice(others): entry}

    def _advanced(self, moved: Moved, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return an entry some time later: its lists and counters have grown."""
        later = dict(entry)
        for kept in self._migration.keep:
            if kept.store != moved.store.name or len(kept.path) != 1 or kept.path[0] not in entry:
                continue
            value, kind = entry[kept.path[0]], self._migration.class_of(kept)
            if kind in (FieldClass.COUNTERS, FieldClass.TIMES) and isinstance(value, int):
                later[kept.path[0]] = value + self._random.randint(0, _ADVANCE) * (1000 if is_time(value) else 1)
            elif kind is FieldClass.LOGS and isinstance(value, list) and value:
                more = fresh_text(self._random) if isinstance(value[-1], str) else value[-1]
                later[kept.path[0]] = [*value, more]
        return later

    def _new(self, store: Store) -> Any:
        known: Sequence[Any] = list(store.latest.witnesses.values())
        if not known or self._random.random() > _NEW_WRITTEN:
            return None
        return vary(self._random.choice(known), entry_of(store, store.latest), self._random)


def _joined(document: Any, other: Any) -> Any:
    """Return two documents as one: objects with the keys of both, anything else as it is in the first."""
    if not isinstance(document, dict) or not isinstance(other, dict):
        return document
    both = {key: _joined(value, other[key]) if key in other else value for key, value in document.items()}
    return {**other, **both}
