"""The program as a test runs it: within this process, where text and exit code are asked, or in one of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import driftwright
from driftwright.entrypoints.cli import main

SOURCES = Path(driftwright.__file__).parents[1]
KEPT = ("PATH", "TMPDIR", "DRIFTWRIGHT_CHROMIUM", "PLAYWRIGHT_BROWSERS_PATH")

MEASURE = """
import os, sys
child = os.spawnv(os.P_NOWAIT, sys.argv[2], sys.argv[2:])
_, status, used = os.wait4(child, 0)
os.write(int(sys.argv[1]), f"{used.ru_utime + used.ru_stime} {used.ru_maxrss}".encode())
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Runs a command and writes what it cost; small, for a process begins with the size of the one that it comes from."""


@dataclass(frozen=True, slots=True)
class Done:
    """One finished command.

    Args:
        code: Its exit code.
        stdout: What it printed.
        stderr: What it said on standard error.
        seconds: The processor time it took, which other work on the machine hardly lengthens.
        mebibytes: The most memory that any of its processes held; 0 where it had no process of its own.
    """

    code: int
    stdout: str
    stderr: str
    seconds: float
    mebibytes: float = 0


Program: TypeAlias = Callable[..., Done]
"""What the fixtures `program` and `process` give: the words of a command in, what came of it out."""


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment in which the program finds nothing of this machine's user."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    home = str(folder / "home")
    return {**kept, "PYTHONPATH": str(SOURCES), "LC_ALL": "C.UTF-8", "HOME": home, "XDG_STATE_HOME": home, **more}


def run_here(folder: Path, *arguments: str, **more: str) -> Done:
    """Run one command within this process: no second interpreter, no second import, and caches stay warm.

    Its standard input is empty.

    Args:
        folder: Where it runs, and where its home is.
        arguments: The command line without the program's name.
        more: Variables of its environment beside the usual ones.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogateescape", write_through=True) for _ in range(2))
    with _place(folder, environment(folder, **more)), _streams(io.TextIOWrapper(io.BytesIO(), "utf-8"), out, err):
        began = processor_time()
        try:
            code = main(arguments)
        except SystemExit as end:  # as argparse ends what it cannot read
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        seconds = processor_time() - began
    return Done(code, _text(out), _text(err), seconds)


def run_apart(folder: Path, *arguments: str, **more: str) -> Done:
    """Run one command as users do, in a process of its own, and measure that process.

    Args:
        folder: Where it runs, and where its home is.
        arguments: The command line without the program's name.
        more: Variables of its environment beside the usual ones.
    """
    command = [sys.executable, "-m", "driftwright", *arguments]
    with tempfile.TemporaryFile("w+") as cost:
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(cost.fileno()), *command],
            cwd=folder,
            env=environment(folder, **more),
            pass_fds=[cost.fileno()],
            capture_output=True,
            check=False,
        )
        cost.seek(0)
        seconds, kibibytes = cost.read().split()
    text = done.stdout.decode(), done.stderr.decode()
    return Done(done.returncode, *text, float(seconds), int(kibibytes) / 1024)


def processor_time() -> float:
    """Return the processor time of this process and of those that it has waited for, such as V8's."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


@contextlib.contextmanager
def _place(folder: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """Be in a folder and an environment; `tempfile` remembers its folder and has to look again."""
    before, temporary = dict(os.environ), tempfile.tempdir
    try:
        with contextlib.chdir(folder):
            os.environ.clear()
            os.environ.update(variables)
            tempfile.tempdir = None
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        tempfile.tempdir = temporary


@contextlib.contextmanager
def _streams(stdin: io.TextIOWrapper, out: io.TextIOWrapper, err: io.TextIOWrapper) -> Iterator[None]:
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = stdin, out, err
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
