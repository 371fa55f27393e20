"""What became of one reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from driftwright.base.path import StorePath
from driftwright.base.terms import Basis, Effect, Verdict
from driftwright.impact import Answer, Impact, Proof, Situation
from driftwright.report import ClosureFound, SecondOpinion
from driftwright.structure import Change
from driftwright.verdict.weigh import effect_shown


@dataclass(frozen=True, slots=True)
class ReaderVerdict:
    """What became of one reader.

    Args:
        name: The export.
        verdict: `intact`, `degraded` (only some records are hurt), `broken`, or `unseen`.
        effect: What happened to its answer.
        because: The changes that hurt it.
        before: What it answered on the smallest store that shows it, else on a known-good one.
        after: What it answers after; None when it could not be run on the capture.
        says: One clause in words.
        basis: What the verdict rests on.
        proof: The smallest situation that shows it; None when nothing was replayed, or nothing came of it.
        at: The captured situation that shows it; None when the replay does.
        reads: The generalised paths that it read on known-good stores.
        missed: The changes that it reads and that fit no position of a known-good store: they could not be replayed.
        unseen: The paths that it reads and of which the capture shows nothing.
        weak: The changes that it reads and that another session of the same program might show as well.
        closure: How far the replay accounts for what it reads; None where it was not judged.
        second_opinion: What is said of it without any rule; None where nobody asked for it.
        is_by_second: Whether that decided, where the rules alone leave the reader `unseen`.
    """

    name: str
    verdict: Verdict
    effect: Effect
    because: tuple[Change, ...]
    before: Answer
    after: Answer | None
    says: str
    basis: Basis = Basis.CAPTURE
    proof: Proof | None = None
    at: Situation | None = None
    reads: tuple[StorePath, ...] = ()
    missed: tuple[Change, ...] = ()
    unseen: tuple[StorePath, ...] = ()
    weak: tuple[Change, ...] = ()
    closure: ClosureFound | None = None
    second_opinion: SecondOpinion | None = None
    is_by_second: bool = False


def unseen_verdict(
    name: str, before: Answer, after: Answer | None, says: str, unseen: Sequence[StorePath] = ()
) -> ReaderVerdict:
    """Return the verdict of a reader of which nothing can be said: why, and the paths that were not shown."""
    nothing = ReaderVerdict(name, Verdict.UNSEEN, Effect.SAME, (), before, after, says, Basis.NONE)
    return replace(nothing, unseen=tuple(unseen))


def intact_verdict(name: str, before: Answer, after: Answer, basis: Basis) -> ReaderVerdict:
    """Return the verdict of a reader whose answer nothing hurts, though other data may give it another one."""
    says = "it answers as before"
    if not before.same_as(after):
        says = f"same structure; it answers {before.preview} -> {after.preview} for other data"
    return ReaderVerdict(name, Verdict.INTACT, Effect.SAME, (), before, after, says, basis)


def changed_verdict(name: str, verdict: Verdict, impact: Impact, before: Answer, after: Answer | None) -> ReaderVerdict:
    """Return the verdict of a reader whose answer changes on replay.

    Args:
        name: The export.
        verdict: `broken` or `degraded`.
        impact: What the replay shows.
        before: What it answers on a known-good store.
        after: What it answers on the capture; None where it could not be run there.
    """
    proof = impact.proof
    return ReaderVerdict(
        name,
        verdict,
        impact.effect if after is None else effect_shown(impact.effect, before, after),
        impact.because,
        proof.answer_before if proof else before,
        proof.answer_after if proof else after,
        "its answer changes on replay",
        Basis.REPLAY,
        proof,
    )


def no_answer_at_all() -> Answer:
    """Return what a reader answers that was never run."""
    return Answer("undefined", "undefined", "", "", empty=True, size=None, shape={})
