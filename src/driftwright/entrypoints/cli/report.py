"""The command that shows a report again: report."""

from __future__ import annotations

import argparse

from driftwright.entrypoints.cli.output import read_report, report_file
from driftwright.entrypoints.cli.terminal import colour


def report(options: argparse.Namespace) -> int:
    """Render the report that a run left."""
    from driftwright.report import Style, render

    print(render(read_report(report_file(options.where)), options.format, Style(colour=colour())), end="")
    return 0
