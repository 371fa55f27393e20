"""The terminal: progress only on a terminal, colour only where it is wanted, and as much as the user wants to hear."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from enum import Enum
from pathlib import Path

from driftwright.base.errors import visible


class Loudness(Enum):
    """How much a command prints: faults alone, its result, or also its progress and times."""

    QUIET = "quiet"
    USUAL = "usual"
    VERBOSE = "verbose"


_LOUDNESS = ContextVar("loudness", default=Loudness.USUAL)


@contextlib.contextmanager
def speaking(loudness: Loudness) -> Iterator[None]:
    """Run what follows as quietly or verbosely as was asked for; a quiet command leaves its exit code, and files."""
    before = _LOUDNESS.set(loudness)
    began = time.monotonic()
    try:
        if loudness is Loudness.QUIET:
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
                yield
        else:
            yield
    finally:
        if loudness is Loudness.VERBOSE:
            print(f"driftwright: {time.monotonic() - began:.2f} s in all", file=sys.stderr)
        _LOUDNESS.reset(before)


def is_verbose() -> bool:
    """Whether the user wants to hear all."""
    return _LOUDNESS.get() is Loudness.VERBOSE


def progress(title: str) -> Callable[[str], None]:
    """Return a function that shows a stage on standard error: on a terminal, or with the time of each when verbose."""
    if is_verbose():
        began = time.monotonic()

        def tell(stage: str) -> None:
            print(f"driftwright: {time.monotonic() - began:.2f} s {visible(f'{title}: {stage}')}", file=sys.stderr)

        return tell
    if not _shows_progress():
        return lambda _: None

    def show(stage: str) -> None:
        line = visible(f"{title}: {stage}")[:100]
        print(f"\r\x1b[2K{line}", end="", file=sys.stderr, flush=True)

    return show


def progress_done() -> None:
    """Clear the progress line."""
    if _shows_progress():
        print("\r\x1b[2K", end="", file=sys.stderr, flush=True)


def _shows_progress() -> bool:
    return sys.stderr.isatty() and _LOUDNESS.get() is Loudness.USUAL


def colour() -> bool:
    """Whether standard output is a terminal that wants colour."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
