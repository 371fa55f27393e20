"""Shrink a document to a witness: a small one with every path, type, form, small enumeration value and pinned key.

Readers run on a witness a thousand times; on the whole document they would take minutes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from driftwright.base.forms import text_form
from driftwright.base.terms import JsonType
from driftwright.structure.shape import Shape

_FEWEST = 3
_ROUNDS = 2
_MOST_TEXTS = 2000
_MOST_FOLLOWED = 12
_ITEM, _ENTRY = 0, 1
"""What stands for each item of a list, and for each entry of a map, beside the names of fields."""
_NUMBERS = (("int", JsonType.INTEGER), ("float", JsonType.NUMBER))

_Feature = tuple[int, str, Any]
_Field = tuple[str, type, "_Place", Shape | None]


def make_witness(document: Any, shape: Shape, pinned: frozenset[str] = frozenset()) -> Any:
    """Return a small document with the same shape.

    Args:
        document: The whole document.
        shape: Its shape.
        pinned: Map keys that readers ask for by name; they are kept.
    """
    shrinker = _Shrinker(pinned)
    witness = shrinker.reduced(document, _Place(), shape)
    learned = shrinker.learned
    for _ in range(_ROUNDS):
        # The witness must hold the entries of maps that it refers to, or a reader would not find them.
        wanted = dict.fromkeys(islice(_possible_keys(witness), _MOST_TEXTS))
        larger = _Shrinker(pinned, wanted, learned).reduced(document, _Place(), shape)
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


class _Place:
    """One place of a document, with the items of lists and the entries of maps taken as one; told by its identity."""

    __slots__ = ("below", "covered", "forms", "variants")

    def __init__(self) -> None:
        self.below: dict[str | int, _Place] = {}
        # A feature for which an outer item was kept must be new again when its inner lists are reduced.
        self.covered: set[_Feature] = set()
        self.forms: defaultdict[_Place, set[str]] = defaultdict(set)
        self.variants: dict[object, _Variant] = {}

    def at(self, name: str | int) -> _Place:
        """Return the place of a field; of each item for `_ITEM`, of each entry for `_ENTRY`."""
        place = self.below.get(name)
        if place is None:
            place = self.below[name] = _Place()
        return place


class _Variant:
    """The records of one place with the same fields of the same types, which are looked at alike.

    Most of a thousand such records show nothing new: a field of which all that its shape knows was shown is not looked
    at again.
    """

    __slots__ = ("open", "records")

    def __init__(self, fields: list[_Field]) -> None:
        self.open = fields
        self.records = 0


@dataclass(slots=True)
class _Shrinker:
    pinned: frozenset[str]
    wanted: Mapping[str, None] = field(default_factory=dict)
    # Whether an item adds a feature, by its identity: found in the first round, and the same in the later ones.
    known: Mapping[int, bool | None] = field(default_factory=dict)
    learned: dict[int, bool | None] = field(default_factory=dict)

    def reduced(self, value: Any, place: _Place, shape: Shape | None) -> Any:
        if isinstance(value, list):
            below = place.at(_ITEM)
            part = shape.items if shape else None
            kept = [item for number, item in enumerate(value) if self.adds(item, below, part) or number < _FEWEST]
            return [self.reduced(item, below, part) for item in kept]
        if not isinstance(value, dict):
            return value
        if shape is None or shape.values is None:
            parts: Mapping[str, Shape] = shape.fields if shape else {}
            return {name: self.reduced(item, place.at(name), parts.get(name)) for name, item in value.items()}
        return self._reduced_map(value, place, shape)

    def _reduced_map(self, value: dict[str, Any], place: _Place, shape: Shape) -> dict[str, Any]:
        below = place.at(_ENTRY)
        kept = {}
        wanted = frozenset(islice((key for key in self.wanted if key in value), _MOST_FOLLOWED))
        for number, (key, item) in enumerate(value.items()):
            if self.adds(item, below, shape.values) or key in self.pinned or key in wanted or number < _FEWEST:
                kept[key] = self.reduced(item, below, shape.values)
        return kept

    def adds(self, item: Any, place: _Place, shape: Shape | None) -> bool:
        """Whether an item shows something that no item before it showed; it is shown from now on."""
        known = self.known.get(id(item))
        if known is not None:
            return known
        found: list[_Feature] = []
        _Features(found.append, place).of(item, place, shape)
        before = len(place.covered)
        place.covered.update(found)
        is_new = len(place.covered) > before
        if isinstance(item, (dict, list)):
            # Of one that stands in several places, each place is looked at again.
            self.learned[id(item)] = None if id(item) in self.learned else is_new
        return is_new


@dataclass(slots=True, eq=False)
class _Features:
    """The features of one item.

    Args:
        add: Takes a feature.
        shown: The place of the items of its container, with what the items before it have shown.
    """

    add: Callable[[_Feature], object]
    shown: _Place

    def of(self, value: Any, place: _Place, shape: Shape | None) -> None:
        """Add the features of a value and of all that it holds."""
        where = id(place)
        if isinstance(value, dict):
            self._of_object(value, place, shape)
        elif isinstance(value, list):
            self.add((where, "size", min(len(value), 2)))
            below, part = place.at(_ITEM), shape.items if shape else None
            for item in value:
                self.of(item, below, part)
        elif isinstance(value, bool):
            self.add((where, "flag", value))  # not as a number: True equals 1 here
        elif isinstance(value, str):
            self._of_text(value, place, shape)
        else:
            whole = isinstance(value, float) and value.is_integer()
            self.add((where, "type", "int" if whole else type(value).__name__))
            if value is not None and shape is not None and (shape.enum is not None or value in (shape.low, shape.high)):
                self.add((where, "value", value))

    def _of_text(self, text: str, place: _Place, shape: Shape | None) -> None:
        seen = self.shown.forms[place]
        # Telling a form is dear: where all that the shape knows were shown, nothing new is expected.
        if shape is None or len(seen) < len(shape.forms):
            form = text_form(text)
            seen.add(form)
            self.add((id(place), "form", form))
        if shape is not None and shape.enum is not None:
            self.add((id(place), "value", text))

    def _of_object(self, value: dict[str, Any], place: _Place, shape: Shape | None) -> None:
        if shape is not None and shape.values is not None:
            self.add((id(place), "type", "dict"))
            below = place.at(_ENTRY)
            for item in value.values():
                self.of(item, below, shape.values)
            return
        names, kinds = tuple(value), tuple(map(type, value.values()))
        key = (place, names, kinds)
        variant = self.shown.variants.get(key)
        if variant is None:
            # The set of fields shows the kind of a record.
            self.add((id(place), "fields", names))
            parts: Mapping[str, Shape] = shape.fields if shape else {}
            fields = [(name, kind, place.at(name), parts.get(name)) for name, kind in zip(names, kinds, strict=True)]
            variant = self.shown.variants[key] = _Variant(fields)
        for name, _, below, part in variant.open:
            self.of(value[name], below, part)
        variant.records += 1
        if variant.records & (variant.records - 1) == 0:  # at each power of two
            variant.open = [field for field in variant.open if not self._is_shown(*field)]

    def _is_shown(self, _: str, kind: type, place: _Place, shape: Shape | None) -> bool:
        """Whether the items before showed all that the shape knows of the values of a type at a place."""
        if shape is None or kind in (dict, list):
            return False
        covered, where = self.shown.covered, id(place)
        if kind is bool:
            flags = {True} if shape.true else set()
            flags |= {False} if shape.true < shape.count(JsonType.BOOLEAN) else set()
            return all((where, "flag", flag) in covered for flag in flags)
        if kind is str:
            words = [word for word in shape.enum or () if isinstance(word, str)]
            is_form_known = len(self.shown.forms[place]) >= len(shape.forms)
            return is_form_known and all((where, "value", word) in covered for word in words)
        if kind is type(None):
            return (where, "type", "NoneType") in covered
        numbers = shape.enum if shape.enum is not None else (shape.low, shape.high)
        types = [name for name, of in _NUMBERS if shape.count(of)] if kind is float else ["int"]
        return all((where, "type", name) in covered for name in types) and all(
            (where, "value", number) in covered for number in numbers if isinstance(number, (int, float))
        )
