"""The story in a dozen lines: Snapshot -> Shape -> Change -> Impact -> Fallback -> Report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File

from driftwright.base.errors import BlindFault
from driftwright.base.path import EACH_VALUE, Path
from driftwright.base.terms import Basis, Verdict
from driftwright.base.toml import line_of
from driftwright.impact import CompiledFact, Engine, Situation, compile_fact, generaliser, moments, read_at, written_out
from driftwright.report import (
    Blind,
    CaptureFacts,
    ChangeFound,
    CohortFound,
    CohortGroup,
    ContractAt,
    EvidenceSeen,
    FactFound,
    Found,
    Report,
    StoreFound,
    TreeFound,
    Unseen,
    ViolationFound,
    fingerprint,
)
from driftwright.snapshot import Snapshot
from driftwright.structure import Change, PathCount, count_path
from driftwright.verdict.early_warnings import dual_writes
from driftwright.verdict.inherit import inherited, with_answers
from driftwright.verdict.judge import Case, Subject, judge, prepare, subject_of
from driftwright.verdict.ledger import FactReads, read_by, reads_of
from driftwright.verdict.observe import Observed, observe_store
from driftwright.verdict.page_state import Readiness
from driftwright.verdict.proposal import propose
from driftwright.verdict.tree import grouped, tree_of
from driftwright.verdict.triage import load_triage
from driftwright.workspace import (
    Fact,
    Store,
    Workspace,
    accepted_shape,
    check_stores,
    load_facts,
    load_stores,
    repository_of,
)

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    """Report nothing."""


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
        engine: V8, perhaps started before; None to start one for this.

    Raises:
        InputFault: A contract, schema or reader is not what it should be.
    """
    if engine is None:
        with Engine() as own:
            return check_snapshot(snapshot, workspace, file, progress, own)
    triage = load_triage(workspace)
    return triage.applied(examine(snapshot, workspace, file, progress, engine).report)


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found, before triage, and what it was found by."""

    report: Report
    case: Case
    facts: tuple[CompiledFact, ...]
    stores: Mapping[str, Store]


def examine(snapshot: Snapshot, workspace: Workspace, file: str | None, progress: Progress, engine: Engine) -> Examined:
    """Judge a snapshot as `check` does, with what goes on being judged; suppressions are not applied.

    Raises:
        InputFault: A contract, schema or reader is not what it should be.
    """
    engine.start()  # V8 gets ready while the stores are read and compared
    stores = load_stores(workspace.schemas)
    facts = load_facts(workspace.contracts)
    check_stores(facts, stores)
    progress("comparing shapes")
    where = snapshot.provenance
    readiness = Readiness.of(workspace, where.target, where.state)
    observed = readiness.excused({name: observe_store(snapshot, store) for name, store in stores.items()})
    compiled = [compile_fact(fact) for fact in facts]
    case = _with_answers(case_of(engine, stores, observed), compiled)
    subjects = [subject_of(case, fact) for fact in compiled]
    progress(f"running the readers of {len(facts)} facts")
    prepare(case, subjects)
    judged = list(inherited(facts, list(_judgements(case, subjects, progress))))
    if any(item.entry and item.entry[1].form == "shape" for item in observed.values()):
        judged = [_by_shape_alone(fact) for fact in judged]
    # Who reads where is asked only of what changed.
    reads = {
        one.fact.fact.name: reads_of(engine, one.fact, one.good, case.generalise) for one in subjects if case.changes
    }
    changes = tuple(_change(case, reads, name, change, judged) for name, change in case.changes.items())
    report = Report(
        capture=_capture(snapshot, file),
        stores=tuple(replace(_store(item), tree=_tree(item, changes, judged)) for item in observed.values()),
        changes=changes,
        facts=tuple(_with_evidence(observed, [*_placed(facts, judged)])),
        notes=(*_resets(observed), *_notes(changes, judged), *_early_warnings(observed, reads)),
        proposals=propose(case, compiled, judged, workspace.contracts.parent),
    )
    return Examined(readiness.applied(report, observed), case, tuple(compiled), stores)


def _judgements(case: Case, subjects: Sequence[Subject], progress: Progress) -> Iterator[FactFound]:
    for subject in subjects:
        progress(f"judging {subject.fact.fact.name}")
        yield judge(case, subject)


def blind_report(fault: BlindFault, target: str, state: str, tool: str) -> Report:
    """Return the report of a capture that saw nothing: never drift, never fine."""
    blind = Blind(fault.place or "unknown", fault.what, fault.mend)
    return Report(capture=CaptureFacts(target, state, "", "", "", tool, "", None, blind))


def case_of(engine: Engine, stores: Mapping[str, Store], observed: Mapping[str, Observed]) -> Case:
    """Bring together what the facts of one capture are judged by."""
    accepted = {name: item.accepted for name, item in observed.items()}
    placeholders = {name: store.placeholder for name, store in stores.items() if store.placeholder}
    documents = {name: item.document for name, item in observed.items()}
    found = [change for item in observed.values() for change in item.comparison.changes]
    return Case(
        engine=engine,
        moments=moments(stores, accepted),
        captured=Situation(
            "capture", documents, placeholders=placeholders, now=read_at(documents), written=written_out(documents)
        ),
        observed=observed,
        changes={f"c{number}": change for number, change in enumerate(found, 1)},
        generalise=generaliser(stores, accepted),
    )


def _with_answers(case: Case, facts: Sequence[CompiledFact]) -> Case:
    """Let the moments and the capture know the answers that parameters are taken from."""
    captured = with_answers(case.engine, facts, [case.captured] if case.captured else [])
    return replace(
        case, moments=with_answers(case.engine, facts, case.moments), captured=captured[0] if captured else None
    )


def _by_shape_alone(fact: FactFound) -> FactFound:
    """A fingerprint holds no values: it can show that a fact breaks, never that it is right."""
    if fact.verdict is not Verdict.INTACT:
        return fact
    unseen = Unseen(fact.reads, "Capture the page itself: a fingerprint tells structure alone")
    return replace(fact, verdict=Verdict.UNSEEN, basis=Basis.NONE, unseen=unseen)


def _capture(snapshot: Snapshot, file: str | None) -> CaptureFacts:
    where = snapshot.provenance
    return CaptureFacts(
        where.target, where.state, where.origin, where.browser, where.taken_at, where.tool, snapshot.digest, file
    )


def _store(item: Observed) -> StoreFound:
    store, resolution = item.store, item.resolution
    elsewhere = item.entry if item.found == "elsewhere" else None
    return StoreFound(
        name=store.name,
        title=store.title,
        area=str(store.area),
        key=store.key,
        found=item.found,
        found_at=Found(str(elsewhere[0].area), elsewhere[1].key, elsewhere[0].where) if elsewhere else None,
        schema=store.owner,
        accepted=item.accepted.name,
        resolved=resolution.version.name if resolution and resolution.version else None,
        distance=resolution.distance if resolution else None,
        violations=tuple(ViolationFound(v.path, v.keyword, v.message, v.times) for v in item.violations),
        cohorts=tuple(
            CohortFound(str(one.path), tuple(CohortGroup(g.records, g.lacks, g.has) for g in one.groups))
            for one in item.cohorts
        ),
    )


def _tree(item: Observed, changes: Sequence[ChangeFound], judged: Sequence[FactFound]) -> TreeFound | None:
    if item.shape is None:
        return None
    name = item.store.name
    stands = [(path, one.id) for one in changes if one.store == name for path in {one.path, one.to or one.path}]
    reads = [(read, fact.name) for fact in judged for read in fact.reads]
    top = "/{}" if item.store.placeholder else ""  # readers are given one entry of a pattern store
    ends = [(top + read.removeprefix(f"{name}:"), fact) for read, fact in reads if read.startswith(f"{name}:")]
    return tree_of((accepted_shape(item.accepted), item.shape), item.accepted.layout, grouped(stands), grouped(ends))


def _resets(observed: Mapping[str, Observed]) -> Iterator[str]:
    for name, item in observed.items():
        if item.reset:
            yield (
                f"{name}: its version number changed and its maps are nearly empty; the site probably reset it, "
                "as a store does on the run after a version bump: use the app and capture again"
            )


def _change(
    case: Case, reads: Mapping[str, FactReads], name: str, change: Change, judged: Sequence[FactFound]
) -> ChangeFound:
    rule = change.rule
    readers = read_by(reads, change, inside_entry=bool(case.observed[change.store].store.placeholder))
    # A reader may hand on a record whole without looking into it: what hurts it, it has read.
    hurt = {fact.name for fact in judged if name in fact.because}
    fits = any(not moment.after([change])[1] for moment in case.moments)
    replayed = "nothing to replay" if rule.operator == "none" else "replayed" if fits else "not replayed"
    return ChangeFound(
        id=name,
        rule=rule.id,
        title=rule.title,
        level=rule.level,
        store=change.store,
        path=str(change.path),
        to=str(change.to) if change.to is not None else None,
        message=change.message,
        before=change.before,
        after=change.after,
        replay=replayed,
        why_not="it fits no position of any known-good store" if replayed == "not replayed" else None,
        read_by=tuple(name for name in reads if name in readers.all or name in hurt),
        fingerprint=fingerprint(rule.id, change.store, str(change.path)),
        read_first=tuple(name for name in reads if name in readers.first or name in hurt),
    )


def _notes(changes: Sequence[ChangeFound], judged: Sequence[FactFound]) -> Iterator[str]:
    for change in changes:
        if change.rule == "version-changed":
            yield f"{change.store}: {change.message}; not a break by itself"
        if change.replay == "not replayed" and change.read_by:
            yield f"{change.store}: {change.message}; it could not be replayed, so it is not called tolerated"
    for fact in judged:
        if fact.verdict is not Verdict.INTACT:
            continue  # a broken fact disagrees with everything: one cause, one finding
        for agreement in fact.agreements:
            if agreement.held is False:
                yield f"{fact.name}: {agreement.name} does not hold ({agreement.says})"


def _early_warnings(observed: Mapping[str, Observed], reads: Mapping[str, FactReads]) -> Iterator[str]:
    ends = frozenset(path for fact in reads.values() for path in fact.ends)
    for item in observed.values():
        yield from (twice.says for twice in dual_writes(item, ends))


def _placed(facts: Sequence[Fact], judged: Sequence[FactFound]) -> Iterator[FactFound]:
    """Give every fact the place of its contract, as seen from the top of the repository: there, links are resolved."""
    files = {fact.name: File(fact.file) for fact in facts}
    top = repository_of(next(iter(files.values())).parent) if files else File()
    for fact in judged:
        file = files[fact.name]
        place = (file.parent.resolve() / file.name).relative_to(top).as_posix()
        yield replace(fact, contract=ContractAt(place, line_of(file, "title")))


def _with_evidence(observed: Mapping[str, Observed], judged: Sequence[FactFound]) -> Iterator[FactFound]:
    """Give every fact how often the capture showed the paths at which its reading ends."""
    counted: dict[str, PathCount] = {}
    for fact in judged:
        for read in fact.reads:
            if read not in counted:
                counted[read] = _sighting(observed, read)
        seen = ((read, counted[read]) for read in fact.reads)
        yield replace(fact, evidence_seen=tuple(EvidenceSeen(read, s.seen, s.of, s.enough) for read, s in seen))


def _sighting(observed: Mapping[str, Observed], read: str) -> PathCount:
    name, _, text = read.partition(":")
    path = Path.parse(text)
    item = observed.get(name)
    if item is None:
        return PathCount(0, 0)
    return count_path(item.document, Path((EACH_VALUE, *path.steps)) if item.store.placeholder else path)
