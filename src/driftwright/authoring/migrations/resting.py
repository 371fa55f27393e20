"""Laws of repetition: run again, in another order, or after an interruption at any step, it ends in the same state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from driftwright.authoring.migrations.mover import Settled
from driftwright.authoring.migrations.records import ABSENT, field_at, text_of
from driftwright.authoring.migrations.storage import Place, Profile, State, same
from driftwright.authoring.migrations.subject import Subject, sources_of
from driftwright.workspace import MigrationKind


def comes_to_rest(subject: Subject, profiles: Sequence[Profile]) -> list[str]:
    """Run again it changes nothing, not even what the new release wrote; in another order of keys it ends the same."""
    settled = subject.settled(profiles)
    turned = [Profile(profile.name, turned_round(profile.state), profile.now) for profile in profiles]
    used = [
        Profile(profile.name, _used(subject, done.state), profile.now)
        for profile, done in zip(profiles, settled, strict=True)
    ]
    again = subject.mover.settle([Profile(p.name, d.state, p.now) for p, d in zip(profiles, settled, strict=True)])
    other, later = subject.mover.settle(turned), subject.mover.settle(used)
    return [next(_moved(*results), "") for results in zip(settled, again, other, used, later, strict=True)]


def _moved(done: Settled, again: Settled, other: Settled, used: Profile, later: Settled) -> Iterator[str]:
    if done.fault:
        return
    if not same(done.state, again.state):
        yield "run again, it changes what it had written"
    if not same(done.state, other.state):
        yield "with the keys in another order it ends in another state"
    if not same(used.state, later.state):
        yield "run again, it overwrites what the new release has written since"


def turned_round(value: Any) -> Any:
    """Return a document with the keys of all its objects in the reverse order."""
    if isinstance(value, dict):
        return {key: turned_round(part) for key, part in reversed(value.items())}
    return [turned_round(part) for part in value] if isinstance(value, list) else value


def _used(subject: Subject, state: State) -> State:
    """Return a state in which the new release has gone on: every kept field of its records has another value."""
    result = dict(state)
    for store in subject.migration.to:
        document = state.get(store.name)
        paths = [kept.new for kept in subject.migration.keep if kept.to == store.name]
        if document is None:
            continue
        entries = document.items() if store.placeholder else [("", document)]
        changed = {name: _changed(entry, paths) for name, entry in entries}
        result[store.name] = changed if store.placeholder else changed[""]
    return result


def _changed(entry: Any, paths: Sequence[tuple[str, ...]]) -> Any:
    for path in paths:
        entry = _with_other(entry, path)
    return entry


def _with_other(value: Any, path: tuple[str, ...]) -> Any:
    if path:
        if not isinstance(value, dict) or path[0] not in value:
            return value
        return {**value, path[0]: _with_other(value[path[0]], path[1:])}
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, dict):
        return {key: _with_other(part, ()) for key, part in value.items()}
    return [*value, value[-1]] if isinstance(value, list) and value else value


def interrupted(subject: Subject, profiles: Sequence[Profile]) -> list[str]:
    """Interrupted after any step, a second run ends the same; nothing is removed before what took it over was read."""
    settled = subject.settled(profiles)
    cut: list[Profile] = []
    owner: list[int] = []
    for number, (profile, done) in enumerate(zip(profiles, settled, strict=True)):
        changing = [at for at, operation in enumerate(done.operations, 1) if operation.verb != "read"]
        for at in changing[:-1]:
            cut.append(subject.after(profile, done.operations[:at], f"interrupted after step {at}"))
            owner.append(number)
    says = [next(_removed_early(subject, *pair), "") for pair in zip(profiles, settled, strict=True)]
    for number, again in zip(owner, subject.mover.settle(cut), strict=True):
        if not says[number] and not settled[number].fault and not same(again.state, settled[number].state):
            says[number] = "interrupted between two steps and run again, it ends in another state"
    return says


def _removed_early(subject: Subject, profile: Profile, done: Settled) -> Iterator[str]:
    """Yield each removal that comes before what took the entry over was read back."""
    state = profile.state
    unread: set[str] = set()
    for operation in done.operations:
        if operation.verb == "remove" and operation.key not in done.drop:
            place = subject.mover.keys.place(operation.key)
            if (
                place is not None
                and not subject.is_new(place)
                and not _taken_over(subject, state, operation.key, unread)
            ):
                yield f"an entry of {place.store} is removed before the record that took it over was read back"
        unread = unread | {operation.key} if operation.verb == "write" else unread - {operation.key}
        state = subject.mover.keys.after(state, [operation])


def _taken_over(subject: Subject, state: State, key: str, unread: set[str]) -> bool:
    if subject.entry(state, key) is None:
        return True
    if subject.migration.kind is MigrationKind.UPGRADE:
        return not unread
    keys = subject.mover.keys
    to = subject.migration.to[0].name
    return any(
        key in sources_of(record) and keys.key(Place(to, name)) not in unread for name, record in subject.records(state)
    )


def quota(subject: Subject, profiles: Sequence[Profile]) -> list[str]:
    """A write that throws, whichever it is, leaves the old entries readable."""
    settled = subject.settled(profiles)
    failing: list[tuple[int, int]] = []
    for number, done in enumerate(settled):
        writes = sum(1 for operation in done.rounds[0].operations if operation.verb == "write")
        failing += [(number, write) for write in range(1, writes + 1)]
    rounds = subject.mover.rounds([profiles[number] for number, _ in failing], failing=[at for _, at in failing])
    says = [""] * len(profiles)
    for (number, at), cut in zip(failing, rounds, strict=True):
        after = subject.after(profiles[number], cut.operations, f"write {at} throws")
        says[number] = says[number] or next(_unreadable(subject, profiles[number], after.state), "")
    return says


def _unreadable(subject: Subject, profile: Profile, state: State) -> Iterator[str]:
    taken = subject.taken(state)
    upgrade = subject.migration.kind is MigrationKind.UPGRADE
    for key, entry in subject.old(profile):
        now = subject.entry(state, key)
        if text_of(now) == text_of(entry.value) or (key in taken and now is None):
            continue
        gone_over = now is None or subject.is_new(entry.place)
        if upgrade and gone_over and _moved_whole(subject, entry.place, entry.value, state):
            continue
        yield f"where a write throws, an entry of {entry.place.store} is {'gone' if now is None else 'changed'}"


def _moved_whole(subject: Subject, place: Place, value: Any, state: State) -> bool:
    """Whether all kept fields of an entry stand in the new store."""
    keys = subject.mover.keys
    keeps = [kept for kept in subject.migration.keep if kept.store == place.store]
    return all(
        field_at(keys.entry(state, Place(kept.to, place.id)), kept.new) is not ABSENT
        for kept in keeps
        if field_at(value, kept.path) is not ABSENT
    )
