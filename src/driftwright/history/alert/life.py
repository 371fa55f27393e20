"""The life of an alert: a pure fold over the runs of one target.

What a run says of an alert is one of four things. `bad`: its cause is there. `good`: all its facts were seen and are
intact. `other`: its facts were seen, the cause is gone, yet not all of them are right. `nothing`: the run was blind, or
the facts were not seen or are suppressed; such a run neither opens nor closes, and does not break a row of runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from driftwright.base.terms import SEVERITY, Basis, Verdict
from driftwright.history.alert.alert import ACTIVE, BLIND, Alert, Event, Form, Happening, Hurt, Status
from driftwright.history.run import FindingState, Run
from driftwright.report import fingerprint


class Signal(StrEnum):
    """What one run says of one alert."""

    BAD = "bad"
    GOOD = "good"
    OTHER = "other"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How many runs it takes; runs that say nothing of an alert are never counted.

    Args:
        opens: Runs in a row with the cause, before anybody is told: two captures that agree.
        closes: Good runs in a row, before it is called recovered.
        flaps: How often the cause came back within `window` runs, until it is told once as flapping.
        window: In how many runs of the target that saw the page its comings are counted.
        settles: Runs in a row that agree, before a flapping alert is an open or a recovered one again.
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
        alerts: Every alert there ever was, by key, in the order in which they came.
        seeing: How many of the runs saw the page.
        blind: How many did not.
    """

    alerts: Mapping[str, Alert] = field(default_factory=dict)
    seeing: int = 0
    blind: int = 0


_USUAL = Thresholds()


def life(runs: Iterable[Run], thresholds: Thresholds = _USUAL) -> tuple[Life, tuple[Event, ...]]:
    """Tell the life of a target's alerts from its runs.

    Args:
        runs: The runs of one target, in their order in the history; their clocks do not matter.
        thresholds: How many runs it takes.

    Returns:
        The alerts after the last run, and what happened at each run. What happened at one run rests on the runs up
        to it alone.
    """
    now, events = Life(), list[Event]()
    for run in runs:
        now, more = next_life(now, run, thresholds)
        events += more
    return now, tuple(events)


def next_life(before: Life, run: Run, thresholds: Thresholds = _USUAL) -> tuple[Life, tuple[Event, ...]]:
    """Return the alerts after one more run, and what it did to them."""
    seeing = before.seeing + (0 if run.blind else 1)
    alerts, events = dict(before.alerts), list[Event]()
    present = causes(run)
    for key, alert in present.items():
        alerts.setdefault(key, replace(alert, form=()))
    for key, alert in alerts.items():
        form = present[key].form if key in present else ()
        clock = before.seeing + before.blind + 1 if alert.rule == BLIND else seeing
        after, happening = _after(alert, _says(alert, run, form), _At(run, form, clock, thresholds))
        alerts[key] = after
        if happening is not None:
            events.append(Event(run.sequence, run.id, happening, after))
    return Life(alerts, seeing, before.blind + (1 if run.blind else 0)), tuple(events)


def causes(run: Run) -> dict[str, Alert]:
    """Return what is wrong in one run, one alert a cause, by the alert's key."""
    if run.blind:
        key = fingerprint(run.target, BLIND)
        return {key: Alert(key, run.target, BLIND, "", "", form=(Hurt("", str(Verdict.BLIND), run.blind),))}
    by_cause: dict[tuple[str, str, str], list[FindingState]] = {}
    for one in run.findings:
        by_cause.setdefault((one.rule, one.store, one.path), []).append(one)
    found = _joined(by_cause)
    keys = {cause: fingerprint(run.target, *cause) for cause in found}
    return {keys[cause]: Alert(keys[cause], run.target, *cause, form=_form(found[cause])) for cause in found}


def _joined(
    by_cause: Mapping[tuple[str, str, str], list[FindingState]],
) -> dict[tuple[str, str, str], list[FindingState]]:
    """Lay what only all changes together hurt to the one change there is: one cause is one alert.

    A guard may refuse the changed store while no single change explains it; such a finding has no store of its own.
    """
    changes = [cause for cause in by_cause if cause[1]]
    loose = [cause for cause in by_cause if cause[0] == Basis.REPLAY and not cause[1]]
    if len(changes) != 1:
        return dict(by_cause)
    joined = {cause: found for cause, found in by_cause.items() if cause not in loose}
    joined[changes[0]] = [*by_cause[changes[0]], *(one for cause in loose for one in by_cause[cause])]
    return joined


def _form(found: Iterable[FindingState]) -> Form:
    return tuple(sorted({Hurt(one.fact, one.verdict, one.effect) for one in found}))


def _says(alert: Alert, run: Run, form: Form) -> Signal:
    if form:
        return Signal.BAD
    if alert.rule == BLIND:
        return Signal.GOOD  # the run saw the page
    if run.blind or not run.facts:
        return Signal.NOTHING
    known = {fact.name: fact for fact in run.facts}
    # A fact that the contracts no longer hold cannot be hurt, and nobody can see it either.
    states = [known[name] for name in alert.facts if name in known]
    if all(fact.verdict == Verdict.INTACT for fact in states):
        return Signal.GOOD
    if any(fact.verdict == Verdict.UNSEEN or fact.suppressed for fact in states):
        return Signal.NOTHING
    return Signal.OTHER


@dataclass(frozen=True, slots=True)
class _At:
    run: Run
    form: Form
    clock: int
    limits: Thresholds


def _after(alert: Alert, says: Signal, at: _At) -> tuple[Alert, Happening | None]:
    match says:
        case Signal.BAD:
            return _bad(alert, at)
        case Signal.GOOD:
            return _good(alert, at)
        case Signal.OTHER:
            return _other(alert), None
        case Signal.NOTHING:
            return alert, None


def _other(alert: Alert) -> Alert:
    status = Status.QUIET if alert.status is Status.WAITING else alert.status
    return replace(alert, status=status, bad=0, good=0)


def _good(alert: Alert, at: _At) -> tuple[Alert, Happening | None]:
    after = replace(alert, bad=0, good=alert.good + 1)
    if alert.status is Status.WAITING:
        return replace(after, status=Status.QUIET), None
    enough = at.limits.settles if alert.status is Status.FLAPPING else at.limits.closes
    if alert.status in ACTIVE and after.good >= enough:
        flapped = alert.status is Status.FLAPPING
        return replace(after, status=Status.RECOVERED, comings=() if flapped else after.comings), Happening.RECOVERED
    return after, None


def _bad(alert: Alert, at: _At) -> tuple[Alert, Happening | None]:
    known = alert if alert.status in (Status.WAITING, *ACTIVE) else _begun(alert, at)
    came = known.bad == 0
    comings = (*known.comings, at.clock) if came else known.comings
    after = replace(
        known,
        form=at.form,
        bad=known.bad + 1,
        good=0,
        runs=known.runs + 1,
        comings=tuple(when for when in comings if when > at.clock - at.limits.window),
    )
    if after.status is not Status.FLAPPING and came and len(after.comings) >= at.limits.flaps:
        return replace(after, status=Status.FLAPPING, told=(*after.told, at.form)), Happening.FLAPPING
    if after.status is Status.FLAPPING and after.bad >= at.limits.settles:
        after = replace(after, status=Status.OPEN, comings=())
    if after.status is Status.WAITING:
        if after.bad < at.limits.opens:
            return after, None
        return replace(after, status=Status.OPEN, told=(at.form,)), Happening.NEW
    return _news(known, after)


def _begun(alert: Alert, at: _At) -> Alert:
    return replace(alert, status=Status.WAITING, since=at.run.recorded_at, runs=0, bad=0, good=0, told=(), form=())


def _news(before: Alert, after: Alert) -> tuple[Alert, Happening]:
    """Tell whether an alert that holds is news again: only what two runs in a row show, and only once in its life."""
    if after.form in after.told or after.form != before.form or before.bad == 0:
        return after, Happening.STILL
    grave, many = _weight(after.form)
    peaks = [_weight(form) for form in after.told]
    worst, most = max(peak[0] for peak in peaks), max(peak[1] for peak in peaks)
    if grave > worst or many > most:
        return replace(after, told=(*after.told, after.form)), Happening.WORSE
    if (grave, many) == (worst, most):
        return replace(after, told=(*after.told, after.form)), Happening.CHANGED
    return after, Happening.STILL


def _weight(form: Form) -> tuple[int, int]:
    return max(SEVERITY.index(Verdict(hurt.verdict)) for hurt in form), len(form)
