"""Reports that a run or a check left, read again."""

from __future__ import annotations

from pathlib import Path as File

from driftwright.base.jsontext import parse_json_file
from driftwright.entrypoints.cli.output import FILES
from driftwright.report import Report, report_of


def report_file(where: str) -> File:
    """Return the file of a report: the one named, or the one in the output folder that was named."""
    return File(where) / FILES["json"] if File(where).is_dir() else File(where)


def read_report(file: File) -> Report:
    """Return the report of a `report-v1` file.

    Raises:
        InputFault: It is none, or a part of it is missing or of another type.
    """
    return report_of(parse_json_file(file), str(file))
