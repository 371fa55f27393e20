"""What a reader would answer on known-good stores that are changed, varied or lacking, to hold a capture against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from driftwright.base.path import StorePath
from driftwright.impact import (
    DOCUMENT,
    Answer,
    Engine,
    Impact,
    Outcome,
    Situation,
    calls,
    failed,
    variations,
    with_other_values,
)
from driftwright.structure import DELETE, edit_at
from driftwright.verdict.reader_runs import ReaderRuns
from driftwright.verdict.store_case import StoreCase
from driftwright.verdict.weigh import has_new_items, signs


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
    _predicted: dict[int, tuple[Impact, Sequence[Answer]]] = field(default_factory=dict, init=False, repr=False)

    def _run(self, chosen: Sequence[Situation]) -> Sequence[Outcome]:
        reader = self.runs.reader
        return self.engine.run(reader.program, calls(reader.function, chosen)) if chosen else ()

    def predicted(self, impact: Impact) -> Sequence[Answer]:
        """What the reader answers on the whole known-good store after the changes that hurt it."""
        if id(impact) not in self._predicted:  # several questions about one impact each ask for it
            changed, missed = self._whole_before().after(list(impact.because))
            answers = [] if missed else [outcome.answer for outcome in self._run(changed)]
            self._predicted[id(impact)] = (impact, answers)  # kept, so that its identity stays its own
        return self._predicted[id(impact)][1]

    def is_borne_out(self, impact: Impact, after: Answer) -> bool:
        """Whether a capture shows the very effect that the replay has, and no known-good store shows it."""
        if any(outcome.answer.same_as(after) for outcome in self.runs.known):
            return False
        before, predicted = self.outcome.answer, self.predicted(impact)
        worse = signs(before, after)
        return bool(predicted) and all(
            answer.same_as(after) or has_new_items(before, answer, after) or (worse and signs(before, answer) == worse)
            for answer in predicted
        )

    def leaves_alone(self, impact: Impact, after: Answer) -> bool:
        """Whether the known-good answer stays as it is in the replay, and is that of the capture: chance has it so."""
        predicted = self.predicted(impact)
        return bool(predicted) and all(answer.same_as(self.outcome.answer) for answer in (*predicted, after))

    def is_lost(self, place: StorePath, later: Outcome) -> bool:
        """Whether a field that every known-good record had decides the answer, and the reader finds it nowhere now.

        Args:
            place: The field.
            later: The run on the capture.
        """
        finds = any(read.present and read.path and read.path[-1] == place.path.name for read in later.reads)
        return not finds and self.runs.was_always(place) and self.decides(place)

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
