"""What the documents of one store hold as a whole, found once for all readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from driftwright.base.jsontext import json_text, parse_text
from driftwright.base.path import Key, Path, names_in, objects, records_in, text_leaves
from driftwright.structure import DELETE, edit_at, kind_fields, renamed_kinds

_SHORT = 2
_SMALLER = 4
"""How many times smaller the store of a session is that is only begun, or signed out."""


@dataclass(frozen=True)
class Contents:
    """The documents of one store.

    Args:
        known: The known-good documents.
        later: The later one.
    """

    known: tuple[Any, ...]
    later: Any

    @cached_property
    def known_names(self) -> tuple[frozenset[str], ...]:
        """All names of fields and keys in each known-good document."""
        return tuple(map(names_in, self.known))

    def known_names_without(self, places: Iterable[Path]) -> tuple[frozenset[str], ...]:
        """Return all names in each known-good document but for what stands at some places.

        Args:
            places: Where the later document shows nothing, so that nothing can be missed there.
        """
        left_out = tuple(places)
        if not left_out:
            return self.known_names
        if left_out not in self._names_without:
            documents = list(self.known)
            for place in left_out:
                documents = [edit_at(document, place, lambda _: DELETE)[0] for document in documents]
            self._names_without[left_out] = tuple(map(names_in, documents))
        return self._names_without[left_out]

    @cached_property
    def _names_without(self) -> dict[tuple[Path, ...], tuple[frozenset[str], ...]]:
        return {}

    @cached_property
    def all_known_names(self) -> frozenset[str]:
        """All names of fields and keys in any known-good document."""
        return frozenset().union(*self.known_names)

    @cached_property
    def later_names(self) -> frozenset[str]:
        """All names of fields and keys in the later document."""
        return names_in(self.later)

    @cached_property
    def known_values(self) -> frozenset[str]:
        """All texts that are values in a known-good document."""
        return text_leaves(list(self.known))

    @cached_property
    def later_values(self) -> frozenset[str]:
        """All texts that are values in the later document."""
        return text_leaves(self.later)

    @cached_property
    def holds_little(self) -> bool:
        """Whether the later document is so small that nothing follows from what it lacks."""
        return len(json_text(self.later)) * _SMALLER < min(map(len, map(json_text, self.known)))

    @cached_property
    def texts_by_name(self) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]:
        """By the name of each field all texts that stand in it, in any record: the known-good ones, and the later."""
        return _texts_by_name(list(self.known)), _texts_by_name(self.later)

    @cached_property
    def later_texts(self) -> frozenset[str]:
        """The texts and names of the later document, as `texts_of` tells them."""
        return texts_of(self.later)

    @cached_property
    def kind_fields(self) -> Mapping[str, frozenset[str]]:
        """The fields that tell records of many kinds apart, with their words."""
        return kind_fields(self.known)

    @cached_property
    def renamed_kinds(self) -> Mapping[str, str]:
        """The words of kinds of records that are gone, each with the new word of the records that are built alike."""
        return renamed_kinds(self.known, self.later)

    def is_of_another_kind(self, path: Path) -> bool:
        """Whether only records of one kind had a field, and no later record is of that kind."""
        if path not in self._kinds_lacking:  # each reader asks it of the same changes
            self._kinds_lacking[path] = self._is_of_another_kind(path)
        return self._kinds_lacking[path]

    @cached_property
    def _kinds_lacking(self) -> dict[Path, bool]:
        return {}

    def _is_of_another_kind(self, path: Path) -> bool:
        before, after = records_in(self.known, path.parent), records_in([self.later], path.parent)
        if not before or not after or not isinstance(path.last, Key):
            return False
        for name, words in self.kind_fields.items():
            if not all(isinstance(record.get(name), str) for record in (*before, *after)):
                continue
            had = {record[name] for record in before if record.get(path.name) not in (None, "")}
            lacking = {record[name] for record in after if record.get(path.name) in (None, "")}
            if name != path.name and had and lacking and lacking <= words and not had & lacking:
                return True
        return False


def _texts_by_name(document: Any) -> Mapping[str, Sequence[str]]:
    texts: dict[str, list[str]] = {}
    for record in objects(document):
        for name, value in record.items():
            if isinstance(value, str):
                texts.setdefault(name, []).append(value)
    return texts


def texts_of(value: Any) -> frozenset[str]:
    """Return the texts and names of a value, also within JSON texts, that are long enough to be told from others."""
    texts: set[str] = set()
    waiting = [value]
    while waiting:
        held = waiting.pop()
        new = (text_leaves(held) | names_in(held)) - texts
        texts |= new
        waiting += [inside for inside in map(parse_text, new) if not isinstance(inside, str)]
    return frozenset(text for text in texts if len(text) > _SHORT)
