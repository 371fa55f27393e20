# ruff: noqa: D102 - the methods are those of dict and list, which document them
"""Note what a reader reads: dicts and lists that know their position, and are otherwise like the real ones.

They are real dicts and lists, so that `isinstance`, patterns of `match` and the C code of the library take them. What
their C code alone reads, as a parser written in another language does, is not noted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, SupportsIndex

MANY = 512
"""Names of one object that are told apart; where there are more, they are keys of a map."""
_EACH = -1


class Place:
    """A place in a document, with what was asked of it."""

    __slots__ = ("asked", "below", "key", "last", "parent")

    def __init__(self, parent: Place | None, key: str | int) -> None:
        self.parent = parent
        self.key = key
        self.below: dict[str | int, Place] = {}
        self.asked: dict[str, tuple[int, int, dict[str, int]]] = {}
        self.last: Place = self

    def at(self, key: str | int, most: int = 2 * MANY) -> Place:
        """Return the place of a name; of too many names the rest are taken for the last one."""
        place = self.below.get(key)
        if place is None:
            if len(self.below) >= most:
                return self.last
            place = self.below[key] = self.last = Place(self, key)
        return place

    def note(self, asked: str, kind: str) -> None:
        """Note that this place was asked for; `kind` is the type that was seen, `absent` for none."""
        times, present, types = self.asked.get(asked, (0, 0, {}))
        types[kind] = types.get(kind, 0) + 1
        self.asked[asked] = (times + 1, present + (kind != "absent"), types)

    def path(self) -> list[str | int]:
        """Return the keys that lead here."""
        keys: list[str | int] = []
        place = self
        while place.parent is not None:
            keys.append(place.key)
            place = place.parent
        return keys[::-1]


class Trace:
    """What one call reads.

    Args:
        type_of: Names the type of a value.
    """

    def __init__(self, type_of: Callable[[object], str]) -> None:
        self.live = True
        self.root = Place(None, "")
        self.type_of = type_of

    def watch(self, value: Any, name: str = "") -> Any:
        """Return the watched form of a store by its name, or of the whole document, whose name is empty."""
        return self._watched(value, self.root.at(name) if name else self.root)

    def note(self, name: str, value: Any, *, is_there: bool = True) -> None:
        """Note that a member of the argument was asked for by its name."""
        if self.live:
            self.root.at(name).note("get", self.type_of(value) if is_there else "absent")

    def _watched(self, value: Any, place: Place) -> Any:
        if type(value) is list:
            below = place.at(_EACH)
            items = TracedList([self._watched(item, below) for item in value])
            items.trace, items.place = self, place
            return items
        if type(value) is dict:
            whole = TracedDict({key: self._watched(item, place.at(key, MANY)) for key, item in value.items()})
            whole.trace, whole.place, whole.written = self, place, set()
            return whole
        return value

    def cut(self, value: Any, name: str = "", *, keeps_unlooked: bool) -> Any:
        """Return a plain copy of a store that holds only what was read.

        Args:
            value: The store.
            name: Its name; empty for the whole document.
            keeps_unlooked: Whether what was taken, but never looked into, keeps what it holds.
        """
        return _cut(value, self.root.at(name) if name else self.root, keeps_unlooked=keeps_unlooked)

    def note_remaining(self, value: Any, name: str = "", *, unlooked_alone: bool) -> None:
        """Note everything in a store as read, or everything in what was taken of it but never looked into."""
        place = self.root.at(name) if name else self.root
        unlooked = [(value, place)] if not unlooked_alone else list(_unread_containers(value, place))
        for held, at in unlooked:
            self._note_below(held, at)

    def _note_below(self, value: Any, place: Place) -> None:
        for key, item in _parts(value):
            below = place.at(key, MANY)
            below.note("get", self.type_of(item))
            self._note_below(item, below)

    def reads(self) -> list[list[Any]]:
        """Return every read as `[path, asked, times, present, types]`."""
        reads: list[list[Any]] = []
        waiting = [self.root]
        while waiting:
            place = waiting.pop()
            reads += [[place.path(), asked, *counts] for asked, counts in place.asked.items()]
            waiting += reversed(place.below.values())
        return reads


def _parts(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from ((_EACH, item) for item in value)


def _has_reads(place: Place) -> bool:
    return "keys" in place.asked or any(below.asked for below in place.below.values())


def _unread_containers(value: Any, place: Place) -> Iterator[tuple[Any, Place]]:
    """Yield the objects and lists that were taken, but never looked into."""
    if isinstance(value, (dict, list)) and not _has_reads(place):
        yield value, place
        return
    for key, item in _parts(value):
        below = place.at(key, MANY)
        if "get" in below.asked:
            yield from _unread_containers(item, below)


def _cut(value: Any, place: Place, *, keeps_unlooked: bool) -> Any:
    if not isinstance(value, (dict, list)):
        return value
    if not _has_reads(place):
        return value if keeps_unlooked else type(value)()
    if isinstance(value, list):
        below = place.at(_EACH)
        is_taken = "get" in below.asked
        return [_cut(item, below, keeps_unlooked=keeps_unlooked) if is_taken else None for item in value]
    kept = {}
    for key, item in value.items():
        asked = place.at(key, MANY).asked
        if "get" in asked:
            kept[key] = _cut(item, place.at(key, MANY), keeps_unlooked=keeps_unlooked)
        elif "has" in asked or "keys" in place.asked:
            kept[key] = None
    return kept


class TracedDict(dict[str, Any]):
    """A dict that notes what is asked of it."""

    __slots__ = ("place", "trace", "written")
    trace: Trace
    place: Place
    written: set[object]  # what the reader wrote itself says nothing about the store
    __hash__ = None

    def _asked(self, key: object, asked: str) -> None:
        if self.trace.live and isinstance(key, str) and key not in self.written:
            there = dict.__contains__(self, key)
            kind = self.trace.type_of(dict.__getitem__(self, key)) if there else "absent"
            self.place.at(str(key)).note(asked, kind)

    def _listed(self) -> None:
        if self.trace.live:
            self.place.note("keys", "object")

    def __getitem__(self, key: str) -> Any:
        self._asked(key, "get")
        return dict.__getitem__(self, key)

    def get(self, key: str, default: Any = None) -> Any:
        self._asked(key, "get")
        return dict.get(self, key, default)

    def __contains__(self, key: object) -> bool:
        self._asked(key, "has")
        return dict.__contains__(self, key)

    def __iter__(self) -> Iterator[str]:
        self._listed()
        return dict.__iter__(self)

    def __reversed__(self) -> Iterator[str]:
        self._listed()
        return dict.__reversed__(self)

    def __len__(self) -> int:
        self._listed()
        return dict.__len__(self)

    def keys(self) -> Any:
        self._listed()
        return dict.keys(self)

    def values(self) -> Any:
        return [self[key] for key in self] if self.trace.live else dict.values(self)

    def items(self) -> Any:
        return [(key, self[key]) for key in self] if self.trace.live else dict.items(self)

    def copy(self) -> dict[str, Any]:
        return dict(self.items())

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        from copy import deepcopy

        return {key: deepcopy(value, memo) for key, value in self.items()}

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return dict, (self.copy(),)

    def __eq__(self, other: object) -> bool:
        return self.copy() == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __or__(self, other: Any) -> Any:
        return self.copy() | other if isinstance(other, dict) else NotImplemented

    def __ror__(self, other: Any) -> Any:
        return other | self.copy() if isinstance(other, dict) else NotImplemented

    def __repr__(self) -> str:
        return repr(self.copy())

    def __setitem__(self, key: str, value: Any) -> None:
        self.written.add(key)
        dict.__setitem__(self, key, value)

    def __delitem__(self, key: str) -> None:
        self._asked(key, "get")
        self.written.add(key)
        dict.__delitem__(self, key)

    def setdefault(self, key: str, default: Any = None) -> Any:
        self._asked(key, "get")
        if not dict.__contains__(self, key):
            self.written.add(key)
        return dict.setdefault(self, key, default)

    def pop(self, key: str, *default: Any) -> Any:
        self._asked(key, "get")
        self.written.add(key)
        return dict.pop(self, key, *default)

    def popitem(self) -> tuple[str, Any]:
        self._listed()
        for key in dict.__reversed__(self):
            return key, self.pop(key)
        return dict.popitem(self)

    def update(self, *others: Any, **named: Any) -> None:
        for key, value in dict(*others, **named).items():
            self[key] = value

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self


class TracedList(list[Any]):
    """A list that notes its reads; all of its items share one place."""

    __slots__ = ("place", "trace")
    trace: Trace
    place: Place
    __hash__ = None

    def _note_item(self, value: Any) -> Any:
        if self.trace.live:
            self.place.at(_EACH).note("get", self.trace.type_of(value))
        return value

    def _listed(self) -> None:
        if self.trace.live:
            self.place.note("keys", "array")

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            self._listed()
            return [self._note_item(item) for item in list.__getitem__(self, index)]
        try:
            value = list.__getitem__(self, index)
        except IndexError:
            if self.trace.live:
                self.place.at(_EACH).note("get", "absent")
            raise
        return self._note_item(value)

    def __iter__(self) -> Iterator[Any]:
        self._listed()
        return map(self._note_item, list.__iter__(self))

    def __reversed__(self) -> Iterator[Any]:
        self._listed()
        return map(self._note_item, list.__reversed__(self))

    def __len__(self) -> int:
        self._listed()
        return list.__len__(self)

    def copy(self) -> list[Any]:
        return list(iter(self))

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        from copy import deepcopy

        return [deepcopy(item, memo) for item in self]

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return list, (self.copy(),)

    def __contains__(self, value: object) -> bool:
        return value in self.copy()

    def index(self, value: Any, *bounds: Any) -> int:
        return self.copy().index(value, *bounds)

    def count(self, value: Any) -> int:
        return self.copy().count(value)

    def __eq__(self, other: object) -> bool:
        return self.copy() == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> bool:
        return bool(self.copy() < other)

    def __le__(self, other: Any) -> bool:
        return bool(self.copy() <= other)

    def __gt__(self, other: Any) -> bool:
        return bool(self.copy() > other)

    def __ge__(self, other: Any) -> bool:
        return bool(self.copy() >= other)

    def __add__(self, other: Any) -> Any:
        return self.copy() + other

    def __radd__(self, other: Any) -> Any:
        return other + self.copy() if isinstance(other, list) else NotImplemented

    def __mul__(self, times: SupportsIndex) -> Any:
        return self.copy() * times

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return repr(self.copy())

    def pop(self, index: SupportsIndex = -1) -> Any:
        self._listed()
        return self._note_item(list.pop(self, index))

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        items = self.copy()
        items.sort(key=key, reverse=reverse)
        list.__setitem__(self, slice(None), items)


# Messages of errors name the class of what was asked: they are to be those of the real thing.
for _traced, _name in ((TracedDict, "dict"), (TracedList, "list")):
    _traced.__name__ = _traced.__qualname__ = _name
