"""How alike two shapes, or two names, are; this decides what may be a rename or a move."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from driftwright.base.terms import JsonType
from driftwright.structure.shape import Shape

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_STYLE = re.compile(r"[-_. ]")
_MAX_DEPTH = 6
_WEAK = ("word", "text", "token", "path", "empty")


def likeness(one: Shape, other: Shape, depth: int = 0) -> float:
    """Return how alike two shapes are, from 0 (nothing in common) to 1."""
    if not one.seen or not other.seen or depth > _MAX_DEPTH:
        return 0.0
    if not one.kinds or not other.kinds:
        return 0.5 if one.kinds == other.kinds else 0.0
    common = one.kinds & other.kinds
    if not common and not _both_numbers(one, other):
        return 0.0
    if JsonType.OBJECT in common:
        return _likeness_of_objects(one, other, depth)
    if JsonType.ARRAY in common:
        if one.items is None or other.items is None or not (one.items.seen and other.items.seen):
            return 0.5
        return likeness(one.items, other.items, depth + 1)
    if JsonType.STRING in common:
        return _likeness_of_texts(one, other)
    if JsonType.BOOLEAN in common:
        return 0.8
    return 0.6


def _both_numbers(one: Shape, other: Shape) -> bool:
    numbers = {JsonType.INTEGER, JsonType.NUMBER}
    return bool(one.kinds & numbers and other.kinds & numbers)


def _likeness_of_objects(one: Shape, other: Shape, depth: int) -> float:
    if one.values is not None and other.values is not None:
        if not (one.values.seen and other.values.seen):
            return 0.5
        keys = 1.0 if set(one.keys) & set(other.keys) else 0.6
        return keys * likeness(one.values, other.values, depth + 1)
    if one.values is not None or other.values is not None:
        return 0.0
    names = set(one.fields) | set(other.fields)
    if not names:
        return 0.5
    shared = set(one.fields) & set(other.fields)
    alike = sum(0.5 + likeness(one.fields[name], other.fields[name], depth + 1) / 2 for name in shared)
    return alike / len(names)


def _likeness_of_texts(one: Shape, other: Shape) -> float:
    if one.enum and other.enum and one.enum & other.enum:
        return 0.6 + 0.4 * len(one.enum & other.enum) / len(one.enum | other.enum)
    shared = set(one.forms) & set(other.forms)
    if shared - set(_WEAK):
        return 0.8
    return 0.5 if shared else 0.0


def name_likeness(one: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1: by common words, else by common letters."""
    words, others = _words(one), _words(other)
    common = len(words & others)
    by_words = common / min(len(words), len(others)) if common else 0.0
    by_letters = SequenceMatcher(None, one.lower(), other.lower()).ratio()
    return max(by_words * 0.9, by_letters)


def plain_name(name: str) -> str:
    """Return a name without the style that it is written in: case, hyphens, underscores, dots and blanks."""
    return _STYLE.sub("", name).lower()


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name)}
