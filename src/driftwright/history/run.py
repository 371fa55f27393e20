"""One run as the history keeps it: the judgement, without any captured value."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from driftwright.base.terms import Verdict
from driftwright.report import AgreementFound, FactFound, Report

FORMAT = "run-v1"
_Kind = TypeVar("_Kind")
_TEXTS = ("id", "recorded_at", "target", "state", "verdict", "digest", "tool", "blind")


@dataclass(frozen=True, slots=True)
class FactState:
    """The result of one derived fact in one run.

    Args:
        name: The fact.
        verdict: Its verdict.
        effect: The effect on its answer.
        fallback: Quality of the source that served instead.
        suppressed: Whether it was suppressed.
        agreements: Number of agreements that held, and of those that did not; undecided ones are left out.
        differing: The names of those that did not, each with the two numbers where its sources answer numbers.
    """

    name: str
    verdict: str
    effect: str
    fallback: str
    suppressed: bool
    agreements: tuple[int, int] = (0, 0)
    differing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingState:
    """One finding of one run, by the fingerprint that stays the same from run to run.

    Args:
        fingerprint: 12 hex digits over rule, store, path and fact.
        fact: The fact that it hurts.
        rule: The rule, or the basis where no change is the cause.
        store: The store.
        path: The path in it.
        verdict: The fact's verdict.
        effect: The effect on the fact's answer.
    """

    fingerprint: str
    fact: str
    rule: str
    store: str
    path: str
    verdict: str
    effect: str


@dataclass(frozen=True, slots=True)
class StoreState:
    """One store in one run: its nearest published version, and the distance from it."""

    name: str
    found: str
    version: str
    distance: int


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Args:
        id: Its own id, 32 hex digits.
        recorded_at: When it was recorded, ISO 8601 in UTC.
        target: The probe target.
        state: The page state.
        verdict: The report's verdict.
        digest: The snapshot's content hash; empty for a blind run.
        tool: The version of driftwright.
        blind: Code of the reason for a blind run; else empty.
        facts: The facts.
        findings: The findings, without the suppressed ones.
        stores: The stores.
        sequence: Its number in the history, from 1; 0 before it is recorded.
    """

    id: str
    recorded_at: str
    target: str
    state: str
    verdict: str
    digest: str
    tool: str
    blind: str
    facts: tuple[FactState, ...]
    findings: tuple[FindingState, ...]
    stores: tuple[StoreState, ...]
    sequence: int = 0


def run_of(report: Report, now: datetime | None = None) -> Run:
    """Return the run of a report, with a new id.

    Args:
        report: The report.
        now: The time to record it under; the present when None.
    """
    capture = report.capture
    return Run(
        id=uuid.uuid4().hex,
        recorded_at=(now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        target=capture.target,
        state=capture.state,
        verdict=str(report.verdict),
        digest=capture.digest,
        tool=report.tool.version,
        blind=capture.blind.reason if capture.blind else "",
        facts=tuple(map(_fact_state, report.facts)),
        findings=tuple(finding for fact in report.facts for finding in _finding_states(fact)),
        stores=tuple(
            StoreState(store.name, store.found, store.resolved or "", store.distance or 0) for store in report.stores
        ),
    )


def _fact_state(fact: FactFound) -> FactState:
    held = [agreement.held for agreement in fact.agreements if agreement.held is not None]
    return FactState(
        name=fact.name,
        verdict=str(fact.verdict),
        effect=str(fact.effect),
        fallback=str(fact.fallback.level),
        suppressed=fact.suppressed is not None,
        agreements=(held.count(True), held.count(False)),
        differing=tuple(_difference(agreement) for agreement in fact.agreements if agreement.held is False),
    )


_COUNTS = re.compile(r"[0-9]{1,9} against [0-9]{1,9}(?![^,])")
"""What two sources answer that count: of anything else that is captured the history keeps nothing."""


def _difference(agreement: AgreementFound) -> str:
    counts = _COUNTS.match(agreement.says)
    return f"{agreement.name}: {counts[0]}" if counts else agreement.name


def _finding_states(fact: FactFound) -> list[FindingState]:
    if fact.verdict not in (Verdict.BROKEN, Verdict.DEGRADED) or fact.suppressed or fact.inherits:
        return []
    return [
        FindingState(
            fingerprint=finding.fingerprint,
            fact=fact.name,
            rule=finding.rule,
            store=finding.store,
            path=finding.path,
            verdict=str(fact.verdict),
            effect=str(fact.effect),
        )
        for finding in fact.findings
        if finding.suppressed is None
    ]


def as_record(run: Run) -> dict[str, Any]:
    """Return a run as a `run-v1` record; its number is left out, as the history assigns it."""
    record = {"format": FORMAT, **asdict(run)}
    del record["sequence"]
    return record


def from_record(record: Any, sequence: int = 0) -> Run:
    """Return the run of a `run-v1` record.

    Args:
        record: A parsed JSON value.
        sequence: The run's number in the history; 0 before it is recorded.

    Raises:
        ValueError: It is not a `run-v1` record.
    """
    if not isinstance(record, Mapping) or record.get("format") != FORMAT:
        raise ValueError(f"not {FORMAT}")
    texts = {name: _typed(record, name, str) for name in _TEXTS}
    if texts["verdict"] not in tuple(Verdict):
        raise ValueError("no record of a run (its verdict)")
    if datetime.fromisoformat(texts["recorded_at"]).tzinfo is None:
        raise ValueError("no record of a run (its time)")
    return Run(
        **texts,
        facts=tuple(_fact_in(fact) for fact in _rows(record, "facts")),
        findings=tuple(FindingState(**_texts_in(finding, FindingState)) for finding in _rows(record, "findings")),
        stores=tuple(
            StoreState(**_texts_in(store, StoreState, "distance"), distance=_typed(store, "distance", int))
            for store in _rows(record, "stores")
        ),
        sequence=sequence,
    )


def _fact_in(row: Mapping[str, Any]) -> FactState:
    counts = _typed(row, "agreements", list)
    if [type(count) for count in counts] != [int, int]:
        raise ValueError("no record of a run (agreements)")
    differing = _typed(row, "differing", list) if "differing" in row else []  # earlier versions did not tell
    if not all(type(name) is str for name in differing):
        raise ValueError("no record of a run (differing)")
    texts = _texts_in(row, FactState, "suppressed", "agreements", "differing")
    suppressed = _typed(row, "suppressed", bool)
    return FactState(**texts, suppressed=suppressed, agreements=(counts[0], counts[1]), differing=tuple(differing))


def _rows(record: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    for row in _typed(record, name, list):
        if not isinstance(row, Mapping):
            raise ValueError(f"no record of a run ({name})")  # noqa: TRY004 - what was read is wrong, not the call
        yield row


def _texts_in(
    row: Mapping[str, Any], kind: type[FactState | FindingState | StoreState], *others: str
) -> dict[str, str]:
    """Return the texts of a row, which may have no other parts than `kind` has; `others` are no texts."""
    names = {field.name for field in fields(kind)}
    if row.keys() - names:
        raise ValueError("no record of a run (a part that is not known)")
    return {name: _typed(row, name, str) for name in names.difference(others)}


def _typed(row: Mapping[str, Any], name: str, kind: type[_Kind]) -> _Kind:
    value = row.get(name)
    if type(value) is not kind:
        raise ValueError(f"no record of a run ({name})")
    return value
