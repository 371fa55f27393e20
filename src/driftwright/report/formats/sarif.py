"""SARIF 2.1.0 for code scanning: findings point at the contracts of the facts that they hurt.

What was not seen and what was blind are notifications of the run, never results: they are no finding, and not fine.
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
        "tool": {"driver": {"name": "driftwright", "version": _plain(report.tool.version), "rules": rules}},
        "automationDetails": {"id": f"driftwright/{quote(capture.target, safe='', errors='replace')}/"},
        "invocations": [_invocation(report, len(listed))],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that holds the contracts' folder."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, numbers) for one in listed[:MOST]],
        "properties": {"verdict": report.verdict, "digest": _plain(capture.digest)},
    }
    return plain({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rules(listed: list[Finding]) -> list[dict[str, Any]]:
    """Describe the rules of the findings: those of the rule files with their help, and what else a verdict rests on."""
    known, named = load_rules(), {_plain(one.rule) for one in listed}
    return [_rule(known[name]) if name in known else _basis(name) for name in sorted(named)]


def _rule(rule: Rule) -> dict[str, Any]:
    why = _message(" ".join(rule.why.split()), LONGEST_RULE)
    return {
        "id": rule.id,
        "shortDescription": _message(rule.title),
        "fullDescription": why,
        "help": {"text": f"{why['text']} More: driftwright explain {rule.id}"},
        "defaultConfiguration": {"level": _RULE_LEVELS[rule.level]},
    }


def _basis(name: str) -> dict[str, Any]:
    words = view.BASIS_WORDS.get(name, "the report names what the verdict rests on")
    return {
        "id": name,
        "shortDescription": {"text": words.capitalize()},
        "help": {"text": "No structural change is the known cause; the result says what was found."},
    }


def _result(one: Finding, numbers: dict[str, int]) -> dict[str, Any]:
    rule = _plain(one.rule)
    told = "\n".join(_message(line)["text"] for line in (one.fact.title, *findings.paragraphs(one)))
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": numbers[rule],
        "level": _LEVELS[one.verdict],
        "message": {"text": told},
        "locations": [_location(one)],
        "partialFingerprints": {FINGERPRINT: one.fingerprint},
        "properties": {"fact": _plain(one.fact.name), "effect": one.fact.effect, "basis": one.fact.basis},
    }
    if one.aside:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": _plain(one.aside)}]
    return result


def _location(one: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": _plain(one.where), "kind": "member"}]}
    at = findings.place(one.fact)
    if at:
        file, line = at
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
        return  # what it did not see has this one reason
    if count > MOST:
        yield _notice("warning", f"{count - MOST} of {count} findings are cut, the least severe; report.json has all")
    if count > SHOWN:
        yield _notice("note", f"code scanning shows {SHOWN} results; those after them are less severe")
    for one in findings.unseen(report)[:SHOWN]:
        yield {**_notice("note", f"not seen: {one.fact.name}: {one.where}"), "locations": [_location(one)]}


def _notice(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": _message(text)}


def _plain(text: str) -> str:
    return cut(text, LONGEST)


def _message(text: str, limit: int = LONGEST) -> dict[str, str]:
    """Return a text as a SARIF message, where square brackets make a link and braces a placeholder."""
    shown = cut(text, limit)
    for mark in "\\[]":
        shown = shown.replace(mark, f"\\{mark}")
    return {"text": shown.replace("{", "{{").replace("}", "}}")}
