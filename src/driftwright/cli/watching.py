"""The timed probe: a page's storage through a generation, as one file."""

from __future__ import annotations

import argparse
from pathlib import Path as File

from driftwright.capture.watch import EVERY_MS, WatchRequest
from driftwright.capture.watch import watch_launched as watch_page
from driftwright.cli.capturing import capture_request
from driftwright.cli.terminal import progress_done
from driftwright.errors import InputFault
from driftwright.watch_file import Watch, write_watch
from driftwright.workspace import find_workspace

LONGEST = 3600.0
_LEAST_MS, _MOST_MS = 10, 60_000


def watch(options: argparse.Namespace) -> int:
    """Watch a page for a while and say where the file is."""
    every = EVERY_MS if options.every is None else options.every
    if not 0 < options.watch <= LONGEST:
        raise InputFault("not a time to watch for", "", "--watch", f"give 1 to {LONGEST:.0f} seconds")
    if not _LEAST_MS <= every <= _MOST_MS:
        raise InputFault("not a time between two looks", "", "--every", f"give {_LEAST_MS} to {_MOST_MS} milliseconds")
    request = capture_request(options, find_workspace(options.workspace))
    watched = WatchRequest(request, options.watch, every)
    try:
        found = _by_hand(watched, options) if options.attach is not None else watch_page(watched)
    finally:
        progress_done()
    file = File(options.out or f"{request.target.name}.watch.json")
    write_watch(found, file)
    left_out = f", {found.left_out} more left out" if found.left_out else ""
    print(f"{file}  {found.digest}  {len(found.samples)} samples of {found.looks} looks{left_out}")
    return 0


def _by_hand(request: WatchRequest, options: argparse.Namespace) -> Watch:
    from driftwright.capture.watch_tab import watch_attached
    from driftwright.cli.ways import attachment

    return watch_attached(request, attachment(options))
