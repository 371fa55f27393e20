"""The result of proving the contracts of a workspace, as one frozen value; its formats are rendered from it."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from driftwright.base.path import StorePath
from driftwright.base.terms import Effect
from driftwright.report.migration import MigrationProved, migration_record
from driftwright.report.model import Tool, fingerprint

UNAWARE = "unaware"
"""Name of a fallback that serves fewer entries as if they were complete, which no guard can detect."""

COUNTED = (
    "a break is a mutation that changes the answer of a fact's first source; the score is the noticed ones among the"
    " breaks that something could show, and those that nothing can show are counted apart, never as noticed"
)


class Notice(StrEnum):
    """The check that notices a change, the most specific first."""

    RULE = "rule"
    RUN = "run"
    INVARIANT = "invariant"
    UNSEEN = "unseen"
    AGREEMENT = "agreement"
    SCHEMA = "schema"
    NOTHING = "nothing"
    UNSHOWABLE = "unshowable"


@dataclass(frozen=True, slots=True)
class Cell:
    """One mutation and one fact.

    Args:
        rule: The rule that names the mutation.
        store: The store it changes.
        path: The path in that store.
        how: Variant of the mutation, where the rule has several at this path; else empty.
        fact: The fact.
        effect: The effect on the answer of the fact's first source.
        noticed: The check that notices it; `rule` or `nothing` for a mutation that changes no answer.
        fallback: Quality of the source that takes over: `full`, `degraded`, `unavailable`, `wrong`, or `unaware`.
        source: The source that serves; empty when none does.
        why: Why no check can show it, or why no fallback can detect it; else empty.
        accepted: Why its contract accepts it though it would fail the proof; else empty.
        profile: The profile on which the source that takes over answers wrongly; else empty.
    """

    rule: str
    store: str
    path: str
    how: str
    fact: str
    effect: Effect
    noticed: Notice
    fallback: str
    source: str
    why: str = ""
    accepted: str = ""
    profile: str = ""

    @property
    def at(self) -> str:
        """Where it happens: `store:/path`."""
        return f"{self.store}:{self.path}"

    @property
    def fingerprint(self) -> str:
        """12 hex digits by which `prove --accept` knows it and its variants: fact, rule, place and effect."""
        return fingerprint(self.fact, self.rule, self.at, str(self.effect))

    @property
    def breaks(self) -> bool:
        """Whether the first source's answer changes."""
        return self.effect is not Effect.SAME

    @property
    def fails(self) -> bool:
        """Whether no check notices a break that a check could, or the fallback is wrong, and nobody accepts that."""
        return self.is_open and not self.accepted

    @property
    def is_open(self) -> bool:
        """Whether it fails unless the contract accepts it."""
        return self.breaks and (self.noticed is Notice.NOTHING or self.fallback == "wrong")


@dataclass(frozen=True, slots=True)
class Proving:
    """The results of all mutations for all facts."""

    cells: tuple[Cell, ...]

    @property
    def breaks(self) -> tuple[Cell, ...]:
        """The cells in which a first source's answer changes."""
        return tuple(cell for cell in self.cells if cell.breaks)

    @property
    def unshowable(self) -> tuple[Cell, ...]:
        """The breaks that nothing can show."""
        return tuple(cell for cell in self.breaks if cell.noticed is Notice.UNSHOWABLE)

    @property
    def unnoticed(self) -> tuple[Cell, ...]:
        """The breaks that something could show and nothing does."""
        return tuple(cell for cell in self.breaks if cell.noticed is Notice.NOTHING)

    @property
    def score(self) -> float:
        """Share of the breaks that something could show that something notices, from 0 to 1; 0 without any break."""
        if not self.breaks:
            return 0.0
        showable = len(self.breaks) - len(self.unshowable)
        return (showable - len(self.unnoticed)) / showable if showable else 1.0

    @property
    def noticed_share(self) -> float:
        """Share of all breaks that something notices, those that nothing can show included."""
        breaks = len(self.breaks)
        return sum(self.noticed_by.values()) / breaks if breaks else 0.0

    @property
    def fails(self) -> tuple[Cell, ...]:
        """The cells that fail the proof."""
        return tuple(cell for cell in self.cells if cell.fails)

    @property
    def wrong(self) -> tuple[Cell, ...]:
        """The breaks after which the fallback answers wrongly."""
        return tuple(cell for cell in self.breaks if cell.fallback == "wrong")

    @property
    def unaware(self) -> tuple[Cell, ...]:
        """The breaks after which a source serves fewer entries as if they were all."""
        return tuple(cell for cell in self.breaks if cell.fallback == UNAWARE)

    @property
    def noticed_by(self) -> Mapping[str, int]:
        """How many breaks each kind of notice shows."""
        counted = Counter(cell.noticed for cell in self.breaks)
        return {str(notice): counted[notice] for notice in Notice if notice not in (Notice.NOTHING, Notice.UNSHOWABLE)}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One flag that several readers read under rules of different strictness.

    Args:
        path: The flag.
        written_as: The value that was written into the flag for the comparison.
        notice: The readers whose answers change by it.
        pass_over: The readers whose answers stay the same, though they depend on the flag.
    """

    path: StorePath
    written_as: str
    notice: tuple[str, ...]
    pass_over: tuple[str, ...]

    @property
    def says(self) -> str:
        """One sentence in plain words."""
        return (
            f"{self.path} is read under two rules: written as {self.written_as}, "
            f"it changes what {_join_names(self.notice)} answers, but not {_join_names(self.pass_over)}"
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """A fact over which the proof proves nothing.

    Args:
        fact: The fact.
        says: What is missing, and what to do, in words.
    """

    fact: str
    says: str


def _join_names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


@dataclass(frozen=True, slots=True)
class ProofSummary:
    """The totals of a proof.

    Args:
        proven: Whether there is no gap, nothing fails and the lock is fresh.
        mutations: How many mutations were tried.
        breaks: How many of them change an answer.
        noticed: How many of the breaks something notices.
        noticed_by: The same by what notices first.
        unnoticed: How many breaks something could show and nothing does.
        unshowable: How many breaks nothing can show.
        score: Share of the showable breaks that something notices, from 0 to 1, rounded down to three decimals.
        noticed_share: Share of all breaks that something notices, rounded likewise.
        counted: How the score is counted, in words.
        wrong_fallbacks: After how many breaks a fallback answers wrongly.
        unaware_fallbacks: After how many breaks a source serves fewer entries as if they were all.
        accepted: How many of the unnoticed breaks and wrong fallbacks the contracts accept, each with a reason.
        gaps: Over how many facts the proof proves nothing.
        lock_is_fresh: Whether the lock of reads says what the readers read today.
        migrations: How many migrations were tried.
        laws_failed: How many laws of migrations do not hold.
    """

    proven: bool
    mutations: int
    breaks: int
    noticed: int
    noticed_by: Mapping[str, int]
    unnoticed: int
    unshowable: int
    score: float
    noticed_share: float
    counted: str
    wrong_fallbacks: int
    unaware_fallbacks: int
    accepted: int
    gaps: int
    lock_is_fresh: bool
    migrations: int = 0
    laws_failed: int = 0


@dataclass(frozen=True, slots=True)
class WorkspaceProof:
    """The result of proving the contracts of a workspace.

    Args:
        proving: Every mutation of every known-good store, and the check that notices it.
        disagreements: Flags that several readers read under rules of different strictness.
        gaps: The facts over which it proves nothing.
        lock_is_fresh: Whether the lock of reads says what the readers read today.
        tool: Name and version of the program that made the proof.
        migrations: The migrations, each with its laws.
        profiles: The names of the profiles that every mutation was replayed on as well.
    """

    proving: Proving
    disagreements: tuple[Disagreement, ...]
    gaps: tuple[Gap, ...]
    lock_is_fresh: bool
    tool: Tool = field(default_factory=Tool)
    migrations: tuple[MigrationProved, ...] = ()
    profiles: tuple[str, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether every fact is tried, no break unnoticed, no fallback wrong, the lock fresh, and every law holds."""
        contracts = self.lock_is_fresh and bool(self.proving.breaks) and not self.gaps and not self.proving.fails
        return contracts and all(migration.holds for migration in self.migrations)

    @property
    def score(self) -> float:
        """Share of the breaks that something could show that something notices, from 0 to 1; 0 without any break."""
        return self.proving.score

    @property
    def summary(self) -> ProofSummary:
        """The totals."""
        proving = self.proving
        return ProofSummary(
            proven=self.proven,
            mutations=len(proving.cells),
            breaks=len(proving.breaks),
            noticed=sum(proving.noticed_by.values()),
            noticed_by=proving.noticed_by,
            unnoticed=len(proving.unnoticed),
            unshowable=len(proving.unshowable),
            score=_round_down(proving.score),
            noticed_share=_round_down(proving.noticed_share),
            counted=COUNTED,
            wrong_fallbacks=len(proving.wrong),
            unaware_fallbacks=len(proving.unaware),
            accepted=sum(1 for cell in proving.cells if cell.accepted),
            gaps=len(self.gaps),
            lock_is_fresh=self.lock_is_fresh,
            migrations=len(self.migrations),
            laws_failed=sum(len(migration.failed) for migration in self.migrations),
        )


def proof_record(proof: WorkspaceProof) -> dict[str, Any]:
    """Return a proof as a record for JSON."""
    return {
        "tool": dataclasses.asdict(proof.tool),
        "summary": dataclasses.asdict(proof.summary),
        "cells": [
            {
                **dataclasses.asdict(cell),
                "breaks": cell.breaks,
                "fails": cell.fails,
                "fingerprint": cell.fingerprint if cell.is_open else "",
            }
            for cell in proof.proving.cells
        ],
        "profiles": list(proof.profiles),
        "gaps": [dataclasses.asdict(gap) for gap in proof.gaps],
        "migrations": [migration_record(migration) for migration in proof.migrations],
        "disagreements": [
            {**dataclasses.asdict(disagreement), "path": str(disagreement.path), "says": disagreement.says}
            for disagreement in proof.disagreements
        ],
    }


def _round_down(share: float) -> float:
    """Return a share with three decimals, rounded down: only a whole one is shown as 1."""
    return math.floor(share * 1000) / 1000
