"""The one judge: weigh everything that is known of one reader, and say what became of it.

`diff` asks it about plain documents, `check` and all that rest on it about the stores of a workspace; for the same data
it gives the same verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from driftwright.base.jsontext import json_text
from driftwright.base.path import EACH_VALUE, Key, Path, StorePath, records_at
from driftwright.base.terms import Basis, Effect, Verdict
from driftwright.impact import (
    DOCUMENT,
    Answer,
    Baseline,
    Engine,
    Generaliser,
    Impact,
    Outcome,
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
    OPEN,
    Change,
    ComparedStores,
    Comparison,
    Layout,
    StoreDocuments,
    edit_at,
    is_inside_text,
)
from driftwright.verdict.weigh import Scale, is_refuted, no_answer, signs

_PARTIAL = ("field-became-optional", "field-became-nullable", "list-got-null-items")
_NOTHING = frozenset({"undefined", "NaN", "null"})
_SEVERAL = 2
_TELLING = 4
"""Characters of a text of the source, from which on it is no chance that it stands in a store."""
_SURE = frozenset({"place", "type", "keys", "existence"})
"""The aspects of a structure that other data do not change."""


def _as_it_is(comparison: Comparison) -> Comparison:
    return comparison


@dataclass(frozen=True)
class StoreCase:
    """One store: what is known to be good, what was captured, and what is different.

    Args:
        base: The comparison in which no key of a map is told apart by its name.
        documents: The documents that were compared; None where there were none, as in a fingerprint.
        in_entries: Whether readers meet one entry of the store and not its whole document.
        text_paths: Where a reader meets JSON text, innermost first.
        excuse: Takes out of a comparison what the page state, or a store that was emptied, explains.
    """

    base: ComparedStores
    documents: StoreDocuments | None = None
    in_entries: bool = False
    text_paths: tuple[Path, ...] = ()
    excuse: Callable[[Comparison], Comparison] = _as_it_is

    @cached_property
    def _views(self) -> dict[frozenset[str], ComparedStores]:
        return {frozenset(): self.base}

    def view(self, pinned: frozenset[str]) -> ComparedStores:
        """Return the comparison for readers that ask for these keys of maps by name."""
        if pinned not in self._views and self.documents is not None:
            compared = self.documents.compared(pinned)
            self._views[pinned] = replace(compared, comparison=self.excuse(compared.comparison))
        return self._views.get(pinned, self.base)

    @property
    def views(self) -> tuple[ComparedStores, ...]:
        """All comparisons that readers asked for."""
        return tuple(self._views.values())

    @property
    def layout(self) -> Layout:
        """The layout of what a reader is given."""
        return (self.base.layout.values or OPEN) if self.in_entries else self.base.layout

    def whole(self, path: Path) -> Path:
        """Return a path within what a reader is given as one of the whole document."""
        return Path((EACH_VALUE, *path.steps)) if self.in_entries else path


@dataclass(frozen=True, slots=True)
class Bound:
    """The situations that one reader is run in.

    Args:
        known: Known-good situations with the reader's parameters bound; of a plain document, the whole one first.
        small: The same, small enough to be replayed many times.
        captured: The captured situations, bound in the same way; none when readers cannot be run on the capture.
    """

    known: tuple[Situation, ...]
    small: tuple[Situation, ...]
    captured: tuple[Situation, ...]


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


@dataclass(frozen=True, slots=True)
class Bench:
    """What all readers of one capture are judged by.

    Args:
        engine: V8.
        stores: What is known of each store, by its name.
        named: The texts that stand in the readers' source.
    """

    engine: Engine
    stores: Mapping[str, StoreCase]
    named: frozenset[str]

    def judge(self, reader: Reader, bound: Bound) -> ReaderVerdict:
        """Judge one reader."""
        known = self.engine.run(reader.program, calls(reader.function, bound.known), traced=True)
        captured = self.engine.run(reader.program, calls(reader.function, bound.captured), traced=True)
        says = [no_answer(outcome.answer) for outcome in known]
        fails = [outcome for outcome in captured if failed(outcome.answer)]
        nothing = [outcome for outcome in known if outcome.answer.type == "null"]
        if all(says) and not (fails and nothing):
            after = captured[0].answer if captured else None
            before = known[0].answer if known else _no_answer_at_all()
            why = says[0] if says else "no known-good store has what it takes"
            return _unseen(reader.function, before, after, why)
        views = self._views(reader, bound)
        return _Judging(self, reader, bound, known, captured, views).verdict()

    def _views(self, reader: Reader, bound: Bound) -> Mapping[str, ComparedStores]:
        views = {}
        for name, store in self.stores.items():
            pinned: frozenset[str] = frozenset()
            if store.documents is not None and not store.in_entries and bound.small:
                pinned = pinned_keys(self.engine, reader, bound.small[0], store.base.shapes[0], name)
            views[name] = store.view(pinned)
        return views


def _no_answer_at_all() -> Answer:
    return Answer("undefined", "undefined", "", "", empty=True, size=None, shape={})


def _unseen(name: str, before: Answer, after: Answer | None, says: str) -> ReaderVerdict:
    return ReaderVerdict(name, Verdict.UNSEEN, Effect.SAME, (), before, after, says, Basis.NONE)


@dataclass(frozen=True)
class _Judging:
    """One reader, run on everything, with the comparisons as it sees them."""

    bench: Bench
    reader: Reader
    bound: Bound
    known: Sequence[Outcome]
    captured: Sequence[Outcome]
    views: Mapping[str, ComparedStores]

    @property
    def _engine(self) -> Engine:
        return self.bench.engine

    @cached_property
    def _generalise(self) -> Generaliser:
        if DOCUMENT in self.views:
            return Generaliser({DOCUMENT: self.views[DOCUMENT].layout}, plain=DOCUMENT)
        stores = self.bench.stores
        layouts = {
            name: stores[name].layout if stores[name].in_entries else view.layout for name, view in self.views.items()
        }
        return Generaliser(layouts)

    def _of_store(self, path: tuple[str | int, ...]) -> bool:
        """Whether a read is one of a store; parameters are members of the same argument."""
        return DOCUMENT in self.views or (bool(path) and path[0] in self.views)

    @cached_property
    def _reads(self) -> Mapping[StorePath, bool]:
        """The paths that the reader asks for on known-good stores, each with whether it was ever there."""
        reads: dict[StorePath, bool] = {}
        for outcome in self.known:
            for read in outcome.reads:  # listing the keys of an object is a read of the object
                if self._of_store(read.path):
                    path = self._generalise(read.path)
                    reads[path] = reads.get(path, False) or bool(read.present)
        return reads

    @cached_property
    def _handed_on(self) -> frozenset[StorePath]:
        """The paths of whole objects that are answered without a look into them."""
        kinds = {kind for outcome in self.known for kinds in outcome.answer.shape.values() for kind in kinds}
        if "object" not in kinds:
            return frozenset()
        present = {path for path, there in self._reads.items() if there}
        return frozenset(
            path
            for path in present
            if not any(
                other != path and other.store == path.store and other.path.within(path.path) for other in present
            )
        )

    @cached_property
    def _all_changes(self) -> tuple[Change, ...]:
        return tuple(change for view in self.views.values() for change in view.comparison.changes)

    @cached_property
    def _changes(self) -> tuple[Change, ...]:
        """The changes that the reader reads."""
        return tuple(change for change in self._all_changes if self._is_read(change))

    def _is_read(self, change: Change) -> bool:
        if change.rule.operator == "none":
            return False
        store = self.bench.stores[change.store]
        return any(
            touches(read, change.store, change.path, inside_entry=store.in_entries)
            or (read in self._handed_on and read.store == change.store and change.path.within(store.whole(read.path)))
            or (read.store == change.store and is_inside_text(change.path, read.path, store.text_paths))
            for read in self._reads
        )

    @cached_property
    def _at(self) -> tuple[Situation, Outcome] | None:
        """The captured situation that decides: one that throws or holds nothing, else one that is worse, else any."""
        pairs = list(zip(self.bound.captured, self.captured, strict=True))
        if not pairs:
            return None
        good = [outcome.answer for outcome in self.known if not no_answer(outcome.answer)]
        if len(pairs) == 1:
            return pairs[0]

        def rank(pair: tuple[Situation, Outcome]) -> int:
            answer = pair[1].answer
            if failed(answer):
                return 0
            if good and all(_turned_to_nothing(known, answer) is not None for known in good):
                return 1
            return 2 if self._is_sound(answer, good) else 3

        return min(pairs, key=rank)

    def _is_sound(self, answer: Answer, good: Sequence[Answer]) -> bool:
        return any(not signs(known, answer, self.reader.program.literals) for known in good)

    @cached_property
    def _before(self) -> tuple[Situation, Outcome]:
        """The known-good situation to compare it with: one of the same parameters, else the first that answers."""
        pairs = list(zip(self.bound.known, self.known, strict=True))
        answering = [pair for pair in pairs if not no_answer(pair[1].answer)] or pairs
        alike = [pair for pair in answering if self._at is not None and pair[0].params == self._at[0].params]
        return (alike or answering)[0]

    def verdict(self) -> ReaderVerdict:
        impact = assess_impact(self._engine, self.reader, self.bound.small, self._changes)
        after = self._at[1].answer if self._at else None
        if impact.effect is Effect.SAME:
            impact = self._by_names() or impact
        if impact.effect is Effect.SAME and after is not None and not failed(after):
            impact = self._when_awoken() or impact
        combined = self._combined(impact)
        return replace(combined, reads=tuple(self._reads), missed=impact.missed)

    def _by_names(self) -> Impact | None:
        """What other names do to a reader that chooses among a record's names, once it finds none on the capture."""
        before = self._before[1]
        if self._at is None or before.answer.empty or not self._at[1].answer.empty:
            return None
        objects = {
            self._generalise(read.path) for read in before.reads if read.asked == "keys" and self._of_store(read.path)
        }
        named = [
            change
            for change in self._all_changes
            if change.rule.operator != "none"
            and any(
                place.store == change.store and self.bench.stores[change.store].whole(place.path) == change.path.parent
                for place in objects
            )
        ]
        if all(change in self._changes for change in named):
            return None
        more = [*self._changes, *(change for change in named if change not in self._changes)]
        impact = assess_impact(self._engine, self.reader, self.bound.small, more)
        return impact if impact.proof is not None and impact.proof.answer_after.empty else None

    def _when_awoken(self) -> Impact | None:
        """What the changes do to a branch that known-good values leave asleep, and the capture's would not."""
        whole = [change for change in self._changes if _share(change) >= 1.0]
        for name, view in self.views.items():
            store = self.bench.stores[name]
            if store.documents is None or store.in_entries or not self.bound.small:
                continue
            paths = [read.path for read, present in self._reads.items() if present and read.store == name]
            scene = Scene(view.shapes[0], store.documents.later, paths, [c for c in whole if c.store == name], name)
            for situation in awoken(self._engine, self.reader, self.bound.small[0], scene):
                impact = assess_impact(self._engine, self.reader, [situation], whole)
                if impact.effect is not Effect.SAME:
                    return impact
        return None

    def _unseen_paths(self, impact: Impact) -> tuple[list[StorePath], list[StorePath]]:
        """The paths of which the capture shows nothing: those that the reader reads, and those in texts it reads."""
        shows = {(change.store, change.path) for change in impact.because}
        hidden, within = [], []
        for name, view in self.views.items():
            store = self.bench.stores[name]
            for path in view.comparison.unseen:
                if (name, path) in shows:
                    continue
                reads = [(store.whole(read.path), there) for read, there in self._reads.items() if read.store == name]
                place = StorePath(name, path)
                if any(there and read.within(path) for read, there in reads) and not self._is_known_to_lack(place):
                    hidden.append(place)
                within += [place for read, _ in reads if is_inside_text(path, read, store.text_paths)]
        return hidden, within

    def _was_always(self, place: StorePath) -> bool:
        """Whether every known-good record had the field, so that fewer records do not explain that none has it."""
        holder = self.views[place.store].shapes[0].at(place.path.parent)
        return isinstance(place.path.last, Key) and holder is not None and holder.presence(place.path.name) >= 1.0

    def _is_known_to_lack(self, place: StorePath) -> bool:
        """Whether the reader answers on a known-good store that shows nothing below a path either."""
        store = self.bench.stores[place.store]
        moments: dict[str, list[Outcome]] = {}
        for situation, outcome in zip(self.bound.known, self.known, strict=True):
            moments.setdefault(situation.moment, []).append(outcome)

        def shows(outcome: Outcome) -> bool:
            for read in outcome.reads:
                if read.present and self._of_store(read.path):
                    path = self._generalise(read.path)
                    if path.store == place.store and store.whole(path.path).within(place.path):
                        return True
            return False

        return any(
            any(not no_answer(outcome.answer) for outcome in outcomes) and not any(map(shows, outcomes))
            for outcomes in moments.values()
        )

    def _is_changed(self, read: StorePath) -> bool:
        """Whether a path lies where something was replayed."""
        path = self.bench.stores[read.store].whole(read.path)
        replayed = [c for c in self._all_changes if c.rule.operator != "none" and c.store == read.store]
        places = [place for change in replayed for place in (change.path, change.to) if place is not None]
        return any(path.within(place) for place in places)

    def _is_weak(self, change: Change) -> bool:
        """Whether another session of the same program might show a change as well."""
        documents = self.bench.stores[change.store].documents
        if documents is None:
            return False
        if change.store not in self._scales:
            view = self.views[change.store]
            listed = self._listed(change.store)
            self._scales[change.store] = Scale(documents.known, documents.later, view.shapes, self.bench.named, listed)
        return self._scales[change.store].is_weak(change)

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        return {}

    def _combined(self, impact: Impact) -> ReaderVerdict:
        """The replay decides; the run on the capture raises what throws or is nothing, and clears what is sound."""
        hidden, within = self._unseen_paths(impact)
        if self._at is None:
            return self._by_replay_alone(impact, (*hidden, *within))
        return (
            self._if_failing(impact, (*hidden, *within))
            or self._if_hurt(impact)
            or self._if_worse(impact, hidden)
            or self._if_hidden(hidden)
            or self._intact(impact)
        )

    def _by_replay_alone(self, impact: Impact, unseen: tuple[StorePath, ...]) -> ReaderVerdict:
        before = self._before[1].answer
        if impact.effect is not Effect.SAME and not self._is_all_weak(impact):
            return self._changed(impact, Verdict.BROKEN, None)
        return replace(_unseen(self._name, before, None, "it could not be run on the capture"), unseen=unseen)

    def _if_failing(self, impact: Impact, wanting: tuple[StorePath, ...]) -> ReaderVerdict | None:
        """The verdict where the reader throws on the capture, or finds nothing for want of what was not shown."""
        before, (situation, after) = self._before[1].answer, self._decisive
        is_nothing = failed(after) or _turned_to_nothing(before, after) is not None
        wanting = tuple(place for place in wanting if not self._was_always(place))
        if wanting and is_nothing and self._for_want_of(wanting, after):
            said = f"AFTER does not hold {wanting[0].path}, which fewer entries may explain"
            return replace(_unseen(self._name, before, after, said), unseen=wanting)
        if not failed(after):
            return None
        said = "it throws on AFTER"
        return ReaderVerdict(
            self._name, Verdict.BROKEN, Effect.THROWS, impact.because, before, after, said, at=situation
        )

    def _if_hurt(self, impact: Impact) -> ReaderVerdict | None:
        """The verdict where the replay shows an effect that the capture bears out."""
        before, (_, after) = self._before[1].answer, self._decisive
        if impact.effect is Effect.SAME or self._is_all_weak(impact):
            return None
        present = frozenset(path for path, there in self._reads.items() if there)
        baseline = Baseline((before,), present, self._is_changed)
        reads = [read for read in self._outcome.reads if self._of_store(read.path)]
        is_alike = self._before[0].params == self._at[0].params if self._at else False
        if is_alike and is_refuted(self._predicted(impact), before, after):
            return None
        if other_branch([after], reads, baseline, self._generalise):
            return None
        return self._changed(impact, Verdict.DEGRADED if _only_some(impact, before, after) else Verdict.BROKEN, after)

    def _if_worse(self, impact: Impact, hidden: Sequence[StorePath]) -> ReaderVerdict | None:
        """The verdict where the answer on the capture is plainly worse, and no replay shows why."""
        before, (situation, after) = self._before[1].answer, self._decisive
        others = [run.answer for run in self.known if run is not self._before[1] and not no_answer(run.answer)]
        if self._is_sound(after, others):
            return None  # on another known-good store it answered just so
        plain, odd = signs(before, after, self.reader.program.literals), _turned_to_nothing(before, after)
        is_null = odd is not None and after.type == "null"
        weak = (self._is_all_weak(impact) and (odd is None or is_null)) or (is_null and self._is_stored_null())
        is_turned = (before.text, after.text) == ("true", "false")
        is_lost = self._loses_reads() or self._loses_words()
        if (plain or is_turned) and odd is None and is_lost and self._is_rewritten() and not weak:
            said = "AFTER was written by another program, and gives it less"
            return ReaderVerdict(
                self._name, Verdict.BROKEN, Effect.SILENT, impact.because, before, after, said, at=situation
            )
        if plain and (weak or self._is_of_data(before, plain)):
            said = "AFTER gives it less, as other data would"
        elif odd is not None:
            said = "AFTER gives it nothing"
            return ReaderVerdict(self._name, odd, Effect.UNAVAILABLE, impact.because, before, after, said, at=situation)
        elif plain:
            said = "AFTER gives it less, and shows too little to say why"
        else:
            return None
        return replace(_unseen(self._name, before, after, said), unseen=tuple(hidden))

    def _is_stored_null(self) -> bool:
        """Whether a null on the capture is a value that stands there, and nothing else is different where it reads."""
        if self._changes:
            return False
        reads = [read for read in self._outcome.reads if read.present and self._of_store(read.path)]
        texts = (self.bench.stores[self._generalise(read.path).store].text_paths for read in reads)
        return any("null" in read.types for read in reads) or any(texts)

    def _names_keys_otherwise(self, name: str) -> bool:
        """Whether the source names a part of keys that the reader lists, and that the capture has in none of them."""
        documents = self.bench.stores[name].documents
        if documents is None or len(documents.known) < _SEVERAL:
            return False
        texts = [text for text in self.reader.program.literals if len(text) >= _TELLING]
        for path in self._listed(name):
            known = [_keys_at(document, path) for document in documents.known]
            later = _keys_at(documents.later, path)
            if later and any(
                not any(text in key for key in later)
                and all(any(text in key and text != key for key in keys) for keys in known)
                for text in texts
            ):
                return True
        return False

    def _listed(self, name: str) -> frozenset[Path]:
        """The objects of a store whose keys the reader lists."""
        return frozenset(
            self.bench.stores[name].whole(self._generalise(read.path).path)
            for outcome in (*self.known, *self.captured)
            for read in outcome.reads
            if read.asked == "keys" and self._of_store(read.path) and self._generalise(read.path).store == name
        )

    def _loses_reads(self) -> bool:
        """Whether the reader misses on the capture what it found in every known-good situation in which it answered."""
        answering = [outcome for outcome in self.known if not no_answer(outcome.answer)]
        found = [frozenset(self._found(outcome, present=True)) for outcome in answering]
        always = frozenset.intersection(*found) if found else frozenset()
        return bool(always & frozenset(self._found(self._outcome, present=False)))

    def _found(self, outcome: Outcome, *, present: bool) -> Iterator[StorePath]:
        """Yield the paths that a run found at least once, or those that it asked for and never found."""
        times: dict[StorePath, int] = {}
        for read in outcome.reads:
            if self._of_store(read.path) and read.asked != "keys":
                path = self._generalise(read.path)
                times[path] = times.get(path, 0) + read.present
        yield from (path for path, count in times.items() if (count > 0) is present)

    def _loses_words(self) -> bool:
        """Whether a text of the reader's source is in every known-good store, and nowhere on the capture."""
        texts = [text for text in self.reader.program.literals if len(text) >= _TELLING]
        for name in {read.store for read in self._reads}:
            documents = self.bench.stores[name].documents
            if documents is not None:
                known = [json_text(document) for document in documents.known]
                later = json_text(documents.later)
                if any(_in_json(text) not in later and all(_in_json(text) in each for each in known) for text in texts):
                    return True
        return False

    def _is_rewritten(self) -> bool:
        """Whether a store that the reader reads has surely another structure, which other data cannot explain."""
        stores = {read.store for read in self._reads}
        if any(self._names_keys_otherwise(name) for name in stores):
            return True
        return any(
            change.store in stores
            and change.rule.aspect in _SURE
            and change.rule.operator != "none"
            and change.path not in self.views[change.store].comparison.unseen
            and not self._is_weak(change)
            for change in self._all_changes
        )

    def _if_hidden(self, hidden: Sequence[StorePath]) -> ReaderVerdict | None:
        before, (_, after) = self._before[1].answer, self._decisive
        is_known = any(outcome.answer.same_as(after) for outcome in self.known)
        if (before.text, after.text) == ("true", "false") and self._changes and not is_known:
            said = "AFTER turns its answer, and has another structure where it reads"
            return _unseen(self._name, before, after, said)
        if not hidden:
            return None
        said = f"AFTER shows nothing below {hidden[0].path}"
        return replace(_unseen(self._name, before, after, said), unseen=tuple(hidden))

    def _intact(self, impact: Impact) -> ReaderVerdict:
        before, (_, after) = self._before[1].answer, self._decisive
        basis = Basis.REPLAY if impact.tried else Basis.CAPTURE
        said = "it answers as before"
        if not before.same_as(after):
            said = f"same structure; it answers {before.preview} -> {after.preview} for other data"
        return ReaderVerdict(self._name, Verdict.INTACT, Effect.SAME, (), before, after, said, basis)

    @property
    def _name(self) -> str:
        return self.reader.function

    @property
    def _outcome(self) -> Outcome:
        assert self._at is not None  # noqa: S101 - only asked where there is a capture
        return self._at[1]

    @property
    def _decisive(self) -> tuple[Situation, Answer]:
        """The captured situation that decides, and the answer in it."""
        assert self._at is not None  # noqa: S101 - only asked where there is a capture
        return self._at[0], self._at[1].answer

    def _is_all_weak(self, impact: Impact) -> bool:
        return bool(impact.because) and all(map(self._is_weak, impact.because))

    def _changed(self, impact: Impact, verdict: Verdict, after: Answer | None) -> ReaderVerdict:
        """The verdict of a reader whose answer changes on replay."""
        proof, before = impact.proof, self._before[1].answer
        return ReaderVerdict(
            self.reader.function,
            verdict,
            impact.effect,
            impact.because,
            proof.answer_before if proof else before,
            proof.answer_after if proof else after,
            "its answer changes on replay",
            Basis.REPLAY,
            proof,
        )

    def _predicted(self, impact: Impact) -> Sequence[Answer]:
        """What the reader answers on the whole known-good store after the changes that hurt it."""
        whole = self._whole_before()
        changed, missed = whole.after(list(impact.because))
        if missed or not changed:
            return ()
        outcomes = self._engine.run(self.reader.program, calls(self.reader.function, changed))
        return [outcome.answer for outcome in outcomes]

    def _whole_before(self) -> Situation:
        """The known-good situation with the documents that were compared: JSON within texts is parsed there."""
        situation = self._before[0]
        if DOCUMENT not in self.bench.stores:
            return situation
        documents = self.bench.stores[DOCUMENT].documents
        number = self.bound.known.index(situation)
        opened = documents.known[number] if documents is not None else situation.stores[DOCUMENT]
        return replace(situation, stores={DOCUMENT: opened}, sealed={DOCUMENT: self.bench.stores[DOCUMENT].text_paths})

    def _small_before(self) -> Situation:
        number = self.bound.known.index(self._before[0])
        return self.bound.small[number] if number < len(self.bound.small) else self.bound.small[0]

    def _is_of_data(self, before: Answer, plain: frozenset[str]) -> bool:
        """Whether the known-good store with some of its data left out makes the reader answer as badly."""
        small = self._small_before()
        varied = list(self._varied(small))
        outcomes = self._engine.run(self.reader.program, calls(self.reader.function, varied)) if varied else ()
        return any(plain <= signs(before, outcome.answer) for outcome in outcomes)

    def _varied(self, small: Situation) -> Iterator[Situation]:
        read = {path.store for path in self._reads}
        for name, view in self.views.items():
            if name in read and small.stores.get(name) is not None and view.shapes[0].seen:
                for document in variations(small.stores[name], view.shapes[0]):
                    yield replace(small, stores={**small.stores, name: document})

    def _for_want_of(self, hidden: Sequence[StorePath], after: Answer) -> bool:
        """Whether the reader answers alike on the known-good store once that lacks what the capture does not show."""
        small = self._small_before()
        stores = dict(small.stores)
        for place in hidden:
            stores[place.store], _ = edit_at(stores[place.store], place.path, lambda _: DELETE)
        lacking = replace(small, stores=stores)
        outcome = self._engine.run(self.reader.program, calls(self.reader.function, [lacking]))[0]
        return outcome.answer.same_as(after)


def _keys_at(document: Any, path: Path) -> frozenset[str]:
    return frozenset(key for record in records_at(document, path) for key in record)


def _in_json(text: str) -> str:
    """A text as it stands within a JSON text."""
    return json_text(text)[1:-1]


def _share(change: Change) -> float:
    return float(change.params.get("share", 0.0 if change.rule.id in _PARTIAL else 1.0))


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
