"""The result of proving a migration: each law, on how many profiles it was tried, and the smallest that fails it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ProfileShown:
    """A smallest profile on which a law fails.

    Args:
        profile: The profile that it was made of.
        says: What is wrong, in words without values.
        drift: The change of a store of others after which it is; empty for none.
        before: The documents of its stores.
        after: The same after the migration; values of known-good or made up stores, never of a capture.
    """

    profile: str
    says: str
    drift: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LawProved:
    """One law.

    Args:
        number: Its number.
        name: Its name.
        says: What it asks, in words.
        tried: How many profiles put it to the test.
        failed: On how many profiles it fails.
        shown: A smallest profile on which it fails; None where it holds.
    """

    number: int
    name: str
    says: str
    tried: int
    failed: int
    shown: ProfileShown | None

    @property
    def holds(self) -> bool:
        """Whether some profile puts it to the test, and it fails on none."""
        return self.failed == 0 and self.tried > 0


@dataclass(frozen=True, slots=True)
class MigrationProved:
    """One migration and its laws.

    Args:
        name: The migration.
        title: What it does, in words.
        kind: `re-key` or `upgrade`.
        witnesses: How many profiles of witnesses it was tried on.
        generated: How many made up profiles it was tried on.
        laws: The laws that apply to it.
    """

    name: str
    title: str
    kind: str
    witnesses: int
    generated: int
    laws: tuple[LawProved, ...]

    @property
    def holds(self) -> bool:
        """Whether every law holds."""
        return all(law.holds for law in self.laws)

    @property
    def failed(self) -> tuple[LawProved, ...]:
        """The laws that do not hold."""
        return tuple(law for law in self.laws if not law.holds)


def migration_record(proved: MigrationProved) -> dict[str, Any]:
    """Return a migration and its laws as a record for JSON."""
    laws = [{**dataclasses.asdict(law), "holds": law.holds} for law in proved.laws]
    return {**dataclasses.asdict(proved), "laws": laws, "holds": proved.holds}
