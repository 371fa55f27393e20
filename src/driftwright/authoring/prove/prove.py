"""Prove: every mutation on every known-good moment; the contracts' own mutation score.

The score is the share of the breaks that something notices. A break is a mutation after which the first source of a
fact gives another answer on some known-good moment. Breaks that nothing can show are neither passes nor misses: the
store is one that the site may well write itself, and nothing else in a capture tells. They are counted apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from driftwright.authoring.prove.mutations import mutations, read_in_document
from driftwright.authoring.prove.noticing import Home, Shown, home_of, noticed_by, shown
from driftwright.base.errors import InputFault
from driftwright.base.terms import Effect, Quality
from driftwright.impact import (
    CompiledFact,
    Engine,
    Fallback,
    Generaliser,
    Situation,
    Trace,
    compile_fact,
    effect_on,
    generaliser,
    moments,
    situations,
    touches,
    trace,
    walk,
)
from driftwright.report import UNAWARE, Cell, Notice, Proving
from driftwright.structure import Change
from driftwright.verdict import invariant_change, with_answers
from driftwright.workspace import Store, Workspace, check_stores, load_facts, load_stores

LEGITIMATE: Mapping[str, str] = {
    "entries-dropped": "fewer entries are a legitimate state, and nothing else in a capture tells of more",
    "entries-emptied": "an empty list or map is a legitimate state, and nothing else in a capture tells of any",
}
"""Mutations after which the store is one that the site may well write itself, and why nothing need show them."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What everything is proven on: a workspace's newest versions and their moments."""

    engine: Engine
    stores: Mapping[str, Store]
    moments: tuple[Situation, ...]
    generalise: Generaliser
    facts: tuple[CompiledFact, ...]

    def traced(self, fact: CompiledFact, source: str) -> Trace:
        """What one source of a fact reads on the known-good moments."""
        return trace(self.engine, fact.derive[source], situations(fact.fact, self.moments), self.generalise)


def ground(workspace: Workspace, engine: Engine) -> Ground:
    """Load a workspace to prove it.

    Raises:
        InputFault: A contract, schema or reader is not what it should be.
    """
    stores = load_stores(workspace.schemas)
    facts = load_facts(workspace.contracts)
    check_stores(facts, stores)
    newest = {name: store.latest for name, store in stores.items()}
    compiled = tuple(compile_fact(fact) for fact in facts)
    known = with_answers(engine, compiled, moments(stores, newest))
    return Ground(engine, stores, known, generaliser(stores, newest), compiled)


def prove_contracts(on: Ground, progress: Callable[[str], None]) -> Proving:
    """Replay every mutation for every fact that reads what it touches."""
    traced = {fact.fact.name: on.traced(fact, fact.fact.primary.name) for fact in on.facts}
    homes = {name: home_of(store, on.moments) for name, store in sorted(on.stores.items())}
    cells: list[Cell] = []
    for name, home in homes.items():
        read = {read.path for trace_ in traced.values() for read in trace_.reads if read.store == name}
        if not read:
            continue
        inside = frozenset(read_in_document(path, inside_entry=home.has_entries) for path in read)
        for change in mutations(name, home.shape, inside):
            progress(f"{change.rule.id} at {name}:{change.path}")
            cells += _cells_of(on, traced, home, change)
    for fact in on.facts:
        cells += _invariant_cells(on, fact, traced[fact.fact.name], homes)
    return Proving(tuple(cells))


def _cells_of(on: Ground, traced: Mapping[str, Trace], home: Home, change: Change) -> Iterator[Cell]:
    told = (home, shown(home, on.moments, change))
    for fact in on.facts:
        reads = traced[fact.fact.name].reads
        if any(touches(read, change.store, change.path, inside_entry=home.has_entries) for read in reads):
            yield _cell(on, fact, traced[fact.fact.name], change, told)


def _invariant_cells(on: Ground, fact: CompiledFact, traced: Trace, homes: Mapping[str, Home]) -> Iterator[Cell]:
    """The changes that break an invariant, as the contract describes them: most leave the structure as it is."""
    for invariant in fact.fact.invariants:
        change = invariant_change(invariant)
        if change is None:
            continue
        if change.store not in homes:
            where = f"invariant {invariant.name!r}.replay"
            raise InputFault("its replay is of an unknown store", fact.fact.file, where, f"known: {', '.join(homes)}")
        home = homes[change.store]
        told = (home, shown(home, on.moments, change))
        yield replace(_cell(on, fact, traced, change, told), how=invariant.name)


def _cell(on: Ground, fact: CompiledFact, traced: Trace, change: Change, told: tuple[Home, Shown]) -> Cell:
    good = situations(fact.fact, on.moments)
    effect = effect_on(on.engine, fact.primary, good, change)
    noticed, why = Notice.RULE if told[1].by_rule else Notice.NOTHING, ""
    if effect is not Effect.SAME:
        captured = [way for moment in on.moments for way in moment.after([change])[0]]
        noticed = noticed_by(on.engine, fact, traced, captured, told)
        if noticed is Notice.NOTHING and change.rule.id in LEGITIMATE:
            noticed, why = Notice.UNSHOWABLE, LEGITIMATE[change.rule.id]
    served = walk(on.engine, fact, good, [change])
    fallback = _served(served)
    if fallback == "wrong" and change.rule.id in LEGITIMATE and served.source == fact.fact.primary.name:
        fallback = UNAWARE
    return Cell(
        rule=change.rule.id,
        store=change.store,
        path=str(change.path),
        how=_how(change),
        fact=fact.fact.name,
        effect=effect,
        noticed=noticed,
        fallback=fallback,
        source=served.source,
        why=why,
    )


def _how(change: Change) -> str:
    told = ("field", "form", "share", "high", "keep")
    return ", ".join(f"{key}={value}" for key, value in sorted(change.params.items()) if key in told)


def _served(served: Fallback) -> str:
    if served.right is False:
        return "wrong"
    return str(served.level if served.source else Quality.UNAVAILABLE)
