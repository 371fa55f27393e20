"""The report for an issue or a job summary, in GitHub's Markdown.

Foreign text is written as code, where it cannot mention a user, link an issue, load an image or open a tag. Only the
words of this module are prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from driftwright.report.fact import Evidence, FactFound
from driftwright.report.formats import causes, storetree, timeline, view
from driftwright.report.formats.causes import Cause, Piece
from driftwright.report.formats.view import Row, cut
from driftwright.report.model import ChangeFound, Report
from driftwright.report.store import Presence, StoreFound
from driftwright.report.stored import FORMAT

LIMIT = 65_000  # bytes; an issue's body may have 65,536 characters
LONGEST = 300  # characters of one foreign text
MOST_LINES = 120  # lines of evidence
MOST_DIFFERENCES = 12
LONGEST_CODE = 2_000  # characters of one line of a patch: a shorter one could not be applied
ROWS = 25  # rows of one table, so that a section stays small
MOST_CAUSES = 3  # causes that stand below the headline

_ICONS = {"intact": "✅", "degraded": "⚠️", "broken": "❌", "unseen": "❔", "blind": "🚫"}
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ,;'().-]|: )*")  # words and pauses: no mark that Markdown obeys
_LINKED = re.compile(r"\b[0-9a-f]{7,}|[a-z]-\d|www\.|^\d+[.)]", re.IGNORECASE)  # a commit, a ticket, a host, a list


class _Section(NamedTuple):
    name: str
    text: str


def render(report: Report) -> str:
    """Return the report as Markdown below `LIMIT` bytes; sections that do not fit are left out, and counted."""
    kept, left, size = [_head(report)], list[str](), len(_head(report).encode())
    for section in _sections(report):
        grown = size + len(section.text.encode()) + 1
        if left or grown > LIMIT - 400:  # room for the last sentence
            left.append(section.name)
        else:
            kept.append(section.text)
            size = grown
    if left:
        kept.append(f"**Cut short:** {len(left)} more sections are in the JSON report, the first of them: {left[0]}.\n")
    return "\n".join(kept)


def span(text: str, limit: int = LONGEST) -> str:
    """Return foreign text as a code span longer than any run of backticks in it."""
    shown = cut(text, limit) or "(empty)"
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if "`" in (shown[0], shown[-1]) or shown[0] == shown[-1] == " " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str, limit: int = LONGEST) -> str:
    """Return foreign text as a code span for a table: a pipe is escaped, also one behind a backslash."""
    return span(text, limit).replace("\\|", "\\\\u007c").replace("|", "\\|")


def prose(text: str) -> str:
    """Return a sentence as prose if it holds nothing but words, else as a code span."""
    return text if _PLAIN.fullmatch(text) and len(text) <= LONGEST and not _LINKED.search(text) else span(text)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _head(report: Report) -> str:
    verdict, capture, counts = report.verdict, report.capture, report.summary
    blind = capture.blind
    sentence = "The capture could not see the page." if blind else view.headline(report)
    state = f", state {span(capture.state)}" if capture.state else ""
    place = f"{span(capture.target)}{state}, at {span(capture.origin)}"
    browser = f" with {span(capture.browser)}" if capture.browser else ""
    lines = [f"## {_ICONS[verdict]} {verdict.capitalize()}", "", sentence, "", *_summary(report)]
    if blind:
        lines += [
            f"- **Reason:** {span(blind.reason)}: {prose(blind.what)}",
            f"- **Next:** {prose(blind.mend)}",
            "",
        ]
    else:
        lines += [
            "| Facts | Intact | Degraded | Broken | Not seen |",
            "| --: | --: | --: | --: | --: |",
            "| "
            + " | ".join(map(str, (counts.facts, counts.intact, counts.degraded, counts.broken, counts.unseen)))
            + " |",
            "",
        ]
    taken = f" on {span(capture.taken_at)}" if capture.taken_at else ""
    lines += [f"Capture of {place}{browser}{taken}.", "", *_past(report)]
    return "\n".join(lines)


def _summary(report: Report) -> Iterator[str]:
    """Yield the causes, each with the state of its mend and what to do; where there is none, what to do."""
    found_causes = causes.causes_of(report)
    for cause in found_causes[:MOST_CAUSES]:
        below = ", below" if cause.proposals else ""
        yield f"- {_sentence(causes.says(cause))} · {causes.hurts_says(cause)} · **{causes.mend_says(cause)}**{below}"
        if causes.next_says(cause):
            yield f"  - **Next:** {prose(causes.next_says(cause))}"
    if len(found_causes) > MOST_CAUSES:
        yield f"- and {len(found_causes) - MOST_CAUSES} more causes, below"
    if not found_causes and not report.capture.blind:
        advice = view.unseen_by_next(report)
        yield from (f"- **Next:** {prose(next_step)}" for next_step in list(advice)[:MOST_CAUSES])
        if not advice:
            return
    yield ""


def _sentence(pieces: Iterable[Piece]) -> str:
    """Return the pieces of a sentence, names as code and words as prose where they are nothing but words."""
    return "".join(span(piece.text) if piece.name else _words(piece.text) for piece in pieces)


def _words(text: str) -> str:
    bare = text.strip()
    return text.replace(bare, prose(bare)) if bare and bare not in (":", ",") else text


def _past(report: Report) -> Iterator[str]:
    good = timeline.last_good_says(report)
    if good:
        yield f"Last good run: {prose(good)}. Runs so far: {span(timeline.letters(report))} ({timeline.LEGEND})."
        yield ""


def _sections(report: Report) -> Iterator[_Section]:
    yield from _patches(report)
    for cause in causes.causes_of(report):
        yield from _cause(report, cause)
    yield from _unseen(report)
    yield from _set_aside(report)
    yield _Section("stores", "\n".join(_stores(report.stores)) + "\n")
    yield from _trees(report)
    yield from _tables("Changes", view.alerts(report))
    yield from _tables("Ledger: changes that nothing reads", view.ledger(report))
    sound = view.sound(report)
    if sound:
        names = ", ".join(span(fact.name) for fact in sound)
        yield _Section("intact facts", f"### Intact: {len(sound)}\n\n{names}\n")
    if report.notes:
        yield _Section("notes", "### Notes\n\n" + "".join(f"- {prose(note)}\n" for note in report.notes))
    yield _Section("provenance", _provenance(report))


def _cause(report: Report, cause: Cause) -> Iterator[_Section]:
    """Yield the section of a cause and those of its facts; what holds for all of them is said once."""
    lines = [
        f"### Cause: {_sentence(causes.says(cause))}\n",
        *(
            f"- {span(change.id)} {span(change.rule)} {prose(change.message)} {span(view.where(change))}"
            for change in cause.changes[:ROWS]
        ),
    ]
    if len(cause.changes) > ROWS:
        lines.append(f"- and {len(cause.changes) - ROWS} more changes")
    advice = causes.shared_next(cause)
    lines += [f"- {causes.hurts_says(cause)}, {causes.mend_says(cause)}"]
    lines += [f"- **Next:** {prose(advice[0])}"] if len(advice) == 1 else []
    yield _Section("cause", "\n".join(lines) + "\n")
    for fact in cause.facts:
        text = "\n".join(_fact(report, fact, cause, shared=len(advice) == 1)) + "\n"
        yield _Section(f"fact {span(fact.name)}", text)


def _fact(report: Report, fact: FactFound, cause: Cause, *, shared: bool) -> Iterator[str]:
    verdict = fact.verdict
    heading = f"{_ICONS[verdict]} {view.VERDICT_WORDS[verdict].capitalize()}"
    yield f"### {heading}: {prose(fact.title)} ({span(fact.name)})\n"
    yield f"{prose(fact.says)}\n"
    for change in causes.others(report, fact, cause)[:ROWS]:
        yield f"- **Also:** {span(change.id)} {span(change.rule)} {span(view.where(change))}"
    yield f"- **Effect:** {view.effect_says(fact)} ({view.BASIS_WORDS[fact.basis]})"
    pair = view.answers(fact)
    if pair:
        yield f"- **Answer:** {span(pair[0])} → {span(pair[1])}"
    for name, sources_say in view.failed_checks(fact):
        yield f"- **Fails:** {prose(name)}" + ("" if sources_say is None else f": {span(sources_say)}")
    yield f"- **Shown in:** {prose(fact.shown)}"
    yield f"- **Fallback:** {prose(view.fallback_says(fact))}"
    if fact.unseen:
        yield f"- **To see it:** {prose(fact.unseen.to_see)} {span(view.missing(fact))}"
    for heir in view.heirs(report, fact)[:ROWS]:
        yield f"- **Inherited by:** {span(heir.name)} {prose(heir.title)}"
    if not shared:
        yield f"- **Next:** {prose(fact.next)}"
    for name, says in view.findings(fact)[:ROWS]:
        yield f"- **Finding:** {span(name)} {span(says)}"
    if fact.evidence:
        yield from _evidence(fact.evidence)


def _unseen(report: Report) -> Iterator[_Section]:
    for advice, facts in view.unseen_by_next(report).items():
        for first in range(0, len(facts), ROWS):
            rows = facts[first : first + ROWS]
            lines = (f"- {span(fact.name)} {prose(fact.title)}: {span(view.missing(fact))}\n" for fact in rows)
            title = f"### {_ICONS['unseen']} Not seen: {len(rows)}\n\n**Next:** {prose(advice)}\n\n"
            yield _Section("facts not seen", title + "".join(lines))


def _patches(report: Report) -> Iterator[_Section]:
    for proposal in report.proposals:
        lines = [cut(line, LONGEST_CODE) for line in view.patch_lines(proposal)]
        fence = "`" * max(3, _longest_run("\n".join(lines)) + 1)
        text = (
            f"### Proposed patch: {span(proposal.file)}\n",
            f"{span(proposal.change)} {span(view.proposal_says(proposal))}\n",
            f"{fence}diff",
            *lines,
            f"{fence}\n",
            f"- **Then:** {prose(proposal.then)}\n",
        )
        yield _Section(f"patch of {span(proposal.file)}", "\n".join(text))


def _set_aside(report: Report) -> Iterator[_Section]:
    facts = view.set_aside(report)
    for first in range(0, len(facts), ROWS):
        rows = facts[first : first + ROWS]
        lines = (
            f"- {span(fact.name)} {prose(fact.title)}, {view.VERDICT_WORDS[fact.verdict]}, "
            f"{span(view.suppressed_says(fact))}\n"
            for fact in rows
        )
        yield _Section("suppressed facts", f"### Suppressed: {len(rows)}\n\n" + "".join(lines))


def _evidence(evidence: Evidence) -> Iterator[str]:
    rows = view.side_by_side(evidence.store_before, evidence.store)
    lines = [cut(line, LONGEST) for line in islice(_diff_lines(rows), MOST_LINES)]
    fence = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    yield f"\n<details><summary>Smallest store that shows it</summary>\n\nIn {span(view.setting(evidence))}\n"
    yield from (f"- {span(cut(line, LONGEST))}" for line in view.differences(evidence)[:MOST_DIFFERENCES])
    yield ""
    yield from (f"{fence}diff", *lines, fence)
    if len(lines) == MOST_LINES:
        yield "\nThe rest is in the JSON report."
    yield "\n</details>"


def _diff_lines(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        if row.same:
            yield f"  {row.before}"
            continue
        if row.before is not None:
            yield f"- {row.before}"
        if row.after is not None:
            yield f"+ {row.after}"


def _stores(stores: Iterable[StoreFound]) -> Iterator[str]:
    yield "### Stores\n\n| Store | Found | Version | Distance |\n| --- | --- | --- | --: |"
    for store in stores:
        version = (store.resolved or f"none near {store.accepted}") + view.mixed(store)
        distance = "" if store.distance is None else str(store.distance)
        yield f"| {cell(store.name)} | {cell(view.found_says(store))} | {cell(version)} | {distance} |"


def _trees(report: Report) -> Iterator[_Section]:
    head = "| Position | Drift | Types | There before | There now |\n| --- | --- | --- | --: | --: |\n"
    for store, rows, _ in storetree.drifted_trees(report):
        body = "".join(
            f"| {cell(row.node.path)} | {row.mark} | {cell(storetree.types_say(row.node))} "
            f"| {_format_share(row.node.before)} | {_format_share(row.node.now)} |\n"
            for row in [row for row in rows if row.mark][:ROWS]
        )
        name = f"Where {span(store.name)} drifted"
        yield _Section(name, f"### {name}\n\n{head}{body}\n")


def _format_share(presence: Presence) -> str:
    return f"{presence.seen}/{presence.of}"


def _tables(title: str, changes: list[ChangeFound]) -> Iterator[_Section]:
    for first in range(0, len(changes), ROWS):
        rows = changes[first : first + ROWS]
        name = f"{title}, {first + 1} to {first + len(rows)} of {len(changes)}"
        head = "| | Rule | Where | Before | After |\n| --- | --- | --- | --- | --- |\n"
        body = "".join(
            f"| {cell(row.id)} | {cell(row.rule)} | {cell(view.where(row))} | {cell(row.before)} "
            f"| {cell(row.after)} |\n"
            for row in rows
        )
        yield _Section(name, f"<details><summary>{name}</summary>\n\n{head}{body}\n</details>\n")


def _provenance(report: Report) -> str:
    tool, capture = report.tool, report.capture
    parts = [f"{span(tool.name)} {span(tool.version)}", span(FORMAT)]
    parts += [span(part) for part in (capture.digest, capture.file) if part]
    return f"Made by {', '.join(parts)}.\n"
