"""Which stores the reading code of facts asks for itself: found by running it, for it calls them by their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from driftwright.impact import CompiledFact, Engine, Reader, Situation, generaliser, situations, trace
from driftwright.verdict import with_answers
from driftwright.workspace import Store


def asks_storage(fact: CompiledFact) -> bool:
    """Whether some source or guard of a fact asks a storage itself, and not what it is given."""
    return any(program.asks_storage for program in fact.program.programs)


def stores_asked(
    facts: Sequence[CompiledFact], stores: Mapping[str, Store], moments: Sequence[Situation]
) -> frozenset[str]:
    """Return the names of the stores that facts which ask a storage themselves find there on known-good stores.

    Raises:
        MachineFault: V8 does not start.
    """
    asking = [fact for fact in facts if asks_storage(fact)]
    if not asking:
        return frozenset()
    generalise = generaliser(stores, {name: store.latest for name, store in stores.items()})
    with Engine() as engine:
        known = with_answers(engine, facts, moments)
        return frozenset(
            read.store
            for fact in asking
            for source in fact.program.sources
            for pair in filter(None, (source.derive, source.needs))
            for read in trace(engine, Reader(*pair), situations(fact.fact, known), generalise).reads
        )
