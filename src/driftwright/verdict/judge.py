"""Judge one fact: combine replay, capture, invariants and fallback into one verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from driftwright.base.terms import Basis, Effect, Quality, Verdict
from driftwright.impact import (
    CaptureRun,
    CompiledFact,
    Fallback,
    Held,
    Reader,
    Reading,
    Situation,
    Trace,
    Walking,
    Work,
    all_within,
    assess_impact,
    calls,
    failed,
    fallback_of_walks,
    run_on_capture,
    smallest_throw,
    trace,
    walk,
    walk_capture,
    work_before,
)
from driftwright.report import AgreementFound, Evidence, FactFound, InvariantFound, Unseen, fingerprint
from driftwright.structure import Change, read_described_change
from driftwright.verdict.case import Case, Subject
from driftwright.verdict.ledger import beside
from driftwright.verdict.promised import promised
from driftwright.verdict.reader_verdict import ReaderVerdict
from driftwright.verdict.shown import (
    effect_clause,
    evidence_of_capture,
    evidence_of_replay,
    fallback_shown,
    sources_shown,
    stores_shown,
)
from driftwright.verdict.too_large import undecided, unseen_by
from driftwright.verdict.tracing import is_large
from driftwright.verdict.unhidden import is_another, run_in_the_page, walks_in_the_page
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
    says: str = ""


def prepare(case: Case, subjects: Sequence[Subject]) -> None:
    """Run in one call of V8 all work that judging these facts needs in any case; later runs are answered from it."""
    case.engine.prepare([work for subject in subjects for work in _list_work(case, subject)])


def _list_work(case: Case, subject: Subject) -> Iterator[Work]:
    fact, reader = subject.fact, subject.fact.primary
    good = calls(reader.function, subject.good)
    yield Reading(reader.program, good, traced=True)
    yield from work_before(fact, subject.good)
    if not any(map(is_large, subject.bound.captured)):
        yield Reading(reader.program, calls(reader.function, subject.bound.captured), traced=True)
        if subject.bound.alike:
            yield Reading(reader.program, calls(reader.function, subject.bound.alike), traced=True)
    yield Walking(fact.program, [situation.argument() for situation in subject.captured])
    for agreement in fact.fact.agreements:
        if agreement.window is not None:
            over = all_within(agreement.window, subject.captured)
            for asked in (fact.derive[name] for name in agreement.between if name in fact.derive):
                yield Reading(asked.program, calls(asked.function, over))
    between = {name for agreement in fact.fact.agreements for name in agreement.between}
    compared = [fact.derive[name] for name in between if name in fact.derive and fact.derive[name] != reader]
    beside_it = (*compared, *fact.holds.values())
    for asked in (reader, *beside_it):
        yield Reading(asked.program, calls(asked.function, subject.captured))
    if any(item.absence for item in case.observed.values()):  # then each is asked which stores it reads
        for asked in beside_it:
            yield Reading(asked.program, calls(asked.function, subject.good), traced=True)
    if case.changes:
        for asked in beside(fact):
            yield Reading(asked.program, calls(asked.function, subject.good), traced=True)


def judge_facts(
    case: Case, subjects: Sequence[Subject], progress: Callable[[str], None] = lambda _: None
) -> tuple[Case, tuple[FactFound, ...]]:
    """Judge facts.

    Args:
        case: The capture.
        subjects: The facts.
        progress: Called with a short phrase before each.

    Returns:
        The case, in whose list of changes stand also those that only a reader sees which asks for keys by name; and the
        judgement of each fact.
    """
    verdicts = []
    subjects = [_without_absent(case, subject) for subject in subjects]
    for subject in subjects:
        progress(f"judging {subject.fact.fact.name}")
        verdicts.append(case.bench.judge(subject.fact.primary, subject.bound))
    case = case.listing([change for verdict in verdicts for change in verdict.because])
    case = replace(case, weak=tuple(change for verdict in verdicts for change in verdict.weak))
    pairs = zip(subjects, verdicts, strict=True)
    return case, tuple(_judge_and_close(case, subject, verdict) for subject, verdict in pairs)


def _judge_and_close(case: Case, subject: Subject, reader: ReaderVerdict) -> FactFound:
    fact = _judge(case, subject, reader)
    return replace(fact, closure=reader.closure, second_opinion=reader.second_opinion)


def _without_absent(case: Case, subject: Subject) -> Subject:
    """Return the subject without the capture where its reader asks for a store whose absence is no drift.

    What a reader does without a store says nothing of how the page writes that store; what replay says still counts.
    """
    if not _absent_reads(case, subject, subject.fact.primary):
        return subject
    return replace(subject, bound=replace(subject.bound, captured=(), kinds=(), alike=()))


def _absent_reads(case: Case, subject: Subject, *readers: Reader) -> list[str]:
    """Return the names of the stores whose absence is no drift and that a reader reads on known-good stores."""
    absent = {name for name, item in case.observed.items() if item.absence}
    if not absent:
        return []
    traces = (trace(case.engine, reader, subject.good, case.generalise) for reader in readers)
    return sorted(absent & {read.store for traced in traces for read in traced.reads})


def _run_on_present(case: Case, subject: Subject) -> CaptureRun:
    """Run invariants and agreements on the capture; those that ask for a store that is absent say nothing."""
    fact = subject.fact
    run = run_on_capture(case.engine, fact, subject.captured if case.run_on is not None else ())
    run = run_in_the_page(run, subject.in_page)

    def decided(held: Held, readers: Iterable[Reader]) -> Held:
        return Held(held.name, held=None) if _absent_reads(case, subject, *readers) else held

    between = (
        [fact.derive[name] for name in agreement.between if name in fact.derive] for agreement in fact.fact.agreements
    )
    return CaptureRun(
        invariants=tuple(decided(held, [fact.holds[held.name]]) for held in run.invariants),
        agreements=tuple(decided(held, readers) for held, readers in zip(run.agreements, between, strict=True)),
    )


def _judge(case: Case, subject: Subject, reader: ReaderVerdict) -> FactFound:
    fact, good = subject.fact, subject.good
    traced = trace(case.engine, fact.primary, good, case.generalise)
    run = undecided(case, subject, _run_on_present(case, subject))
    fallback = walk(case.engine, fact, good, case.replayable, case.absent)
    unseen = _find_unseen(case, fact, traced, reader, bound=bool(subject.captured))
    too_large = unseen_by(case, traced)
    if too_large is not None and not reader.because:
        # What the reader does without the store says nothing of what it would do with it.
        judged = Judged(Verdict.UNSEEN, Effect.SAME, Basis.NONE, (), None, fallback)
        return _build_fact(fact, judged, run, too_large, traced)
    judged = _combine_evidence(case, subject, reader, (run, fallback, unseen))
    judged = replace(judged, fallback=promised(case, subject, judged.fallback))
    if judged.verdict is Verdict.INTACT and unseen is not None:
        judged = replace(judged, verdict=Verdict.UNSEEN, basis=Basis.NONE)
    if judged.verdict is Verdict.UNSEEN and unseen is None:
        unseen = Unseen((), fact.fact.to_see)
    absent = _absent_reads(case, subject, fact.primary)
    if judged.verdict is Verdict.UNSEEN and absent:
        judged = replace(judged, says="; ".join(f"{name}: {case.observed[name].absence}" for name in absent))
    # What was not seen is reported only with the verdict `unseen`.
    return _build_fact(fact, judged, run, unseen if judged.verdict is Verdict.UNSEEN else None, traced)


_Parts = tuple[CaptureRun, Fallback, Unseen | None]


def _combine_evidence(case: Case, subject: Subject, reader: ReaderVerdict, parts: _Parts) -> Judged:
    """Return the verdict: what became of the first source, then invariants, then which source serves instead."""
    run, fallback, unseen = parts
    fact, good = subject.fact, subject.good
    because = case.ids(reader.because)
    is_gone = unseen is not None and reader.basis is Basis.CAPTURE and reader.effect is Effect.UNAVAILABLE
    if reader.verdict in (Verdict.BROKEN, Verdict.DEGRADED) and not is_gone:
        evidence = evidence_of_replay(reader.proof)
        if reader.at is not None:
            evidence = _evidence_on_capture(case, subject, reader)
            if not reader.because:
                fallback = _walk_on_capture(case, subject, subject.captured)
        return _make_judgement(reader, because, evidence, _distrusted(fallback, fact))
    broken = next((invariant for invariant in run.invariants if invariant.held is False), None)
    if broken is not None:
        return _judge_by_invariant(case, fact, good, broken.name)
    if reader.verdict is not Verdict.INTACT:
        return Judged(Verdict.UNSEEN, Effect.SAME, Basis.NONE, (), None, fallback, reader.says)
    verdict = Verdict.INTACT
    usual = walk(case.engine, fact, good, (), case.absent) if case.replayable else fallback
    if subject.bound.captured:
        captured = _walk_on_capture(case, subject, subject.bound.captured)
        if not _is_lower(captured, usual):
            return Judged(verdict, Effect.SAME, reader.basis, (), None, usual)
        if not any(source.level is Quality.DEGRADED for source in fact.fact.sources):
            # Nothing else could serve: a guard that refuses what its reader reads rightly is the guard's own fault.
            says = "the reading code answers rightly; its guard is stricter than it needs, and lets nothing through"
            return Judged(verdict, Effect.SAME, reader.basis, (), None, usual, says)
        fallback = fallback if _is_lower(fallback, usual) else captured
        verdict = Verdict.DEGRADED if fallback.serves else Verdict.BROKEN
    elif case.replayable and (usual.level, usual.right) != (fallback.level, fallback.right):
        verdict = Verdict.DEGRADED if fallback.right else Verdict.BROKEN
    return Judged(verdict, Effect.SAME, reader.basis, (), None, fallback)


def _walk_on_capture(case: Case, subject: Subject, captured: Sequence[Situation]) -> Fallback:
    """Return the walk down the sources on the capture, as the page itself tells it where it does."""
    page_walks = tuple(walks_in_the_page(subject.fact, subject.in_page))
    return (
        fallback_of_walks(subject.fact, page_walks) if page_walks else walk_capture(case.engine, subject.fact, captured)
    )


def _is_lower(fallback: Fallback, usual: Fallback) -> bool:
    """Whether a source of a lower level serves."""
    return _LEVELS.index(fallback.level) > _LEVELS.index(usual.level)


_LEVELS = (Quality.FULL, Quality.DEGRADED, Quality.UNAVAILABLE)


def _evidence_on_capture(case: Case, subject: Subject, reader: ReaderVerdict) -> Evidence:
    """Return the evidence of a run on the capture, from what of it may be shown."""
    thrown = smallest_throw(case.engine, subject.fact.primary, subject.captured)
    if reader.effect is Effect.THROWS and thrown is not None:
        return evidence_of_capture(thrown)
    shown = next((held for held in subject.captured if reader.at and held.params == reader.at.params), None)
    if shown is not None and reader.after is not None and not failed(reader.after):
        # The reader ran on a file of one's own with nothing hidden: only its answer on what may be shown is shown.
        (outcome,) = case.engine.run(subject.fact.primary.program, calls(subject.fact.primary.function, [shown]))
        if not is_another(outcome.answer, reader.after):
            return evidence_of_capture((shown, outcome.answer))
    return Evidence("capture", {}, {}, None, None, None, None)


def _distrusted(fallback: Fallback, fact: CompiledFact) -> Fallback:
    """Return the fallback of a first source that is hurt: where that very source would serve, it serves wrongly.

    So it is where the known-good stores hold nothing that the change could hurt, or only the capture shows it.
    """
    first = fact.fact.primary.name
    if fallback.source != first:
        return fallback
    sources = tuple(replace(state, state="wrong") if state.name == first else state for state in fallback.sources)
    return replace(fallback, right=False, sources=sources)


def _make_judgement(
    reader: ReaderVerdict, because: tuple[str, ...], evidence: Evidence | None, fallback: Fallback
) -> Judged:
    verdict = Verdict.DEGRADED if fallback.serves else reader.verdict
    return Judged(verdict, reader.effect, reader.basis, because, evidence, fallback)


def _judge_by_invariant(case: Case, fact: CompiledFact, good: Sequence[Situation], name: str) -> Judged:
    """Return the judgement of a fact with a broken invariant: its replay shows the effect and the fallback."""
    invariant = next(item for item in fact.fact.invariants if item.name == name)
    change = invariant_change(invariant)
    if change is not None:
        impact = assess_impact(case.engine, fact.primary, good, (change,))
        fallback = walk(case.engine, fact, good, (change,), case.absent)
        if impact.effect is not Effect.SAME:
            verdict = Verdict.DEGRADED if fallback.serves else Verdict.BROKEN
            evidence = evidence_of_replay(impact.proof)
            return Judged(verdict, impact.effect, Basis.INVARIANT, (), evidence, fallback)
        if fallback.right:
            return Judged(Verdict.INTACT, Effect.SAME, Basis.INVARIANT, (), None, fallback)
    fallback = walk(case.engine, fact, good, (), case.absent)
    return Judged(Verdict.BROKEN, Effect.SILENT, Basis.INVARIANT, (), None, replace(fallback, right=None))


def invariant_change(invariant: Invariant) -> Change | None:
    """Return the change that breaks an invariant, as its contract describes it; None when it describes none.

    Raises:
        InputFault: The description is not one of a change.
    """
    return read_described_change(invariant.replay, f"invariant {invariant.name!r}.replay")


def _find_unseen(case: Case, fact: CompiledFact, traced: Trace, reader: ReaderVerdict, *, bound: bool) -> Unseen | None:
    paths: list[str] = [str(path) for path in reader.unseen] if reader.verdict is Verdict.UNSEEN else []
    for store in sorted({read.store for read in traced.reads}):
        observed = case.observed.get(store)
        if observed is None:
            continue
        if observed.state in ("missing", "empty") or observed.absence:
            paths.append(f"{store}:/")
            continue
    if not paths and (bound or case.captured is None):
        return None
    return Unseen(tuple(paths), fact.fact.to_see)


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
        return effect_clause(judged.effect) + (f" ({broken!r} does not hold)" if shown else "")
    if judged.says:
        return judged.says
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
        until = "; until then the fallback serves" if judged.fallback.serves else ""
        return f"mend the reader for the new structure{until}"
    return ""
