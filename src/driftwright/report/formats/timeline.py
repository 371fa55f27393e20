"""The earlier runs of the history: in words, as letters, and as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from driftwright.report.formats.view import VERDICT_WORDS
from driftwright.report.model import AlertSeen, Report, RunSeen

LETTERS: Mapping[str, str] = {"intact": ".", "degraded": "d", "broken": "B", "unseen": "u", "blind": "?"}
LEGEND = ", ".join(f"{letter} {VERDICT_WORDS[verdict]}" for verdict, letter in LETTERS.items())
MOST_STORES = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """One run of one store.

    Args:
        text: Its version and the distance from it; `?` where the run was blind.
        blind: Whether the run could not see the store.
        changed: Whether it differs from the last run that saw the store.
    """

    text: str
    blind: bool
    changed: bool


def runs(report: Report) -> Sequence[RunSeen]:
    """Return the runs that the report holds, oldest first; none where no history is kept."""
    return report.past.runs if report.past else ()


def open_alerts(report: Report) -> Sequence[AlertSeen]:
    """Return the alerts after this run."""
    return report.past.alerts if report.past else ()


def letters(report: Report) -> str:
    """Return the runs as letters, oldest first; see `LEGEND`."""
    return "".join(LETTERS[run.verdict] for run in runs(report))


def last_good_says(report: Report) -> str:
    """Return when all facts were last intact, and how long before this run; empty where no history is kept."""
    past = report.past
    if not past:
        return ""
    good = past.last_good
    if good is None:
        return "never in this history"
    now = past.runs[-1].recorded_at if past.runs else good
    age = _parse_instant(now) - _parse_instant(good)
    before = "this run" if age < timedelta(seconds=1) else f"{_format_age(age)} before this run"
    return f"{good[:16].replace('T', ' ')} UTC, {before}"


def versions(report: Report) -> dict[str, tuple[Cell, ...]]:
    """Return, for each store, its version in every run; those that changed first; at most `MOST_STORES`."""
    past_runs = runs(report)
    names = dict.fromkeys(store.name for run in past_runs for store in run.stores)
    rows = {name: tuple(_cells(name, past_runs)) for name in names}
    names_changed_first = sorted(rows, key=lambda name: not any(cell.changed for cell in rows[name]))
    return {name: rows[name] for name in names_changed_first[:MOST_STORES]}


def _cells(name: str, past_runs: Sequence[RunSeen]) -> Iterator[Cell]:
    before = None
    for run in past_runs:
        store = next((state for state in run.stores if state.name == name), None)
        if run.verdict == "blind" or store is None:
            yield Cell("?", blind=True, changed=False)
            continue
        far = f"+{store.distance}" if store.distance else ""
        text = f"{store.version}{far}" if store.version else "-"
        yield Cell(text, blind=False, changed=before is not None and text != before)
        before = text


def _parse_instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _format_age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    parts = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (minutes % 60, "minute")]
    words = [f"{count} {word}{'s' * (count != 1)}" for count, word in parts if count]
    return " ".join(words) or "less than a minute"
