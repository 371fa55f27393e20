"""The input that the facts of one capture are judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from driftwright.impact import (
    CompiledFact,
    Engine,
    Generaliser,
    Situation,
    generaliser,
    moments,
    read_at,
    situations,
    written_out,
)
from driftwright.structure import Change
from driftwright.verdict.inherit import with_answers
from driftwright.verdict.observe import Observed
from driftwright.workspace import Store


@dataclass(frozen=True, slots=True)
class Case:
    """The input that the facts of one capture are judged by.

    Args:
        engine: V8.
        moments: Known-good situations.
        captured: The situation of the capture; None to judge by replay alone.
        observed: The captured stores by name.
        changes: The changes of all stores, by the ids that the report gives them.
        generalise: Turns the concrete keys of a read into a path.
    """

    engine: Engine
    moments: tuple[Situation, ...]
    captured: Situation | None
    observed: Mapping[str, Observed]
    changes: Mapping[str, Change]
    generalise: Generaliser

    @property
    def replayable(self) -> tuple[Change, ...]:
        """The changes that can be replayed on a store."""
        return tuple(change for change in self.changes.values() if change.rule.operator != "none")


@dataclass(frozen=True, slots=True)
class Subject:
    """A fact with the situations that it is run on.

    Args:
        fact: The fact.
        good: The known-good situations, one for each binding of the fact's parameters.
        captured: The situations of the capture, bound in the same way.
    """

    fact: CompiledFact
    good: tuple[Situation, ...]
    captured: tuple[Situation, ...]


def subject_of(case: Case, fact: CompiledFact) -> Subject:
    """Return a fact with the situations of a case bound to its parameters."""
    captured = situations(fact.fact, [case.captured]) if case.captured else ()
    return Subject(fact, situations(fact.fact, case.moments), captured)


def case_of(
    engine: Engine, stores: Mapping[str, Store], observed: Mapping[str, Observed], facts: Sequence[CompiledFact] = ()
) -> Case:
    """Return the input that the facts of one capture are judged by.

    Args:
        engine: V8.
        stores: The declared stores.
        observed: The captured stores by name.
        facts: All facts; their answers are added to the situations where parameters are taken from them.
    """
    accepted = {name: item.accepted for name, item in observed.items()}
    changes = [change for item in observed.values() for change in item.comparison.changes]
    (captured,) = with_answers(engine, facts, [_captured_situation(stores, observed)])
    return Case(
        engine=engine,
        moments=with_answers(engine, facts, moments(stores, accepted)),
        captured=captured,
        observed=observed,
        changes={f"c{number}": change for number, change in enumerate(changes, 1)},
        generalise=generaliser(stores, accepted),
    )


def _captured_situation(stores: Mapping[str, Store], observed: Mapping[str, Observed]) -> Situation:
    documents = {name: item.document for name, item in observed.items()}
    placeholders = {name: store.placeholder for name, store in stores.items() if store.placeholder}
    now, written = read_at(documents), written_out(documents)
    return Situation("capture", documents, placeholders=placeholders, now=now, written=written)
