"""The shapes among many users as text, JSON, and one self-contained page; what is foreign is escaped in each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from driftwright.base.errors import visible
from driftwright.report.cohorts import Cohorts, CohortShape
from driftwright.report.formats.html import Limits, fitted
from driftwright.report.formats.pictures import carried_picture, timeline_picture
from driftwright.report.formats.view import VERDICT_WORDS, cut

FORMAT = "cohorts-v1"
_MOST_LINES = 20


def render_cohorts(cohorts: Cohorts, form: str) -> str:
    """Return the shapes in a format.

    Args:
        cohorts: The shapes.
        form: `text`, `json` or `html`.

    Raises:
        InputFault: The page needs the library that draws, which is not installed.
    """
    if form == "json":
        return json.dumps({"format": FORMAT, **asdict(cohorts)}, ensure_ascii=True, indent=1) + "\n"
    return cohorts_text(cohorts) if form == "text" else _page(cohorts)


def cohorts_text(cohorts: Cohorts) -> str:
    """Return the shapes for a terminal."""
    return "\n".join(map(visible, _lines(cohorts))) + "\n"


def says(shape: CohortShape) -> str:
    """Return what a shape is, in a few words."""
    if shape.known:
        return "as accepted"
    count = len(shape.changes)
    return "1 change" if count == 1 else f"{count} changes"


def _lines(cohorts: Cohorts) -> Iterator[str]:
    if not cohorts.shapes:
        yield "no shape that at least 5 users have on one day"
    else:
        count = len(cohorts.shapes)
        yield f"{count} shapes, {cohorts.since} to {cohorts.until}, {cohorts.users} users, once a day each"
    for shape in cohorts.shapes:
        yield ""
        yield f"{shape.share:7.2%}  {shape.id}  {says(shape)}, since {shape.since}"
        for fact in shape.facts:
            yield f"         {fact.verdict}: {fact.name}"
        for change in shape.changes[:_MOST_LINES]:
            yield f"         {change.store}:{change.path}  {change.title}{' -> ' + change.to if change.to else ''}"
        if len(shape.changes) > _MOST_LINES:
            yield f"         and {len(shape.changes) - _MOST_LINES} more changes"
        for label in shape.by[:_MOST_LINES]:
            yield f"         {label.share:7.2%} of {', '.join(name or '(not said)' for name in label.labels)}"
    if cohorts.unjudged:
        yield ""
        yield f"{cohorts.unjudged} rare structures were not judged"
    if cohorts.odd_count:
        yield ""
        yield f"set aside: {cohorts.odd_count}"
        yield from (f"  {name}" for name in cohorts.odd)


def _page(cohorts: Cohorts) -> str:
    pictures = (timeline_picture(cohorts), carried_picture(cohorts))
    return fitted("cohorts.html.j2", partial(_context, cohorts, pictures))


def _context(cohorts: Cohorts, pictures: tuple[str, str], limits: Limits) -> Mapping[str, Any]:
    from markupsafe import Markup

    return {
        "c": cohorts,
        "says": says,
        "words": VERDICT_WORDS,
        "limits": limits,
        "short": partial(cut, limit=limits.text),
        # Drawn by a library from our own description, in which every foreign text is data that it escapes.
        "timeline": Markup(pictures[0]),  # noqa: S704 - as above
        "carried": Markup(pictures[1]),  # noqa: S704 - as above
    }
