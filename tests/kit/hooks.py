"""A workspace about a hook of an extension, which is TypeScript with React and asks the storage itself."""

from __future__ import annotations

import shutil
from pathlib import Path

from kit.bundling import write_project

_CODE = Path(__file__).resolve().parent / "hook"

HOOK_CONTRACT = """
title  = "What the storage says of an image"
params = { parent = "each key of site:/state/videoByMediaId" }
result = { type = "object" }

[[source]]
name   = "hook"
level  = "full"
derive = "../hook/useGrokStorageSync.ts#useGrokStorageSync(parent)"

[[source]]
level = "unavailable"
"""


def write_hook(folder: Path, more: str = "") -> Path:
    """Write the hook and its contract, with `more` at its end, and return the folder; schemas are the caller's."""
    write_project(folder, {"contracts/storage_sync.toml": HOOK_CONTRACT + more})
    shutil.copytree(_CODE, folder / "hook")
    return folder
