"""The derived facts of a report: verdict, evidence, fallback and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.base.terms import Basis, Effect, Phase, Quality, Verdict


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A suppression: why a finding does not count, and until when (an ISO 8601 date)."""

    reason: str
    expires: str


@dataclass(frozen=True, slots=True)
class FindingFound:
    """One cause of one fact's verdict.

    Args:
        rule: The rule of the change; `invariant`, `capture` or another basis where no change is the cause.
        store: The store of the change.
        path: Its path; the invariant's name or the effect where no change is the cause.
        fingerprint: 12 hex digits over rule, store, path and fact; the same in every report.
        suppressed: The suppression; None while the finding counts.
    """

    rule: str
    store: str
    path: str
    fingerprint: str
    suppressed: Suppressed | None = None


@dataclass(frozen=True, slots=True)
class EvidenceSeen:
    """How often the capture showed a path at which reading ends.

    Args:
        path: `store:path`.
        seen: Number of containers that have it.
        of: Number of containers that could have it.
        enough: Whether these counts are enough to say `always`, `never` or `sometimes`.
    """

    path: str
    seen: int
    of: int
    enough: bool


@dataclass(frozen=True, slots=True)
class ClosureFound:
    """How far replaying the changes makes the captured structure where a fact reads.

    Args:
        paths: Number of paths that its first source reads and that the capture shows.
        closed: Number of them at which nothing is left unexplained.
        rest: What is left, each as `not replayed: ...`.
    """

    paths: int
    closed: int
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What the first source answers once known-good stores are put into the captured structure without any rule.

    It changes no verdict: where both disagree, a person has something to look at.

    Args:
        says: `broken` where it answers otherwise, `unseen` where the capture does not show what it reads, else
            `intact`.
        agrees: Whether the verdict of the fact says the same; None where one of both is `unseen`.
        because: What was put in that alone changes its answer, each as `/path: what`.
        closure: How far the stores that were made are as the captured ones are, where the source reads.
    """

    says: Verdict
    agrees: bool | None
    because: tuple[str, ...]
    closure: ClosureFound


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """An answer of a reader: its type and its text."""

    type: str
    text: str


@dataclass(frozen=True, slots=True)
class DifferenceShown:
    """One entry in which the stores before and after differ."""

    what: str
    at: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The smallest stores that show an effect, before and after, with both answers."""

    moment: str
    param: Mapping[str, Any]
    store: Mapping[str, Any]
    store_before: Mapping[str, Any] | None
    before: AnswerShown | None
    after: AnswerShown | None
    error: str | None
    zone: str = "UTC"
    differences: tuple[DifferenceShown, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFound:
    """The outcome of one source of a fact: its quality, its state, what is lost with it and why it fails."""

    name: str
    level: Quality
    state: str
    lost: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class FallbackFound:
    """The source that serves a fact now: its quality, its name, what is lost and whether its answer is right."""

    level: Quality
    source: str | None
    lost: str | None
    right: bool | None


@dataclass(frozen=True, slots=True)
class InvariantFound:
    """Whether an invariant held, and the smallest store that breaks it."""

    name: str
    held: bool | None
    shows: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class AgreementFound:
    """Whether two sources agreed."""

    name: str
    held: bool | None
    says: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """Paths that a capture did not show, and what to do in the app so that a capture shows them."""

    paths: tuple[str, ...]
    to_see: str


@dataclass(frozen=True, slots=True)
class ContractAt:
    """File and line of the contract of a fact.

    Args:
        file: Its file, below the workspace's root, with slashes.
        line: The line of its title, from 1.
    """

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class FactFound:
    """The judgement of one derived fact."""

    name: str
    title: str
    shown: str
    phase: Phase
    verdict: Verdict
    effect: Effect
    basis: Basis
    because: tuple[str, ...]
    says: str
    sources: tuple[SourceFound, ...]
    fallback: FallbackFound
    evidence: Evidence | None
    invariants: tuple[InvariantFound, ...]
    agreements: tuple[AgreementFound, ...]
    unseen: Unseen | None
    next: str
    reads: tuple[str, ...]
    fingerprint: str
    findings: tuple[FindingFound, ...] = ()
    suppressed: Suppressed | None = None
    evidence_seen: tuple[EvidenceSeen, ...] = ()
    inherits: str | None = None
    contract: ContractAt | None = None
    closure: ClosureFound | None = None
    second_opinion: SecondOpinion | None = None

    @property
    def counted(self) -> Verdict:
        """The verdict as it counts: a suppressed fact counts as intact."""
        return Verdict.INTACT if self.suppressed else self.verdict
