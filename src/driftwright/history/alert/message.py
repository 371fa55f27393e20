"""The message about one alert: title, body in Markdown and plain text, with all foreign text made inert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from driftwright.base.errors import visible
from driftwright.base.terms import Basis, Effect
from driftwright.history.alert.alert import BLIND, Alert, Happening, Status
from driftwright.history.run import Run
from driftwright.report import EFFECT_WORDS, VERDICT_WORDS, Report, cell, cut, prose, render, span

LONGEST_BODY = 65_536  # characters that the body of an issue may have
_LONGEST_TITLE = 250
_MOST_FACTS = 50
_ROOM = 300  # characters kept for the sentence that says what was cut
MARK = "<!-- driftwright:alert:{} -->"
RUN_MARK = "<!-- driftwright:run:{}:{} -->"

_HAPPENED = {
    Happening.NEW: "New: two captures agree on it.",
    Happening.STILL: "Still there.",
    Happening.WORSE: "It got worse: it hurts more facts, or hurts them more.",
    Happening.CHANGED: "It changed: other facts, or another effect on them.",
    Happening.RECOVERED: "Recovered: captures that saw all its facts found them intact.",
    Happening.FLAPPING: "It comes and goes. No word of it follows until it stays or stays away.",
}
_BLIND = {
    Happening.NEW: "Two captures in a row saw nothing. What the readers answer now is unknown.",
    Happening.CHANGED: "The captures see nothing for another reason.",
    Happening.RECOVERED: "The captures see the page again.",
}
_STATUS = {
    Status.WAITING: "waiting for a second capture that agrees",
    Status.OPEN: "open",
    Status.FLAPPING: "flapping",
    Status.RECOVERED: "recovered",
    Status.QUIET: "gone",
}


@dataclass(frozen=True, slots=True)
class Message:
    """The message about one alert.

    Args:
        happening: What happened to it since the last message to this channel.
        alert: The alert after the newest run.
        run: The newest run of its target.
        history: The id of the target's first run: another history counts its runs anew.
        title: One line of plain text.
        says: What happened, as one sentence.
        body: Markdown for an issue, at most `LONGEST_BODY` characters, with the hidden marks of alert and run.
        text: The same in short, as plain text.
    """

    happening: Happening
    alert: Alert
    run: Run
    history: str
    title: str
    says: str
    body: str
    text: str


def message(happening: Happening, alert: Alert, runs: Sequence[Run], report: Report | None = None) -> Message:
    """Return the message about an alert.

    Args:
        happening: What happened.
        alert: The alert.
        runs: The runs of its target, oldest first; at least one.
        report: The newest run's report, which is added to the body; None if it is not available.
    """
    run, history = runs[-1], runs[0].id
    says = (_BLIND.get(happening) if alert.rule == BLIND else None) or _HAPPENED[happening]
    mark = RUN_MARK.format(history, run.sequence)
    head = "\n".join((MARK.format(alert.key), mark, *_head(alert, run, says))) + "\n"
    body = head + _fit_report(render(report, "markdown"), LONGEST_BODY - len(head)) if report else head
    line = f"driftwright: {_title(alert)}"
    return Message(happening, alert, run, history, line, says, body, "\n".join(_text(alert, run, says)))


def title(alert: Alert) -> str:
    """Return the subject of an alert, in one line of visible characters."""
    if alert.rule == BLIND:
        return f"{alert.target} cannot be seen"
    many = len(alert.facts)
    return visible(f"{_cause(alert)} hurts {many} fact{'' if many == 1 else 's'}")


def _cause(alert: Alert) -> str:
    if alert.store:
        many = f"{alert.places} times " if alert.places > 1 else ""
        return f"{many}{alert.rule} at {alert.store}:{alert.path}"
    if alert.rule == Basis.INVARIANT:
        return f"an invariant that does not hold ({alert.path})"
    if alert.path == Effect.SAME:
        return "a guard that no longer trusts the store"
    return f"no single change, by the {alert.rule},"


def inert(text: str) -> str:
    """Return foreign text that no chat or mail program takes for a mention, a link or a tag."""
    shown = visible(text).replace("<", "\u2039").replace(">", "\u203a").replace("://", ":\u200b//")
    return shown.replace("@", "@\u200b").replace("#", "#\u200b").replace("`", "'").replace("::", ":\u200b:")


def _title(alert: Alert) -> str:
    about = title(alert) if alert.rule == BLIND else f"{alert.target}: {title(alert)}"
    return cut(inert(about), _LONGEST_TITLE)


def _head(alert: Alert, run: Run, says: str) -> Iterator[str]:
    yield f"\n**{says}**\n"
    yield f"- **Status:** {_STATUS[alert.status]}"
    yield f"- **Target:** {span(alert.target)}"
    if alert.rule == BLIND:
        yield f"- **Reason:** {span(alert.form[0].effect)}"
    else:
        yield f"- **Cause:** {span(_cause(alert))}"
    yield f"- **Since:** {span(_seconds(alert.since))}, shown in {alert.runs} run{'' if alert.runs == 1 else 's'}"
    yield f"- **Last run:** {span(_seconds(run.recorded_at))}, {VERDICT_WORDS[run.verdict]}"
    yield f"- **Next:** {_next(alert)}\n"
    if alert.facts:
        if alert.status is Status.RECOVERED:
            yield "While it was there:\n"
        yield "| Derived fact | Verdict | Its answer |\n| --- | --- | --- |"
        for hurt in alert.form[:_MOST_FACTS]:
            verdict, effect = _word_of(VERDICT_WORDS, hurt.verdict), _word_of(EFFECT_WORDS, hurt.effect)
            yield f"| {cell(hurt.fact)} | {verdict} | {effect} |"
        if len(alert.form) > _MOST_FACTS:
            yield f"\nand {len(alert.form) - _MOST_FACTS} more facts"
        yield ""


def _next(alert: Alert) -> str:
    if alert.status is Status.RECOVERED:
        return "nothing; it opens again by itself if it comes back"
    if alert.rule == BLIND:
        return "make the page visible to the probe again; until then nothing is known"
    if not alert.store:
        return "follow the report"
    return f"read what the rule means with {span(f'driftwright explain {alert.rule}')}, then follow the report"


def _word_of(words: Mapping[str, str], name: str) -> str:
    return words[name] if name in words else prose(name)


def _fit_report(report: str, room: int) -> str:
    """Return the report in at most `room` characters; whole sections at its end are left out, and counted."""
    if len(report) + 6 <= room:
        return f"\n---\n\n{report}"[:room]
    kept, size, left = list[str](), 0, 0
    for section in _sections(report):
        if left or size + len(section) > room - _ROOM:
            left += 1
        else:
            kept.append(section)
            size += len(section)
    return f"\n---\n\n{''.join(kept)}\n**Cut short:** {left} more sections are in the report of the run.\n"


def _sections(report: str) -> Iterator[str]:
    """Split a report before its headings; a line inside a code block is no heading."""
    section, fence = "", ""
    for line in report.splitlines(keepends=True):
        mark = line[: len(line) - len(line.lstrip("`"))]
        if fence:
            fence = "" if line.strip() == fence else fence
        elif len(mark) >= len("```"):
            fence = mark
        elif line.startswith("### ") and section:
            yield section
            section = ""
        section += line
    yield section


def _text(alert: Alert, run: Run, says: str) -> Iterator[str]:
    yield says
    if alert.rule == BLIND:
        yield f"Target {inert(alert.target)}, reason: {inert(alert.form[0].effect)}."
    else:
        yield f"Target {inert(alert.target)}, cause: {inert(cut(_cause(alert), 300))}."
        if alert.status is Status.RECOVERED:
            yield "While it was there:"
        for hurt in alert.form[:_MOST_FACTS]:
            words = f"{VERDICT_WORDS.get(hurt.verdict, hurt.verdict)}, {EFFECT_WORDS.get(hurt.effect, hurt.effect)}"
            yield f"- {inert(cut(hurt.fact, 100))}: {inert(words)}"
    times = f"{alert.runs} run{'' if alert.runs == 1 else 's'}"
    yield f"Since {inert(_seconds(alert.since))}, shown in {times}; last run {inert(_seconds(run.recorded_at))}."


def _seconds(moment: str) -> str:
    """Return an ISO 8601 time in UTC to the second."""
    return f"{moment.partition('.')[0].removesuffix('Z')}Z"
