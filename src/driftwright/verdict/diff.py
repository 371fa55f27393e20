"""The ten-second trial: two JSON documents and a file of readers, no workspace; which reader breaks, and how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.base.path import Path, StorePath
from driftwright.base.terms import Basis, Effect, Verdict
from driftwright.impact import (
    DOCUMENT,
    Answer,
    Baseline,
    Engine,
    Generaliser,
    Impact,
    Outcome,
    Program,
    Proof,
    Reader,
    Scene,
    Situation,
    absent,
    assess_impact,
    awoken,
    calls,
    failed,
    other_branch,
    pinned_keys,
    touches,
    variations,
)
from driftwright.structure import (
    DELETE,
    Change,
    Comparison,
    Layout,
    OpenedDocuments,
    Shape,
    adapt_layout,
    add_label_changes,
    add_prefix_changes,
    add_sure_absences,
    add_word_changes,
    compare,
    drop_absences_in_new_kinds,
    edit_at,
    fold,
    is_inside_text,
    layout_of,
    make_witness,
    mark_doubtful_unseen,
    merge_partial_renames,
    open_embedded_json,
)
from driftwright.verdict.weigh import Scale, is_refuted, no_answer, signs

_PARTIAL = ("field-became-optional", "field-became-nullable", "list-got-null-items")
_NOTHING = frozenset({"undefined", "NaN", "null"})


@dataclass(frozen=True, slots=True)
class ReaderVerdict:
    """What became of one reader.

    Args:
        name: The export.
        verdict: `intact`, `degraded` (only some records are hurt), `broken`, or `unseen`.
        effect: What happened to its answer.
        because: Positions in the list of changes.
        before: What it answered on the smallest store that shows it, else on BEFORE.
        after: What it answers after.
        says: One clause in words.
        basis: What the verdict rests on.
        proof: The smallest situation that shows it; None when nothing was replayed, or nothing came of it.
        reads: The generalised paths that it read on BEFORE.
        missed: The changes that it reads and that fit no position of BEFORE: they could not be replayed.
    """

    name: str
    verdict: Verdict
    effect: Effect
    because: tuple[int, ...]
    before: Answer
    after: Answer
    says: str
    basis: Basis = Basis.CAPTURE
    proof: Proof | None = None
    reads: tuple[StorePath, ...] = ()
    missed: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """Two documents compared, and what each reader makes of it."""

    changes: tuple[Change, ...]
    readers: tuple[ReaderVerdict, ...]


def structural_changes(before: Any, after: Any) -> tuple[Change, ...]:
    """Return the structural changes between two documents."""
    pair = open_embedded_json(before, after)
    layout = adapt_layout(pair.after, layout_of(pair.shape), pair.shape)
    found = compare(pair.shape, fold([pair.after], layout))
    return merge_partial_renames(pair.after, found).changes


def diff_documents(before: Any, after: Any, readers: Program, engine: Engine, known: Sequence[Any] = ()) -> Trial:
    """Compare two documents, and judge every reader by execution.

    Args:
        before: A document that the readers are known to be right on.
        after: A later one.
        readers: The readers: functions of the parsed document.
        engine: V8.
        known: Further documents that the readers are known to be right on: what only some of them hold may be missing.
    """
    pair = open_embedded_json(before, after, known)
    good = Situation(
        "before", {DOCUMENT: make_witness(pair.before, pair.shape, readers.literals)}, sealed=pair.text_paths
    )
    bench = _Bench(engine, (before, after, *known), pair, layout_of(pair.shape), good, readers.literals)
    cases: dict[frozenset[str], _Case] = {}
    changes = list(_certain(bench.case(frozenset()).comparison))
    judged = []
    for name in engine.functions(readers):
        reader = Reader(readers, name)
        pinned = pinned_keys(engine, reader, good, pair.shape)
        if pinned not in cases:
            cases[pinned] = bench.case(pinned)
            changes += [item for item in _certain(cases[pinned].comparison) if not _listed(item, changes)]
        judged.append(_judge(cases[pinned], reader, changes))
    return Trial(tuple(changes), tuple(judged))


def _certain(comparison: Comparison) -> Iterator[Change]:
    """Yield the changes of what was seen; what only may have changed is listed once it hurts a reader."""
    for change in comparison.changes:
        if change.path not in comparison.unseen:
            yield change


def _listed(change: Change, changes: Sequence[Change]) -> bool:
    return any(_same(change, other) for other in changes)


def _same(one: Change, other: Change) -> bool:
    return (one.rule.id, one.path, one.to) == (other.rule.id, other.path, other.to)


@dataclass(frozen=True, slots=True)
class _Bench:
    """Two documents, as readers meet them and opened; the first one's layout, and its witness with every pinned key."""

    engine: Engine
    whole: tuple[Any, ...]
    pair: OpenedDocuments
    layout: Layout
    good: Situation
    named: frozenset[str]

    def case(self, pinned: frozenset[str]) -> _Case:
        """The comparison as a reader sees it that asks for these keys of maps by name."""
        before, later = self.pair.before, self.pair.after
        shape = fold([before, *self.pair.known], self.layout, pinned) if pinned else self.pair.shape
        layout = layout_of(shape, pinned=True)
        after = fold([later], adapt_layout(later, self.layout, shape), pinned)
        found = merge_partial_renames(later, compare(shape, after))
        found = drop_absences_in_new_kinds(found, later, shape)
        found = mark_doubtful_unseen(found, before, (shape, after))
        found = add_sure_absences(found, (before, later), (shape, after))
        found = add_word_changes(found, (before, later), (shape, after), self.named)
        found = add_prefix_changes(found, (before, later), (shape, after))
        comparison = add_label_changes(found, (before, later), (shape, after), self.named)
        return _Case(self, comparison, (shape, after), self.good, Generaliser({"": layout}, plain=""))


@dataclass(frozen=True, slots=True)
class _Case:
    bench: _Bench
    comparison: Comparison
    shapes: tuple[Shape, Shape]
    small: Situation
    generalise: Generaliser

    def is_changed(self, path: StorePath) -> bool:
        """Whether a path lies where something was replayed."""
        replayed = [change for change in self.comparison.changes if change.rule.operator != "none"]
        places = [place for change in replayed for place in (change.path, change.to) if place is not None]
        return any(path.path.within(place) for place in places)


def _judge(case: _Case, reader: Reader, listed: list[Change]) -> ReaderVerdict:
    engine = case.bench.engine
    whole = [Situation("before", {DOCUMENT: document}) for document in case.bench.whole]
    first, second, *others = engine.run(reader.program, calls(reader.function, whole), traced=True)
    says = no_answer(first.answer)
    if says and not (first.answer.type == "null" and failed(second.answer)):
        return _unseen(reader.function, first.answer, second.answer, says)
    reads: dict[StorePath, bool] = {}
    for read in (
        read for run in (first, *others) for read in run.reads
    ):  # listing the keys of an object is a read of the object
        path = case.generalise(read.path)
        reads[path] = reads.get(path, False) or bool(read.present)
    changes = [change for change in case.comparison.changes if _read(reads, change, case.bench.pair.text_paths)]
    impact = assess_impact(engine, reader, [case.small], changes)
    if impact.effect is Effect.SAME:
        impact = _by_names(case, reader, (first, second), changes) or impact
    if impact.effect is Effect.SAME and not failed(second.answer):
        impact = _when_awoken(case, reader, [path.path for path in reads if reads[path]], changes) or impact
    listed += [change for change in impact.because if not _listed(change, listed)]
    because = tuple(n for n, one in enumerate(listed) if any(_same(one, other) for other in impact.because))
    combined = _combined(case, reader, (first, second, *others), reads, (impact, because, changes))
    return replace(combined, reads=tuple(reads), missed=impact.missed)


def _by_names(case: _Case, reader: Reader, runs: tuple[Outcome, Outcome], told: Sequence[Change]) -> Impact | None:
    """What other names do to a reader that chooses among the names of a record, once it finds none on AFTER either."""
    if runs[0].answer.empty or not runs[1].answer.empty:
        return None
    objects = {case.generalise(read.path).path for read in runs[0].reads if read.asked == "keys"}
    named = [one for one in case.comparison.changes if one.rule.operator != "none" and one.path.parent in objects]
    if all(change in told for change in named):
        return None
    more = [*told, *(change for change in named if change not in told)]
    impact = assess_impact(case.bench.engine, reader, [case.small], more)
    return impact if impact.proof is not None and impact.proof.answer_after.empty else None


def _when_awoken(case: _Case, reader: Reader, paths: Sequence[Path], changes: Sequence[Change]) -> Impact | None:
    """What the changes do to a branch that BEFORE's values leave asleep, and AFTER's would not."""
    whole = [change for change in changes if _share(change) >= 1.0]
    scene = Scene(case.bench.pair.shape, case.bench.pair.after, paths, whole)
    good = awoken(case.bench.engine, reader, case.small, scene)
    impacts = (assess_impact(case.bench.engine, reader, [situation], whole) for situation in good)
    return next((impact for impact in impacts if impact.effect is not Effect.SAME), None)


def _share(change: Change) -> float:
    return float(change.params.get("share", 0.0 if change.rule.id in _PARTIAL else 1.0))


def _read(reads: dict[StorePath, bool], change: Change, sealed: tuple[Path, ...]) -> bool:
    if change.rule.operator == "none":
        return False
    return any(
        touches(read, "", change.path, inside_entry=False) or is_inside_text(change.path, read.path, sealed)
        for read in reads
    )


def _combined(
    case: _Case,
    reader: Reader,
    runs: tuple[Outcome, ...],
    reads: dict[StorePath, bool],
    judged: tuple[Impact, tuple[int, ...], Sequence[Change]],
) -> ReaderVerdict:
    """Replay decides; the run on AFTER raises by what throws or turns to nothing, and clears by another branch."""
    before, after = runs[0].answer, runs[1].answer
    impact, because, changes = judged
    name = reader.function
    proof = impact.proof
    shown = (proof.answer_before, proof.answer_after) if proof else (before, after)
    shows = {change.path for change in impact.because}
    unseen = [path for path in case.comparison.unseen if path not in shows]
    hidden = [path for path in unseen for read in reads if reads[read] and read.path.within(path)]
    hidden = [path for path in hidden if not _is_known_to_lack(case, path, runs[2:])]
    odd = _turned_to_nothing(before, after)
    sealed = case.bench.pair.text_paths
    within = [path for path in unseen for read in reads if is_inside_text(path, read.path, sealed)]
    wanting = [*hidden, *within]
    if wanting and (failed(after) or odd is not None) and _for_want_of(case, reader, wanting, after):
        return _unseen(name, before, after, f"AFTER does not hold {wanting[0]}, which fewer entries may explain")
    if failed(after):
        return ReaderVerdict(name, Verdict.BROKEN, Effect.THROWS, because, before, after, "it throws on AFTER")
    known = Baseline((before,), frozenset(path for path, present in reads.items() if present), case.is_changed)
    refuted = impact.effect is not Effect.SAME and is_refuted(_predicted(case, reader, impact), before, after)
    listed = frozenset(case.generalise(read.path).path for run in runs for read in run.reads if read.asked == "keys")
    scale = Scale(
        (case.bench.pair.before, case.bench.pair.after), case.shapes, case.bench.named, listed, case.bench.pair.known
    )
    weak = bool(impact.because) and all(scale.is_weak(change) for change in impact.because)
    if (
        impact.effect is not Effect.SAME
        and not refuted
        and not weak
        and not other_branch([after], runs[1].reads, known, case.generalise)
    ):
        verdict = Verdict.DEGRADED if _only_some(impact, before, after) else Verdict.BROKEN
        says = "its answer changes on replay"
        return ReaderVerdict(name, verdict, impact.effect, because, *shown, says, Basis.REPLAY, proof)
    plain = signs(before, after, reader.program.literals)
    is_null = odd is not None and after.type == "null"
    if any(not signs(run.answer, after, reader.program.literals) for run in runs[2:] if not no_answer(run.answer)):
        plain, odd = frozenset(), None  # on another known-good document it answered just so
    if plain and ((weak and (odd is None or is_null)) or _is_of_data(case, reader, before, plain)):
        return _unseen(name, before, after, "AFTER gives it less, as other data would")
    if odd is not None:
        return ReaderVerdict(name, odd, Effect.UNAVAILABLE, because, before, after, "AFTER gives it nothing")
    if plain:
        return _unseen(name, before, after, "AFTER gives it less, and shows too little to say why")
    if (before.text, after.text) == ("true", "false") and changes:
        return _unseen(name, before, after, "AFTER turns its answer, and has another structure where it reads")
    if hidden:
        return _unseen(name, before, after, f"AFTER shows nothing below {hidden[0]}")
    basis = Basis.REPLAY if impact.tried else Basis.CAPTURE
    says = "it answers as before"
    if not before.same_as(after):
        says = f"same structure; it answers {before.preview} -> {after.preview} for other data"
    return ReaderVerdict(name, Verdict.INTACT, Effect.SAME, (), before, after, says, basis)


def _is_known_to_lack(case: _Case, path: Path, runs: Sequence[Outcome]) -> bool:
    """Whether the reader answers on a known-good document that shows nothing below a path either."""
    return any(
        not no_answer(run.answer)
        and not any(read.present and case.generalise(read.path).path.within(path) for read in run.reads)
        for run in runs
    )


def _unseen(name: str, before: Answer, after: Answer, says: str) -> ReaderVerdict:
    return ReaderVerdict(name, Verdict.UNSEEN, Effect.SAME, (), before, after, says, Basis.NONE)


def _predicted(case: _Case, reader: Reader, impact: Impact) -> Sequence[Answer]:
    """What the reader answers on the whole known-good document after the changes that hurt it."""
    whole = replace(case.small, stores={DOCUMENT: case.bench.pair.before})
    changed, missed = whole.after(list(impact.because))
    if missed or not changed:
        return ()
    outcomes = case.bench.engine.run(reader.program, calls(reader.function, changed))
    return [outcome.answer for outcome in outcomes]


def _is_of_data(case: _Case, reader: Reader, before: Answer, plain: frozenset[str]) -> bool:
    """Whether the known-good document with some of its data left out makes the reader answer as badly."""
    document = case.small.stores[DOCUMENT]
    varied = [replace(case.small, stores={DOCUMENT: one}) for one in variations(document, case.shapes[0])]
    outcomes = case.bench.engine.run(reader.program, calls(reader.function, varied)) if varied else ()
    return any(plain <= signs(before, outcome.answer) for outcome in outcomes)


def _for_want_of(case: _Case, reader: Reader, hidden: Sequence[Path], after: Answer) -> bool:
    """Whether the reader answers alike on the known-good document once that lacks what AFTER does not show."""
    document = case.small.stores[DOCUMENT]
    for path in hidden:
        document, _ = edit_at(document, path, lambda _: DELETE)
    lacking = replace(case.small, stores={DOCUMENT: document})
    outcome = case.bench.engine.run(reader.program, calls(reader.function, [lacking]))[0]
    return outcome.answer.same_as(after)


def _only_some(impact: Impact, before: Answer, after: Answer) -> bool:
    """Whether only a part of the records is hurt: the cause is partial, and the answer still holds what it held."""
    partial = [_share(change) for change in impact.because]
    if not partial or any(share >= 1.0 for share in partial):
        return False
    return after.type == before.type and not (after.empty and not before.empty)


def _turned_to_nothing(before: Answer, after: Answer) -> Verdict | None:
    """Whether a whole answer, or a part of it that was always something, is undefined or not a number now."""
    if absent(after) and not absent(before):
        return Verdict.BROKEN
    for path, kinds in after.shape.items():
        new = (set(kinds) & {"undefined", "NaN"}) - set(before.shape.get(path, kinds))
        if new:
            return Verdict.BROKEN if set(kinds) <= _NOTHING else Verdict.DEGRADED
    return None
