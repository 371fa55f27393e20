"""The areas that a trace did not watch, each with why: what is not watched may be read all the same."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.authoring.extension_reads import disturbed
from driftwright.base.path import EACH_VALUE, Key, Path
from driftwright.base.terms import BESIDE_STORAGE, EXTENSION_STORAGE, STORAGE, Area

_ELSEWHERE = {
    Area.PAGE_JSON: "reads of the served document",
    Area.WINDOW: "reads of the page's own globals, which scripts in the page's world make",
    Area.RESPONSE: "reads of what a server answers",
    Area.FILE: "reads of files",
}


@dataclass(frozen=True, slots=True)
class Unwatched:
    """One area whose reads a trace did not list, or not all.

    Args:
        area: The area.
        why: Why it did not.
        stores: The stores there that were to be watched.
        keys: What the extension asked for there under keys of no store: names in its code, `{}` for any others.
    """

    area: Area
    why: str
    stores: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        of = f" ({', '.join(self.stores)})" if self.stores else ""
        keys = f", and the extension reads there: {', '.join(self.keys)}" if self.keys else ""
        return f"{self.area}{of}: {self.why}{keys}"


@dataclass(slots=True)
class _Listened:
    """What all worlds in which the tracer ran told of one area."""

    is_there: bool = False
    is_open: bool = False
    keys: dict[str, None] | None = None


def unwatched_areas(stores: Mapping[str, Area], texts: Sequence[str], *, has_worker: bool) -> tuple[Unwatched, ...]:
    """Return the areas that were not watched.

    Args:
        stores: The areas of the stores that were to be traced, by the stores' names.
        texts: What the tracer told, of every document and every run of the service worker.
        has_worker: Whether the extension has a service worker.

    Raises:
        MachineFault: A text is not what the tracer writes.
    """
    areas = {area: _Listened() for area in STORAGE}
    try:
        for text in texts:
            _add(areas, json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise disturbed() from None
    storages = [_storage(area, areas[area], _names(stores, area), has_worker=has_worker) for area in STORAGE]
    beside = [_beside(area, names) for area in BESIDE_STORAGE if (names := _names(stores, area))]
    return (*(area for area in storages if area is not None), *beside)


def messages_sent(texts: Sequence[str]) -> int:
    """Return how often the extension sent a store, or a part of one, from one of its parts to another.

    Raises:
        MachineFault: A text is not what the tracer writes.
    """
    try:
        return sum(int(json.loads(text)["sent"]) for text in texts)
    except (ValueError, KeyError, TypeError):
        raise disturbed() from None


def _names(stores: Mapping[str, Area], area: Area) -> tuple[str, ...]:
    return tuple(sorted(name for name, where in stores.items() if where is area))


def _add(areas: Mapping[Area, _Listened], world: Mapping[str, Any]) -> None:
    for row in world["areas"]:
        listened = areas[Area(row["area"])]
        listened.is_there = True
        listened.is_open = listened.is_open or row["denied"] is not True
    for area, other in world["others"].items():
        listened = areas[Area(area)]
        listened.keys = {**(listened.keys or {}), **{_key(key): None for key in other["keys"]}}


def _key(key: object) -> str:
    return str(Path((Key(key) if isinstance(key, str) else EACH_VALUE,))).removeprefix("/")


def _storage(area: Area, listened: _Listened, names: tuple[str, ...], *, has_worker: bool) -> Unwatched | None:
    keys = tuple(sorted(listened.keys or ()))
    if listened.is_there and not listened.is_open:
        mend = "" if has_worker else ", and it has no service worker"
        return Unwatched(area, f"its content scripts may not open it{mend}", names, keys)
    if not listened.is_there and names:
        why = "the extension has no permission `storage`" if area in EXTENSION_STORAGE else "the page has none"
        return Unwatched(area, why, names, keys)
    if not names:
        return Unwatched(area, "no store of this trace lies there", (), keys)
    return Unwatched(area, "not all of it: some keys belong to no store of this trace", (), keys) if keys else None


def _beside(area: Area, names: Collection[str]) -> Unwatched:
    return Unwatched(area, f"no trace sees {_ELSEWHERE[area]}", tuple(names))
