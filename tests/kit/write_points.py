"""Writes runs and sendings in a child, and stops it or lets its disk be full at one chosen system call that writes.

The child is traced as a debugger traces it, so that every single write can be chosen: not about when, but which.
Started as a program of its own, for a process with several threads should not fork.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

from driftwright.base.errors import MachineFault
from driftwright.history.run import Run
from driftwright.history.runs import History
from driftwright.history.sent import Sent
from kit.old_history import write_old_history
from kit.stories import BLIND, HURT, Say, a_run

# x86-64: write, pwrite64, fsync, fdatasync, ftruncate, truncate, rename, unlink
WRITES = {1, 18, 74, 75, 77, 76, 82, 87}
FULL = {1, 18, 74, 75}  # which of them a full disk fails
ENTRIES = 4  # runs and sendings that the child writes, each
OLD = 3  # runs in a history of the format before, of which the last stands in the journal alone
FIRST_OLD = 90
FULL_FOR = 3  # writes in a row that find the disk full
_TRACEME, _GETREGS, _SETREGS, _DETACH, _SYSCALL, _SETOPTIONS = 0, 12, 13, 17, 24, 0x4200
_MARKED, _EXITKILL = 1, 0x100000
_RAX, _ORIG_RAX, _RDI, _REGISTERS = 10, 15, 14, 27

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long


@dataclass
class Ended:
    """What the child said and how it ended: the entries it was sure of, and how many of its calls wrote."""

    sure: list[str]
    calls: int
    full: bool


def _ptrace(request: int, pid: int, data: object = None) -> None:
    if _libc.ptrace(request, pid, None, data) == -1:
        raise OSError(ctypes.get_errno(), "ptrace")


def _work(folder: Path, pipe: int) -> None:
    """Write entries, and tell of each that it is sure."""
    with History(folder) as history:
        for number in range(1, ENTRIES + 1):
            for name, keep in _entries(history, number):
                try:
                    keep()
                except MachineFault:
                    os.write(pipe, b"full\n")
                else:
                    os.write(pipe, f"{name}\n".encode())


def _entries(history: History, number: int) -> Iterator[tuple[str, Callable[[], object]]]:
    run = a_run(number, says(number))
    yield run.id, partial(history.add, run)
    sent = Sent("webhook", f"key{number}", number, active=True, run=run.id)
    yield sent.key, partial(history.mark, sent)


def child(folder: Path, point: int, *, full: bool) -> Ended:
    """Run the child until its write number `point`, from 1; there it is killed, or its disk is full from then on."""
    inlet, outlet = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(inlet)
        _ptrace(_TRACEME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        try:
            _work(folder, outlet)
        finally:
            os._exit(0)
    os.close(outlet)
    calls = _followed(pid, point, outlet, full=full)
    with os.fdopen(inlet) as stream:
        names = stream.read().split()
    return Ended([name for name in names if name != "full"], calls, full)


def _followed(pid: int, point: int, outlet: int, *, full: bool) -> int:
    """Follow the child call by call; return how many wrote."""
    os.waitpid(pid, 0)
    _ptrace(_SETOPTIONS, pid, _MARKED | _EXITKILL)
    registers = (ctypes.c_ulonglong * _REGISTERS)()
    calls, entering, failing = 0, True, False
    while True:
        if full and entering and calls >= point + FULL_FOR:
            _ptrace(_DETACH, pid)
            os.waitpid(pid, 0)
            return calls
        with contextlib.suppress(ProcessLookupError):  # it was killed, and is about to be told of
            _ptrace(_SYSCALL, pid)
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            return calls
        if os.WSTOPSIG(status) != signal.SIGTRAP | 0x80:
            continue
        _ptrace(_GETREGS, pid, ctypes.addressof(registers))
        if entering:
            wrote = registers[_ORIG_RAX] in WRITES and registers[_RDI] != outlet
            calls += wrote
            if wrote and calls == point and not full:
                os.kill(pid, signal.SIGKILL)
            # Full for a while, not for ever: one run is lost, the next is kept.
            failing = wrote and full and point <= calls < point + FULL_FOR and registers[_ORIG_RAX] in FULL
            if failing:
                registers[_ORIG_RAX] = ctypes.c_ulonglong(-1).value
                _ptrace(_SETREGS, pid, ctypes.addressof(registers))
        elif failing:
            registers[_RAX] = ctypes.c_ulonglong(-errno.ENOSPC).value
            _ptrace(_SETREGS, pid, ctypes.addressof(registers))
        entering = not entering


def checked(folder: Path, ended: Ended, before: frozenset[str] = frozenset()) -> str:
    """Return what is wrong with a history that the child left; nothing if nothing is.

    Args:
        folder: Where it lies.
        ended: How the child ended.
        before: The ids of the runs that were there before the child.
    """
    with History(folder) as history:
        runs = history.runs()
        sent = set(history.sent("webhook"))
        again = history.add(a_run(99, HURT))
        if history.runs()[-1] != again:
            return "no run can be added"
    if not before <= {run.id for run in runs}:
        return "lost what was there before"
    kept = ({run.id for run in runs} | sent) - before
    if not set(ended.sure) <= kept:
        return f"lost {sorted(set(ended.sure) - kept)}"
    if ended.full and set(ended.sure) != kept:
        return f"kept what it said was not kept: {sorted(kept - set(ended.sure))}"
    if any(
        replace(run, sequence=0) != replace(a_run(number_of(run), says(number_of(run))), sequence=0) for run in runs
    ):
        return "a run is not what it was"
    if list(folder.glob("*.damaged-*")):
        return "a damaged file"
    return ""


def says(number: int) -> Say:
    """Return what a run says; every second one is blind, so that two kinds of entries alternate."""
    return HURT if number % 2 else BLIND


def number_of(run: Run) -> int:
    """Return the number that a made-up run was made with."""
    return int(run.id, 16)


def main() -> int:
    """Go through the writes, and print how many there were, how many of them were tried and what went wrong.

    Every write, or every third one: the entries are eight of two kinds, whose writes are no multiple of three, so each
    place within an entry of either kind has its turn.
    """
    if platform.machine() != "x86_64":
        sys.stdout.write(json.dumps({"machine": platform.machine()}))
        return 0
    memory = Path("/dev/shm")  # noqa: S108 - syncing to a real disk takes minutes and shows nothing more
    full, wrong, step = "full" in sys.argv, list[str](), 3 if "third" in sys.argv else 1
    old = [a_run(number, says(number)) for number in range(FIRST_OLD, FIRST_OLD + OLD)] if "old" in sys.argv else []
    for point in count(1, step):
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
            if old:
                write_old_history(Path(name), old[:-1], journal=old)
            ended = child(Path(name), point, full=full)
            if ended.calls < point:
                sys.stdout.write(json.dumps({"points": ended.calls, "tried": point // step, "wrong": wrong}))
                return 0
            problems = checked(Path(name), ended, frozenset(run.id for run in old))
        if problems:
            wrong.append(f"write {point}: {problems}")
    raise AssertionError


if __name__ == "__main__":
    sys.exit(main())
