"""The stores of a report: where each was found, how far it is from what was accepted, and its tree."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ViolationFound:
    """One way in which a store violates its accepted version's schema."""

    path: str
    keyword: str
    message: str
    times: int


@dataclass(frozen=True, slots=True)
class Found:
    """Where a store was found when it was not in its place; `where` names another frame or tab of the page."""

    area: str
    key: str
    where: str


@dataclass(frozen=True, slots=True)
class CohortGroup:
    """Records of one place that are alike: how many, and which names of the other records they lack and have."""

    records: int
    lacks: tuple[str, ...]
    has: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CohortFound:
    """A place whose records are of several shapes."""

    path: str
    groups: tuple[CohortGroup, ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """How often a position was there.

    Args:
        seen: In how many containers it was.
        of: In how many containers it could have been.
    """

    seen: int
    of: int


@dataclass(frozen=True, slots=True)
class NodeFound:
    """One position of a store.

    Args:
        path: Its typed path; every value of a map is one position, so no key of a map is told.
        depth: How many steps it is below the store's root.
        types_before: JSON types on the known-good stores; empty where it was not.
        types_now: JSON types in the capture; empty where it is not.
        before: How often it was there on the known-good stores.
        now: How often it is there in the capture.
        changes: Ids of the changes from or to this position.
        read_by: Names of the derived facts whose reading ends here.
    """

    path: str
    depth: int
    types_before: tuple[str, ...]
    types_now: tuple[str, ...]
    before: Presence
    now: Presence
    changes: tuple[str, ...]
    read_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TreeFound:
    """The positions of a store, a container before what it holds.

    Args:
        nodes: At most as many as the judgement lays out.
        left_out: How many more there are, the undeclared ones inside of what is new among them.
    """

    nodes: tuple[NodeFound, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class StoreFound:
    """One declared store as the capture showed it."""

    name: str
    title: str
    area: str
    key: str
    found: str
    found_at: Found | None
    schema: str
    accepted: str
    resolved: str | None
    distance: int | None
    violations: tuple[ViolationFound, ...]
    cohorts: tuple[CohortFound, ...] = ()
    tree: TreeFound | None = None
