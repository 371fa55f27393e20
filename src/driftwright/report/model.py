"""The report: all findings of one judgement as one frozen value; every format is rendered from it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

from driftwright import __version__
from driftwright.base.terms import Level, Verdict, worst
from driftwright.report.fact import FactFound, Suppressed
from driftwright.report.store import StoreFound


@dataclass(frozen=True, slots=True)
class Tool:
    """Name and version of the program that made a report."""

    name: str = "driftwright"
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Summary:
    """How many derived facts there are, how many of each verdict count, and how many are suppressed."""

    facts: int
    intact: int
    degraded: int
    broken: int
    unseen: int
    suppressed: int


@dataclass(frozen=True, slots=True)
class Blind:
    """The reason why a capture could not see the page, and what to do about it."""

    reason: str
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """Target, page state, browser and time of the capture that was judged."""

    target: str
    state: str
    origin: str
    browser: str
    taken_at: str
    tool: str
    digest: str
    file: str | None = None
    blind: Blind | None = None


@dataclass(frozen=True, slots=True)
class ChangeFound:
    """One structural change."""

    id: str
    rule: str
    title: str
    level: Level
    store: str
    path: str
    to: str | None
    message: str
    before: str
    after: str
    replay: str
    why_not: str | None
    read_by: tuple[str, ...]
    fingerprint: str
    read_first: tuple[str, ...] = ()
    suppressed: Suppressed | None = None


@dataclass(frozen=True, slots=True)
class ProposalFound:
    """A patch of reading code that was confirmed by execution.

    Args:
        change: Id of the change that it answers.
        file: The patched file, from the folder that holds the contracts folder; where some of the patched code lies
            outside of that, from its repository.
        diff: A unified diff from that folder, for `patch -p1` or `git apply`.
        confirmed_by: How many answers of the patched code were compared and found right.
        mends: Facts that the change hurts and for which the patched code gives the old answer.
        leaves: Facts that the change hurts and that this patch does not repair.
        then: What to do about the schema.
    """

    change: str
    file: str
    diff: str
    confirmed_by: int
    mends: tuple[str, ...]
    leaves: tuple[str, ...]
    then: str


@dataclass(frozen=True, slots=True)
class StoreSeen:
    """The nearest published version of one store in one run.

    Args:
        name: The store.
        version: Its nearest published version; empty when no version is near.
        distance: Number of differences from that version; 0 means none.
    """

    name: str
    version: str
    distance: int


@dataclass(frozen=True, slots=True)
class RunSeen:
    """One earlier run, as the history records it.

    Args:
        sequence: Its number in the history, from 1.
        recorded_at: When it was recorded, ISO 8601 in UTC.
        verdict: Its verdict.
        blind: Code of the reason when it could not see the page; else empty.
        stores: The versions of its stores.
    """

    sequence: int
    recorded_at: str
    verdict: Verdict
    blind: str
    stores: tuple[StoreSeen, ...]


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """The state of one alert after this run.

    Args:
        key: Its id, the same in every run: 12 hex digits.
        status: `waiting` (one capture shows it, a second has to agree), `open`, `flapping` or `recovered`.
        title: Its subject, in one line.
        since: Time of the first run that showed it, ISO 8601 in UTC.
        runs: Number of runs that showed it.
    """

    key: str
    status: str
    title: str
    since: str
    runs: int


@dataclass(frozen=True, slots=True)
class Past:
    """The history of a target.

    Args:
        last_good: Time of the last run in which every fact was intact, ISO 8601 in UTC; None if there is none.
        runs: The newest runs, oldest first; the last of them is the run of this report.
        alerts: The alerts that are not closed, and those that this run closed.
    """

    last_good: str | None
    runs: tuple[RunSeen, ...]
    alerts: tuple[AlertSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The whole result of one judgement."""

    capture: CaptureFacts
    stores: tuple[StoreFound, ...] = ()
    changes: tuple[ChangeFound, ...] = ()
    facts: tuple[FactFound, ...] = ()
    notes: tuple[str, ...] = ()
    proposals: tuple[ProposalFound, ...] = ()
    past: Past | None = None
    tool: Tool = Tool()

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all facts that count; a blind capture is `blind` without regard to its facts."""
        if self.capture.blind is not None:
            return Verdict.BLIND
        return worst([fact.counted for fact in self.facts])

    @property
    def summary(self) -> Summary:
        """How many derived facts there are, and how many of each verdict."""
        counted = Counter(fact.verdict for fact in self.facts if fact.suppressed is None)
        return Summary(
            facts=len(self.facts),
            intact=counted[Verdict.INTACT],
            degraded=counted[Verdict.DEGRADED],
            broken=counted[Verdict.BROKEN],
            unseen=counted[Verdict.UNSEEN],
            suppressed=len(self.facts) - counted.total(),
        )

    def __getitem__(self, name: str) -> FactFound:
        """Return the judgement of one derived fact.

        Raises:
            KeyError: The report has no fact of that name.
        """
        for fact in self.facts:
            if fact.name == name:
                return fact
        raise KeyError(f"no derived fact {name!r}; this report has {', '.join(fact.name for fact in self.facts)}")


def fingerprint(*parts: str) -> str:
    """Return 12 hex digits over names such as rule, path and fact; never over wording or values, which may change."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]
