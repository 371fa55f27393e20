"""What all tests share: browser tests take turns, how Hypothesis searches, and running the program with its cost."""

from __future__ import annotations

import fcntl
import gc
import os
import tempfile
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from driftwright.snapshot.capture.deadline import _processes
from kit import once
from kit.examples import NIGHTLY, USUAL, examples
from kit.kept_driver import DRIVER
from kit.kept_engines import end_kept_engines, keep_engines
from kit.looking import LOOKING
from kit.once import Made
from kit.program import Program, run_apart, run_here

TURN = Path(__file__).resolve().parent.parent / "out" / "browser-tests.turn"

# Under CI the same examples are tried every time, so that a red run is always about the change at hand; by hand and at
# night the search is free, and what it finds is printed so that it can be tried again. A deadline would only test the
# machine.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, max_examples=USUAL)
settings.register_profile("by-hand", deadline=None, print_blob=True)
settings.register_profile("nightly", deadline=None, print_blob=True, max_examples=examples(USUAL))
settings.load_profile("nightly" if NIGHTLY else "ci" if os.environ.get("CI") else "by-hand")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a browser test that depends on time run without another: two Chromiums starve each other of memory and time.

    A lock between the workers, since xdist 3.8 no longer honours its own groups under pytest 9.2. Those that are marked
    as shared, for they have time enough, may run beside each other.
    """
    keep_engines(keep=item.get_closest_marker("own_engines") is None)
    marker = item.get_closest_marker("browser")
    if not marker:
        return (yield)
    if not _only_looks(item):
        LOOKING.close()
    DRIVER.keep(keep=item.get_closest_marker("own_driver") is None, browser="kept" in marker.args)
    TURN.parent.mkdir(exist_ok=True)
    with TURN.open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_SH if "shared" in marker.args else fcntl.LOCK_EX)
        return (yield)


def _only_looks(item: pytest.Item) -> bool:
    return "chromium" in getattr(item, "fixturenames", ())


def _order(item: pytest.Item) -> int:
    marker = item.get_closest_marker("browser")
    return 3 if not marker else 2 if _only_looks(item) else 1 if "shared" in marker.args else 0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put browser tests first, those that take turns before the shared ones; beyond that the order stays.

    `--dist worksteal` gives the first half of all tests to the first worker. It is then busy with browsers while the
    other goes through the rest, and what is left to share at the end is what may run beside each other.
    """
    items.sort(key=_order)


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what stays until the end: modules, and thousands of collected tests.

    Else it looks through all of that again and again, which is an eighth of the processor time of a test.
    """
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    LOOKING.close()
    DRIVER.end()
    end_kept_engines()


@pytest.fixture
def chromium() -> Browser:
    """A running browser, for looking at pages in a context of one's own."""
    return LOOKING.browser()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Made:
    """Fill a folder once a run, whichever worker comes first; see `kit.once`."""
    return partial(once.made_once, tmp_path_factory, worker_id)


@pytest.fixture
def nothing_is_left(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After the test: no browser of ours, no profile, and nothing else in the folder for temporary files."""
    folder = tmp_path_factory.mktemp("profiles")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert not [line for _, line in _processes() if f"--user-data-dir={folder}" in line]
    assert not list(folder.iterdir())


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Run a command in `tmp_path`, within this process: for what is asked of its text, its files and its exit code."""
    return partial(run_here, tmp_path)


@pytest.fixture
def process(tmp_path: Path) -> Program:
    """Run a command in `tmp_path` as users do, in a process of its own: for what that process is asked itself."""
    return partial(run_apart, tmp_path)
