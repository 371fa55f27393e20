"""The findings of a report as a flat list, for the formats that list them: fact, verdict, rule, place and message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from driftwright.report.fact import FactFound
from driftwright.report.formats import view
from driftwright.report.model import Report


class Finding(NamedTuple):
    """One finding, with the fact that it hurts.

    Args:
        fact: The derived fact that it hurts, or that was not seen.
        verdict: The fact's verdict: `broken`, `degraded` or `unseen`.
        rule: The rule of the change; the basis of the verdict where no change is the cause.
        where: `store:path`; the name of the invariant or the effect where no change is the cause.
        message: The finding in one sentence; foreign text, not yet escaped.
        fingerprint: Its id, the same in every report: 12 hex digits.
        aside: Why it is suppressed, and until when; empty while it counts.
        heirs: The facts that inherit its fact's break.
    """

    fact: FactFound
    verdict: str
    rule: str
    where: str
    message: str
    fingerprint: str
    aside: str
    heirs: tuple[str, ...] = ()


def all_findings(report: Report) -> list[Finding]:
    """Return every finding, the most severe fact first; the suppressed ones last."""
    messages = {(change.rule, change.store, change.path): change.message for change in report.changes}
    hurt = [fact for fact in view.ranked(report.facts) if fact.verdict not in ("intact", "unseen")]
    heirs: dict[str, list[str]] = {}
    for fact in hurt:
        if fact.inherits:
            heirs.setdefault(fact.inherits, []).append(fact.name)
    listed = [
        finding._replace(heirs=tuple(heirs.get(fact.name, ())))
        for fact in hurt
        for finding in _findings_of(fact, messages)
    ]
    return sorted(listed, key=lambda finding: bool(finding.aside))


def by_fact(report: Report) -> Mapping[str, list[Finding]]:
    """Return the findings by the name of the fact that they hurt."""
    causes: dict[str, list[Finding]] = {}
    for finding in all_findings(report):
        causes.setdefault(finding.fact.name, []).append(finding)
    return causes


def unseen(report: Report) -> list[Finding]:
    """Return one finding for each fact that the capture did not show."""
    return [
        Finding(fact, "unseen", fact.basis, view.missing(fact), fact.says, fact.fingerprint, "")
        for fact in view.unseen(report)
    ]


def _findings_of(fact: FactFound, messages: Mapping[tuple[str, str, str], str]) -> Iterator[Finding]:
    fact_suppressed = view.suppressed_says(fact)
    for finding in fact.findings:
        where = f"{finding.store}:{finding.path}" if finding.store else finding.path
        message = messages.get((finding.rule, finding.store, finding.path)) or str(fact.says)
        aside = view.suppressed_says(finding) or fact_suppressed
        yield Finding(fact, fact.verdict, finding.rule, where, message, finding.fingerprint, aside)
    if not fact.findings:
        yield Finding(fact, fact.verdict, fact.basis, fact.effect, fact.says, fact.fingerprint, fact_suppressed)


def paragraphs(finding: Finding) -> list[str]:
    """Return a finding in a few plain sentences, the most important first; foreign text, not yet escaped."""
    fact = finding.fact
    sentences = [finding.message] if finding.message == fact.says else [finding.message, fact.says]
    if finding.verdict == "unseen":
        advice = fact.unseen.to_see if fact.unseen else fact.next
        return [*sentences, f"Not seen: {finding.where}", f"Next: {advice}"]
    return [*sentences, *outlook(finding)]


def outlook(finding: Finding) -> list[str]:
    """Return the consequences of a finding, each after a label: effect, answers, fallback, heirs and next step."""
    fact = finding.fact
    sentences = [f"Effect: {view.effect_says(fact)} ({view.BASIS_WORDS[fact.basis]})"]
    pair = view.answers(fact)
    if pair:
        sentences.append(f"Answer: {pair[0]} -> {pair[1]}")
    sentences += [f"Shown in: {fact.shown}", f"Fallback: {view.fallback_says(fact)}"]
    if finding.heirs:
        sentences.append(f"Inherited by: {', '.join(finding.heirs)}")
    return [*sentences, f"Next: {fact.next}"]


def place(fact: FactFound) -> tuple[str, int] | None:
    """Return file and line of a fact's contract; None if the report does not hold them."""
    contract = fact.contract
    return (contract.file, contract.line) if contract else None
