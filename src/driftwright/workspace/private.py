"""What a workspace keeps to itself: its salt and its profiles, outside of it, where no commit and no upload reaches."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path as File

from driftwright.workspace.folders import Workspace


def state_folder(workspace: Workspace) -> File:
    """Return the folder of what a workspace keeps to itself; it need not be there yet."""
    base = os.environ.get("XDG_STATE_HOME") or File.home() / ".local" / "state"
    name = hashlib.sha256(str(workspace.contracts.resolve()).encode()).hexdigest()[:16]
    return File(base) / "driftwright" / name
