"""The report for a terminal: the verdict first, then the facts that are not intact, then counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from driftwright.report.fact import FactFound
from driftwright.report.formats import storetree, timeline, view
from driftwright.report.formats.view import cut
from driftwright.report.model import CaptureFacts, ChangeFound, ProposalFound, Report

LONGEST = 400  # characters of one foreign text
MOST = 200  # facts, and changes of one fact, that are written out

_INK = {"intact": "32", "degraded": "33", "broken": "31", "unseen": "34", "blind": "35"}


@dataclass(frozen=True, slots=True)
class Style:
    """How to write for this terminal.

    Args:
        colour: Whether to use ANSI colours; the caller knows the terminal and `NO_COLOR`.
    """

    colour: bool = False

    def word(self, verdict: str) -> str:
        """Return a verdict in capitals, in its colour."""
        padded = f"{verdict.upper():<8}"
        return f"\x1b[1;{_INK[verdict]}m{padded}\x1b[0m" if self.colour else padded


PLAIN = Style()


def render(report: Report, style: Style = PLAIN) -> str:
    """Return the report as text; text from the page cannot emit a control sequence."""
    return "\n".join(_lines(report, style)) + "\n"


def _lines(report: Report, style: Style) -> Iterator[str]:
    yield f"{style.word(report.verdict)} {cut(view.headline(report), LONGEST)}"
    yield from _capture(report.capture)
    yield from _past(report)
    facts = view.wrong(report)
    for fact in facts[:MOST]:
        yield ""
        yield f"{style.word(fact.verdict)} {cut(fact.name, LONGEST)}: {cut(fact.title, LONGEST)}"
        yield from (f"  {label:<9} {cut(text, LONGEST)}" for label, text in _fact(report, fact))
    if len(facts) > MOST:
        yield f"\n{len(facts) - MOST} more derived facts are in the JSON report."
    yield from _unseen(report, style)
    yield ""
    yield from _set_aside(report)
    yield from (_patch(proposal) for proposal in report.proposals[:MOST])
    yield from _stores(report)
    yield from _trees(report)
    yield from _folded(report)
    yield from (f"note      {cut(note, LONGEST)}" for note in report.notes[:MOST])


def _capture(capture: CaptureFacts) -> Iterator[str]:
    page = f"{capture.target} ({capture.state}) at {capture.origin}"
    yield f"         {cut(', '.join(filter(None, (page, capture.browser, capture.taken_at))), LONGEST)}"
    if capture.blind:
        yield f"  reason    {cut(capture.blind.reason, LONGEST)}"
        yield f"  next      {cut(capture.blind.mend, LONGEST)}"


def _past(report: Report) -> Iterator[str]:
    good = timeline.last_good_says(report)
    if good:
        yield f"         last good run: {cut(good, LONGEST)}"
        yield f"         runs so far: {timeline.letters(report)}  ({timeline.LEGEND})"
    for alert in timeline.open_alerts(report)[:MOST]:
        yield f"  alert     {alert.status}: {cut(alert.title, LONGEST)}"


def _fact(report: Report, fact: FactFound) -> Iterator[tuple[str, str]]:
    yield "says", fact.says
    for change in view.causes(report, fact)[:MOST]:
        yield "cause", f"{change.id} {change.rule}: {change.message} [{view.where(change)}]"
        yield "", f"{change.before} -> {change.after}; {_replay(change)}"
    yield from view.effect_lines(fact, MOST)
    for name, sources_say in view.failed_checks(fact):
        yield "fails", name if sources_say is None else f"{name}: {sources_say}"
    if fact.shown:
        yield "shown in", fact.shown
    yield "fallback", view.fallback_says(fact)
    if fact.unseen:
        yield "to see", f"{fact.unseen.to_see} ({view.missing(fact)})"
    for heir in view.heirs(report, fact)[:MOST]:
        yield "inherited", f"by {heir.name}: {heir.title}"
    yield "next", fact.next
    yield from (("finding", f"{name} {says}") for name, says in view.findings(fact)[:MOST])


def _patch(proposal: ProposalFound) -> str:
    summary = f"{proposal.change} {proposal.file}: {view.proposal_says(proposal)}"
    return f"patch     {cut(summary, LONGEST)}; `report --format json` has the diff"


def _set_aside(report: Report) -> Iterator[str]:
    facts = view.set_aside(report)
    for fact in facts[:MOST]:
        summary = f"{fact.name}: {fact.title} ({fact.verdict}; {view.suppressed_says(fact)})"
        yield f"aside     {cut(summary, LONGEST)}"
    if len(facts) > MOST:
        yield f"{len(facts) - MOST} more suppressed facts are in the JSON report."


def _unseen(report: Report, style: Style) -> Iterator[str]:
    for advice, facts in list(view.unseen_by_next(report).items())[:MOST]:
        yield ""
        yield f"{style.word('unseen')} {cut(advice, LONGEST)}"
        yield from (
            f"  {cut(fact.name, LONGEST)}: {cut(fact.title, LONGEST)} ({cut(view.missing(fact), LONGEST)})"
            for fact in facts[:MOST]
        )
        if len(facts) > MOST:
            yield f"  {len(facts) - MOST} more are in the JSON report."


def _replay(change: ChangeFound) -> str:
    return f"{change.replay}: {change.why_not}" if change.why_not else str(change.replay)


def _stores(report: Report) -> Iterator[str]:
    for store in report.stores[:MOST]:
        yield f"store     {cut(store.name, LONGEST)}: " + cut(
            f"{view.version_says(store)}, {view.found_says(store)}", LONGEST
        )


def _trees(report: Report) -> Iterator[str]:
    for store, rows, _ in storetree.drifted_trees(report):
        for row in [row for row in rows if row.mark][:MOST]:
            yield f"drift     {cut(store.name, LONGEST)}:{cut(storetree.row_says(row), LONGEST)}"


def _folded(report: Report) -> Iterator[str]:
    counts = report.summary
    yield (
        f"facts     {counts.facts}: {counts.intact} intact, {counts.degraded} degraded, "
        f"{counts.broken} broken, {counts.unseen} not seen"
        + (f", {counts.suppressed} suppressed" if counts.suppressed else "")
    )
    yield (
        f"changes   {len(report.changes)}: {len(view.alerts(report))} read by a derived fact, "
        f"{len(view.ledger(report))} in the ledger (nothing reads there)"
    )
