"""Parts of a report about what to do: records that were not migrated yet, and patches of reading code."""

from __future__ import annotations

from dataclasses import dataclass


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
