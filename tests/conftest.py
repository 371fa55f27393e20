"""What all tests share: browser tests take turns, how Hypothesis searches, and running the program with its cost."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings

import driftwright
from driftwright.snapshot.capture.deadline import _processes

MEASURE = """
import os, sys
child = os.spawnv(os.P_NOWAIT, sys.argv[2], sys.argv[2:])
_, status, used = os.wait4(child, 0)
os.write(int(sys.argv[1]), f"{used.ru_utime + used.ru_stime} {used.ru_maxrss}".encode())
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Runs a command and writes what it cost; small, for a process begins with the size of the one that it comes from."""

TURN = Path(__file__).resolve().parent.parent / "out" / "browser-tests.turn"

# Under CI the same examples are tried every time, so that a red run is always about the change at hand; by hand the
# search is free, and what it finds is printed so that it can be tried again. A deadline would only test the machine.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("by-hand", deadline=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "by-hand")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a browser test that depends on time run without another: two Chromiums starve each other of memory and time.

    A lock between the workers, since xdist 3.8 no longer honours its own groups under pytest 9.2. Those that are marked
    as shared, for they have time enough, may run beside each other.
    """
    marker = item.get_closest_marker("browser")
    if not marker:
        return (yield)
    TURN.parent.mkdir(exist_ok=True)
    with TURN.open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_SH if "shared" in marker.args else fcntl.LOCK_EX)
        return (yield)


@pytest.fixture
def nothing_is_left(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After the test: no browser of ours, no profile, and nothing else in the folder for temporary files."""
    folder = tmp_path_factory.mktemp("profiles")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert not [line for _, line in _processes() if f"--user-data-dir={folder}" in line]
    assert not list(folder.iterdir())


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., SimpleNamespace]:
    """Run the program in `tmp_path` as users run it.

    The answer tells `code`, `stdout`, `stderr`, and what the run with all its processes cost: `seconds` of processor
    time, which other work on the machine does not lengthen, and `mebibytes` of memory at most.
    """

    def run(*arguments: str) -> SimpleNamespace:
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        environment = {**kept, "PYTHONPATH": str(Path(driftwright.__file__).parents[1]), "LC_ALL": "C.UTF-8"}
        environment |= {"HOME": str(tmp_path / "home"), "XDG_STATE_HOME": str(tmp_path / "home")}
        command = [sys.executable, "-m", "driftwright", *arguments]
        with tempfile.TemporaryFile("w+") as cost:
            measured = [sys.executable, "-c", MEASURE, str(cost.fileno()), *command]
            done = subprocess.run(
                measured, cwd=tmp_path, env=environment, pass_fds=[cost.fileno()], capture_output=True, check=False
            )
            cost.seek(0)
            seconds, kibibytes = cost.read().split()
        return SimpleNamespace(
            code=done.returncode,
            stdout=done.stdout.decode(),
            stderr=done.stderr.decode(),
            seconds=float(seconds),
            mebibytes=int(kibibytes) / 1024,
        )

    return run
