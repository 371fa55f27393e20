"""Annotations for GitHub Actions: workflow commands on standard output, which its runner shows beside the contracts.

The runner shows at most ten of a kind for a step: the nine most severe findings are written, and one line counts the
rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftwright.report.formats import findings, view
from driftwright.report.formats.findings import Finding
from driftwright.report.formats.view import cut
from driftwright.report.model import Report

MOST = 9
LIMIT = 4_096  # characters of one message
LONGEST = 600  # characters of one foreign text
LONGEST_TITLE = 200

_LEVELS = {"broken": "error", "degraded": "warning", "unseen": "notice"}


def render(report: Report) -> str:
    """Return the annotations, one line each, the most severe first; empty when everything is intact."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    blind = report.capture.blind
    if blind:
        message = _cut_lines([blind.what, f"Next: {blind.mend}"])
        yield _format_command("error", {"title": f"driftwright: blind: {blind.reason}"}, message)
        return  # the one reason of a blind capture holds for all facts
    listed = [*(finding for finding in findings.all_findings(report) if not finding.aside), *findings.unseen(report)]
    for finding in listed[:MOST]:
        yield _annotate(finding)
    if len(listed) > MOST:
        counts = [
            f"{sum(finding.verdict == word for finding in listed[MOST:])} {view.VERDICT_WORDS[word]}"
            for word in _LEVELS
        ]
        summary = ", ".join(count for count in counts if not count.startswith("0 "))
        more = len(listed) - MOST
        yield _format_command(
            "notice", {"title": f"driftwright: +{more} more"}, f"+{more} more ({summary}), in the report"
        )


def _annotate(finding: Finding) -> str:
    place = findings.place(finding.fact)
    properties = {"file": place[0], "line": str(place[1])} if place else {}
    title = f"{finding.fact.title}: {view.VERDICT_WORDS[finding.verdict]} ({finding.rule})"
    lines = [*findings.paragraphs(finding), f"Finding: {finding.fingerprint} {finding.where}"]
    return _format_command(_LEVELS[finding.verdict], {**properties, "title": title}, _cut_lines(lines))


def _cut_lines(lines: list[str]) -> str:
    return "\n".join(cut(line, LONGEST) for line in lines)


def _format_command(level: str, properties: dict[str, str], message: str) -> str:
    """Return one workflow command.

    Args:
        level: `error`, `warning` or `notice`.
        properties: Title, file and line; foreign text, not yet escaped.
        message: Its text, made inert line by line.
    """
    shown = message if len(message) <= LIMIT else f"{message[: LIMIT - 3]}..."
    pairs = ",".join(f"{name}={_escape_property(cut(value, LONGEST_TITLE))}" for name, value in properties.items())
    return f"::{level} {pairs}::{_escape_data(shown)}"


def _escape_data(text: str) -> str:
    """Escape text for a message, as the runner unescapes it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    """Escape text for a property, as the runner unescapes it."""
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
