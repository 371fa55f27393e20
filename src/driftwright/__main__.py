"""The program: `driftwright`, and `python -m driftwright`."""

from __future__ import annotations

import contextlib
import os
import sys

from driftwright.entrypoints.cli import main


def program() -> None:
    """Run the command line and end the process with its exit code."""
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # its reader has gone, and `main` has said what there was to say
            stream.flush()
    # All is written and closed by now; to take thousands of objects apart one by one costs a tenth of a second.
    os._exit(code)


if __name__ == "__main__":
    program()
