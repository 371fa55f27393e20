"""Find the facts over which a proof proves nothing, such as one that answers nothing on every known-good store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from driftwright.authoring.prove.prove import LoadedWorkspace, is_accepted
from driftwright.base.terms import Quality
from driftwright.impact import Answer, CompiledFact, Situation, failed, situations
from driftwright.report import Cell, Gap
from driftwright.verdict import no_answer
from driftwright.workspace import Fact


def find_gaps(loaded: LoadedWorkspace, cells: Sequence[Cell]) -> tuple[Gap, ...]:
    """Return what is missing before the proof of each fact says anything.

    Args:
        loaded: The workspace.
        cells: The results of all mutations.
    """
    tried = {cell.fact for cell in cells}
    broken = {cell.fact for cell in cells if cell.breaks}
    gaps = []
    for fact in loaded.facts:
        good = situations(fact.fact, loaded.moments)
        says = _find_gap(loaded, fact, good)
        if not says and fact.fact.name not in tried:
            says = "no mutation touches what it reads; let it read a store of the workspace"
        elif not says and fact.fact.name not in broken:
            says = "no mutation of what it reads alters its answer, so no drift could be told by it"
        if says:
            gaps.append(Gap(fact.fact.name, says))
        gaps += [Gap(fact.fact.name, stale) for stale in _list_stale(fact.fact, cells)]
    return tuple(gaps)


def _list_stale(fact: Fact, cells: Sequence[Cell]) -> Iterator[str]:
    """Yield what a contract accepts that fails no more: it would hide a later failure."""
    for known in fact.accepted_breaks:
        if not any(cell.fact == fact.name and cell.accepted and is_accepted(known, cell) for cell in cells):
            yield f"it accepts {known.rule} at {known.at} ({known.effect}), which fails nothing: remove it"


def _find_gap(loaded: LoadedWorkspace, fact: CompiledFact, good: Sequence[Situation]) -> str:
    """Return what is missing for one fact, in words; empty when nothing is."""
    if not loaded.moments:
        return "there is no known-good store; add one with `driftwright accept`, or beside the schema as *.witness.json"
    if not good:
        names = ", ".join(param.name for param in fact.fact.params)
        return f"no known-good store offers a value for its parameter {names}, so it is never asked"
    traced = loaded.traced(fact, fact.fact.primary.name)
    unknown = sorted(traced.unknown - {param.name for param in fact.fact.params})
    if unknown:
        names = " and ".join(unknown)
        return f"its reader asks for {names}, which is neither a store nor a parameter; declare it under `params`"
    reasons = {no_answer(answer) for answer in traced.answers}
    if "" not in reasons:
        return _describe_no_answer(traced.answers)
    return next(_list_objections(loaded, fact, good), "")


def _describe_no_answer(answers: Sequence[Answer]) -> str:
    """Return what a reader answers that never answers anything."""
    thrown = next((answer.preview for answer in answers if failed(answer)), "")
    if all(failed(answer) for answer in answers):
        return f"its reader fails on every known-good store: {thrown}"
    shown = sorted({answer.preview or answer.kind for answer in answers if not failed(answer)})
    return f"its reader answers {' or '.join(shown)} on every known-good store, so no change can alter that"


def _list_objections(loaded: LoadedWorkspace, fact: CompiledFact, good: Sequence[Situation]) -> Iterator[str]:
    """Yield where the full source is trusted and its answer is none that the contract allows."""
    if fact.fact.primary.level is not Quality.FULL:
        return
    walked = loaded.engine.resolve(fact.program, [situation.argument() for situation in good])
    for situation, resolved in zip(good, walked, strict=True):
        for source, why in resolved.tried[:1]:
            # One that throws says itself that it cannot answer; one that gives nothing is believed.
            if why.startswith(("gives", "violates")) and not (why == "gives null" and _allows_null(fact.fact.result)):
                yield (
                    f"its source {source!r} {why} on the known-good store {situation.moment}; let its guard (needs)"
                    " say when it cannot answer, or let the contract's result allow it"
                )


def _allows_null(result: Mapping[str, Any]) -> bool:
    types = result.get("type", [])
    return types == "null" or "null" in types
