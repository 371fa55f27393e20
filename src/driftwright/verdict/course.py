"""A capture judged, a snapshot or a watch: of a watch its end, and by the temporal contract the way there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from driftwright.impact import Engine
from driftwright.report import Report
from driftwright.snapshot import Snapshot, Watch
from driftwright.verdict.breach import judge, moments_of
from driftwright.verdict.check import check_snapshot, examine
from driftwright.verdict.over_time import with_behaviour
from driftwright.verdict.triage import load_triage
from driftwright.workspace import Workspace, check_rules, load_rules


def check_capture(
    capture: Snapshot | Watch, workspace: Workspace, file: str | None, progress: Callable[[str], None], engine: Engine
) -> Report:
    """Judge a snapshot or a watch by a workspace's contracts.

    Args:
        capture: What was captured.
        workspace: The contracts and schemas.
        file: Where the capture is kept, for the report.
        progress: Called with a short phrase at each stage.
        engine: V8, perhaps started before.

    Raises:
        InputFault: A contract, schema, reader or temporal rule is not what it should be.
    """
    if isinstance(capture, Watch):
        return check_watch(capture, workspace, file, progress, engine)
    return check_snapshot(capture, workspace, file, progress, engine)


def check_watch(
    watch: Watch, workspace: Workspace, file: str | None, progress: Callable[[str], None], engine: Engine
) -> Report:
    """Judge a watch by a workspace's contracts.

    Args:
        watch: A store seen over time.
        workspace: The contracts and schemas.
        file: Where the watch is kept, for the report.
        progress: Called with a short phrase at each stage.
        engine: V8, perhaps started before.

    Raises:
        InputFault: A contract, schema, reader or temporal rule is not what it should be.
    """
    triage = load_triage(workspace)
    rules = load_rules(workspace.contracts / "temporal")
    found = examine(watch.final, workspace, file, progress, engine)
    single = {name: store for name, store in found.stores.items() if not store.placeholder}
    named = {one.fact.name: frozenset(each.name for each in one.fact.invariants) for one in found.facts}
    check_rules(rules, tuple(single), named)
    progress("judging the way there")
    seen = {name: moments_of(watch, name, store.area, store.key) for name, store in single.items()}
    report = with_behaviour(found.report, engine, found.facts, found.case.moments, judge(rules, seen))
    if not rules:
        note = "nothing in contracts/temporal/ says how a store behaves over time: only the end of the watch was judged"
        report = replace(report, notes=(*report.notes, note))
    if watch.left_out:
        note = f"{watch.left_out} changes were seen and not kept: watch for a shorter time, or look less often"
        report = replace(report, notes=(*report.notes, note))
    return triage.applied(report)
