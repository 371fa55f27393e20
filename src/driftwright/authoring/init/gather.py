"""Gather the stores of a new workspace from what was saved: files of one store, or of several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path as File
from typing import Any

from driftwright.authoring.init.names import check_store_name, store_name, unused
from driftwright.authoring.init.request import StoreGiven
from driftwright.base.errors import InputFault
from driftwright.base.forms import is_idlike
from driftwright.base.jsontext import checked_document, json_text, parse_json, parse_json_file, parse_logged_file
from driftwright.base.terms import Area
from driftwright.base.toml import suggestion
from driftwright.snapshot import SavedAs, saved_file

_LEAST = 2
_MOST_STORES = 40
_MOST_BODIES = 8
_PERSON = re.compile(r"@|[^\x20-\x7e]|\d{5}")
_AREAS = {
    Area.LOCAL: re.compile(r"\blocalStorage\b"),
    Area.SESSION: re.compile(r"\bsessionStorage\b"),
    Area.INDEXED_DB: re.compile(r"\bindexedDB\b"),
    Area.EXTENSION_LOCAL: re.compile(r"\b(?:chrome|browser)\.storage\.local\b"),
    Area.EXTENSION_SYNC: re.compile(r"\b(?:chrome|browser)\.storage\.sync\b"),
    Area.EXTENSION_SESSION: re.compile(r"\b(?:chrome|browser)\.storage\.session\b"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options of init say of the stores.

    Args:
        keys: The storage keys; empty to take the stores of the files.
        names: What readers call the stores, key by key; empty to take them from the keys.
        area: The storage area; None to find it.
        origin: The origin of the page; empty when it is not known yet.
        code: The source of the readers.
    """

    keys: tuple[str, ...]
    names: tuple[str, ...]
    area: Area | None
    origin: str
    code: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """The stores, the documents of each moment by the names of the stores, and what was left out, in words."""

    stores: tuple[StoreGiven, ...]
    moments: tuple[Mapping[str, Any], ...]
    is_chosen: bool
    notes: tuple[str, ...]


_Moments = list[dict[str, Any]]  # the documents of each moment, by their storage keys


def gathered(snapshots: Sequence[Any], asked: Asked) -> Gathered:
    """Return the stores that were saved, each at least twice.

    Args:
        snapshots: Paths of JSON files (a text is a path), or documents.
        asked: What the options say.

    Raises:
        InputFault: What is asked for is not in them, or they hold no store.
    """
    if len(asked.names) > 1 and len(asked.names) != len(asked.keys):
        raise InputFault("not one name for each key", "--store", "", "give --key and --store in pairs")
    kinds: set[SavedAs | None] = set()
    areas: dict[str, Area] = {}
    moments: _Moments = []
    for snapshot in snapshots:
        for kind, moment in _moments_of(snapshot, asked, areas):
            kinds.add(kind)
            moments.append(moment)
    if SavedAs.HAR in kinds:
        different = list({json_text(moment): moment for moment in moments}.values())
        moments = [*different[: _MOST_BODIES - 1], *different[_MOST_BODIES - 1 :][-1:]]
    if len(moments) < _LEAST:
        message = "one snapshot shows what was, not what may be"
        raise InputFault(message, "--snapshot", "", "give two that differ: --snapshot a.json --snapshot b.json")
    if None in kinds and len(kinds) > 1:
        mend = "give all of one kind; a single store in a file is given with --key alone"
        raise InputFault("the file of a single store beside files of several", "--snapshot", "", mend)
    stores = _single(moments, asked) if None in kinds else _several(moments, asked, areas, frozenset(kinds))
    if len({json_text(moment) for moment in stores.moments}) == 1:
        note = (
            "the snapshots all hold the same, so what may differ from day to day is not known: better give two that do"
        )
        return replace(stores, notes=(*stores.notes, note))
    return stores


def _moments_of(snapshot: Any, asked: Asked, areas: dict[str, Area]) -> Iterator[tuple[SavedAs | None, dict[str, Any]]]:
    """Yield the documents of what one file shows by their keys; of a single store under an empty key."""
    file = str(snapshot) if isinstance(snapshot, (str, PathLike)) else "snapshots"
    if asked.area is Area.FILE and isinstance(snapshot, (str, PathLike)):
        yield None, {"": parse_logged_file(File(snapshot))}
        return
    document = (
        parse_json_file(File(snapshot)) if isinstance(snapshot, (str, PathLike)) else checked_document(snapshot, file)
    )
    if isinstance(document, str):
        document = parse_json(document.encode("utf-8", "surrogatepass"), file)
    saved = saved_file(document, file, asked.keys, asked.origin)
    if saved is None:
        if not isinstance(document, (dict, list)):
            raise InputFault("neither an object nor a list", file, "", "save what the store holds as JSON")
        yield None, {"": document}
        return
    by_key: dict[str, list[Any]] = {}
    for entry in saved.entries:
        if (not asked.keys or entry.key in asked.keys) and (
            None in (asked.area, entry.area) or entry.area == asked.area
        ):
            by_key.setdefault(entry.key, []).append(entry.document)
            if entry.area is not None:
                areas[entry.key] = entry.area
    for key in asked.keys:
        if key not in by_key:
            keys = [entry.key for entry in saved.entries]
            where = f"{asked.area} " if asked.area is not None else ""
            mend = suggestion(key, keys) or f"it holds {len(keys)} with JSON, under other keys"
            raise InputFault(f"a {saved.kind} without a {where}store under {key!r}", file, "", mend)
    if not by_key:
        raise InputFault(f"a {saved.kind} without a store that is JSON", file, "", "name the key with --key")
    # The answers of one address at several times are several moments; whatever came once stands in all of them.
    for number in range(max(map(len, by_key.values()))):
        yield saved.kind, {key: documents[min(number, len(documents) - 1)] for key, documents in by_key.items()}


def _single(moments: _Moments, asked: Asked) -> Gathered:
    if len(asked.keys) > 1:
        mend = "give a dump of the storage, an object of texts by their keys"
        raise InputFault("several keys for the file of a single store", "--key", "", mend)
    key = next(iter(asked.keys), "")
    name = next(iter(asked.names), "") or store_name(key)
    check_store_name(name)
    area = asked.area or _area_in(asked.code)
    store = StoreGiven(name, area or Area.SESSION, key or name, is_assumed=area is None)
    notes = () if key else (f"nothing says the storage key: {store.key!r} is assumed; --key says another",)
    return Gathered((store,), tuple({name: moment[""]} for moment in moments), is_chosen=True, notes=notes)


def _several(moments: _Moments, asked: Asked, areas: Mapping[str, Area], kinds: frozenset[SavedAs | None]) -> Gathered:
    keys = asked.keys or tuple(dict.fromkeys(key for moment in moments for key in moment))
    private = [key for key in keys if not asked.keys and (is_idlike(key) or _PERSON.search(key))]
    rare = [key for key in keys if key not in private and sum(key in moment for moment in moments) < _LEAST]
    chosen = [key for key in keys if key not in private and key not in rare]
    notes = []
    if private:
        notes.append(
            f"left out, for the key looks like an id or a person's: {len(private)}; name what you read with --key"
        )
    if rare and asked.keys:
        problem = f"only one snapshot holds {rare[0]!r}"
        raise InputFault(problem, "--snapshot", "", "give two that differ")
    if rare:
        notes.append(f"left out, for only one snapshot holds the key: {len(rare)}")
    if not chosen or len(chosen) > _MOST_STORES:
        problem = f"{len(chosen)} stores under keys of their own" if chosen else "no store that two snapshots hold"
        raise InputFault(problem, "--key", "", "name those that your readers read, each with --key")
    if SavedAs.HAR in kinds:
        notes.append("bodies of a HAR are answers of the page's server: a capture sees them while the page asks")
    known_area = asked.area or _area_in(asked.code)
    names: dict[str, str] = {}
    for number, key in enumerate(chosen):
        short = key.rpartition("/")[2] if SavedAs.HAR in kinds or areas.get(key) is Area.INDEXED_DB else key
        wished = asked.names[number] if asked.names else unused(store_name(short), names.values())
        check_store_name(wished)
        names[key] = wished
    if len(set(names.values())) < len(names):
        raise InputFault("two stores of one name", "--store", "", "give each key a name of its own")
    stores = tuple(
        StoreGiven(
            names[key],
            areas.get(key) or (Area.RESPONSE if SavedAs.HAR in kinds else known_area or Area.SESSION),
            key,
            is_assumed=key not in areas and known_area is None and SavedAs.HAR not in kinds,
        )
        for key in chosen
    )
    by_name = tuple({names[key]: moment[key] for key in chosen if key in moment} for moment in moments)
    return Gathered(stores, tuple(filter(None, by_name)), bool(asked.keys), tuple(notes))


def _area_in(code: str) -> Area | None:
    """Return the only storage area that the readers' own source names; None where it names none or several."""
    named = [area for area, pattern in _AREAS.items() if pattern.search(code)]
    return named[0] if len(named) == 1 else None
