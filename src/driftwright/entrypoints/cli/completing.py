"""What editors and shells ask for: the schemas of the files, and the completion of the command line."""

from __future__ import annotations

import argparse
from importlib import resources

from driftwright.entrypoints.cli.parser import build_parser
from driftwright.entrypoints.cli.shells import SHELLS
from driftwright.entrypoints.cli.workspace_verbs import SCHEMAS


def schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of a kind of file."""
    folder, name = SCHEMAS[options.name]
    file = resources.files(f"driftwright.{folder}.formats").joinpath(f"{name}.schema.json")
    print(file.read_text(encoding="utf-8"), end="")
    return 0


def completion(options: argparse.Namespace) -> int:
    """Print the completion of a shell."""
    print(SHELLS[options.shell](build_parser()), end="")
    return 0
