"""The command that shows a report again: report."""

from __future__ import annotations

import argparse

from driftwright.base.errors import InputFault
from driftwright.entrypoints.cli.reading import read_report, report_file
from driftwright.entrypoints.cli.terminal import colour


def report(options: argparse.Namespace) -> int:
    """Render the report that a run left."""
    from driftwright.report import Style, render

    file = report_file(options.where)
    record = read_report(file)
    try:
        text = render(record, options.format, Style(colour=colour()))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputFault(
            f"a report-v1 document with something missing ({type(error).__name__})", str(file), "", "run again"
        ) from None
    print(text, end="")
    return 0
