"""Laws of what is kept: nothing is lost, and copies of one record are one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from driftwright.authoring.migrations.mover import Settled
from driftwright.authoring.migrations.records import ABSENT, Entry, field_at, text_of, wrong_fields
from driftwright.authoring.migrations.storage import Place, Profile
from driftwright.authoring.migrations.subject import Subject, sources_of
from driftwright.workspace import Kept, MigrationKind


def nothing_lost(subject: Subject, profiles: Sequence[Profile]) -> list[str]:
    """Every old key went into a record, waits or is dropped with a declared reason, and every kept field is equal."""
    lost = _of_upgrade if subject.migration.kind is MigrationKind.UPGRADE else _of_re_key
    pairs = zip(profiles, subject.settled(profiles), strict=True)
    return [done.fault or next(lost(subject, profile, done), "") for profile, done in pairs]


def copies_are_one(subject: Subject, profiles: Sequence[Profile]) -> list[str]:
    """Where several entries met in one record, each field is what its rule makes of them."""
    pairs = zip(profiles, subject.settled(profiles), strict=True)
    return [next(_wrong(subject, profile, done, met=True), "") for profile, done in pairs]


def _of_re_key(subject: Subject, profile: Profile, done: Settled) -> Iterator[str]:
    taken = subject.taken(done.state)
    for key, entry in subject.old(profile):
        name = f"an entry of {entry.place.store}"
        now = subject.entry(done.state, key)
        if key in taken:
            continue
        if key in done.drop:
            if done.drop[key] not in subject.migration.dropped_keys:
                yield f"{name} is dropped for a reason that is not declared"
        elif now is None:
            yield f"{name} is gone, and no record names it in its sourceKeys"
        elif key not in done.wait:
            yield f"{name} is in no sourceKeys, does not wait and is not dropped"
        elif text_of(now) != text_of(entry.value):
            yield f"{name} waits, but was changed"
    yield from _unmentioned_fields(subject, [entry for _, entry in subject.old(profile)])
    yield from _wrong(subject, profile, done, met=False)


def _unmentioned_fields(subject: Subject, entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the fields that are there and neither kept nor dropped with a reason."""
    migration = subject.migration
    mentioned = {str(kept) for kept in migration.keep} | set(migration.dropped)
    for entry in entries:
        store = entry.place.store
        for name in entry.value if isinstance(entry.value, Mapping) and store not in mentioned else ():
            below = f"{store}.{name}."
            if f"{store}.{name}" not in mentioned and not any(field.startswith(below) for field in mentioned):
                yield f"{store}.{name} is neither kept nor dropped with a reason"


def _wrong(subject: Subject, profile: Profile, done: Settled, *, met: bool) -> Iterator[str]:
    """Yield the fields that are wrong: those in which several entries met, or those of one entry alone."""
    if subject.migration.kind is MigrationKind.UPGRADE:
        return
    old = dict(subject.old(profile))
    for _, record in subject.records(done.state):
        entries = [old[key] for key in dict.fromkeys(sources_of(record)) if key in old]
        for says, several in wrong_fields(subject.migration, entries, record):
            if several is met:
                yield says


def _of_upgrade(subject: Subject, profile: Profile, done: Settled) -> Iterator[str]:
    keys = subject.mover.keys
    yield from _unmentioned_fields(subject, [entry for _, entry in subject.old(profile)])
    for key, entry in subject.old(profile):
        if key in done.drop and done.drop[key] not in subject.migration.dropped_keys:
            yield f"an entry of {entry.place.store} is dropped for a reason that is not declared"
        if key in done.drop:
            continue
        for kept in subject.migration.keep:
            if kept.store != entry.place.store or field_at(entry.value, kept.path) is ABSENT:
                continue
            place = Place(kept.to, entry.place.id)
            written, after = keys.entry(profile.state, place), field_at(keys.entry(done.state, place), kept.new)
            if written is not None and not subject.is_moved(place):
                yield from _overwritten(kept, field_at(written, kept.new), after)
            elif text_of(after) != text_of(field_at(entry.value, kept.path)):
                yield f"{kept.target} is {'missing' if after is ABSENT else 'another value'}, not what {kept} was"


def _overwritten(kept: Kept, before: object, after: object) -> Iterator[str]:
    """Yield what is wrong with a field of a store that the new release has written already: it must stay."""
    if before is not ABSENT and text_of(after) != text_of(before):
        yield f"{kept.target} was there already and is overwritten"
