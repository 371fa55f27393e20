"""Detect renamed kinds: the word in a field that names the kind of a record is another word in the later document.

Trees of syntax, messages and events hold records of many kinds at many places. When no record is of a kind any more,
and the records of one new kind are built as those of it were, the kind has another name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.base.forms import is_idlike
from driftwright.base.path import objects
from driftwright.structure.change.likeness import words_of_name

_ALIKE = 0.6
"""The share of all their fields that two kinds must have in common."""
_FEWEST_FIELDS = 3
"""So many fields of its own tell how a kind is built."""
_FEWEST_UNIQUE = 2
"""So many fields that no other kind had tell a kind even where others were added to them."""

_Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The kinds that one field tells apart.

    Args:
        fields: By the word of each kind, the names of the fields that all its records have.
        ever: By the word of each kind, the names of the fields that some of its records have.
        common: The names of the fields that the records of every kind have.
    """

    fields: Mapping[str, _Names]
    ever: Mapping[str, _Names]
    common: _Names

    def own(self, word: str) -> _Names:
        """Return the fields of a kind that not every kind has."""
        return self.fields[word] - self.common

    def unique(self, word: str) -> _Names:
        """Return the fields of a kind that no record of another kind has."""
        return self.fields[word].difference(*(names for other, names in self.ever.items() if other != word))


def renamed_kinds(known: Sequence[Any], later: Any) -> Mapping[str, str]:
    """Return the words of kinds that are gone, each with the new word of the records that are built alike.

    Args:
        known: The known-good documents.
        later: The later one.
    """
    before, after = _kinds_by_field(list(known)), _kinds_by_field([later])
    renamed: dict[str, str] = {}
    for name in before.keys() & after.keys():
        old, new = before[name], after[name]
        gone, added = old.fields.keys() - new.fields.keys(), new.fields.keys() - old.fields.keys()
        for word in sorted(gone):
            alike = _kinds_built_alike(old, word, new, sorted(added))
            if len(alike) == 1:
                renamed[word] = alike[0]
            elif heir := _heir(old, word, new, sorted(added)):
                renamed[word] = heir
    return renamed


def _heir(old: _Kinds, word: str, new: _Kinds, added: Sequence[str]) -> str:
    """Return the only new kind that has the fields that no other kind had, as it is built or called; else empty.

    A kind that has more fields than that, and a name of its own, may be one more kind that the data hold.
    """
    unique = old.unique(word)
    heirs = [other for other in added if unique <= new.fields[other]]
    if len(unique) < _FEWEST_UNIQUE or len(heirs) != 1:
        return ""
    words, others = words_of_name(word), words_of_name(heirs[0])
    is_called_so = bool(words) and bool(others) and (words <= others or others <= words)
    return heirs[0] if is_called_so or new.own(heirs[0]) == old.own(word) == unique else ""


def _kinds_built_alike(old: _Kinds, word: str, new: _Kinds, added: Sequence[str]) -> list[str]:
    """Return the new kinds that are built as a kind was that is gone, and as no kind was that stayed."""
    own = old.own(word)
    stayed = [other for other in old.fields if other in new.fields]
    if len(own) < _FEWEST_FIELDS or any(own <= old.own(other) for other in stayed):
        return []
    return [other for other in added if _likeness(own, new.own(other)) >= _ALIKE]


def kind_fields(known: Sequence[Any]) -> Mapping[str, _Names]:
    """Return the fields that tell records of many kinds apart, with their words: all over the document, few words.

    Args:
        known: The known-good documents.
    """
    words_by_field: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for record in objects(list(known)):
        for name, part in record.items():
            if isinstance(part, str):
                words_by_field[name][part] += 1
    return {
        name: frozenset(words)
        for name, words in words_by_field.items()
        if 1 < len(words) <= words.total() / 2 and not any(map(is_idlike, words))
    }


def telling_fields(known: Sequence[Any]) -> frozenset[str]:
    """Return those of the fields that tell kinds apart whose word says which other fields a record has.

    Args:
        known: The known-good documents.
    """
    kinds_by_field = _kinds_by_field(list(known))
    return frozenset(name for name, kinds in kinds_by_field.items() if len(set(kinds.fields.values())) > 1)


def _kinds_by_field(documents: list[Any]) -> Mapping[str, _Kinds]:
    fields = kind_fields(documents)
    kinds_by_field: dict[str, dict[str, _Names]] = {name: {} for name in fields}
    ever: dict[str, dict[str, _Names]] = {name: {} for name in fields}
    for record in objects(documents):
        for name in fields.keys() & record.keys():
            word = record[name]
            if isinstance(word, str):
                names = frozenset(record) - {name}
                kinds_by_field[name][word] = kinds_by_field[name].get(word, names) & names
                ever[name][word] = ever[name].get(word, names) | names
    return {
        name: _Kinds(kinds, ever[name], frozenset.intersection(*kinds.values()))
        for name, kinds in kinds_by_field.items()
    }


def _likeness(names: _Names, other: _Names) -> float:
    return len(names & other) / len(names | other) if names | other else 0.0
