"""The messages about new shapes among many users: one alert for each shape, however often it is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from driftwright import __version__
from driftwright.base.terms import Effect, Verdict
from driftwright.history.alert.alert import Alert, Happening, Hurt, Status
from driftwright.history.alert.message import MARK, RUN_MARK, Message, inert
from driftwright.history.run import Run
from driftwright.report import VERDICT_WORDS, CohortAlert, Cohorts, CohortShape, cell, cut, fingerprint, span

RULE = "new-shape"
_MOST_CHANGES = 20
_LONGEST = 300


def shape_messages(cohorts: Cohorts, place: str) -> tuple[Message, ...]:
    """Return a message for each new shape that passed the share of a day's users.

    Args:
        cohorts: What is out there; its alerts name the shapes.
        place: Where it was looked for, as the name of the workspace's target.
    """
    shapes = {shape.id: shape for shape in cohorts.shapes}
    return tuple(_message(alert, shapes[alert.shape], place) for alert in cohorts.alerts)


def _message(cohort_alert: CohortAlert, shape: CohortShape, place: str) -> Message:
    history = hashlib.sha256(f"shapes of {place}".encode()).hexdigest()[:32]
    newest = shape.days[-1]
    verdict = str(Verdict.BROKEN if any(fact.verdict == Verdict.BROKEN for fact in shape.facts) else Verdict.INTACT)
    run = Run(
        id=history,
        recorded_at=f"{newest.day}T00:00:00Z",
        target=place,
        state="",
        verdict=verdict,
        digest="",
        tool=__version__,
        blind="",
        facts=(),
        findings=(),
        stores=(),
        sequence=date.fromisoformat(newest.day).toordinal(),  # a later day is a later run
    )
    first = shape.changes[0] if shape.changes else None
    alert = Alert(
        key=fingerprint("shape", place, shape.id),
        target=place,
        rule=RULE,
        store=first.store if first else "",
        path=first.path if first else "",
        status=Status.OPEN,
        form=tuple(Hurt(fact.name, fact.verdict, Effect.SAME) for fact in shape.facts),
        since=f"{shape.since}T00:00:00Z",
        runs=len(shape.days),
        places=max(1, len(shape.changes)),
    )
    says = f"A new shape has {cohort_alert.share:.1%} of the users of {cohort_alert.day}."
    mark = RUN_MARK.format(history, run.sequence)
    body = "\n".join((MARK.format(alert.key), mark, *_body(shape, says, place))) + "\n"
    title = cut(inert(f"driftwright: {place}: new shape {shape.id}, {cohort_alert.share:.1%} of users"), _LONGEST)
    return Message(Happening.NEW, alert, run, history, title, says, body, "\n".join(_text(shape, says, place)))


def _body(shape: CohortShape, says: str, place: str) -> Iterator[str]:
    newest = shape.days[-1]
    yield f"\n**{says}**\n"
    yield f"- **Target:** {span(place)}"
    yield f"- **Shape:** {span(shape.id)}, nearest to {span(', '.join(shape.stores) or 'no known version')}"
    yield f"- **Since:** {span(shape.since)}"
    yield f"- **Newest day:** {span(newest.day)}, {newest.users} users, {newest.share:.1%}"
    yield "- **Next:** take a capture that has it, ask `driftwright check`, then accept it or mend the readers\n"
    if shape.facts:
        yield "| Derived fact | Verdict |\n| --- | --- |"
        for fact in shape.facts:
            yield f"| {cell(fact.name)} | {VERDICT_WORDS.get(fact.verdict, fact.verdict)} |"
        yield ""
    if shape.changes:
        yield "| Change | Where |\n| --- | --- |"
        for change in shape.changes[:_MOST_CHANGES]:
            to = f" → {change.to}" if change.to else ""
            yield f"| {cell(change.title)} | {cell(f'{change.store}:{change.path}{to}')} |"
        yield from _more(len(shape.changes))


def _text(shape: CohortShape, says: str, place: str) -> Iterator[str]:
    yield says
    yield f"Target {inert(place)}, shape {shape.id}, since {shape.since}."
    for fact in shape.facts:
        yield f"- {inert(cut(fact.name, 100))}: {inert(VERDICT_WORDS.get(fact.verdict, fact.verdict))}"
    for change in shape.changes[:_MOST_CHANGES]:
        yield inert(cut(f"- {change.title}, {change.store}:{change.path}", _LONGEST))
    yield from _more(len(shape.changes))


def _more(changes: int) -> Iterator[str]:
    if changes > _MOST_CHANGES:
        yield f"and {changes - _MOST_CHANGES} more changes"
