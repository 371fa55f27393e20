"""Noticing: what would tell that a store was changed, were it captured then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.base.path import Path
from driftwright.base.terms import Level
from driftwright.impact import (
    CompiledFact,
    Engine,
    Situation,
    Trace,
    calls,
    failed,
    is_false,
    is_odd,
    situations,
    speaks,
    touches,
)
from driftwright.report import Notice
from driftwright.structure import MISSING, Change, Shape, compare, fold
from driftwright.workspace import Store, accepted_shape, violations, vocabulary_violations


@dataclass(frozen=True, slots=True)
class Home:
    """One store with what it is known to look like.

    Args:
        store: The store.
        shape: The accepted shape of its newest version.
        hidden: For each known-good moment: the paths below which it shows nothing.
        said: For each known-good moment: what the schema says even of that.
    """

    store: Store
    shape: Shape
    hidden: tuple[frozenset[Path], ...]
    said: tuple[frozenset[tuple[str, str]], ...]

    @property
    def has_entries(self) -> bool:
        """Whether a reader meets one entry of the store and not its whole document."""
        return bool(self.store.placeholder)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one change shows of itself in captures of its store, whoever reads it.

    Args:
        by_rule: Whether comparing shapes finds more than a note.
        unseen: Paths below which a capture shows nothing now and showed something before.
        by_schema: Whether the schema says something that it did not say before.
    """

    by_rule: bool
    unseen: frozenset[Path] = frozenset()
    by_schema: bool = False


def home_of(store: Store, moments: Sequence[Situation]) -> Home:
    """Return a store with its accepted shape and what its known-good moments show."""
    shape = accepted_shape(store.latest)
    documents = [moment.stores[store.name] for moment in moments]
    bare = Home(store, shape, (), ())
    hidden = tuple(_unseen(bare, document) for document in documents)
    return Home(store, shape, hidden, tuple(_said(bare, document) for document in documents))


def shown(home: Home, moments: Sequence[Situation], change: Change) -> Shown:
    """Return what a change shows of itself in captures: in that of one moment alone, or of several together."""
    name, layout = home.store.name, home.store.latest.layout
    ways = [(n, way.stores[name]) for n, moment in enumerate(moments) for way in moment.after([change])[0]]
    present = [(n, document) for n, document in ways if document is not None]
    documents = [document for _, document in present]
    if any(document is MISSING or isinstance(document, str) for document in documents):
        return Shown(by_rule=True)  # a store that is gone or does not parse to a store is found before any comparison
    if any(_is_named(home, capture, layout) for capture in [documents, *([one] for one in documents)]):
        return Shown(by_rule=True)
    unseen = frozenset(path for n, document in present for path in _unseen(home, document) - home.hidden[n])
    by_schema = any(_said(home, document) - home.said[n] for n, document in present)
    return Shown(by_rule=False, unseen=unseen, by_schema=by_schema)


def _is_named(home: Home, capture: Sequence[Any], layout: Any) -> bool:
    found = compare(home.shape, fold(capture, layout), layout, home.store.name).changes
    return any(change.rule.level is not Level.NOTE for change in found)


def _unseen(home: Home, document: Any) -> frozenset[Path]:
    if document is None:
        return frozenset()
    layout = home.store.latest.layout
    return frozenset(compare(home.shape, fold([document], layout), layout, home.store.name).unseen)


def _said(home: Home, document: Any) -> frozenset[tuple[str, str]]:
    if document is None:
        return frozenset()
    version = home.store.latest
    said = (*violations(document, version), *vocabulary_violations(document, version, home.store.name))
    return frozenset((violation.path, violation.keyword) for violation in said)


def noticed_by(
    engine: Engine, fact: CompiledFact, traced: Trace, captured: Sequence[Situation], told: tuple[Home, Shown]
) -> Notice:
    """Return the most telling thing that notices a change which hurts a fact.

    Args:
        engine: V8.
        fact: The fact.
        traced: What its first source reads.
        captured: Captures of the changed store, without parameters bound: a fact is asked what the capture offers.
        told: The changed store, and what the change shows of itself whoever reads it.
    """
    home, seen = told
    bound = situations(fact.fact, captured)
    if seen.by_rule:
        return Notice.RULE
    if _fails(engine, fact, traced, bound):
        return Notice.RUN
    if _breaks_an_invariant(engine, fact, bound):
        return Notice.INVARIANT
    found = [read for read, at in traced.reads.items() if at.present]
    if any(touches(r, home.store.name, path, inside_entry=home.has_entries) for r in found for path in seen.unseen):
        return Notice.UNSEEN
    if _disagrees(engine, fact, bound):
        return Notice.AGREEMENT
    return Notice.SCHEMA if seen.by_schema else Notice.NOTHING


def _fails(engine: Engine, fact: CompiledFact, traced: Trace, bound: Sequence[Situation]) -> bool:
    """Whether the run on the capture itself throws, or gives what is nothing, where no known-good store made it."""
    if any(failed(answer) for answer in traced.answers):
        return False  # a reader that fails on a legitimate store tells nothing by failing
    answers = [found.answer for found in engine.run(fact.primary.program, calls(fact.primary.function, bound))]
    return any(failed(answer) or is_odd(answer, traced.answers) for answer in answers)


def _breaks_an_invariant(engine: Engine, fact: CompiledFact, bound: Sequence[Situation]) -> bool:
    for holds in fact.holds.values():
        outcomes = engine.run(holds.program, calls(holds.function, bound))
        if any(is_false(outcome.answer) for outcome in outcomes):
            return True
    return False


def _disagrees(engine: Engine, fact: CompiledFact, bound: Sequence[Situation]) -> bool:
    answers: dict[str, list[str | None]] = {}
    for agreement in fact.fact.agreements:
        for name in agreement.between:
            if name not in answers:
                answers[name] = _answers(engine, fact, name, bound)
        one, other = (answers[name] for name in agreement.between)
        if any(a is not None and b is not None and a != b for a, b in zip(one, other, strict=True)):
            return True
    return False


def _answers(engine: Engine, fact: CompiledFact, source: str, bound: Sequence[Situation]) -> list[str | None]:
    reader = fact.derive[source]
    outcomes = engine.run(reader.program, calls(reader.function, bound))
    return [outcome.answer.text if speaks(outcome.answer) else None for outcome in outcomes]
