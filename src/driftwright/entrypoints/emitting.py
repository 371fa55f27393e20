"""The package that a consumer ships, put together: the facts of a workspace and the fingerprint of its stores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path as File

from driftwright.authoring import DEFAULT_NAME, Emitted, emit_package
from driftwright.snapshot.capture import fingerprint_function
from driftwright.workspace import Workspace, load_stores, redaction_policy

_NO_TARGET = "page"


def emitted(workspace: Workspace, folder: File, name: str = "", target: str = "") -> Emitted:
    """Return the package of a workspace; nothing is written.

    Args:
        workspace: The contracts and schemas.
        folder: Where it is to lie.
        name: Its name; empty for the one that the package in the folder has, else the usual one.
        target: The probe whose name a fingerprint bears; empty for the only one there is.

    Raises:
        InputFault: A contract, schema or reader is not what it should be, there is no such target, or the name is no
            package's.
    """
    if target:
        workspace.target_file(target)
    only = workspace.targets() if len(workspace.targets()) == 1 else (_NO_TARGET,)

    def fingerprint(names: Sequence[str]) -> str:
        stores = load_stores(workspace.schemas)
        return fingerprint_function(target or only[0], redaction_policy(stores[name] for name in names))

    return emit_package(workspace, fingerprint, name or _name_in(folder) or DEFAULT_NAME)


def _name_in(folder: File) -> str:
    """Return the name of the package that lies in a folder; empty without any."""
    try:
        record = json.loads((folder / "package.json").read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    name = record.get("name") if isinstance(record, dict) else None
    return name if isinstance(name, str) else ""
