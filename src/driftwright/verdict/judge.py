"""Judge one fact: combine replay, capture, invariants and fallback into one verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from driftwright.base.path import EACH_ITEM, Path, StorePath
from driftwright.base.terms import Basis, Effect, Quality, Verdict
from driftwright.impact import (
    Baseline,
    CaptureRun,
    CompiledFact,
    Fallback,
    Impact,
    Reading,
    Situation,
    Trace,
    Walking,
    Work,
    assess_impact,
    calls,
    run_on_capture,
    touches,
    trace,
    walk,
    walk_capture,
)
from driftwright.report import AgreementFound, Evidence, FactFound, InvariantFound, Unseen, fingerprint
from driftwright.structure import Change, read_described_change
from driftwright.verdict.case import Case, Subject
from driftwright.verdict.ledger import beside
from driftwright.verdict.shown import (
    effect_said,
    evidence_of_capture,
    evidence_of_replay,
    fallback_shown,
    sources_shown,
    stores_shown,
)
from driftwright.workspace import Invariant


@dataclass(frozen=True, slots=True)
class Judged:
    """A fact's verdict with its evidence, before it becomes a part of the report."""

    verdict: Verdict
    effect: Effect
    basis: Basis
    because: tuple[str, ...]
    evidence: Evidence | None
    fallback: Fallback


def prepare(case: Case, subjects: Sequence[Subject]) -> None:
    """Run in one call of V8 all work that judging these facts needs in any case; later runs are answered from it."""
    case.engine.prepare([work for subject in subjects for work in _list_work(case, subject)])


def _list_work(case: Case, subject: Subject) -> Iterator[Work]:
    fact, reader = subject.fact, subject.fact.primary
    good = calls(reader.function, subject.good)
    yield Reading(reader.program, good, traced=True)
    yield Reading(reader.program, good)
    yield Walking(fact.program, [situation.argument() for situation in subject.good])
    between = {name for agreement in fact.fact.agreements for name in agreement.between}
    compared = [fact.derive[name] for name in between if name in fact.derive and fact.derive[name] != reader]
    for asked in (reader, *compared, *fact.holds.values()):
        yield Reading(asked.program, calls(asked.function, subject.captured))
    if case.changes:
        yield from _list_work_of_changes(case, subject)


def _list_work_of_changes(case: Case, subject: Subject) -> Iterator[Work]:
    """Yield the work that is needed only where something changed: traces, and runs after all changes together."""
    fact, reader = subject.fact, subject.fact.primary
    for asked in beside(fact):
        yield Reading(asked.program, calls(asked.function, subject.good), traced=True)
    pairs = [(before, after) for before in subject.good for after in before.after(case.replayable)[0]]
    for warm in ((), [before for before, _ in pairs]):
        yield Reading(reader.program, calls(reader.function, [after for _, after in pairs], warm))
    yield Walking(fact.program, [after.argument() for _, after in pairs])


def judge(case: Case, subject: Subject) -> FactFound:
    """Judge one fact."""
    fact, good, captured = subject.fact, subject.good, subject.captured
    traced = trace(case.engine, fact.primary, good, case.generalise)
    changes = case.replayable
    impact = assess_impact(case.engine, fact.primary, good, changes)
    known_good = Baseline(traced.answers, frozenset(traced.present), lambda read: _is_changed(case, read))
    hurt = impact.effect is not Effect.SAME  # only then another branch of the reader matters
    run = run_on_capture(case.engine, fact, captured, known_good, case.generalise if hurt else None)
    fallback = walk(case.engine, fact, good, changes)
    unseen = _find_unseen(case, fact, traced, bound=bool(captured))
    judged = _combine_evidence(case, fact, (good, captured), (impact, run, fallback))
    if judged.verdict is Verdict.INTACT and unseen is not None:
        judged = replace(judged, verdict=Verdict.UNSEEN, basis=Basis.NONE)
    # What was not seen is reported only with the verdict `unseen`.
    return _build_fact(fact, judged, run, unseen if judged.verdict is Verdict.UNSEEN else None, traced)


def _is_changed(case: Case, read: StorePath) -> bool:
    return any(
        touches(read, change.store, change.path, inside_entry=bool(case.observed[change.store].store.placeholder))
        for change in case.changes.values()
        if change.rule.operator != "none"
    )


_Parts = tuple[Impact, CaptureRun, Fallback]
_Situations = tuple[Sequence[Situation], Sequence[Situation]]


def _combine_evidence(case: Case, fact: CompiledFact, situations: _Situations, parts: _Parts) -> Judged:
    """Return the verdict of all changes together; a run on the capture that throws or uses another branch overrides."""
    impact, run, fallback = parts
    good, captured = situations
    broken = next((invariant for invariant in run.invariants if invariant.held is False), None)
    if run.thrown is not None and impact.effect is not Effect.THROWS:
        evidence = evidence_of_capture(run.thrown)
        if impact.effect is Effect.SAME:
            fallback = walk_capture(case.engine, fact, captured)
        return _make_judgement(Effect.THROWS, Basis.CAPTURE, _change_ids(case, impact.because), evidence, fallback)
    if impact.effect is not Effect.SAME and not run.other_branch:
        return _make_judgement(
            impact.effect, Basis.REPLAY, _change_ids(case, impact.because), evidence_of_replay(impact.proof), fallback
        )
    if run.odd is not None and impact.effect is Effect.SAME:
        evidence = evidence_of_capture(run.odd)
        return _make_judgement(Effect.UNAVAILABLE, Basis.CAPTURE, (), evidence, fallback)
    if broken is not None:
        return _judge_by_invariant(case, fact, good, broken.name)
    verdict = Verdict.INTACT
    if fallback.level is not Quality.FULL and impact.tried and _is_worse_served(case, fact, good, fallback):
        verdict = Verdict.DEGRADED if fallback.right else Verdict.BROKEN
    return Judged(verdict, Effect.SAME, _basis_of_intact(impact, run), (), None, fallback)


def _basis_of_intact(impact: Impact, run: CaptureRun) -> Basis:
    if impact.tried:
        return Basis.REPLAY
    return Basis.CAPTURE if run.answers else Basis.NONE


def _is_worse_served(case: Case, fact: CompiledFact, good: Sequence[Situation], fallback: Fallback) -> bool:
    """Whether the fallback after the changes is worse than on the known-good stores."""
    before = walk(case.engine, fact, good, ())
    return (before.level, before.right) != (fallback.level, fallback.right)


def _make_judgement(
    effect: Effect, basis: Basis, because: tuple[str, ...], evidence: Evidence | None, fallback: Fallback
) -> Judged:
    return Judged(Verdict.DEGRADED if fallback.serves else Verdict.BROKEN, effect, basis, because, evidence, fallback)


def _judge_by_invariant(case: Case, fact: CompiledFact, good: Sequence[Situation], name: str) -> Judged:
    """Return the judgement of a fact with a broken invariant: its replay shows the effect and the fallback."""
    invariant = next(item for item in fact.fact.invariants if item.name == name)
    change = invariant_change(invariant)
    if change is not None:
        impact = assess_impact(case.engine, fact.primary, good, (change,))
        fallback = walk(case.engine, fact, good, (change,))
        if impact.effect is not Effect.SAME:
            return _make_judgement(impact.effect, Basis.INVARIANT, (), evidence_of_replay(impact.proof), fallback)
        if fallback.right:
            return Judged(Verdict.INTACT, Effect.SAME, Basis.INVARIANT, (), None, fallback)
    fallback = walk(case.engine, fact, good, ())
    return Judged(Verdict.BROKEN, Effect.SILENT, Basis.INVARIANT, (), None, replace(fallback, right=None))


def invariant_change(invariant: Invariant) -> Change | None:
    """Return the change that breaks an invariant, as its contract describes it; None when it describes none.

    Raises:
        InputFault: The description is not one of a change.
    """
    return read_described_change(invariant.replay, f"invariant {invariant.name!r}.replay")


def _change_ids(case: Case, changes: Sequence[Change]) -> tuple[str, ...]:
    return tuple(name for name, change in case.changes.items() if any(change is other for other in changes))


def _find_unseen(case: Case, fact: CompiledFact, traced: Trace, *, bound: bool) -> Unseen | None:
    paths: list[str] = []
    for store in sorted({read.store for read in traced.reads}):
        observed = case.observed.get(store)
        if observed is None:
            continue
        if observed.found in ("missing", "empty"):
            paths.append(f"{store}:/")
            continue
        hidden = [path.steps[1:] if observed.store.placeholder else path.steps for path in observed.comparison.unseen]
        paths += sorted({f"{store}:{Path(steps)}" for steps in hidden if _is_read_below(traced, store, Path(steps))})
    if not paths and (bound or case.captured is None):
        return None
    return Unseen(tuple(paths), fact.fact.to_see)


def _is_read_below(traced: Trace, store: str, path: Path) -> bool:
    """Whether a reader finds anything at or below a path on known-good stores."""
    whole = Path(path.steps[:-1]) if path.last == EACH_ITEM else path
    return any(
        read.store == store and read.path.within(whole) and observation.present
        for read, observation in traced.reads.items()
    )


def _build_fact(fact: CompiledFact, judged: Judged, run: CaptureRun, unseen: Unseen | None, traced: Trace) -> FactFound:
    contract, fallback = fact.fact, judged.fallback
    return FactFound(
        name=contract.name,
        title=contract.title,
        shown=contract.shown,
        phase=contract.phase,
        verdict=judged.verdict,
        effect=judged.effect,
        basis=judged.basis,
        because=judged.because,
        says=_say_verdict(judged, run),
        sources=sources_shown(contract, fallback),
        fallback=fallback_shown(fallback),
        evidence=judged.evidence,
        invariants=tuple(
            InvariantFound(invariant.name, invariant.held, stores_shown(invariant.shows) if invariant.shows else None)
            for invariant in run.invariants
        ),
        agreements=tuple(
            AgreementFound(agreement.name, agreement.held, agreement.says) for agreement in run.agreements
        ),
        unseen=unseen,
        next=_next_step(judged, unseen),
        reads=tuple(str(read) for read in traced.ends),
        fingerprint=fingerprint(contract.name),  # until its findings are named
    )


def _say_verdict(judged: Judged, run: CaptureRun) -> str:
    """Return the verdict as one sentence."""
    if judged.effect is not Effect.SAME:
        broken = next((invariant.name for invariant in run.invariants if invariant.held is False), "")
        shown = judged.effect is Effect.SILENT and judged.basis is Basis.INVARIANT and broken
        return effect_said(judged.effect) + (f" ({broken!r} does not hold)" if shown else "")
    if judged.verdict is Verdict.UNSEEN:
        return "the capture shows too little to judge this"
    if judged.verdict is not Verdict.INTACT:
        return "the reading code still answers as before, but its guard does not trust the store any more"
    return "the reading code answers as before"


def _next_step(judged: Judged, unseen: Unseen | None) -> str:
    if judged.verdict is Verdict.UNSEEN and unseen is not None:
        return unseen.to_see or "show it in the app and capture again"
    if judged.verdict is Verdict.BROKEN:
        return "mend the reader, or add a source that survives this change, then run prove"
    if judged.verdict is Verdict.DEGRADED:
        return "mend the reader for the new structure; until then the fallback serves"
    return ""
