"""Judge a watch: its final state as a snapshot, and its samples by the rules of time.

A broken rule is judged by execution too. The change that the rule or the fact's invariant describes is replayed on
known-good stores: the first source's answers before and after give the effect, the other sources the fallback.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from driftwright.base.terms import SEVERITY, Basis, Effect, Verdict
from driftwright.impact import CompiledFact, Engine, Fallback, Impact, Situation, assess_impact, situations, walk
from driftwright.report import FactFound, InvariantFound, Report, Unseen
from driftwright.snapshot import Snapshot, Watch
from driftwright.structure import Change, read_described_change
from driftwright.verdict.breach import Breach, Judgement, judge, moments_of
from driftwright.verdict.check import Taken, check_snapshot, examine
from driftwright.verdict.shown import effect_clause, evidence_of_replay, fallback_shown, sources_shown
from driftwright.verdict.triage import load_triage
from driftwright.workspace import TimeRule, Workspace, check_rules, load_rules

_LONGEST_SHOWN = 300  # characters of a sample in a note; the fact holds the whole sample


def check_capture(
    capture: Snapshot | Watch, workspace: Workspace, file: str | None, progress: Callable[[str], None], engine: Engine
) -> Report:
    """Judge a snapshot or a watch by a workspace's contracts.

    Args:
        capture: The snapshot or watch.
        workspace: The contracts and schemas.
        file: Where the capture is kept, for the report.
        progress: Called with a short phrase at each stage.
        engine: V8, perhaps started before.

    Raises:
        InputFault: A contract, schema, reader or temporal rule is not what it should be.
    """
    if isinstance(capture, Watch):
        return check_watch(capture, workspace, file, progress, engine)
    return check_snapshot(capture, workspace, file, progress, engine)


def check_watch(
    watch: Watch, workspace: Workspace, file: str | None, progress: Callable[[str], None], engine: Engine
) -> Report:
    """Judge a watch by a workspace's contracts.

    Args:
        watch: The watch.
        workspace: The contracts and schemas.
        file: Where the watch is kept, for the report.
        progress: Called with a short phrase at each stage.
        engine: V8, perhaps started before.

    Raises:
        InputFault: A contract, schema, reader or temporal rule is not what it should be.
    """
    triage = load_triage(workspace)
    rules = load_rules(workspace.contracts / "temporal")
    # What an earlier sample held and the end does not is gone, whatever is known beside the watch.
    stores_before = {entry.store for sample in watch.samples for view in sample.areas for entry in view.entries}
    examined = examine(Taken(watch.final, file, stores_before), workspace, progress, engine)
    single = {name: store for name, store in examined.stores.items() if not store.placeholder}
    named = {fact.fact.name: frozenset(invariant.name for invariant in fact.fact.invariants) for fact in examined.facts}
    check_rules(rules, tuple(single), named)
    progress("judging the way there")
    samples = {name: moments_of(watch, name, store.area, store.key) for name, store in single.items()}
    report = with_behaviour(examined.report, engine, examined.facts, examined.case.moments, judge(rules, samples))
    if not rules:
        note = "nothing in contracts/temporal/ says how a store behaves over time: only the end of the watch was judged"
        report = replace(report, notes=(*report.notes, note))
    if watch.left_out:
        note = f"{watch.left_out} changes were seen and not kept: watch for a shorter time, or look less often"
        report = replace(report, notes=(*report.notes, note))
    return triage.applied(report)


def with_behaviour(
    report: Report,
    engine: Engine,
    facts: Sequence[CompiledFact],
    moments: Sequence[Situation],
    judged: Sequence[Judgement],
) -> Report:
    """Return the report of a watch's final state with the judgements of the rules of time added.

    Args:
        report: The report of the final state.
        engine: V8.
        facts: The facts.
        moments: Known-good situations.
        judged: The judgement of each rule.

    Raises:
        InputFault: The replay of a rule is not one of a change.
    """
    # A rule of kind `always` has an occasion in any single sample, so it does not show that anything happened.
    happened = any(judgement.occasions and judgement.rule.kind != "always" for judgement in judged)
    compiled = {fact.fact.name: fact for fact in facts}
    results = []
    for fact in report.facts:
        contract = compiled[fact.name]
        mine = [judgement for judgement in judged if _protects(judgement.rule, contract)]
        for judgement in mine:
            fact = _apply_rule(fact, engine, contract, moments, judgement)  # noqa: PLW2901 - each rule adds to the fact
        results.append(fact if happened else _mark_unseen(fact, mine))
    return replace(report, facts=tuple(results), notes=(*report.notes, *_list_notes(judged)))


def _protects(rule: TimeRule, fact: CompiledFact) -> bool:
    named = {invariant.name for invariant in fact.fact.invariants}
    return fact.fact.name in rule.facts or bool(named.intersection(rule.invariants))


def _apply_rule(
    judged: FactFound, engine: Engine, fact: CompiledFact, moments: Sequence[Situation], judgement: Judgement
) -> FactFound:
    rule, breach = judgement.rule, judgement.breach
    if not judgement.occasions:
        return judged
    invariant = InvariantFound(rule.name, breach is None, None if breach is None else _show_breach(rule, breach))
    judged = replace(judged, invariants=(*judged.invariants, invariant))
    if breach is None:
        return judged
    change = _read_change(rule, fact)
    good = situations(fact.fact, moments)
    if change is None:
        return judged
    impact = assess_impact(engine, fact.primary, good, (change,))
    if impact.effect is Effect.SAME:
        return judged  # the fact answers as before: tolerated
    return _worsen_verdict(judged, fact, impact, walk(engine, fact, good, (change,)), judgement)


def _show_breach(rule: TimeRule, breach: Breach) -> dict[str, object]:
    shows = {rule.store: breach.store}
    return shows if breach.before is None else {**shows, f"{rule.store} before": breach.before}


def _read_change(rule: TimeRule, fact: CompiledFact) -> Change | None:
    """Return the change that breaking a rule makes: as the fact's invariant describes it, else as the rule does."""
    for invariant in fact.fact.invariants:
        if invariant.name in rule.invariants:
            change = read_described_change(invariant.replay, f"invariant {invariant.name!r}.replay")
            if change is not None:
                return change
    return read_described_change(rule.replay, f"{rule.place[1]}.replay")


def _worsen_verdict(
    judged: FactFound, fact: CompiledFact, impact: Impact, fallback: Fallback, judgement: Judgement
) -> FactFound:
    verdict = Verdict.DEGRADED if fallback.serves else Verdict.BROKEN
    if SEVERITY.index(judged.verdict) >= SEVERITY.index(verdict):
        return judged  # its own verdict is at least as bad
    mend = "mend the reader for the new behaviour; until then the fallback serves"
    return replace(
        judged,
        verdict=verdict,
        effect=impact.effect,
        basis=Basis.INVARIANT,
        because=(),
        says=f"{effect_clause(impact.effect)} ({judgement.rule.name!r} does not hold{_time_of(judgement.breach)})",
        sources=sources_shown(fact.fact, fallback),
        fallback=fallback_shown(fallback),
        evidence=evidence_of_replay(impact.proof),
        unseen=None,
        next=mend
        if fallback.serves
        else "mend the reader, or add a source that survives this behaviour, then run prove",
    )


def _time_of(breach: Breach | None) -> str:
    if breach is None:
        return ""
    reloads = "" if not breach.page else f", after reload {breach.page}"
    return f" {breach.at_ms} ms into the watch{reloads}"


def _mark_unseen(judged: FactFound, mine: Sequence[Judgement]) -> FactFound:
    """Return an intact fact as unseen: in this watch nothing happened that could break its rules."""
    if not mine or judged.verdict is not Verdict.INTACT:
        return judged
    paths = tuple(sorted({f"{judgement.rule.store}:{judgement.rule.records}" for judgement in mine}))
    to_see = "; ".join(dict.fromkeys(judgement.rule.to_see for judgement in mine if judgement.rule.to_see))
    says = "the watch shows too little to judge this"
    return replace(
        judged, verdict=Verdict.UNSEEN, basis=Basis.NONE, says=says, unseen=Unseen(paths, to_see), next=to_see
    )


def _list_notes(judged: Sequence[Judgement]) -> Iterator[str]:
    for judgement in judged:
        rule = judgement.rule
        if judgement.breach is not None:
            shown = json.dumps(judgement.breach.store, separators=(",", ":"))
            shown = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."
            yield f"{rule.store}: {rule.name!r} does not hold{_time_of(judgement.breach)}: {shown}"
        elif not judgement.occasions:
            yield f"{rule.store}: the watch had no occasion to see that {rule.name}; {rule.to_see}"
