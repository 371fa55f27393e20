"""What all tests share: browser tests take turns, and how Hypothesis searches."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

TURN = Path(__file__).resolve().parent.parent / "out" / "browser-tests.turn"

# Under CI the same examples are tried every time, so that a red run is always about the change at hand; by hand the
# search is free, and what it finds is printed so that it can be tried again. A deadline would only test the machine.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("by-hand", deadline=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "by-hand")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let one browser test run at a time: two Chromiums starve each other of memory and time.

    A lock between the workers, since xdist 3.8 no longer honours its own groups under pytest 9.2.
    """
    if not item.get_closest_marker("browser"):
        return (yield)
    TURN.parent.mkdir(exist_ok=True)
    with TURN.open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        return (yield)
