"""Triage: decide which findings count, by suppressions, the workspace's levels, and strictness."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.base.terms import Level, Verdict
from driftwright.base.toml import suggestion
from driftwright.report import ChangeFound, FactFound, FindingFound, Report, Suppressed, fingerprint
from driftwright.structure import load_rules
from driftwright.workspace import Suppression, Workspace, load_suppressions


@dataclass(frozen=True, slots=True)
class Triage:
    """The suppressions and levels of a workspace.

    Args:
        file: The file of its suppressions.
        entries: Its suppressions.
        levels: The levels that it gives to rules, by rule id.
        today: The day for which suppressions are applied.
    """

    file: File
    entries: tuple[Suppression, ...]
    levels: Mapping[str, Level]
    today: date

    def applied(self, report: Report) -> Report:
        """Return the report with findings, the workspace's levels, and marks on suppressed findings."""
        return suppressed(with_levels(with_findings(report), self.levels), self.entries, self.today)

    def refuse_unused(self, reports: Sequence[Report]) -> None:
        """Refuse a suppression that matches no finding of any report, unless a report is unseen or blind.

        Raises:
            InputFault: Names the file and the entry.
        """
        if any(_hides_findings(report) for report in reports):
            return
        used = _used_fingerprints(reports)
        for entry in self.entries:
            if entry.fingerprint not in used:
                message = f"the suppression of {entry.fingerprint} is not used by any finding"
                raise InputFault(message, str(self.file), entry.place, "remove it")


def load_triage(workspace: Workspace, today: date | None = None) -> Triage:
    """Read the suppressions and levels of a workspace.

    Args:
        workspace: The workspace.
        today: The day for which suppressions are applied; None for the present day in UTC.

    Raises:
        InputFault: Its suppressions or levels are not what they should be.
    """
    day = today or datetime.now(UTC).date()
    return Triage(workspace.suppressions, load_suppressions(workspace.suppressions), levels(workspace), day)


def levels(workspace: Workspace) -> Mapping[str, Level]:
    """Return the levels that a workspace gives to rules instead of their own.

    Raises:
        InputFault: It names a rule that does not exist.
    """
    if not workspace.severity:
        return {}
    rules = load_rules()
    for rule in workspace.severity:
        if rule not in rules:
            mend = suggestion(rule, rules) or "run explain without a name for the list of rules"
            raise InputFault(f"unknown rule {rule!r}", workspace.settings, "severity", mend)
    return workspace.severity


def with_findings(report: Report) -> Report:
    """Return the report with the findings of every fact: one for each cause, with a fingerprint of it."""
    changes = {change.id: change for change in report.changes}
    return replace(report, facts=tuple(_add_findings(fact, changes) for fact in report.facts))


def _add_findings(fact: FactFound, changes: Mapping[str, ChangeFound]) -> FactFound:
    findings = tuple(_list_findings(fact, changes))
    names = sorted({finding.fingerprint for finding in findings})
    own = names[0] if len(names) == 1 else fingerprint(fact.name, *names)
    return replace(fact, findings=findings, fingerprint=own)


def _list_findings(fact: FactFound, changes: Mapping[str, ChangeFound]) -> Iterator[FindingFound]:
    if fact.verdict not in (Verdict.DEGRADED, Verdict.BROKEN):
        return
    causes = [changes[name] for name in fact.because if name in changes]
    where = [(change.rule, change.store, change.path) for change in causes]
    broken = [invariant.name for invariant in fact.invariants if invariant.held is False]
    if not where and broken:
        where = [("invariant", "", name) for name in broken]
    for rule, store, path in where or [(str(fact.basis), "", str(fact.effect))]:
        yield FindingFound(rule, store, path, fingerprint(rule, store, path, fact.name))


def with_levels(report: Report, own: Mapping[str, Level]) -> Report:
    """Return the report with the workspace's levels on its changes; verdicts do not depend on levels."""
    changes = (replace(change, level=own.get(change.rule, change.level)) for change in report.changes)
    return replace(report, changes=tuple(changes))


def suppressed(report: Report, entries: Sequence[Suppression], today: date) -> Report:
    """Return the report with marks on suppressed findings; an expired entry only adds a note.

    Args:
        report: A report whose facts have their findings.
        entries: The workspace's suppressions.
        today: The day on which the report is made.
    """
    marks = {
        entry.fingerprint: Suppressed(entry.reason, entry.expires.isoformat())
        for entry in entries
        if not entry.expired(today)
    }
    used = _used_fingerprints([report])
    marked = {fact.name: _mark_findings(fact, marks) for fact in report.facts}
    notes = tuple(
        f"the suppression of {entry.fingerprint} ended on {entry.expires.isoformat()}, so its finding counts again"
        for entry in entries
        if entry.expired(today) and entry.fingerprint in used
    )
    return replace(
        report,
        changes=tuple(replace(change, suppressed=marks.get(change.fingerprint)) for change in report.changes),
        facts=tuple(_mark_heir(fact, marked.get(fact.inherits or "")) for fact in marked.values()),
        notes=(*report.notes, *notes),
    )


def _mark_findings(fact: FactFound, marks: Mapping[str, Suppressed]) -> FactFound:
    whole = marks.get(fact.fingerprint)
    findings = tuple(replace(finding, suppressed=marks.get(finding.fingerprint, whole)) for finding in fact.findings)
    # One cause that counts is enough for the fact to count.
    left = any(finding.suppressed is None for finding in findings)
    mark = findings[0].suppressed if findings and not left else None
    return replace(fact, findings=findings, suppressed=mark)


def _mark_heir(fact: FactFound, root: FactFound | None) -> FactFound:
    """Return a fact as suppressed when it inherits its break from a suppressed fact."""
    if root is None or root.suppressed is None or fact.suppressed is not None:
        return fact
    findings = tuple(replace(finding, suppressed=finding.suppressed or root.suppressed) for finding in fact.findings)
    return replace(fact, findings=findings, suppressed=root.suppressed)


def _hides_findings(report: Report) -> bool:
    """Whether a report may have missed a finding, because something was unseen or blind."""
    hidden = (Verdict.UNSEEN, Verdict.BLIND)
    return report.verdict in hidden or any(fact.verdict in hidden for fact in report.facts)


def _used_fingerprints(reports: Iterable[Report]) -> frozenset[str]:
    return frozenset(name for report in reports for name in findings_of(report))


def findings_of(report: Report) -> Mapping[str, str]:
    """Return every fingerprint that a suppression may name, with what it is of in words."""
    by_fingerprint = {change.fingerprint: f"{change.rule} at {change.store}:{change.path}" for change in report.changes}
    for fact in report.facts:
        if fact.findings:
            by_fingerprint[fact.fingerprint] = f"every finding of {fact.name}"
            by_fingerprint |= {finding.fingerprint: _finding_says(finding, fact) for finding in fact.findings}
    return by_fingerprint


def _finding_says(finding: FindingFound, fact: FactFound) -> str:
    where = f"{finding.store}:{finding.path}" if finding.store else finding.path
    return f"{finding.rule} at {where}, which hurts {fact.name}"


def present_findings(report: Report) -> tuple[str, ...]:
    """Return the fingerprints of all that counts in a report, each once: findings of facts, and unnoticed breaks."""
    counting = [finding for fact in report.facts for finding in fact.findings if finding.suppressed is None]
    names = [
        *(finding.fingerprint for finding in counting),
        *(change.fingerprint for change in unnoticed_breaks(report)),
    ]
    return tuple(dict.fromkeys(names))


def unnoticed_breaks(report: Report) -> tuple[ChangeFound, ...]:
    """Return the changes of level break that no fact noticed: `--strict` counts them as drift."""
    noticed = {name for fact in report.facts for name in fact.because}
    return tuple(
        change
        for change in report.changes
        if change.level is Level.BREAK and change.id not in noticed and change.suppressed is None
    )
