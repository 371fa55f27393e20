"""The machine format: report-v1 as pretty JSON, its fields in the order in which the schema lists them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from driftwright.report.model import Report
from driftwright.report.stored import ReportRecord, record

SCHEMA = "report-v1.schema.json"


@cache
def schema() -> Mapping[str, Any]:
    """Return the published JSON Schema of the format."""
    text = (files("driftwright.report.formats") / SCHEMA).read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


def render(report: Report) -> str:
    """Return the report as JSON text with a final newline, the same bytes for the same report."""
    text = json.dumps(ordered(record(report)), indent=2, ensure_ascii=False)
    lines = (line if line.isprintable() else "".join(map(_escape_char, line)) for line in text.split("\n"))
    return _escape_log_commands("\n".join(lines)) + "\n"


def ordered(report_record: ReportRecord) -> dict[str, Any]:
    """Return a record with its fields in the order in which the schema lists them."""
    sorted_record: dict[str, Any] = _order_fields(report_record, schema())
    return sorted_record


def plain(value: Any, indent: int | None = None) -> str:
    """Return any value as JSON in ASCII alone, which no terminal and no build log takes for a command.

    Args:
        value: What JSON can hold.
        indent: Spaces of one level; None for one line.
    """
    return _escape_log_commands(json.dumps(value, indent=indent, ensure_ascii=True))


def _escape_log_commands(text: str) -> str:
    """Escape `##[`, which occurs only inside strings and which a build log may take for a command."""
    return text.replace("##[", "\\u0023#[")


def _order_fields(value: Any, rule: Mapping[str, Any]) -> Any:
    """Return `value` with its fields as `rule` lists them; what the schema leaves open keeps its own order."""
    rule = _resolve_reference(rule)
    fields = rule.get("properties")
    if isinstance(value, Mapping) and fields:
        return {name: _order_fields(value[name], fields[name]) for name in fields if name in value}
    if isinstance(value, list) and "items" in rule:
        return [_order_fields(item, rule["items"]) for item in value]
    return value


def _resolve_reference(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    target = rule.get("$ref", "").removeprefix("#/$defs/")
    return schema()["$defs"][target] if target else rule


def _escape_char(char: str) -> str:
    """Return a printable character as it is, any other as a JSON escape; the latter occur only inside strings."""
    return char if char.isprintable() else json.dumps(char)[1:-1]
