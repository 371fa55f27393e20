"""Create a workspace: check the input, build the files, load them once, and write all of them or none."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path as File
from typing import Any
from urllib.parse import urlsplit

from driftwright.authoring.init.build import Scaffold, build_workspace
from driftwright.authoring.init.gather import Asked, gathered
from driftwright.authoring.init.names import check_store_name
from driftwright.authoring.init.request import InitRequest
from driftwright.authoring.lock import NAME, reads_lock
from driftwright.authoring.prove.prove import load_workspace
from driftwright.base.errors import InputFault
from driftwright.base.files import read_text, write_together
from driftwright.base.terms import Area
from driftwright.base.toml import quoted
from driftwright.impact import Engine
from driftwright.snapshot import hiding, private_salt, throwaway_salt
from driftwright.workspace import NAME as VERSIONS
from driftwright.workspace import find_workspace, versions_lock, workspace_in

_TAKEN = ("contracts", "schemas", "probes")


def init_request(  # noqa: PLR0913 - what a workspace is made from, each by its name
    snapshots: Sequence[Any],
    readers: File,
    *,
    key: str | Sequence[str] = "",
    store: str | Sequence[str] = "",
    area: Area | None = None,
    url: str = "",
) -> InitRequest:
    """Check and return the input from which a workspace is made.

    Args:
        snapshots: The stores as they were, at least twice: paths of JSON files (a text is a path), or documents. Each
            is a single store, or a file of several: a dump of a storage, a storage state, or a HAR.
        readers: The file of a module of readers.
        key: The storage key, or several; empty for the store's name, or for all that readers read of several.
        store: What readers call the store, or each of them; empty to take it from the key.
        area: The storage area they lie in; None to find it.
        url: Where the page is; empty when that is not known yet.

    Raises:
        InputFault: One of them is not what it should be; its place is the option of `driftwright init`.
    """
    for option, given in (("--key", key), ("--store", store)):
        if not isinstance(given, str) and not all(given):
            raise InputFault("an empty text", option, "", f"name one, or leave {option} out")
    keys, names = (tuple(filter(None, [option] if isinstance(option, str) else option)) for option in (key, store))
    if not keys and len(names) == 1:
        keys = names
    for name in names:
        check_store_name(name)
    if any("{" in wanted for wanted in keys):
        raise InputFault("a pattern of many keys", "--key", "", "give one whole key; widen store.toml afterwards")
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None):
        raise InputFault("not the address of a page", "--url", "", "give an http or https URL without a user name")
    code = read_text(readers)
    saved = gathered(snapshots, Asked(keys, names, area, f"{parts.scheme}://{parts.netloc}" if url else "", code))
    return InitRequest(
        stores=saved.stores,
        owner=re.sub(r"[^a-z0-9-]+", "-", (parts.hostname or "site").lower()),
        url=url,
        moments=saved.moments,
        readers=code,
        readers_file=str(readers),
        is_chosen=saved.is_chosen,
        notes=saved.notes,
    )


def init_workspace(folder: File, request: InitRequest) -> Scaffold:
    """Write a whole workspace into a folder.

    Args:
        folder: Where; it is made if it is not there, and may hold no workspace yet.
        request: The checked input.

    Returns:
        The written files, with notes for review. The contracts name the readers where they lie.

    Raises:
        InputFault: The folder holds a workspace, or the readers do not parse or answer nothing.
        MachineFault: A file cannot be written; nothing was changed.
    """
    _refuse_taken(folder)
    with Engine() as engine, hiding(throwaway_salt()) as redact:
        engine.start()
        made = build_workspace(request, redact, private_salt(workspace_in(folder)), engine)
        locks = _locks(folder, made.files, engine)
    whole, beside = (quoted(f"{name}#")[:-1] for name in (made.own_code, _beside(folder, made.own_code)))
    made = replace(made, files={name: text.replace(whole, beside) for name, text in made.files.items()})
    _refuse_taken(folder)
    write_together({folder / name: text for name, text in {**made.files, **locks}.items()})
    return made


def _beside(folder: File, code: str) -> str:
    """Return the path by which contracts name a file of the user's: from their folder, or whole on another drive."""
    try:
        return File(os.path.relpath(code, (folder / "contracts").resolve())).as_posix()
    except ValueError:
        return code


def _refuse_taken(folder: File) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputFault("not a folder", str(folder), "", "name a new folder")
    for name in _TAKEN:
        if (folder / name).exists() or (folder / name).is_symlink():
            mend = "name another folder; nothing is overwritten"
            raise InputFault(f"holds {name}/ already", str(folder), "", mend)


def _locks(folder: File, files: Mapping[str, str], engine: Engine) -> dict[str, str]:
    """Load the new workspace from a temporary folder, which shows that it is valid, and return its locks.

    Raises:
        InputFault: It is not valid, for what is in the readers or the documents.
    """
    with tempfile.TemporaryDirectory(prefix="driftwright-") as name:
        copy = File(name).resolve()
        for path, text in files.items():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_text(text, encoding="utf-8", newline="\n")
        try:
            workspace = find_workspace(str(copy))
            reads = reads_lock(load_workspace(workspace, engine))
            return {f"contracts/{NAME}": reads, f"schemas/{VERSIONS}": versions_lock(workspace.schemas)}
        except InputFault as fault:
            # A message names the file that would have been written, not the copy, which is gone.
            parts = [part.replace(str(copy), str(folder)) for part in (fault.what, fault.file, fault.place, fault.mend)]
            raise InputFault(f"cannot be started so: {parts[0]}", *parts[1:]) from None
