"""Redact saved dumps of a storage in memory; nothing raw is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_json
from driftwright.base.terms import Area
from driftwright.snapshot.capture.answer import policy_text, provenance_of, redaction_of, views_of
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.snapshot.model import Snapshot
from driftwright.workspace import Target

WAY = "dump"
_MEND = "give what copy(JSON.stringify(sessionStorage)) copied, or a storage state that Playwright saved"

Texts = list[list[str]]  # keys with their stored texts


def named_area(argument: str) -> tuple[Area | None, str]:
    """Split `AREA=FILE`; without an area the file says itself what it is."""
    word, joint, file = argument.partition("=")
    return (Area(word), file) if joint and word in tuple(Area) else (None, argument)


def unwrapped(document: Any, file: str) -> Any:
    """Return what a dump says, also when it was copied as a text that holds it."""
    return parse_json(document.encode("utf-8", "surrogatepass"), file) if isinstance(document, str) else document


def dumped(request: CaptureRequest, files: Iterable[tuple[Area | None, Any, str]], redact: Redact) -> Snapshot:
    """Return the snapshot of saved storage.

    Args:
        request: What to look for, and how to hide the rest.
        files: Each file's area if it was named, its document, and its name.
        redact: Runs the redactor on a policy and on areas, both as text.

    Raises:
        InputFault: A file is no dump of a storage, or two are of one area.
    """
    target = request.target
    state, _ = target.walk(request.state)
    areas: dict[Area, Texts] = {}
    for area, document, name in files:
        for own_area, texts in _areas(area, document, name, target):
            if own_area in areas:
                raise InputFault(f"a second dump of {own_area}", name, "", "give one file an area")
            areas[own_area] = texts
    views = [{"area": str(area), "entries": areas[area]} for area in Area if area in areas]
    answer = redact(policy_text(request.policy, request.salt, areas), json.dumps(views, ensure_ascii=True))
    provenance = provenance_of(target, state, "unknown", WAY)
    return Snapshot(provenance, redaction_of(request.policy), views_of(answer, "", target.file))


Redact = Callable[[str, str], str]


def _areas(area: Area | None, document: Any, name: str, target: Target) -> Iterator[tuple[Area, Texts]]:
    if not isinstance(document, dict):
        raise InputFault("not the dump of a storage", name, "", _MEND)
    if area is None and isinstance(document.get("origins"), list) and isinstance(document.get("cookies"), list):
        yield Area.LOCAL, _of_origin(document["origins"], name, target)
    else:
        yield area or Area.SESSION, [[key, _text(value, area)] for key, value in document.items()]


def _of_origin(origins: list[Any], name: str, target: Target) -> Texts:
    """Return the local storage of the target's origin; cookies and other origins are not looked at."""
    for origin in origins:
        if isinstance(origin, Mapping) and origin.get("origin") == target.origin:
            held = origin.get("localStorage", [])
            try:
                return [[str(item["name"]), str(item["value"])] for item in held]
            except (TypeError, KeyError):
                raise InputFault("localStorage is not a list of name and value", name, "/origins", _MEND) from None
    raise InputFault(f"nothing of {target.origin} in it", name, "/origins", "save it while the page is open")


def _text(value: Any, area: Area | None) -> str:
    """Return a value as the redactor takes it: a page's storage holds texts, an extension's holds JSON."""
    plain = isinstance(value, str) and not str(area).startswith("extension-")
    return value if plain else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
