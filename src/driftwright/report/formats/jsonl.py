"""One JSON record on each line, for streams and `jq`: a header, then every part of report-v1 by itself.

Each line holds `kind` and, under that name, a part of the report: `{"kind": "fact", "fact": {...}}`. The published
schema of a line is `report-lines-v1.schema.json`; what it holds is what report-v1 says of that part.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from json import loads
from typing import Any

from driftwright.report.formats.json import ordered, plain
from driftwright.report.model import Report
from driftwright.report.stored import ReportRecord, record

FORMAT = "report-lines-v1"
SCHEMA = f"{FORMAT}.schema.json"

_HEAD = ("schema_version", "tool", "verdict", "summary", "capture")
_LISTS = (("facts", "fact"), ("changes", "change"), ("stores", "store"), ("proposals", "proposal"), ("notes", "note"))


@cache
def schema() -> dict[str, Any]:
    """Return the published JSON Schema of one line."""
    loaded: dict[str, Any] = loads((files("driftwright.report.formats") / SCHEMA).read_text(encoding="utf-8"))
    return loaded


def render(report: Report) -> str:
    """Return the report as JSON lines, the same bytes for the same report."""
    return "".join(f"{plain(line)}\n" for line in _lines(ordered(record(report))))


def _lines(report_record: ReportRecord) -> Iterator[dict[str, Any]]:
    yield {"kind": "report", "format": FORMAT, "report": {name: report_record[name] for name in _HEAD}}
    if report_record["past"]:
        yield {"kind": "past", "past": report_record["past"]}
    for name, kind in _LISTS:
        yield from ({"kind": kind, kind: part} for part in report_record[name])
