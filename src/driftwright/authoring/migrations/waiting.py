"""Laws of parents: an entry of which none is known waits, and no drift leads to a wrong one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from driftwright.authoring.migrations.mover import Settled
from driftwright.authoring.migrations.records import text_of
from driftwright.authoring.migrations.storage import Profile, same
from driftwright.authoring.migrations.subject import Subject


def unknown_waits(subject: Subject, profiles: Sequence[Profile]) -> list[str]:
    """An entry of which no parent is known waits untouched, is never its own parent, and is moved once one is known."""
    settled = subject.settled(profiles)
    # The same with the stores of others absent, and then there: what waited is tried again.
    early = [Profile(f"{profile.name}, early", _without(subject, profile), profile.now) for profile in profiles]
    waited = subject.mover.settle(early)
    late = [
        Profile(f"{profile.name}, late", {**done.state, **_read(subject, profile)}, profile.now)
        for profile, done in zip(profiles, waited, strict=True)
    ]
    tried = subject.mover.settle(late)
    alone = (_wrong(subject, *pair) for pair in zip(profiles, settled, strict=True))
    absent = (misplaced(subject, *pair) for pair in zip(early, waited, strict=True))
    again = (_differing_ends(*pair) for pair in zip(settled, tried, strict=True))
    return [next(chain(*problems), "") for problems in zip(alone, absent, again, strict=True)]


def _read(subject: Subject, profile: Profile) -> dict[str, object]:
    return {store.name: profile.state.get(store.name) for store in subject.migration.read}


def _without(subject: Subject, profile: Profile) -> dict[str, object]:
    return {**profile.state, **{store.name: None for store in subject.migration.read}}


def _wrong(subject: Subject, profile: Profile, done: Settled) -> Iterator[str]:
    yield from misplaced(subject, profile, done)
    yield from _needless_waits(subject, profile, done)


def _differing_ends(done: Settled, tried: Settled) -> Iterator[str]:
    if not done.fault and not same(done.state, tried.state):
        yield "what waited for the stores of others ends otherwise than what found them there"


def misplaced(subject: Subject, profile: Profile, done: Settled) -> Iterator[str]:
    """Yield each entry that went into the record of a parent that nothing in the profile tells."""
    family = subject.family(profile)
    taken = subject.taken(done.state)
    for key, entry in subject.old(profile):
        parents = family.of(entry.place, entry.value)
        name = f"an entry of {entry.place.store}"
        if key not in taken:
            now = subject.entry(done.state, key)
            if key not in done.drop and not parents and text_of(now) != text_of(entry.value):
                yield f"{name} of which no parent is known does not wait untouched"
        elif not parents:
            own = taken[key] == entry.place.id
            yield f"{name} of which no parent is known is {'its own parent' if own else 'written under a parent'}"
        elif taken[key] not in parents:
            yield f"{name} is written under a wrong parent"


def _needless_waits(subject: Subject, profile: Profile, done: Settled) -> Iterator[str]:
    """Yield each entry that waits although the stores of others name exactly one parent for it."""
    family = subject.family(profile)
    for key, entry in subject.old(profile):
        if key in done.wait and len(family.parents_in_others(entry.place)) == 1:
            yield f"an entry of {entry.place.store} waits though its parent is known"
