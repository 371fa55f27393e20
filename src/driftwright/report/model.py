"""6. Report: what was found, as one frozen value; `record` gives it the published form `report-v1`."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from driftwright import __version__
from driftwright.base.terms import Basis, Effect, Level, Phase, Quality, Verdict, worst
from driftwright.report.past import Past
from driftwright.report.remedy import CohortFound, ProposalFound
from driftwright.report.tree import TreeFound

FORMAT = "report-v1"


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


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Why a finding does not count, and until when (an ISO 8601 date)."""

    reason: str
    expires: str


@dataclass(frozen=True, slots=True)
class FindingFound:
    """One cause of one fact's verdict, by a name that stays the same from report to report.

    Args:
        rule: The rule of the change; `invariant`, `capture` or another basis where no change is the cause.
        store: The store of the change.
        path: Its path; the invariant's name or the effect where no change is the cause.
        fingerprint: Over rule, store, path and fact.
        suppressed: Why it does not count; None while it does.
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
        seen: In how many containers it was there.
        of: In how many containers it could have been.
        enough: Whether that bears `always`, `never` or `sometimes`.
    """

    path: str
    seen: int
    of: int
    enough: bool


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
    param: Mapping[str, str]
    store: Mapping[str, Any]
    store_before: Mapping[str, Any] | None
    before: AnswerShown | None
    after: AnswerShown | None
    error: str | None
    zone: str = "UTC"
    differences: tuple[DifferenceShown, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFound:
    """What became of one source of a fact."""

    name: str
    level: Quality
    state: str
    lost: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class FallbackFound:
    """What a fact has left."""

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
    """What a capture did not show, and what to do in the app to make it seen."""

    paths: tuple[str, ...]
    to_see: str


@dataclass(frozen=True, slots=True)
class ContractAt:
    """Where the contract of a fact stands.

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

    @property
    def counted(self) -> Verdict:
        """The verdict as it counts: a suppressed fact counts as intact."""
        return Verdict.INTACT if self.suppressed else self.verdict


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

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all facts that count; a blind capture is blind, whatever it did not see."""
        if self.capture.blind is not None:
            return Verdict.BLIND
        return worst([fact.counted for fact in self.facts])

    def __getitem__(self, name: str) -> FactFound:
        """Return the judgement of one derived fact.

        Raises:
            KeyError: The report has no fact of that name.
        """
        for fact in self.facts:
            if fact.name == name:
                return fact
        raise KeyError(f"no derived fact {name!r}; this report has {', '.join(fact.name for fact in self.facts)}")


def record(report: Report) -> dict[str, Any]:
    """Return the report as a `report-v1` record."""
    counts = {
        str(verdict): sum(1 for fact in report.facts if fact.verdict is verdict and fact.suppressed is None)
        for verdict in (Verdict.INTACT, Verdict.DEGRADED, Verdict.BROKEN, Verdict.UNSEEN)
    }
    return {
        "schema_version": FORMAT,
        "tool": {"name": "driftwright", "version": __version__},
        "verdict": str(report.verdict),
        "summary": {
            "facts": len(report.facts),
            **counts,
            "suppressed": sum(1 for fact in report.facts if fact.suppressed is not None),
        },
        **{field.name: _plain(getattr(report, field.name)) for field in dataclasses.fields(report)},
    }


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def fingerprint(*parts: str) -> str:
    """Return 12 hex digits over a rule, a path and a fact; never over wording or values: rewording is no news."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]
