"""The command that compiles contracts into what their consumer ships: emit."""

from __future__ import annotations

import argparse
from pathlib import Path as File

from driftwright.base.errors import visible
from driftwright.entrypoints.cli.exits import DRIFT, INTACT
from driftwright.entrypoints.emitting import emitted
from driftwright.workspace import find_workspace


def emit(options: argparse.Namespace) -> int:
    """Write the package, or say which of its files are stale."""
    folder = File(options.out)
    workspace = find_workspace(options.workspace)
    package = emitted(workspace, folder, options.name or "", options.target or "", only_script=options.script)
    if options.check:
        stale = package.stale(folder)
        for name in stale:
            print(visible(f"stale: {folder / name}"))
        print(
            visible(
                f"{folder}: {f'{len(stale)} files are stale: run emit again' if stale else 'as it would be written'}"
            )
        )
        return DRIFT if stale else INTACT
    package.write(folder)
    for name in package.asking:
        print(
            visible(f"note: {name} asks a storage itself: it reads what lies where it runs, and not what it is given")
        )
    print(visible(f"wrote {len(package.files)} files to {folder}: {len(package.facts)} facts"))
    return INTACT
