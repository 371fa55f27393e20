"""The tree of a store, as a report tells it: every position as it was accepted and as it was captured."""

from __future__ import annotations

from dataclasses import dataclass


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
