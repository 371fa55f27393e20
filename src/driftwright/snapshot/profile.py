"""Profiles: the stores of one moment together, as a snapshot keeps them, or raw in a file of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_json_file, parse_text
from driftwright.base.terms import Area
from driftwright.snapshot.documents import documents_of
from driftwright.snapshot.file import snapshot_of
from driftwright.snapshot.model import FORMAT
from driftwright.snapshot.saved import SavedEntry, saved_file
from driftwright.workspace import Store

ENDING = ".snapshot.json"
_MEND = 'write {"session": {"KEY": "TEXT"}, "extension-local": {...}}, or give a snapshot or a storage state'


def profiles_in(folder: File) -> tuple[File, ...]:
    """Return the profiles that a workspace keeps: the snapshots in a folder, which need not be there."""
    return tuple(sorted(folder.glob(f"*{ENDING}")))


def profile_of(file: File, stores: Mapping[str, Store]) -> Mapping[str, Any]:
    """Return by the name of each store its document in a profile, as readers are given it; None where it has none.

    Args:
        file: A snapshot; or, with its values as they are: an object of storage areas, each of texts or JSON by their
            keys, a storage state of Playwright, or the dump of one storage. Nothing of it is kept.
        stores: The declared stores.

    Raises:
        InputFault: It is none of these, or holds no declared store.
    """
    document = parse_json_file(file)
    if isinstance(document, Mapping) and document.get("format") == FORMAT:
        documents = documents_of(snapshot_of(document, str(file)).areas, stores.values())
    else:
        entries = tuple(_entries(document, str(file)))
        documents = {name: _document(store, entries) for name, store in stores.items()}
    if all(held is None for held in documents.values()):
        raise InputFault("holds no declared store", str(file), "", f"known stores: {', '.join(sorted(stores))}")
    return documents


def _entries(document: Any, name: str) -> Iterator[SavedEntry]:
    if isinstance(document, Mapping) and document and all(key in tuple(Area) for key in document):
        for area, held in document.items():
            if not isinstance(held, Mapping):
                raise InputFault("not the texts of a storage area by their keys", name, f"/{area}", _MEND)
            yield from (SavedEntry(Area(area), key, parse_text(value)) for key, value in held.items())
        return
    saved = saved_file(document, name)
    if saved is None:
        raise InputFault("not a profile", name, "", _MEND)
    yield from saved.entries


def _document(store: Store, entries: tuple[SavedEntry, ...]) -> Any:
    from driftwright.snapshot.capture.by_hand.dump import id_of_key

    by_id: dict[str, Any] = {}
    for entry in entries:
        named = id_of_key(store.key, entry.key)
        if named is not None and entry.area in (None, store.area):
            by_id[named] = entry.document
    return (by_id if store.placeholder else next(reversed(by_id.values()))) if by_id else None
