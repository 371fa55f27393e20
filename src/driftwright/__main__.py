"""The program: `driftwright`, and `python -m driftwright`."""

from __future__ import annotations

import contextlib
import os
import sys

from driftwright.entrypoints.interrupts import tell_interrupted, wait_for_imports


def program() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        wait_for_imports()
        from driftwright.entrypoints.cli import main  # it takes a moment, in which one may think better of it

        code = main()
    except KeyboardInterrupt:
        code = tell_interrupted()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # its reader has gone, and `main` has said what there was to say
            stream.flush()
    # All is written and closed by now; to take thousands of objects apart one by one costs a tenth of a second.
    os._exit(code)


if __name__ == "__main__":
    program()
