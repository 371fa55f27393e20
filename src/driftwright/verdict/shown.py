"""Build the parts of a judgement for a report: evidence, effect, sources and fallback."""

from __future__ import annotations

from typing import Any

from driftwright.base.terms import Effect
from driftwright.impact import Answer, Fallback, Proof, Situation, failed
from driftwright.report import AnswerShown, DifferenceShown, Evidence, FallbackFound, SourceFound, differences
from driftwright.structure import MISSING
from driftwright.workspace import Fact


def evidence_of_replay(proof: Proof | None, *, compared: bool = True) -> Evidence | None:
    """Return the evidence of a replay; None without a proof.

    Args:
        proof: The smallest situation that shows an effect.
        compared: Whether to tell where its stores differ; what does that takes a tenth of a second to import.
    """
    if proof is None:
        return None
    after = proof.answer_after
    before_stores, after_stores = stores_shown(proof.before), stores_shown(proof.after)
    return Evidence(
        moment=proof.before.moment,
        param=dict(proof.before.params),
        store=after_stores,
        store_before=before_stores,
        before=_show_answer(proof.answer_before),
        after=None if failed(after) else _show_answer(after),
        error=after.text if failed(after) else None,
        zone=proof.zone,
        differences=tuple(
            DifferenceShown(difference.what, _place_in_store(difference.at), difference.before, difference.after)
            for difference in (differences(before_stores, after_stores) if compared else ())
        ),
    )


def evidence_of_capture(run: tuple[Situation, Answer]) -> Evidence:
    """Return the evidence of a run on the capture."""
    situation, answer = run
    return Evidence(
        moment=situation.moment,
        param=dict(situation.params),
        store=stores_shown(situation),
        store_before=None,
        before=None,
        after=None if failed(answer) else _show_answer(answer),
        error=answer.text if failed(answer) else None,
    )


def sources_shown(fact: Fact, fallback: Fallback) -> tuple[SourceFound, ...]:
    """Return the state of each source of a fact."""
    lost = {source.name: source.lost for source in fact.sources}
    return tuple(
        SourceFound(state.name, state.level, state.state, lost[state.name] or None, state.why or None)
        for state in fallback.sources
    )


def fallback_shown(fallback: Fallback) -> FallbackFound:
    """Return the fallback of a fact."""
    return FallbackFound(fallback.level, fallback.source or None, fallback.lost or None, fallback.right)


def effect_clause(effect: Effect) -> str:
    """Return a clause that says what a reader does that no longer answers as before."""
    match effect:
        case Effect.THROWS:
            return "the reading code throws, so there is no answer at all"
        case Effect.UNAVAILABLE:
            return "the reading code finds nothing where it found an answer before"
    return "the reading code gives a wrong answer without any error"


def stores_shown(situation: Situation) -> dict[str, Any]:
    """Return the stores that are present, and those that the change removed as `(gone)`."""
    return {
        name: ("(gone)" if value is MISSING else value) for name, value in situation.stores.items() if value is not None
    }


def _place_in_store(at: str) -> str:
    """Return a path through all stores as a path of one store: `/site/state` becomes `site:/state`."""
    store, _, rest = at.removeprefix("/").partition("/")
    return f"{store}:/{rest}"


def _show_answer(answer: Answer) -> AnswerShown:
    return AnswerShown(answer.type or answer.kind, answer.preview)
