"""CTRF, the Common Test Report Format: one test for each derived fact, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from driftwright.report.fact import FactFound
from driftwright.report.formats import findings, view
from driftwright.report.formats.findings import Finding
from driftwright.report.formats.json import plain
from driftwright.report.formats.view import cut
from driftwright.report.model import Blind, CaptureFacts, Report

VERSION = "0.0.0"  # of the format
LONGEST = 600  # characters of one foreign text

_STATUS = {"intact": "passed", "broken": "failed", "degraded": "failed", "unseen": "skipped"}


def render(report: Report) -> str:
    """Return the report as JSON text with a final newline."""
    causes = findings.by_fact(report)
    tests = [_test(report, fact, causes.get(fact.name, [])) for fact in report.facts]
    if report.capture.blind:
        tests.insert(0, _blind(report.capture.target, report.capture.blind))
    whole = {
        "reportFormat": "CTRF",
        "specVersion": VERSION,
        "generatedBy": "driftwright",
        "results": {
            "tool": {"name": "driftwright", "version": _cut(report.tool.version)},
            "summary": _summary(report, tests),
            "tests": tests,
            "environment": {"appName": _cut(report.capture.target), "extra": _capture(report.capture)},
        },
    }
    return plain(whole, indent=2) + "\n"


def _test(report: Report, fact: FactFound, causes: list[Finding]) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": _cut(fact.name) or "(no name)",
        "status": "skipped" if fact.suppressed else _STATUS[fact.verdict],
        "duration": 0,  # facts are judged together
        "suite": [_cut(report.capture.target)],
        "rawStatus": "suppressed" if fact.suppressed else fact.verdict,
        "type": "contract",
        "message": _cut(view.suppressed_says(fact) or fact.says),
        "extra": {"title": _cut(fact.title), "fingerprint": fact.fingerprint, "effect": fact.effect},
    }
    place = findings.place(fact)
    if place:
        test |= {"filePath": _cut(place[0]), "line": place[1]}
    if fact.verdict == "unseen":
        test["trace"] = _cut(f"Not seen: {view.missing(fact)}") + "\n" + _cut(f"Next: {fact.next}")
    elif causes:
        lines = [f"Cause: {cause.rule} {cause.where}: {cause.message} [{cause.fingerprint}]" for cause in causes]
        test["trace"] = "\n".join(map(_cut, [*lines, *findings.outlook(causes[0])]))
        test["tags"] = sorted({_cut(cause.rule) for cause in causes})
    return test


def _blind(target: str, blind: Blind) -> dict[str, Any]:
    """Return the test of a blind capture, which has neither passed nor failed."""
    return {
        "name": "capture",
        "status": "other",
        "duration": 0,
        "suite": [_cut(target)],
        "rawStatus": "blind",
        "type": "contract",
        "message": _cut(f"{blind.reason}: {blind.what}"),
        "trace": _cut(f"Next: {blind.mend}"),
    }


def _summary(report: Report, tests: list[dict[str, Any]]) -> dict[str, int]:
    status = [test["status"] for test in tests]
    counts = {word: status.count(word) for word in ("passed", "failed", "skipped", "pending", "other")}
    moment = _milliseconds(report.capture.taken_at)
    return {"tests": len(tests), **counts, "suites": 1, "start": moment, "stop": moment}


def _milliseconds(taken_at: str) -> int:
    try:
        return int(datetime.fromisoformat(taken_at).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return 0  # a blind capture has no time


def _capture(capture: CaptureFacts) -> dict[str, str]:
    entries = {"state": capture.state, "origin": capture.origin, "browser": capture.browser}
    entries |= {"taken_at": capture.taken_at, "digest": capture.digest}
    return {name: _cut(text) for name, text in entries.items() if text}


def _cut(text: str) -> str:
    return cut(text, LONGEST)
