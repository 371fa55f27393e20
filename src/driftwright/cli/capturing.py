"""The command that opens a browser and captures: probe."""

from __future__ import annotations

import argparse
from pathlib import Path as File

from driftwright.capture import CaptureRequest, Target, load_target, workspace_salt
from driftwright.cli import ways
from driftwright.cli.state import state_folder
from driftwright.cli.terminal import progress, progress_done
from driftwright.errors import InputFault
from driftwright.schemas import load_stores, redaction_policy
from driftwright.snapshot import Snapshot
from driftwright.snapshot_file import write_snapshot
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
    snapshot = taken(options, workspace, target)
    file = File(options.out or f"{target.name}.snapshot.json")
    write_snapshot(snapshot, file)
    print(f"{file}  {snapshot.digest}")
    return 0


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


def taken(options: argparse.Namespace, workspace: Workspace, target: Target) -> Snapshot:
    """Capture the way the options say, and tell how far it is.

    Raises:
        InputFault: The options contradict each other, or name what is not there.
        BlindFault: The page could not be seen.
        MachineFault: There is no browser that fits, or it does not start.
    """
    request = capture_request(options, workspace, target)
    try:
        return ways.captured(options, request, state_folder(workspace))
    finally:
        progress_done()
