"""Law of the way back: what a migration moved, its way back makes again what the old release's readers read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from driftwright.authoring.migrations.mover import Round
from driftwright.authoring.migrations.records import field_at, text_of
from driftwright.authoring.migrations.storage import Operation, Profile, State
from driftwright.authoring.migrations.subject import Subject
from driftwright.impact import CompiledFact, Reader, Situation, calls
from driftwright.workspace import Migration


@dataclass(frozen=True, slots=True)
class OldReader:
    """A source of a fact that reads a store whose entries are moved.

    Args:
        fact: The fact.
        source: The source.
        reader: Its code.
        params: The names of the fact's parameters.
    """

    fact: str
    source: str
    reader: Reader
    params: tuple[str, ...]


def old_readers(migration: Migration, facts: Sequence[CompiledFact]) -> Iterator[OldReader]:
    """Yield the sources that may read a store whose entries are moved, and take no other parameter than its key."""
    names = {moved.store.name for moved in migration.moved}
    placeholders = {moved.store.placeholder for moved in migration.moved}
    for fact in facts:
        params = tuple(param.name for param in fact.fact.params)
        for source, reader in fact.derive.items():
            if names & reader.literals and set(params) <= placeholders:
                yield OldReader(fact.fact.name, source, reader, params)


@dataclass(frozen=True, slots=True)
class WayBack:
    """The law, with the readers that it asks.

    Args:
        readers: Readers of the old release.
    """

    readers: tuple[OldReader, ...]

    def __call__(self, subject: Subject, profiles: Sequence[Profile], /) -> list[str]:
        """For each profile, what the old release no longer reads as before."""
        settled = subject.settled(profiles)
        moved = [Profile(p.name, done.state, p.now) for p, done in zip(profiles, settled, strict=True)]
        rounds = subject.mover.rounds(moved, back=True)
        backs = [
            subject.after(profile, done.operations, "moved back") for profile, done in zip(moved, rounds, strict=True)
        ]
        drops = [done.drop for done in settled]
        lost = zip(profiles, drops, backs, rounds, strict=True)
        says = [next(_lost(subject, *parts), "") for parts in lost]
        begun = [subject.was_begun(profile) for profile in profiles]
        # What the new release had written before is newer than what the old one would read.
        says = ["" if new else problem for new, problem in zip(begun, says, strict=True)]
        asked = [
            number
            for number, problem in enumerate(says)
            if not problem and not begun[number] and not settled[number].fault
        ]
        # What was dropped with a reason is read by nobody any more.
        left = [
            subject.after(profile, [Operation("remove", key) for key in drop], "without what is dropped")
            for profile, drop in zip(profiles, drops, strict=True)
        ]
        answers = _answers(subject, self.readers, [(left[number], backs[number].state) for number in asked])
        for number, problem in zip(asked, answers, strict=True):
            says[number] = problem
        return says


def _lost(subject: Subject, profile: Profile, drop: Mapping[str, str], back: Profile, done: Round) -> Iterator[str]:
    if done.fault or done.threw:
        yield f"on the way back {done.fault or f'carrying it out throws {done.threw}'}"
    for key, entry in subject.old(profile):
        if key in drop:
            continue
        now = subject.entry(back.state, key)
        for kept in subject.migration.keep:
            if kept.store != entry.place.store:
                continue
            before, after = (text_of(field_at(value, kept.path)) for value in (entry.value, now))
            if before != after:
                yield f"{kept} is {'missing' if now is None else 'not as before'} after the way back"


def _answers(subject: Subject, readers: Sequence[OldReader], pairs: Sequence[tuple[Profile, State]]) -> list[str]:
    """Return for each pair of states the first reader that answers otherwise on the second, in words."""
    says = [""] * len(pairs)
    for reader in readers:
        asked = [
            (number, before, after)
            for number, pair in enumerate(pairs)
            for before, after in _asked(subject, reader, *pair)
        ]
        situations = [situation for _, *both in asked for situation in both]
        if not situations:
            continue
        done = subject.mover.engine.run(reader.reader.program, calls(reader.reader.function, situations))
        for (number, *_), before, after in zip(asked, done[::2], done[1::2], strict=True):
            if not says[number] and not before.answer.same_as(after.answer):
                says[number] = f"{reader.fact} by its {reader.source} answers otherwise after the way back"
    return says


def _asked(
    subject: Subject, reader: OldReader, profile: Profile, after: State
) -> Iterator[tuple[Situation, Situation]]:
    placeholders = {store.name: store.placeholder for store in subject.migration.stores if store.placeholder}
    ids = dict.fromkeys(entry.place.id for _, entry in subject.old(profile))
    for id_ in ids if reader.params else ("",):
        params = dict.fromkeys(reader.params, id_)
        before, later = (
            Situation(profile.name, state, params=params, placeholders=placeholders) for state in (profile.state, after)
        )
        yield before, later
