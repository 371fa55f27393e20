"""SARIF 2.1.0 for code scanning: findings point at the contracts of the facts that they hurt.

Unseen facts and blind captures are notifications of the run, never results: they are no findings, but not intact.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from driftwright.report.formats import findings, view
from driftwright.report.formats.findings import Finding
from driftwright.report.formats.json import plain
from driftwright.report.formats.view import cut
from driftwright.report.model import Report
from driftwright.structure import Rule, load_rules

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST = 25_000  # results that code scanning takes of one run
SHOWN = 5_000  # results that it shows
ROOT = "WORKSPACE"
FINGERPRINT = "driftwright/v1"
LONGEST = 600  # characters of one foreign text
LONGEST_RULE = 1_000  # characters of a rule's description

_LEVELS = {"broken": "error", "degraded": "warning"}
_RULE_LEVELS = {"break": "error", "warn": "warning", "note": "note"}


def render(report: Report) -> str:
    """Return the report as JSON text with a final newline."""
    listed = findings.all_findings(report)
    rules = _rules(listed[:MOST])
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    capture = report.capture
    run = {
        "tool": {"driver": {"name": "driftwright", "version": _cut(report.tool.version), "rules": rules}},
        "automationDetails": {"id": f"driftwright/{quote(capture.target, safe='', errors='replace')}/"},
        "invocations": [_invocation(report, len(listed))],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that holds the contracts' folder."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, numbers) for finding in listed[:MOST]],
        "properties": {"verdict": report.verdict, "digest": _cut(capture.digest)},
    }
    return plain({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rules(listed: list[Finding]) -> list[dict[str, Any]]:
    """Describe the rules of the findings: rules of the rule files with their help, and other bases of a verdict."""
    rules, names = load_rules(), {_cut(finding.rule) for finding in listed}
    return [_describe_rule(rules[name]) if name in rules else _describe_basis(name) for name in sorted(names)]


def _describe_rule(rule: Rule) -> dict[str, Any]:
    why = _escape_message(" ".join(rule.why.split()), LONGEST_RULE)
    return {
        "id": rule.id,
        "shortDescription": _escape_message(rule.title),
        "fullDescription": why,
        "help": {"text": f"{why['text']} More: driftwright explain {rule.id}"},
        "defaultConfiguration": {"level": _RULE_LEVELS[rule.level]},
    }


def _describe_basis(name: str) -> dict[str, Any]:
    words = view.BASIS_WORDS.get(name, "the report names what the verdict rests on")
    return {
        "id": name,
        "shortDescription": {"text": words.capitalize()},
        "help": {"text": "No structural change is the known cause; the result says what was found."},
    }


def _result(finding: Finding, numbers: dict[str, int]) -> dict[str, Any]:
    rule = _cut(finding.rule)
    text = "\n".join(_escape_message(line)["text"] for line in (finding.fact.title, *findings.paragraphs(finding)))
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": numbers[rule],
        "level": _LEVELS[finding.verdict],
        "message": {"text": text},
        "locations": [_location(finding)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {"fact": _cut(finding.fact.name), "effect": finding.fact.effect, "basis": finding.fact.basis},
    }
    if finding.aside:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": _cut(finding.aside)}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": _cut(finding.where), "kind": "member"}]}
    place = findings.place(finding.fact)
    if place:
        file, line = place
        # Foreign text stays one relative path: no scheme, no host, no other root.
        uri = quote(file.lstrip("/"), safe="/", errors="replace")
        location["physicalLocation"] = {
            "artifactLocation": {"uri": uri, "uriBaseId": ROOT},
            "region": {"startLine": line},
        }
    return location


def _invocation(report: Report, count: int) -> dict[str, Any]:
    blind = report.capture.blind
    invocation: dict[str, Any] = {"executionSuccessful": not blind}
    notifications = [*_notifications(report, count)]
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    return invocation


def _notifications(report: Report, count: int) -> Iterator[dict[str, Any]]:
    blind = report.capture.blind
    if blind:
        yield _notice("error", f"blind: {blind.reason}: {blind.what}; {blind.mend}")
        return  # one reason holds for all facts
    if count > MOST:
        yield _notice("warning", f"{count - MOST} of {count} findings are cut, the least severe; report.json has all")
    if count > SHOWN:
        yield _notice("note", f"code scanning shows {SHOWN} results; those after them are less severe")
    for finding in findings.unseen(report)[:SHOWN]:
        yield {**_notice("note", f"not seen: {finding.fact.name}: {finding.where}"), "locations": [_location(finding)]}


def _notice(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": _escape_message(text)}


def _cut(text: str) -> str:
    return cut(text, LONGEST)


def _escape_message(text: str, limit: int = LONGEST) -> dict[str, str]:
    """Return a text as a SARIF message, where square brackets make a link and braces a placeholder."""
    shown = cut(text, limit)
    for mark in "\\[]":
        shown = shown.replace(mark, f"\\{mark}")
    return {"text": shown.replace("{", "{{").replace("}", "}}")}
