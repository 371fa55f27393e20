"""Check a snapshot: load the contracts, observe the stores, judge the facts, build the report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from driftwright.base.jsontext import collector_paused
from driftwright.base.terms import Basis, Verdict
from driftwright.impact import CompiledFact, Engine, compile_fact
from driftwright.report import FactFound, Report, Unseen
from driftwright.snapshot import Snapshot
from driftwright.verdict.case import Case, case_of, reading_code, subject_of, unhidden
from driftwright.verdict.inherit import inherited
from driftwright.verdict.judge import judge_facts, prepare
from driftwright.verdict.ledger import reads_of
from driftwright.verdict.observe import Observed, observe_store
from driftwright.verdict.page_state import PageStates
from driftwright.verdict.proposal import propose
from driftwright.verdict.reported import capture_facts, report_of
from driftwright.verdict.triage import load_triage
from driftwright.workspace import START, Fact, Store, Workspace, check_stores, load_facts, load_stores, sought_stores

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A capture, with what is known about it from elsewhere.

    Args:
        snapshot: The redacted capture.
        file: Where it is kept, for the report.
        known_stores: The names of the stores that earlier captures of the same target had: when one of these is
            missing it is gone, and any other may not be written yet.
        facts: The contracts that it is judged by; None for those of the workspace.
        patches: Whether to look for patches of the reading code, which takes a third of the time.
    """

    snapshot: Snapshot
    file: str | None = None
    known_stores: Collection[str] = ()
    facts: tuple[Fact, ...] | None = None
    patches: bool = True


def check_snapshot(
    snapshot: Snapshot,
    workspace: Workspace,
    file: str | None = None,
    progress: Progress = _silent,
    engine: Engine | None = None,
) -> Report:
    """Judge a snapshot by a workspace's contracts.

    Args:
        snapshot: The redacted capture.
        workspace: The contracts and schemas.
        file: Where the snapshot is kept, for the report.
        progress: Called with a short phrase at each stage.
        engine: V8, started or not; None to start one for this call.

    Raises:
        InputFault: A contract, schema or reader is not what it should be.
    """
    return check_taken(Taken(snapshot, file), workspace, progress, engine)


def check_taken(
    taken: Taken, workspace: Workspace, progress: Progress = _silent, engine: Engine | None = None
) -> Report:
    """Judge a snapshot by a workspace's contracts, as `check_snapshot` does, by all that is known of it.

    Raises:
        InputFault: A contract, schema or reader is not what it should be.
    """
    if engine is None:
        with Engine() as own:
            return check_taken(taken, workspace, progress, own)
    triage = load_triage(workspace)
    with collector_paused():
        return triage.applied(examine(taken, workspace, progress, engine).report)


@dataclass(frozen=True, slots=True)
class Examined:
    """A report before triage, with the case, facts and stores that it was made from."""

    report: Report
    case: Case
    facts: tuple[CompiledFact, ...]
    stores: Mapping[str, Store]


def examine(taken: Taken, workspace: Workspace, progress: Progress, engine: Engine) -> Examined:
    """Judge a snapshot as `check_snapshot` does, without suppressions and levels of the workspace.

    Raises:
        InputFault: A contract, schema or reader is not what it should be.
    """
    snapshot = taken.snapshot
    engine.start()  # V8 gets ready while the stores are read and compared
    stores = load_stores(workspace.schemas)
    facts = load_facts(workspace.contracts) if taken.facts is None else taken.facts
    check_stores(facts, stores)
    progress("comparing shapes")
    where = snapshot.provenance
    page_states = PageStates.of(workspace, where.target, where.state)
    compiled = tuple(compile_fact(fact) for fact in facts)
    code = reading_code(compiled)
    found_stores = {name: observe_store(snapshot, store, code) for name, store in stores.items()}
    observed = page_states.excused(found_stores, taken.known_stores)
    case = unhidden(case_of(engine, stores, observed, compiled, page_states.excuse), snapshot.answers, compiled)
    case = replace(case, absent=_find_absent(snapshot, workspace, observed))
    subjects = [subject_of(case, fact) for fact in compiled]
    progress(f"running the readers of {len(facts)} facts")
    prepare(case, subjects)
    case, judgements = judge_facts(case, subjects, progress)
    judged = inherited(facts, judgements)
    if any(item.entry and item.entry[1].form == "shape" for item in observed.values()):
        judged = tuple(map(_by_shape_alone, judged))
    # The reads of facts are needed only to report changes.
    reads = {
        subject.fact.fact.name: reads_of(engine, subject.fact, subject.good, case.generalise)
        for subject in subjects
        if case.changes
    }
    report = report_of(capture_facts(snapshot, taken.file), case, facts, judged, reads)
    if taken.patches:
        report = replace(report, proposals=propose(case, compiled, judged, workspace.contracts.parent))
    report = page_states.applied(report, observed)
    if snapshot.answers is not None and snapshot.answers.without:
        report = replace(report, notes=(*report.notes, f"no reader was asked in the page: {snapshot.answers.without}"))
    if workspace.built_in:
        report = replace(report, notes=(f"{workspace.built_in_says}; {START}", *report.notes))
    return Examined(report, case, compiled, stores)


def _find_absent(snapshot: Snapshot, workspace: Workspace, observed: Mapping[str, Observed]) -> frozenset[str]:
    """Return the stores that the target is searched for, in areas that the capture saw, and that are not there.

    Of files of one's own nobody knows what else there is.
    """
    target = snapshot.provenance.target
    if snapshot.own.documents or target not in workspace.targets():  # a name from a file is no path
        return frozenset()
    readable_areas = {view.area for view in snapshot.areas if not view.denied}
    missing = {name for name, item in observed.items() if item.state == "missing" and item.store.area in readable_areas}
    return frozenset(missing.intersection(sought_stores(workspace.target_file(target))))


def _by_shape_alone(fact: FactFound) -> FactFound:
    """Return the fact as unseen when it is intact: a fingerprint has no values that could prove an answer right."""
    if fact.verdict is not Verdict.INTACT:
        return fact
    unseen = Unseen(fact.reads, "Capture the page itself: a fingerprint tells structure alone")
    return replace(fact, verdict=Verdict.UNSEEN, basis=Basis.NONE, unseen=unseen)
