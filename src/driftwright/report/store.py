"""The stores of a report: where each was found, its distance from the accepted version, and its tree."""

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
class FoundPlace:
    """The place of a store that was not in its declared place; `where` names another frame or tab of the page."""

    area: str
    key: str
    where: str


@dataclass(frozen=True, slots=True)
class CohortGroup:
    """Records of one path with the same fields: their number, and the fields that they lack or have beside others."""

    records: int
    lacks: tuple[str, ...]
    has: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CohortFound:
    """A path whose records have several shapes."""

    path: str
    groups: tuple[CohortGroup, ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """How often a position is present.

    Args:
        seen: Number of containers that have it.
        of: Number of containers that could have it.
    """

    seen: int
    of: int


@dataclass(frozen=True, slots=True)
class NodeFound:
    """One position of a store.

    Args:
        path: Its typed path; every value of a map is one position, so no key of a map is shown.
        depth: Number of steps below the store's root.
        types_before: JSON types on the known-good stores; empty where it is absent.
        types_now: JSON types in the capture; empty where it is absent.
        before: Its presence in the known-good stores.
        now: Its presence in the capture.
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
        nodes: The positions; their number is limited.
        left_out: Number of positions left out, with the undeclared ones inside new positions.
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
    found_at: FoundPlace | None
    schema: str
    accepted: str
    resolved: str | None
    distance: int | None
    violations: tuple[ViolationFound, ...]
    cohorts: tuple[CohortFound, ...] = ()
    tree: TreeFound | None = None
