"""The terminal: progress only on a terminal, colour only where it is wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from driftwright.base.errors import visible


def progress(title: str) -> Callable[[str], None]:
    """Return a function that shows a stage on standard error, when that is a terminal."""
    if not sys.stderr.isatty():
        return lambda _: None

    def show(stage: str) -> None:
        line = visible(f"{title}: {stage}")[:100]
        print(f"\r\x1b[2K{line}", end="", file=sys.stderr, flush=True)

    return show


def progress_done() -> None:
    """Clear the progress line."""
    if sys.stderr.isatty():
        print("\r\x1b[2K", end="", file=sys.stderr, flush=True)


def colour() -> bool:
    """Whether standard output is a terminal that wants colour."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
