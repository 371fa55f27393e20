"""What one reader read and answered on known-good stores and on a capture, and how that relates to the changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from driftwright.base.forms import ID_FORMS
from driftwright.base.path import EACH_VALUE, Key, Path, StorePath
from driftwright.base.terms import JsonType
from driftwright.impact import DOCUMENT, Answer, Generaliser, Impact, Outcome, Reader, as_entry, kind_of, touches
from driftwright.structure import Change, ComparedStores, is_inside_text, may_all_lack
from driftwright.verdict.absences import Absences
from driftwright.verdict.key_names import keys_at
from driftwright.verdict.lost_reads import surely_lacks
from driftwright.verdict.source_words import SourceWords
from driftwright.verdict.store_case import Bound, StoreCase
from driftwright.verdict.weak_changes import Scale
from driftwright.verdict.weigh import no_answer, signs

_SEVERAL = 2
_SCALARS = frozenset({"string", "integer", "number"})
SURE = frozenset({"place", "type", "keys", "existence"})
"""The aspects of a structure that other data do not change."""


@dataclass(frozen=True)
class ReaderRuns:
    """One reader, run on everything, with the comparisons of the stores as it sees them.

    Args:
        reader: The reader.
        stores: What is known of each store, by its name.
        views: The comparison of each store, with the keys told apart that the reader asks for by name.
        bound: The situations that it was run in.
        known: What it answered and read in the known-good ones.
        captured: The same of the captured ones.
        masked: What it answers in the known-good ones once their values are hidden, where that tells anything.
    """

    reader: Reader
    stores: Mapping[str, StoreCase]
    views: Mapping[str, ComparedStores]
    bound: Bound
    known: Sequence[Outcome]
    captured: Sequence[Outcome]
    masked: Sequence[Outcome] = ()

    @property
    def is_misled(self) -> bool:
        """Whether hiding the known-good values makes the reader answer otherwise, as it may on the capture."""
        kinds = [[kind_of(outcome.answer) for outcome in outcomes] for outcomes in (self.known, self.masked)]
        return bool(self.masked) and any(kinds[0].count(kind) != kinds[1].count(kind) for kind in kinds[0])

    @property
    def finds_nothing_masked(self) -> bool:
        """Whether the reader finds nothing on known-good stores, and takes in values that are hidden there."""
        return all(_is_nothing(outcome.answer) for outcome in self.known) and self._reads_hidden()

    @cached_property
    def words(self) -> SourceWords:
        """The words of the reader's source, in the stores that it reads."""
        return SourceWords(self.reader.literals, self.stores, self.views, self.bound, frozenset(self.reads))

    @cached_property
    def generalise(self) -> Generaliser:
        """Turns the concrete keys of a read into a path."""
        if DOCUMENT in self.views:
            return Generaliser({DOCUMENT: self.views[DOCUMENT].layout}, plain=DOCUMENT)
        stores = self.stores
        layouts = {
            name: stores[name].layout if stores[name].in_entries else view.layout for name, view in self.views.items()
        }
        return Generaliser(layouts)

    def of_store(self, path: tuple[str | int, ...]) -> bool:
        """Whether a read is one of a store; parameters are members of the same argument."""
        return DOCUMENT in self.views or (bool(path) and path[0] in self.views)

    @cached_property
    def reads(self) -> Mapping[StorePath, bool]:
        """The paths that the reader asks for on known-good stores, each with whether it was ever there."""
        reads: dict[StorePath, bool] = {}
        for outcome in self.known:
            for read in outcome.reads:  # listing the keys of an object is a read of the object
                if self.of_store(read.path):
                    path = self.generalise(read.path)
                    reads[path] = reads.get(path, False) or bool(read.present)
        return reads

    @cached_property
    def _whole_objects(self) -> frozenset[StorePath]:
        """The paths of whole objects that are answered without a look into them."""
        kinds = {kind for outcome in self.known for kinds in outcome.answer.shape.values() for kind in kinds}
        if "object" not in kinds:
            return frozenset()
        present = {path for path, there in self.reads.items() if there}
        return frozenset(
            path
            for path in present
            if not any(
                other != path and other.store == path.store and other.path.within(path.path) for other in present
            )
        )

    @cached_property
    def all_changes(self) -> tuple[Change, ...]:
        """The changes of all stores."""
        return tuple(change for view in self.views.values() for change in view.comparison.changes)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The changes that the reader reads."""
        return tuple(
            change
            for change in self.all_changes
            if self._is_read(change) or (self._befalls_entries(change) and not self.is_weak(change))
        )

    def _is_read(self, change: Change) -> bool:
        if change.rule.operator == "none":
            return False
        store = self.stores[change.store]
        return any(
            touches(read, change.store, change.path, inside_entry=store.in_entries)
            or (
                read in self._whole_objects
                and read.store == change.store
                and change.path.within(store.whole(read.path))
            )
            or (read.store == change.store and is_inside_text(change.path, read.path, store.text_paths))
            for read in self.reads
        )

    def _befalls_entries(self, change: Change) -> bool:
        """Whether a change befalls all entries of a map, one of which the reader asks for by its name."""
        if change.rule.operator == "none":
            return False
        return any(touches(read, change.store, change.path, inside_entry=False) for read in self._reads_of_entries)

    @cached_property
    def _reads_of_entries(self) -> frozenset[StorePath]:
        """What the reader reads, with the keys of maps left open."""
        shapes = {name: view.shapes[0] for name, view in self.views.items() if not self.stores[name].in_entries}
        return frozenset(as_entry(read, shapes[read.store]) for read in self.reads if read.store in shapes)

    def _reads_hidden(self) -> bool:
        """Whether the reader takes in values of known-good stores that are hidden, other than ids, which only join."""
        for outcome in self.known:
            for read in outcome.reads:
                if read.asked == "get" and _SCALARS & read.types.keys() and self.of_store(read.path):
                    place = self.generalise(read.path)
                    store = self.stores[place.store]
                    if store.hides(place.path) and not self._holds_ids(StorePath(place.store, store.whole(place.path))):
                        return True
        return False

    def _holds_ids(self, place: StorePath) -> bool:
        shape = self.views[place.store].shapes[0].at(place.path)
        return shape is not None and shape.kinds == {JsonType.STRING} and shape.forms.keys() <= {*ID_FORMS, "empty"}

    def is_sound(self, answer: Answer, good: Sequence[Answer]) -> bool:
        """Whether an answer is no worse than one of some known-good answers."""
        return any(not signs(known, answer, self.reader.literals) for known in good)

    def unseen_paths(self, impact: Impact) -> tuple[list[StorePath], list[StorePath]]:
        """The paths of which the capture shows nothing: those that the reader reads, and those in texts it reads."""
        shows = {(change.store, change.path) for change in impact.because if not self.is_weak(change)}
        hidden, within = [], []
        for name, view in self.views.items():
            store = self.stores[name]
            for path in view.comparison.unseen:
                if (name, path) in shows:
                    continue
                reads = [(store.whole(read.path), there) for read, there in self.reads.items() if read.store == name]
                place = StorePath(name, path)
                if any(there and read.within(path) for read, there in reads) and not self._is_known_to_lack(place):
                    hidden.append(place)
                within += [place for read, _ in reads if is_inside_text(path, read, store.text_paths)]
        return hidden, within

    def was_always(self, place: StorePath) -> bool:
        """Whether every known-good record had the field, so that fewer records do not explain that none has it."""
        holder = self.views[place.store].shapes[0].at(place.path.parent)
        later = self.views[place.store].shapes[1].at(place.path.parent)
        if not isinstance(place.path.last, Key) or holder is None or self.stores[place.store].may_lack:
            return False
        if later is None or not later.count(JsonType.OBJECT):
            return False
        if holder.values is not None and not self._has_other_keys(place):
            return False
        return holder.presence(place.path.name) >= 1.0

    def is_of_records(self, place: StorePath) -> bool:
        """Whether a path is a field of records that are there, not an entry of a map, which is asked for by its id."""
        holder, later = (shape.at(place.path.parent) for shape in self.views[place.store].shapes)
        if not isinstance(place.path.last, Key) or holder is None or later is None:
            return False
        return holder.values is None and later.count(JsonType.OBJECT) > 0

    def _has_other_keys(self, place: StorePath) -> bool:
        """Whether a key that is a word is gone from a map that has keys now which no known-good one had."""
        documents = self.stores[place.store].documents
        if documents is None or any(map(str.isdigit, place.path.name)):
            return False
        known = frozenset().union(*(keys_at(document, place.path.parent) for document in documents.known))
        return not keys_at(documents.later, place.path.parent) <= known

    def _is_known_to_lack(self, place: StorePath) -> bool:
        """Whether the reader answers on a known-good store that shows nothing below a path either."""
        store = self.stores[place.store]
        moments: dict[str, list[Outcome]] = {}
        for situation, outcome in zip(self.bound.known, self.known, strict=True):
            moments.setdefault(situation.moment, []).append(outcome)

        def shows(outcome: Outcome) -> bool:
            for read in outcome.reads:
                if read.present and self.of_store(read.path):
                    path = self.generalise(read.path)
                    if path.store == place.store and store.whole(path.path).within(place.path):
                        return True
            return False

        return any(
            any(not no_answer(outcome.answer) for outcome in outcomes) and not any(map(shows, outcomes))
            for outcomes in moments.values()
        )

    def is_changed(self, read: StorePath) -> bool:
        """Whether a path lies where something was replayed."""
        path = self.stores[read.store].whole(read.path)
        replayed = [c for c in self.all_changes if c.rule.operator != "none" and c.store == read.store]
        places = [place for change in replayed for place in (change.path, change.to) if place is not None]
        return any(path.within(place) for place in places)

    def is_weak(self, change: Change) -> bool:
        """Whether another session of the same program might show a change as well."""
        if id(change) not in self._weighed:  # several questions ask for it, and each goes through whole documents
            scale = None if self._is_of_same_records(change) else self._scale(change)
            self._weighed[id(change)] = (change, scale is not None and scale.is_weak(change))
        return self._weighed[id(change)][1]

    @cached_property
    def _weighed(self) -> dict[int, tuple[Change, bool]]:
        return {}

    def _is_of_same_records(self, change: Change) -> bool:
        """Whether the very records that a change befalls are there still, in a store that was written anew."""
        if not self.stores[change.store].is_same_session:
            return False
        holder = change.path.parent if change.path.steps and isinstance(change.path.last, Key) else change.path
        before, after = (shape.at(holder) for shape in self.views[change.store].shapes)
        return before is not None and after is not None and after.total >= before.total

    def may_be_data(self, change: Change) -> bool:
        """Whether a change that hurts the reader in nothing may be other data, or other names that it only lists."""
        return self.is_weak(change) or self.is_only_listed(change)

    def _scale(self, change: Change) -> Scale | None:
        contents = self.stores[change.store].contents
        if contents is None:
            return None
        if change.store not in self._scales:
            view = self.views[change.store]
            listed = self.listed(change.store)
            texts = self.stores[change.store].text_paths
            dumps = frozenset(path.parent for path in texts if path.last == EACH_VALUE)
            absences = Absences(contents, view.shapes, self.reader.literals, listed, dumps)
            self._scales[change.store] = Scale(absences)
        return self._scales[change.store]

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        return {}

    def may_be_left_out(self, change: Change) -> bool:
        """Whether a text was empty, or a value null, so often that it may be left out for that now that it is gone."""
        scale = self._scale(change)
        return scale is not None and scale.absences.may_be_left_out(change.path)

    def is_of_another_kind(self, change: Change) -> bool:
        """Whether only records of one kind had a field that is gone, and no record is of that kind any more."""
        scale = self._scale(change)
        return scale is not None and scale.absences.is_of_another_kind(change.path)

    def _is_of_some(self, change: Change) -> bool:
        """Whether a field is gone that only some records had, as those of one kind: another mix of kinds lacks it."""
        holder = self.views[change.store].shapes[0].at(change.path.parent)
        return change.rule.aspect == "existence" and holder is not None and holder.presence(change.path.name) < 1.0

    def is_left_out_where_false(self, place: StorePath) -> bool:
        """Whether a flag is true in the records that have it, and others have none: it is false nowhere."""
        shape = self.views[place.store].shapes[0]
        held, holder = shape.at(place.path), shape.at(place.path.parent)
        if held is None or holder is None or not isinstance(place.path.last, Key):
            return False
        return held.true == held.total and holder.presence(place.path.name) < 1.0

    def listed(self, name: str) -> frozenset[Path]:
        """The objects of a store whose keys the reader lists."""
        return frozenset(
            self.stores[name].whole(self.generalise(read.path).path)
            for outcome in (*self.known, *self.captured)
            for read in outcome.reads
            if read.asked == "keys" and self.of_store(read.path) and self.generalise(read.path).store == name
        )

    def loses_reads(self, outcome: Outcome) -> bool:
        """Whether the reader misses on the capture what it found in every known-good situation in which it answered."""
        answering = [outcome for outcome in self.known if not no_answer(outcome.answer)]
        paths_by_situation = [frozenset(self.paths_read(outcome, present=True)) for outcome in answering]
        always = frozenset.intersection(*paths_by_situation) if paths_by_situation else frozenset()
        lost = always & frozenset(self.paths_read(outcome, present=False))
        return any(not self._may_be_missing(path) for path in lost)

    def surely_lacks(self, outcome: Outcome) -> bool:
        """Whether many records of the capture lack what the reader found in all known-good ones."""
        return surely_lacks([known for known in self.known if not no_answer(known.answer)], outcome)

    def _may_be_missing(self, read: StorePath) -> bool:
        """Whether a path lies where the capture shows too little, and fewer records may explain that."""
        path = self.stores[read.store].whole(read.path)
        if path.steps and isinstance(path.last, Key):
            before, after = (shape.at(path.parent) for shape in self.views[read.store].shapes)
            if before is not None and after is not None and may_all_lack(path.name, before, after):
                return True
        places = (StorePath(read.store, place) for place in self.views[read.store].comparison.unseen)
        return any(path.within(place.path) and not self.was_always(place) for place in places)

    def paths_read(self, outcome: Outcome, *, present: bool) -> Iterator[StorePath]:
        """Yield the paths that a run found at least once, or those that it asked for and never found."""
        times: dict[StorePath, int] = {}
        for read in outcome.reads:
            if self.of_store(read.path) and read.asked != "keys":
                path = self.generalise(read.path)
                times[path] = times.get(path, 0) + read.present
        yield from (path for path, count in times.items() if (count > 0) is present)

    @cached_property
    def lists_other_keys(self) -> bool:
        """Whether the keys that the reader chooses by a part of them are all made otherwise now."""
        return any(self.words.lists_other_keys(name, self.listed(name)) for name in {read.store for read in self.reads})

    @cached_property
    def is_rewritten(self) -> bool:
        """Whether a store that the reader reads has surely another structure, which other data cannot explain."""
        stores = {read.store for read in self.reads}
        is_listed = any(self.words.names_keys_otherwise(name, self.listed(name)) for name in stores)
        return is_listed or next(self._sure_changes(stores), None) is not None

    @cached_property
    def is_surely_rewritten(self) -> bool:
        """Whether several records show that a store has another structure now."""
        stores = {read.store for read in self.reads}
        new = {change.path for change in self.all_changes if change.rule.happened == "added"}
        count = 0
        for change in self._sure_changes(stores):
            part = self.views[change.store].shapes[0].at(change.path)
            # What moved to where others stand, or a flag that is left out where it is false, shows nothing of the kind.
            is_moved = change.rule.happened == "moved" and not (change.to and change.to.parent in new)
            is_telling = part is not None and not is_moved and part.kinds != {JsonType.BOOLEAN}
            count += part.total if part is not None and is_telling else 0
            if count >= _SEVERAL:
                return True
        return False

    def _sure_changes(self, stores: set[str]) -> Iterator[Change]:
        """Yield the changes of some stores that other data cannot explain, whether or not the reader meets them."""
        for change in self.all_changes:
            if (
                change.store in stores
                and change.rule.aspect in SURE
                and not self._is_of_some(change)
                and change.rule.operator != "none"
                and change.path not in self.views[change.store].comparison.unseen
                and not self.is_weak(change)
                and not self._is_of_session(change)
            ):
                yield change

    def _is_of_session(self, change: Change) -> bool:
        """Whether a field is gone that held one value throughout each known-good session: one more may lack it."""
        if not change.rule.is_removal or not self.bound.may_lack_by_chance or self._is_of_same_records(change):
            return False
        scale = self._scale(change)
        return scale is not None and scale.absences.is_of_session(change.path)

    def is_only_listed(self, change: Change) -> bool:
        """Whether a change is of names that the reader lists, and names none of."""
        scale = self._scale(change)
        return scale is not None and scale.is_of_listed_names(change)


def _is_nothing(answer: Answer) -> bool:
    """Whether an answer says no more than that nothing was found: it is empty, or false."""
    return answer.empty or answer.text == "false" or bool(no_answer(answer))
