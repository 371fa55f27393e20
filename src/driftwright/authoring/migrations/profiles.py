"""Profiles of witnesses: what users of every old version may have stored when they meet the migration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from driftwright.authoring.migrations.storage import Profile, State
from driftwright.base.jsontext import json_text
from driftwright.base.path import leaves
from driftwright.workspace import Migration, MigrationKind, Moved, Version

_FIRST, _LAST = 10**12, 4 * 10**12
"""Whole numbers between these are taken for times in milliseconds since 1970 (2001 to 2096)."""
_USUAL_NOW = 1_767_225_600_000
_LATER = 60_000


def witness_profiles(migration: Migration) -> tuple[Profile, ...]:
    """Return a profile for every witness of every old version, joined with those of the same name in other stores."""
    profiles: dict[str, Profile] = {}
    for versions in product(*(moved.versions for moved in migration.moved)):
        accepted = dict(zip((moved.store.name for moved in migration.moved), versions, strict=True))
        accepted |= {store.name: store.latest for store in migration.read}
        for name in sorted({name for version in accepted.values() for name in version.witnesses}):
            state = {store: version.witnesses.get(name) for store, version in accepted.items()}
            names_text = " ".join(f"{moved.store.name}@{accepted[moved.store.name].name}" for moved in migration.moved)
            for profile in _with_new(migration, f"{names_text} {name}", state):
                profiles.setdefault(json_text(profile.state), profile)
    return tuple(profiles.values())


def _with_new(migration: Migration, name: str, state: State) -> Iterator[Profile]:
    """Yield a profile with nothing new in it yet; for an upgrade, also one with each known-good new store."""
    yield profile_of(name, state)
    if migration.kind is not MigrationKind.UPGRADE:
        return
    old = {moved.store.name for moved in migration.moved}
    for store in migration.to:
        for witness, document in store.latest.witnesses.items() if store.name not in old else ():
            yield profile_of(f"{name} with {store.name} {witness}", {**state, store.name: document})


def profile_of(name: str, state: State) -> Profile:
    """Return a profile that is migrated a minute after the last time that is told in it."""
    times = (leaf for document in state.values() for leaf in leaves(document))
    last = max((time for time in times if is_time(time)), default=_USUAL_NOW)
    return Profile(name, state, last + _LATER)


def is_time(value: Any) -> bool:
    """Whether a value looks like a time in milliseconds since 1970."""
    return isinstance(value, int) and not isinstance(value, bool) and _FIRST <= value <= _LAST


def entries_of(moved: Moved, version: Version) -> Sequence[Any]:
    """Return all entries that the witnesses of a version hold."""
    documents = [document for document in version.witnesses.values() if document is not None]
    if not moved.store.placeholder:
        return documents
    return [entry for document in documents if isinstance(document, Mapping) for entry in document.values()]
