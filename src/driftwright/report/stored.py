"""The published form of a report: `report-v1`, written as a record for JSON and read back as a report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.terms import Verdict
from driftwright.report.model import Report

FORMAT = "report-v1"

ReportRecord = Mapping[str, Any]
"""One report as JSON holds it, by the names of `report-v1`."""

_REQUIRED = ("tool", "verdict", "summary", "stores", "changes", "facts", "notes")  # in every version of the format
_WRONG = f"a {FORMAT} document with something missing or of another type"
_PLACE = re.compile(r" - at `\$(.*)`$", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]")


def record(report: Report) -> dict[str, Any]:
    """Return the report as a `report-v1` record."""
    head = {name: _json_value(getattr(report, name)) for name in ("tool", "verdict", "summary")}
    return {"schema_version": FORMAT, **head, **_json_value(report)}


def _json_value(value: Any) -> Any:
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, tuple):
        return [_json_value(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return {name: _json_value(getattr(value, name)) for name in value.__dataclass_fields__}


def report_of(stored: Any, file: str = "") -> Report:
    """Return the report of a `report-v1` record, also of one that an earlier version wrote.

    Derived values, such as the verdict and the summary, are computed again.

    Args:
        stored: The parsed JSON document.
        file: Name of its file, for the fault.

    Raises:
        InputFault: It is not a `report-v1` record, or a part is missing or has another type.
    """
    from msgspec import ValidationError, convert

    if not isinstance(stored, dict) or stored.get("schema_version") != FORMAT:
        raise InputFault(f"not a {FORMAT} document", file, "/schema_version", "name a folder that run wrote")
    missing = [name for name in _REQUIRED if name not in stored]
    if missing:
        raise InputFault(f"a {FORMAT} document with something missing", file, f"/{missing[0]}", "run again")
    try:
        report = convert({**stored, "changes": _add_read_first(stored["changes"])}, Report)
    except (ValidationError, UnicodeError) as error:  # the second: a half of a letter where a word has to stand
        place = _PLACE.search(str(error))
        at = "".join(f"/{field or item}" for field, item in _STEP.findall(place.group(1))) if place else ""
        raise InputFault(_WRONG, file, at, "run again") from None
    for number, fact in enumerate(report.facts):
        if fact.verdict is Verdict.BLIND:  # a word of captures alone
            raise InputFault(_WRONG, file, f"/facts/{number}/verdict", "run again")
    return report


def _add_read_first(changes: Any) -> Any:
    """Add `read_first` to changes that an earlier version wrote without it: all readers of the change."""
    if not isinstance(changes, list):
        return changes
    return [
        {"read_first": change["read_by"], **change} if isinstance(change, dict) and "read_by" in change else change
        for change in changes
    ]
