"""The judgement of one derived fact: impact, capture, invariants and fallback brought to one verdict."""

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
    """A fact's judgement while it is being formed."""

    verdict: Verdict
    effect: Effect
    basis: Basis
    because: tuple[str, ...]
    evidence: Evidence | None
    fallback: Fallback


def prepare(case: Case, subjects: Sequence[Subject]) -> None:
    """Run in one crossing what judging these facts asks for in any case."""
    case.engine.prepare([work for subject in subjects for work in _work(case, subject)])


def _work(case: Case, subject: Subject) -> Iterator[Work]:
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
        yield from _changed_work(case, subject)


def _changed_work(case: Case, subject: Subject) -> Iterator[Work]:
    """What is asked only where something changed: who reads there, and what a reader makes of all changes together."""
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
    known = Baseline(traced.answers, frozenset(traced.present), lambda read: _is_changed(case, read))
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
        evidence = evidence_of_capture(run.thrown)
        if impact.effect is Effect.SAME:
            fallback = walk_capture(case.engine, fact, captured)
        return _judged(Effect.THROWS, Basis.CAPTURE, _ids(case, impact.because), evidence, fallback)
    if impact.effect is not Effect.SAME and not run.other_branch:
        return _judged(
            impact.effect, Basis.REPLAY, _ids(case, impact.because), evidence_of_replay(impact.proof), fallback
        )
    if run.odd is not None and impact.effect is Effect.SAME:
        evidence = evidence_of_capture(run.odd)
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
    return Judged(Verdict.DEGRADED if fallback.serves else Verdict.BROKEN, effect, basis, because, evidence, fallback)


def _by_invariant(case: Case, fact: CompiledFact, good: Sequence[Situation], name: str) -> Judged:
    """A broken invariant says that the answer is wrong; its replay shows how, and what the fallback then gives."""
    invariant = next(item for item in fact.fact.invariants if item.name == name)
    change = invariant_change(invariant)
    if change is not None:
        impact = assess_impact(case.engine, fact.primary, good, (change,))
        fallback = walk(case.engine, fact, good, (change,))
        if impact.effect is not Effect.SAME:
            return _judged(impact.effect, Basis.INVARIANT, (), evidence_of_replay(impact.proof), fallback)
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


def _ids(case: Case, changes: Sequence[Change]) -> tuple[str, ...]:
    return tuple(name for name, change in case.changes.items() if any(change is other for other in changes))


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
        sources=sources_shown(contract, fallback),
        fallback=fallback_shown(fallback),
        evidence=judged.evidence,
        invariants=tuple(
            InvariantFound(held.name, held.held, stores_shown(held.shows) if held.shows else None)
            for held in run.invariants
        ),
        agreements=tuple(AgreementFound(held.name, held.held, held.says) for held in run.agreements),
        unseen=unseen,
        next=_next(judged, unseen),
        reads=tuple(str(read) for read in traced.ends),
        fingerprint=fingerprint(contract.name),  # until its findings are named
    )


def _says(judged: Judged, run: CaptureRun) -> str:
    """One sentence in plain words."""
    if judged.effect is not Effect.SAME:
        broken = next((held.name for held in run.invariants if held.held is False), "")
        shown = judged.effect is Effect.SILENT and judged.basis is Basis.INVARIANT and broken
        return effect_said(judged.effect) + (f" ({broken!r} does not hold)" if shown else "")
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
