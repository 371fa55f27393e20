"""The commands history, alert and heartbeat."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path as File

from driftwright.base.errors import Fault, InputFault, visible
from driftwright.base.terms import Verdict
from driftwright.entrypoints.cli.exits import DRIFT, INTACT
from driftwright.entrypoints.cli.job import Job, channels_of, open_history, tell
from driftwright.entrypoints.cli.output import read_report, report_file
from driftwright.entrypoints.cli.terminal import colour
from driftwright.history import History, Run, as_record, find_history, sent_record
from driftwright.report import Report, plain

_COLOURS = {"intact": "32", "degraded": "33", "broken": "31", "unseen": "36", "blind": "35"}
_HURT = (Verdict.DEGRADED, Verdict.BROKEN)
_MOST_NAMES = 4
_SHOWN = 20  # runs in a table, unless more are asked for
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)([smhdw])")
_AHEAD = timedelta(minutes=5)
_TWO_UNITS = timedelta(days=2), timedelta(hours=2)


def history(options: argparse.Namespace) -> int:
    """Show the newest runs as a table, or the whole history as JSON."""
    if options.limit is not None and options.limit < 1:
        raise InputFault("not a number of runs", "", "--limit", "ask for 1 or more")
    limit = _SHOWN if options.limit is None and options.format == "text" else options.limit
    with open_history(find_history(options.where)) as kept:
        _choose_targets(kept, options.target)
        runs = kept.runs(options.target, limit)
        sent = kept.all_sent()
    if options.format == "json":
        records = [{"sequence": run.sequence, **as_record(run)} for run in runs]
        ids = {run.id for run in runs}
        sent_records = [sent_record(message) for message in sent if message.run in ids]
        print(plain({"format": "history-v1", "runs": records, "sent": sent_records}, indent=2))
    else:
        print("\n".join(_table(runs, coloured=colour())))
    return 0


def _choose_targets(kept: History, target: str | None) -> tuple[str, ...]:
    targets = kept.targets()
    if target is not None and target not in targets:
        names = ", ".join(targets) or "none"
        raise InputFault(f"no run of the target {target!r}", "", "--target", f"targets in this history: {names}")
    return (target,) if target is not None else targets


def _table(runs: Sequence[Run], *, coloured: bool) -> Iterator[str]:
    rows = [("run", "time (UTC)", "target", "verdict", "facts hurt"), *map(_row, runs)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        if coloured and number:
            cells[3] = f"\x1b[{_COLOURS.get(row[3], '0')}m{cells[3]}\x1b[0m"
        yield f"{'  '.join(cells)}  {row[4]}".rstrip()
    if not runs:
        yield "no runs"


def _row(run: Run) -> tuple[str, str, str, str, str]:
    when = visible(run.recorded_at[:19].replace("T", " "))
    return str(run.sequence), when, visible(run.target), visible(run.verdict), visible(_hurt(run))


def _hurt(run: Run) -> str:
    if run.blind:
        return f"saw nothing: {run.blind}"
    hurt = [fact.name for fact in run.facts if fact.verdict in _HURT and not fact.suppressed]
    if not hurt:
        return f"0 of {len(run.facts)}"
    more = f" and {len(hurt) - _MOST_NAMES} more" if len(hurt) > _MOST_NAMES else ""
    return f"{len(hurt)} of {len(run.facts)}: {', '.join(hurt[:_MOST_NAMES])}{more}"


def alert(options: argparse.Namespace) -> int:
    """Send the alerts of recorded runs that were not sent yet."""
    if not options.alert and not options.dry_run:
        raise InputFault("nobody to tell", "", "--alert", "name a channel, or ask with --dry-run what would be said")
    channels = channels_of(options)
    folder = find_history(options.history)
    report = _report(options.report, folder)
    faults = list[Fault]()
    with open_history(folder) as kept:
        targets = _choose_targets(kept, options.target)
    for target in targets:
        fitting = report if report is not None and report.capture.target == target else None
        faults += tell(Job(folder, folder, channels, options.dry_run), target, fitting)
    if faults:
        raise faults[0]
    return 0


def _report(named: str | None, folder: File) -> Report | None:
    """Return the report of the newest run, for the details of an issue; None if there is none beside the history."""
    file = File(named) if named else report_file(str(folder.parent))
    return None if named is None and not file.is_file() else read_report(file)


def heartbeat(options: argparse.Namespace) -> int:
    """Say whether every target was run, and seen, lately."""
    limit = duration(options.max_age)
    now = datetime.now(UTC)
    with open_history(find_history(options.where)) as kept:
        beats = [
            _check_beat(kept.runs(target), now, limit, seeing=options.seeing)
            for target in _choose_targets(kept, options.target)
        ]
    if not beats:
        raise InputFault("no runs", options.where, "", "let the scheduled job run once")
    for good, line in beats:
        print(visible(line), file=sys.stdout if good else sys.stderr)
    return INTACT if all(good for good, _ in beats) else DRIFT


def _check_beat(runs: Sequence[Run], now: datetime, limit: timedelta, *, seeing: bool) -> tuple[bool, str]:
    ran = runs[-1]
    saw = next((run for run in reversed(runs) if not run.blind), None)
    counted = saw if seeing else ran
    good = counted is not None and -_AHEAD <= _age(counted, now) <= limit
    last_look = f"last saw the page {_format_age(saw, now)}" if saw else "never saw the page"
    blind = f" (blind: {ran.blind})" if ran.blind else ""
    line = f"{ran.target}: last ran {_format_age(ran, now)}{blind}, {last_look}"
    return (
        good,
        line if good else f"{line}; more than {_format_length(limit)} is too old: look whether the job still runs",
    )


def _age(run: Run, now: datetime) -> timedelta:
    try:
        return now - datetime.fromisoformat(run.recorded_at)
    except (ValueError, TypeError):
        return timedelta.max


def _format_age(run: Run, now: datetime) -> str:
    age = _age(run, now)
    return "in the future" if age < -_AHEAD else f"{_format_length(max(age, timedelta()))} ago"


def _format_length(length: timedelta) -> str:
    days, hours = _TWO_UNITS
    if length >= days:
        return f"{length // timedelta(days=1)} days"
    if length >= hours:
        return f"{length // timedelta(hours=1)} hours"
    return f"{length // timedelta(minutes=1)} minutes"


def duration(text: str) -> timedelta:
    """Return a duration such as 90m, 36h, 2d or 1d12h.

    Raises:
        InputFault: It is none, or is nothing.
    """
    parts = _DURATION.findall(text)
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if not parts or "".join(number + unit for number, unit in parts) != text or not 0 < seconds < _UNITS["d"] * 36_500:
        raise InputFault("no duration", "", "--max-age", "write 90m, 36h or 2d")
    return timedelta(seconds=seconds)
