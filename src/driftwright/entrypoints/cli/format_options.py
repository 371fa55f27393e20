"""The option that names a format of a report."""

from __future__ import annotations

import argparse

# As `render.FORMATS`, which is not imported here: `--help` answers at once.
REPORT_FORMATS = ("text", "concise", "json", "jsonl", "markdown", "html", "junit", "sarif", "github", "ctrf")
ALL = f"one of {', '.join(REPORT_FORMATS)}"


def several_formats(verb: argparse.ArgumentParser, what: str) -> None:
    """Let a command tell its report in several formats at once."""
    verb.add_argument("--format", action="append", choices=REPORT_FORMATS, metavar="NAME", help=f"{what}: {ALL}")


def one_format(verb: argparse.ArgumentParser) -> None:
    """Let a command tell its report in one format."""
    verb.add_argument("--format", choices=REPORT_FORMATS, default="text", metavar="NAME", help=ALL)
