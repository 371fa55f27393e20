"""A finding of a report, in words: what changed, what it does to which fact, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from driftwright.base.errors import InputFault
from driftwright.base.toml import suggestion
from driftwright.entrypoints.cli.output import read_report, report_file
from driftwright.report import ChangeFound, FactFound, FindingFound, Report, causes
from driftwright.structure import Rule

_FINGERPRINT = re.compile(r"[0-9a-f]{12}\Z")


def is_fingerprint(name: str) -> bool:
    """Whether a name is written as a fingerprint is."""
    return _FINGERPRINT.match(name) is not None


def finding(name: str, where: str, rules: Mapping[str, Rule]) -> list[str]:
    """Return what a report says of a fingerprint: of a finding, of a fact or of a change.

    Args:
        name: The fingerprint.
        where: The output folder of a run, or a report's JSON file.
        rules: The rules, by id.

    Raises:
        InputFault: There is no such report, or nothing in it has that fingerprint.
    """
    report, file = _read_report(where)
    return _explain_fingerprint(name, report, rules, file)


def _read_report(where: str) -> tuple[Report, str]:
    file = report_file(where)
    if not file.is_file():
        mend = "name the folder that run or check wrote to: --report DIR"
        raise InputFault("no report to look a fingerprint up in", str(file), "", mend)
    return read_report(file), str(file)


def _explain_fingerprint(name: str, report: Report, rules: Mapping[str, Rule], file: str) -> list[str]:
    fingerprints: set[str] = set()
    for fact in report.facts:
        for finding in fact.findings:
            fingerprints |= {finding.fingerprint, fact.fingerprint}
            if name in (finding.fingerprint, fact.fingerprint):
                mine = [change for change in causes(report, fact) if _is_cause(change, finding)]
                return [*_fact(fact), *_causes(mine, finding, rules), *_suppression_lines(name)]
    for change in report.changes:
        fingerprints.add(change.fingerprint)
        if change.fingerprint == name:
            readers = ", ".join(change.read_by) or "no derived fact"
            return [*_change(change, rules), f"read by: {readers}", *_suppression_lines(name)]
    mend = (
        suggestion(name, sorted(fingerprints)) or f"this report has: {', '.join(sorted(fingerprints)) or 'no finding'}"
    )
    raise InputFault(f"no finding {name!r} in this report", file, "", mend)


def _is_cause(change: ChangeFound, finding: FindingFound) -> bool:
    return (change.rule, change.store, change.path) == (finding.rule, finding.store, finding.path)


def _fact(fact: FactFound) -> Iterator[str]:
    yield f"{fact.name} ({fact.title}) is {fact.verdict}: {fact.says}"
    shown = fact.evidence
    if shown and shown.before and shown.after:
        yield f"answer: {shown.before.text[:200]} before, {shown.after.text[:200]} now"
    if shown and shown.error:
        yield f"error: {shown.error[:200]}"
    served = fact.fallback
    if served.source:
        lost = f", which {served.lost}" if served.lost else ""
        yield f"fallback: {served.source} ({served.level}){lost}"
    else:
        yield "fallback: none is left"
    if fact.shown:
        yield f"shown in: {fact.shown}"
    if fact.next:
        yield f"next: {fact.next}"


def _causes(changes: list[ChangeFound], finding: FindingFound, rules: Mapping[str, Rule]) -> Iterator[str]:
    yield ""
    if not changes:
        yield f"cause: {finding.rule} {finding.path}"
    for change in changes:
        yield from _change(change, rules)


def _change(change: ChangeFound, rules: Mapping[str, Rule]) -> Iterator[str]:
    yield f"cause: {change.rule} at {change.store}:{change.path}"
    yield f"  {change.message} ({change.before} -> {change.after}; {change.replay})"
    rule = rules.get(change.rule)
    if rule is not None:
        yield f"  {' '.join(rule.why.split())}"


def _suppression_lines(name: str) -> list[str]:
    return ["", "to live with it until a day:", f'  driftwright suppress {name} --reason "why" --expires 2030-12-31']
