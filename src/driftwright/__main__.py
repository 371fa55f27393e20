"""The program: `driftwright`, and `python -m driftwright`."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType

from driftwright.entrypoints.interrupts import tell_interrupted, wait_for_imports
from driftwright.entrypoints.streams import open_standard_streams

_ENDINGS = ("SIGTERM", "SIGHUP")  # how a job's runner, or a closed terminal, ends a program
_BY_SIGNAL = 128  # a program that a signal ended exits with this and the signal's number, as shells tell it
_FAULT_OF_THE_MACHINE = 4  # as `exits` says, which is imported too late
_ended_by: list[int] = []


def _end(number: int, _: FrameType | None) -> None:
    """End in order, as at the keyboard: a browser's profile with raw storage in it must not stay."""
    for name in _ENDINGS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)  # once is enough, and the second must not stop it
    _ended_by.append(number)
    raise KeyboardInterrupt


def program() -> None:
    """Run the command line and end the process with its exit code."""
    problem = ""
    try:
        for name in _ENDINGS:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) == signal.SIG_DFL:  # whoever has it ignored means so
                signal.signal(number, _end)
        wait_for_imports()
        output = open_standard_streams()
        from driftwright.entrypoints.cli import main  # it takes a moment, in which one may think better of it

        code = main()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        problem = output.problem
    except KeyboardInterrupt:
        code = tell_interrupted()
    for name in (*_ENDINGS, "SIGINT"):  # all is done, and an end that is interrupted would be no better one
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if _ended_by:
        code = _BY_SIGNAL + _ended_by[0]
    elif problem:
        sys.stderr.write(f"driftwright: standard output cannot be written ({problem}); free space\n")
        code = _FAULT_OF_THE_MACHINE
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # interrupted before they were opened
            stream.flush()
    # All is written and closed by now; to take thousands of objects apart one by one costs a tenth of a second.
    os._exit(code)


if __name__ == "__main__":
    program()
