"""JUnit XML for test reporters: one test case for each derived fact.

Broken and degraded are failures; what is suppressed or was not seen is skipped, with the reason; a blind capture is an
error. There is no host name, and every text is made printable first, so that it is legal in XML 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from driftwright.report.fact import FactFound
from driftwright.report.formats import findings, view
from driftwright.report.formats.findings import Finding
from driftwright.report.formats.view import cut
from driftwright.report.model import Blind, Report

LONGEST = 600  # characters of one foreign text
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def render(report: Report) -> str:
    """Return the report as XML with a final newline."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    capture, blind = report.capture, report.capture.blind
    causes = findings.by_fact(report)
    facts = report.facts
    failed = sum(1 for fact in facts if _fails(fact))
    skipped = sum(1 for fact in facts if not _fails(fact) and fact.verdict != "intact")
    counts = _attributes(
        tests=len(facts) + bool(blind), failures=failed, errors=int(bool(blind)), skipped=skipped, time="0"
    )
    time = _TIME.match(capture.taken_at)
    stamp = _attributes(timestamp=time.group()) if time else ""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="driftwright"{counts}>'
    yield f"  <testsuite{_attributes(name=capture.target or 'driftwright')}{counts}{stamp}>"
    yield from _properties(report)
    if blind:
        yield from _blind(report, blind)
    for fact in facts:
        yield from _case(report, fact, causes.get(fact.name, []))
    yield "  </testsuite>"
    yield "</testsuites>"


def _blind(report: Report, blind: Blind) -> Iterator[str]:
    why = _attributes(type="blind: " + blind.reason, message=blind.what)
    yield f"    <testcase{_attributes(classname=_class(report), name='capture', time='0')}>"
    yield f"      <error{why}>Next: {_escape_text(blind.mend)}</error>"
    yield "    </testcase>"


def _fails(fact: FactFound) -> bool:
    return fact.verdict in ("broken", "degraded") and not fact.suppressed


def _class(report: Report) -> str:
    return f"driftwright.{report.capture.target}"


def _properties(report: Report) -> Iterator[str]:
    capture = report.capture
    entries = {"verdict": report.verdict, "state": capture.state, "origin": capture.origin}
    entries |= {"browser": capture.browser, "digest": capture.digest, "driftwright": report.tool.version}
    yield "    <properties>"
    yield from (f"      <property{_attributes(name=name, value=value)}/>" for name, value in entries.items() if value)
    yield "    </properties>"


def _case(report: Report, fact: FactFound, causes: list[Finding]) -> Iterator[str]:
    place = findings.place(fact)
    where = _attributes(file=place[0], line=place[1]) if place else ""
    head = f"    <testcase{_attributes(classname=_class(report), name=fact.name)}{where}{_attributes(time='0')}"
    if fact.verdict == "intact":
        yield f"{head}/>"
        return
    yield f"{head}>"
    if fact.suppressed:
        yield f"      <skipped{_attributes(message=view.suppressed_says(fact))}/>"
    elif fact.verdict == "unseen":
        why = "not seen: " + "; ".join(filter(None, (view.missing(fact), fact.next)))
        yield f"      <skipped{_attributes(message=why)}/>"
    else:
        yield from _failure(fact, causes)
    yield "    </testcase>"


def _failure(fact: FactFound, causes: list[Finding]) -> Iterator[str]:
    """Yield the one failure of a fact, with all causes in its text; test reporters count one for each case."""
    kind = f"{fact.verdict}: {causes[0].rule}"
    yield f"      <failure{_attributes(type=kind, message=fact.says)}>"
    for cause in causes:
        parts = (cause.rule, cause.where, cause.message, f"[{cause.fingerprint}]", cause.aside and f"({cause.aside})")
        yield f"Cause: {_escape_text(' '.join(filter(None, parts)))}"
    yield from map(_escape_text, findings.outlook(causes[0]))
    yield "      </failure>"


def _attributes(**values: object) -> str:
    return "".join(f' {name}="{_escape_text(str(value))}"' for name, value in values.items())


def _escape_text(text: str) -> str:
    """Escape foreign text for XML; unprintable characters, XML's illegal ones included, become escapes first."""
    return escape(cut(text, LONGEST), quote=True)
