"""A watch: the samples of a page's storage over a time, and its file `watch-v1`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.files import write_atomically
from driftwright.snapshot.fields import FieldReader
from driftwright.snapshot.file import (
    area_record,
    areas_of,
    captured_bytes,
    document_of,
    snapshot_of,
    snapshot_record,
)
from driftwright.snapshot.model import AreaView, Snapshot

FORMAT = "watch-v1"
_AGAIN = "watch it again with `driftwright probe --watch`"


@dataclass(frozen=True, slots=True)
class Sample:
    """The page's storage at one time, redacted.

    Args:
        at_ms: Milliseconds since the watch began.
        page: How often the page had been loaded anew since then.
        areas: The storage areas of the page.
    """

    at_ms: int
    page: int
    areas: tuple[AreaView, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """A store seen over time.

    Args:
        every_ms: How often it was looked at.
        lasted_ms: How long.
        looks: How many looks there were.
        left_out: How many changes were seen and not kept, for there were too many.
        samples: What changed, in the order of time; the first is how the watch began.
        final: All areas at the end, at rest.
    """

    every_ms: int
    lasted_ms: int
    looks: int
    left_out: int
    samples: tuple[Sample, ...]
    final: Snapshot

    @property
    def digest(self) -> str:
        """`sha256:` and 64 hex digits over what was seen and when."""
        text = json.dumps(_watch_record(self), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def write_watch(watch: Watch, path: Path) -> None:
    """Write the file of a watch: the old file or the whole new one, never a part.

    Raises:
        InputFault: `path` is a symbolic link.
        MachineFault: The folder cannot be written, or the disk is full.
    """
    record = {"format": FORMAT, "digest": watch.digest, **_watch_record(watch), "final": snapshot_record(watch.final)}
    write_atomically(path, json.dumps(record, ensure_ascii=True, indent=1, allow_nan=False) + "\n")


def read_capture(path: Path) -> Snapshot | Watch:
    """Read a file that `probe` wrote, with `--watch` or without.

    Raises:
        InputFault: The file is missing, too large, not strict JSON, of another format, or was edited by hand.
    """
    return capture_of(captured_bytes(path), str(path))


def capture_of(data: bytes, name: str) -> Snapshot | Watch:
    """Return the snapshot or the watch that a file's bytes hold.

    Raises:
        InputFault: They are not strict JSON, of another format, or were edited by hand; `name` is the file's.
    """
    document = document_of(data, name)
    if isinstance(document, dict) and document.get("format") == FORMAT:
        return watch_of(document, name)
    return snapshot_of(document, name)


def watch_of(document: Mapping[str, Any], name: str) -> Watch:
    """Return the watch that a document holds.

    Raises:
        InputFault: It is malformed, or was edited by hand; `name` is the file's.
    """
    reader = FieldReader(name)
    watch = Watch(
        every_ms=_count(reader, document, "", "every_ms"),
        lasted_ms=_count(reader, document, "", "lasted_ms"),
        looks=_count(reader, document, "", "looks"),
        left_out=_count(reader, document, "", "left_out"),
        samples=tuple(_sample(reader, place, item) for place, item in reader.objects(document, "", "samples")),
        final=snapshot_of(reader.field(document, "", "final", dict), name),
    )
    if reader.field(document, "", "digest", str) != watch.digest:
        raise InputFault("the content does not match its digest", name, "/digest", _AGAIN)
    order = [(sample.page, sample.at_ms) for sample in watch.samples]
    if order != sorted(order):
        raise InputFault("the samples are not in the order of time", name, "/samples", _AGAIN)
    return watch


def _sample(reader: FieldReader, place: str, item: Mapping[str, Any]) -> Sample:
    at, page = (_count(reader, item, place, field) for field in ("at_ms", "page"))
    return Sample(at, page, areas_of(reader, item, place))


def _count(reader: FieldReader, holder: Mapping[str, Any], place: str, field: str) -> int:
    number = reader.field(holder, place, field, int)
    if number < 0:
        raise InputFault(f"{field} is less than nothing", reader.file, f"{place}/{field}", _AGAIN)
    return number


def _watch_record(watch: Watch) -> dict[str, Any]:
    return {
        "every_ms": watch.every_ms,
        "lasted_ms": watch.lasted_ms,
        "looks": watch.looks,
        "left_out": watch.left_out,
        "samples": [
            {"at_ms": sample.at_ms, "page": sample.page, "areas": [area_record(view) for view in sample.areas]}
            for sample in watch.samples
        ],
    }
