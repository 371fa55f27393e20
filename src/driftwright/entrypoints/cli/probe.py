"""The command that opens a browser and captures: probe."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.entrypoints.cli import ways
from driftwright.entrypoints.cli.terminal import progress, progress_done
from driftwright.snapshot import Snapshot, Watch, write_snapshot, write_watch
from driftwright.snapshot.capture import (
    EVERY_MS,
    CaptureRequest,
    SharedBrowser,
    WatchRequest,
    capture_by,
    capture_request,
    has_sandbox,
    watch_launched,
)
from driftwright.workspace import Target, Workspace, find_workspace, load_target, state_folder

LONGEST = 3600.0
_LEAST_MS, _MOST_MS = 10, 60_000


def probe(options: argparse.Namespace) -> int:
    """Capture a snapshot and say where it is."""
    if options.watch is not None:
        return watch(options)
    workspace = find_workspace(options.workspace)
    target = load_target(workspace.target_file(options.target))
    if ways.is_no_capture(options):
        return ways.print_for_person(options, _request(options, workspace, target), state_folder(workspace))
    snapshot = take_snapshot(options, workspace, target)
    file = File(options.out or f"{target.name}.snapshot.json")
    write_snapshot(snapshot, file)
    print(f"{file}  {snapshot.digest}")
    return 0


def take_snapshot(
    options: argparse.Namespace, workspace: Workspace, target: Target, shared: SharedBrowser | None = None
) -> Snapshot:
    """Capture in the way that the options ask for, with progress on the terminal.

    Args:
        options: The command line.
        workspace: Whose stores are looked for.
        target: The page.
        shared: A browser in which several captures take turns, where one is launched.

    Raises:
        InputFault: The options contradict each other, or name what is not there.
        BlindFault: The page could not be seen.
        MachineFault: There is no browser that fits, or it does not start.
    """
    request = _request(options, workspace, target)
    way = replace(ways.way_of(options), shared=shared)
    try:
        snapshot = capture_by(way, request, state_folder(workspace))
    finally:
        progress_done()
    is_launched = way.attachment is None and not way.dumps and request.policy["stores"]
    if is_launched and not has_sandbox():
        print("driftwright: running as root: the browser had no sandbox", file=sys.stderr)
    return snapshot


def _request(options: argparse.Namespace, workspace: Workspace, target: Target) -> CaptureRequest:
    return capture_request(workspace, target, state=options.state, variant=options.drift, progress=progress("probe"))


def watch(options: argparse.Namespace) -> int:
    """Watch a page for a while and say where the file is."""
    every = EVERY_MS if options.every is None else options.every
    if not 0 < options.watch <= LONGEST:
        raise InputFault("not a time to watch for", "", "--watch", f"give 1 to {LONGEST:.0f} seconds")
    if not _LEAST_MS <= every <= _MOST_MS:
        raise InputFault("not a time between two looks", "", "--every", f"give {_LEAST_MS} to {_MOST_MS} milliseconds")
    workspace = find_workspace(options.workspace)
    request = _request(options, workspace, load_target(workspace.target_file(options.target)))
    watched = WatchRequest(request, options.watch, every)
    try:
        result = _watch_tab(watched, options) if options.attach is not None else watch_launched(watched)
    finally:
        progress_done()
    file = File(options.out or f"{request.target.name}.watch.json")
    write_watch(result, file)
    left_out = f", {result.left_out} more left out" if result.left_out else ""
    print(f"{file}  {result.digest}  {len(result.samples)} samples of {result.looks} looks{left_out}")
    return 0


def _watch_tab(request: WatchRequest, options: argparse.Namespace) -> Watch:
    from driftwright.snapshot.capture import watch_attached

    return watch_attached(request, ways.attachment(options))
