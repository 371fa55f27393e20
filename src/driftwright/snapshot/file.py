"""Snapshot files: `snapshot-v1` JSON, checked when read, and written atomically."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from driftwright.base.errors import InputFault
from driftwright.base.files import read_bounded, write_atomically
from driftwright.base.jsontext import MAX_DEPTH, may_hold, parse_plain_json, strict_json
from driftwright.base.terms import Area
from driftwright.snapshot.fields import AGAIN as _AGAIN
from driftwright.snapshot.fields import FieldReader
from driftwright.snapshot.model import FORMAT, WAYS, AreaView, Entry, Json, Labels, Provenance, Redaction, Snapshot

if TYPE_CHECKING:
    from driftwright.snapshot.answers import RawAnswers

MAX_BYTES = 64 * 1024 * 1024
TOO_LARGE = "capture fewer stores"
MAX_NODES = 2_100_000  # what a capture takes in, and what is told of each area

FORMS = ("json", "text", "json-in-text", "json-in-lz-string", "json-in-base64", "oversize", "shape")
_UNSEALED = ("snippet", "fingerprint")  # made where nothing of ours runs but the redactor

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]|,', re.DOTALL)
APP_LABEL = re.compile(r"[0-9A-Za-z.+_-]{0,32}")
COUNTRY_LABEL = re.compile(r"(?:[A-Z]{2})?")
_OTHER_PLACE = re.compile(r"(?:frame|tab) [1-9][0-9]{0,3}")


def read_snapshot(path: Path) -> Snapshot:
    """Read a snapshot file.

    Raises:
        InputFault: The file is missing, too large, not strict JSON, of another format, or was edited by hand.
    """
    return snapshot_of(read_document(path), str(path))


def read_document(path: Path) -> Any:
    """Read a file of captured JSON within bounds; its content is not checked.

    Raises:
        InputFault: The file is missing, too large, too deep, or not strict JSON.
    """
    return document_of(captured_bytes(path), str(path))


def document_of(data: bytes, name: str) -> Any:
    """Parse captured JSON within bounds; its content is not checked.

    Raises:
        InputFault: It is too deep, or not strict JSON; `name` is the file's.
    """
    document = _plainly(data)
    if document is None:
        text = _text(data, name)
        _preflight(text, name)
        document = strict_json(text, name, _AGAIN)
    return document


def snapshot_of(document: Any, name: str) -> Snapshot:
    """Return the snapshot that a document holds.

    Raises:
        InputFault: It is of another format, or was edited by hand; `name` is the file's.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputFault(
            f"this is not a {FORMAT} document",
            name,
            "/format",
            "give a file that `probe` wrote, or a saved store with --store NAME=FILE",
        )
    reader = FieldReader(name)
    snapshot = _snapshot(reader, document)
    if reader.field(document, "", "digest", str) != snapshot.digest:
        raise InputFault("the content does not match its digest", name, "/digest", _AGAIN)
    return snapshot


def pasted_snapshot(document: Any, name: str) -> Snapshot:
    """Return the snapshot that a person pasted from a console, which knows no digest.

    Raises:
        InputFault: It is of another format or comes another way; `name` says where it was pasted.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputFault(f"this is not a {FORMAT} document", name, "/format", "run the snippet again")
    snapshot = _snapshot(FieldReader(name), document)
    if snapshot.provenance.way not in _UNSEALED:
        raise InputFault("the digest is missing", name, "/digest", _AGAIN)
    return snapshot


def write_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot file: the old file or the whole new one, never a part.

    Raises:
        InputFault: `path` is a symbolic link.
        MachineFault: The folder cannot be written, or the disk is full.
    """
    write_atomically(path, json.dumps(snapshot_record(snapshot), ensure_ascii=True, indent=1, allow_nan=False) + "\n")


def captured_bytes(path: Path) -> bytes:
    """Read a file of captured JSON as it is.

    Raises:
        InputFault: The file is missing, empty or too large.
    """
    name = str(path)
    data = read_bounded(path, MAX_BYTES, TOO_LARGE)
    if not data or data.isspace():
        raise InputFault("the file is empty", name, "1:1", _AGAIN)
    return data


def _plainly(data: bytes) -> Any:
    """Parse what `write_snapshot` wrote, at once; None for anything that may be something else."""
    if may_hold(data, MAX_NODES):
        return None
    try:
        return parse_plain_json(data)
    except ValueError:
        return None


def _text(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputFault("not UTF-8", name, f"byte {error.start}", "save it as UTF-8") from None
    if text.startswith("\ufeff"):
        raise InputFault("starts with a byte order mark", name, "1:1", "save it as UTF-8 without one")
    return text


def _preflight(text: str, name: str) -> None:
    """Bound depth and node count on the text itself, before a parser builds anything."""
    depth = 0
    nodes = 1
    for match in _TOKEN.finditer(text):
        first = match[0][0]
        if first == '"':
            continue
        if first in "[{":
            depth += 1
            nodes += 1
        elif first == ",":
            nodes += 1
        else:
            depth -= 1
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            limit = f"nested deeper than {MAX_DEPTH}" if depth > MAX_DEPTH else f"more than {MAX_NODES} values"
            raise InputFault(limit, name, f"{line}:{column}", "capture fewer stores")


def _snapshot(reader: FieldReader, document: Mapping[str, Any]) -> Snapshot:
    origin = reader.field(document, "", "provenance", dict)
    hidden = reader.field(document, "", "redaction", dict)
    names = ("target", "state", "origin", "browser", "taken_at", "tool")
    return Snapshot(
        replace(
            Provenance(*(reader.field(origin, "/provenance", name, str) for name in names)), way=_way(reader, origin)
        ),
        Redaction(*(reader.field(hidden, "/redaction", name, str) for name in ("redactor", "policy"))),
        areas_of(reader, document, ""),
        answers=_answers(reader, document),
        labels=labels_of(reader, document),
    )


def labels_of(reader: FieldReader, document: Mapping[str, Any]) -> Labels:
    """Return the labels of a document; what is not said is empty.

    Raises:
        InputFault: One is no version, or no country.
    """
    if "labels" not in document:
        return Labels()
    labels = reader.field(document, "", "labels", dict)
    label_texts = {name: reader.field(labels, "/labels", name, str) for name in ("app", "country") if name in labels}
    for name, pattern in (("app", APP_LABEL), ("country", COUNTRY_LABEL)):
        if not pattern.fullmatch(label_texts.get(name, "")):
            raise InputFault("no such label", reader.file, f"/labels/{name}", "give a version, or two capital letters")
    return Labels(**label_texts)


def _answers(reader: FieldReader, document: Mapping[str, Any]) -> RawAnswers | None:
    if "answers" not in document:
        return None
    from driftwright.snapshot.answers import answers_of

    return answers_of(reader, reader.field(document, "", "answers", dict), "/answers")


def _way(reader: FieldReader, origin: Mapping[str, Any]) -> str:
    """Return how it was captured; files of before there was a choice do not say."""
    way = reader.field(origin, "/provenance", "way", str) if "way" in origin else "launched"
    if way not in WAYS:
        raise InputFault("no such way", reader.file, "/provenance/way", f"use one of {', '.join(WAYS)}")
    return way


def fingerprint_areas(areas: Any, name: str) -> tuple[AreaView, ...]:
    """Return the areas of a fingerprint.

    Args:
        areas: The parsed list.
        name: Where it comes from, for the message.

    Raises:
        InputFault: One is malformed.
    """
    return areas_of(FieldReader(name), {"areas": areas}, "")


def areas_of(reader: FieldReader, holder: Mapping[str, Any], place: str) -> tuple[AreaView, ...]:
    """Return the areas of a document's object at `place`.

    Raises:
        InputFault: One is malformed.
    """
    return tuple(_area(reader, below, item) for below, item in reader.objects(holder, place, "areas"))


def _area(reader: FieldReader, place: str, item: Mapping[str, Any]) -> AreaView:
    word = reader.field(item, place, "area", str)
    if word not in tuple(Area):
        raise InputFault("no such storage area", reader.file, f"{place}/area", f"use one of {', '.join(Area)}")
    denied = reader.field(item, place, "denied", str) if "denied" in item else ""
    where = reader.field(item, place, "where", str) if "where" in item else ""
    if where and not _OTHER_PLACE.fullmatch(where):
        raise InputFault("no such place", reader.file, f"{place}/where", "use a frame or tab and its number")
    entries = tuple(_entry(reader, below, entry) for below, entry in reader.objects(item, place, "entries"))
    shape_records = reader.field(item, place, "shapes", dict) if "shapes" in item else {}
    shapes = tuple(Entry("", name, {}, 0, "shape", shape) for name, shape in shape_records.items())
    return AreaView(Area(word), (*entries, *shapes), reader.field(item, place, "others", int), denied, where)


def _entry(reader: FieldReader, place: str, item: Mapping[str, Any]) -> Entry:
    ids = reader.field(item, place, "ids", dict)
    for name in ids:
        reader.field(ids, f"{place}/ids", name, str)
    form = reader.field(item, place, "form", str)
    if form not in FORMS:
        raise InputFault("no such form", reader.file, f"{place}/form", f"use one of {', '.join(FORMS)}")
    if "value" not in item:
        raise InputFault("value is missing", reader.file, f"{place}/value", _AGAIN)
    key, store = reader.field(item, place, "key", str), reader.field(item, place, "store", str)
    return Entry(key, store, ids, reader.field(item, place, "size", int), form, item["value"])


def snapshot_record(snapshot: Snapshot) -> dict[str, Json]:
    """Return the snapshot as the JSON of its file."""
    origin, hidden = snapshot.provenance, snapshot.redaction
    record: dict[str, Json] = {
        "format": FORMAT,
        "digest": snapshot.digest,
        "provenance": {name: getattr(origin, name) for name in origin.__slots__},
        "redaction": {name: getattr(hidden, name) for name in hidden.__slots__},
        "areas": [area_record(view) for view in snapshot.areas],
    }
    if labels := {name: value for name, value in asdict(snapshot.labels).items() if value}:
        record["labels"] = labels
    if snapshot.answers is None:
        return record
    from driftwright.snapshot.answers import answers_record

    return {**record, "answers": answers_record(snapshot.answers)}


def area_record(view: AreaView) -> dict[str, Json]:
    """Return one area as the JSON of a file."""
    entries = [{name: getattr(entry, name) for name in entry.__slots__} for entry in view.entries]
    record: dict[str, Json] = {"area": str(view.area), "others": view.others, "entries": entries}
    if view.denied:
        record["denied"] = view.denied
    return {**record, "where": view.where} if view.where else record
