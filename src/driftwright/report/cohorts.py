"""The shapes among many users as one frozen value; every count in it may be told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CohortChange:
    """One change of a shape against the accepted versions: the rule, where, and where it went, if anywhere."""

    rule: str
    store: str
    path: str
    title: str
    to: str


@dataclass(frozen=True, slots=True)
class CohortFact:
    """One derived fact that a shape does not leave intact."""

    name: str
    verdict: str


@dataclass(frozen=True, slots=True)
class LabelShare:
    """One value of the labels that were asked for.

    Args:
        labels: Its values, in the order that was asked for; an empty one was not said.
        users: Users who have the shape, once a day each.
        share: Their share of all users with these labels, from 0 to 1.
    """

    labels: tuple[str, ...]
    users: int
    share: float


@dataclass(frozen=True, slots=True)
class DayShare:
    """One day of a shape: its users, and their share of all users of the day, from 0 to 1."""

    day: str
    users: int
    share: float


@dataclass(frozen=True, slots=True)
class CohortShape:
    """One shape that is out there.

    Args:
        id: 12 hex digits over the versions and changes.
        known: Whether it is an accepted version without a change.
        stores: The versions that its stores are nearest to, as `site v1`.
        changes: What is different from them.
        facts: The facts that it does not leave intact; `unseen` ones are left out.
        users: Users who have it, once a day each.
        most: Users on the day that had most of them: at least so many different users have it.
        share: The share of all users, from 0 to 1.
        since: The first day on which at least five users had it.
        days: Its days.
        by: Its shares by label.
    """

    id: str
    known: bool
    stores: tuple[str, ...]
    changes: tuple[CohortChange, ...]
    facts: tuple[CohortFact, ...]
    users: int
    most: int
    share: float
    since: str
    days: tuple[DayShare, ...]
    by: tuple[LabelShare, ...]


@dataclass(frozen=True, slots=True)
class CarriedPath:
    """A part of a store, and the facts that are read from it."""

    store: str
    path: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CohortAlert:
    """A new shape that passed a share on a day."""

    shape: str
    day: str
    share: float


@dataclass(frozen=True, slots=True)
class Cohorts:
    """What is out there.

    Args:
        by: The labels that were asked for.
        since: The first day that was looked at, and was told.
        until: The last one.
        users: All users whose cells may be told, once a day each.
        shapes: The shapes, the most frequent first.
        carried: Which parts of the stores carry which facts.
        alerts: New shapes that passed the share.
        odd: Inputs that were set aside, each kind named.
        odd_count: How many were.
        unjudged: Structures that were too many to be judged.
    """

    by: tuple[str, ...]
    since: str
    until: str
    users: int
    shapes: tuple[CohortShape, ...]
    carried: tuple[CarriedPath, ...]
    alerts: tuple[CohortAlert, ...]
    odd: tuple[str, ...]
    odd_count: int
    unjudged: int
