"""The command line: one module for each command, five exit codes, and one line for every fault."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path as File

from driftwright.base.errors import BlindFault, Fault, InputFault, MachineFault
from driftwright.entrypoints.cli.exits import BAD_INPUT, INTACT, MACHINE, UNSEEN
from driftwright.entrypoints.cli.parser import build_parser
from driftwright.entrypoints.cli.terminal import Loudness, is_verbose, speaking
from driftwright.entrypoints.interrupts import tell_interrupted

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: The command line without the program's name; None for this process's own.
    """
    parser = build_parser()
    options = parser.parse_args(arguments)
    if "run" not in options:  # no command was named
        parser.print_help(sys.stderr)
        return BAD_INPUT
    with speaking(_loudness(options)):
        return _run(options)


def _loudness(options: argparse.Namespace) -> Loudness:
    if options.quiet:
        return Loudness.QUIET
    return Loudness.VERBOSE if options.verbose else Loudness.USUAL


def _run(options: argparse.Namespace) -> int:
    """Run the command, and tell every fault in one line; a verbose one also with the way to it."""
    try:
        _check_place()
        code = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output went away, as `head` does; that is no fault.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTACT
    except InputFault as fault:
        return _print_fault(fault, BAD_INPUT)
    except BlindFault as fault:
        return _print_fault(fault, UNSEEN)
    except MachineFault as fault:
        return _print_fault(fault, MACHINE)
    except KeyboardInterrupt:
        return tell_interrupted()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # no file can have such a name: whoever gave it has to give another
            return _print_fault(
                InputFault("a name that is too long", str(error.filename), "", "name a shorter one"), BAD_INPUT
            )
        return _print_fault(_name_fault(error), MACHINE)
    except Exception as error:  # noqa: BLE001 - an unforeseen fault must never exit like a finding of drift
        return _print_fault(_name_fault(error), MACHINE)
    return int(code)


def _check_place() -> None:
    """Refuse to work where no path leads anywhere: in a folder that was deleted, or that may not be looked into."""
    try:
        File.cwd()
    except OSError as error:
        problem = f"the folder this runs in is gone ({error.strerror})"
        raise InputFault(problem, "", "", "change to a folder that is there") from None


def _name_fault(error: Exception) -> MachineFault:
    """Name a fault of this program by its kind and place; its message may hold what a page wrote."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{File(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else ""
    return MachineFault(f"a fault of this program ({type(error).__name__})", place, "", "report it with this line")


def _print_fault(fault: Fault, code: int) -> int:
    error = sys.exception()
    if is_verbose() and error is not None:
        import traceback

        # The places alone: the message of an unforeseen error may hold what a page wrote.
        sys.stderr.writelines(traceback.format_tb(error.__traceback__))
    print(f"driftwright: {fault}", file=sys.stderr)
    return code
