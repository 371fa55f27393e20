"""The command that starts a workspace: init."""

from __future__ import annotations

import argparse
from pathlib import Path as File

from driftwright.authoring import InitRequest, Scaffold, init_request, init_workspace
from driftwright.base.errors import visible
from driftwright.base.terms import Area


def init(options: argparse.Namespace) -> int:
    """Write a whole workspace from snapshots of a store and a module of readers."""
    folder = File(options.folder)
    request = init_request(
        options.snapshot or [],
        File(options.readers),
        key=options.key or (),
        store=options.store or (),
        area=Area(options.area) if options.area else None,
        url=options.url or "",
    )
    made = init_workspace(folder, request)
    print("\n".join(map(visible, _format_started(options, request, made, folder))))
    return 0


def _format_started(options: argparse.Namespace, request: InitRequest, made: Scaffold, folder: File) -> list[str]:
    where = f"--workspace {folder} " if folder != File() else ""
    stores = f"{_count(len(made.stores), 'store')} ({', '.join(made.stores)})"
    lines = [
        f"{folder}: {stores}, {_count(len(made.facts), 'derived fact')}: {', '.join(made.facts)}",
        f"contracts name the readers in {request.readers_file}, where it lies: keep them together",
        "values in the known-good stores are made up in the same form",
        "names of fields, words that the readers name, and numbers below 100 are as they are: look before you publish",
    ]
    if made.kept:
        lines.append(f"captures keep the values at {', '.join(made.kept)}: the readers ask for them")
    lines += [f"note: {note}" for note in made.notes]
    files = " ".join(f"--store {name}={options.snapshot[-1]}" for name in made.stores)
    lines += [
        "next:",
        f"  driftwright {where}check {files}    judge any saved store, offline",
        f"  driftwright {where}prove    what no fallback would mend, and what to do about each",
    ]
    if made.target:
        purpose = f"look at {request.url} itself" if request.url else "look at the files themselves"
        lines.append(f"  driftwright {where}run {made.target}                           {purpose}")
    return lines


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
