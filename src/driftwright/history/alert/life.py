"""The life of alerts: a pure fold over the runs of one target.

For each alert a run gives one of four signals. `bad`: its cause is present. `good`: all its facts were seen and are
intact. `other`: its facts were seen and the cause is gone, but not all facts are intact. `nothing`: the run was blind,
or the facts were not seen or are suppressed; such a run neither opens nor closes, and interrupts no row of runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from driftwright.base.terms import SEVERITY, Basis, Verdict
from driftwright.history.alert.alert import ACTIVE, BLIND, Alert, Event, Form, Happening, Hurt, Status
from driftwright.history.alert.alike import join_alike
from driftwright.history.run import FindingState, Run
from driftwright.report import fingerprint


class Signal(StrEnum):
    """The signal that one run gives for one alert."""

    BAD = "bad"
    GOOD = "good"
    OTHER = "other"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers of runs after which an alert changes; runs with the signal `nothing` are not counted.

    Args:
        opens: Bad runs in a row after which it is open and a message is sent.
        closes: Good runs in a row after which it is recovered.
        flaps: How often the cause must come within `window` runs for the alert to be flapping.
        window: Number of latest runs that saw the page in which the comings are counted.
        settles: Equal runs in a row after which a flapping alert is open or recovered again.
    """

    opens: int = 2
    closes: int = 2
    flaps: int = 3
    window: int = 12
    settles: int = 4


@dataclass(frozen=True, slots=True)
class Life:
    """The alerts of one target after some runs.

    Args:
        alerts: All alerts so far, by key, in the order in which they came.
        seeing: Number of runs that saw the page.
        blind: Number of runs that did not.
        present: Keys of the alerts whose cause the last run shows.
    """

    alerts: Mapping[str, Alert] = field(default_factory=dict)
    seeing: int = 0
    blind: int = 0
    present: frozenset[str] = frozenset()


_USUAL = Thresholds()


def life(runs: Iterable[Run], thresholds: Thresholds = _USUAL) -> tuple[Life, tuple[Event, ...]]:
    """Return the alerts of a target and their events, from its runs.

    Args:
        runs: The runs of one target, in their order in the history; their times are not used.
        thresholds: The numbers of runs after which an alert changes.

    Returns:
        The alerts after the last run, and the events of each run. The events of a run depend only on the runs up to it.
    """
    now, events = Life(), list[Event]()
    for run in runs:
        now, more = next_life(now, run, thresholds)
        events += more
    return now, tuple(events)


def next_life(before: Life, run: Run, thresholds: Thresholds = _USUAL) -> tuple[Life, tuple[Event, ...]]:
    """Return the alerts after one more run, and the events of that run."""
    seeing = before.seeing + (0 if run.blind else 1)
    alerts, events = dict(before.alerts), list[Event]()
    present = join_alike(_causes(run), before.alerts)
    for key, alert in present.items():
        alerts.setdefault(key, replace(alert, form=()))
    for key, alert in alerts.items():
        shown = present.get(key)
        form = shown.form if shown else ()
        clock = before.seeing + before.blind + 1 if alert.rule == BLIND else seeing
        known = replace(alert, path=shown.path, places=shown.places) if shown else alert
        after, happening = _apply(known, _signal_of(alert, run, form), _Observation(run, form, clock, thresholds))
        alerts[key] = after
        if happening is not None:
            events.append(Event(run.sequence, run.id, happening, after))
    return Life(alerts, seeing, before.blind + (1 if run.blind else 0), frozenset(present)), tuple(events)


def _causes(run: Run) -> dict[str, Alert]:
    """Return one alert for each cause in one run, by the alert's key."""
    if run.blind:
        key = fingerprint(run.target, BLIND)
        return {key: Alert(key, run.target, BLIND, "", "", form=(Hurt("", str(Verdict.BLIND), run.blind),))}
    by_cause: dict[tuple[str, str, str], list[FindingState]] = {}
    for finding in run.findings:
        by_cause.setdefault((finding.rule, finding.store, finding.path), []).append(finding)
    findings_by_cause = _join_unexplained(by_cause)
    keys = {cause: fingerprint(run.target, *cause) for cause in findings_by_cause}
    return {
        keys[cause]: Alert(keys[cause], run.target, *cause, form=_form_of(findings_by_cause[cause]))
        for cause in findings_by_cause
    }


def _join_unexplained(
    by_cause: Mapping[tuple[str, str, str], list[FindingState]],
) -> dict[tuple[str, str, str], list[FindingState]]:
    """Add the findings that no single change explains to the only change of the run, if there is exactly one.

    A guard may refuse the changed store while no single change explains it; such a finding names no store.
    """
    changes = [cause for cause in by_cause if cause[1]]
    loose = [cause for cause in by_cause if cause[0] == Basis.REPLAY and not cause[1]]
    if len(changes) != 1:
        return dict(by_cause)
    joined = {cause: findings for cause, findings in by_cause.items() if cause not in loose}
    joined[changes[0]] = [*by_cause[changes[0]], *(finding for cause in loose for finding in by_cause[cause])]
    return joined


def _form_of(findings: Iterable[FindingState]) -> Form:
    return tuple(sorted({Hurt(finding.fact, finding.verdict, finding.effect) for finding in findings}))


def _signal_of(alert: Alert, run: Run, form: Form) -> Signal:
    if form:
        return Signal.BAD
    if alert.rule == BLIND:
        return Signal.GOOD  # the run saw the page
    if run.blind or not run.facts:
        return Signal.NOTHING
    state_by_name = {fact.name: fact for fact in run.facts}
    # A fact that the contracts no longer hold is left out: it cannot be hurt or seen.
    states = [state_by_name[name] for name in alert.facts if name in state_by_name]
    if all(fact.verdict == Verdict.INTACT for fact in states):
        return Signal.GOOD
    if any(fact.verdict == Verdict.UNSEEN or fact.suppressed for fact in states):
        return Signal.NOTHING
    return Signal.OTHER


@dataclass(frozen=True, slots=True)
class _Observation:
    """One run, the form that it shows of an alert, its number on the alert's clock, and the thresholds."""

    run: Run
    form: Form
    clock: int
    limits: Thresholds


def _apply(alert: Alert, signal: Signal, observation: _Observation) -> tuple[Alert, Happening | None]:
    match signal:
        case Signal.BAD:
            return _apply_bad(alert, observation)
        case Signal.GOOD:
            return _apply_good(alert, observation)
        case Signal.OTHER:
            return _apply_other(alert), None
        case Signal.NOTHING:
            return alert, None


def _apply_other(alert: Alert) -> Alert:
    status = Status.QUIET if alert.status is Status.WAITING else alert.status
    return replace(alert, status=status, bad=0, good=0)


def _apply_good(alert: Alert, observation: _Observation) -> tuple[Alert, Happening | None]:
    after = replace(alert, bad=0, good=alert.good + 1)
    if alert.status is Status.WAITING:
        return replace(after, status=Status.QUIET), None
    enough = observation.limits.settles if alert.status is Status.FLAPPING else observation.limits.closes
    if alert.status in ACTIVE and after.good >= enough:
        flapped = alert.status is Status.FLAPPING
        return replace(after, status=Status.RECOVERED, comings=() if flapped else after.comings), Happening.RECOVERED
    return after, None


def _apply_bad(alert: Alert, observation: _Observation) -> tuple[Alert, Happening | None]:
    current = alert if alert.status in (Status.WAITING, *ACTIVE) else _begin(alert, observation)
    came = current.bad == 0
    comings = (*current.comings, observation.clock) if came else current.comings
    after = replace(
        current,
        form=observation.form,
        bad=current.bad + 1,
        good=0,
        runs=current.runs + 1,
        comings=tuple(coming for coming in comings if coming > observation.clock - observation.limits.window),
    )
    if after.status is not Status.FLAPPING and came and len(after.comings) >= observation.limits.flaps:
        return replace(after, status=Status.FLAPPING, reported=(*after.reported, observation.form)), Happening.FLAPPING
    if after.status is Status.FLAPPING and after.bad >= observation.limits.settles:
        after = replace(after, status=Status.OPEN, comings=())
    if after.status is Status.WAITING:
        if after.bad < observation.limits.opens:
            return after, None
        return replace(after, status=Status.OPEN, reported=(observation.form,)), Happening.NEW
    return _judge_news(current, after)


def _begin(alert: Alert, observation: _Observation) -> Alert:
    return replace(
        alert, status=Status.WAITING, since=observation.run.recorded_at, runs=0, bad=0, good=0, reported=(), form=()
    )


def _judge_news(before: Alert, after: Alert) -> tuple[Alert, Happening]:
    """Return what is new about an open alert: a form counts as news once, after two runs in a row that show it."""
    if after.form in after.reported or after.form != before.form or before.bad == 0:
        return after, Happening.STILL
    grave, many = _weight(after.form)
    peaks = [_weight(form) for form in after.reported]
    worst, most = max(peak[0] for peak in peaks), max(peak[1] for peak in peaks)
    if grave > worst or many > most:
        return replace(after, reported=(*after.reported, after.form)), Happening.WORSE
    if (grave, many) == (worst, most):
        return replace(after, reported=(*after.reported, after.form)), Happening.CHANGED
    return after, Happening.STILL


def _weight(form: Form) -> tuple[int, int]:
    return max(SEVERITY.index(Verdict(hurt.verdict)) for hurt in form), len(form)
