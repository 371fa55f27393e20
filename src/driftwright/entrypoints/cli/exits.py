"""The exit codes of all commands: of verdicts, of faults and of other findings."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from driftwright.base.terms import SEVERITY, Verdict

INTACT, DRIFT, BAD_INPUT, UNSEEN, MACHINE = range(5)
"""What a command exits with; DRIFT is also whatever else it was asked to look for and found."""


def exit_code(verdict: Verdict, fail_on: str) -> int:
    """Return the exit code of a verdict.

    Args:
        verdict: The verdict of the report.
        fail_on: The least verdict that counts as drift: `degraded` or `broken`.
    """
    if verdict in (Verdict.UNSEEN, Verdict.BLIND):
        return UNSEEN
    if verdict is Verdict.INTACT:
        return INTACT
    return DRIFT if SEVERITY.index(verdict) >= SEVERITY.index(Verdict(fail_on)) else INTACT


def worst_exit(codes: Iterable[int]) -> int:
    """Return the worst of several verdicts' exit codes: drift before what was not seen, and that before intact."""
    return max(codes, key=(INTACT, UNSEEN, DRIFT).index, default=UNSEEN)


def strict_exit(code: int, counted: int, by: str = "derived fact") -> int:
    """Return the exit code when changes that nobody noticed count as well.

    Args:
        code: The exit code of the verdict.
        counted: How many changes of level break `--strict` counts.
        by: What could have noticed them: `derived fact` or `reader`.
    """
    if not counted:
        return code
    changes = "1 change" if counted == 1 else f"{counted} changes"
    # Beside the report, which may be JSON that another program reads.
    print(f"driftwright: --strict counts {changes} of level break that no {by} noticed", file=sys.stderr)
    return DRIFT
