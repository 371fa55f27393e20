"""A profile's storage: documents of stores as a reader is given them, and the same as entries under storage keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.base.jsontext import json_text, parse_json
from driftwright.workspace import Store

State = Mapping[str, Any]
"""The document of each store by its name; None where there is none. A store of many keys is a map of its entries."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry lies: the store's name, and its id there; the id of a store of one key is empty."""

    store: str
    id: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that is done to a storage.

    Args:
        verb: `read`, `write` or `remove`.
        key: The storage key.
        text: The JSON text that is written; empty for the others.
    """

    verb: str
    key: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one user has stored.

    Args:
        name: What reports call it.
        state: The documents.
        now: The time at which it is migrated, in milliseconds since 1970.
    """

    name: str
    state: State
    now: int


class Keys:
    """The storage keys of some stores.

    Args:
        stores: Stores of different keys.
    """

    def __init__(self, stores: Sequence[Store]) -> None:
        self._ends = {store.name: _ends(store) for store in stores}

    def key(self, place: Place) -> str:
        """The storage key of an entry."""
        before, after = self._ends[place.store]
        return before if after is None else f"{before}{place.id}{after}"

    def place(self, key: str) -> Place | None:
        """Where a storage key lies; None when it is of none of the stores. The longest pattern that fits wins."""
        fitting = [
            Place(name, key[len(before) : len(key) - len(after)] if after is not None else "")
            for name, (before, after) in self._ends.items()
            if (key == before if after is None else _fits(key, before, after))
        ]
        return min(fitting, key=lambda place: len(place.id), default=None)

    def entries(self, state: State) -> Iterator[tuple[Place, Any]]:
        """Yield every entry of the stores."""
        for name, (_, after) in self._ends.items():
            document = state.get(name)
            if document is None:
                continue
            if after is None:
                yield Place(name, ""), document
            elif isinstance(document, Mapping):
                yield from ((Place(name, id_), entry) for id_, entry in document.items())

    def entry(self, state: State, place: Place) -> Any:
        """Return one entry; None when it is not there."""
        document = state.get(place.store)
        if self._ends[place.store][1] is None:
            return document
        return document.get(place.id) if isinstance(document, Mapping) else None

    def described(self) -> str:
        """The stores as `carrying.js` takes them."""
        return json.dumps(
            [
                {"name": name, "before": before, "after": after or "", "many": after is not None}
                for name, (before, after) in self._ends.items()
            ]
        )

    def after(self, state: State, operations: Sequence[Operation]) -> State:
        """Return a state after operations; keys of other stores are passed over."""
        result = dict(state)
        for operation in operations:
            place = self.place(operation.key) if operation.verb != "read" else None
            if place is None:
                continue
            many = self._ends[place.store][1] is not None
            value = _parsed(operation.text) if operation.verb == "write" else None
            if not many:
                result[place.store] = value
                continue
            document = dict(result.get(place.store) or {})
            if operation.verb == "write":
                document[place.id] = value
            else:
                document.pop(place.id, None)
            result[place.store] = document or None
        return result


def _ends(store: Store) -> tuple[str, str | None]:
    if not store.placeholder:
        return store.key, None
    before, _, after = store.key.partition("{" + store.placeholder + "}")
    return before, after


def _parsed(text: str) -> Any:
    return parse_json(text.encode("utf-8", "surrogatepass"), "what a migration writes")


def _fits(key: str, before: str, after: str) -> bool:
    return key.startswith(before) and key.endswith(after) and len(key) > len(before) + len(after)


def same(state: State, other: State) -> bool:
    """Whether two states hold the same, whatever the order of keys; no entry is the same as no store."""
    return _written(state) == _written(other)


def _written(state: State) -> str:
    held = {name: document for name, document in state.items() if document is not None and document != {}}
    return json.dumps(held, sort_keys=True)


def size_of(state: State) -> int:
    """Return the length of a state's JSON text."""
    return sum(len(json_text(document)) for document in state.values() if document is not None)
