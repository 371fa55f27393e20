"""Law of drift: whatever changes in the stores of others while it migrates, nothing goes to a wrong parent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from driftwright.authoring.migrations.mover import Mover, Settled
from driftwright.authoring.migrations.storage import Profile
from driftwright.authoring.migrations.subject import Subject
from driftwright.authoring.prove.mutations import mutations
from driftwright.impact import Situation, generaliser, trace
from driftwright.structure import MISSING, Change, apply_changes
from driftwright.workspace import accepted_shape


def drifts_of(mover: Mover, profiles: Sequence[Profile]) -> tuple[Change, ...]:
    """Return every change that rules name of the stores of others, at each place that the migration reads there.

    Args:
        mover: Runs the migration.
        profiles: Profiles on which it is traced.
    """
    stores = {store.name: store for store in mover.migration.stores}
    others = {store.name: store for store in mover.migration.read}
    generalise = generaliser(stores, {name: store.latest for name, store in stores.items()})
    situations = [Situation(profile.name, {name: profile.state.get(name) for name in stores}) for profile in profiles]
    reads = trace(mover.engine, mover.move, situations, generalise).reads if others else {}
    read = {name: frozenset(store_path.path for store_path in reads if store_path.store == name) for name in others}
    return tuple(
        change
        for name, store in sorted(others.items())
        for change in mutations(name, accepted_shape(store.latest), read[name])
    )


@dataclass(frozen=True, slots=True)
class Drifted:
    """The law, for one change or several.

    Args:
        changes: The changes.
        each: Of how many of them, in turn, one profile is told; 0 for all.
    """

    changes: tuple[Change, ...]
    each: int = 0

    def of(self, number: int) -> tuple[Change, ...]:
        """Return the changes that the profile of a number is told."""
        if not self.each or self.each >= len(self.changes):
            return self.changes
        first = number * self.each % len(self.changes)
        return (self.changes + self.changes)[first : first + self.each]

    def failures(self, subject: Subject, profiles: Sequence[Profile]) -> list[tuple[str, Change | None]]:
        """Return for each profile what is wrong and the change after which it is; empty and None where nothing is."""
        settled = subject.settled(profiles)
        drifted = [
            (number, change, changed)
            for number, profile in enumerate(profiles)
            for change in self.of(number)
            for changed in _drifted(profile, change)
        ]
        failures: list[tuple[str, Change | None]] = [("", None)] * len(profiles)
        results = subject.mover.settle([changed for _, _, changed in drifted])
        for (number, change, _), done in zip(drifted, results, strict=True):
            says = failures[number][0] or next(_wrong(subject, profiles[number], settled[number], done), "")
            if says and not failures[number][0]:
                failures[number] = says, change
        return failures

    def __call__(self, subject: Subject, profiles: Sequence[Profile], /) -> list[str]:
        """For each profile, what is wrong after some change."""
        return [says for says, _ in self.failures(subject, profiles)]


def _drifted(profile: Profile, change: Change) -> Iterator[Profile]:
    document = profile.state.get(change.store)
    if document is None:
        return
    replayed = apply_changes(document, [change])
    for changed in replayed.documents if not replayed.missed else ():
        # A store that is gone is the law of waiting.
        if changed is not MISSING:
            yield Profile(profile.name, {**profile.state, change.store: changed}, profile.now)


def _wrong(subject: Subject, profile: Profile, done: Settled, drifted: Settled) -> Iterator[str]:
    family = subject.family(profile)
    usual, taken = subject.taken(done.state), subject.taken(drifted.state)
    for key, entry in subject.old(profile):
        name = f"an entry of {entry.place.store}"
        if key in taken:
            # Where it goes astray without any drift, other laws say so.
            if taken[key] not in family.of(entry.place, entry.value) and taken[key] != usual.get(key):
                yield f"{name} is written under a wrong parent"
        elif subject.entry(drifted.state, key) is None and key not in drifted.drop:
            yield f"{name} is gone"
