"""What editors and shells ask for: the schemas of the files, and the completion of the command line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path as File

from driftwright.entrypoints.cli.parser import build_parser
from driftwright.entrypoints.cli.workspace_verbs import SCHEMAS

_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of a kind of file."""
    folder, name = SCHEMAS[options.name]
    file = resources.files(f"driftwright.{folder}.formats").joinpath(f"{name}.schema.json")
    print(file.read_text(encoding="utf-8"), end="")
    return 0


def completion(options: argparse.Namespace) -> int:
    """Print the completion of a shell, or the names that it asks for."""
    if options.names is None:
        from driftwright.entrypoints.cli.shells import completion_of

        print(completion_of(build_parser(), options.shell), end="")
        return 0
    for kind in options.names:
        # A shell runs what looks like a command in what it completes, and a file may be called anything.
        print("".join(f"{name}\n" for name in _names(kind, options.workspace) if _WORD.fullmatch(name)), end="")
    return 0


def _names(kind: str, named: str | None) -> Iterable[str]:
    if kind == "rules":
        from driftwright.structure import load_rules

        return sorted(load_rules())
    from driftwright.workspace import find_workspace

    workspace = find_workspace(named)
    folder: File = workspace.contracts if kind == "facts" else workspace.probes
    return sorted(file.stem for file in folder.glob("*.toml"))
