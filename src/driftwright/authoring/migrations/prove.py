"""Prove migrations: hold each law against each on profiles of witnesses and made up ones, and shrink what fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.authoring.migrations.drift import Drifted, drifts_of
from driftwright.authoring.migrations.generated import generated_profiles
from driftwright.authoring.migrations.keeping import copies_are_one, nothing_lost
from driftwright.authoring.migrations.mover import Mover
from driftwright.authoring.migrations.parents import family_of
from driftwright.authoring.migrations.profiles import witness_profiles
from driftwright.authoring.migrations.resting import comes_to_rest, interrupted, quota
from driftwright.authoring.migrations.storage import Profile, size_of
from driftwright.authoring.migrations.subject import Law, Subject
from driftwright.authoring.migrations.waiting import unknown_waits
from driftwright.authoring.migrations.way_back import WayBack, old_readers
from driftwright.base.errors import InputFault
from driftwright.impact import CompiledFact, Engine, Situation, shrunk_result
from driftwright.report import LawProved, MigrationProved, ProfileShown
from driftwright.workspace import Migration, MigrationKind

USUAL = 40
"""So many profiles are made up unless another number is asked for."""
_BATCH = 200
_DRIFTS_EACH = 8
"""So many drifts, in turn, each profile is told beside the first ones, which are told all."""
_TOLD_ALL = 8


@dataclass(frozen=True, slots=True)
class _Ruled:
    """A law with its number, its name, what it says, and which profiles put it to the test."""

    number: int
    name: str
    says: str
    law: Law
    tests: Callable[[Subject, Profile], bool] = lambda subject, profile: bool(subject.old(profile))


@dataclass(frozen=True, slots=True)
class _Failure:
    """A profile on which a law fails, with what is wrong there and the drift after which it is."""

    profile: Profile
    says: str
    law: Law
    drift: str = ""


def prove_migration(
    migration: Migration,
    engine: Engine,
    facts: Sequence[CompiledFact],
    count: int = USUAL,
    progress: Callable[[str], None] = lambda _: None,
) -> MigrationProved:
    """Hold every law that applies against a migration.

    Args:
        migration: The migration.
        engine: V8.
        facts: The facts of the workspace, whose sources are readers of the old release.
        count: How many profiles to make up beside those of the witnesses.
        progress: Called with a short phrase at each stage.

    Raises:
        InputFault: A function is not what it should be, or there is no profile to prove anything on.
    """
    witnessed = witness_profiles(migration)
    if not witnessed:
        raise InputFault("no known-good store to move", migration.file, "from", "add witnesses of the old versions")
    profiles = (*witnessed, *generated_profiles(migration, count))
    if migration.kind is MigrationKind.RE_KEY and not any(_tells_parents(migration, profile) for profile in witnessed):
        mend = "name the places where the known-good stores of others tell whose child an id is"
        raise InputFault("no known-good store tells any parent", migration.file, "parent.children", mend)
    mover = Mover(migration, engine)
    laws = tuple(_laws(mover, facts, witnessed))
    failures: dict[int, list[_Failure]] = {ruled.number: [] for ruled in laws}
    tried = Counter[int]()
    # Batch by batch, so that what a batch comes to is run once for all laws and not kept for longer.
    for start in range(0, len(profiles), _BATCH):
        subject, batch = Subject(mover), profiles[start : start + _BATCH]
        for ruled in laws:
            progress(f"law {ruled.number} of {migration.name} on {start + len(batch)} of {len(profiles)} profiles")
            tried[ruled.number] += sum(ruled.tests(subject, profile) for profile in batch)
            failures[ruled.number] += _tried(subject, ruled.law, batch, with_all_drifts=0 if start else _TOLD_ALL)
    proved = tuple(_proved(mover, ruled, tried[ruled.number], failures[ruled.number]) for ruled in laws)
    return MigrationProved(migration.name, migration.title, str(migration.kind), len(witnessed), count, proved)


def _tells_parents(migration: Migration, profile: Profile) -> bool:
    family = family_of(migration, profile.state)
    return any(parents & family.known for parents in family.children.values())


def _meets(subject: Subject, profile: Profile) -> bool:
    """Whether two old entries of one parent are there."""
    family = subject.family(profile)
    parents_of_entries = [family.parents_in_others(entry.place) for _, entry in subject.old(profile)]
    parents = Counter(parent for some in parents_of_entries if len(some) == 1 for parent in some)
    return any(count > 1 for count in parents.values())


def _is_not_begun(subject: Subject, profile: Profile) -> bool:
    return bool(subject.old(profile)) and not subject.was_begun(profile)


def _can_drift(subject: Subject, profile: Profile) -> bool:
    there = any(profile.state.get(store.name) is not None for store in subject.migration.read)
    return there and bool(subject.old(profile))


def _laws(mover: Mover, facts: Sequence[CompiledFact], witnessed: Sequence[Profile]) -> Iterator[_Ruled]:
    migration = mover.migration
    re_keys = migration.kind is MigrationKind.RE_KEY
    yield _Ruled(
        1, "nothing-lost", "nothing is lost: every old key and every kept field is accounted for", nothing_lost
    )
    if re_keys:
        yield _Ruled(
            2, "copies-are-one", "copies of one record are one, distinct records merge by rule", copies_are_one, _meets
        )
        yield _Ruled(3, "unknown-waits", "an entry whose parent is not known waits, and is tried again", unknown_waits)
    yield _Ruled(4, "comes-to-rest", "run again, or in another order of keys, it ends in the same state", comes_to_rest)
    yield _Ruled(5, "interrupted", "interrupted after any step and run again, it ends in the same state", interrupted)
    yield _Ruled(6, "quota", "a write that throws leaves the old entries readable", quota)
    if migration.back is not None:
        law = WayBack(tuple(old_readers(migration, facts)))
        yield _Ruled(7, "way-back", "after the way back the old release reads what it read before", law, _is_not_begun)
    drifts = drifts_of(mover, witnessed[:_TOLD_ALL]) if re_keys else ()
    if drifts:
        yield _Ruled(
            8,
            "drift",
            "under no drift of the stores of others is anything written under a wrong parent",
            Drifted(drifts),
            _can_drift,
        )


def _tried(subject: Subject, law: Law, profiles: Sequence[Profile], *, with_all_drifts: int) -> Iterator[_Failure]:
    """Yield the profiles on which a law fails; the first ones are told all drifts, the others some in turn."""
    if not isinstance(law, Drifted):
        pairs = zip(profiles, law(subject, profiles), strict=True)
        yield from (_Failure(profile, says, law) for profile, says in pairs if says)
        return
    for part, each in ((profiles[:with_all_drifts], 0), (profiles[with_all_drifts:], _DRIFTS_EACH)):
        failures = Drifted(law.changes, each).failures(subject, part)
        for profile, (says, change) in zip(part, failures, strict=True):
            if change is not None:
                yield _Failure(profile, says, Drifted((change,)), f"{change.rule.id} at {change.store}:{change.path}")


def _proved(mover: Mover, ruled: _Ruled, tried: int, failures: Sequence[_Failure]) -> LawProved:
    smallest = min(failures, key=lambda failure: size_of(failure.profile.state), default=None)
    shown = _shown(mover, _shrunk(mover, smallest)) if smallest is not None else None
    return LawProved(ruled.number, ruled.name, ruled.says, tried, len(failures), shown)


def _shrunk(mover: Mover, failure: _Failure) -> _Failure:
    """Return a smallest profile on which a law fails in the same way."""
    profile = failure.profile

    def still(situations: Sequence[Situation]) -> list[_Failure | None]:
        smaller = [Profile(profile.name, situation.stores, profile.now) for situation in situations]
        messages = failure.law(Subject(mover), smaller)
        return [
            replace(failure, profile=p) if s == failure.says else None for p, s in zip(smaller, messages, strict=True)
        ]

    return shrunk_result(failure, still, lambda smaller: Situation(profile.name, smaller.profile.state))


def _shown(mover: Mover, failure: _Failure) -> ProfileShown:
    profile = failure.profile
    return ProfileShown(
        profile=profile.name,
        says=failure.says,
        drift=failure.drift,
        before=_held_in(profile.state),
        after=_held_in(mover.settle([profile])[0].state),
    )


def _held_in(state: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: document for name, document in state.items() if document is not None}
