"""Fallback: the first source of a fact that still answers right, found by the same resolver that a consumer ships."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from driftwright.base.terms import Bound, Quality
from driftwright.impact.bound import is_within_bound
from driftwright.impact.javascript import Answer, Engine, Reading, Resolved, Walking, Work
from driftwright.impact.judge import failed
from driftwright.impact.readers import CompiledFact
from driftwright.impact.situation import Situation, calls
from driftwright.impact.window import all_within, within
from driftwright.structure import Change
from driftwright.workspace import Window

_UNDECIDED = "tells no moment from which it counts"
_WORST = (Quality.FULL, Quality.DEGRADED, Quality.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of one source after the changes.

    Args:
        name: The source.
        level: What it promises.
        state: `right`, `wrong`, `unavailable`, or `not needed`.
        why: Why the resolver skipped it; empty when it did not.
    """

    name: str
    level: Quality
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Fallback:
    """The source that serves a fact after the changes.

    Args:
        level: The worst level over all moments.
        source: The source that serves at that level; empty when none does.
        lost: What is lost with it.
        right: Whether every answer was right, or honestly unavailable; None when nothing could be tried.
        sources: The state of each source.
    """

    level: Quality
    source: str
    lost: str
    right: bool | None
    sources: tuple[SourceState, ...]

    @property
    def serves(self) -> bool:
        """Whether a source serves, and gives no wrong answer."""
        return self.right is not False and self.level is not Quality.UNAVAILABLE


def walk(
    engine: Engine,
    fact: CompiledFact,
    good: Sequence[Situation],
    changes: Sequence[Change],
    absent: frozenset[str] = frozenset(),
) -> Fallback:
    """Walk the sources on known-good situations after the changes, and compare with the right answers.

    Args:
        engine: V8.
        fact: The fact.
        good: Known-good situations with the fact's parameters bound.
        changes: The changes of all stores; with none, the walk shows the fact as it is.
        absent: Names of the stores that are not there after the changes: no source can be taken from them.
    """
    about_times = any(change.is_about_times for change in changes)
    places = engine.zones(*fact.program.programs) if about_times else (engine,)
    return _judge_walks(fact, [walked for place in places for walked in _walk_all(place, fact, good, changes, absent)])


def work_before(fact: CompiledFact, good: Sequence[Situation]) -> Iterator[Work]:
    """Yield what `walk` runs on known-good situations before any change, for `Engine.prepare`."""
    reader = fact.primary
    yield Walking(fact.program, [situation.argument() for situation in good])
    yield Reading(reader.program, calls(reader.function, good))
    for window in _windows(fact):
        yield Reading(reader.program, calls(reader.function, all_within(window, good)))


def _windows(fact: CompiledFact) -> set[Window]:
    return {window for source in fact.fact.sources if (window := source.window) is not None}


def _walk_all(
    engine: Engine, fact: CompiledFact, good: Sequence[Situation], changes: Sequence[Change], absent: frozenset[str]
) -> list[_Walk]:
    rights = right_answers(engine, fact, good)
    usual = engine.resolve(fact.program, [situation.argument() for situation in good]) if good else ()
    after: list[Situation] = []
    walked: list[tuple[Resolved, Mapping[str, Answer | None]]] = []
    for situation, right, before in zip(good, rights, usual, strict=True):
        if right is None:
            continue
        ways = situation.after(changes)[0] or (situation,)
        after += [_without(way, absent) for way in ways]
        walked += [(before, right)] * len(ways)
    now = engine.resolve(fact.program, [situation.argument() for situation in after]) if after else ()
    bounds = {source.name: source.bound for source in fact.fact.sources}
    return [
        _Walk(before, resolved, right.get(resolved.source), bounds.get(resolved.source, Bound.EQUAL))
        for resolved, (before, right) in zip(now, walked, strict=True)
    ]


def right_answers(
    engine: Engine, fact: CompiledFact, good: Sequence[Situation]
) -> list[Mapping[str, Answer | None] | None]:
    """Return for each situation the right answer of each source: that of the first one, over the source's window.

    It is None where nobody knows what the window holds; a situation in which the first source fails has none at all.
    """
    answers = {window: _answers_within(engine, fact, window, good) for window in (None, *_windows(fact))}
    return [
        None
        if (whole := answers[None][number]) is None or failed(whole)
        else {source.name: answers[source.window][number] for source in fact.fact.sources}
        for number in range(len(good))
    ]


def _answers_within(
    engine: Engine, fact: CompiledFact, window: Window | None, good: Sequence[Situation]
) -> list[Answer | None]:
    windowed = [within(window, situation) for situation in good]
    asked = [each.situation for each in windowed if each is not None]
    reader = fact.primary
    outcomes = iter(engine.run(reader.program, calls(reader.function, asked)) if asked else ())
    return [None if each is None else next(outcomes).answer for each in windowed]


def _without(situation: Situation, absent: frozenset[str]) -> Situation:
    gone = {name: None for name in situation.stores if name in absent}
    return replace(situation, stores={**situation.stores, **gone}) if gone else situation


@dataclass(frozen=True, slots=True)
class _Walk:
    """One situation: how the sources were walked before the changes and after.

    Args:
        before: The walk before the changes.
        after: The walk after them.
        right: What the source that serves after them would rightly answer; None where nobody knows.
        bound: How its answer has to stand to that.
    """

    before: Resolved
    after: Resolved
    right: Answer | None
    bound: Bound = Bound.EQUAL

    @property
    def level(self) -> Quality:
        """The level of the source that serves after the changes; what nobody can hold against anything serves not."""
        return Quality.UNAVAILABLE if self.right is None else Quality(self.after.level or Quality.UNAVAILABLE)

    @property
    def is_wrong(self) -> bool:
        """Whether the answer is wrong; one of level unavailable never is."""
        if self.level is Quality.UNAVAILABLE or self.right is None:
            return False
        return not is_within_bound(self.after.answer, self.right, self.bound)

    @property
    def is_hurt(self) -> bool:
        """Whether another source serves than before the changes, or the same one wrongly."""
        return self.before.source != self.after.source or self.is_wrong


def walk_capture(engine: Engine, fact: CompiledFact, captured: Sequence[Situation]) -> Fallback:
    """Walk the sources on the capture itself; the right answer there is not known, so `right` is None."""
    return fallback_of_walks(
        fact, engine.resolve(fact.program, [each.argument() for each in captured]) if captured else ()
    )


def fallback_of_walks(fact: CompiledFact, walked: Sequence[Resolved]) -> Fallback:
    """Return the fallback that walks down the sources on a capture lead to; the right answer there is not known."""
    judged = _judge_walks(fact, [_Walk(resolved, resolved, resolved.answer) for resolved in walked])
    sources = tuple(replace(s, state="unproven" if s.state == "right" else s.state) for s in judged.sources)
    return replace(judged, right=None, sources=sources)


def _judge_walks(fact: CompiledFact, walks: Sequence[_Walk]) -> Fallback:
    if not walks:
        return Fallback(Quality.UNAVAILABLE, "", "", None, _untried(fact))
    hurt = [walk for walk in walks if walk.is_hurt]
    wrong = [walk for walk in walks if walk.is_wrong]
    deciding = wrong or hurt or walks
    level = max((walk.level for walk in deciding), key=_WORST.index)
    at_level = Counter(walk.after.source for walk in deciding if walk.level is level)
    source = at_level.most_common(1)[0][0]
    lost = next((walk.after.lost for walk in deciding if walk.after.source == source), "")
    return Fallback(level, source, lost, not wrong, _states(fact, hurt or walks))


def _states(fact: CompiledFact, walks: Sequence[_Walk]) -> tuple[SourceState, ...]:
    return tuple(_state(source.name, source.level, walks) for source in fact.fact.sources)


def _state(name: str, level: Quality, walks: Sequence[_Walk]) -> SourceState:
    """Return the worst state of one source over all walks: a source that fails once cannot be relied on."""
    taken = [walk for walk in walks if walk.after.source == name]
    reasons = Counter(why for walk in walks for tried, why in walk.after.tried if tried == name)
    if any(walk.is_wrong for walk in taken):
        return SourceState(name, level, "wrong", "")
    if reasons:
        return SourceState(name, level, "unavailable", reasons.most_common(1)[0][0])
    if not taken:
        return SourceState(name, level, "not needed", "")
    if level is not Quality.UNAVAILABLE and any(walk.right is None for walk in taken):
        return SourceState(name, level, "unavailable", _UNDECIDED)
    return SourceState(name, level, "unavailable" if level is Quality.UNAVAILABLE else "right", "")


def _untried(fact: CompiledFact) -> tuple[SourceState, ...]:
    return tuple(SourceState(source.name, source.level, "not needed", "") for source in fact.fact.sources)
