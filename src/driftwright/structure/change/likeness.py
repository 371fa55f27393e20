"""How alike two shapes, or two names, are; this decides what may be a rename or a move."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from driftwright.base.terms import JsonType
from driftwright.structure.shape import Shape, merge_all

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_STYLE = re.compile(r"[\W_]+")
_MAX_DEPTH = 6
_FEWEST_PARTS = 2
_TELLING_VALUES = 4
"""So many numbers that two columns have in common are no chance."""
_WEAK = ("word", "text", "token", "path", "empty")


TELLING = 4
"""Characters of a text of the source, from which on it is no chance that it stands in a store."""


def likeness(shape: Shape, other: Shape, depth: int = 0) -> float:
    """Return how alike two shapes are, from 0 (nothing in common) to 1."""
    if not shape.total or not other.total or depth > _MAX_DEPTH:
        return 0.0
    if not shape.kinds or not other.kinds:
        return 0.5 if shape.kinds == other.kinds else 0.0
    common = shape.kinds & other.kinds
    if not common and not _both_numbers(shape, other):
        return 0.0
    if JsonType.OBJECT in common:
        return _likeness_of_objects(shape, other, depth)
    if JsonType.ARRAY in common:
        if shape.items is None or other.items is None or not (shape.items.total and other.items.total):
            return 0.5
        return likeness(shape.items, other.items, depth + 1)
    if JsonType.STRING in common:
        return _likeness_of_texts(shape, other)
    if JsonType.BOOLEAN in common:
        return 0.8
    return _likeness_of_values(shape, other, _TELLING_VALUES) or 0.6


def _both_numbers(shape: Shape, other: Shape) -> bool:
    numbers = {JsonType.INTEGER, JsonType.NUMBER}
    return bool(shape.kinds & numbers and other.kinds & numbers)


def _likeness_of_objects(shape: Shape, other: Shape, depth: int) -> float:
    if shape.values is not None and other.values is not None:
        if not (shape.values.total and other.values.total):
            return 0.5
        keys = 1.0 if set(shape.keys) & set(other.keys) else 0.6
        return keys * likeness(shape.values, other.values, depth + 1)
    is_map = shape.values is not None or other.values is not None
    if is_map or not shape.fields.keys() & other.fields.keys():
        # A record without a common name may be a map that has words as keys: its entries tell.
        entries, others = _objects_held(shape), _objects_held(other)
        if entries is not None and others is not None:
            return likeness(entries, others, depth + 1)
    if is_map:
        return 0.0
    names = set(shape.fields) | set(other.fields)
    if not names:
        return 0.5
    shared = set(shape.fields) & set(other.fields)
    alike = sum(0.5 + likeness(shape.fields[name], other.fields[name], depth + 1) / 2 for name in shared)
    return alike / len(names)


def _objects_held(shape: Shape) -> Shape | None:
    """Return the shape of all values of a map or record where they are objects; None where one of them is not."""
    parts = [*shape.fields.values()] if shape.values is None else [shape.values]
    return merge_all(parts) if parts and all(part.kinds == {JsonType.OBJECT} for part in parts) else None


def _likeness_of_values(shape: Shape, other: Shape, fewest: int) -> float:
    """Return how alike two columns of few values are by those that both hold; 0 where so few are no evidence."""
    values, others = shape.enum or frozenset(), other.enum or frozenset()
    common = len(values & others)
    return 0.6 + 0.4 * common / len(values | others) if common >= fewest else 0.0


def _likeness_of_texts(shape: Shape, other: Shape) -> float:
    if alike := _likeness_of_values(shape, other, 1):
        return alike
    shared = set(shape.forms) & set(other.forms)
    if shared - set(_WEAK):
        return 0.8
    return 0.5 if shared else 0.0


def name_likeness(name: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1: by common words, else by common letters."""
    words, others = words_of_name(name), words_of_name(other)
    common = len(words & others)
    by_words = common / min(len(words), len(others)) if common else 0.0
    by_letters = SequenceMatcher(None, name.lower(), other.lower()).ratio()
    return max(by_words * 0.9, by_letters)


def parts_of_names(literals: Iterable[str]) -> list[str]:
    """Return the texts of a source that may be parts by which it chooses among names, as `shop.`, in their order."""
    return sorted(text for text in literals if len(text) >= TELLING and not text.isalnum())


def plain_name(name: str) -> str:
    """Return a name without the style that it is written in: case and separators; a name of separators as it is."""
    return _STYLE.sub("", name).lower() or name


def words_of_name(name: str) -> set[str]:
    """Return the words that a name is made of, in small letters: `list_item` and `listItem` of list and item."""
    return {word.lower() for word in _WORD.findall(name)}


def adds_parts(name: str, old: str) -> bool:
    """Whether a name has all parts of an old one, of several, in their order, and one more among them."""
    parts, new = ([part for part in _STYLE.split(either) if part] for either in (old, name))
    remaining = iter(new)
    return len(parts) >= _FEWEST_PARTS and len(new) == len(parts) + 1 and all(part in remaining for part in parts)
