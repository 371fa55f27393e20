"""Stores that a capture did not look at to their end: what rests on them is not seen, and they are no drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from driftwright.impact import CaptureRun, Reader, Trace, trace
from driftwright.report import Unseen
from driftwright.verdict.case import Case, Subject
from driftwright.verdict.observe import TOO_LARGE, Observed


def unfinished_stores(observed: Mapping[str, Observed]) -> frozenset[str]:
    """Return the names of the stores that are too large to be read to their end."""
    return frozenset(name for name, item in observed.items() if item.state == "too-large")


def notes(observed: Mapping[str, Observed]) -> Iterator[str]:
    """Yield a note on each such store, for the report."""
    for name in sorted(unfinished_stores(observed)):
        yield f"{name}: {TOO_LARGE}; nothing in it was compared, which is no drift"


def unseen_by(case: Case, traced: Trace) -> Unseen | None:
    """Return what a reader did not get to see because its stores are too large; None when none of them is."""
    stores = sorted({read.store for read in traced.reads} & unfinished_stores(case.observed))
    if not stores:
        return None
    mend = "let the app hold less of it, and capture again"
    return Unseen(tuple(f"{name}:/" for name in stores), f"{', '.join(stores)}: {TOO_LARGE}; {mend}")


def undecided(case: Case, subject: Subject, run: CaptureRun) -> CaptureRun:
    """Return the run without the results of invariants and agreements that read a store too large to be finished."""
    if not unfinished_stores(case.observed):
        return run
    fact = subject.fact

    def is_blind(reader: Reader | None) -> bool:
        return reader is not None and (
            unseen_by(case, trace(case.engine, reader, subject.good, case.generalise)) is not None
        )

    blind = {name for name, reader in fact.holds.items() if is_blind(reader)}
    blind |= {
        agreement.name
        for agreement in fact.fact.agreements
        if any(is_blind(fact.derive.get(name)) for name in agreement.between)
    }
    invariants, agreements = (
        tuple(replace(held, held=None, shows=None, says="") if held.name in blind else held for held in some)
        for some in (run.invariants, run.agreements)
    )
    return CaptureRun(invariants, agreements)
