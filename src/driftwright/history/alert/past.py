"""The history that a report shows: the newest runs, the last good run and the alerts."""

from __future__ import annotations

from collections.abc import Sequence

from driftwright.base.terms import Verdict
from driftwright.history.alert.alert import Alert, Event, Happening, Status
from driftwright.history.alert.life import life
from driftwright.history.alert.message import title
from driftwright.history.run import Run
from driftwright.report import AlertSeen, Past, RunSeen, StoreSeen

MOST_RUNS = 60
_SHOWN = (Status.OPEN, Status.FLAPPING, Status.WAITING)


def past_of(runs: Sequence[Run]) -> Past:
    """Return the history of a target for its report.

    Args:
        runs: All its runs, oldest first; the last of them is the one that is reported.
    """
    state, events = life(runs)
    last = runs[-1].sequence if runs else 0
    good = [run.recorded_at for run in runs if run.verdict == Verdict.INTACT]
    return Past(
        last_good=good[-1] if good else None,
        runs=tuple(_run_seen(run) for run in runs[-MOST_RUNS:]),
        alerts=tuple(_alert_seen(alert) for alert in _shown_alerts(tuple(state.alerts.values()), events, last)),
    )


def _shown_alerts(alerts: Sequence[Alert], events: Sequence[Event], last: int) -> list[Alert]:
    closed = {e.alert.key for e in events if e.sequence == last and e.happening is Happening.RECOVERED}
    order = (*_SHOWN, Status.RECOVERED)
    return sorted(
        (alert for alert in alerts if alert.status in _SHOWN or alert.key in closed),
        key=lambda alert: order.index(alert.status),
    )


def _alert_seen(alert: Alert) -> AlertSeen:
    return AlertSeen(alert.key, str(alert.status), title(alert), alert.since, alert.runs)


def _run_seen(run: Run) -> RunSeen:
    stores = tuple(StoreSeen(store.name, store.version, store.distance) for store in run.stores)
    return RunSeen(run.sequence, run.recorded_at, Verdict(run.verdict), run.blind, stores)
