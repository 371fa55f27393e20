"""Fold the captures of many files or URLs: the function that every engine runs, here or on another machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import Fault, InputFault
from driftwright.base.files import check_size, read_bounded
from driftwright.snapshot import AreaView, Entry, Snapshot, entry_id, read_bytes
from driftwright.structure import Layout, Shape, fold, merge, shape_of_fingerprint
from driftwright.verdict.cohorts.extras import fsspec
from driftwright.verdict.cohorts.folded import (
    Folded,
    SeenArea,
    Sighting,
    merge_folded,
    odd_input,
    outline_id,
    seen_area,
)
from driftwright.workspace import Store

_MOST = 64 * 1024 * 1024  # bytes of one capture
_TOO_LARGE = "capture fewer stores"
_FIRST_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class StoreLayout:
    """What is needed of a store's declaration to fold it.

    Args:
        area: The storage area in which it is at home.
        layout: What its latest version declares.
        many: Whether it lies under many keys, one an entry.
    """

    area: str
    layout: Layout
    many: bool


def layouts_of(stores: Mapping[str, Store]) -> dict[str, StoreLayout]:
    """Return what workers need of the stores of a workspace."""
    return {
        name: StoreLayout(str(store.area), store.latest.layout, bool(store.placeholder))
        for name, store in stores.items()
    }


def fold_files(layouts: Mapping[str, StoreLayout], names: Sequence[str]) -> Folded:
    """Fold captures; one that cannot be read is set aside and named.

    Args:
        layouts: The stores.
        names: Files, or URLs that fsspec opens.
    """
    return merge_folded(_fold_file(layouts, name) for name in names)


def _fold_file(layouts: Mapping[str, StoreLayout], name: str) -> Folded:
    try:
        capture = read_bytes(_bytes_of(name), name)
        if not isinstance(capture, Snapshot):
            raise InputFault("a watch is no snapshot", name, "", "take a snapshot")
        areas = tuple(sorted((_area(layouts, view) for view in capture.areas if not view.where), key=_by_area))
        day = day_of(capture.provenance.taken_at)
    except RecursionError:
        return Folded(odd=odd_input(name, "nested too deeply"))
    except Fault as fault:
        return Folded(odd=odd_input(name, fault.what))
    sighting = Sighting(outline_id(areas), day, capture.labels.app, capture.labels.country)
    return Folded({sighting.outline: areas}, {sighting: 1})


def day_of(instant: str) -> str:
    """Return the day of a time.

    Raises:
        InputFault: It is none, or one that cannot be.
    """
    try:
        day = date.fromisoformat(instant[:10])
    except ValueError:
        raise InputFault("no day", "", "/provenance/taken_at", "give an ISO 8601 time") from None
    # A clock may be ahead, but not by more than a time zone.
    if not _FIRST_DAY <= day <= datetime.now(UTC).date() + timedelta(days=1):
        raise InputFault("a day that cannot be", "", "/provenance/taken_at", "correct the clock")
    return day.isoformat()


def _by_area(area: SeenArea) -> str:
    return area.area


def _bytes_of(name: str) -> bytes:
    if "://" not in name:
        return read_bounded(File(name), _MOST, _TOO_LARGE)
    try:
        with fsspec().open(name, "rb") as opened:
            data: bytes = opened.read(_MOST + 1)
    except OSError as error:
        raise InputFault(f"cannot be read ({error.strerror or 'gone'})", name, "", "check the address") from None
    check_size(data, _MOST, name, _TOO_LARGE)
    return data


def _area(layouts: Mapping[str, StoreLayout], view: AreaView) -> SeenArea:
    shapes: dict[str, Shape] = {}
    documents: dict[str, dict[str, Any]] = {}
    strays: list[Entry] = []
    for entry in view.entries:
        store = layouts.get(entry.store)
        if entry.form == "shape":
            shapes[entry.store] = shape_of_fingerprint(entry.value, None)
        elif store is None or store.area != view.area or entry.form != "json":
            strays.append(entry)
        elif store.many:
            documents.setdefault(entry.store, {})[entry_id(entry)] = entry.value
        elif entry.store not in shapes:
            shapes[entry.store] = fold([entry.value], store.layout)
    for name, document in documents.items():
        shape = fold([document], layouts[name].layout)
        shapes[name] = merge(shapes[name], shape) if name in shapes else shape
    return seen_area(view, shapes, strays)


def fingerprint_seen(areas: Sequence[AreaView]) -> tuple[SeenArea, ...]:
    """Return the areas of a fingerprint.

    Raises:
        InputFault: One is malformed.
    """
    return tuple(sorted((_area({}, view) for view in areas if not view.where), key=_by_area))
