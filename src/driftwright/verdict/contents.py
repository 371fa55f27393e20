"""What the documents of one store hold as a whole, found once for all readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from driftwright.base.jsontext import parse_text
from driftwright.base.path import leaves, names_in
from driftwright.structure import kind_fields, renamed_kinds

_SHORT = 2


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

    @cached_property
    def all_known_names(self) -> frozenset[str]:
        """All names of fields and keys in any known-good document."""
        return frozenset().union(*self.known_names)

    @cached_property
    def later_names(self) -> frozenset[str]:
        """All names of fields and keys in the later document."""
        return names_in(self.later)

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


def texts_of(value: Any) -> frozenset[str]:
    """Return the texts and names of a value, also within JSON texts, that are long enough to be told from others."""
    texts = {leaf for leaf in leaves(value) if isinstance(leaf, str)} | names_in(value)
    for inside in [inside for inside in map(parse_text, texts) if not isinstance(inside, str)]:
        texts |= texts_of(inside)
    return frozenset(text for text in texts if len(text) > _SHORT)
