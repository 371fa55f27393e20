"""Judge one reader: run it on the known-good stores and on the capture, and return its verdict.

`diff` asks it about plain documents, `check` and all that rest on it about the stores of a workspace; for the same data
it gives the same verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from driftwright.base.terms import Effect, Verdict
from driftwright.impact import Engine, Outcome, Reader, calls, failed, pinned_keys
from driftwright.structure import ComparedStores
from driftwright.verdict.judging import Judging
from driftwright.verdict.reader_runs import ReaderRuns
from driftwright.verdict.reader_verdict import ReaderVerdict, no_answer_at_all, unseen_verdict
from driftwright.verdict.same_session import SameSession, settled
from driftwright.verdict.second_opinion import second_opinion, settled_by
from driftwright.verdict.store_case import Bound, StoreCase
from driftwright.verdict.tracing import Tracing
from driftwright.verdict.unhidden import in_the_page, with_values_alike
from driftwright.verdict.weigh import no_answer


@dataclass(frozen=True)
class Bench:
    """What all readers of one capture are judged by.

    Args:
        engine: V8.
        stores: What is known of each store, by its name.
        named: The texts that stand in the readers' source.
        asks_twice: Whether verdicts come with a second opinion, which not every report shows.
    """

    engine: Engine
    stores: Mapping[str, StoreCase]
    named: frozenset[str]
    asks_twice: bool = True

    @cached_property
    def tracing(self) -> Tracing:
        """Runs readers with their reads noted."""
        return Tracing(self.engine, self.named)

    def judge(self, reader: Reader, bound: Bound) -> ReaderVerdict:
        """Judge one reader."""
        known = self.tracing.outcomes(reader, bound.known, bound.small)
        captured = self.tracing.outcomes(reader, bound.captured, bound.small_captured)
        if bound.alike:
            captured = tuple(map(with_values_alike, captured, self.tracing.outcomes(reader, bound.alike)))
        if bound.kinds:
            captured = tuple(map(in_the_page, captured, bound.kinds))
        says = [no_answer(outcome.answer) for outcome in known]
        fails = [outcome for outcome in captured if failed(outcome.answer)]
        nothing = [outcome for outcome in known if outcome.answer.type == "null"]
        if all(says) and not (fails and nothing):
            after = captured[0].answer if captured else None
            before = known[0].answer if known else no_answer_at_all()
            why = says[0] if says else "no known-good store has what it takes"
            return unseen_verdict(reader.function, before, after, why)
        runs = self.runs_of(reader, bound, known, captured)
        verdict = self._by_same_session(runs, Judging(self.engine, self.stores, runs).verdict())
        if self.asks_twice or verdict.verdict is Verdict.UNSEEN:
            verdict = settled_by(second_opinion(self.engine, runs, verdict), verdict, runs)
        same = (bound.small or bound.known)[:1]
        # With the same random numbers throughout, an answer of another kind is one of another store.
        if verdict.effect is Effect.SILENT and self.engine.answers_by_chance(
            reader.program, calls(reader.function, same)
        ):
            why = "on the very same store it answers otherwise with other random numbers: chance decides"
            return unseen_verdict(reader.function, verdict.before, verdict.after, why)
        return verdict

    def runs_of(
        self, reader: Reader, bound: Bound, known: Sequence[Outcome], captured: Sequence[Outcome]
    ) -> ReaderRuns:
        """Return a reader that was run with the comparisons of these stores as it sees them."""
        masked = self.engine.run(reader.program, calls(reader.function, bound.masked)) if bound.masked else ()
        return ReaderRuns(reader, self.stores, self._views(reader, bound), bound, known, captured, masked)

    @cached_property
    def _same_session(self) -> SameSession | None:
        return SameSession.of(self.stores)

    def _by_same_session(self, runs: ReaderRuns, verdict: ReaderVerdict) -> ReaderVerdict:
        """Return the verdict, or that by the known-good stores of the same session, where there are such."""
        session = self._same_session
        if session is None or (verdict.verdict is Verdict.INTACT and not session.is_written_anew):
            return verdict  # the same data in the same structure, which nothing contradicts
        bound, chosen = session.bound(runs.bound)
        known = tuple(runs.known[number] for number in chosen)
        if not chosen or not runs.captured or any(no_answer(outcome.answer) for outcome in known):
            return verdict
        alone = replace(self, stores=session.stores).runs_of(runs.reader, bound, known, runs.captured)
        return settled(verdict, Judging(self.engine, alone.stores, alone).verdict(), alone)

    def _views(self, reader: Reader, bound: Bound) -> Mapping[str, ComparedStores]:
        views = {}
        for name, store in self.stores.items():
            pinned: frozenset[str] = frozenset()
            if store.documents is not None and not store.in_entries and bound.small:
                pinned = pinned_keys(self.engine, reader, bound.small[0], store.base.shapes[0], name)
            views[name] = store.view(pinned)
        return views
