"""Names that init gives: they can stand in JavaScript and in contracts, and are names of files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from driftwright.base.errors import InputFault

_WORDS_OF_JAVASCRIPT = (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends "
    "false finally for function if implements import in instanceof interface let new now null package private "
    "protected public return static super switch this throw true try typeof undefined var void while with yield"
)
RESERVED = frozenset(_WORDS_OF_JAVASCRIPT.split())
"""Words that cannot name an argument of a reader; `now` is the time that every reader is given."""
_LONGEST = 40
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def store_name(key: str) -> str:
    """Return a name for the store of a storage key: `larder_v1` for `larder.v1`, `store` where it has no letters."""
    plain = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode()
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain).lower()
    name = re.sub(r"[^a-z0-9]+", "_", apart).strip("_")
    if not name[:1].isalpha():
        name = f"store_{name}" if name else "store"
    name = name[:_LONGEST].rstrip("_")
    return f"{name}_store" if name in RESERVED else name


def check_store_name(name: str) -> None:
    """Refuse what cannot name a store.

    Raises:
        InputFault: It is no name, or a word of JavaScript.
    """
    if not _NAME.match(name):
        mend = f"use small letters, digits and _, as in {store_name(name)}"
        raise InputFault(f"{name!r} is no name for a store", "--store", "", mend)
    if name in RESERVED:
        problem = f"{name!r} is a word of its own in readers and no name for a store"
        raise InputFault(problem, "--store", "", f"write {store_name(name)}")


def fact_name(export: str, taken: Collection[str]) -> str:
    """Return the name of a derived fact that no other has: `item_count` for `itemCount`."""
    return unused(snake(export), taken)


def argument_name(word: str, taken: Collection[str]) -> str:
    """Return a name for a reader's parameter: the word, if it can be one and is not taken."""
    word = word if word.isidentifier() and word not in RESERVED else "id"
    return f"{word}_id" if word in taken else word


def unused(name: str, taken: Collection[str]) -> str:
    """Return a name, with a number behind it where it is taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def snake(name: str) -> str:
    """Return a name in snake case: `item_count` for `itemCount`."""
    return "_".join(word.lower() for word in _WORDS.findall(name)) or "fact"
