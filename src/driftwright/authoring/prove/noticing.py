"""Find what would notice a change, if the changed store were captured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from driftwright.base.path import Path
from driftwright.base.terms import Level
from driftwright.impact import (
    CompiledFact,
    Engine,
    Situation,
    Trace,
    agreements_on,
    calls,
    failed,
    is_false,
    is_odd,
    situations,
    touches,
)
from driftwright.report import Notice
from driftwright.structure import MISSING, Change, Shape, compare, fold
from driftwright.workspace import Store, accepted_shape, violations, vocabulary_violations

Failing = frozenset[tuple[str, str]]
"""Invariants and agreements that fail, as pairs of the moment in which one does and its name."""


@dataclass(frozen=True, slots=True)
class Home:
    """One store with its accepted shape and what its known-good situations show.

    Args:
        store: The store.
        shape: The accepted shape of its newest version.
        hidden: For each known-good situation, the paths below which it shows nothing.
        violations: For each known-good situation, its schema violations as pairs of path and keyword.
        named: For each known-good situation, what rules already name in it, as pairs of rule and path.
        failing: By the name of each fact, the invariants and agreements that fail in these situations as they are.
    """

    store: Store
    shape: Shape
    hidden: tuple[frozenset[Path], ...]
    violations: tuple[frozenset[tuple[str, str]], ...]
    named: tuple[frozenset[tuple[str, str]], ...] = ()
    failing: Mapping[str, Failing] = field(default_factory=dict)

    @property
    def has_entries(self) -> bool:
        """Whether a reader is given one entry of the store and not its whole document."""
        return bool(self.store.placeholder)


@dataclass(frozen=True, slots=True)
class Shown:
    """What captures of a changed store show of one change, independent of any fact.

    Args:
        by_rule: Whether comparing shapes finds a change of a level above note.
        unseen: Paths below which a capture shows nothing after the change, but something before.
        by_schema: Whether there is a schema violation that was not there before.
    """

    by_rule: bool
    unseen: frozenset[Path] = frozenset()
    by_schema: bool = False


def home_of(store: Store, moments: Sequence[Situation], failing: Mapping[str, Failing]) -> Home:
    """Return a store with its accepted shape and what its known-good situations show.

    Args:
        store: The store.
        moments: The situations.
        failing: By the name of each fact, what fails in them as they are.
    """
    documents = [moment.stores[store.name] for moment in moments]
    bare = Home(store, accepted_shape(store.latest), (), ())
    return replace(
        bare,
        hidden=tuple(_find_unseen(bare, document) for document in documents),
        violations=tuple(_list_violations(bare, document) for document in documents),
        named=tuple(frozenset() if document is None else _named_by_rules(bare, [document]) for document in documents),
        failing=failing,
    )


def failing_on(engine: Engine, fact: CompiledFact, moments: Sequence[Situation]) -> Failing:
    """Return the invariants and agreements of a fact that fail in situations as they are: there they tell no change."""
    bound = situations(fact.fact, moments)
    return frozenset({*_broken_invariants(engine, fact, bound), *_disagreeing(engine, fact, bound)})


def find_visible(home: Home, moments: Sequence[Situation], change: Change) -> Shown:
    """Return what captures show of a change: captures of one situation alone, and of all together."""
    name = home.store.name
    ways = [(n, way.stores[name]) for n, moment in enumerate(moments) for way in moment.after([change])[0]]
    present = [(n, document) for n, document in ways if document is not None]
    documents = [document for _, document in present]
    if any(document is MISSING or isinstance(document, str) for document in documents):
        return Shown(by_rule=True)  # a store that is gone or does not parse to a store is found before any comparison
    usual = frozenset[tuple[str, str]]().union(*home.named)
    captures = [(documents, usual), *(([document], home.named[n]) for n, document in present)]
    if any(_named_by_rules(home, capture) - already for capture, already in captures):
        return Shown(by_rule=True)
    unseen = frozenset(path for n, document in present for path in _find_unseen(home, document) - home.hidden[n])
    by_schema = any(_list_violations(home, document) - home.violations[n] for n, document in present)
    return Shown(by_rule=False, unseen=unseen, by_schema=by_schema)


def _named_by_rules(home: Home, capture: Sequence[Any]) -> frozenset[tuple[str, str]]:
    """Return what rules name in documents, as pairs of rule and path; notes are left out."""
    layout = home.store.latest.layout
    changes = compare(home.shape, fold(capture, layout), layout, home.store.name).changes
    return frozenset((change.rule.id, str(change.path)) for change in changes if change.rule.level is not Level.NOTE)


def _find_unseen(home: Home, document: Any) -> frozenset[Path]:
    if document is None:
        return frozenset()
    layout = home.store.latest.layout
    return frozenset(compare(home.shape, fold([document], layout), layout, home.store.name).unseen)


def _list_violations(home: Home, document: Any) -> frozenset[tuple[str, str]]:
    if document is None:
        return frozenset()
    version = home.store.latest
    found_violations = (*violations(document, version), *vocabulary_violations(document, version, home.store.name))
    return frozenset((violation.path, violation.keyword) for violation in found_violations)


def noticed_by(
    engine: Engine, fact: CompiledFact, traced: Trace, captured: Sequence[Situation], changed_store: tuple[Home, Shown]
) -> Notice:
    """Return the strongest check that notices a change by which a fact answers otherwise.

    Args:
        engine: V8.
        fact: The fact.
        traced: What its first source reads.
        captured: Captures of the changed store, without parameters bound: a fact is asked what the capture offers.
        changed_store: The store, and what its captures show of the change.
    """
    home, visible = changed_store
    bound = situations(fact.fact, captured)
    if visible.by_rule:
        return Notice.RULE
    if _fails(engine, fact, traced, bound):
        return Notice.RUN
    already = home.failing[fact.fact.name]
    if any(pair not in already for pair in _broken_invariants(engine, fact, bound)):
        return Notice.INVARIANT
    reads = [read for read, at in traced.reads.items() if at.present]
    if any(
        touches(read, home.store.name, path, inside_entry=home.has_entries) for read in reads for path in visible.unseen
    ):
        return Notice.UNSEEN
    if any(pair not in already for pair in _disagreeing(engine, fact, bound)):
        return Notice.AGREEMENT
    return Notice.SCHEMA if visible.by_schema else Notice.NOTHING


def _fails(engine: Engine, fact: CompiledFact, traced: Trace, bound: Sequence[Situation]) -> bool:
    """Whether a run on the capture fails, or answers oddly, as no run on a known-good store does."""
    if any(failed(answer) for answer in traced.answers):
        return False  # a reader that fails on a legitimate store shows nothing by failing
    answers = [outcome.answer for outcome in engine.run(fact.primary.program, calls(fact.primary.function, bound))]
    return any(failed(answer) or is_odd(answer, traced.answers) for answer in answers)


def _broken_invariants(engine: Engine, fact: CompiledFact, bound: Sequence[Situation]) -> Iterator[tuple[str, str]]:
    for name, holds in fact.holds.items():
        outcomes = engine.run(holds.program, calls(holds.function, bound))
        for situation, outcome in zip(bound, outcomes, strict=True):
            if is_false(outcome.answer):
                yield situation.moment, name


def _disagreeing(engine: Engine, fact: CompiledFact, bound: Sequence[Situation]) -> Iterator[tuple[str, str]]:
    for moment in sorted({situation.moment for situation in bound}):
        chosen = [situation for situation in bound if situation.moment == moment]
        yield from ((moment, held.name) for held in agreements_on(engine, fact, chosen) if held.held is False)
