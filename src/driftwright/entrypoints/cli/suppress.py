"""The commands that let findings be for a while: suppress one, or adopt all of them as a baseline."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from driftwright.base.errors import InputFault, visible
from driftwright.base.terms import Verdict
from driftwright.entrypoints.cli.output import read_report, report_file
from driftwright.report import Report, Suppressed
from driftwright.workspace import own_workspace

_DAYS = 90  # days that a suppression holds unless the user names a last one


def suppress(options: argparse.Namespace) -> int:
    """Suppress one finding of a report."""
    return _adopt(options, _judged(options), [options.fingerprint])


def baseline(options: argparse.Namespace) -> int:
    """Suppress every finding of a report that counts."""
    from driftwright.verdict import present_findings

    report = _judged(options)
    return _adopt(options, report, present_findings(report))


def _adopt(options: argparse.Namespace, report: Report, fingerprints: Sequence[str]) -> int:
    from driftwright.authoring import suppress_findings

    today = datetime.now(UTC).date()
    mark = Suppressed(options.reason, _last_day(options.expires, today).isoformat())
    workspace = own_workspace(options.workspace, "suppress findings in")
    added = suppress_findings(report, fingerprints, mark, workspace, today)
    for name, says in added.items():
        print(visible(f"suppressed {name} until {mark.expires}: {says}"))
    if added:
        print(
            visible(f"wrote {workspace.suppressions}; a finding that counts again or is gone is told by the next check")
        )
    else:
        print("nothing to suppress: no finding counts that is not suppressed already")
    return 0


def _judged(options: argparse.Namespace) -> Report:
    """Return the report that is meant.

    Raises:
        InputFault: There is none, or it is of a capture that saw nothing.
    """
    file = report_file(options.report)
    if not file.is_file():
        mend = "name the folder that run or check wrote to: --report DIR"
        raise InputFault("no report with findings to suppress", str(file), "", mend)
    report = read_report(file)
    if report.verdict is Verdict.BLIND:
        raise InputFault("the capture of this report was blind, so it has no findings", str(file), "", "run again")
    return report


def _last_day(named: str | None, today: date) -> date:
    if named is None:
        return today + timedelta(days=_DAYS)
    try:
        return date.fromisoformat(named)
    except ValueError:
        mend = f"write a day as {today + timedelta(days=_DAYS)}"
        raise InputFault(f"{named!r} is no day", "--expires", "", mend) from None
