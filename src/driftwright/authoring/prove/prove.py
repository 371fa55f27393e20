"""Replay every mutation on every known-good store, and compute the contracts' mutation score.

The score is the share of the breaks that something notices. A break is a mutation after which the first source of a
fact gives another answer on some known-good store. Breaks that no capture can show are counted apart: the changed store
is one that the site may write itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from driftwright.authoring.prove.mutations import mutations, read_in_document
from driftwright.authoring.prove.noticing import Home, Shown, find_visible, home_of, noticed_by
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
from driftwright.workspace import AcceptedBreak, Store, Workspace, check_stores, load_facts, load_stores

LEGITIMATE: Mapping[str, str] = {
    "entries-dropped": "fewer entries are a legitimate state, and nothing else in a capture tells of more",
    "entries-emptied": "an empty list or map is a legitimate state, and nothing else in a capture tells of any",
}
"""Mutations whose result the site may write itself, by rule id, each with the reason why nothing need notice it."""


@dataclass(frozen=True, slots=True)
class LoadedWorkspace:
    """A workspace's newest versions, their known-good situations and the compiled facts."""

    engine: Engine
    stores: Mapping[str, Store]
    moments: tuple[Situation, ...]
    generalise: Generaliser
    facts: tuple[CompiledFact, ...]

    def traced(self, fact: CompiledFact, source: str) -> Trace:
        """Trace what one source of a fact reads on the known-good situations."""
        return trace(self.engine, fact.derive[source], situations(fact.fact, self.moments), self.generalise)


def load_workspace(workspace: Workspace, engine: Engine) -> LoadedWorkspace:
    """Load a workspace for proving and compile its facts.

    Raises:
        InputFault: A contract, schema or reader is not what it should be.
    """
    stores = load_stores(workspace.schemas)
    facts = load_facts(workspace.contracts)
    check_stores(facts, stores)
    newest = {name: store.latest for name, store in stores.items()}
    compiled = tuple(compile_fact(fact) for fact in facts)
    known_good = with_answers(engine, compiled, moments(stores, newest))
    return LoadedWorkspace(engine, stores, known_good, generaliser(stores, newest), compiled)


def prove_contracts(loaded: LoadedWorkspace, progress: Callable[[str], None]) -> Proving:
    """Replay every mutation for every fact that reads a path that it touches."""
    traced = {fact.fact.name: loaded.traced(fact, fact.fact.primary.name) for fact in loaded.facts}
    homes = {name: home_of(store, loaded.moments) for name, store in sorted(loaded.stores.items())}
    cells: list[Cell] = []
    for name, home in homes.items():
        read = {read.path for trace_ in traced.values() for read in trace_.reads if read.store == name}
        if not read:
            continue
        inside = frozenset(read_in_document(path, inside_entry=home.has_entries) for path in read)
        for change in mutations(name, home.shape, inside):
            progress(f"{change.rule.id} at {name}:{change.path}")
            cells += _make_cells(loaded, traced, home, change)
    for fact in loaded.facts:
        cells += _make_invariant_cells(loaded, fact, traced[fact.fact.name], homes)
    return Proving(tuple(cells))


def _make_cells(loaded: LoadedWorkspace, traced: Mapping[str, Trace], home: Home, change: Change) -> Iterator[Cell]:
    changed_store = (home, find_visible(home, loaded.moments, change))
    for fact in loaded.facts:
        reads = traced[fact.fact.name].reads
        if any(touches(read, change.store, change.path, inside_entry=home.has_entries) for read in reads):
            yield _make_cell(loaded, fact, traced[fact.fact.name], change, changed_store)


def _make_invariant_cells(
    loaded: LoadedWorkspace, fact: CompiledFact, traced: Trace, homes: Mapping[str, Home]
) -> Iterator[Cell]:
    """Yield the cells of the changes that break an invariant, as the contract describes them."""
    for invariant in fact.fact.invariants:
        change = invariant_change(invariant)
        if change is None:
            continue
        if change.store not in homes:
            where = f"invariant {invariant.name!r}.replay"
            raise InputFault("its replay is of an unknown store", fact.fact.file, where, f"known: {', '.join(homes)}")
        home = homes[change.store]
        changed_store = (home, find_visible(home, loaded.moments, change))
        yield replace(_make_cell(loaded, fact, traced, change, changed_store), how=invariant.name)


def _make_cell(
    loaded: LoadedWorkspace, fact: CompiledFact, traced: Trace, change: Change, changed_store: tuple[Home, Shown]
) -> Cell:
    good = situations(fact.fact, loaded.moments)
    effect = effect_on(loaded.engine, fact.primary, good, change)
    noticed, why = Notice.RULE if changed_store[1].by_rule else Notice.NOTHING, ""
    if effect is not Effect.SAME:
        captured = [way for moment in loaded.moments for way in moment.after([change])[0]]
        noticed = noticed_by(loaded.engine, fact, traced, captured, changed_store)
        if noticed is Notice.NOTHING and change.rule.id in LEGITIMATE:
            noticed, why = Notice.UNSHOWABLE, LEGITIMATE[change.rule.id]
    served = walk(loaded.engine, fact, good, [change])
    fallback = _name_fallback(served)
    if fallback == "wrong" and change.rule.id in LEGITIMATE and served.source == fact.fact.primary.name:
        fallback = UNAWARE
    cell = Cell(
        rule=change.rule.id,
        store=change.store,
        path=str(change.path),
        how=_describe_params(change),
        fact=fact.fact.name,
        effect=effect,
        noticed=noticed,
        fallback=fallback,
        source=served.source,
        why=why,
    )
    reasons = (known.reason for known in fact.fact.accepted_breaks if is_accepted(known, cell))
    return replace(cell, accepted=next(reasons, "")) if cell.is_open else cell


def is_accepted(known: AcceptedBreak, cell: Cell) -> bool:
    """Whether a contract's acceptance is of this mutation; all variants of one are accepted together."""
    return (known.rule, known.at, known.effect) == (cell.rule, cell.at, cell.effect)


def _describe_params(change: Change) -> str:
    names = ("field", "form", "share", "high", "keep")
    return ", ".join(f"{key}={value}" for key, value in sorted(change.params.items()) if key in names)


def _name_fallback(served: Fallback) -> str:
    if served.right is False:
        return "wrong"
    return str(served.level if served.source else Quality.UNAVAILABLE)
