"""The words of a reader's source, in the names and texts of known-good stores and of a capture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from driftwright.base.jsontext import json_text
from driftwright.base.path import Key, Path, StorePath
from driftwright.base.terms import JsonType
from driftwright.structure import TELLING, ComparedStores, Shape, may_be_missing, parts_of_names, shape_rows
from driftwright.verdict.contents import Contents
from driftwright.verdict.key_names import (
    are_all_named_otherwise,
    are_restyled,
    first_parts,
    has_new_words,
    is_in,
    keys_at,
)
from driftwright.verdict.store_case import Bound, StoreCase, text_given

_SEVERAL = 2
_MARKS = "\"':,{}[] "
"""What stands around a word in a JSON text."""


@dataclass(frozen=True, slots=True)
class SourceWords:
    """The words of one reader's source, and the stores in which they may stand.

    Args:
        literals: The texts that stand in its source.
        stores: What is known of each store, by its name.
        views: The comparison of each store, as the reader sees it.
        bound: The situations that it was run in.
        reads: What it reads.
    """

    literals: frozenset[str]
    stores: Mapping[str, StoreCase]
    views: Mapping[str, ComparedStores]
    bound: Bound
    reads: frozenset[StorePath]

    def is_held(self, text: str) -> bool:
        """Whether the capture of a store that the reader reads holds a text as a value."""
        contents = (self.stores[name].contents for name in {read.store for read in self.reads})
        return any(text in held.later_values for held in contents if held is not None)

    def names_keys_otherwise(self, name: str, listed: frozenset[Path]) -> bool:
        """Whether the source names a part of keys that the reader lists, and that the capture has in none of them.

        Args:
            name: The store.
            listed: The objects whose keys the reader lists.
        """
        contents = self.stores[name].contents
        if contents is None:
            return False
        texts = [text for text in self.literals if len(text) >= TELLING]
        for path in listed:
            known = [keys_at(document, path) for document in contents.known]
            later = keys_at(contents.later, path)
            if not self._are_of_other_words(contents, frozenset().union(*known), later):
                continue
            if later and any(
                not any(text in key for key in later)
                and all(any(text in key and text != key for key in keys) for keys in known)
                and not self._is_of_most_keys(StorePath(name, path), text, known, later)
                for text in texts
            ):
                return True
        return False

    def _is_of_most_keys(
        self, place: StorePath, text: str, known: Sequence[frozenset[str]], later: frozenset[str]
    ) -> bool:
        """Whether most keys of a map held a text, and so few are left that all of them may lack it by chance."""
        shapes = self.views[place.store].shapes
        holders = [shape.at(place.path) for shape in shapes]
        if any(holder is None or holder.values is None for holder in holders):
            return False
        had, of = sum(text in key for keys in known for key in keys), sum(map(len, known))
        is_most = had < of < had * 2 or (had < of and self._are_like_records(place))
        return is_most and may_be_missing(had, of, len(later))

    def _are_like_records(self, place: StorePath) -> bool:
        """Whether all entries of a map were and are records with the same fields, whatever their keys are made of."""
        fields = []
        for shape in self.views[place.store].shapes:
            holder = shape.at(place.path)
            if holder is None or holder.values is None or holder.values.kinds != {JsonType.OBJECT}:
                return False
            fields.append({name for name in holder.values.fields if holder.values.presence(name) >= 1.0})
        return bool(fields[0]) and fields[0] <= fields[1]

    def _is_of_some_records(self, name: str, text: str) -> bool:
        """Whether only some records had a text in a name, or below it, so few that no later one has it by chance."""
        contents = self.stores[name].contents
        if contents is None:
            return False
        before, after = self.views[name].shapes
        chances = [_may_all_lack(row.path, before, after) for row in shape_rows(before) if _has_in_name(row.path, text)]
        for row in shape_rows(before):
            keys = [keys_at(known, row.path) for known in contents.known] if row.shape.values is not None else []
            if any(text in key for some in keys for key in some):
                place = StorePath(name, row.path)
                later = keys_at(contents.later, row.path)
                chances.append(self._are_like_records(place) and self._is_of_most_keys(place, text, keys, later))
        return bool(chances) and all(chances)

    def lists_other_keys(self, name: str, listed: frozenset[Path]) -> bool:
        """Whether that is so, and no new key begins as one of those did, as another entry of the same scheme would.

        Args:
            name: The store.
            listed: The objects whose keys the reader lists.
        """
        contents = self.stores[name].contents
        if contents is None or not self.names_keys_otherwise(name, listed):
            return False
        known = frozenset().union(*(keys_at(document, path) for document in contents.known for path in listed))
        later = frozenset().union(*(keys_at(contents.later, path) for path in listed))
        new = first_parts(later - known)
        return bool(new) and new.isdisjoint(first_parts(known - later))

    def _are_of_other_words(self, contents: Contents, known: frozenset[str], later: frozenset[str]) -> bool:
        """Whether the keys that are there now were made otherwise, as far as so many sessions can show."""
        if len(contents.known) == 1 and len(later) * 2 < len(known):
            return False  # a store that is all but empty shows little
        if len(contents.known) > _SEVERAL or are_all_named_otherwise(known, later) or are_restyled(known, later):
            return True
        return len(contents.known) == _SEVERAL and has_new_words(known, later, contents.later_values)

    def are_lost(self) -> bool:
        """Whether a text of the reader's source is in every known-good store, and nowhere on the capture.

        A name is a part of the structure, and so is what only ever is a part of a text; another text may be one that
        the data of the capture happen to lack, unless very many known-good stores have it.
        """
        if not self.bound.captured:
            return False
        for name in {read.store for read in self.reads}:
            rare = self._rare_names(name)
            texts = [text for text in self.literals - rare if len(text) >= TELLING]
            if any(not self._is_of_some_records(name, text) for text in self._lost_names(name, texts)):
                return True
            if self.bound.may_lack_by_chance:
                contents = self.stores[name].contents
                whole = contents.known_values if contents is not None else frozenset()
                texts = [text for text in texts if text.strip(_MARKS) not in whole]
            # As the reader is given them: JSON within texts stands there in its own coding.
            known = [text_given(situation, name) for situation in self.bound.known]
            later = text_given(self.bound.captured[0], name)
            # A reader may write the document as a text itself, and look for names in it with their quotes.
            forms = [(text, form) for text in texts for form in {text, _in_json(text)}]
            lost = [text for text, form in forms if form not in later and all(form in each for each in known)]
            if later and any(not self._is_of_some_texts(name, text) for text in lost):
                return True
        return False

    def _is_of_some_texts(self, name: str, text: str) -> bool:
        """Whether only some texts under a name held a text, so few that by chance no later one there holds it."""
        contents = self.stores[name].contents
        if contents is None or not self.bound.may_lack_by_chance:
            return False
        before, after = contents.texts_by_name
        places = [field for field, texts in before.items() if any(text in each for each in texts)]
        return bool(places) and all(
            0 < (had := sum(text in each for each in before[field])) < len(before[field])
            and may_be_missing(had, len(before[field]), len(after.get(field, ())))
            for field in places
        )

    def loses_kind(self) -> bool:
        """Whether no record has a word of the source any more by which records were told apart.

        So many records have other words now, some of them new, that chance does not explain it.
        """
        for name in {read.store for read in self.reads}:
            contents = self.stores[name].contents
            if contents is None:
                continue
            before, after = contents.texts_by_name
            for field, words in contents.kind_fields.items():
                later = after.get(field, ())
                if words.issuperset(later):
                    continue
                lost = (words & self.literals).difference(later)
                counts = (before[field].count(word) for word in lost)
                if not all(may_be_missing(count, len(before[field]), len(later)) for count in counts):
                    return True
        return False

    def lost_from_keys(self) -> str:
        """Return a part of keys that the source names, that every known-good store has, and the capture in no key.

        A whole name is a field, which tells by itself what became of it; so are a few letters no part to choose by.
        """
        for name in {read.store for read in self.reads}:
            contents = self.stores[name].contents
            if contents is None:
                continue
            for text in self._lost_names(name, parts_of_names(self.literals)):
                if not any(text in names for names in contents.known_names):
                    return text
        return ""

    def _rare_names(self, name: str) -> set[str]:
        """The names of a store's fields that the capture may lack by chance, and those that the reader reads below."""
        unseen = self.views[name].comparison.unseen
        reads = [self.stores[name].whole(read.path) for read in self.reads if read.store == name]
        below = [read for read in reads if any(read.within(place) for place in unseen)]
        return {step.name for path in (*unseen, *below) for step in path.steps[-1:] if isinstance(step, Key)}

    def _lost_names(self, name: str, texts: Iterable[str]) -> list[str]:
        """Return those of some texts that are in a name of every known-good store, and in no name of the capture."""
        contents, asked = self.stores[name].contents, list(texts)
        if contents is None or not asked or not contents.later_names:
            return []
        # Where a map or a list is empty now, nobody can miss the names that its entries had.
        emptied = [place for place in self.views[name].comparison.unseen if not isinstance(place.last, Key)]
        known_names = contents.known_names_without(emptied)
        doubtful = {place.name for place in self.views[name].comparison.unseen if isinstance(place.last, Key)}
        lost = [text for text in asked if not any(text in key for key in contents.later_names)]
        # A word may be the name of a field that is missed by chance; a part of keys with a separator is none.
        sides = {True: [names - doubtful for names in known_names], False: known_names}
        return [text for text in lost if all(any(text in key for key in names) for names in sides[text.isalnum()])]

    def respelled_name(self) -> str:
        """Return a text of the reader's source that names of the store held, and that stands there otherwise now.

        So it is where other separators stand around the same word in the names, or where the records of a kind are
        built as before and have another word for it. Empty where there is none.
        """
        texts = sorted(text for text in self.literals if len(text) >= TELLING)
        return next(iter(self._respelled(texts)), "") or self.renamed_kind()

    def is_respelled(self, text: str) -> bool:
        """Whether names of the store held a text, and hold its word between other separators now."""
        return any(True for _ in self._respelled([text]))

    def _respelled(self, texts: Sequence[str]) -> Iterator[str]:
        for name in {read.store for read in self.reads}:
            contents = self.stores[name].contents
            if contents is None:
                continue
            new_names = contents.later_names - contents.all_known_names
            lost = set(self._lost_names(name, texts))
            yield from (
                text for text in texts if text in lost and (is_in(text, new_names) or _stands_in_values(text, contents))
            )

    def renamed_kind(self) -> str:
        """Return a word of the source for a kind of records that are built as before and have another word for it now.

        Empty where there is none.
        """
        for name in {read.store for read in self.reads}:
            contents = self.stores[name].contents
            if contents is not None and (words := sorted(contents.renamed_kinds.keys() & self.literals)):
                return words[0]
        return ""


def _stands_in_values(text: str, contents: Contents) -> bool:
    """Whether values begin with a part of keys now, as where keys are written into the entries, and none did before."""
    if len(text) < TELLING or text.isalnum():
        return False
    now, before = (
        any(value.startswith(text) for value in held) for held in (contents.later_values, contents.known_values)
    )
    return now and not before


def _has_in_name(path: Path, text: str) -> bool:
    return bool(path.steps) and isinstance(path.last, Key) and text in path.name


def _may_all_lack(path: Path, before: Shape, after: Shape) -> bool:
    """Whether the later values at the nearest place that is there still may lack by chance what some known ones had."""
    place, part = path.parent, before.at(path)
    while place.steps and ((later := after.at(place)) is None or not later.total):
        place = place.parent
    known, later = before.at(place), after.at(place)
    if known is None or later is None or part is None:
        return False
    had = min(part.total, known.total)
    return had < known.total and may_be_missing(had, known.total, later.total)


def _in_json(text: str) -> str:
    """A text as it stands within a JSON text."""
    return json_text(text)[1:-1]
