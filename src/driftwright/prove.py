"""Prove: every mutation on every known-good moment; the contracts' own mutation score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from driftwright.change import Change, compare
from driftwright.contract import check_stores, load_facts
from driftwright.fallback import Fallback, walk
from driftwright.impact import Situation, compile_fact, moments, situations
from driftwright.impact.assess import effect_on
from driftwright.impact.readers import CompiledFact
from driftwright.impact.situation import calls
from driftwright.inherit import with_answers
from driftwright.javascript import Engine
from driftwright.mutations import mutations, read_in_document
from driftwright.observed import accepted_shape
from driftwright.reads import Generaliser, Trace, generaliser, touches, trace
from driftwright.replay import MISSING
from driftwright.schemas import Store, load_stores
from driftwright.shape import Shape, fold
from driftwright.terms import Effect, Level, Quality
from driftwright.verdict import invariant_change
from driftwright.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Cell:
    """One mutation and one fact.

    Args:
        rule: The rule that names the mutation.
        store: The store it changes.
        path: Where.
        how: What tells it from the same rule's other mutations there; empty when there is only one.
        fact: The fact.
        effect: What it does to the fact's first source.
        noticed: What notices it: `rule`, `invariant`, `agreement`, or `nothing`.
        fallback: What takes over: `full`, `degraded`, `unavailable`, or `wrong`.
        source: The source that serves; empty when none does.
    """

    rule: str
    store: str
    path: str
    how: str
    fact: str
    effect: Effect
    noticed: str
    fallback: str
    source: str

    @property
    def breaks(self) -> bool:
        """Whether the first source's answer changes."""
        return self.effect is not Effect.SAME

    @property
    def fails(self) -> bool:
        """Whether nobody would notice, or the fallback would answer wrongly."""
        return self.breaks and (self.noticed == "nothing" or self.fallback == "wrong")


@dataclass(frozen=True, slots=True)
class Proving:
    """The whole matrix."""

    cells: tuple[Cell, ...]

    @property
    def breaks(self) -> tuple[Cell, ...]:
        """The cells in which a first source's answer changes."""
        return tuple(cell for cell in self.cells if cell.breaks)

    @property
    def score(self) -> float:
        """Share of the breaks that something notices, from 0 to 1."""
        breaks = self.breaks
        noticed = sum(1 for cell in breaks if cell.noticed != "nothing")
        return noticed / len(breaks) if breaks else 1.0

    @property
    def wrong(self) -> tuple[Cell, ...]:
        """The breaks after which the fallback answers wrongly."""
        return tuple(cell for cell in self.breaks if cell.fallback == "wrong")


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


def prove(on: Ground, progress: Callable[[str], None]) -> Proving:
    """Replay every mutation for every fact that reads what it touches."""
    traced = {fact.fact.name: on.traced(fact, fact.fact.primary.name) for fact in on.facts}
    cells: list[Cell] = []
    for name, store in sorted(on.stores.items()):
        entry = bool(store.placeholder)
        read = {read.path for trace_ in traced.values() for read in trace_.reads if read.store == name}
        if not read:
            continue
        shape = accepted_shape(store.latest)
        inside = frozenset(read_in_document(path, inside_entry=entry) for path in read)
        for change in mutations(name, shape, inside):
            progress(f"{change.rule.id} at {name}:{change.path}")
            cells += _cells_of(on, traced, shape, change)
    for fact in on.facts:
        cells += _invariant_cells(on, fact)
    return Proving(tuple(cells))


def _cells_of(on: Ground, traced: Mapping[str, Trace], shape: Shape, change: Change) -> list[Cell]:
    store = on.stores[change.store]
    by_rule = _rule_notices(on, shape, change)
    cells = []
    for fact in on.facts:
        reads = traced[fact.fact.name].reads
        if not any(touches(read, change.store, change.path, inside_entry=bool(store.placeholder)) for read in reads):
            continue
        cells.append(_cell(on, fact, change, "rule" if by_rule else ""))
    return cells


def _rule_notices(on: Ground, shape: Shape, change: Change) -> bool:
    """Whether comparing shapes finds more than a note: in one capture alone, or in several together."""
    documents = [way.stores[change.store] for moment in on.moments for way in moment.after([change])[0]]
    present = [document for document in documents if document is not None]
    if any(document is MISSING or isinstance(document, str) for document in present):
        return True  # a store that is gone or does not parse to a store is found before any shape is compared
    layout = on.stores[change.store].latest.layout
    captures = [present, *([document] for document in present)]
    return any(
        item.rule.level is not Level.NOTE
        for capture in captures
        for item in compare(shape, fold(capture, layout), layout, change.store).changes
    )


def _cell(on: Ground, fact: CompiledFact, change: Change, noticed: str) -> Cell:
    good = situations(fact.fact, on.moments)
    effect = effect_on(on.engine, fact.primary, good, change)
    served = walk(on.engine, fact, good, [change])
    if effect is not Effect.SAME and not noticed:
        noticed = _noticed_on_capture(on, fact, good, change)
    how = ", ".join(
        f"{key}={value}" for key, value in sorted(change.params.items()) if key in ("field", "form", "share", "high")
    )
    return Cell(
        rule=change.rule.id,
        store=change.store,
        path=str(change.path),
        how=how,
        fact=fact.fact.name,
        effect=effect,
        noticed=noticed or "nothing",
        fallback=_served(served),
        source=served.source,
    )


def _served(served: Fallback) -> str:
    if served.right is False:
        return "wrong"
    return str(served.level if served.source else Quality.UNAVAILABLE)


def _noticed_on_capture(on: Ground, fact: CompiledFact, good: Sequence[Situation], change: Change) -> str:
    """Whether an invariant, or the agreement of two sources, would tell on a capture of the changed store."""
    after = [way for situation in good for way in situation.after([change])[0]]
    for holds in fact.holds.values():
        outcomes = on.engine.run(holds.program, calls(holds.function, after))
        if any(outcome.answer.text == "false" for outcome in outcomes):
            return "invariant"
    for agreement in fact.fact.agreements:
        one, other = (_answers(on, fact, name, after) for name in agreement.between)
        if any(a is not None and b is not None and a != b for a, b in zip(one, other, strict=True)):
            return "agreement"
    return ""


def _answers(on: Ground, fact: CompiledFact, source: str, after: Sequence[Situation]) -> list[str | None]:
    reader = fact.derive[source]
    outcomes = on.engine.run(reader.program, calls(reader.function, after))
    return [
        outcome.answer.text if outcome.answer.kind == "value" and outcome.answer.type != "null" else None
        for outcome in outcomes
    ]


def _invariant_cells(on: Ground, fact: CompiledFact) -> list[Cell]:
    """The changes that break an invariant, as the contract describes them: they leave the structure as it is."""
    cells = []
    for invariant in fact.fact.invariants:
        change = invariant_change(invariant)
        if change is None:
            continue
        good = situations(fact.fact, on.moments)
        after = [way for situation in good for way in situation.after([change])[0]]
        holds = fact.holds[invariant.name]
        outcomes = on.engine.run(holds.program, calls(holds.function, after))
        noticed = "invariant" if any(outcome.answer.text == "false" for outcome in outcomes) else ""
        cells.append(_cell(on, fact, change, noticed))
    return cells
