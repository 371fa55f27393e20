"""What a person takes along from a report: the text of an issue, and the command that shows it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from driftwright.report.formats import timeline, view
from driftwright.report.formats.markdown import prose, span
from driftwright.report.formats.view import Record

MOST_FACTS = 20


def issue_text(record: Record) -> str:
    """Return a short issue in Markdown: the verdict, each hurt fact with its cause, and how to see it again."""
    return "\n".join(_lines(record)) + "\n"


def reproduce(record: Record) -> str:
    """Return the command that judges the same capture again; empty where no file is known."""
    file = record["capture"]["file"]
    return f"driftwright check {shlex.quote(view.inert(file))}" if file else ""


def _lines(record: Record) -> Iterator[str]:
    yield f"**{prose(view.VERDICT_WORDS[record['verdict']].capitalize())}**: {prose(view.headline(record))}"
    yield ""
    capture = record["capture"]
    yield f"Capture of {span(capture['target'])}, state {span(capture['state'])}, {span(capture['taken_at'])}."
    good = timeline.last_good_says(record)
    if good:
        yield f"Last good run: {prose(good)}."
    yield ""
    known = view.wrong(record)
    for fact in known[:MOST_FACTS]:
        said = f"{fact['verdict']}, {view.effect_says(fact)}. {_capital(fact['next'])}"
        yield f"- {span(fact['name'])} is {prose(said)}"
        for change in view.causes(record, fact)[:2]:
            yield f"  - because of {span(change['rule'])} at {span(view.where(change))}"
    if len(known) > MOST_FACTS:
        yield f"- and {len(known) - MOST_FACTS} more"
    command = reproduce(record)
    if command:
        yield ""
        yield f"See it again: {span(command)}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}" if text else ""
