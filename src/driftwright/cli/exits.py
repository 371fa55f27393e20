"""Exit codes of verdicts."""

from __future__ import annotations

from driftwright.terms import SEVERITY, Verdict

_DRIFT = 1
_UNSEEN = 3


def exit_code(verdict: Verdict, fail_on: str) -> int:
    """Return the exit code of a verdict.

    Args:
        verdict: The verdict of the report.
        fail_on: The least verdict that counts as drift: `degraded` or `broken`.
    """
    if verdict in (Verdict.UNSEEN, Verdict.BLIND):
        return _UNSEEN
    if verdict is Verdict.INTACT:
        return 0
    return _DRIFT if SEVERITY.index(verdict) >= SEVERITY.index(Verdict(fail_on)) else 0
