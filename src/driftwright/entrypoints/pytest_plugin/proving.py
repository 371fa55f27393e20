"""Prove one contract on its known-good stores: it must answer there, and its breaks must be noticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from driftwright.base.errors import visible
from driftwright.entrypoints.pytest_plugin.bench import Bench

if TYPE_CHECKING:
    from driftwright.authoring import LoadedWorkspace
    from driftwright.impact import CompiledFact, Situation

_MOST = 10  # lines of one kind; `driftwright prove` shows all


def proof(bench: Bench, contract: Path) -> tuple[str, ...]:
    """Return what is wrong with a contract, a line each; nothing when it is proven.

    Raises:
        InputFault: A contract, schema or reader is not what it should be.
    """
    from driftwright.workspace import load_fact

    load_fact(contract)  # its own faults come before those of another contract
    ground = bench.ground
    fact = next(compiled for compiled in ground.facts if compiled.fact.name == contract.stem)
    return proof_of(ground, fact)


def proof_of(ground: LoadedWorkspace, fact: CompiledFact) -> tuple[str, ...]:
    """Return what is wrong with a fact, a line each; nothing when it is proven on what is known to be good."""
    from driftwright.impact import situations

    good = situations(fact.fact, ground.moments)
    if not good:
        return (f"{fact.fact.name}: no known-good store shows it; add a witness that its parameters are found in",)
    problems = [*_answers(ground, fact, good), *_invariants(ground, fact, good)]
    if not problems:  # a reader that fails on known-good stores proves nothing
        problems = list(_unproven(ground, fact))
    return tuple(visible(line) for line in problems)


def _answers(ground: LoadedWorkspace, fact: CompiledFact, good: tuple[Situation, ...]) -> Iterator[str]:
    from driftwright.impact import calls, failed

    excused = {accepted.moment for accepted in fact.fact.accepted}
    reader = fact.primary
    outcomes = ground.engine.run(reader.program, calls(reader.function, good))
    wrong = {
        situation.moment: outcome.answer.preview
        for situation, outcome in zip(good, outcomes, strict=True)
        if failed(outcome.answer) and situation.moment not in excused
    }
    for moment, answer in list(wrong.items())[:_MOST]:
        yield f"{fact.fact.name}: {fact.fact.primary.name!r} fails on the known-good moment {moment}: {answer}"


def _invariants(ground: LoadedWorkspace, fact: CompiledFact, good: tuple[Situation, ...]) -> Iterator[str]:
    from driftwright.impact import calls

    for name, reader in fact.holds.items():
        outcomes = ground.engine.run(reader.program, calls(reader.function, good))
        wrong = {s.moment for s, outcome in zip(good, outcomes, strict=True) if outcome.answer.text != "true"}
        if wrong:
            moments = ", ".join(sorted(wrong))
            yield f"{fact.fact.name}: invariant {name!r} does not hold on known-good moments: {moments}"


def _unproven(ground: LoadedWorkspace, fact: CompiledFact) -> Iterator[str]:
    from driftwright.authoring import prove_contracts

    proving = prove_contracts(replace(ground, facts=(fact,)), lambda _: None)
    cells = proving.fails
    if cells:
        yield f"{fact.fact.name}: {len(cells)} of {len(proving.cells)} changes are not proven"
    for cell in cells[:_MOST]:
        how = f" ({cell.how})" if cell.how else ""
        noticed = "nothing would notice it" if cell.noticed == "nothing" else f"noticed by {cell.noticed}"
        yield f"  {cell.rule}{how} at {cell.store}:{cell.path}: {cell.effect}; {noticed}; fallback {cell.fallback}"
        yield f'    accept it with: driftwright prove --accept {cell.fingerprint} --reason "..."'
    if len(cells) > _MOST:
        yield f"  {len(cells) - _MOST} more: driftwright prove"
