"""Assess what changes do to one reader: the effect of all together, which alone show it, and the smallest proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from driftwright.base.terms import Effect
from driftwright.impact.javascript import Answer, Engine
from driftwright.impact.judge import effect_of, failed, worse
from driftwright.impact.readers import Reader
from driftwright.impact.shrink import shrunk_result
from driftwright.impact.situation import Situation, calls
from driftwright.structure import Change


@dataclass(frozen=True, slots=True)
class Proof:
    """The smallest situation that shows an effect.

    Args:
        before: The known-good situation.
        after: The same after the changes.
        answer_before: The answer on `before`.
        answer_after: The answer on `after`.
        zone: The time zone in which the reader ran, by its IANA name.
    """

    before: Situation
    after: Situation
    answer_before: Answer
    answer_after: Answer
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Impact:
    """What changes do to one reader.

    Args:
        effect: The worst over all moments.
        because: The changes that show an effect alone; all that were replayed when only together they do.
        proof: The smallest situation that shows it; None when nothing changed.
        missed: Changes that fitted no position of any moment, so that they were not replayed.
        tried: How many answers were compared.
    """

    effect: Effect
    because: tuple[Change, ...]
    proof: Proof | None
    missed: tuple[Change, ...]
    tried: int


def effect_on(engine: Engine, reader: Reader, good: Sequence[Situation], change: Change) -> Effect:
    """Return what one change does to a reader, without looking for the smallest store that shows it."""
    pairs, _ = _pairs_anywhere(engine, reader, good, [change])
    return worse([pair.effect for pair in pairs])


def _is_same_kind(before: Answer, smaller: Answer) -> bool:
    """Whether the answer on a smaller store is of the same kind: a count may be smaller, a text must be the same."""
    if smaller.type in ("string", "boolean", "null"):
        return before.same_as(smaller)
    return before.type == smaller.type and before.empty <= smaller.empty


@dataclass(frozen=True, slots=True)
class _Pair:
    engine: Engine
    before: Situation
    after: Situation
    answer_before: Answer
    answer_after: Answer

    @property
    def effect(self) -> Effect:
        return effect_of(self.answer_before, self.answer_after)


def assess_impact(engine: Engine, reader: Reader, good: Sequence[Situation], changes: Sequence[Change]) -> Impact:
    """Replay changes on known-good situations and compare the reader's answers.

    Args:
        engine: V8.
        reader: The reader.
        good: Known-good situations with the reader's parameters bound.
        changes: The changes of all stores.
    """
    replayable = [change for change in changes if change.rule.operator != "none"]
    pairs, missed = _pairs_anywhere(engine, reader, good, replayable)
    effect = worse([pair.effect for pair in pairs])
    if effect is Effect.SAME:
        return Impact(effect, (), None, missed, len(pairs))
    because = _because(engine, reader, good, replayable)
    decisive = because or tuple(change for change in replayable if change not in missed)
    worst = min((pair for pair in pairs if pair.effect is effect), key=lambda pair: len(str(pair.before.stores)))
    return Impact(effect, decisive, _smallest(reader, worst, decisive), missed, len(pairs))


def _pairs_anywhere(
    engine: Engine, reader: Reader, good: Sequence[Situation], changes: Sequence[Change]
) -> tuple[list[_Pair], tuple[Change, ...]]:
    """Run the reader before and after; in other time zones too, where that could matter and UTC shows nothing."""
    pairs, missed = _pairs(engine, reader, good, changes)
    abroad = engine.zones(reader.program)[1:] if any(change.is_about_times for change in changes) else ()
    for other in abroad:
        if any(pair.effect is not Effect.SAME for pair in pairs):
            break
        pairs += _pairs(other, reader, good, changes)[0]
    return pairs, missed


def _pairs(
    engine: Engine, reader: Reader, good: Sequence[Situation], changes: Sequence[Change]
) -> tuple[list[_Pair], tuple[Change, ...]]:
    """Run the reader before and after; also warm, after it has served the good store, as an open tab would."""
    if not good or not changes:
        return [], tuple(changes)
    before: list[Situation] = []
    after: list[Situation] = []
    missed_everywhere = set(map(id, changes))
    for situation in good:
        changed, missed = situation.after(changes)
        missed_everywhere &= set(map(id, missed))
        before += [situation] * len(changed)
        after += changed
    ways = [calls(reader.function, chosen, warm) for chosen, warm in ((before, ()), (after, ()), (after, before))]
    outcomes = engine.run(reader.program, [call for way in ways for call in way])
    answers = [outcome.answer for outcome in outcomes]
    first, cold, warmed = (answers[number * len(after) :][: len(after)] for number in range(3))
    rows = [*zip(before, after, first, cold, strict=True), *zip(before, after, first, warmed, strict=True)]
    # A reader that fails on a known-good store proves nothing there.
    pairs = [_Pair(engine, *row) for row in rows if not failed(row[2])]
    return pairs, tuple(change for change in changes if id(change) in missed_everywhere)


def _because(
    engine: Engine, reader: Reader, good: Sequence[Situation], changes: Sequence[Change]
) -> tuple[Change, ...]:
    if len(changes) == 1:
        return tuple(changes)
    return tuple(change for change in changes if effect_on(engine, reader, good, change) is not Effect.SAME)


def _smallest(reader: Reader, shown: _Pair, changes: Sequence[Change]) -> Proof:
    """Shrink the known-good store while the same effect still shows."""
    engine = shown.engine

    def still(candidates: Sequence[Situation]) -> list[_Pair | None]:
        changed = [candidate.after(changes)[0] for candidate in candidates]
        flat = [situation for ways in changed for situation in ways]
        outcomes = engine.run(reader.program, calls(reader.function, [*candidates, *flat]))
        before, after = outcomes[: len(candidates)], iter(outcomes[len(candidates) :])
        results: list[_Pair | None] = []
        for candidate, outcome, ways in zip(candidates, before, changed, strict=True):
            pairs = [_Pair(engine, candidate, way, outcome.answer, next(after).answer) for way in ways]
            kept = [pair for pair in pairs if pair.effect is shown.effect and not failed(pair.answer_before)]
            kept = [pair for pair in kept if _is_same_kind(pair.answer_before, shown.answer_before)]
            results.append(kept[0] if kept else None)
        return results

    # Every try of a reader that never ends costs its whole deadline: the store stays as it is.
    best = shown if shown.answer_after.kind == "stopped" else shrunk_result(shown, still, lambda pair: pair.before)
    return Proof(best.before, best.after, best.answer_before, best.answer_after, engine.zone)
