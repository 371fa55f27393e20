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
    report, file = _report(where)
    return _told(name, report, rules, file)


def _report(where: str) -> tuple[Report, str]:
    file = report_file(where)
    if not file.is_file():
        mend = "name the folder that run or check wrote to: --report DIR"
        raise InputFault("no report to look a fingerprint up in", str(file), "", mend)
    return read_report(file), str(file)


def _told(name: str, report: Report, rules: Mapping[str, Rule], file: str) -> list[str]:
    known: set[str] = set()
    for fact in report.facts:
        for one in fact.findings:
            known |= {one.fingerprint, fact.fingerprint}
            if name in (one.fingerprint, fact.fingerprint):
                mine = [change for change in causes(report, fact) if _is_cause(change, one)]
                return [*_fact(fact), *_causes(mine, one, rules), *_living_with(name)]
    for change in report.changes:
        known.add(change.fingerprint)
        if change.fingerprint == name:
            readers = ", ".join(change.read_by) or "no derived fact"
            return [*_change(change, rules), f"read by: {readers}", *_living_with(name)]
    mend = suggestion(name, sorted(known)) or f"this report has: {', '.join(sorted(known)) or 'no finding'}"
    raise InputFault(f"no finding {name!r} in this report", file, "", mend)


def _is_cause(change: ChangeFound, one: FindingFound) -> bool:
    return (change.rule, change.store, change.path) == (one.rule, one.store, one.path)


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


def _causes(changes: list[ChangeFound], one: FindingFound, rules: Mapping[str, Rule]) -> Iterator[str]:
    yield ""
    if not changes:
        yield f"cause: {one.rule} {one.path}"
    for change in changes:
        yield from _change(change, rules)


def _change(change: ChangeFound, rules: Mapping[str, Rule]) -> Iterator[str]:
    yield f"cause: {change.rule} at {change.store}:{change.path}"
    yield f"  {change.message} ({change.before} -> {change.after}; {change.replay})"
    rule = rules.get(change.rule)
    if rule is not None:
        yield f"  {' '.join(rule.why.split())}"


def _living_with(name: str) -> list[str]:
    return ["", "to live with it until a day, in suppressions.toml beside contracts/:", "  [[suppress]]",
            f'  fingerprint = "{name}"', '  reason = "why"', "  expires = 2030-12-31"]  # fmt: skip
