"""The storage state that Playwright saves: the local storage and, when it was asked for, the IndexedDB of an origin."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.terms import Area

Texts = list[list[str]]  # keys with their stored texts

AREAS = (Area.LOCAL, Area.INDEXED_DB)
"""The areas that a storage state can hold."""
_MEND = "give the file as Playwright's storage_state wrote it"
_DEPTH = 200  # containers within one another


def is_storage_state(document: Any) -> bool:
    """Whether a document is a storage state."""
    return (
        isinstance(document, Mapping)
        and isinstance(document.get("origins"), list)
        and isinstance(document.get("cookies"), list)
    )


def origins_of_state(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the origins that a storage state holds something of."""
    origins = (held.get("origin") for held in document["origins"] if isinstance(held, Mapping))
    return tuple(origin for origin in origins if isinstance(origin, str))


def areas_of_state(document: Mapping[str, Any], name: str, origin: str) -> Iterator[tuple[Area, Texts]]:
    """Yield the areas of one origin that a storage state holds; cookies and other origins are not looked at.

    Args:
        document: The storage state.
        name: The name of its file.
        origin: The origin of the page, such as `https://shop.example`.

    Raises:
        InputFault: It holds other origins only, or is not as Playwright writes it.
    """
    origins = document["origins"]
    held = next((o for o in origins if isinstance(o, Mapping) and o.get("origin") == origin), None)
    if held is None and origins:
        raise InputFault(f"nothing of {origin} in it", name, "/origins", "save it while the page is open")
    held = held or {}  # Playwright leaves out an origin that has stored nothing
    try:
        yield Area.LOCAL, [[str(item["name"]), str(item["value"])] for item in held.get("localStorage", [])]
    except (TypeError, KeyError):
        raise InputFault("localStorage is not a list of name and value", name, "/origins", _MEND) from None
    if "indexedDB" not in held:
        return
    try:
        yield Area.INDEXED_DB, list(_records(held["indexedDB"]))
    except (TypeError, KeyError, AttributeError):
        raise InputFault("indexedDB is not a list of databases with their records", name, "/origins", _MEND) from None


def _records(databases: Any) -> Iterator[list[str]]:
    """Yield every record as a reading of the page's own would: database, store and key, and the value as text."""
    for database in databases:
        for store in database["stores"]:
            for record in store["records"]:
                value = _Decoder().value(record["valueEncoded"]) if "valueEncoded" in record else record.get("value")
                key = _key_of(store, record, value)
                named = key if isinstance(key, str) and not isinstance(key, _Day) else _json(key)
                yield [f"{database['name']}/{store['name']}/{named}", value if isinstance(value, str) else _json(value)]


def _key_of(store: Mapping[str, Any], record: Mapping[str, Any], value: Any) -> Any:
    """Return the key of a record: kept beside it, or at the store's own path within its value."""
    if "key" in record:
        return record["key"]
    if "keyEncoded" in record:
        return _Decoder().value(record["keyEncoded"])
    if store.get("keyPathArray") is not None:
        return [_at(value, path) for path in store["keyPathArray"]]
    return _at(value, store.get("keyPath") or "")


def _at(value: Any, path: str) -> Any:
    for name in path.split(".") if path else ():
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _json(value: Any) -> str:
    """Return a value as the page's JSON.stringify writes it; what refers to itself has no JSON."""
    return "" if value is _CIRCULAR else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_ABSENT = object()
_CIRCULAR = object()


class _Day(str):
    """A date; as a key it is written as JSON, which no text is."""

    __slots__ = ()


class _CircularError(Exception):
    """A value that refers to itself."""


class _Decoder:
    """Decodes a value that JSON alone cannot hold, from Playwright's notation to what JSON.stringify makes of it."""

    def __init__(self) -> None:
        self._known: dict[int, Any] = {}
        self._open: set[int] = set()

    def value(self, encoded: Any) -> Any:
        """Return the value; `_CIRCULAR` when it refers to itself."""
        try:
            decoded = self._decoded(encoded, 0)
        except _CircularError:
            return _CIRCULAR
        return None if decoded is _ABSENT else decoded

    def _decoded(self, encoded: Any, depth: int) -> Any:
        if not isinstance(encoded, Mapping):
            return encoded
        if depth > _DEPTH:
            raise TypeError
        if "ref" in encoded:
            if encoded["ref"] in self._open:
                raise _CircularError
            return self._known.get(encoded["ref"])
        if "d" in encoded:
            return _Day(encoded["d"])
        if "bi" in encoded:
            return str(encoded["bi"])
        if "v" in encoded:
            return _ABSENT if encoded["v"] == "undefined" else 0 if encoded["v"] == "-0" else None
        return self._container(encoded, depth + 1)

    def _container(self, encoded: Mapping[str, Any], depth: int) -> Any:
        identity = encoded.get("id")
        if isinstance(identity, int):
            self._open.add(identity)
        result: Any = None if "ta" in encoded else {}  # Map, Set, RegExp and the like have no JSON but {}
        if "a" in encoded:
            items = [self._decoded(item, depth) for item in encoded["a"]]
            result = [None if item is _ABSENT else item for item in items]
        elif "o" in encoded:
            fields = {field["k"]: self._decoded(field["v"], depth) for field in encoded["o"]}
            result = {name: field for name, field in fields.items() if field is not _ABSENT}
        if isinstance(identity, int):
            self._open.discard(identity)
            self._known[identity] = result
        return result
