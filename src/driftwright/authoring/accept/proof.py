"""Whether a next version may be adopted: every reader answers on it as before, and no fallback is left unproven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from driftwright.authoring.accept.moments import CAPTURED
from driftwright.authoring.prove.prove import Ground, prove_contracts
from driftwright.impact import CompiledFact, Engine, Situation, calls, situations
from driftwright.report import Cell

Said = Callable[[str], None]


def answers_otherwise(old: Ground, new: Ground, before: Sequence[Situation]) -> Iterator[str]:
    """Yield the facts whose best source answers otherwise on the next version's known-good stores.

    Args:
        old: The workspace as it is.
        new: The workspace as it would be.
        before: The known-good moments of the versions that the capture is compared with.
    """
    changed = {fact.fact.name: fact for fact in new.facts}
    after = [moment for moment in new.moments if moment.moment != CAPTURED]
    for fact in old.facts:
        right = _answers(old.engine, fact, before)
        now = _answers(new.engine, changed[fact.fact.name], after)
        for moment, told in right.items():
            if moment in now and now[moment] != told:
                yield f"{fact.fact.name}: the reader answers otherwise on the moment {moment} of the next version"
                break


def _answers(engine: Engine, fact: CompiledFact, chosen: Sequence[Situation]) -> Mapping[str, Counter[tuple[str, str]]]:
    bound = situations(fact.fact, chosen)
    found: dict[str, Counter[tuple[str, str]]] = {moment.moment: Counter() for moment in chosen}
    outcomes = engine.run(fact.primary.program, calls(fact.primary.function, bound)) if bound else ()
    for situation, outcome in zip(bound, outcomes, strict=True):
        answer = outcome.answer
        # The words of an error name the code, which a patch changes.
        text = answer.text.partition(":")[0] if answer.kind == "throws" else answer.text
        found[situation.moment][answer.kind, text] += 1
    return found


def newly_unproven(old: Ground, new: Ground, facts: frozenset[str], said: Said) -> list[str]:
    """Return what a proof of the next version finds failing that it does not find in the present one."""
    known = {_name(cell) for cell in _failing(old, facts, said)}
    lost: dict[str, Cell] = {}
    for cell in _failing(new, facts, said):
        if _name(cell) not in known:
            lost.setdefault(f"{cell.fact} {cell.rule}", cell)
    return [
        f"{cell.fact}: {cell.rule} at {cell.store}:{cell.path} "
        + ("would leave a wrong fallback" if cell.fallback == "wrong" else "would go unnoticed")
        for cell in lost.values()
    ]


def _failing(on: Ground, facts: frozenset[str], said: Said) -> tuple[Cell, ...]:
    chosen = replace(on, facts=tuple(fact for fact in on.facts if fact.fact.name in facts))
    return prove_contracts(chosen, said).fails if chosen.facts else ()


def _name(cell: Cell) -> tuple[str, str, str, str]:
    """What tells a failure from others wherever its field stands now."""
    return cell.fact, cell.rule, cell.store, str(cell.noticed)
