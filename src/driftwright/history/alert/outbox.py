"""Sending: the messages that each channel has not had yet, by the state after the newest run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as File

from driftwright.base.errors import MachineFault
from driftwright.history.alert.alert import ACTIVE, Alert, Happening
from driftwright.history.alert.channel import Channel
from driftwright.history.alert.life import life
from driftwright.history.alert.message import Message, message
from driftwright.history.lock import hold_lock
from driftwright.history.run import Run
from driftwright.history.runs import History
from driftwright.history.sent import Sent
from driftwright.report import Report

_LOCK = "sending.lock"
_LOUD = (Happening.FLAPPING, Happening.WORSE, Happening.CHANGED)


@dataclass(frozen=True, slots=True)
class Sending:
    """The result of sending to one channel.

    Args:
        channel: Its name.
        sent: The messages that arrived.
        fault: Why the rest was not sent; None if everything was.
    """

    channel: str
    sent: tuple[Message, ...]
    fault: MachineFault | None = None


def pending(runs: Sequence[Run], sent_before: Mapping[str, Sent], report: Report | None = None) -> tuple[Message, ...]:
    """Return the messages for a channel, one for each alert, in the order of the alerts and with those for `still`.

    Args:
        runs: All runs of one target, oldest first.
        sent_before: What the channel was told last about each alert, by the alert's key.
        report: A report; it is used only if it is the newest run's.
    """
    if not runs:
        return ()
    report = report if report is not None and _is_report_of(report, runs[-1]) else None
    state, events = life(runs)
    numbers = {run.id: run.sequence for run in runs}
    messages = list[Message]()
    for key, alert in state.alerts.items():
        last = sent_before.get(key)
        # A history that was rebuilt may have other numbers; the id of the run does not change.
        last_sequence = numbers.get(last.run, last.sequence) if last else 0
        if last is not None and is_impossible(last, runs):
            last_sequence = 0  # rather told twice than never
        since = [event.happening for event in events if event.alert.key == key and event.sequence > last_sequence]
        happening = _happening(alert, since, active=last is not None and last.active)
        if happening is None or (happening is Happening.STILL and key not in state.present):
            continue  # a run that does not show the cause adds nothing to the last message
        shown = report if key in state.present else None
        messages.append(message(happening, alert, runs, shown))
    return tuple(messages)


def is_impossible(sent: Sent, runs: Sequence[Run]) -> bool:
    """Whether an entry names a run that is still to come: numbers only rise, and what was sent is about a past run."""
    newest = max((run.sequence for run in runs), default=0)
    return sent.sequence > newest and sent.run not in {run.id for run in runs}


def _happening(alert: Alert, since: Sequence[Happening], *, active: bool) -> Happening | None:
    """Return the one happening that sums up several, for a channel whose last message had the alert `active` or not."""
    if alert.status not in ACTIVE:
        return Happening.RECOVERED if active else None
    loud = [happening for happening in since if happening in _LOUD]
    if not active or Happening.NEW in since:
        return Happening.FLAPPING if loud and loud[-1] is Happening.FLAPPING else Happening.NEW
    for happening in _LOUD:
        if happening in loud:
            return happening
    return Happening.STILL


def news(messages: Sequence[Message], channel: Channel) -> tuple[Message, ...]:
    """Return the messages that a channel takes; one that cannot edit takes no message for `still`."""
    return tuple(message for message in messages if channel.edits or message.happening is not Happening.STILL)


def send(folder: File, channels: Sequence[Channel], target: str, report: Report | None = None) -> tuple[Sending, ...]:
    """Send each channel its pending messages; a channel that fails does not stop the others.

    Args:
        folder: The folder of the history.
        channels: The channels to send to.
        target: The target whose alerts are sent.
        report: The report of a run; it is used only if that run is the newest.

    Raises:
        InputFault: The history is not usable.
        MachineFault: The history is not usable, or another run sends for too long.
    """
    # Without the lock, two processes that miss the same issue would both create it.
    with History(folder) as history, hold_lock(folder / _LOCK, "sending"):
        runs = history.runs(target)
        return tuple(_send_pending(history, channel, runs, report) for channel in channels)


def _is_report_of(report: Report, run: Run) -> bool:
    past_runs = report.past.runs if report.past else ()
    return bool(past_runs) and past_runs[-1].recorded_at == run.recorded_at


def _send_pending(history: History, channel: Channel, runs: Sequence[Run], report: Report | None) -> Sending:
    sent, before = list[Message](), history.sent(channel.name)
    messages = news(pending(runs, before, report), channel)
    keys = {message.alert.key for message in messages}
    odd = sum(is_impossible(before[key], runs) for key in keys & before.keys())
    try:
        for message in channel.send(messages):
            active = message.happening is not Happening.RECOVERED
            history.mark(Sent(channel.name, message.alert.key, message.run.sequence, active, message.run.id))
            sent.append(message)
    except MachineFault as fault:
        return Sending(channel.name, tuple(sent), fault)
    if odd:
        problem = f"the history says of {odd} alert{'' if odd == 1 else 's'} that a run still to come was told"
        mend = "see who writes to the history; it was told again, and is right from now on"
        return Sending(channel.name, tuple(sent), MachineFault(problem, channel.name, "", mend))
    return Sending(channel.name, tuple(sent))
