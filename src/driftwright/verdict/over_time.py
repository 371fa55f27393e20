"""A watch judged: its end like any snapshot, and the way there by what a broken rule of time does to each fact.

Like every other verdict this one is executed. The change that the rule or the fact's invariant describes is replayed on
known-good stores: the first source's answer before and after is the effect, the walk of the sources what is left.
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
from driftwright.verdict.check import check_snapshot, examine
from driftwright.verdict.shown import effect_said, evidence_of_replay, fallback_shown, sources_shown
from driftwright.verdict.triage import load_triage
from driftwright.workspace import TimeRule, Workspace, check_rules, load_rules

_LONGEST_SHOWN = 300  # characters of a sample in one line; the fact has it whole


def check_capture(
    capture: Snapshot | Watch, workspace: Workspace, file: str | None, progress: Callable[[str], None], engine: Engine
) -> Report:
    """Judge a snapshot or a watch by a workspace's contracts.

    Args:
        capture: What was captured.
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
        watch: A store seen over time.
        workspace: The contracts and schemas.
        file: Where the watch is kept, for the report.
        progress: Called with a short phrase at each stage.
        engine: V8, perhaps started before.

    Raises:
        InputFault: A contract, schema, reader or temporal rule is not what it should be.
    """
    triage = load_triage(workspace)
    rules = load_rules(workspace.contracts / "temporal")
    found = examine(watch.final, workspace, file, progress, engine)
    single = {name: store for name, store in found.stores.items() if not store.placeholder}
    named = {one.fact.name: frozenset(each.name for each in one.fact.invariants) for one in found.facts}
    check_rules(rules, tuple(single), named)
    progress("judging the way there")
    seen = {name: moments_of(watch, name, store.area, store.key) for name, store in single.items()}
    report = with_behaviour(found.report, engine, found.facts, found.case.moments, judge(rules, seen))
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
    """Return a report of the end of a watch with what the watch says of the way there.

    Args:
        report: What was found at the end.
        engine: V8.
        facts: The facts.
        moments: Known-good stores.
        judged: What the watch says of each temporal rule.

    Raises:
        InputFault: The replay of a rule is not one of a change.
    """
    # What is so all the time shows in one sample as well: that something was there, not that anything happened.
    happened = any(one.occasions and one.rule.kind != "always" for one in judged)
    compiled = {fact.fact.name: fact for fact in facts}
    found = []
    for fact in report.facts:
        contract = compiled[fact.name]
        mine = [one for one in judged if _protects(one.rule, contract)]
        for one in mine:
            fact = _with_rule(fact, engine, contract, moments, one)  # noqa: PLW2901 - each rule adds to the fact
        found.append(fact if happened else _unseen(fact, mine))
    return replace(report, facts=tuple(found), notes=(*report.notes, *_notes(judged)))


def _protects(rule: TimeRule, fact: CompiledFact) -> bool:
    named = {invariant.name for invariant in fact.fact.invariants}
    return fact.fact.name in rule.facts or bool(named.intersection(rule.invariants))


def _with_rule(
    found: FactFound, engine: Engine, fact: CompiledFact, moments: Sequence[Situation], one: Judgement
) -> FactFound:
    rule, breach = one.rule, one.breach
    if not one.occasions:
        return found
    held = InvariantFound(rule.name, breach is None, None if breach is None else _shown(rule, breach))
    found = replace(found, invariants=(*found.invariants, held))
    if breach is None:
        return found
    change = _change(rule, fact)
    good = situations(fact.fact, moments)
    if change is None:
        return found
    impact = assess_impact(engine, fact.primary, good, (change,))
    if impact.effect is Effect.SAME:
        return found  # this fact does not feel it: tolerated
    return _hurt(found, fact, impact, walk(engine, fact, good, (change,)), one)


def _shown(rule: TimeRule, breach: Breach) -> dict[str, object]:
    shows = {rule.store: breach.store}
    return shows if breach.before is None else {**shows, f"{rule.store} before": breach.before}


def _change(rule: TimeRule, fact: CompiledFact) -> Change | None:
    """What breaking the rule makes of a known-good store: as the fact's invariant says it, else as the rule does."""
    for invariant in fact.fact.invariants:
        if invariant.name in rule.invariants:
            change = read_described_change(invariant.replay, f"invariant {invariant.name!r}.replay")
            if change is not None:
                return change
    return read_described_change(rule.replay, f"{rule.place[1]}.replay")


def _hurt(found: FactFound, fact: CompiledFact, impact: Impact, fallback: Fallback, one: Judgement) -> FactFound:
    verdict = Verdict.DEGRADED if fallback.serves else Verdict.BROKEN
    if SEVERITY.index(found.verdict) >= SEVERITY.index(verdict):
        return found  # it is already as bad for a reason of its own
    mend = "mend the reader for the new behaviour; until then the fallback serves"
    return replace(
        found,
        verdict=verdict,
        effect=impact.effect,
        basis=Basis.INVARIANT,
        because=(),
        says=f"{effect_said(impact.effect)} ({one.rule.name!r} does not hold{_when(one.breach)})",
        sources=sources_shown(fact.fact, fallback),
        fallback=fallback_shown(fallback),
        evidence=evidence_of_replay(impact.proof),
        unseen=None,
        next=mend
        if fallback.serves
        else "mend the reader, or add a source that survives this behaviour, then run prove",
    )


def _when(breach: Breach | None) -> str:
    if breach is None:
        return ""
    reloads = "" if not breach.page else f", after reload {breach.page}"
    return f" {breach.at_ms} ms into the watch{reloads}"


def _unseen(found: FactFound, mine: Sequence[Judgement]) -> FactFound:
    """A watch in which nothing happened says nothing of how a fact fares on the way."""
    if not mine or found.verdict is not Verdict.INTACT:
        return found
    paths = tuple(sorted({f"{one.rule.store}:{one.rule.records}" for one in mine}))
    to_see = "; ".join(dict.fromkeys(one.rule.to_see for one in mine if one.rule.to_see))
    says = "the watch shows too little to judge this"
    return replace(
        found, verdict=Verdict.UNSEEN, basis=Basis.NONE, says=says, unseen=Unseen(paths, to_see), next=to_see
    )


def _notes(judged: Sequence[Judgement]) -> Iterator[str]:
    for one in judged:
        if one.breach is not None:
            shown = json.dumps(one.breach.store, separators=(",", ":"))
            shown = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."
            yield f"{one.rule.store}: {one.rule.name!r} does not hold{_when(one.breach)}: {shown}"
        elif not one.occasions:
            yield f"{one.rule.store}: the watch had no occasion to see that {one.rule.name}; {one.rule.to_see}"
