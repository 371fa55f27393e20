"""The report as one self-contained page: no script, no request, readable by keyboard, on paper and in the dark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from driftwright.report.formats import causes, graph, issue, storetree, timeline, view
from driftwright.report.formats.view import cut
from driftwright.report.model import Report
from driftwright.report.stored import FORMAT

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.runtime import Context
    from markupsafe import Markup

LIMIT = 500_000  # bytes of one page
MOST_DRAWN = 12  # facts in the drawing: more would be no picture


class Limits(NamedTuple):
    """How much of a report one page shows; what is left out is counted on the page.

    Args:
        cards: Facts written out.
        rows: Rows of one table.
        lines: Lines of one evidence document.
        text: Characters of one foreign text.
    """

    cards: int
    rows: int
    lines: int
    text: int


_LADDER = (
    Limits(200, 1_000, 400, 600),
    Limits(60, 300, 150, 400),
    Limits(25, 100, 80, 200),
    Limits(8, 25, 30, 100),
)


def render(report: Report) -> str:
    """Return the page, with as much of the report as keeps it within `LIMIT` bytes."""
    return fitted("report.html.j2", partial(_context, report))


def fitted(template: str, context: Callable[[Limits], Mapping[str, Any]]) -> str:
    """Return a page, with the widest limits that keep it within `LIMIT` bytes.

    Args:
        template: The page's template.
        context: Returns the variables of the template for given limits.
    """
    page = ""
    for limits in _LADDER:
        page = _render_page(template, context(limits))
        if len(page.encode()) <= LIMIT:
            break
    return page


def _render_page(template: str, context: Mapping[str, Any]) -> str:
    return _environment().get_template(template).render(**context) + "\n"


@cache
def _environment() -> Environment:
    """Return the template environment; it is cached, as compiling a template costs as much as a page."""
    import jinja2  # here, so that the other formats need not pay for it

    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_load_template),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=jinja2.pass_context(_shorten_text),
    )


def _context(report: Report, limits: Limits) -> Mapping[str, Any]:
    hurt_routes = graph.routes(report)
    all_causes = causes.causes_of(report)
    shown_causes, left = causes.within(all_causes, limits.cards)
    return {
        "r": report,
        "format": FORMAT,
        "headline": view.headline(report),
        "found": all_causes,
        "told": shown_causes,
        "left": left,
        "cause_says": causes.says,
        "hurts_says": causes.hurts_says,
        "mend_says": causes.mend_says,
        "next_says": causes.next_says,
        "patch_of": partial(_patch_number, report),
        "wrong": view.wrong(report),
        "heirs": partial(view.heirs, report),
        "proposals": report.proposals,
        "proposal_says": view.proposal_says,
        "patch_lines": view.patch_lines,
        "unseen": view.unseen(report),
        "unseen_by_next": view.unseen_by_next(report),
        "answers_pair": view.answers,
        "sound": view.sound(report),
        "set_aside": view.set_aside(report),
        "alerts": view.alerts(report),
        "ledger": view.ledger(report),
        "words": view.VERDICT_WORDS,
        "basis": view.BASIS_WORDS,
        "causes": partial(view.causes, report),
        "effect_says": view.effect_says,
        "suppressed_says": view.suppressed_says,
        "findings": view.findings,
        "readers": view.readers,
        "fallback_says": view.fallback_says,
        "found_says": view.found_says,
        "version_parts": view.version_parts,
        "evidence_rows": view.side_by_side,
        "setting": view.setting,
        "differences": view.differences,
        "short": partial(cut, limit=limits.text),
        "tight": _shorten_middle,
        "code": partial(_escape_code, limit=limits.text * 4),
        "graph": graph.draw(hurt_routes, min(limits.cards, MOST_DRAWN)),
        "columns": graph.COLUMNS,
        "box": (graph.WIDTH, graph.HEIGHT),
        "routes": hurt_routes,
        "source_tone": graph.source_tone,
        "runs": timeline.runs(report),
        "open_alerts": timeline.open_alerts(report),
        "last_good": timeline.last_good_says(report),
        "letters": timeline.LETTERS,
        "versions": timeline.versions(report),
        "trees": list(storetree.drifted_trees(report)),
        "types_say": storetree.types_say,
        "issue": issue.issue_text(report),
        "reproduce": issue.reproduce(report),
        "drifted": view.drifted_stores(report),
        "limits": limits,
    }


def _patch_number(report: Report, cause: causes.Cause) -> int:
    """Return the number of the first patch that answers a cause, from 1; 0 when there is none."""
    return report.proposals.index(cause.proposals[0]) + 1 if cause.proposals else 0


def _load_template(name: str) -> str:
    return (files("driftwright.report.formats") / "templates" / name).read_text(encoding="utf-8")


def _shorten_text(context: Context, value: object) -> object:
    """Make each text of the report inert and short before it is escaped; what a macro made passes through."""
    return cut(value, context["limits"].text) if type(value) is str else value


def _shorten_middle(text: str, room: int) -> str:
    """Return foreign text with its middle left out where there is not the room for all of it."""
    shown = view.inert(text)
    return shown if len(shown) <= room else f"{shown[: room // 2 - 1]}\u2026{shown[-(room - room // 2) :]}"


def _escape_code(text: str, limit: int) -> Markup:
    """Return one line of code, inert and escaped here: the common limit is too short for code that is to be copied."""
    from markupsafe import escape

    return escape(cut(text, limit))
