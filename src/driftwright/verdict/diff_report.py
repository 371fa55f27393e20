"""Build the report of `diff`, which compares two plain documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from driftwright import __version__
from driftwright.base.jsontext import collector_paused
from driftwright.base.path import StorePath
from driftwright.base.terms import Basis, Phase, Quality, Verdict
from driftwright.impact import Answer, Engine, Program, failed, touches
from driftwright.report import (
    AnswerShown,
    CaptureFacts,
    ChangeFound,
    Evidence,
    FactFound,
    FallbackFound,
    Report,
    SourceFound,
    fingerprint,
)
from driftwright.structure import Change
from driftwright.verdict.case import level_of
from driftwright.verdict.diff import Trial, diff_documents, structural_changes
from driftwright.verdict.reader_verdict import ReaderVerdict
from driftwright.verdict.shown import evidence_of_replay
from driftwright.verdict.triage import with_findings

DOCUMENT = "document"
"""The name of the one store in a report of plain documents."""


def report_diff(  # noqa: PLR0913 - what is compared, each by its name
    before: Any,
    after: Any,
    readers: Program | None,
    engine: Engine | None,
    known: Sequence[Any] = (),
    *,
    compared: bool = True,
    asks_twice: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Compare two documents, and judge every reader by execution.

    Args:
        before: A document that the readers are known to be right on.
        after: A later one.
        readers: The readers: functions of the parsed document; None to compare the structure alone.
        engine: V8; only readers need it.
        known: Further documents that the readers are known to be right on.
        compared: Whether the evidence tells where the stores before and after differ, which not every format shows.
        asks_twice: Whether each verdict comes with a second opinion, which not every format shows.
        progress: Called with what is done next, in words.

    Returns:
        A report in which each reader is a fact with one source, and the document a store of the name `DOCUMENT`.
        Without readers nothing was judged: its verdict is `unseen`.
    """
    with collector_paused():
        if readers is None or engine is None:
            progress("comparing the documents")
            return _report(Trial(structural_changes(before, after), ()), compared=compared)
        trial = diff_documents(before, after, readers, engine, known, asks_twice=asks_twice, progress=progress)
        return _report(trial, compared=compared)


def _report(trial: Trial, *, compared: bool) -> Report:
    where = CaptureFacts("diff", "after", "two plain documents", "", "", __version__, "")
    changes = tuple(_change(number, change, trial) for number, change in enumerate(trial.changes))
    facts = tuple(_fact(trial, reader, compared=compared) for reader in trial.readers)
    return with_findings(Report(capture=where, changes=changes, facts=facts))


def _id(number: int) -> str:
    """Return the id under which a report lists the change at a position of the trial's list."""
    return f"c{number + 1}"


def _change(number: int, change: Change, trial: Trial) -> ChangeFound:
    rule = change.rule
    readers = tuple(
        reader.name for reader in trial.readers if number in trial.because(reader) or _reads(reader.reads, change)
    )
    why_not = _why_not_replayed(change, trial, read=bool(readers))
    weak = [other for reader in trial.readers for other in reader.weak]
    return ChangeFound(
        id=_id(number),
        rule=rule.id,
        title=rule.title,
        level=level_of(change, weak, is_hurt=any(number in trial.because(reader) for reader in trial.readers)),
        store=DOCUMENT,
        path=str(change.path),
        to=str(change.to) if change.to is not None else None,
        message=change.message,
        before=change.before,
        after=change.after,
        replay="nothing to replay" if rule.operator == "none" else "not replayed" if why_not else "replayed",
        why_not=why_not,
        read_by=readers,
        read_first=readers,
        fingerprint=fingerprint(rule.id, DOCUMENT, str(change.path)),
    )


def _why_not_replayed(change: Change, trial: Trial, *, read: bool) -> str | None:
    if change.rule.operator == "none":
        return None
    if not read:
        return "no reader reads there"
    missed = any(change is other for reader in trial.readers for other in reader.missed)
    return "it fits no position of the known-good document" if missed else None


def _reads(reads: Sequence[StorePath], change: Change) -> bool:
    return any(touches(read, read.store, change.path, inside_entry=False) for read in reads)


def _fact(trial: Trial, reader: ReaderVerdict, *, compared: bool) -> FactFound:
    right = reader.verdict is Verdict.INTACT
    state = "right" if right else "unproven" if reader.verdict is Verdict.UNSEEN else "wrong"
    served = FallbackFound(Quality.FULL, reader.name, None, right=True) if right else _NOTHING_LEFT
    return FactFound(
        name=reader.name,
        title=reader.name,
        shown="whatever calls this reader",
        phase=Phase.VALIDATE,
        verdict=reader.verdict,
        effect=reader.effect,
        basis=reader.basis,
        because=tuple(map(_id, trial.because(reader))),
        says=reader.says,
        sources=(SourceFound(reader.name, Quality.FULL, state, None, None),),
        fallback=served,
        evidence=_evidence(reader, compared=compared),
        invariants=(),
        agreements=(),
        unseen=None,
        next=_NEXT.get(reader.verdict, ""),
        reads=tuple(f"{DOCUMENT}:{read.path}" for read in _ends(reader.reads)),
        fingerprint=fingerprint(reader.name),  # until its findings are named
        closure=reader.closure,
        second_opinion=reader.second_opinion,
    )


_NOTHING_LEFT = FallbackFound(Quality.UNAVAILABLE, None, None, None)
_NEXT = {
    Verdict.UNSEEN: "compare with a later document that shows it",
    Verdict.BROKEN: "mend the reader for the new structure",
    Verdict.DEGRADED: "mend the reader for the records of the new structure",
}


def _ends(reads: Sequence[StorePath]) -> Iterator[StorePath]:
    """Yield the paths at which reading ends: those that nothing is read below of."""
    for read in reads:
        if not any(other.path != read.path and other.path.within(read.path) for other in reads):
            yield read


def _evidence(reader: ReaderVerdict, *, compared: bool) -> Evidence:
    """Return both answers, with the smallest stores where a replay shows the effect."""
    shown = None
    if reader.proof is not None and reader.basis is Basis.REPLAY:
        before, after = (
            replace(situation, stores=_named(situation.stores))
            for situation in (reader.proof.before, reader.proof.after)
        )
        shown = evidence_of_replay(replace(reader.proof, before=before, after=after), compared=compared)
    shown = shown or Evidence("before", {}, {}, None, None, None, None)
    answer = reader.after
    is_failing = answer is not None and failed(answer)
    return replace(
        shown,
        before=_answer(reader.before),
        after=None if answer is None or is_failing else _answer(answer),
        error=answer.preview if answer is not None and is_failing else None,
    )


def _named(stores: Mapping[str, Any]) -> dict[str, Any]:
    return {name or DOCUMENT: document for name, document in stores.items()}


def _answer(answer: Answer) -> AnswerShown:
    return AnswerShown(answer.type or answer.kind, answer.preview)
