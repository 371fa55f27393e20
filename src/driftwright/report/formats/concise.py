"""One line for each finding, for `grep`, `sort` and `cut`: file: fact: verdict rule path: message [fingerprint]."""

from __future__ import annotations

from driftwright.report.formats import findings
from driftwright.report.formats.findings import Finding
from driftwright.report.formats.view import cut
from driftwright.report.model import Blind, Report

LONGEST = 400  # characters of one foreign text
_FORMULA = ("=", "+", "-", "@")  # what a spreadsheet takes for a formula at the start of a line


def render(report: Report) -> str:
    """Return one line for each finding, the most severe first; empty when everything is intact."""
    capture = report.capture
    source = _quote_formula(cut(capture.file or capture.target, LONGEST))
    if capture.blind:  # one reason holds for all facts, so one line
        return f"{_format_blind(source, capture.blind)}\n"
    lines = (_format_finding(source, finding) for finding in (*findings.all_findings(report), *findings.unseen(report)))
    return "".join(f"{line}\n" for line in lines)


def _format_finding(source: str, finding: Finding) -> str:
    name, rule, where, message = (
        cut(text, LONGEST) for text in (finding.fact.name, finding.rule, finding.where, finding.message)
    )
    aside = f" ({cut(finding.aside, LONGEST)})" if finding.aside else ""
    return f"{source}: {name}: {finding.verdict} {rule} {where}: {message} [{finding.fingerprint}]{aside}"


def _format_blind(source: str, blind: Blind) -> str:
    reason, problem, mend = (cut(text, LONGEST) for text in (blind.reason, blind.what, blind.mend))
    return f"{source}: -: blind {reason} -: {problem}; {mend}"


def _quote_formula(text: str) -> str:
    """Quote what could be taken for a formula at the start of a line."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
