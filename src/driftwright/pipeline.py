"""The story in a dozen lines: Snapshot -> Shape -> Change -> Impact -> Fallback -> Report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from driftwright.change import Change
from driftwright.contract import check_stores, load_facts
from driftwright.errors import BlindFault
from driftwright.impact import Situation, compile_fact, moments
from driftwright.impact.situation import read_at
from driftwright.javascript import Engine
from driftwright.observed import Observed, observe_store
from driftwright.reads import Generaliser, Trace
from driftwright.report import (
    Blind,
    CaptureFacts,
    ChangeFound,
    FactFound,
    Found,
    Report,
    StoreFound,
    ViolationFound,
    fingerprint,
)
from driftwright.schemas import Store, load_stores
from driftwright.shape import OPEN
from driftwright.snapshot import Snapshot
from driftwright.terms import Verdict
from driftwright.verdict import Case, judge, read_by, traced_facts
from driftwright.workspace import Workspace

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    """Report nothing."""


def check(snapshot: Snapshot, workspace: Workspace, file: str | None = None, progress: Progress = _silent) -> Report:
    """Judge a snapshot by a workspace's contracts.

    Args:
        snapshot: The redacted capture.
        workspace: The contracts and schemas.
        file: Where the snapshot is kept, for the report.
        progress: Called with a short phrase at each stage.

    Raises:
        InputFault: A contract, schema or reader is not what it should be.
    """
    stores = load_stores(workspace.schemas)
    facts = load_facts(workspace.contracts)
    check_stores(facts, stores)
    progress("comparing shapes")
    observed = {name: observe_store(snapshot, store) for name, store in stores.items()}
    with Engine() as engine:
        case = case_of(engine, stores, observed)
        compiled = [compile_fact(fact) for fact in facts]
        traced = traced_facts(case, compiled)
        judged = []
        for fact in compiled:
            progress(f"replaying for {fact.fact.name}")
            judged.append(judge(case, fact))
        changes = tuple(_change(case, traced, name, change) for name, change in case.changes.items())
    return Report(
        capture=_capture(snapshot, file),
        stores=tuple(_store(item) for item in observed.values()),
        changes=changes,
        facts=tuple(judged),
        notes=tuple(_notes(changes, judged)),
    )


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
    layouts = {
        name: (version.layout.values or OPEN) if stores[name].placeholder else version.layout
        for name, version in accepted.items()
    }
    return Case(
        engine=engine,
        moments=moments(stores, accepted),
        captured=Situation("capture", documents, placeholders=placeholders, now=read_at(documents)),
        observed=observed,
        changes={f"c{number}": change for number, change in enumerate(found, 1)},
        generalise=Generaliser(layouts),
    )


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
        found_at=Found(str(elsewhere[0].area), elsewhere[1].key) if elsewhere else None,
        schema=store.owner,
        accepted=item.accepted.name,
        resolved=resolution.version.name if resolution and resolution.version else None,
        distance=resolution.distance if resolution else None,
        violations=tuple(ViolationFound(v.path, v.keyword, v.message, v.times) for v in item.violations),
    )


def _change(case: Case, traced: Mapping[str, Trace], name: str, change: Change) -> ChangeFound:
    rule = change.rule
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
        read_by=read_by(case, traced, change),
        fingerprint=fingerprint(rule.id, change.store, str(change.path)),
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
