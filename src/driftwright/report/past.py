"""Parts of a report about what was before: the runs that a history holds, and the alerts that are open."""

from __future__ import annotations

from dataclasses import dataclass


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
    verdict: str
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
