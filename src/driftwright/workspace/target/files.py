"""The files that a target names: the folder that answers for the page, the extension, and which file answers what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import read_bytes
from driftwright.base.toml import Table


def folder(table: Table, name: str, beside: Path) -> Path | None:
    """Return a folder named relative to the file, or None when none is named.

    Raises:
        InputFault: There is no such folder.
    """
    named = table.text(name, "")
    if not named:
        return None
    path = (beside / named).resolve()
    if not path.is_dir():
        raise table.fault("there is no such folder", name, "name a folder relative to this file")
    return path


def extension(table: Table, beside: Path) -> Path | None:
    """Return the folder of the unpacked extension, or None when none is named.

    Raises:
        InputFault: It holds no manifest, or its path holds a comma.
    """
    path = folder(table, "extension", beside)
    if path is None:
        return None
    if "," in str(path):  # the browser would read a list of folders, and load whatever lies in each
        raise table.fault("the folder's path holds a comma", "extension", "move it to a path without one")
    try:
        data = read_bytes(path / "manifest.json")
    except InputFault:
        problem = "the folder holds no manifest.json"
        raise table.fault(problem, "extension", "build the extension, or name its folder") from None
    try:
        manifest = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise table.fault("its manifest.json is not JSON", "extension", "build the extension again") from None
    if not isinstance(manifest, dict):
        raise table.fault("its manifest.json is not an object", "extension", "build the extension again")
    return path


def named_files(table: Table) -> Mapping[str, str]:
    """Return the paths or globs of stores in files, by the stores' names.

    Raises:
        InputFault: One is no text.
    """
    named = table.mapping("files")
    for name, place in named.items():
        if not isinstance(place, str) or not place or "\0" in place:
            raise table.fault("not a path", f"files.{name}", 'write a path or a glob, such as "../logs/*.ndjson"')
    return named


def routes(table: Table, serve: Path | None) -> Mapping[str, str]:
    """Return which file of the served folder answers which paths.

    Raises:
        InputFault: A route names no such file.
    """
    files = table.mapping("routes")
    for pattern, file in files.items():
        place = f"routes.{pattern}"
        if serve is None:
            raise table.fault("a route without a folder to serve", place, "add `serve`")
        if not isinstance(file, str) or not pattern.startswith("/"):
            raise table.fault("a route maps a URL path to a file", place, 'write "/path/*" = "file"')
        if not (serve / file).resolve().is_relative_to(serve):
            raise table.fault("the file is outside the served folder", place, "name a file under `serve`")
    return files
