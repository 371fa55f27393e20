"""5. Fallback: the first source that is still right, as the resolver that the extension ships finds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from driftwright.change import Change
from driftwright.impact.judge import failed
from driftwright.impact.readers import CompiledFact
from driftwright.impact.situation import Situation, calls
from driftwright.javascript import Answer, Engine, Resolved
from driftwright.terms import Quality

_WORST = (Quality.FULL, Quality.DEGRADED, Quality.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class SourceState:
    """What became of one source.

    Args:
        name: The source.
        level: What it promises.
        state: `right`, `wrong`, `unavailable`, or `not needed`.
        why: Why the resolver passed it over; empty when it did not.
    """

    name: str
    level: Quality
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Fallback:
    """What a fact has left.

    Args:
        level: The worst level over all moments.
        source: The source that serves at that level; empty when none does.
        lost: What is lost with it.
        right: Whether every answer was right, or honestly unavailable; None when nothing could be tried.
        sources: What became of each source.
    """

    level: Quality
    source: str
    lost: str
    right: bool | None
    sources: tuple[SourceState, ...]


def walk(engine: Engine, fact: CompiledFact, good: Sequence[Situation], changes: Sequence[Change]) -> Fallback:
    """Walk the sources on known-good situations after the changes, and compare with the right answers.

    Args:
        engine: V8.
        fact: The fact.
        good: Known-good situations with the fact's parameters bound.
        changes: The changes of all stores; with none, the walk shows the fact as it is.
    """
    reader = fact.primary
    first = engine.run(reader.program, calls(reader.function, good)) if good else ()
    after: list[Situation] = []
    right: list[Answer] = []
    for situation, outcome in zip(good, first, strict=True):
        if failed(outcome.answer):
            continue
        ways = situation.after(changes)[0] or (situation,)
        after += ways
        right += [outcome.answer] * len(ways)
    walked = engine.resolve(fact.program, [situation.argument() for situation in after]) if after else ()
    return _judged(fact, list(zip(walked, right, strict=True)))


def walk_capture(engine: Engine, fact: CompiledFact, captured: Sequence[Situation]) -> Fallback:
    """Walk the sources on the capture itself; what is right there nobody knows, so nothing is proven."""
    walked = engine.resolve(fact.program, [situation.argument() for situation in captured]) if captured else ()
    judged = _judged(fact, [(resolved, resolved.answer) for resolved in walked])
    sources = tuple(replace(s, state="unproven" if s.state == "right" else s.state) for s in judged.sources)
    return replace(judged, right=None, sources=sources)


def _judged(fact: CompiledFact, walked: list[tuple[Resolved, Answer]]) -> Fallback:
    if not walked:
        return Fallback(Quality.UNAVAILABLE, "", "", None, _untried(fact))
    wrong = [resolved for resolved, answer in walked if _is_wrong(resolved, answer)]
    deciding = wrong or [resolved for resolved, _ in walked]
    level = max((Quality(resolved.level or "unavailable") for resolved in deciding), key=_WORST.index)
    at_level = Counter(r.source for r in deciding if (r.level or "unavailable") == level)
    source = at_level.most_common(1)[0][0]
    lost = next((resolved.lost for resolved in deciding if resolved.source == source), "")
    return Fallback(level, source, lost, not wrong, _states(fact, walked))


def _is_wrong(resolved: Resolved, right: Answer) -> bool:
    """An answer that says itself to be unavailable is honest; any other must be the right one."""
    if resolved.level == Quality.UNAVAILABLE or not resolved.source:
        return False
    return not resolved.answer.same_as(right)


def _states(fact: CompiledFact, walked: list[tuple[Resolved, Answer]]) -> tuple[SourceState, ...]:
    states = []
    for source in fact.fact.sources:
        taken = [(resolved, answer) for resolved, answer in walked if resolved.source == source.name]
        reasons = Counter(why for resolved, _ in walked for name, why in resolved.tried if name == source.name)
        why = reasons.most_common(1)[0][0] if reasons else ""
        if any(_is_wrong(resolved, answer) for resolved, answer in taken):
            state = "wrong"
        elif taken:
            state = "right"
        else:
            state = "unavailable" if reasons else "not needed"
        states.append(SourceState(source.name, source.level, state, why if state == "unavailable" else ""))
    return tuple(states)


def _untried(fact: CompiledFact) -> tuple[SourceState, ...]:
    return tuple(SourceState(source.name, source.level, "not needed", "") for source in fact.fact.sources)
