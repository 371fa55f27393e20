"""Redact saved dumps of a storage in memory; nothing raw is written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_json
from driftwright.base.terms import Area
from driftwright.base.toml import suggestion
from driftwright.snapshot.answers import RawAnswers
from driftwright.snapshot.capture.answer import provenance_of, redaction_of, views_of
from driftwright.snapshot.capture.asking import Readers
from driftwright.snapshot.capture.by_hand.storage_state import AREAS, Texts, areas_of_state, is_storage_state
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.snapshot.model import Snapshot

WAY = "dump"
_MEND = "give what copy(JSON.stringify(sessionStorage)) copied, or a storage state that Playwright saved"

_NAMES = 2  # slashes in the key of an entry of a database


def named_area(argument: str) -> tuple[Area | None, str]:
    """Split `AREA=FILE`; without an area the file says itself what it is.

    Raises:
        InputFault: The area is none.
    """
    word, joint, file = argument.partition("=")
    if joint and word not in tuple(Area) and not File(argument).exists() and File(file).exists():
        mend = suggestion(word, tuple(Area)) or f"known areas: {', '.join(Area)}"
        raise InputFault(f"unknown storage area {word!r}", "--from", "", mend)
    return (Area(word), file) if joint and word in tuple(Area) else (None, argument)


def unwrapped(document: Any, file: str) -> Any:
    """Return the document of a dump; one that was copied as a JSON text is parsed once more."""
    return parse_json(document.encode("utf-8", "surrogatepass"), file) if isinstance(document, str) else document


def dumped(
    request: CaptureRequest,
    files: Iterable[tuple[Area | None, Any, str]],
    redact: Redact,
    ask: Ask | None = None,
) -> Snapshot:
    """Return the snapshot of saved storage.

    Args:
        request: What to look for, and how to hide the rest.
        files: Each file's area if it was named, its document, and its name.
        redact: Runs the redactor: policy, salt and areas -> its answer.
        ask: Asks readers about what it ran on last: readers and the target's file -> their answers; None to ask none.

    Raises:
        InputFault: A file is no dump of a storage, does not say of which, or two are of one.
    """
    target = request.target
    state, _ = target.walk(request.state)
    areas: dict[Area, Texts] = {}
    named: dict[Area, str] = {}
    for area, document, name in files:
        for own_area, texts in _areas(area, document, name, request):
            if own_area in areas:
                problem = f"a second dump of {own_area}, beside {named[own_area]}"
                raise InputFault(problem, name, "", "give one file for each area, as AREA=FILE")
            areas[own_area], named[own_area] = texts, name
    views = [{"area": str(area), "entries": areas[area]} for area in Area if area in areas]
    answer = redact(request.policy, request.salt, views)
    provenance = provenance_of(target, state, "unknown", WAY)
    shown = views_of(answer, "", target.file)
    answers = ask(request.readers, target.file) if ask is not None else None
    return Snapshot(provenance, redaction_of(request.policy), shown, answers=answers)


Redact = Callable[[Mapping[str, Any], bytes, Sequence[Mapping[str, Any]]], str]
Ask = Callable[[Readers | None, str], RawAnswers | None]


def _areas(area: Area | None, document: Any, name: str, request: CaptureRequest) -> Iterator[tuple[Area, Texts]]:
    if not isinstance(document, dict):
        raise InputFault("not the dump of a storage", name, "", _MEND)
    if area in (None, *AREAS) and is_storage_state(document):
        held = dict(areas_of_state(document, name, request.target.origin))
        if area is not None and area not in held:
            mend = "save it with indexed_db=True" if area is Area.INDEXED_DB else _MEND
            raise InputFault(f"a storage state without {area} storage", name, "", mend)
        yield from ((held_area, texts) for held_area, texts in held.items() if area in (None, held_area))
        return
    area = area or _area_of(document, name, request)
    _check_dump(area, document, name)
    yield area, [[key, _text(value, area)] for key, value in document.items()]


def _area_of(document: Mapping[str, Any], name: str, request: CaptureRequest) -> Area:
    """Return the area of a dump that does not say it: the one that holds the declared stores, or that has their keys.

    Raises:
        InputFault: Several may be meant.
    """
    stores = request.policy["stores"]
    declared = list(dict.fromkeys(Area(store["area"]) for store in stores))
    if len(declared) > 1:
        held = {
            Area(store["area"]) for store in stores if any(id_of_key(store["key"], key) is not None for key in document)
        }
        declared = [area for area in declared if area in held] or declared
    if len(declared) != 1:
        known = ", ".join(declared or (Area.SESSION, Area.LOCAL))
        raise InputFault("not said which area it is a dump of", name, "", f"write AREA={name}, with one of {known}")
    return declared[0]


def id_of_key(pattern: str, key: str) -> str | None:
    """Return what `{id}` of a store's key stands for in a key, or the whole key without such; None in another."""
    parts = re.split(r"\{[^{}]*\}", pattern)
    match = re.fullmatch("(.+)".join(map(re.escape, parts)), key, re.DOTALL)
    return None if match is None else match[1] if len(parts) > 1 else key


def _check_dump(area: Area, document: Mapping[str, Any], name: str) -> None:
    """Refuse what is no dump of an area, as the document of a single store.

    Raises:
        InputFault: Its values are no texts, or its keys none of a database.
    """
    mend = f"judge the file of one store with check --store NAME={name}, or dump the whole storage"
    if area in (Area.SESSION, Area.LOCAL):
        odd = sum(not isinstance(value, str) for value in document.values())
        if odd:
            problem = f"not the dump of a {area} storage, whose values are texts: {odd} of {len(document)} are none"
            raise InputFault(problem, name, "", mend)
    if area is Area.INDEXED_DB and document and not any(key.count("/") >= _NAMES for key in document):
        problem = "not the dump of an indexed-db storage, whose keys are DATABASE/STORE/KEY"
        raise InputFault(problem, name, "", mend)


def _text(value: Any, area: Area | None) -> str:
    """Return a value as the redactor takes it: a page's storage holds texts, an extension's holds JSON."""
    plain = isinstance(value, str) and not str(area).startswith("extension-")
    return value if plain else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
