"""The judgement of one derived fact: impact, capture, invariants and fallback brought to one verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.change import Change
from driftwright.contract import Invariant
from driftwright.fallback import Fallback, walk, walk_capture
from driftwright.impact import CaptureRun, Impact, Situation, assess, run_on_capture, situations
from driftwright.impact.capture import Known
from driftwright.impact.judge import failed
from driftwright.impact.readers import CompiledFact
from driftwright.javascript import Answer, Engine
from driftwright.observed import Observed
from driftwright.path import EACH_ITEM, Path
from driftwright.reads import Generaliser, StorePath, Trace, touches, trace
from driftwright.replay import MISSING
from driftwright.report import (
    AgreementFound,
    AnswerShown,
    Evidence,
    FactFound,
    FallbackFound,
    InvariantFound,
    SourceFound,
    Unseen,
    fingerprint,
)
from driftwright.rules import rule_for
from driftwright.terms import Basis, Effect, Quality, Verdict


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that the facts of one capture are judged by.

    Args:
        engine: V8.
        moments: Known-good stores.
        captured: The stores as readers see them in the capture; None to judge by replay alone.
        observed: The captured stores by name.
        changes: The changes of all stores with the ids they are reported under.
        generalise: Generalises reads.
    """

    engine: Engine
    moments: tuple[Situation, ...]
    captured: Situation | None
    observed: Mapping[str, Observed]
    changes: Mapping[str, Change]
    generalise: Generaliser


@dataclass(frozen=True, slots=True)
class Judged:
    """A fact's judgement while it is being formed."""

    verdict: Verdict
    effect: Effect
    basis: Basis
    because: tuple[str, ...]
    evidence: Evidence | None
    fallback: Fallback


def judge(case: Case, fact: CompiledFact) -> FactFound:
    """Judge one fact."""
    good = situations(fact.fact, case.moments)
    traced = trace(case.engine, fact.primary, good, case.generalise)
    changes = tuple(case.changes.values())
    impact = assess(case.engine, fact.primary, good, changes)
    captured = situations(fact.fact, [case.captured]) if case.captured else ()
    known = Known(traced.answers, frozenset(traced.present), lambda read: _is_changed(case, read))
    hurt = impact.effect is not Effect.SAME  # only then it matters whether the reader serves by another branch
    run = run_on_capture(case.engine, fact, captured, known, case.generalise if hurt else None)
    fallback = walk(case.engine, fact, good, changes)
    unseen = _unseen(case, fact, traced, bound=bool(captured))
    judged = _brought_together(case, fact, (good, captured), (impact, run, fallback))
    if judged.verdict is Verdict.INTACT and unseen is not None:
        judged = replace(judged, verdict=Verdict.UNSEEN, basis=Basis.NONE)
    # What was not seen explains a verdict of `unseen`; of any other verdict it is no part.
    return _reported(fact, judged, run, unseen if judged.verdict is Verdict.UNSEEN else None, traced)


def _is_changed(case: Case, read: StorePath) -> bool:
    return any(
        touches(read, change.store, change.path, inside_entry=bool(case.observed[change.store].store.placeholder))
        for change in case.changes.values()
        if change.rule.operator != "none"
    )


_Parts = tuple[Impact, CaptureRun, Fallback]
_Seen = tuple[Sequence[Situation], Sequence[Situation]]


def _brought_together(case: Case, fact: CompiledFact, seen: _Seen, parts: _Parts) -> Judged:
    """All changes together decide; the capture raises by what throws, and clears what serves by another branch."""
    impact, run, fallback = parts
    good, captured = seen
    broken = next((held for held in run.invariants if held.held is False), None)
    if run.thrown is not None and impact.effect is not Effect.THROWS:
        evidence = _capture_evidence(run.thrown)
        if impact.effect is Effect.SAME:
            fallback = walk_capture(case.engine, fact, captured)
        return _judged(Effect.THROWS, Basis.CAPTURE, _ids(case, impact.because), evidence, fallback)
    if impact.effect is not Effect.SAME and not run.other_branch:
        return _judged(impact.effect, Basis.REPLAY, _ids(case, impact.because), _proof(impact), fallback)
    if run.odd is not None and impact.effect is Effect.SAME:
        evidence = _capture_evidence(run.odd)
        return _judged(Effect.UNAVAILABLE, Basis.CAPTURE, (), evidence, fallback)
    if broken is not None:
        return _by_invariant(case, fact, good, broken.name)
    verdict = Verdict.INTACT
    if fallback.level is not Quality.FULL and impact.tried and _stepped_down(case, fact, good, fallback):
        verdict = Verdict.DEGRADED if fallback.right else Verdict.BROKEN
    return Judged(verdict, Effect.SAME, _basis_of_intact(impact, run), (), None, fallback)


def _basis_of_intact(impact: Impact, run: CaptureRun) -> Basis:
    if impact.tried:
        return Basis.REPLAY
    return Basis.CAPTURE if run.answers else Basis.NONE


def _stepped_down(case: Case, fact: CompiledFact, good: Sequence[Situation], fallback: Fallback) -> bool:
    """Whether the resolver serves worse after the changes than it does on the known-good stores."""
    before = walk(case.engine, fact, good, ())
    return (before.level, before.right) != (fallback.level, fallback.right)


def _judged(
    effect: Effect, basis: Basis, because: tuple[str, ...], evidence: Evidence | None, fallback: Fallback
) -> Judged:
    served = fallback.right is not False and fallback.level is not Quality.UNAVAILABLE
    return Judged(Verdict.DEGRADED if served else Verdict.BROKEN, effect, basis, because, evidence, fallback)


def _by_invariant(case: Case, fact: CompiledFact, good: Sequence[Situation], name: str) -> Judged:
    """A broken invariant says that the answer is wrong; its replay shows how, and what the fallback then gives."""
    invariant = next(item for item in fact.fact.invariants if item.name == name)
    change = invariant_change(invariant)
    if change is not None:
        impact = assess(case.engine, fact.primary, good, (change,))
        fallback = walk(case.engine, fact, good, (change,))
        if impact.effect is not Effect.SAME:
            return _judged(impact.effect, Basis.INVARIANT, (), _proof(impact), fallback)
        if fallback.right:
            return Judged(Verdict.INTACT, Effect.SAME, Basis.INVARIANT, (), None, fallback)
    fallback = walk(case.engine, fact, good, ())
    return Judged(Verdict.BROKEN, Effect.SILENT, Basis.INVARIANT, (), None, replace(fallback, right=None))


def invariant_change(invariant: Invariant) -> Change | None:
    """Return the change that breaks an invariant, as its contract describes it; None when it describes none."""
    rule = rule_for("moment", "unfinished")
    where = str(invariant.replay.get("at", ""))
    if rule is None or ":" not in where:
        return None
    store, _, text = where.partition(":")
    path = Path.parse(text)
    message = rule.message.format(path=path, to=None, before="", after="")
    return Change(rule, store, path, None, "", "", message, dict(invariant.replay))


def _ids(case: Case, changes: Sequence[Change]) -> tuple[str, ...]:
    return tuple(name for name, change in case.changes.items() if any(change is other for other in changes))


def _proof(impact: Impact) -> Evidence | None:
    proof = impact.proof
    if proof is None:
        return None
    after = proof.answer_after
    return Evidence(
        moment=proof.before.moment,
        param=dict(proof.before.params),
        store=_shown(proof.after),
        store_before=_shown(proof.before),
        before=_answer(proof.answer_before),
        after=None if failed(after) else _answer(after),
        error=after.text if failed(after) else None,
    )


def _capture_evidence(found: tuple[Situation, Answer]) -> Evidence:
    situation, answer = found
    return Evidence(
        moment=situation.moment,
        param=dict(situation.params),
        store=_shown(situation),
        store_before=None,
        before=None,
        after=None if failed(answer) else _answer(answer),
        error=answer.text if failed(answer) else None,
    )


def _answer(answer: Answer) -> AnswerShown:
    return AnswerShown(answer.type or answer.kind, answer.preview)


def _shown(situation: Situation) -> dict[str, Any]:
    """The stores that matter: those that are there, or that the change took away."""
    return {
        name: ("(gone)" if value is MISSING else value) for name, value in situation.stores.items() if value is not None
    }


def _unseen(case: Case, fact: CompiledFact, traced: Trace, *, bound: bool) -> Unseen | None:
    paths: list[str] = []
    for store in sorted({read.store for read in traced.reads}):
        observed = case.observed.get(store)
        if observed is None:
            continue
        if observed.found in ("missing", "empty"):
            paths.append(f"{store}:/")
            continue
        hidden = [path.steps[1:] if observed.store.placeholder else path.steps for path in observed.comparison.unseen]
        paths += sorted({f"{store}:{Path(steps)}" for steps in hidden if _read_below(traced, store, Path(steps))})
    if not paths and (bound or case.captured is None):
        return None
    return Unseen(tuple(paths), fact.fact.to_see)


def _read_below(traced: Trace, store: str, path: Path) -> bool:
    """Whether anything that is found on known-good stores lies at or below a path."""
    whole = Path(path.steps[:-1]) if path.last == EACH_ITEM else path
    return any(read.store == store and read.path.within(whole) and seen.present for read, seen in traced.reads.items())


def _reported(fact: CompiledFact, judged: Judged, run: CaptureRun, unseen: Unseen | None, traced: Trace) -> FactFound:
    contract, fallback = fact.fact, judged.fallback
    lost = {source.name: source.lost for source in contract.sources}
    return FactFound(
        name=contract.name,
        title=contract.title,
        shown=contract.shown,
        phase=contract.phase,
        verdict=judged.verdict,
        effect=judged.effect,
        basis=judged.basis,
        because=judged.because,
        says=_says(judged, run),
        sources=tuple(
            SourceFound(state.name, state.level, state.state, lost[state.name] or None, state.why or None)
            for state in fallback.sources
        ),
        fallback=FallbackFound(fallback.level, fallback.source or None, fallback.lost or None, fallback.right),
        evidence=judged.evidence,
        invariants=tuple(
            InvariantFound(held.name, held.held, _shown(held.shows) if held.shows else None) for held in run.invariants
        ),
        agreements=tuple(AgreementFound(held.name, held.held, held.says) for held in run.agreements),
        unseen=unseen,
        next=_next(judged, unseen),
        reads=tuple(str(read) for read in traced.ends),
        fingerprint=fingerprint(contract.name),  # until its findings are named
    )


def _says(judged: Judged, run: CaptureRun) -> str:
    """One sentence in plain words."""
    match judged.effect:
        case Effect.THROWS:
            return "the reading code throws, so there is no answer at all"
        case Effect.UNAVAILABLE:
            return "the reading code finds nothing where it found an answer before"
        case Effect.SILENT:
            broken = next((held.name for held in run.invariants if held.held is False), "")
            why = f" ({broken!r} does not hold)" if judged.basis is Basis.INVARIANT and broken else ""
            return f"the reading code gives a wrong answer without any error{why}"
    if judged.verdict is Verdict.UNSEEN:
        return "the capture shows too little to judge this"
    if judged.verdict is not Verdict.INTACT:
        return "the reading code still answers as before, but its guard does not trust the store any more"
    return "the reading code answers as before"


def _next(judged: Judged, unseen: Unseen | None) -> str:
    if judged.verdict is Verdict.UNSEEN and unseen is not None:
        return unseen.to_see or "show it in the app and capture again"
    if judged.verdict is Verdict.BROKEN:
        return "mend the reader, or add a source that survives this change, then run prove"
    if judged.verdict is Verdict.DEGRADED:
        return "mend the reader for the new structure; until then the fallback serves"
    return ""
