"""A second opinion: what a reader answers on known-good stores that were put into the later structure without rules.

The rules and this are wrong in different cases, so that where both disagree a person has something to look at;
`ci/bench --cases` counts on real cases how often either of them is right there. Only where the rules leave a reader
`unseen` does that table show that this may decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.base.path import StorePath
from driftwright.base.terms import Basis, Effect, Verdict
from driftwright.impact import Answer, Engine, Situation, calls, effect_of, failed
from driftwright.report import SecondOpinion
from driftwright.structure import MISSING, Counterfactual, Draw, Trust
from driftwright.verdict.closure import closure_of_stores
from driftwright.verdict.reader_runs import ReaderRuns
from driftwright.verdict.reader_verdict import ReaderVerdict
from driftwright.verdict.weigh import no_answer, signs

_MOST_CAUSES = 40
_HURT = frozenset({Verdict.BROKEN, Verdict.DEGRADED})


def second_opinion(engine: Engine, runs: ReaderRuns, judged: ReaderVerdict) -> SecondOpinion | None:
    """Return the second opinion about a reader; None where there is no known-good store with an answer.

    Args:
        engine: V8.
        runs: The reader with its runs.
        judged: Its verdict.
    """
    asked = _Asked.of(engine, runs)
    return None if asked is None else asked.opinion(judged)


def settled_by(opinion: SecondOpinion | None, judged: ReaderVerdict, runs: ReaderRuns) -> ReaderVerdict:
    """Return the verdict with its second opinion, which decides where the rules tell nothing and it tells all.

    Args:
        opinion: The second opinion; None where there is none.
        judged: The verdict by the rules.
        runs: The reader with its runs.
    """
    if opinion is None:
        return judged
    is_told = opinion.says is Verdict.BROKEN and opinion.because and not opinion.closure.rest
    if judged.verdict is not Verdict.UNSEEN or not is_told or runs.masked or not runs.captured or judged.after is None:
        return replace(judged, second_opinion=opinion)
    return replace(
        judged,
        verdict=Verdict.BROKEN,
        effect=Effect.SILENT,
        says=f"AFTER has another structure where it reads: {opinion.because[0]}",
        basis=Basis.CAPTURE,
        at=runs.bound.captured[0],
        unseen=(),
        second_opinion=replace(opinion, agrees=True),
        is_by_second=True,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A reader, with the small known-good situations in which it answers, and how their stores are made otherwise."""

    engine: Engine
    runs: ReaderRuns
    made: Mapping[str, Counterfactual]
    good: Sequence[Situation]
    answers: Sequence[Answer]

    @classmethod
    def of(cls, engine: Engine, runs: ReaderRuns) -> _Asked | None:
        stores = {read.store for read in runs.reads}
        made = {name: way for name in stores if (way := runs.stores[name].counterfactual) is not None}
        answers = _run(engine, runs, runs.bound.small)
        pairs = [pair for pair in zip(runs.bound.small, answers, strict=True) if not no_answer(pair[1])]
        if not pairs or not made:
            return None
        return cls(engine, runs, made, *map(list, zip(*pairs, strict=True)))

    def opinion(self, judged: ReaderVerdict) -> SecondOpinion:
        hurt = self._hurt()
        verdict = Verdict.INTACT
        if hurt or any(failed(outcome.answer) for outcome in self.runs.captured):
            verdict = Verdict.BROKEN
        elif self._reads_hidden() or self._differs(self._draws()):  # runs readers: asked only where that decides
            verdict = Verdict.UNSEEN
        undecided = Verdict.UNSEEN in (verdict, judged.verdict)
        agrees = None if undecided else (judged.verdict in _HURT) == (verdict is Verdict.BROKEN)
        documents = {
            name: [
                way.of(situation.stores[name], Draw(with_new=True))
                for situation in self.good
                if _is_there(situation, name)
            ]
            for name, way in self.made.items()
        }
        causes = self._causes(hurt[0]) if hurt else ()
        return SecondOpinion(verdict, agrees, causes, closure_of_stores(self.runs, documents))

    def _hurt(self) -> Sequence[int]:
        """The situations in which the structure alone, whatever the data, makes the reader answer wrongly."""
        exact = self._differs(self._draws(Trust.SAMPLE, Trust.DATA))
        return exact or self._differs(self._draws(Trust.DATA), plainly=True)

    def _draws(self, *off: Trust) -> Mapping[str, Draw]:
        return {name: way.without(*off) for name, way in self.made.items()}

    def _differs(self, draws: Mapping[str, Draw], *, plainly: bool = False) -> Sequence[int]:
        """Return the situations in which the answer is another one, with new fields put in and without them.

        Args:
            draws: What is carried out in which store.
            plainly: Whether it must be plainly worse: another value may be right where values were put in.
        """
        if all(way.is_same for way in self.made.values()):
            return []
        with_new = {name: replace(draw, with_new=True) for name, draw in draws.items()}
        changed = [self._changed(situation, each) for each in (draws, with_new) for situation in self.good]
        answers = _run(self.engine, self.runs, changed)
        pairs = zip(answers[: len(self.good)], answers[len(self.good) :], strict=True)
        # What only the later store's own values make different is no known-good data any more.
        return [
            number
            for number, pair in enumerate(pairs)
            if all(self._is_worse(number, answer, plainly=plainly) for answer in pair)
        ]

    def _is_worse(self, number: int, answer: Answer, *, plainly: bool) -> bool:
        before = self.answers[number]
        if plainly:
            return bool(signs(before, answer, self.runs.reader.literals))
        return effect_of(before, answer) is not Effect.SAME

    def _changed(self, situation: Situation, draws: Mapping[str, Draw]) -> Situation:
        stores = dict(situation.stores)
        for name, draw in draws.items():
            if _is_there(situation, name):
                stores[name] = self.made[name].of(stores[name], draw)
        return replace(situation, stores=stores)

    def _reads_hidden(self) -> bool:
        """Whether the reader finds in known-good stores what the later one does not show."""
        hidden = {StorePath(name, path) for name, way in self.made.items() for path in way.hidden}
        places = [
            StorePath(read.store, self.runs.stores[read.store].whole(read.path))
            for read, there in self.runs.reads.items()
            if there
        ]
        return any(place.store == other.store and place.path.within(other.path) for place in places for other in hidden)

    def _causes(self, number: int) -> tuple[str, ...]:
        """Return the decisions that change the answer alone, in words."""
        situation, before = self.good[number], self.answers[number]
        each = [(name, n) for name, way in self.made.items() for n in range(len(way.decisions))][:_MOST_CAUSES]
        changed = [self._changed(situation, {name: self.made[name].only(n)}) for name, n in each]
        answers = _run(self.engine, self.runs, changed)
        hurting = [
            pair for pair, after in zip(each, answers, strict=True) if effect_of(before, after) is not Effect.SAME
        ]
        return tuple(str(self.made[name].decisions[n]) for name, n in hurting)


def _run(engine: Engine, runs: ReaderRuns, chosen: Sequence[Situation]) -> list[Answer]:
    reader = runs.reader
    return [outcome.answer for outcome in engine.run(reader.program, calls(reader.function, chosen))] if chosen else []


def _is_there(situation: Situation, name: str) -> bool:
    document: Any = situation.stores.get(name)
    return document is not None and document is not MISSING
