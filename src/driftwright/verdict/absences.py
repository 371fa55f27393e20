"""Absences: whether another session of the same program might lack what is missing now, so that it is no drift."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.base.jsontext import json_text, parse_text
from driftwright.base.path import (
    EACH_ITEM,
    EACH_VALUE,
    Key,
    Path,
    Step,
    leaves,
    names_in,
    records_in,
    values_in,
    without_depth,
)
from driftwright.base.terms import JsonType
from driftwright.structure import (
    ALPHA,
    DELETE,
    TELLING,
    Shape,
    adds_parts,
    by_chance,
    chance_of_both,
    chance_of_none,
    edit_at,
    likeness,
    may_be_left_out,
    may_be_missing,
    parts_of_names,
    plain_name,
    pooled_at,
    shape_rows,
)
from driftwright.verdict.contents import Contents, texts_of
from driftwright.verdict.key_names import has_another_value, keys_at, words_of_key

_FEWEST_TEXTS = 2
_SEVERAL = 2
"""So many further known-good documents that all have a thing show that it belongs to the structure."""
_LIKE = 0.6
_PART_OF_NAME = re.compile(r"[.:/|#@]+")


@dataclass(frozen=True, slots=True)
class Absences:
    """What is told by whether a missing field or entry is missed by chance.

    Args:
        contents: The known-good documents, and the later one.
        shapes: The shape of the known-good ones, and that of the later one.
        named: The texts that stand in the reader's source.
        listed: The objects whose keys the reader lists.
        dumps: The objects that are dumps of a storage area: some of their values were JSON texts, and others not.
    """

    contents: Contents
    shapes: tuple[Shape, Shape]
    named: frozenset[str]
    listed: frozenset[Path]
    dumps: frozenset[Path] = frozenset()

    @property
    def known(self) -> tuple[Any, ...]:
        """The known-good documents."""
        return self.contents.known

    @property
    def later(self) -> Any:
        """The later document."""
        return self.contents.later

    def is_weak(self, path: Path) -> bool:
        """Whether another session of the same program might lack a field, or an entry, as well."""
        holder, later = (pooled_at(shape, path.parent) for shape in self.shapes)
        if holder is None or later is None or not isinstance(path.last, Key):
            return False
        if self._is_restyled(path) or (holder.values is not None and self._keeps_all_but(path)):
            return False
        if path.parent in self.listed and not self.names(path) and (later.fields or later.values):
            # Who lists the keys meets those that are there; but who chooses by a word in them does not.
            return not (self._is_deeper_now(path) or self._is_chosen(path))
        if self._lacks_beside(path) or self._was_written_null(path):
            return False
        if self._is_of_other_records(path):
            return True
        return not self._is_sure(path, holder, later)

    def _is_of_other_records(self, path: Path) -> bool:
        """Whether the later records are others: emptied ones, of another kind, at another depth, or with defaults."""
        return (
            self.is_of_emptied(path)
            or self._is_beside_emptied(path)
            or self.is_of_another_kind(path)
            or self._is_at_another_depth(path)
            or self.may_be_left_out(path)
        )

    def may_be_left_out(self, path: Path) -> bool:
        """Whether a text was empty, or a value null, so often that it may be left out for that now that it is gone."""
        part, later = self.shapes[0].at(path), self.shapes[1].at(path.parent)
        if part is None or later is None or self._was_written_null(path):
            return False
        return may_be_left_out(part, later.count(JsonType.OBJECT))

    def _was_written_null(self, path: Path) -> bool:
        """Whether a record that stands in no list or map had a field that was null, and still has half of them.

        What writes null for want of a value does not leave the field out as well. In a list, a record that lacks it may
        be of another kind; this one is the same.
        """
        if {EACH_ITEM, EACH_VALUE} & {*path.steps} or path.parent in self.dumps:
            return False
        holder, later = (shape.at(path.parent) for shape in self.shapes)
        if holder is None or later is None or holder.values is not None:
            return False
        if len(holder.fields.keys() & later.fields.keys()) * 2 < len(holder.fields):
            return False  # most of it is gone, as of a state that is as it was in the beginning
        part = holder.fields.get(path.name)
        return part is not None and part.count(JsonType.NULL) > 0 and holder.presence(path.name) >= 1.0

    def _is_sure(self, path: Path, holder: Shape, later: Shape) -> bool:
        """Whether so many records, or what else stands in them, show that a field belongs to them no more."""
        records = holder.count(JsonType.OBJECT)
        had = holder.fields[path.name].total if path.name in holder.fields else 0
        now = later.count(JsonType.OBJECT)
        is_sure = not may_be_missing(had, records, now)
        if is_sure and had == records and self.is_of_session(path):
            # One value in all records of a session was seen once, however many records hold it.
            is_sure = not may_be_missing(len(self.known), len(self.known), now)
        if is_sure or self._is_gone_everywhere(path.name):
            return True
        if len(self.known) > _SEVERAL and had == records:
            return True
        # A record that only lacks something proves little; one in which names stand that no record had was written by
        # another program, and so was a store that holds elsewhere what is missing here. One value throughout is of the
        # session, and one later record may lack it whatever wrote it.
        # An area is shared by all that a page keeps, so that its new keys tell nothing of those that are gone.
        # What only some of the lone records had, as when a game is over, this one may not have yet.
        is_usual = had * 2 > records or bool({EACH_ITEM, EACH_VALUE} & {*path.steps})
        if is_usual and path.parent not in self.dumps and self._new_names(holder, later):
            if may_be_entries(holder, later) and path.name not in self.named:
                return False
            if path.parent.steps and _are_options(holder, later):
                return False
            if records == 1 and EACH_ITEM in path.steps and later.count(JsonType.OBJECT) > 1:
                return False  # a list of one record does not show what others have
            is_one = had >= _SEVERAL and later.count(JsonType.OBJECT) == 1
            if not (is_one and self.is_of_session(path)):
                return True
        return self._is_elsewhere_now(path)

    def is_weak_presence(self, path: Path, *, left_out: bool) -> bool:
        """Whether another session of the same program might lack a field in some records as well.

        Args:
            path: The field.
            left_out: Whether it is null in none of the later records now, as if it were left out for that.
        """
        holder, later = (shape.at(path.parent) for shape in self.shapes)
        if holder is None or later is None or not isinstance(path.last, Key):
            return False
        had, has = holder.count(JsonType.OBJECT), later.count(JsonType.OBJECT)
        old, new = holder.fields.get(path.name), later.fields.get(path.name)
        there = new.total if new else 0
        chance = by_chance(had, has, has - there)
        if chance and left_out and old is not None:
            # Records lack it, and none is null any more: that both are chance is less likely than each of them.
            ended = chance_of_none(there, old.total, old.count(JsonType.NULL))
            chance = chance_of_both(chance_of_none(had, has, has - there), ended) > ALPHA
        return chance or self.is_of_another_kind(path) or self._is_at_another_depth(path)

    def names(self, path: Path) -> bool:
        """Whether the reader's source has the name of a field, or a part of it that no later name there has.

        By a part of their names, as `shop.`, a reader chooses among many; one fewer of them is no other structure.
        """
        return path.name in self.named or bool(self._lost_from_names(path, parts_of_names(self.named)))

    def _is_chosen(self, path: Path) -> bool:
        """Whether a word of the source, by which it chooses among names, is lost with one whose content moved on."""
        words = (text for text in self.named if len(text) >= TELLING)
        return bool(self._lost_from_names(path, words)) and self._is_elsewhere_now(path)

    def _lost_from_names(self, path: Path, texts: Iterable[str]) -> list[str]:
        """Return those of some texts that are in a name, and in no later name there."""
        later = keys_at(self.later, path.parent)
        return [text for text in texts if text in path.name and not any(text in name for name in later)]

    def _known_keys(self, path: Path) -> frozenset[str]:
        """Return the keys of all known-good objects at a path."""
        return frozenset().union(*(keys_at(document, path) for document in self.known))

    def _new_names(self, holder: Shape, later: Shape) -> set[str]:
        """Return the names of a later record that no known one has, nor any made of the same words around an id."""
        known = {words_of_key(name) for name in holder.fields if any(map(str.isdigit, name))}
        names = set(later.fields) - set(holder.fields) - self.contents.all_known_names
        values = (self.contents.known_values, self.contents.later_values)
        return {
            name
            for name in names
            if not (any(map(str.isdigit, name)) and words_of_key(name) in known)
            and not any(has_another_value(old, name, *values) for old in holder.fields)
        }

    def _is_gone_everywhere(self, name: str) -> bool:
        """Whether all records of several places had a field, and too many are there still for none to have it.

        One value in all of them is the session's, and says no more than one record does.
        """
        had = now = places = 0
        values: set[str] = set()
        kinds: set[frozenset[JsonType]] = set()
        for row in shape_rows(self.shapes[0]):
            if not row.path.steps or row.path.last != Key(name):
                continue
            later = self.shapes[1].at(row.path.parent)
            records = later.count(JsonType.OBJECT) if later is not None else 0
            if row.shape.total < row.containers or (later is not None and name in later.fields):
                return False
            if records:
                had, now, places = had + row.containers, now + records, places + 1
                kinds.add(frozenset(row.shape.kinds))
                values |= {json_text(value) for value in values_in(self.known, row.path)}
        # A record here and a flag there are two things that happen to be called alike.
        is_one = places >= _SEVERAL and len(kinds) == 1
        return is_one and len(values) >= _SEVERAL and not may_be_missing(had, had, now)

    def _keeps_all_but(self, path: Path) -> bool:
        """Whether a map has every other entry that it had, and is no smaller one: where only two stayed, one is new."""
        old = self._known_keys(path.parent) - {path.name}
        new = keys_at(self.later, path.parent) - {path.name}
        return old <= new and (len(old) > _SEVERAL or (len(old) == _SEVERAL and old != new))

    def _is_deeper_now(self, path: Path) -> bool:
        """Whether a name that is gone from a record now stands deeper within such a record."""
        records = records_in([self.later], path.parent)
        return any(path.name not in record and path.name in names_in(record) for record in records)

    def _is_restyled(self, path: Path) -> bool:
        """Whether the same words stand where a name was: in another style, or with one more among them.

        `Content-Type` is `content-type`, and `app.2.cart.items` is `app.cart.items`.
        """
        names = keys_at(self.later, path.parent)
        if path.name in names:
            return False
        names -= self._known_keys(path.parent)
        return any(plain_name(name) == plain_name(path.name) or adds_parts(name, path.name) for name in names)

    def is_of_emptied(self, path: Path) -> bool:
        """Whether all of several records that held a field are empty now, as forms that nobody filled in."""
        later = self.shapes[1].at(path.parent)
        if later is None or later.count(JsonType.OBJECT) < _SEVERAL:
            return False
        return not later.fields and (later.values is None or not later.values.total)

    def _is_beside_emptied(self, path: Path) -> bool:
        """Whether a field is gone only where everything beside it is empty now, as an empty collection has no last id.

        What stands beside it are the containers of the record that holds it, or that holds this one.
        """
        for holder in (path.parent, path.parent.parent) if len(path.steps) > 1 else (path.parent,):
            step = path.steps[len(holder.steps)]
            before, after = ([*records_in(side, holder)] for side in (self.known, [self.later]))
            beside = [_containers_beside(record, step) for record in (*before, *after)]
            if not after or not all(beside):
                continue
            known, later = beside[: len(before)], beside[len(before) :]
            if all(map(_hold_something, known)) and not any(map(_hold_something, later)):
                return True
        return False

    def _lacks_beside(self, path: Path) -> bool:
        """Whether an entry that is asked for by name lacks what all other entries of its map surely lack as well."""
        if not isinstance(path.last, Key) or not isinstance(path.parent.last, Key):
            return False
        old, new = (shape.at(path.parent.parent) for shape in self.shapes)
        if old is None or new is None or old.values is None or new.values is None:
            return False
        part = old.values.fields.get(path.name)
        if part is None or path.name in new.values.fields:
            return False
        return not may_be_missing(part.total, old.values.count(JsonType.OBJECT), new.values.count(JsonType.OBJECT))

    def _is_elsewhere_now(self, path: Path) -> bool:
        """Whether most of what stood at a path, or a new field of its name, stands elsewhere in the later document."""
        own = [
            [value for value in map(parse_text, values_in([document], path)) if isinstance(value, dict | list)]
            for document in self.known
        ]
        parts = [value for values in own for value in values]
        beside = texts_of([edit_at(document, path, lambda _: DELETE)[0] for document in self.known] if parts else [])
        # Each document by itself, too, for the later one may be of the same user as any of them.
        for values in (*own, parts) if len(own) > 1 else own:
            held = {text for value in values for text in texts_of(value)} - beside
            names = held & {name for value in values for name in names_in(value)}
            if any(
                len(some) >= _FEWEST_TEXTS and len(some & self.contents.later_texts) * 2 >= len(some)
                for some in (held, names)
            ):
                return True
        # Records that stood in two places and are all there still were not taken away: one of the places was.
        if len(parts) == 1 and _holds_records(parts[0]) and texts_of(parts[0]) <= self.contents.later_texts:
            return True
        name = _PART_OF_NAME.split(path.name)[-1]
        is_known = name in self.contents.all_known_names
        return bool(name) and name in self.contents.later_names and not is_known

    def _is_at_another_depth(self, path: Path) -> bool:
        """Whether a field is gone at one depth of a tree alone, and later records have it at another."""
        return any(
            row.path.last == path.last and row.path != path and without_depth(row.path) == without_depth(path)
            for row in shape_rows(self.shapes[1])
            if row.shape.total
        )

    def is_of_another_kind(self, path: Path) -> bool:
        """Whether only records of one kind had it, and no later record is of that kind."""
        return self.contents.is_of_another_kind(path)

    def is_of_session(self, path: Path) -> bool:
        """Whether all records of each session hold one and the same value, and one session at least has several."""
        counts = [_count_of_one(values_in([document], path)) for document in self.known]
        return all(counts) and max(counts) > 1


def _count_of_one(values: Iterable[Any]) -> int:
    """Return how many values there are, when all are one and the same; 0 when they are not."""
    count, first = 0, ""
    for value in values:
        text = json_text(value)
        if count and text != first:
            return 0  # most fields have another value in the second record: nobody looks at the rest
        count, first = count + 1, text
    return count


def _containers_beside(record: Mapping[str, Any], step: Step) -> list[Any]:
    """Return the objects and lists of a record but the one to which a step leads."""
    own = step.name if isinstance(step, Key) else None
    return [value for name, value in record.items() if name != own and isinstance(value, dict | list)]


def _hold_something(containers: list[Any]) -> bool:
    return any(True for _ in leaves(containers))


def may_be_entries(shape: Shape, other: Shape) -> bool:
    """Whether two lone records without a common name may be a map's: all that they hold is of one kind and form."""
    if shape.fields.keys() & other.fields.keys() or max(shape.count(JsonType.OBJECT), other.count(JsonType.OBJECT)) > 1:
        return False
    parts = [*shape.fields.values(), *other.fields.values()]
    return all(likeness(parts[0], part) >= _LIKE or _have_same_fields(parts[0], part) for part in parts)


def _are_options(shape: Shape, other: Shape) -> bool:
    """Whether two records have little in common, as those of free options, of which each session sets others."""
    common = shape.fields.keys() & other.fields.keys()
    parts = [*shape.fields.values(), *other.fields.values()]
    held = {kind for part in parts for kind in part.kinds & {JsonType.OBJECT, JsonType.ARRAY}}
    if not common:
        # Options are all alike; where a record and a list stood beside each other, each had its own meaning.
        return len(held) < _SEVERAL
    return not held and len(common) * 2 < len(shape.fields)


def _have_same_fields(shape: Shape, other: Shape) -> bool:
    """Whether one of two records has no field that the other lacks."""
    fewer, more = sorted((shape.fields.keys(), other.fields.keys()), key=len)
    return shape.kinds == other.kinds == {JsonType.OBJECT} and bool(fewer) and fewer <= more


def _holds_records(value: dict[str, Any] | list[Any]) -> bool:
    """Whether a container holds several records, each with several texts of its own."""
    entries = list(value.values()) if isinstance(value, dict) else value
    held = [len(texts_of(entry)) >= _FEWEST_TEXTS for entry in entries if isinstance(entry, dict)]
    return len(held) >= _SEVERAL and len(held) == len(entries) and all(held)
