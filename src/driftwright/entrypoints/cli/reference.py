"""The reference of the commands, as Markdown, drawn from the parser."""

from __future__ import annotations

import argparse

from driftwright.entrypoints.cli.parser import build_parser


def reference() -> str:
    """Return every command with its help; how wide it is, `COLUMNS` says."""
    commands = _commands(build_parser())
    listed = [f"- [`{name}`](#{name})" for name in commands]
    sections = [f"## {name}\n\n```text\n{verb.format_help().rstrip()}\n```" for name, verb in commands.items()]
    return "\n\n".join(["\n".join(listed), *sections])


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return dict(commands.choices)
