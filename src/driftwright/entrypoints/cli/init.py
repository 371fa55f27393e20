"""The command that starts a workspace: init."""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path as File
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from driftwright.authoring import Redact, Request, Scaffold, build_workspace
from driftwright.base.errors import InputFault, visible
from driftwright.base.files import read_text
from driftwright.base.jsontext import parse_json_file
from driftwright.base.terms import Area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from driftwright.impact import Engine

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_LEAST = 2
_TAKEN = ("contracts", "schemas", "probes")


def init(options: argparse.Namespace) -> int:
    """Write a whole workspace from snapshots of a store and a module of readers."""
    from driftwright.impact import Engine

    folder = File(options.folder)
    _refuse_taken(folder)
    request = _request(options)
    with Engine() as engine:
        engine.start()
        made = build_workspace(request, _hiding(), engine)
        files = {**made.files, **_locks(made.files, engine)}
    _refuse_taken(folder)
    from driftwright.base.files import write_together

    write_together({folder / name: text for name, text in files.items()})
    print("\n".join(map(visible, _said(options, request, made, folder))))
    return 0


def _request(options: argparse.Namespace) -> Request:
    snapshots = options.snapshot or []
    if len(snapshots) < _LEAST:
        what = "one snapshot shows what was, not what may be"
        raise InputFault(what, "--snapshot", "", "give two that differ: --snapshot a.json --snapshot b.json")
    store = options.store or _identifier(options.key or "") or "store"
    if not _NAME.match(store):
        raise InputFault(f"{store!r} is no name for a store", "--store", "", "use small letters, digits and _")
    key = options.key or store
    if "{" in key:
        raise InputFault("a pattern of many keys", "--key", "", "give one whole key; widen store.toml afterwards")
    parts = urlsplit(options.url or "")
    if options.url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None):
        raise InputFault("not the address of a page", "--url", "", "give an http or https URL without a user name")
    return Request(
        store=store,
        owner=re.sub(r"[^a-z0-9-]+", "-", (parts.hostname or "site").lower()),
        area=Area(options.area),
        key=key,
        url=options.url or "",
        documents=tuple(_document(File(name)) for name in snapshots),
        readers=read_text(File(options.readers)),
        readers_file=options.readers,
    )


def _document(file: File) -> Any:
    """Return the store that a file holds, also when it was copied as a text that holds it."""
    from driftwright.base.jsontext import parse_json

    document = parse_json_file(file)
    if isinstance(document, str):
        document = parse_json(document.encode("utf-8", "surrogatepass"), str(file))
    if not isinstance(document, (dict, list)):
        raise InputFault("neither an object nor a list", str(file), "", "save what the store holds as JSON")
    return document


def _identifier(text: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()).strip("_")
    return words[:40] if words[:1].isalpha() else ""


def _refuse_taken(folder: File) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputFault("not a folder", str(folder), "", "name a new folder")
    for name in _TAKEN:
        if (folder / name).exists() or (folder / name).is_symlink():
            mend = "name another folder; nothing is overwritten"
            raise InputFault(f"holds {name}/ already", str(folder), "", mend)


def _hiding() -> Redact:
    """Return what hides values, each time alike, under a salt that nobody keeps."""
    from driftwright.snapshot import hide, throwaway_salt

    salt = throwaway_salt()

    def hidden(policy: Mapping[str, Any], documents: Sequence[Any]) -> list[Any]:
        return hide(policy, documents, salt)

    return hidden


def _locks(files: Mapping[str, str], engine: Engine) -> dict[str, str]:
    """Load the workspace as any other, which proves that it can be, and return its locks."""
    from driftwright.authoring import NAME, ground, reads_lock
    from driftwright.workspace import NAME as VERSIONS
    from driftwright.workspace import find_workspace, versions_lock

    with tempfile.TemporaryDirectory(prefix="driftwright-") as name:
        folder = File(name)
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8", newline="\n")
        workspace = find_workspace(name)
        reads = reads_lock(ground(workspace, engine))
        return {f"contracts/{NAME}": reads, f"schemas/{VERSIONS}": versions_lock(workspace.schemas)}


def _said(options: argparse.Namespace, request: Request, made: Scaffold, folder: File) -> list[str]:
    where = f"--workspace {folder} " if folder != File() else ""
    lines = [
        f"{folder}: 1 store ({request.store}), {len(made.facts)} derived facts: {', '.join(made.facts)}",
        "every value in the known-good stores is made up; names of fields are as they are: look before you publish",
    ]
    if made.kept:
        lines.append(f"captures keep the values at {', '.join(map(str, made.kept))}: the readers ask for them")
    lines += [f"note: {note}" for note in made.notes]
    lines += [
        "next:",
        f"  driftwright {where}check --store {request.store}={options.snapshot[-1]}    judge any saved store, offline",
        f"  driftwright {where}prove                               what no fallback would mend",
    ]
    if request.url:
        lines.append(f"  driftwright {where}run {request.store}                           look at {request.url} itself")
    return lines
