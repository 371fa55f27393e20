"""6. Report: what was found, as one frozen value; every format is rendered from it."""

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
    """What made a report."""

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
    """Why a capture saw nothing."""

    reason: str
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """Where the evidence comes from."""

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
        file: The patched file, from the folder that holds the contracts folder.
        diff: A unified diff from that folder, for `patch -p1` or `git apply`.
        confirmed_by: How many answers of the patched code were compared and found right.
        mends: Facts that the change hurts and that the patched code answers as before.
        leaves: Facts that the change hurts and that need more than this patch.
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
    """What one store looked like in one run.

    Args:
        name: The store.
        version: Its nearest published version; empty when it resembled none.
        distance: How far it was from that version; 0 is not at all.
    """

    name: str
    version: str
    distance: int


@dataclass(frozen=True, slots=True)
class RunSeen:
    """One run of the past.

    Args:
        sequence: Its number in the history, from 1.
        recorded_at: When it was recorded, ISO 8601 in UTC.
        verdict: Its verdict.
        blind: The reason's word when it saw nothing; else empty.
        stores: What its stores looked like.
    """

    sequence: int
    recorded_at: str
    verdict: Verdict
    blind: str
    stores: tuple[StoreSeen, ...]


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """One alert as it stands after this run.

    Args:
        key: What it is known by from run to run: 12 hex digits.
        status: `waiting` (one capture shows it, a second has to agree), `open`, `flapping` or `recovered`.
        title: What it is about, in one line.
        since: When it first showed, ISO 8601 in UTC.
        runs: In how many runs it showed.
    """

    key: str
    status: str
    title: str
    since: str
    runs: int


@dataclass(frozen=True, slots=True)
class Past:
    """What a history says of a target.

    Args:
        last_good: When a run last saw every fact intact, ISO 8601 in UTC; None if never.
        runs: The newest runs, oldest first; the last of them is the run of this report.
        alerts: The alerts that are not closed, and those that this run closed.
    """

    last_good: str | None
    runs: tuple[RunSeen, ...]
    alerts: tuple[AlertSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What was found."""

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
        """The worst verdict of all facts that count; a blind capture is blind, whatever it did not see."""
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
    """Return 12 hex digits over a rule, a path and a fact; never over wording or values: rewording is no news."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]
