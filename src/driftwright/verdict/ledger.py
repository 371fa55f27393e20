"""The ledger: which facts read what a change touches; changes that no fact reads are listed apart and never alert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from driftwright.base.path import StorePath
from driftwright.impact import CompiledFact, Engine, FactSource, Generaliser, Reader, Situation, Trace, touches, trace
from driftwright.structure import Change


@dataclass(frozen=True, slots=True)
class FactReads:
    """Everything that one fact reads on known-good stores.

    Args:
        first: What its first source and that source's guard read.
        beside: What its other sources, their guards and its invariants read.
        bound: Where its parameters come from, as paths of whole documents.
        ends: The paths at which its first source stops reading.
    """

    first: frozenset[StorePath]
    beside: frozenset[StorePath]
    bound: frozenset[StorePath]
    ends: tuple[StorePath, ...]


@dataclass(frozen=True, slots=True)
class ReadBy:
    """The facts that read what a change touches: their names, in the order of the contracts.

    Args:
        all: Facts of which any source, guard or invariant reads there.
        first: Those of them whose first source, its guard or a parameter reads there.
    """

    all: tuple[str, ...]
    first: tuple[str, ...]


def reads_of(engine: Engine, fact: CompiledFact, good: Sequence[Situation], generalise: Generaliser) -> FactReads:
    """Return everything that a fact reads on known-good situations, which have its parameters bound."""

    def traced(readers: Iterator[Reader]) -> list[Trace]:
        return [trace(engine, reader, good, generalise) for reader in readers]

    first, *others = fact.program.sources
    leading = traced(_readers_of(first))
    beside = [result for source in others for result in traced(_readers_of(source))]
    beside += traced(iter(fact.holds.values()))
    return FactReads(
        first=frozenset(read for result in leading for read in result.reads),
        beside=frozenset(read for result in beside for read in result.reads),
        bound=frozenset(StorePath(param.store, path) for param in fact.fact.params for path in param.paths),
        ends=leading[0].ends,
    )


def beside(fact: CompiledFact) -> Iterator[Reader]:
    """Yield all reading code of a fact but its first source: guards, other sources and invariants."""
    for source in fact.program.sources:
        yield from (reader for reader in _readers_of(source) if reader != fact.primary)
    yield from fact.holds.values()


def _readers_of(source: FactSource) -> Iterator[Reader]:
    """Yield the reading code of a source, then its guard."""
    yield from (Reader(*pair) for pair in (source.derive, source.needs) if pair is not None)


def read_by(reads: Mapping[str, FactReads], change: Change, *, inside_entry: bool) -> ReadBy:
    """Return the facts that read what a change touches.

    Args:
        reads: What each fact reads, by its name.
        change: The change.
        inside_entry: Whether readers are given one entry of its store and not the whole document.
    """
    first = tuple(name for name, fact in reads.items() if _is_read_first(fact, change, inside_entry=inside_entry))
    beside = {name for name, fact in reads.items() if _touches_any(fact.beside, change, inside_entry=inside_entry)}
    return ReadBy(tuple(name for name in reads if name in first or name in beside), first)


def _is_read_first(fact: FactReads, change: Change, *, inside_entry: bool) -> bool:
    return _touches_any(fact.first, change, inside_entry=inside_entry) or _touches_any(
        fact.bound, change, inside_entry=False
    )


def _touches_any(reads: frozenset[StorePath], change: Change, *, inside_entry: bool) -> bool:
    return any(touches(read, change.store, change.path, inside_entry=inside_entry) for read in reads)
