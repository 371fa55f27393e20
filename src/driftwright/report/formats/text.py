"""The report for a terminal: the verdict, its causes and what to do about each; then the facts, the first in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from driftwright.report.fact import FactFound
from driftwright.report.formats import causes, storetree, timeline, view
from driftwright.report.formats.causes import Cause
from driftwright.report.formats.view import cut
from driftwright.report.model import CaptureFacts, ChangeFound, ProposalFound, Report

LONGEST = 400  # characters of one foreign text
MOST = 200  # facts, and changes of one cause, that are written out
FEW = 3  # causes in the summary, and lines of one kind that say what another line says already

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
    all_causes = causes.causes_of(report)
    shown, left = causes.within(all_causes, MOST)
    yield f"{style.word(report.verdict)} {cut(view.headline(report), LONGEST)}"
    yield from _summary(all_causes)
    yield from _capture(report.capture)
    yield from _past(report)
    for cause in shown:
        yield ""
        yield from _cause(report, cause, style, alone=len(all_causes) == 1)
    if left:
        yield f"\n{left} more derived facts are in the JSON report."
    yield from _unseen(report, style)
    yield ""
    yield from _set_aside(report)
    proposals_shown = {proposal for cause in all_causes for proposal in cause.proposals}
    yield from _patches([proposal for proposal in report.proposals if proposal not in proposals_shown][:MOST])
    yield from _stores(report)
    yield from _trees(report)
    if not report.capture.blind:  # nothing was judged, so there is nothing to count
        yield from _folded(report)
    yield from (f"note      {cut(note, LONGEST)}" for note in report.notes[:MOST])


def _summary(all_causes: Sequence[Cause]) -> Iterator[str]:
    for cause in all_causes[:FEW]:
        says = cut(causes.plain(causes.says(cause)), LONGEST)
        yield f"  cause     {says}; {causes.hurts_says(cause)}; {causes.mend_says(cause)}"
        if causes.next_says(cause):
            yield f"  next      {cut(causes.next_says(cause), LONGEST)}"
    if len(all_causes) > FEW:
        yield f"  cause     and {len(all_causes) - FEW} more, below"


def _cause(report: Report, cause: Cause, style: Style, *, alone: bool) -> Iterator[str]:
    """Yield what holds for all facts of a cause, then its facts: the first in full, of the others what differs."""
    if not alone:
        yield f"CAUSE    {cut(causes.plain(causes.says(cause)), LONGEST)}; {causes.hurts_says(cause)}"
    for change in cause.changes[:MOST]:
        yield f"  change    {cut(f'{change.id} {change.rule}: {change.message} [{view.where(change)}]', LONGEST)}"
        yield f"            {cut(f'{change.before} -> {change.after}; {_replay(change)}', LONGEST)}"
    if len(cause.changes) > MOST:
        yield f"            {len(cause.changes) - MOST} more changes are in the JSON report."
    yield from _patches(cause.proposals[:MOST])
    for number, fact in enumerate(cause.facts):
        shown = f" (shown in: {fact.shown})" if fact.shown else ""
        yield f"{style.word(fact.verdict)} {cut(fact.name, LONGEST)}: {cut(f'{fact.title}{shown}', LONGEST)}"
        lines = _in_full(report, fact, cause) if number == 0 else _in_short(cause.facts[0], fact)
        yield from (f"  {label:<9} {cut(text, LONGEST)}" for label, text in lines)


def _capture(capture: CaptureFacts) -> Iterator[str]:
    state = f" ({capture.state})" if capture.state else ""
    page = f"{capture.target}{state} at {capture.origin}"
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


def _in_full(report: Report, fact: FactFound, cause: Cause) -> Iterator[tuple[str, str]]:
    yield "says", fact.says
    for change in causes.others(report, fact, cause)[:FEW]:
        yield "also", f"{change.id} {change.rule} [{view.where(change)}]"
    yield from view.effect_lines(fact, FEW)
    checks = list(view.failed_checks(fact))
    for name, sources_say in checks[:FEW]:
        yield "fails", name if sources_say is None else f"{name}: {sources_say}"
    if len(checks) > FEW:
        yield "", f"and {len(checks) - FEW} more checks"
    yield "fallback", view.fallback_says(fact)
    if fact.unseen:
        yield "to see", f"{fact.unseen.to_see} ({view.missing(fact)})"
    yield from (("inherited", f"by {heir.name}: {heir.title}") for heir in view.heirs(report, fact)[:MOST])
    yield "next", fact.next
    yield from (("finding", f"{name} {says}") for name, says in view.findings(fact)[:FEW])


def _in_short(first: FactFound, fact: FactFound) -> Iterator[tuple[str, str]]:
    """Yield what a fact has of its own beside the first one of the same cause."""
    if fact.says != first.says:
        yield "says", fact.says
    pair = view.answers(fact)
    yield "effect", f"{view.effect_says(fact)}: {pair[0]} -> {pair[1]}" if pair else view.effect_says(fact)
    yield "fallback", view.fallback_says(fact)
    if fact.next != first.next:
        yield "next", fact.next
    if names := [name for name, _ in view.findings(fact)[:FEW]]:
        yield "finding", ", ".join(names)


def _patches(proposals: Sequence[ProposalFound]) -> Iterator[str]:
    """Yield a line for each effect of patches, with all files that have it."""
    files: dict[str, list[str]] = {}
    for proposal in proposals:
        files.setdefault(view.proposal_says(proposal), []).append(f"{proposal.change} {proposal.file}")
    for says, names in files.items():
        yield f"  patch     {cut(', '.join(names), LONGEST)}: {cut(says, LONGEST)}; `report --format markdown` shows it"


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
    drifted = view.drifted_stores(report)
    for store in drifted[:MOST]:
        yield f"store     {cut(store.name, LONGEST)}: " + cut(
            f"{view.version_says(store)}, {view.found_says(store)}", LONGEST
        )
    calm = [store for store in report.stores if store not in drifted]
    for state in dict.fromkeys(store.found for store in calm):
        names = (f"{store.name} {store.resolved or ''}".rstrip() for store in calm if store.found == state)
        yield f"stores    {'as accepted' if state == 'here' else state}: {cut(', '.join(names), LONGEST)}"


def _trees(report: Report) -> Iterator[str]:
    for store, rows, _ in storetree.drifted_trees(report):
        marked = [row for row in rows if row.mark]
        for row in marked[:FEW]:
            yield f"drift     {cut(store.name, LONGEST)}:{cut(storetree.row_says(row), LONGEST)}"
        if len(marked) > FEW:
            yield f"drift     {cut(store.name, LONGEST)}: {len(marked) - FEW} more positions are in the JSON report"


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
