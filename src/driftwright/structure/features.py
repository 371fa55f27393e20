"""Features of the items of a container: which item is the first to show each, found column by column.

A feature is what a witness has to show: a type, a form, a value of a small enumeration, a set of fields, a size.
Thousands of records are alike, so each field of all of them is looked at as one column, as when they are folded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from driftwright.base.forms import text_form
from driftwright.structure.shape import Shape
from driftwright.structure.shape.column import RUN

ITEM, ENTRY = 0, 1
"""What stands for each item of a list, and for each entry of a map, beside the names of fields."""

_MOST_NAMES = 64
"""Names of fields from which on records are not asked for each of them: many may be the keys of a map."""

Feature = tuple[int, str, Any]
_Owners = Sequence[int]


class Place:
    """One place of a document: all items of a list, or all entries of a map, share one. Compared by identity."""

    __slots__ = ("below", "covered", "forms")

    def __init__(self) -> None:
        self.below: dict[str | int, Place] = {}
        # A feature for which an outer item was kept must be new again when its inner lists are reduced.
        self.covered: set[Feature] = set()
        self.forms: defaultdict[Place, set[str]] = defaultdict(set)

    def at(self, name: str | int) -> Place:
        """Return the place of a field; of each item for `ITEM`, of each entry for `ENTRY`."""
        place = self.below.get(name)
        if place is None:
            place = self.below[name] = Place()
        return place


def first_shown(items: Sequence[Any], place: Place, shape: Shape | None) -> dict[Feature, int]:
    """Return each feature of the items of one container with the number of the first item that shows it.

    Args:
        items: The items.
        place: Their place; it keeps which forms of texts were shown, for the next container at that place.
        shape: The shape of that place; None where it is not known.
    """
    columns = _Columns(place.forms)
    # In runs that fit into the processor's cache, each with all that its items hold.
    for start in range(0, len(items), RUN):
        run = items[start : start + RUN]
        columns.look_at(run, range(start, start + len(run)), place, shape)
    return columns.first


class _Columns:
    """Looks at columns of values, each with the number of the item that it is of, in the order of the document."""

    def __init__(self, forms: defaultdict[Place, set[str]]) -> None:
        self.first: dict[Feature, int] = {}
        self._forms = forms
        self._shown: Counter[int] = Counter()  # of each place, how many values of its enumeration
        self._looks: Mapping[type, Callable[[Sequence[Any], _Owners, Place, Shape | None], None]] = {
            bool: self._flags,
            int: self._numbers,
            float: self._numbers,
            str: self._texts,
            list: self._lists,
            dict: self._objects,
        }

    def look_at(self, values: Sequence[Any], owners: _Owners, place: Place, shape: Shape | None) -> None:
        """Note the features of the values at one place, and of all that they hold."""
        kinds = set(map(type, values))
        for kind in kinds:
            some, of = values, owners
            if len(kinds) > 1:
                pairs = [pair for pair in zip(values, owners, strict=True) if type(pair[0]) is kind]
                some, of = [value for value, _ in pairs], [owner for _, owner in pairs]
            self._looks.get(kind, self._scalars)(some, of, place, shape)

    def _note(self, place: Place, feature: str, values: Iterable[Any], owners: _Owners) -> int:
        """Note for each distinct value the first item that has it; return how many are new."""
        where = id(place)
        # Backwards, so that of equal values the first stays.
        first = dict(zip(reversed(list(values)), reversed(owners), strict=True))
        return sum(self._add((where, feature, value), owner) for value, owner in first.items())

    def _note_members(self, place: Place, values: Sequence[Any], owners: _Owners, enum: frozenset[Any]) -> None:
        """Note the values of a small enumeration; once all of them were shown, no later item is the first."""
        if self._shown[id(place)] < len(enum):
            self._shown[id(place)] += self._note(place, "value", values, owners)

    def _add(self, feature: Feature, owner: int) -> bool:
        """Note an item that shows a feature; return whether none did before."""
        before = self.first.get(feature)
        self.first[feature] = owner if before is None else min(before, owner)
        return before is None

    def _scalars(self, values: Sequence[Any], owners: _Owners, place: Place, _: Shape | None) -> None:
        self._note(place, "type", (type(value).__name__ for value in values), owners)

    def _flags(self, values: Sequence[Any], owners: _Owners, place: Place, _: Shape | None) -> None:
        self._note(place, "flag", values, owners)  # not as a number: True equals 1 here

    def _numbers(self, values: Sequence[Any], owners: _Owners, place: Place, shape: Shape | None) -> None:
        if type(values[0]) is int:
            self._add((id(place), "type", "int"), owners[0])
        else:
            whole = map(float.is_integer, values)
            self._note(place, "type", ("int" if is_whole else "float" for is_whole in whole), owners)
        if shape is not None and shape.enum is not None:
            self._note_members(place, values, owners, shape.enum)
        elif shape is not None:
            for bound in (shape.low, shape.high):
                if (id(place), "value", bound) not in self.first and bound in values:
                    self._add((id(place), "value", bound), owners[values.index(bound)])

    def _texts(self, values: Sequence[Any], owners: _Owners, place: Place, shape: Shape | None) -> None:
        forms, where = self._forms[place], id(place)
        most = None if shape is None else len(shape.forms)
        # Telling a form is dear: where all that the shape knows were shown, nothing new is expected.
        for text, owner in zip(values, owners, strict=True):
            if most is not None and len(forms) >= most:
                break
            form = text_form(text)
            forms.add(form)
            self.first.setdefault((where, "form", form), owner)
        if shape is not None and shape.enum is not None:
            self._note_members(place, values, owners, shape.enum)

    def _lists(self, values: Sequence[Any], owners: _Owners, place: Place, shape: Shape | None) -> None:
        self._note(place, "size", (min(len(value), 2) for value in values), owners)
        items = [item for value in values for item in value]
        if items:
            below = [owner for value, owner in zip(values, owners, strict=True) for _ in value]
            self.look_at(items, below, place.at(ITEM), shape.items if shape else None)

    def _objects(self, values: Sequence[Any], owners: _Owners, place: Place, shape: Shape | None) -> None:
        if shape is not None and shape.values is not None:
            self._add((id(place), "type", "dict"), owners[0])
            entries = [item for value in values for item in value.values()]
            if entries:
                below = [owner for value, owner in zip(values, owners, strict=True) for _ in value]
                self.look_at(entries, below, place.at(ENTRY), shape.values)
            return
        # The set of fields shows the kind of a record.
        written = dict(zip(map(tuple, reversed(values)), reversed(owners), strict=True))
        for names, owner in written.items():
            self._add((id(place), "fields", names), owner)
        parts: Mapping[str, Shape] = shape.fields if shape else {}
        for name, column, of in _fields(values, owners, written):
            self.look_at(column, of, place.at(name), parts.get(name))


def _fields(
    records: Sequence[Any], owners: _Owners, written: Collection[tuple[str, ...]]
) -> Iterable[tuple[str, Sequence[Any], _Owners]]:
    """Yield each field of some records as a column.

    Args:
        records: The records.
        owners: Of each, the number of the item that it is of.
        written: The sets of fields that they have.
    """
    always = frozenset.intersection(*map(frozenset, written))
    names = dict.fromkeys(name for fields in written for name in fields)
    if len(names) <= _MOST_NAMES:
        for name in names:
            if name in always:
                yield name, list(map(itemgetter(name), records)), owners
            else:
                of = [owner for record, owner in zip(records, owners, strict=True) if name in record]
                yield name, [record[name] for record in records if name in record], of
        return
    columns: defaultdict[str, tuple[list[Any], list[int]]] = defaultdict(lambda: ([], []))
    for record, owner in zip(records, owners, strict=True):
        for name, value in record.items():
            column = columns[name]
            column[0].append(value)
            column[1].append(owner)
    for name, (values, of) in columns.items():
        yield name, values, of
