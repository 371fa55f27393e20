"""Weak changes: those that another session of the same program might show as well, which are no evidence of drift."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.base.forms import TIME_FORMS, key_form
from driftwright.base.path import EACH_ITEM, Key, Path, leaves, records_in, values_in, without_depth
from driftwright.base.terms import JsonType
from driftwright.structure import ALPHA, TELLING, Change, Shape, by_chance, likeness, name_likeness, shape_rows
from driftwright.verdict.absences import Absences, may_be_entries
from driftwright.verdict.key_names import are_other_entries, has_another_value, keys_at, words_of_key
from driftwright.verdict.units import are_shares_of_one, is_in_larger_unit, is_weak_scale

_DIGITS = re.compile(r"[0-9]+")
_SOFT = frozenset({"word", "text", "token", "path", "empty", "prefixed"})
_MADE = TIME_FORMS | {"uuid"}
"""Forms of texts that a program writes and nobody types in."""
_NUMERIC = frozenset({"digits", "numeric"})
_LARGE = 10**9
"""Numbers from here on are times and ids, which nobody types in."""
_NUMBERS = frozenset({JsonType.INTEGER, JsonType.NUMBER})
_CONTAINERS = frozenset({JsonType.OBJECT, JsonType.ARRAY})
_SEVERAL = 2
"""So many further known-good documents that all have a thing show that it belongs to the structure."""
_LIKE = 0.6
_FEW = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """What the weight of a change is told by.

    Args:
        absences: Tells whether what is missing is missed by chance, and holds the documents and what the reader names.
    """

    absences: Absences

    @property
    def _named(self) -> frozenset[str]:
        return self.absences.named

    def is_weak(self, change: Change) -> bool:
        """Whether another session of the same program might show the change as well."""
        aspect = change.rule.aspect
        if change.rule.is_removal:
            if change.params.get("replaced"):
                return False
            return self.absences.is_weak(change.path)
        if aspect == "place":
            return self._is_weak_move(change)
        if aspect == "presence":
            return self.absences.is_weak_presence(change.path, left_out=change.params.get("omitted", "") is None)
        old, new = (shape.at(change.path) for shape in self.absences.shapes)
        if change.rule.id == "whole-became-fraction":
            return old is None or new is None or not (is_in_larger_unit(old, new) or self._are_shares_now(change.path))
        return old is not None and new is not None and self._is_weak_value(change, old, new)

    def is_of_listed_names(self, change: Change) -> bool:
        """Whether names that come and go are only listed: the readers that meet them name none of them."""
        is_of_names = change.rule.aspect in ("existence", "place") and change.rule.happened != "wrapped"
        if not is_of_names or change.path.parent not in self.absences.listed:
            return False
        places = [place for place in (change.path, change.to) if place is not None]
        return not any(isinstance(place.last, Key) and self.absences.names(place) for place in places)

    def _is_weak_move(self, change: Change) -> bool:
        path, to, happened = change.path, change.to, change.rule.happened
        if happened in ("moved", "renamed", "wrapped") and self.absences.is_of_another_kind(path):
            return True
        if happened == "moved" and self.absences.is_of_emptied(path):
            return True
        if happened == "moved" and to is not None and (self._is_of_same_kind(path, to) or self._are_twins(path, to)):
            return True  # records of that kind are at another place, with all their fields, or have them in turn
        is_whole = bool(change.params.get("whole"))  # a map within a record of its own name is no deeper one of a tree
        if to is not None and to != path and not is_whole and without_depth(to) == without_depth(path):
            return True  # in a tree, the same field of a record that other data have at another depth
        if happened == "enumerated":
            return self.absences.is_weak(path)
        return happened == "renamed" and to is not None and (self._is_rare(change) or self._is_weak_rename(path, to))

    def _are_twins(self, path: Path, to: Path) -> bool:
        """Whether a field left one of two records that were and are built alike, and the other has it now."""
        if path.name != to.name or path.parent == to.parent:
            return False
        before, after = ([shape.at(place.parent) for place in (path, to)] for shape in self.absences.shapes)
        return all(
            left is not None and right is not None and likeness(left, right) >= _LIKE for left, right in (before, after)
        )

    def _is_of_same_kind(self, path: Path, to: Path) -> bool:
        """Whether a field moved with the records of its kind, to where records of other kinds stood before."""
        known, later = self.absences.known, [self.absences.later]
        before = [record for record in records_in(known, path.parent) if path.name in record]
        after = [record for record in records_in(later, to.parent) if to.name in record]
        at_home = list(records_in(known, to.parent))
        return bool(before and after and at_home) and any(
            isinstance(word, str)
            and all(record.get(name) == word for record in (*before, *after))
            and all(isinstance(record.get(name), str) and record[name] != word for record in at_home)
            for name, word in before[0].items()
        )

    def _is_rare(self, change: Change) -> bool:
        """Whether only some records have the new name, and the one known record may be of the kind that has the old."""
        old = self.absences.shapes[0].at(change.path.parent)
        return change.params.get("share", 1.0) < 1.0 and old is not None and old.count(JsonType.OBJECT) < _SEVERAL

    def _is_weak_rename(self, path: Path, to: Path) -> bool:
        if self._are_codes(path, to):
            return True
        if self._is_another_key_space(path, to):
            return False
        if are_other_entries(path.name, to.name):
            return True
        if not {path.name, to.name} & self._named and self._is_of_other_data(path, to):
            return True
        if any(len(text) >= TELLING and text in path.name and text not in to.name for text in self._named):
            return False  # he chooses keys by a part of their names, which the new name lacks
        # Who lists the keys of an object meets those that are there, as long as he names none of them.
        return (
            path.parent in self.absences.listed and not {path.name, to.name} & self._named and self._is_of_entries(path)
        )

    def _is_another_key_space(self, path: Path, to: Path) -> bool:
        """Whether a value that named each entry of a map names none now, and is of another form than its keys."""
        if key_form(to.name) == key_form(path.name) or to.name in self.absences.contents.later_values:
            return False  # the forms are asked first, for most names have the same, and the rest goes through documents
        keys = frozenset().union(*(keys_at(document, path.parent) for document in self.absences.known))
        keys_now = keys_at(self.absences.later, path.parent)
        for row in shape_rows(self.absences.shapes[0]):
            if row.shape.kinds != {JsonType.STRING} or row.path.within(path.parent):
                continue
            named, named_now = (
                {value for value in values_in(side, row.path) if isinstance(value, str)}
                for side in (self.absences.known, [self.absences.later])
            )
            if named == keys and named_now and named_now.isdisjoint(keys_now):
                return {key_form(name) for name in named_now} == {key_form(path.name)}
        return False

    def _are_codes(self, path: Path, to: Path) -> bool:
        """Whether two names are codes of a family, as `MD009` and `MD034`, each of which stands for another thing."""
        holder = self.absences.shapes[0].at(path.parent)
        letters = _DIGITS.sub("", path.name)
        if letters in (path.name, "") or letters != _DIGITS.sub("", to.name) or holder is None:
            return False
        return sum(1 for name in holder.fields if _DIGITS.sub("", name) == letters) > _SEVERAL

    def _is_of_other_data(self, path: Path, to: Path) -> bool:
        """Whether two names are keys that data make: values of their documents, words around them, entries of a map."""
        values = (self.absences.contents.known_values, self.absences.contents.later_values)
        if path.name in values[0] and to.name in values[1]:
            return True
        are_ids = all(any(map(str.isdigit, name)) for name in (path.name, to.name))
        if are_ids and words_of_key(path.name) == words_of_key(to.name):
            return True
        holder, later = (shape.at(path.parent) for shape in self.absences.shapes)
        is_entry = holder is not None and later is not None and may_be_entries(holder, later)
        return is_entry or has_another_value(path.name, to.name, *values)

    def _is_weak_value(self, change: Change, old: Shape, new: Shape) -> bool:
        aspect, happened = change.rule.aspect, change.rule.happened
        texts = (old.count(JsonType.STRING), new.count(JsonType.STRING))
        if aspect == "null":
            nulls = new.count(JsonType.NULL)
            # A map is written empty, and so is a list that was; a record may be nobody's yet, but not in many sessions.
            # Where some are null and others are there, only their numbers tell; but no list has holes by chance.
            is_all = nulls == new.total
            before = self._independent(change.path, old, is_all=is_all)
            is_container = old.values is not None or (
                before > _SEVERAL
                and (old.kinds == {JsonType.OBJECT} or (old.kinds == {JsonType.ARRAY} and old.empty > 0))
            )
            is_hole = happened == "holes" and (is_container or (old.kinds == {JsonType.OBJECT} and before >= _SEVERAL))
            is_sure = is_hole or (is_container and is_all)
            # A null in both of two records may be the session's, as nobody is signed in: then it was seen once.
            is_of_session = is_all and new.total <= _SEVERAL
            counts = (len(self.absences.known), 1, 1) if is_of_session else (before, new.total, nulls)
            chance = not is_sure and by_chance(*counts)
            return chance or self.absences.is_of_another_kind(change.path)
        if aspect == "scale":
            return is_weak_scale(old, new)
        if change.before == "left out":
            # Few records may all happen to have what some always had; each one has it with the share that had it.
            holder = self.absences.shapes[0].at(change.path.parent)
            share = (
                holder.presence(change.path.name) if holder is not None and isinstance(change.path.last, Key) else 0.0
            )
            return share < 1.0 and bool(share**new.total > ALPHA)
        if aspect == "form" and happened == "emptied":
            return self._is_weak_emptiness(change.path, old.forms.get("empty", 0), texts)
        if aspect == "keys" and old.values is not None and new.values is not None:
            if change.params.get("form") == "counted":
                return False  # however few entries there are, a program counts them as it does
            return by_chance(old.values.total, new.values.total, new.values.total)
        if aspect == "form" and change.params.get("as") == "words":
            return self._is_weak_spelling(change.params.get("words", {}), old, new)
        if aspect == "form" and change.after == "text" and texts[1]:
            # What people write is of any form: as many sentences as there were addresses are no proof yet.
            return by_chance(*texts, texts[1]) or min(texts) <= _FEW
        if aspect == "form" and (change.before in _SOFT or change.after in _SOFT):
            return by_chance(*texts, texts[1])
        if aspect == "type" and self._is_weak_type(change, old, new):
            return True
        words = old if change.rule.id == "scalar-became-object" else new
        is_state = (
            isinstance(change.path.last, Key) and words.kinds <= {JsonType.STRING} and set(words.forms) <= {"word"}
        )
        is_union = change.rule.id in ("object-became-scalar", "scalar-became-object") and is_state
        is_record = old.values is None and new.values is None
        if is_union and is_record and len(self.absences.known) <= _SEVERAL and not self._is_newly_used(change.path):
            # Some states are told by a word alone, and others by a record: few values do not show all of them.
            return by_chance(old.total, new.total, new.total)
        return False

    def _is_weak_type(self, change: Change, old: Shape, new: Shape) -> bool:
        """Whether values are of another type by chance: some of them, typed-in ones, those of several types."""
        if change.params.get("share", 1.0) < 1.0:
            return by_chance(old.total, new.total, round(change.params["share"] * new.total))
        # What somebody typed in is a text or a number, and what was of several types is whatever somebody chose: few
        # such values do not show that it is never another.
        is_free = _is_of_free_values(change.path, old, new) or len(old.kinds - _CONTAINERS) > 1
        return is_free and by_chance(old.total, new.total, new.total)

    def _is_weak_emptiness(self, path: Path, empty: int, texts: tuple[int, int]) -> bool:
        """Whether texts are all empty by chance, or in the session alone, or where only records of a kind had any."""
        share = (empty + 1) / (texts[0] + 2)
        is_chance = bool(share ** texts[1] > ALPHA) or self._is_of_whole_sessions(path)
        return is_chance or self.absences.is_of_another_kind(path)

    def _is_of_whole_sessions(self, path: Path) -> bool:
        """Whether all texts of a path are empty in one known session, and none of them in another."""
        sides = [[not text for text in values_in([document], path)] for document in self.absences.known]
        sides_with_texts = [empty for empty in sides if empty]
        return (
            all(all(empty) or not any(empty) for empty in sides_with_texts)
            and len({empty[0] for empty in sides_with_texts}) > 1
        )

    def _independent(self, path: Path, old: Shape, *, is_all: bool) -> int:
        """Return how many values of a path say something on their own.

        One value in all records of a session, which is null in all of them now, is the session's: it was seen once.
        """
        return len(self.absences.known) if is_all and self.absences.is_of_session(path) else old.total

    def _are_shares_now(self, path: Path) -> bool:
        known, later = (list(values_in(side, path)) for side in (self.absences.known, [self.absences.later]))
        return are_shares_of_one(known, later)

    def _is_weak_spelling(self, words: Mapping[str, Any], old: Shape, new: Shape) -> bool:
        """Whether other words are merely other values: the readers know them, or nothing ties them to the old ones."""
        if any(str(word) in self._named for word in words.values()):
            return True
        alike = all(name_likeness(word, str(other)) >= _LIKE for word, other in words.items())
        return not alike and not (old.enum or frozenset()) & (new.enum or frozenset())

    def _is_newly_used(self, path: Path) -> bool:
        """Whether a flag, or a word that the reader names, now stands in a record where it stood alone."""
        held = {leaf for value in values_in([self.absences.later], path) for leaf in leaves(value)}
        return bool(self._named & {leaf for leaf in held if isinstance(leaf, str)}) or not held.isdisjoint(
            (True, False)
        )

    def _is_of_entries(self, path: Path) -> bool:
        """Whether an object holds entries of one kind under names with digits in them, as ids have."""
        holder = self.absences.shapes[0].at(path.parent)
        return holder is not None and len(holder.fields) > 1 and all(any(map(str.isdigit, n)) for n in holder.fields)


def _is_of_free_values(path: Path, old: Shape, new: Shape) -> bool:
    """Whether records of a list hold a text where they held a number, or a number where they held a text."""
    in_list = len(path.steps) > 1 and path.parent.last == EACH_ITEM
    kinds = (old.kinds, new.kinds)
    is_typed_in = any(JsonType.STRING in kind for kind in kinds) and any(kind & _NUMBERS for kind in kinds)
    forms = set(old.forms) | set(new.forms)
    is_made = forms <= _MADE or (forms <= _NUMERIC and max(old.low or 0, new.low or 0) >= _LARGE)
    return in_list and is_typed_in and all(len(kind) == 1 for kind in kinds) and not is_made
