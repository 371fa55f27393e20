"""The private folder of a workspace, for its salt and its browser profiles; it lies outside of the workspace."""

from __future__ import annotations

import hashlib
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.workspace.folders import Workspace


def state_folder(workspace: Workspace) -> File:
    """Return the private folder of a workspace; it need not be there yet.

    Raises:
        InputFault: This user has no folder for such things.
    """
    # It takes an absolute XDG_STATE_HOME alone: a relative one would put the salt into the folder that is worked in.
    from platformdirs import user_state_path

    try:
        base = user_state_path("driftwright", appauthor=False)
    except RuntimeError:
        raise InputFault(
            "no folder of your own", "HOME", "", "set it, or XDG_STATE_HOME, to an absolute path"
        ) from None
    return base / hashlib.sha256(str(workspace.contracts.resolve()).encode()).hexdigest()[:16]
