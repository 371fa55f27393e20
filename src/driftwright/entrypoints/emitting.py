"""The package that a consumer ships, put together: the facts of a workspace and the fingerprint of its stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path as File

from driftwright.authoring import Emitted, PackageSettings, emit_package, settings_in
from driftwright.snapshot.capture import fingerprint_function
from driftwright.workspace import Workspace, load_stores, redaction_policy

_NO_TARGET = "page"


def emitted(
    workspace: Workspace, folder: File, name: str = "", target: str = "", *, only_script: bool = False
) -> Emitted:
    """Return the package of a workspace; nothing is written.

    Args:
        workspace: The contracts and schemas.
        folder: Where it is to lie; what is not said is as in the package that lies there.
        name: Its name; empty for the usual one.
        target: The probe whose name a fingerprint bears; empty for the only one there is.
        only_script: Whether to emit the one plain script alone.

    Raises:
        InputFault: A contract, schema or reader is not what it should be, there is no such target, or the name is no
            package's.
    """
    settings = settings_in(folder) or PackageSettings(target=_only(workspace.targets()))
    if target:
        workspace.target_file(target)
    settings = replace(
        settings,
        name=name or settings.name,
        target=target or settings.target,
        only_script=only_script or settings.only_script,
    )

    def fingerprint(names: Sequence[str]) -> str:
        stores = load_stores(workspace.schemas)
        policy = redaction_policy(stores[name] for name in names)
        return fingerprint_function(settings.target or _NO_TARGET, policy)

    return emit_package(workspace, fingerprint, settings)


def _only(targets: Sequence[str]) -> str:
    return targets[0] if len(targets) == 1 else ""
