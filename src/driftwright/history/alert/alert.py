"""The nouns of alerts: one cause in one target, whom it hurts, where it stands, and what a run did to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from driftwright.base.terms import SEVERITY, Verdict

BLIND = "blind"


class Status(StrEnum):
    """Where an alert stands; `quiet` is one that nobody was told of and that is gone."""

    WAITING = "waiting"
    OPEN = "open"
    FLAPPING = "flapping"
    RECOVERED = "recovered"
    QUIET = "quiet"


class Happening(StrEnum):
    """What a run did to an alert; only `still` is no news."""

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
        verdict: How grave it is.
        effect: What its answer suffers; the reason's word for a blind target.
    """

    fact: str
    verdict: str
    effect: str


Form = tuple[Hurt, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """One cause in one target, as it stands after a run.

    Args:
        key: What it is known by: 12 hex digits over target, rule, store and path.
        target: The target.
        rule: The rule of the cause; `blind` for a target that could not be seen.
        store: The store of the cause; empty for a blind target.
        path: Its path; empty for a blind target.
        status: Where it stands.
        form: Whom it hurts and how, as the last bad run showed it.
        since: When this life of it began, ISO 8601 in UTC.
        runs: In how many runs of this life it showed.
        bad: The bad runs in a row up to now.
        good: The good runs in a row up to now.
        told: The forms that were news in this life.
        comings: At which of the target's seeing runs the cause came (back).
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
    told: tuple[Form, ...] = ()
    comings: tuple[int, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it hurts."""
        return tuple(hurt.fact for hurt in self.form if hurt.fact)

    @property
    def verdict(self) -> str:
        """How grave it is: the gravest of its facts."""
        return max((Verdict(hurt.verdict) for hurt in self.form), key=SEVERITY.index, default=Verdict.INTACT)


@dataclass(frozen=True, slots=True)
class Event:
    """What one run did to one alert.

    Args:
        sequence: The run's number.
        run: The run's id.
        happening: What it did.
        alert: The alert after it.
    """

    sequence: int
    run: str
    happening: Happening
    alert: Alert
