"""Promotion: whether past runs allow moving a derived fact to its next phase."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from driftwright.base.terms import Phase, Verdict
from driftwright.history.run import Run
from driftwright.workspace import Fact, Gate

_HURT = (Verdict.DEGRADED, Verdict.BROKEN)
_JUDGED = (Verdict.INTACT, *_HURT)
_MOST_TOLD = 3
"""So many of the differences between sources are told."""
_NEXT: Mapping[Phase, Phase] = {Phase.VALIDATE: Phase.DERIVE, Phase.DERIVE: Phase.REKEY}


@dataclass(frozen=True, slots=True)
class Seniority:
    """The results of the past runs for one fact; blind runs and runs that did not see it are left out.

    Args:
        runs: Number of runs in which it was intact.
        days: Number of days (in UTC) with runs in all of which it was intact.
        agreed: Number of comparisons between its sources that agreed.
        compared: Number of all such comparisons.
        last_seen: Time of the last run that saw it; None if there is none.
        last_break: Time of the last run in which it was degraded or broken; None if there is none.
        differing: What its sources differed in, the most frequent first, each with the number of runs.
    """

    runs: int = 0
    days: int = 0
    agreed: int = 0
    compared: int = 0
    last_seen: datetime | None = None
    last_break: datetime | None = None
    differing: tuple[tuple[str, int], ...] = ()

    @property
    def agreement(self) -> float | None:
        """Share of the comparisons that agreed; None when there was none."""
        return self.agreed / self.compared if self.compared else None

    @property
    def quiet(self) -> timedelta | None:
        """Time without a break, up to the run that saw it last; None when it never broke."""
        if self.last_break is None or self.last_seen is None:
            return None
        return self.last_seen - self.last_break


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of a gate.

    Args:
        what: `days`, `runs`, `agreement` (a share from 0 to 1) or `quiet` (in days).
        needs: The required value.
        has: The present value; None when it is unknown.
        passed: Whether the present value is enough.
        says: Why it is not enough, in words; empty when it is.
    """

    what: str
    needs: float
    has: float | None
    passed: bool
    says: str


@dataclass(frozen=True, slots=True)
class Promotion:
    """Whether one fact may move on.

    Args:
        fact: Its name.
        phase: Its present phase.
        next: The next one; None at the last.
        record: The results of the past runs for it.
        asked: The requirements of the gate of the next phase.
    """

    fact: str
    phase: Phase
    next: Phase | None
    record: Seniority
    asked: tuple[Requirement, ...]

    @property
    def may_move(self) -> bool:
        """Whether it may move on to the next phase."""
        return self.next is not None and all(requirement.passed for requirement in self.asked)


def promotions(facts: Sequence[Fact], runs: Sequence[Run], gates: Mapping[Phase, Gate]) -> tuple[Promotion, ...]:
    """Judge every fact by the past runs.

    Args:
        facts: The contracts.
        runs: The runs, in any order.
        gates: The gate before each phase.
    """
    return tuple(_judge_promotion(fact, seniority_of(fact.name, runs), gates) for fact in facts)


def seniority_of(fact: str, runs: Sequence[Run]) -> Seniority:
    """Return the results of the past runs for one fact."""
    good: dict[str, int] = {}
    bad: set[str] = set()
    agreed = compared = 0
    seen_at: list[datetime] = []
    breaks: list[datetime] = []
    differing = Counter[str]()
    for run in runs:
        fact_state = next((fact_state for fact_state in run.facts if fact_state.name == fact), None)
        if run.blind or fact_state is None or fact_state.verdict not in _JUDGED:
            continue
        recorded_at = datetime.fromisoformat(run.recorded_at).astimezone(UTC)
        day = recorded_at.date().isoformat()
        seen_at.append(recorded_at)
        if fact_state.verdict in _HURT:
            bad.add(day)
            breaks.append(recorded_at)
            continue
        good[day] = good.get(day, 0) + 1
        # A fact that is hurt disagrees with every source, so its agreements are not counted.
        held, failed = fact_state.agreements
        agreed, compared = agreed + held, compared + held + failed
        differing.update(fact_state.differing)
    return Seniority(
        runs=sum(good.values()),
        days=len(good.keys() - bad),
        agreed=agreed,
        compared=compared,
        last_seen=max(seen_at, default=None),
        last_break=max(breaks, default=None),
        differing=tuple(differing.most_common()),
    )


def _judge_promotion(fact: Fact, record: Seniority, gates: Mapping[Phase, Gate]) -> Promotion:
    following = _NEXT.get(fact.phase)
    asked = tuple(_list_requirements(fact, record, gates[following])) if following else ()
    return Promotion(fact.name, fact.phase, following, record, asked)


def _list_requirements(fact: Fact, record: Seniority, gate: Gate) -> Iterator[Requirement]:
    yield _require_count("runs", gate.runs, record.runs, "intact runs")
    yield _require_count("days", gate.days, record.days, "intact days")
    if fact.agreements:
        rate = record.agreement
        passed = rate is not None and rate >= gate.agreement
        pairs = " and ".join(" with ".join(agreement.between) for agreement in fact.agreements)
        explanation = f"never compared: {pairs}"
        if rate is not None:
            explanation = f"{pairs}: agrees in {record.agreed} of {record.compared}, {gate.agreement:g} is asked"
            explanation += "".join(f"; {difference} ({times}x)" for difference, times in record.differing[:_MOST_TOLD])
        yield Requirement("agreement", gate.agreement, rate, passed, "" if passed else explanation)
    quiet = record.quiet
    enough = quiet is None or quiet >= timedelta(days=gate.quiet)
    days = None if quiet is None else quiet / timedelta(days=1)
    explanation = (
        "" if enough or days is None else f"broke {days:.1f} days before it was last seen, {gate.quiet} are asked"
    )
    yield Requirement("quiet", gate.quiet, days, enough, explanation)


def _require_count(quantity: str, needs: int, has: int, words: str) -> Requirement:
    passed = has >= needs
    return Requirement(quantity, needs, has, passed, "" if passed else f"{has} of {needs} {words}")
