"""Entries of another kind among those that a reader lists, or chooses by a part of their keys, as `$cache`.

Nothing is gone then, and each entry that was there is as it was; but who counts the entries counts one too many.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.base.jsontext import parse_text
from driftwright.base.path import Path, records_at
from driftwright.structure import TELLING
from driftwright.verdict.key_names import keys_at, words_of_key

_MARKS = ("$", "@@", "__")
"""What programs put in front of names of their own, among those of others."""
_UNLIKE = 0.3
"""The largest share of all their fields that records of two kinds have in common."""
_FEWEST_FIELDS = 2
"""So many fields tell of what kind a record is."""


@dataclass(frozen=True, slots=True)
class JoinedEntry:
    """An entry of another kind.

    Args:
        path: The object that holds it.
        key: Its key.
        is_marked: Whether it is surely no entry: by what it holds, or as a part of its key begins with a mark, where
            those of entries begin with a letter.
    """

    path: Path
    key: str
    is_marked: bool

    @property
    def place(self) -> Path:
        """Where it stands."""
        return self.path / self.key


def joined_keys(
    known: Sequence[Any], later: Any, paths: Collection[Path], literals: Collection[str]
) -> Iterator[JoinedEntry]:
    """Yield the entries of a later document that are of a kind of which no known one under such a key was.

    Args:
        known: The known-good documents.
        later: The later one.
        paths: The objects whose keys a reader lists.
        literals: The texts of its source, by which it may choose among the keys.
    """
    parts = [text for text in literals if len(text) >= TELLING]
    for path in sorted(paths, key=str):
        before = [_entries(document, path) for document in known]
        names = {name for entries in before for name in entries}
        for name, fields in _entries(later, path).items():
            for part in (part for part in parts if part in name and part != name):
                like = [held for entries in before for key, held in entries.items() if part in key]
                if name not in names and like and all(_are_unlike(fields, held) for held in like):
                    yield JoinedEntry(path, name, is_marked=False)
                    break


def marked_keys(known: Sequence[Any], later: Any, paths: Collection[Path]) -> Iterator[JoinedEntry]:
    """Yield the entries whose keys, or a part of them, begin with a mark, as `$cache`, where known ones have a letter.

    So a program writes what is no entry among entries: who lists them all takes it for one.

    Args:
        known: The known-good documents.
        later: The later one.
        paths: The objects whose keys a reader lists.
    """
    for path in sorted(paths, key=str):
        marked = sorted(name for name in keys_at(later, path) if any(mark in name for mark in _MARKS))
        names = frozenset().union(*(keys_at(document, path) for document in known)) if marked else frozenset()
        for name in marked if names else ():
            if name not in names and all(_is_marked_beside(name, other) for other in names):
                yield JoinedEntry(path, name, is_marked=True)


def first_keys(known: Sequence[Any], later: Any, paths: Collection[Path]) -> Iterator[JoinedEntry]:
    """Yield the entries that stand first under a new name; marked are those that are unlike all that stood there.

    Args:
        known: The known-good documents.
        later: The later one.
        paths: The objects whose keys a reader lists.
    """
    for path in sorted(paths, key=str):
        names = {name for document in known for name in keys_at(document, path)}
        first = {next(iter(record)): record for record in records_at(later, path) if len(record) > 1 and names}
        for name, record in first.items():
            if name in names or any(words_of_key(name) == words_of_key(known_name) for known_name in names):
                continue  # another entry of the same scheme
            others = [value for other, value in record.items() if other != name]
            before = [value for document in known for each in records_at(document, path) for value in each.values()]
            yield JoinedEntry(path, name, all(_are_of_other_kinds(record[name], each) for each in (*others, *before)))


def _are_of_other_kinds(value: Any, other: Any) -> bool:
    """Whether two values are of other types, or records with hardly a field in common."""
    value, other = (parse_text(part) if isinstance(part, str) else part for part in (value, other))
    if isinstance(value, dict) and isinstance(other, dict):
        return bool(value and other) and _are_unlike(frozenset(value), frozenset(other))
    return type(value) is not type(other)


def _is_marked_beside(name: str, other: str) -> bool:
    """Whether one of two keys has a mark where the other one has a letter or digit, at the start of a part of both."""
    pairs = enumerate(zip(name, other, strict=False))
    shared = next((number for number, (mine, its) in pairs if mine != its), min(len(name), len(other)))
    starts_part = not shared or not name[shared - 1].isalnum()
    return starts_part and name[shared:].startswith(_MARKS) and other[shared : shared + 1].isalnum()


def _entries(document: Any, path: Path) -> dict[str, frozenset[str]]:
    """Return the entries of the objects at a path that are records, each with the names of its fields."""
    entries: dict[str, frozenset[str]] = {}
    for record in records_at(document, path):
        for name, value in record.items():
            held = parse_text(value) if isinstance(value, str) else value
            if isinstance(held, dict) and len(held) >= _FEWEST_FIELDS:
                entries[name] = frozenset(held)
    return entries


def _are_unlike(fields: frozenset[str], others: frozenset[str]) -> bool:
    return len(fields & others) < _UNLIKE * len(fields | others)
