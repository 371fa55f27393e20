"""Shrink a document to a witness: a small one with every path, type, form, small enumeration value and pinned key.

Readers run on a witness a thousand times; on the whole document they would take minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from driftwright.base.jsontext import collector_paused
from driftwright.structure.change.likeness import parts_of_names
from driftwright.structure.features import ENTRY, ITEM, Place, first_shown
from driftwright.structure.shape import Shape

_FEWEST = 3
_ROUNDS = 2
_MOST_TEXTS = 2000
_MOST_FOLLOWED = 12


def make_witness(document: Any, shape: Shape, pinned: frozenset[str] = frozenset()) -> Any:
    """Return a small document with the same shape.

    Args:
        document: The whole document.
        shape: Its shape.
        pinned: Map keys that readers ask for by name, and texts by which they choose among them; they are kept.
    """
    with collector_paused():
        return _witness(document, shape, pinned)


def _witness(document: Any, shape: Shape, pinned: frozenset[str]) -> Any:
    shrinker = _Shrinker(pinned)
    witness = shrinker.reduced(document, Place(), shape)
    learned = shrinker.learned
    for _ in range(_ROUNDS):
        # The witness must hold the entries of maps that it refers to, or a reader would not find them.
        wanted = dict.fromkeys(islice(_possible_keys(witness), _MOST_TEXTS))
        larger = _Shrinker(pinned, wanted, learned).reduced(document, Place(), shape)
        if larger == witness:
            break
        witness = larger
    return witness


def _possible_keys(document: Any) -> Iterator[str]:
    """Yield the scalars of a document that may be keys, as texts: first those outside lists, then the others."""
    stack: list[Any] = [document]
    later: list[Any] = []
    while stack or later:
        if not stack:
            stack, later = later[::-1], []
        value = stack.pop()
        if isinstance(value, dict):
            parts = list(value.values())
            later += [part for part in parts if isinstance(part, list)]
            stack.extend(reversed([part for part in parts if not isinstance(part, list)]))
        elif isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, (str, int)) and not isinstance(value, bool):
            yield str(value)


@dataclass
class _Shrinker:
    pinned: frozenset[str]
    wanted: Mapping[str, None] = field(default_factory=dict)
    # Which items of a container add something, by its identity: found in the first round, and the same in later ones.
    known: Mapping[int, frozenset[int] | None] = field(default_factory=dict)
    learned: dict[int, frozenset[int] | None] = field(default_factory=dict)

    @cached_property
    def parts(self) -> list[str]:
        """The texts by which readers may choose among names."""
        return parts_of_names(self.pinned)

    def reduced(self, value: Any, place: Place, shape: Shape | None) -> Any:
        if isinstance(value, list):
            below, part = place.at(ITEM), shape.items if shape else None
            adding = self._adding(value, value, below, part)
            kept = sorted({*range(min(_FEWEST, len(value))), *adding})
            return [self.reduced(value[number], below, part) for number in kept]
        if not isinstance(value, dict):
            return value
        if shape is None or shape.values is None:
            parts: Mapping[str, Shape] = shape.fields if shape else {}
            return {name: self.reduced(item, place.at(name), parts.get(name)) for name, item in value.items()}
        return self._reduced_map(value, place, shape)

    def _reduced_map(self, value: dict[str, Any], place: Place, shape: Shape) -> dict[str, Any]:
        below = place.at(ENTRY)
        followed = islice((key for key in self.wanted if key in value), _MOST_FOLLOWED)
        wanted = self.pinned.union(followed, self._chosen_by_part(value))
        adding = self._adding(value, list(value.values()), below, shape.values)
        return {
            key: self.reduced(value[key], below, shape.values)
            for number, key in enumerate(value)
            if number < _FEWEST or number in adding or key in wanted
        }

    def _chosen_by_part(self, value: dict[str, Any]) -> Iterator[str]:
        """Yield the first keys of a map that hold each text by a part of which a reader may choose among them."""
        left = dict.fromkeys(self.parts, _FEWEST)
        for key in value:
            held = [part for part in left if part in key]
            for part in held:
                left[part] -= 1
                if not left[part]:
                    del left[part]
            if held:
                yield key
            if not left:
                return

    def _adding(self, container: Any, items: list[Any], place: Place, shape: Shape | None) -> frozenset[int]:
        """Return the numbers of the items that show what no item at their place showed before; all are shown now."""
        known = self.known.get(id(container))
        if known is not None:
            return known
        first = first_shown(items, place, shape)
        adding = frozenset(number for feature, number in first.items() if feature not in place.covered)
        place.covered.update(first)
        # Of one that stands in several places, each place is looked at again.
        self.learned[id(container)] = None if id(container) in self.learned else adding
        return adding
