"""Judge each distinct outline once, as `check` does; outlines with the same judgement are one shape."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from driftwright.base.errors import InputFault
from driftwright.base.terms import Verdict
from driftwright.impact import Engine
from driftwright.report import CarriedPath, CohortChange, CohortFact, Report, cut, fingerprint
from driftwright.snapshot import Provenance, Redaction, Snapshot
from driftwright.verdict.check import Taken, check_taken
from driftwright.verdict.cohorts.folded import SeenArea
from driftwright.verdict.cohorts.pool import in_processes
from driftwright.workspace import Workspace

MOST_JUDGED = 300
_LONGEST = 200
_HURT = (Verdict.DEGRADED, Verdict.BROKEN)


@dataclass(frozen=True, slots=True)
class JudgedShape:
    """What the judge says of an outline.

    Args:
        id: The same for outlines of which it says the same.
        known: Whether nothing is different from an accepted version.
        stores: The nearest versions.
        changes: What is different.
        facts: The facts that are hurt.
    """

    id: str
    known: bool
    stores: tuple[str, ...]
    changes: tuple[CohortChange, ...]
    facts: tuple[CohortFact, ...]


@dataclass(frozen=True, slots=True)
class JudgedOutlines:
    """Outlines, judged.

    Args:
        shapes: By the id of the outline, what the judge says of it.
        refused: By the id of the outline, why it could not be judged.
        carried: Which parts of the stores carry which facts.
    """

    shapes: Mapping[str, JudgedShape]
    refused: Mapping[str, str]
    carried: tuple[CarriedPath, ...]


Outlines = Mapping[str, Sequence[SeenArea]]
_CHUNK = 5
"""Outlines that one process judges before it gets others."""
_FEW = 2 * _CHUNK  # below, starting processes takes longer than the work


def judge_outlines(outlines: Outlines, workspace: Workspace, progress: Callable[[str], None]) -> JudgedOutlines:
    """Judge outlines as fingerprints.

    Args:
        outlines: The areas of each.
        workspace: The contracts and schemas.
        progress: Called with a short phrase at each.

    Raises:
        InputFault: A contract, schema or reader is not what it should be.
        MachineFault: Processes end again and again.
    """
    names = list(outlines)
    chunks = [{name: outlines[name] for name in names[at : at + _CHUNK]} for at in range(0, len(names), _CHUNK)]
    processes = os.cpu_count() or 1
    progress(f"judging {len(names)} shapes")
    work = partial(_judge_chunk, workspace)
    if len(names) < _FEW or processes == 1:
        parts = list(map(work, chunks))
    else:
        parts = list(in_processes(chunks, work, processes, lambda chunk: f"shape {next(iter(chunk))}"))
    carried: dict[tuple[str, str], frozenset[str]] = {}
    for part in parts:
        for path in part.carried:
            place = (path.store, path.path)
            carried[place] = carried.get(place, frozenset()).union(path.facts)
    return JudgedOutlines(
        {name: shape for part in parts for name, shape in part.shapes.items()},
        {name: why for part in parts for name, why in part.refused.items()},
        tuple(CarriedPath(store, path, tuple(sorted(facts))) for (store, path), facts in sorted(carried.items())),
    )


def _judge_chunk(workspace: Workspace, outlines: Outlines) -> JudgedOutlines:
    targets = workspace.targets()
    target = targets[0] if len(targets) == 1 else ""
    shapes: dict[str, JudgedShape] = {}
    refused: dict[str, str] = {}
    carried: dict[tuple[str, str], tuple[str, ...]] = {}
    with Engine() as engine:
        for outline, areas in outlines.items():
            where = Provenance(target, "", "", "", "2000-01-01T00:00:00Z", "", "fingerprint")
            snapshot = Snapshot(where, Redaction("", ""), tuple(area.view() for area in areas))
            try:
                report = check_taken(Taken(snapshot, patches=False), workspace, engine=engine)
            except InputFault as fault:
                if fault.place != "/areas":  # the workspace's fault, not the shape's
                    raise
                refused[outline] = fault.what
                continue
            shapes[outline] = _judged(report)
            for store in report.stores:
                for node in store.tree.nodes if store.tree else ():
                    if node.read_by and node.types_before:
                        carried[store.name, node.path] = node.read_by
    paths = tuple(CarriedPath(store, path, facts) for (store, path), facts in sorted(carried.items()))
    return JudgedOutlines(shapes, refused, paths)


def _judged(report: Report) -> JudgedShape:
    versions = tuple(
        f"{store.name} {store.resolved or store.found}" for store in report.stores if store.found != "missing"
    )
    # The message of a change may hold counts of the one user whose store was judged, so the rule's title is told.
    changes = tuple(
        CohortChange(
            change.rule, change.store, cut(change.path, _LONGEST), change.title, cut(change.to or "", _LONGEST)
        )
        for change in report.changes
    )
    facts = tuple(CohortFact(fact.name, str(fact.verdict)) for fact in report.facts if fact.verdict in _HURT)
    parts = (
        *versions,
        *sorted(f"{change.fingerprint} {change.store} {change.path}" for change in report.changes),
        *(f"{fact.name} {fact.verdict}" for fact in facts),
    )
    return JudgedShape(fingerprint(*parts), not changes, versions, changes, facts)
