"""The overview of a run of several targets: on a terminal, in Markdown, as JSON, and as a self-contained page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from driftwright.base.terms import Verdict
from driftwright.report.formats import causes, view
from driftwright.report.formats.html import Limits, fitted
from driftwright.report.formats.json import plain
from driftwright.report.formats.markdown import cell, prose
from driftwright.report.formats.text import Style
from driftwright.report.formats.view import VERDICT_WORDS, cut
from driftwright.report.model import Report
from driftwright.report.overview import FORMAT, Overview, TargetRow

OVERVIEW_FILES: Mapping[str, str] = {"json": "overview.json", "markdown": "overview.md", "html": "overview.html"}
"""The files that a run of several targets leaves, by format."""

_LONGEST = 300
_MOST_CAUSES = 3
_COUNTED = ("intact", "degraded", "broken", "unseen")


def overview_of(reports: Iterable[Report], tool: str) -> Overview:
    """Return the overview of the reports of one run; each lies in a folder named after its target."""
    return Overview(tuple(map(_row, reports)), tool)


def _row(report: Report) -> TargetRow:
    blind = report.capture.blind
    says = f"{blind.reason}: {blind.what}; {blind.mend}" if blind else view.headline(report)
    sentences = tuple(causes.plain(causes.says(cause)) for cause in causes.causes_of(report))
    name = report.capture.target
    return TargetRow(name, report.verdict, report.summary, says, sentences, report.capture.origin, name)


def render_overview(overview: Overview, form: str, style: Style | None = None) -> str:
    """Return an overview in one of `text`, `markdown`, `json` and `html`."""
    text = partial(_text, style=style or Style(colour=False))
    formats: Mapping[str, Callable[[Overview], str]] = {
        "text": text,
        "markdown": _markdown,
        "json": _json,
        "html": _html,
    }
    return formats[form](overview)


def _headline(overview: Overview) -> str:
    """Return how many targets have which verdict, the worst first."""
    count = len(overview.rows)
    by_verdict = {word: sum(row.verdict is word for row in overview.rows) for word in reversed(Verdict)}
    counts = ", ".join(f"{number} {VERDICT_WORDS[word]}" for word, number in by_verdict.items() if number)
    return f"{count} target{'' if count == 1 else 's'}: {counts}"


def _counts(row: TargetRow) -> str:
    """Return how many facts have which verdict."""
    counted = ((getattr(row.counts, word), VERDICT_WORDS[word]) for word in _COUNTED)
    return ", ".join(f"{number} {word}" for number, word in counted if number) or "none judged"


def _text(overview: Overview, style: Style) -> str:
    def lines() -> Iterator[str]:
        yield f"{style.word(overview.verdict)} {_headline(overview)}"
        for row in overview.rows:
            yield f"{style.word(row.verdict)} {cut(row.target, _LONGEST)}: {cut(row.says, _LONGEST)}"
            for cause in row.causes[:_MOST_CAUSES]:
                yield f"  cause     {cut(cause, _LONGEST)}"

    return "".join(f"{line}\n" for line in lines())


def _markdown(overview: Overview) -> str:
    def lines() -> Iterator[str]:
        yield f"**{VERDICT_WORDS[overview.verdict].capitalize()}**: {_headline(overview)}"
        yield ""
        yield "| target | verdict | derived facts | what is to be said |"
        yield "| --- | --- | --- | --- |"
        for row in overview.rows:
            sentence = row.causes[0] if row.causes else row.says
            name, verdict = cell(row.target), VERDICT_WORDS[row.verdict]
            yield f"| {name} | {verdict} | {_counts(row)} | {cell(sentence) if row.causes else _sentence(sentence)} |"

    return "".join(f"{line}\n" for line in lines())


def _sentence(text: str) -> str:
    """Return a sentence for a table; what is not plain words is code."""
    shown = prose(text)
    return shown if shown == text and "|" not in text else cell(text)


def _json(overview: Overview) -> str:
    rows = [asdict(row) for row in overview.rows]
    record = {"format": FORMAT, "tool": overview.tool, "verdict": overview.verdict, "targets": rows}
    return plain(record, indent=1) + "\n"


def _html(overview: Overview) -> str:
    def context(limits: Limits) -> Mapping[str, Any]:
        return {
            "o": overview,
            "headline": _headline(overview),
            "counts": _counts,
            "words": VERDICT_WORDS,
            "short": partial(cut, limit=limits.text),
            "most": _MOST_CAUSES,
            "limits": limits,
        }

    return fitted("overview.html.j2", context)
