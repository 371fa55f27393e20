"""Turn the arguments of the public functions (paths, values or texts) into documents, snapshots and readers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from driftwright.impact import Program
    from driftwright.snapshot import Snapshot, Watch
    from driftwright.workspace import Workspace

_EXPORTS = re.compile(r"(?m)^\s*export\b")
_DEFINES = re.compile(r"(?m)^(?:async\s+)?def\s+\w+\(")


def read_capture(
    capture: str | PathLike[str] | Snapshot | Mapping[str, Any], workspace: Workspace
) -> tuple[Snapshot | Watch, str | None]:
    """Return a capture, and the name of its file if it has one."""
    from driftwright.snapshot import plain_snapshot, read_any

    if isinstance(capture, Mapping):
        return plain_snapshot(capture, workspace), None
    if isinstance(capture, (str, PathLike)):
        return read_any(str(capture)), File(capture).name
    return capture, None


def document_of(source: object, name: str) -> Any:
    """Return a document that was given as such, or as the path of a JSON file; messages call it `name`."""
    from driftwright.base.jsontext import checked_document, parse_json_file

    return parse_json_file(File(source)) if isinstance(source, (str, PathLike)) else checked_document(source, name)


def documents_of(documents: Sequence[object]) -> list[Any]:
    """Return documents, each as `document_of` takes it."""
    return [document_of(document, "known") for document in documents]


def readers_of(source: str | PathLike[str]) -> Program:
    """Return a module of readers that was given as a path, or as its text."""
    from driftwright.impact import load_readers, readers_module

    if isinstance(source, str) and _EXPORTS.search(source):
        return readers_module(source, "readers")
    if isinstance(source, str) and _DEFINES.search(source):
        return readers_module(source, "readers.py")
    return load_readers(File(source))
