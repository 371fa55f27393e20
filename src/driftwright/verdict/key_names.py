"""The names under which objects hold their parts, and whether names were written in another way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from driftwright.base.path import Path, records_at
from driftwright.structure import TELLING, adds_parts, plain_name, words_of_name

_SEVERAL = 2
_SEPARATORS = re.compile(r"[^0-9A-Za-z]+")
_NO_WORD = re.compile(r"[^0-9A-Za-z]+")


def is_in(text: str, names: Iterable[str]) -> bool:
    """Whether one of some names is a text in another style, or holds the word between the separators of a text."""
    plain, is_word = plain_name(text), text.isalnum()
    if len(plain) < TELLING:
        # So few letters stand in many names: they must be a whole part of several.
        parts = (_SEPARATORS.split(name) for name in names)
        return not is_word and bool(plain) and sum(plain in each for each in parts) >= _SEVERAL
    words = words_of_name(text)
    return any(
        plain == plain_name(name)
        or (not is_word and plain in plain_name(name) and words <= words_of_name(name))
        or _has_a_part_more(text, name)
        for name in names
    )


def _has_a_part_more(text: str, name: str) -> bool:
    """Whether a name has the parts of a text, and a word more behind the first, as `app/cart/item-7` for `app/item`."""
    parts, others = ([part for part in _SEPARATORS.split(each) if part] for each in (text, name))
    if len(parts) < _SEVERAL or len(others) <= len(parts) or others[0] != parts[0] or not others[1].isalpha():
        return False
    return others[1] not in parts and others[2 : len(parts) + 1] == parts[1:]


def keys_at(document: Any, path: Path) -> frozenset[str]:
    """Return the keys of all objects at a path."""
    return frozenset(key for record in records_at(document, path) for key in record)


def are_all_named_otherwise(known: frozenset[str], later: frozenset[str]) -> bool:
    """Whether several keys were made of words, and no key that is there now is made of the same ones."""
    before, after = ({words_of_key(key) for key in keys} for keys in (known, later))
    return len(before) >= _SEVERAL and bool(after) and before.isdisjoint(after)


def has_new_words(known: frozenset[str], later: frozenset[str], values: frozenset[str]) -> bool:
    """Whether keys that are there now are made of a word that no known key has, and that is no value of the document.

    Args:
        known: The keys of known-good documents.
        later: The keys of a later one.
        values: The texts that the later document holds: a name of somebody is a part of keys, and stands there too.
    """
    before, after = ({word for key in keys for word in words_of_key(key)} for keys in (known, later))
    return not after - before <= values


def are_restyled(known: frozenset[str], later: frozenset[str]) -> bool:
    """Whether a key of words alone is gone, and one with the same words and one part more among them is there now."""
    gone = {key for key in known - later if not any(map(str.isdigit, key))}
    return any(adds_parts(new, old) for old in gone for new in later - known)


def words_of_key(key: str) -> tuple[str, ...]:
    """Return the parts of a key that are words: what holds a digit is the id of an entry."""
    return tuple(part for part in _NO_WORD.split(key) if part and not any(map(str.isdigit, part)))


def has_another_value(name: str, other: str, values: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two names have the same parts but one, which on each side is a text of the document that has the name.

    So the keys of an application that writes the name of its user into them are made: `app.ada.token`, `app.bo.token`.

    Args:
        name: The name on the one side.
        other: The name on the other.
        values: The texts that the documents of the one side hold.
        others: The texts that those of the other side hold.
    """
    parts, new = ([part for part in _SEPARATORS.split(either) if part] for either in (name, other))
    if len(parts) != len(new) or len(parts) < _SEVERAL:
        return False
    differing = {pair for pair in zip(parts, new, strict=True) if pair[0] != pair[1]}
    return len(differing) == 1 and all(old in values and now in others for old, now in differing)


def are_other_entries(name: str, other: str) -> bool:
    """Whether two keys of one scheme, as `app.ada.seen.intro` and `app.bo.read.news`, differ in several of their parts.

    A key that is called otherwise differs in one part, has one part more, or differs in its whole.
    """
    parts, others = (_SEPARATORS.split(text) for text in (name, other))
    if min(len(parts), len(others)) <= _SEVERAL or parts[0] != others[0] or adds_parts(other, name):
        return False
    differing = sum(1 for part, now in zip_longest(parts, others) if part != now)
    return differing >= _SEVERAL


def first_parts(keys: Iterable[str]) -> frozenset[str]:
    """Return what stands before the first separator of each key; the whole of one that has none."""
    return frozenset(next(filter(None, _SEPARATORS.split(key)), key) for key in keys)
