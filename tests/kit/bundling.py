"""A project of a user that has esbuild, as one that is written in TypeScript has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PUBLISHED = Path(__file__).resolve().parents[1] / "published" / "node_modules"


def write_project(folder: Path, files: Mapping[str, str], *, with_esbuild: bool = True) -> Path:
    """Write the files of a project, by their paths in it, and return its folder."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    modules = folder / "node_modules"
    modules.mkdir(parents=True, exist_ok=True)
    if with_esbuild:
        (modules / "@esbuild").symlink_to(PUBLISHED / "@esbuild")
    return folder
