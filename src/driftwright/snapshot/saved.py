"""Stores in files that hold several: a dump of a storage, a storage state of Playwright, the JSON bodies of a HAR."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_json, parse_text
from driftwright.base.terms import Area

if TYPE_CHECKING:
    from driftwright.workspace import Store

_OK = range(200, 300)


class SavedAs(StrEnum):
    """What kind of file holds several stores."""

    DUMP = "dump of a storage"
    STATE = "storage state"
    HAR = "HAR"


@dataclass(frozen=True, slots=True)
class SavedEntry:
    """One store in a file of several.

    Args:
        area: The storage area; None where the file does not say it.
        key: Its key there; of a HAR the path of the address that a body came from.
        document: The parsed JSON, an object or a list.
    """

    area: Area | None
    key: str
    document: Any


@dataclass(frozen=True, slots=True)
class SavedFile:
    """What a file of several stores holds: those entries that are JSON objects or lists, in their order.

    Args:
        kind: What kind of file it is.
        entries: The entries; the same key comes several times where a HAR has several answers of one address.
    """

    kind: SavedAs
    entries: tuple[SavedEntry, ...]


def saved_file(document: Any, file: str, keys: Collection[str] = (), origin: str = "") -> SavedFile | None:
    """Return the stores in a parsed file; None where it is a single store.

    Args:
        document: The parsed file.
        file: How messages name it.
        keys: The keys that are looked for; empty to look for all. An object of JSON values is a dump only where it has
            all of several such keys, and an object of texts where it has one.
        origin: The origin of the page, to choose from a storage state; empty to take the only one.

    Raises:
        InputFault: It is a storage state of several origins, or not as its writer writes it.
    """
    from driftwright.snapshot.capture.by_hand.storage_state import is_storage_state

    if is_storage_state(document):
        return SavedFile(SavedAs.STATE, tuple(_state_entries(document, file, keys, origin)))
    if _is_har(document):
        return SavedFile(SavedAs.HAR, tuple(_har_entries(document)))
    if not isinstance(document, Mapping) or not document:
        return None
    several = len(keys) > 1 and all(key in document for key in keys)
    if not several and not all(isinstance(value, str) for value in document.values()):
        return None
    entries = tuple(_text_entries(None, document.items()))
    wanted = [entry for entry in entries if not keys or entry.key in keys]
    return SavedFile(SavedAs.DUMP, entries) if wanted else None


def document_of(store: Store, document: Any, file: str, keys: Collection[str] = ()) -> Any:
    """Return the document of a store from a parsed file: the whole, or what a file of several holds under its key.

    Args:
        store: The store; of a pattern of keys, all that fit are taken, by what stands for its placeholder.
        document: The parsed file.
        file: How messages name it.
        keys: The keys of all stores of the workspace, by which an object of several is known.

    Raises:
        InputFault: A storage state or a HAR holds nothing under its key.
    """
    from driftwright.snapshot.capture.by_hand.dump import id_of_key

    saved = saved_file(document, file) or (saved_file(document, file, keys) if len(keys) > 1 else None)
    by_id: dict[str, Any] = {}
    for entry in saved.entries if saved is not None else ():
        named = id_of_key(store.key, entry.key)
        if named is not None and entry.area in (None, store.area):
            by_id[named] = entry.document
    if saved is None or (not by_id and saved.kind is SavedAs.DUMP):
        return document
    if not by_id:
        problem = f"a {saved.kind} that holds no JSON of the store {store.name}"
        raise InputFault(problem, file, "", f"it lies in {store.area} under {store.key!r}")
    return by_id if store.placeholder else next(reversed(by_id.values()))


def _text_entries(area: Area | None, texts: Collection[tuple[str, Any]]) -> Iterator[SavedEntry]:
    for key, text in texts:
        document = parse_text(text)
        if isinstance(document, (dict, list)):
            yield SavedEntry(area, key, document)


def _state_entries(document: Any, file: str, keys: Collection[str], origin: str) -> Iterator[SavedEntry]:
    from driftwright.snapshot.capture.by_hand.storage_state import areas_of_state, origins_of_state

    by_origin: dict[str, list[SavedEntry]] = {}
    for state_origin in [origin] if origin else origins_of_state(document):
        for area, texts in areas_of_state(document, file, state_origin):
            entries = list(_text_entries(area, [(key, text) for key, text in texts]))
            if any(not keys or entry.key in keys for entry in entries):
                by_origin.setdefault(state_origin, []).extend(entries)
    if len(by_origin) > 1:
        problem = f"holds the storage of {len(by_origin)} origins"
        raise InputFault(problem, file, "/origins", "say which with --url, or save the state of one")
    for entries in by_origin.values():
        yield from entries


def _is_har(document: Any) -> bool:
    """Whether a document is an HTTP archive, as developer tools export it."""
    log = document.get("log") if isinstance(document, Mapping) else None
    return isinstance(log, Mapping) and isinstance(log.get("entries"), list) and isinstance(log.get("version"), str)


def _har_entries(document: Any) -> Iterator[SavedEntry]:
    for entry in document["log"]["entries"]:
        try:
            request, response = entry["request"], entry["response"]
            content, status, address = response["content"], response["status"], request["url"]
            kind, text = content.get("mimeType", ""), content.get("text")
            if status not in _OK or "json" not in kind.lower() or not isinstance(text, str):
                continue
            path = urlsplit(address).path  # as it is written, for so a page asks for it
            raw = content.get("encoding") == "base64"
            data = base64.b64decode(text) if raw else text.encode("utf-8", "surrogatepass")
            body = parse_json(data, path)
        except (KeyError, TypeError, AttributeError, ValueError, binascii.Error, InputFault):
            continue  # an entry that was cut off, or is no JSON after all, is not looked at
        if isinstance(body, (dict, list)):
            yield SavedEntry(None, path, body)
