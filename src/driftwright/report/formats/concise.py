"""One line a finding, for `grep`, `sort` and `cut`: file: fact: verdict rule path: message [fingerprint]."""

from __future__ import annotations

from driftwright.report.formats import findings
from driftwright.report.formats.findings import Finding
from driftwright.report.formats.view import cut
from driftwright.report.model import Blind, Report

LONGEST = 400  # characters of one foreign text
_FORMULA = ("=", "+", "-", "@")  # what a spreadsheet takes for a formula at the start of a line


def render(report: Report) -> str:
    """Return the findings, a line each, the worst first; nothing at all when everything is intact."""
    capture = report.capture
    whence = _quoted(cut(capture.file or capture.target, LONGEST))
    if capture.blind:  # what it did not see has one reason, so one line
        return f"{_blind(whence, capture.blind)}\n"
    lines = (_line(whence, one) for one in (*findings.all_findings(report), *findings.unseen(report)))
    return "".join(f"{line}\n" for line in lines)


def _line(whence: str, one: Finding) -> str:
    name, rule, where, message = (cut(text, LONGEST) for text in (one.fact.name, one.rule, one.where, one.message))
    aside = f" ({cut(one.aside, LONGEST)})" if one.aside else ""
    return f"{whence}: {name}: {one.verdict} {rule} {where}: {message} [{one.fingerprint}]{aside}"


def _blind(whence: str, blind: Blind) -> str:
    reason, what, mend = (cut(text, LONGEST) for text in (blind.reason, blind.what, blind.mend))
    return f"{whence}: -: blind {reason} -: {what}; {mend}"


def _quoted(text: str) -> str:
    """Quote what could be taken for a formula at the start of a line."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
