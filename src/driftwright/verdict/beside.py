"""Stores beside storage that a capture does not show: why that may be no drift, and what would settle it."""

from __future__ import annotations

from driftwright.base.terms import Area
from driftwright.snapshot import Snapshot
from driftwright.workspace import Store

_LAUNCHED = ("launched", "profile")
_UNANSWERED = "no such answer came while the page was looked at"
_NO_FILE = "no such file was there"
_NOT_SERVED = "the open document does not show it, and how it was served cannot be seen there any more"
_MENDS = {
    _UNANSWERED: "let a state's steps do what makes the page ask for it, or do so in the page while it is looked at",
    _NO_FILE: "let the client log once, or correct the path",
    _NOT_SERVED: "capture it with a launched browser",
}


def absence_beside(snapshot: Snapshot, store: Store, *, is_elsewhere: bool) -> str:
    """Return why a store beside storage that is not in its place may be absent; empty where its absence may be drift.

    Args:
        snapshot: A capture that does not show the store in its place.
        store: A store of an area beside storage.
        is_elsewhere: Whether the capture shows what the store is like in another place.
    """
    views = [view for view in snapshot.areas if view.area == store.area and not view.where]
    way = snapshot.provenance.way
    if not views:
        return "it was not given" if way == "dump" else f"a {way} capture cannot look into {store.area}"
    denied = next((view.denied for view in views if view.denied), "")
    if denied:
        return f"{store.area} could not be looked into ({denied})"
    if store.area is Area.PAGE_JSON and way not in _LAUNCHED:
        return _NOT_SERVED
    if is_elsewhere:
        return ""
    return {Area.RESPONSE: _UNANSWERED, Area.FILE: _NO_FILE}.get(store.area, "")


def mend_beside(absence: str) -> str:
    """Return what would settle a store that is absent for such a reason."""
    return _MENDS.get(absence, "capture it in a way that can: a launched browser, an attached one, or the files")


def page_word(store: Store) -> str:
    """Return what is to be said of a store that the page's own code makes."""
    return f"{store.name}: what stands under window.{store.key} is the page's own word: its code makes it as it likes"
