"""Reports that a run or a check left, read again."""

from __future__ import annotations

from pathlib import Path as File
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_json_file
from driftwright.entrypoints.cli.output import FILES


def report_file(where: str) -> File:
    """Return the file of a report: the one named, or the one in the output folder that was named."""
    return File(where) / FILES["json"] if File(where).is_dir() else File(where)


def read_report(file: File) -> dict[str, Any]:
    """Return the `report-v1` record of a file; that nothing in it is missing is not looked at.

    Raises:
        InputFault: It is none.
    """
    record = parse_json_file(file)
    if not isinstance(record, dict) or record.get("schema_version") != "report-v1":
        raise InputFault("not a report-v1 document", str(file), "/schema_version", "name a folder that run wrote")
    return record
