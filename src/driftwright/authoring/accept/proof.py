"""Test a next version: every reader must answer as before, and no fallback may be newly unproven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from driftwright.authoring.accept.moments import CAPTURED
from driftwright.authoring.prove.prove import LoadedWorkspace, prove_contracts
from driftwright.impact import CompiledFact, Engine, Situation, calls, situations
from driftwright.report import Cell

Progress = Callable[[str], None]


def answers_otherwise(old: LoadedWorkspace, new: LoadedWorkspace, before: Sequence[Situation]) -> Iterator[str]:
    """Yield a message for each fact whose best source answers otherwise on the next version's witnesses.

    Args:
        old: The workspace as it is.
        new: The workspace as it would be.
        before: The known-good situations of the versions that the capture is compared with.
    """
    changed = {fact.fact.name: fact for fact in new.facts}
    after = [moment for moment in new.moments if moment.moment != CAPTURED]
    for fact in old.facts:
        right = _count_answers(old.engine, fact, before)
        now = _count_answers(new.engine, changed[fact.fact.name], after)
        for moment, answers in right.items():
            if moment in now and now[moment] != answers:
                yield f"{fact.fact.name}: the reader answers otherwise on the moment {moment} of the next version"
                break


def _count_answers(
    engine: Engine, fact: CompiledFact, chosen: Sequence[Situation]
) -> Mapping[str, Counter[tuple[str, str]]]:
    bound = situations(fact.fact, chosen)
    counts: dict[str, Counter[tuple[str, str]]] = {moment.moment: Counter() for moment in chosen}
    outcomes = engine.run(fact.primary.program, calls(fact.primary.function, bound)) if bound else ()
    for situation, outcome in zip(bound, outcomes, strict=True):
        answer = outcome.answer
        # The words of an error name the code, which a patch changes.
        text = answer.text.partition(":")[0] if answer.kind == "throws" else answer.text
        counts[situation.moment][answer.kind, text] += 1
    return counts


def newly_unproven(old: LoadedWorkspace, new: LoadedWorkspace, facts: frozenset[str], progress: Progress) -> list[str]:
    """Return a message for each failure in the proof of the next version that the present version does not have.

    The present version is proved for facts that fail on the next one alone, which are mostly none.
    """
    failures = _find_failures(new, facts, progress)
    failing = frozenset(cell.fact for cell in failures)
    known_failures = {_failure_key(cell) for cell in _find_failures(old, failing, progress)}
    lost: dict[str, Cell] = {}
    for cell in failures:
        if _failure_key(cell) not in known_failures:
            lost.setdefault(f"{cell.fact} {cell.rule}", cell)
    return [
        f"{cell.fact}: {cell.rule} at {cell.store}:{cell.path} "
        + ("would leave a wrong fallback" if cell.fallback == "wrong" else "would go unnoticed")
        for cell in lost.values()
    ]


def _find_failures(loaded: LoadedWorkspace, facts: frozenset[str], progress: Progress) -> tuple[Cell, ...]:
    chosen = replace(loaded, facts=tuple(fact for fact in loaded.facts if fact.fact.name in facts))
    return prove_contracts(chosen, progress).fails if chosen.facts else ()


def _failure_key(cell: Cell) -> tuple[str, str, str, str]:
    """Return a key that is the same for a failure in both versions, even where its field was moved."""
    return cell.fact, cell.rule, cell.store, str(cell.noticed)
