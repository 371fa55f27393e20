"""What a reader would answer on known-good stores that are changed, varied or lacking, to hold a capture against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from driftwright.base.forms import ID_FORMS, key_form
from driftwright.base.jsontext import json_text
from driftwright.base.path import EACH_ITEM, EACH_VALUE, Path, StorePath
from driftwright.base.terms import Effect, JsonType
from driftwright.impact import (
    DOCUMENT,
    Answer,
    Engine,
    Impact,
    Outcome,
    Scene,
    Situation,
    assess_impact,
    calls,
    failed,
    situations_with_new_values,
    variations,
    with_other_values,
)
from driftwright.structure import DELETE, Change, StoreDocuments, edit_at
from driftwright.verdict.joined import JoinedEntry, first_keys, joined_keys, marked_keys
from driftwright.verdict.reader_runs import SURE, ReaderRuns
from driftwright.verdict.store_case import StoreCase
from driftwright.verdict.weigh import emptied_texts, has_new_items, share_of, signs

_SEVERAL = 3
_TELLING = frozenset({"array", "object", "string"})
"""The types of answers of which two are seldom the same by chance."""


@dataclass(frozen=True, slots=True)
class _Prediction:
    """What changes do to the whole known-good store, and whether all of them fit it."""

    impact: Impact
    answers: Sequence[Answer]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A reader, and the known-good situation that a capture is compared with.

    Args:
        engine: V8.
        runs: The reader with its runs.
        stores: What is known of each store, by its name.
        situation: The known-good situation.
        outcome: What the reader answers in it.
    """

    engine: Engine
    runs: ReaderRuns
    stores: Mapping[str, StoreCase]
    situation: Situation
    outcome: Outcome
    _predicted: dict[int, _Prediction] = field(default_factory=dict, init=False, repr=False)

    def _run(self, chosen: Sequence[Situation]) -> Sequence[Outcome]:
        reader = self.runs.reader
        return self.engine.run(reader.program, calls(reader.function, chosen)) if chosen else ()

    def predicted(self, impact: Impact) -> Sequence[Answer]:
        """What the reader answers on the whole known-good store after those of the changes that fit it."""
        if id(impact) not in self._predicted:  # several questions about one impact each ask for it
            changed, missed = self._whole_before().after(list(impact.because))
            # What befell another known-good store fits nowhere in this one.
            is_none = len(missed) == len(impact.because)
            answers = [] if is_none else [outcome.answer for outcome in self._run(changed)]
            # The impact is kept, so that its identity stays its own.
            self._predicted[id(impact)] = _Prediction(impact, answers, is_whole=not missed)
        return self._predicted[id(impact)].answers

    def _predicted_as_a_whole(self, impact: Impact) -> Sequence[Answer]:
        """The same; none where some of the changes do not fit, for a part of them proves nothing."""
        answers = self.predicted(impact)
        return answers if self._predicted[id(impact)].is_whole else []

    def by_names(self, later: Outcome) -> Impact | None:
        """What other names do to a reader that chooses among a record's names, once it finds none on the capture."""
        before = self.outcome
        if before.answer.empty or not later.answer.empty:
            return None
        objects = {
            self.runs.generalise(read.path)
            for read in before.reads
            if read.asked == "keys" and self.runs.of_store(read.path)
        }
        named = [
            change
            for change in self.runs.all_changes
            if change.rule.operator != "none"
            and any(
                place.store == change.store and self.stores[change.store].whole(place.path) == change.path.parent
                for place in objects
            )
        ]
        if all(change in self.runs.changes for change in named):
            return None
        more = [*self.runs.changes, *(change for change in named if change not in self.runs.changes)]
        impact = assess_impact(self.engine, self.runs.reader, self.runs.bound.small, more)
        return impact if impact.proof is not None and impact.proof.answer_after.empty else None

    def awoken(self) -> Impact | None:
        """What the changes do to a branch that known-good values leave asleep, and the capture's would not."""
        whole = [change for change in self.runs.changes if share_of(change) >= 1.0]
        for name, view in self.runs.views.items():
            store = self.stores[name]
            if store.documents is None or store.in_entries or not self.runs.bound.small:
                continue
            paths = [read.path for read, present in self.runs.reads.items() if present and read.store == name]
            scene = Scene(view.shapes[0], store.documents.later, paths, [c for c in whole if c.store == name], name)
            for situation in situations_with_new_values(self.engine, self.runs.reader, self.runs.bound.small[0], scene):
                impact = assess_impact(self.engine, self.runs.reader, [situation], whole)
                if impact.effect is not Effect.SAME:
                    return impact
        return self._asleep(whole)

    def _asleep(self, changes: Sequence[Change]) -> Impact | None:
        """What sure changes do to values that changed nothing in the answer, had they been others, as a flag set."""
        read = {path for path, present in self.runs.reads.items() if present}
        for change in changes:
            place = StorePath(change.store, change.path)
            held = self.runs.views[change.store].shapes[0].at(change.path)
            is_state = held is not None and (held.kinds == {JsonType.BOOLEAN} or held.forms.keys() == {"word"})
            is_state = is_state and not self.runs.is_left_out_where_false(place)
            if change.rule.aspect not in SURE or place not in read or not is_state or self.runs.is_weak(change):
                continue
            for situation in with_other_values(self._small_before(), place, self.runs.reader.literals):
                impact = assess_impact(self.engine, self.runs.reader, [situation], [change])
                if impact.effect is not Effect.SAME:
                    return impact
        return None

    def is_borne_out(self, impact: Impact, after: Answer) -> bool:
        """Whether a capture shows the very effect that the replay has, and no known-good store shows it."""
        if any(outcome.answer.same_as(after) for outcome in self.runs.known):
            return False
        before, predicted = self.outcome.answer, self._predicted_as_a_whole(impact)
        worse = signs(before, after)
        return bool(predicted) and all(
            answer.same_as(after) or has_new_items(before, answer, after) or (worse and signs(before, answer) == worse)
            for answer in predicted
        )

    def misses_empty(self, impact: Impact) -> bool:
        """Whether the reader answers otherwise once only those values are left out that were written empty, or null."""
        left_out = [
            replace(change, params={**change.params, "omitted": empty})
            for empty in ("", None)
            for change in impact.because
            if change.rule.is_removal and self.runs.may_be_left_out(change) and self._is_of_several(change)
        ]
        if not left_out:
            return False
        return assess_impact(self.engine, self.runs.reader, self.runs.bound.small, left_out).effect is not Effect.SAME

    def _is_of_several(self, change: Change) -> bool:
        """Whether a field is one of several records of a list or a map: those of a lone one may be free options."""
        home = change.path.parent
        holder = self.runs.views[change.store].shapes[0].at(home)
        is_in_list = EACH_ITEM in home.steps or EACH_VALUE in home.steps
        return is_in_list and holder is not None and holder.count(JsonType.OBJECT) >= _SEVERAL

    def has_this_effect(self, impact: Impact, after: Answer, *, weak: bool) -> bool:
        """Whether the replay gives the very answer of the capture, which no known-good store gave, and not by chance.

        Yes, no and numbers are often the same, and who lists names answers the new ones for any change of names. Texts
        within the answer that all are empty now, as the replay has it, are no chance either.

        Args:
            impact: What the replay does.
            after: The answer on the capture.
            weak: Whether other data may explain all that hurts.
        """
        before = self.outcome.answer
        emptied = frozenset() if weak else emptied_texts(before, after)
        if emptied and any(emptied & emptied_texts(before, answer) for answer in self._predicted_as_a_whole(impact)):
            return True
        new_names = [c.to.name for c in impact.because if c.rule.operator == "rename" and c.to is not None]
        if after.empty or after.type not in _TELLING or any(json_text(name) in after.text for name in new_names):
            return False
        if any(outcome.answer.same_as(after) for outcome in self.runs.known):
            return False
        predicted = self._predicted_as_a_whole(impact)
        return bool(predicted) and all(answer.same_as(after) for answer in predicted)

    def leaves_alone(self, impact: Impact, after: Answer) -> bool:
        """Whether the known-good answer stays as it is in the replay, and is that of the capture: chance has it so."""
        predicted = self._predicted_as_a_whole(impact)
        return bool(predicted) and all(answer.same_as(self.outcome.answer) for answer in (*predicted, after))

    def is_lost(self, place: StorePath, later: Outcome) -> bool:
        """Whether a field that every known-good record had decides the answer, and the reader finds it nowhere now.

        Args:
            place: The field.
            later: The run on the capture.
        """
        finds = any(read.present and read.path and read.path[-1] == place.path.name for read in later.reads)
        return not finds and self.runs.was_always(place) and self.decides(place)

    def joined(self, later: Situation, answer: Answer) -> tuple[str, JoinedEntry] | None:
        """Return an entry of another kind that the reader takes in, with its store; None when there is none.

        Args:
            later: The situation of the capture.
            answer: What the reader answers there: without the entry it must answer otherwise.
        """
        for name, documents, opened in self._opened(later):
            listed, literals = self.runs.listed(name), self.runs.reader.literals
            known, captured = documents.known, documents.later
            marked = [*marked_keys(known, captured, listed)]
            for entry in [*marked, *joined_keys(known, captured, listed, literals)]:
                without = self._without(opened, StorePath(name, entry.place))
                if not failed(without) and not without.same_as(answer):
                    return name, entry
        return None

    def preceded(self, later: Situation, answer: Answer) -> Path | None:
        """Return a new name before all others of a record, which the reader takes for the first; None without one.

        Args:
            later: The situation of the capture.
            answer: What the reader answers there. Without the new name it must answer as before, or as well as before,
                or its answer is a part of that name.
        """
        before = self.outcome.answer
        is_worse = bool(signs(before, answer))
        forms = [key_form(each.text[1:-1]) if each.type == "string" else "" for each in (before, answer)]
        is_no_id = forms[0] in ID_FORMS and forms[1] not in ID_FORMS
        for name, documents, opened in self._opened(later):
            for entry in first_keys(documents.known, documents.later, self.runs.listed(name)):
                if not (entry.is_marked or is_no_id):
                    continue
                without = self._without(opened, StorePath(name, entry.place))
                if failed(without) or without.same_as(answer):
                    continue
                is_well = is_worse and not signs(before, without)
                is_name = answer.type == "string" and answer.text[1:-1] in entry.key
                if without.same_as(before) or is_well or is_name:
                    return entry.place
        return None

    def _opened(self, later: Situation) -> Iterator[tuple[str, StoreDocuments, Situation]]:
        """Yield each store that the reader reads, its documents, and the capture with the texts in it parsed."""
        for name in sorted({read.store for read in self.runs.reads}):
            documents = self.stores[name].documents
            if documents is None or later.stores.get(name) is None:
                continue
            opened = later
            if self.stores[name].text_paths and name not in later.sealed:
                sealed = {**later.sealed, name: self.stores[name].text_paths}
                opened = replace(later, stores={**later.stores, name: documents.later}, sealed=sealed)
            yield name, documents, opened

    def _without(self, situation: Situation, place: StorePath) -> Answer:
        """What the reader answers once an entry is not there."""
        document, _ = edit_at(situation.stores[place.store], place.path, lambda _: DELETE)
        (outcome,) = self._run([replace(situation, stores={**situation.stores, place.store: document})])
        return outcome.answer

    def decides(self, place: StorePath) -> bool:
        """Whether a field whose value changes nothing, as false, 0 or a word of the reader, would decide its answer.

        With another value there the reader answers otherwise, and without the field it does not.
        """
        changed = with_other_values(self._small_before(), place, self.runs.reader.literals)
        if not changed:
            return False
        document, _ = edit_at(changed[0].stores[place.store], place.path, lambda _: DELETE)
        lacking = replace(changed[0], stores={**changed[0].stores, place.store: document})
        without, *answers = (outcome.answer for outcome in self._run([lacking, *changed]))
        return any(not failed(answer) and not answer.same_as(without) for answer in answers)

    def _whole_before(self) -> Situation:
        """The known-good situation with the documents that were compared: JSON within texts is parsed there."""
        if DOCUMENT not in self.stores:
            return self.situation
        documents = self.stores[DOCUMENT].documents
        number = self.runs.bound.known.index(self.situation)
        opened = documents.known[number] if documents is not None else self.situation.stores[DOCUMENT]
        return replace(self.situation, stores={DOCUMENT: opened}, sealed={DOCUMENT: self.stores[DOCUMENT].text_paths})

    def _small_before(self) -> Situation:
        number = self.runs.bound.known.index(self.situation)
        return self.runs.bound.small[number] if number < len(self.runs.bound.small) else self.runs.bound.small[0]

    def is_of_data(self, plain: frozenset[str]) -> bool:
        """Whether the known-good store with some of its data left out makes the reader answer as badly."""
        small = self._small_before()
        return any(
            plain <= signs(self.outcome.answer, outcome.answer) for outcome in self._run(list(self._varied(small)))
        )

    def _varied(self, small: Situation) -> Iterator[Situation]:
        read = {path.store for path in self.runs.reads}
        for name, view in self.runs.views.items():
            if name in read and small.stores.get(name) is not None and view.shapes[0].total:
                for document in variations(small.stores[name], view.shapes[0]):
                    yield replace(small, stores={**small.stores, name: document})

    def is_explained_by_hidden(self, hidden: Sequence[StorePath], after: Answer) -> bool:
        """Whether the reader answers alike on the known-good store once that lacks what the capture does not show."""
        small = self._small_before()
        stores = dict(small.stores)
        for place in (place for place in hidden if stores.get(place.store) is not None):
            stores[place.store], _ = edit_at(stores[place.store], place.path, lambda _: DELETE)
        lacking = replace(small, stores=stores)
        outcome = self._run([lacking])[0]
        return outcome.answer.same_as(after)
