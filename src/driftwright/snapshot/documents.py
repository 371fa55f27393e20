"""The documents of declared stores in a capture: which entry is where its store should be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from driftwright.snapshot.model import AreaView, Entry
from driftwright.workspace import Store


def is_at_home(view: AreaView, entry: Entry, store: Store) -> bool:
    """Whether an entry is where its store should be: in its area of the page itself, under its key."""
    if view.area != store.area or view.where:
        return False
    return bool(entry.ids) if store.placeholder else entry.key == store.key


def entry_id(entry: Entry) -> str:
    """Return what the placeholder of a store's key stands for in an entry."""
    return next(iter(entry.ids.values()), entry.key)


def documents_of(views: Sequence[AreaView], stores: Iterable[Store]) -> Mapping[str, Any]:
    """Return by the name of each store its document, as readers are given it; None where they are given none."""
    return {store.name: _document_of(views, store) for store in stores}


def _document_of(views: Sequence[AreaView], store: Store) -> Any:
    entries = [
        entry
        for view in views
        for entry in view.entries
        if entry.store == store.name and is_at_home(view, entry, store)
    ]
    if not entries or any(entry.form != "json" for entry in entries):
        return None
    return {entry_id(entry): entry.value for entry in entries} if store.placeholder else entries[0].value
