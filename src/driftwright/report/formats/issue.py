"""The text of an issue about a report, and the command that reproduces the report."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from driftwright.report.formats import timeline, view
from driftwright.report.formats.markdown import prose, span
from driftwright.report.model import Report

MOST_FACTS = 20


def issue_text(report: Report) -> str:
    """Return a short issue in Markdown: the verdict, each hurt fact with its cause, and how to see it again."""
    return "\n".join(_lines(report)) + "\n"


def reproduce(report: Report) -> str:
    """Return the command that judges the same capture again; empty if the report names no file."""
    file = report.capture.file
    return f"driftwright check {shlex.quote(view.inert(file))}" if file else ""


def _lines(report: Report) -> Iterator[str]:
    yield f"**{prose(view.VERDICT_WORDS[report.verdict].capitalize())}**: {prose(view.headline(report))}"
    yield ""
    capture = report.capture
    state = f", state {span(capture.state)}" if capture.state else ""
    yield f"Capture of {span(capture.target)}{state}, {span(capture.taken_at)}."
    good = timeline.last_good_says(report)
    if good:
        yield f"Last good run: {prose(good)}."
    yield ""
    hurt = view.wrong(report)
    for fact in hurt[:MOST_FACTS]:
        outcome = f"{fact.verdict}, {view.effect_says(fact)}. {_capitalise(fact.next)}"
        yield f"- {span(fact.name)} is {prose(outcome)}"
        for change in view.causes(report, fact)[:2]:
            yield f"  - because of {span(change.rule)} at {span(view.where(change))}"
    if len(hurt) > MOST_FACTS:
        yield f"- and {len(hurt) - MOST_FACTS} more"
    command = reproduce(report)
    if command:
        yield ""
        yield f"See it again: {span(command)}"


def _capitalise(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}" if text else ""
