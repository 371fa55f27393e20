"""Replay every mutation on every known-good store, and compute the contracts' mutation score.

The score is the share of the breaks that something notices. A break is a mutation after which the first source of a
fact gives another answer on some known-good store. Breaks that no capture can show are counted apart: the changed store
is one that the site may write itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File

from driftwright.authoring.prove.mutations import mutations, read_in_document
from driftwright.authoring.prove.noticing import Failing, Home, Shown, failing_on, find_visible, home_of, noticed_by
from driftwright.authoring.prove.profiles import profile_situations, showing
from driftwright.base.errors import InputFault
from driftwright.base.terms import Effect, Quality
from driftwright.impact import (
    CompiledFact,
    Engine,
    Fallback,
    Generaliser,
    Situation,
    Trace,
    Work,
    compile_fact,
    effect_on,
    generaliser,
    moments,
    situations,
    touches,
    trace,
    walk,
    work_before,
)
from driftwright.report import UNAWARE, Cell, Notice, Proving
from driftwright.snapshot import profiles_in
from driftwright.structure import Change
from driftwright.verdict import invariant_change, with_answers
from driftwright.workspace import AcceptedBreak, Fact, Store, Workspace, check_stores, load_facts, load_stores

LEGITIMATE: Mapping[str, str] = {
    "entries-dropped": "fewer entries are a legitimate state, and nothing else in a capture tells of more",
    "entries-emptied": "an empty list or map is a legitimate state, and nothing else in a capture tells of any",
}
"""Mutations whose result the site may write itself, by rule id, each with the reason why nothing need notice it."""


@dataclass(frozen=True, slots=True)
class LoadedWorkspace:
    """A workspace's newest versions, their known-good situations, the compiled facts, and whole profiles."""

    engine: Engine
    stores: Mapping[str, Store]
    moments: tuple[Situation, ...]
    generalise: Generaliser
    facts: tuple[CompiledFact, ...]
    profiles: tuple[Situation, ...] = ()

    def traced(self, fact: CompiledFact, source: str) -> Trace:
        """Trace what one source of a fact reads on the known-good situations."""
        return trace(self.engine, fact.derive[source], situations(fact.fact, self.moments), self.generalise)


def load_workspace(workspace: Workspace, engine: Engine, profiles: Sequence[File] = ()) -> LoadedWorkspace:
    """Load a workspace for proving and compile its facts.

    Args:
        workspace: The workspace.
        engine: V8.
        profiles: Files of profiles, beside those that the workspace keeps.

    Raises:
        InputFault: A contract, schema, reader or profile is not what it should be.
    """
    stores = load_stores(workspace.schemas)
    facts = load_facts(workspace.contracts)
    check_stores(facts, stores)
    newest = {name: store.latest for name, store in stores.items()}
    compiled = tuple(compile_fact(fact) for fact in facts)
    known_good = with_answers(engine, compiled, moments(stores, newest))
    kept = (*profiles_in(workspace.profiles), *profiles)
    held = profile_situations(engine, compiled, stores, kept) if kept else ()
    return LoadedWorkspace(engine, stores, known_good, generaliser(stores, newest), compiled, held)


@dataclass(frozen=True, slots=True)
class _Ground:
    """Situations that the changes of one store are replayed on: the known-good ones, or the profiles.

    Args:
        home: The store.
        moments: The situations.
        bound: By the name of each fact, the same with its parameters bound.
        shown: What captures of them show of the change that is replayed.
    """

    home: Home
    moments: tuple[Situation, ...]
    bound: Mapping[str, tuple[Situation, ...]]
    shown: Shown = Shown(by_rule=False)  # noqa: RUF009 - frozen

    def after(self, change: Change) -> _Ground:
        """Return the ground with what its captures show of a change."""
        return replace(self, shown=find_visible(self.home, self.moments, change))


_Grounds = tuple[_Ground, ...]


def prove_contracts(loaded: LoadedWorkspace, progress: Callable[[str], None]) -> Proving:
    """Replay every mutation for every fact that reads a path that it touches."""
    traced = {fact.fact.name: _trace_everywhere(loaded, fact) for fact in loaded.facts}
    unchanged = _Unchanged(loaded)
    grounds = {name: tuple(_grounds_of(store, loaded, unchanged)) for name, store in sorted(loaded.stores.items())}
    loaded.engine.prepare(tuple(unchanged.work()))
    cells: list[Cell] = []
    for name, (known, *_) in grounds.items():
        read = {read.path for trace_ in traced.values() for read in trace_.reads if read.store == name}
        if not read:
            continue
        inside = frozenset(read_in_document(path, inside_entry=known.home.has_entries) for path in read)
        for change in mutations(name, known.home.shape, inside):
            progress(f"{change.rule.id} at {name}:{change.path}")
            cells += _make_cells(loaded, traced, grounds[name], change)
    for fact in loaded.facts:
        cells += _make_invariant_cells(loaded, fact, traced[fact.fact.name], grounds)
    loaded.engine.prepare(())
    return Proving(tuple(cells))


class _Unchanged:
    """What is known of situations before any change: found once for all stores and mutations."""

    def __init__(self, loaded: LoadedWorkspace) -> None:
        self._loaded = loaded
        self._bound: dict[tuple[int, ...], Mapping[str, tuple[Situation, ...]]] = {}
        self._failing: dict[tuple[int, ...], Mapping[str, Failing]] = {}

    def bound(self, moments: tuple[Situation, ...]) -> Mapping[str, tuple[Situation, ...]]:
        """Return by the name of each fact situations of the workspace as the fact is asked about them."""
        key = tuple(map(id, moments))  # the workspace keeps them
        if key not in self._bound:
            self._bound[key] = {fact.fact.name: situations(fact.fact, moments) for fact in self._loaded.facts}
        return self._bound[key]

    def failing(self, moments: tuple[Situation, ...]) -> Mapping[str, Failing]:
        """Return by the name of each fact which of its invariants and agreements fail in them as they are."""
        key = tuple(map(id, moments))
        if key not in self._failing:
            engine, facts = self._loaded.engine, self._loaded.facts
            self._failing[key] = {fact.fact.name: failing_on(engine, fact, moments) for fact in facts}
        return self._failing[key]

    def work(self) -> Iterator[Work]:
        """Yield what every mutation asks of them."""
        for good in self._bound.values():
            for fact in self._loaded.facts:
                yield from work_before(fact, good[fact.fact.name])


def _trace_everywhere(loaded: LoadedWorkspace, fact: CompiledFact) -> Trace:
    """Trace what the first source of a fact reads on the known-good situations and on the profiles."""
    chosen = situations(fact.fact, (*loaded.moments, *loaded.profiles))
    return trace(loaded.engine, fact.primary, chosen, loaded.generalise)


def _grounds_of(store: Store, loaded: LoadedWorkspace, unchanged: _Unchanged) -> Iterator[_Ground]:
    profiles = showing(store, loaded.profiles)
    for chosen in (loaded.moments, profiles) if profiles else (loaded.moments,):
        yield _Ground(home_of(store, chosen, unchanged.failing(chosen)), chosen, unchanged.bound(chosen))


def _make_cells(loaded: LoadedWorkspace, traced: Mapping[str, Trace], grounds: _Grounds, change: Change) -> list[Cell]:
    inside = grounds[0].home.has_entries
    reading = [
        fact
        for fact in loaded.facts
        if any(touches(read, change.store, change.path, inside_entry=inside) for read in traced[fact.fact.name].reads)
    ]
    changed = tuple(ground.after(change) for ground in grounds) if reading else ()
    return [_make_cell(loaded, fact, traced[fact.fact.name], change, changed) for fact in reading]


def _make_invariant_cells(
    loaded: LoadedWorkspace, fact: CompiledFact, traced: Trace, grounds: Mapping[str, _Grounds]
) -> Iterator[Cell]:
    """Yield the cells of the changes that break an invariant, as the contract describes them."""
    for invariant in fact.fact.invariants:
        change = invariant_change(invariant)
        if change is None:
            continue
        if change.store not in grounds:
            where = f"invariant {invariant.name!r}.replay"
            raise InputFault("its replay is of an unknown store", fact.fact.file, where, f"known: {', '.join(grounds)}")
        changed = tuple(ground.after(change) for ground in grounds[change.store])
        yield replace(_make_cell(loaded, fact, traced, change, changed), how=invariant.name)


@dataclass(frozen=True, slots=True)
class _Tried:
    """The result of one mutation for one fact, on the situations of one ground."""

    effect: Effect
    noticed: Notice
    why: str
    fallback: str
    source: str
    profile: str = ""


def _make_cell(loaded: LoadedWorkspace, fact: CompiledFact, traced: Trace, change: Change, grounds: _Grounds) -> Cell:
    known, *held = (_try(loaded, fact, traced, change, ground) for ground in grounds)
    # A profile that a mutation does nothing to still tells where a source serves that answers wrongly.
    counting = [known, *(tried for tried in held if tried.effect is not Effect.SAME or tried.fallback == "wrong")]
    broken = [tried for tried in counting if tried.effect is not Effect.SAME] or [known]
    # As among known-good stores, it is enough that some capture tells.
    noticed = min(broken, key=lambda tried: _LEAST.index(tried.noticed) if tried.noticed in _LEAST else -1)
    fallback = min([*broken, *counting[1:]], key=lambda tried: _WORST.index(tried.fallback))
    cell = Cell(
        rule=change.rule.id,
        store=change.store,
        path=str(change.path),
        how=_describe_params(change),
        fact=fact.fact.name,
        effect=broken[0].effect,
        noticed=noticed.noticed,
        fallback=fallback.fallback,
        source=fallback.source,
        why=noticed.why,
        profile=fallback.profile,
    )
    return accepted_by(fact.fact, cell)


_LEAST = (Notice.UNSHOWABLE, Notice.NOTHING)
_WORST = ("wrong", UNAWARE, str(Quality.UNAVAILABLE), str(Quality.DEGRADED), str(Quality.FULL))


def _try(loaded: LoadedWorkspace, fact: CompiledFact, traced: Trace, change: Change, ground: _Ground) -> _Tried:
    good = ground.bound[fact.fact.name]
    effect = effect_on(loaded.engine, fact.primary, good, change)
    noticed, why = Notice.RULE if ground.shown.by_rule else Notice.NOTHING, ""
    if effect is not Effect.SAME:
        captured = [way for moment in ground.moments for way in moment.after([change])[0]]
        noticed = noticed_by(loaded.engine, fact, traced, captured, (ground.home, ground.shown))
        if noticed is Notice.NOTHING and change.rule.id in LEGITIMATE:
            noticed, why = Notice.UNSHOWABLE, LEGITIMATE[change.rule.id]
    served = walk(loaded.engine, fact, good, [change])
    fallback = _name_fallback(served)
    profile = ""
    if fallback == "wrong" and change.rule.id in LEGITIMATE and served.source == fact.fact.primary.name:
        fallback = UNAWARE
    elif fallback == "wrong" and any(moment in loaded.profiles for moment in ground.moments):
        alone = ((situation.moment, walk(loaded.engine, fact, [situation], [change])) for situation in good)
        profile = next((name for name, walked in alone if walked.right is False), "")
    return _Tried(effect, noticed, why, fallback, served.source, profile)


def accepted_by(fact: Fact, cell: Cell) -> Cell:
    """Return a cell with the reason for which the contract of its fact accepts it; empty when it does not."""
    reasons = (known.reason for known in fact.accepted_breaks if is_accepted(known, cell))
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
