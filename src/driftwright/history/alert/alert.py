"""The data model of alerts: an alert, the facts that it hurts, its status and its events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from driftwright.base.terms import SEVERITY, Verdict

BLIND = "blind"


class Status(StrEnum):
    """The status of an alert; a `quiet` one is gone before any message was sent about it."""

    WAITING = "waiting"
    OPEN = "open"
    FLAPPING = "flapping"
    RECOVERED = "recovered"
    QUIET = "quiet"


class Happening(StrEnum):
    """What a run changed about an alert; only `still` is no news."""

    NEW = "new"
    STILL = "still"
    WORSE = "worse"
    CHANGED = "changed"
    RECOVERED = "recovered"
    FLAPPING = "flapping"


ACTIVE = (Status.OPEN, Status.FLAPPING)


@dataclass(frozen=True, slots=True, order=True)
class Hurt:
    """One fact that an alert's cause hurts.

    Args:
        fact: The derived fact; empty for a blind target.
        verdict: The fact's verdict.
        effect: The effect on its answer; the code of the reason for a blind target.
    """

    fact: str
    verdict: str
    effect: str


Form = tuple[Hurt, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """The alert of one cause in one target, after a run.

    Args:
        key: Its id: 12 hex digits over target, rule, store and path.
        target: The target.
        rule: The rule of the cause; `blind` for a target that could not be seen.
        store: The store of the cause; empty for a blind target.
        path: Its path; empty for a blind target.
        status: Its status.
        form: The facts that it hurts, as the last bad run showed them.
        since: Time of the first run with the cause since it last opened, ISO 8601 in UTC.
        runs: Number of runs with the cause since then.
        bad: Number of bad runs in a row up to now.
        good: Number of good runs in a row up to now.
        reported: The forms that were news since then.
        comings: Numbers, among the runs that saw the page, of those in which the cause came (back).
        places: Number of places that the last bad run showed the cause at; `path` is what these have in common.
    """

    key: str
    target: str
    rule: str
    store: str
    path: str
    status: Status = Status.QUIET
    form: Form = ()
    since: str = ""
    runs: int = 0
    bad: int = 0
    good: int = 0
    reported: tuple[Form, ...] = ()
    comings: tuple[int, ...] = ()
    places: int = 1

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it hurts."""
        return tuple(hurt.fact for hurt in self.form if hurt.fact)

    @property
    def verdict(self) -> str:
        """The most severe verdict of its facts."""
        return max((Verdict(hurt.verdict) for hurt in self.form), key=SEVERITY.index, default=Verdict.INTACT)


@dataclass(frozen=True, slots=True)
class Event:
    """What one run changed about one alert.

    Args:
        sequence: The run's number.
        run: The run's id.
        happening: The kind of change.
        alert: The alert after the run.
    """

    sequence: int
    run: str
    happening: Happening
    alert: Alert
