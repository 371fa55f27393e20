"""Commands that open a browser: probe and run."""

from __future__ import annotations

import argparse
from pathlib import Path as File

from driftwright import __version__
from driftwright.capture import CaptureRequest, Target, load_target, workspace_salt
from driftwright.cli import ways
from driftwright.cli.exits import exit_code, strict_exit
from driftwright.cli.recording import finish, job_of
from driftwright.cli.state import state_folder
from driftwright.cli.terminal import progress, progress_done
from driftwright.cli.writing import folder_for_output
from driftwright.errors import BlindFault, Fault, InputFault, MachineFault
from driftwright.pipeline import blind_report, check
from driftwright.schemas import load_stores, redaction_policy
from driftwright.snapshot import Snapshot
from driftwright.snapshot_file import write_snapshot
from driftwright.triage import load_triage, unnoticed_breaks
from driftwright.workspace import Workspace, find_workspace


def probe(options: argparse.Namespace) -> int:
    """Capture a snapshot and say where it is."""
    if options.watch is not None:
        from driftwright.cli.watching import watch

        return watch(options)
    workspace = find_workspace(options.workspace)
    target = load_target(workspace.target_file(options.target))
    if ways.asks_nothing(options):
        return ways.printed(options, capture_request(options, workspace, target), state_folder(workspace))
    snapshot = _captured(options, workspace, target)
    file = File(options.out or f"{target.name}.snapshot.json")
    write_snapshot(snapshot, file)
    print(f"{file}  {snapshot.digest}")
    return 0


def run(options: argparse.Namespace) -> int:
    """Probe, check, record, leave snapshot and reports in one folder, and tell whom it may concern."""
    workspace = find_workspace(options.workspace)
    target = load_target(workspace.target_file(options.target))
    job = job_of(options)
    triage = load_triage(workspace)  # before a browser starts: a mistake in it is found at once
    faults: list[Fault] = []
    try:
        snapshot = _captured(options, workspace, target)
    except BlindFault as fault:
        report = blind_report(fault, target.name, options.state or target.default_state, __version__)
    else:
        file = folder_for_output(job.folder) / f"{target.name}.snapshot.json"
        try:
            write_snapshot(snapshot, file)
        except MachineFault as fault:
            faults.append(fault)  # what was captured is judged and told all the same
        report = check(snapshot, workspace, file.name, progress("check"))
        progress_done()
    report = finish(report, job, faults)
    triage.refuse_unused([report])
    counted = len(unnoticed_breaks(report)) if options.strict else 0
    return strict_exit(exit_code(report.verdict, options.fail_on), counted)


def capture_request(options: argparse.Namespace, workspace: Workspace, target: Target | None = None) -> CaptureRequest:
    """Return what the options ask to capture.

    Raises:
        InputFault: There is no such target, or it names a store that no schema declares.
    """
    target = target or load_target(workspace.target_file(options.target))
    stores = load_stores(workspace.schemas)
    for name in target.stores:
        if name not in stores:
            known = ", ".join(sorted(stores))
            raise InputFault(f"unknown store {name!r}", target.file, "stores", f"known stores: {known}")
    for place in (place for state in target.states for place in (*state.must, *state.may_lack)):
        if place.store not in target.stores:
            what = f"a page state speaks of {place}, a store that the page does not have"
            raise InputFault(what, target.file, "state", "add it to stores, or correct the place")
    return CaptureRequest(
        target=target,
        policy=redaction_policy(stores[name] for name in target.stores),
        salt=workspace_salt(state_folder(workspace)),
        variant=options.drift,
        state=options.state,
        progress=progress("probe"),
    )


def _captured(options: argparse.Namespace, workspace: Workspace, target: Target) -> Snapshot:
    request = capture_request(options, workspace, target)
    try:
        return ways.captured(options, request, state_folder(workspace))
    finally:
        progress_done()
