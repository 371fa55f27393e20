"""CTRF, the Common Test Report Format: one test a derived fact, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from driftwright.report.formats import found, view
from driftwright.report.formats.found import Finding
from driftwright.report.formats.json import plain
from driftwright.report.formats.view import Record, cut

VERSION = "0.0.0"  # of the format
LONGEST = 600  # characters of one foreign text

_STATUS = {"intact": "passed", "broken": "failed", "degraded": "failed", "unseen": "skipped"}


def render(record: Record) -> str:
    """Return the report as JSON text with a final newline."""
    causes = found.by_fact(record)
    tests = [_test(record, fact, causes.get(fact["name"], [])) for fact in record["facts"]]
    if record["capture"]["blind"]:
        tests.insert(0, _blind(record["capture"]))
    report = {
        "reportFormat": "CTRF",
        "specVersion": VERSION,
        "generatedBy": "driftwright",
        "results": {
            "tool": {"name": "driftwright", "version": _said(record["tool"]["version"])},
            "summary": _summary(record, tests),
            "tests": tests,
            "environment": {"appName": _said(record["capture"]["target"]), "extra": _capture(record["capture"])},
        },
    }
    return plain(report, indent=2) + "\n"


def _test(record: Record, fact: Record, causes: list[Finding]) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": _said(fact["name"]) or "(no name)",
        "status": "skipped" if fact.get("suppressed") else _STATUS[fact["verdict"]],
        "duration": 0,  # facts are judged together
        "suite": [_said(record["capture"]["target"])],
        "rawStatus": "suppressed" if fact.get("suppressed") else fact["verdict"],
        "type": "contract",
        "message": _said(view.suppressed_says(fact) or fact["says"]),
        "extra": {"title": _said(fact["title"]), "fingerprint": fact["fingerprint"], "effect": fact["effect"]},
    }
    at = found.place(fact)
    if at:
        test |= {"filePath": _said(at[0]), "line": at[1]}
    if fact["verdict"] == "unseen":
        test["trace"] = _said(f"Not seen: {view.missing(fact)}") + "\n" + _said(f"Next: {fact['next']}")
    elif causes:
        lines = [f"Cause: {one.rule} {one.where}: {one.message} [{one.fingerprint}]" for one in causes]
        test["trace"] = "\n".join(map(_said, [*lines, *found.outlook(causes[0])]))
        test["tags"] = sorted({_said(one.rule) for one in causes})
    return test


def _blind(capture: Record) -> dict[str, Any]:
    """A capture that saw nothing has neither passed nor failed."""
    blind = capture["blind"]
    return {
        "name": "capture",
        "status": "other",
        "duration": 0,
        "suite": [_said(capture["target"])],
        "rawStatus": "blind",
        "type": "contract",
        "message": _said(f"{blind['reason']}: {blind['what']}"),
        "trace": _said(f"Next: {blind['mend']}"),
    }


def _summary(record: Record, tests: list[dict[str, Any]]) -> dict[str, int]:
    status = [test["status"] for test in tests]
    counts = {word: status.count(word) for word in ("passed", "failed", "skipped", "pending", "other")}
    moment = _milliseconds(record["capture"]["taken_at"])
    return {"tests": len(tests), **counts, "suites": 1, "start": moment, "stop": moment}


def _milliseconds(taken_at: str) -> int:
    try:
        return int(datetime.fromisoformat(taken_at).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return 0  # a blind capture has no time


def _capture(capture: Record) -> dict[str, str]:
    return {
        name: _said(capture[name]) for name in ("state", "origin", "browser", "taken_at", "digest") if capture[name]
    }


def _said(text: str) -> str:
    return cut(text, LONGEST)
