"""The formats of a report, one module for each."""

from __future__ import annotations

from importlib import import_module

from driftwright.base.errors import InputFault
from driftwright.report.formats.text import PLAIN, Style
from driftwright.report.formats.text import render as as_text
from driftwright.report.model import Report

__all__ = ["FORMATS", "PLAIN", "Style", "render"]

# Each is a module of this package, which is loaded when its format is asked for.
FORMATS: tuple[str, ...] = (
    *("text", "concise", "json", "jsonl", "markdown", "html"),
    *("junit", "sarif", "github", "ctrf"),
)


def render(report: Report, name: str, style: Style = PLAIN) -> str:
    """Return a report in one format, the same bytes for the same report.

    Args:
        report: The report.
        name: One of `FORMATS`.
        style: How to write for this terminal; only `text` uses it.

    Raises:
        InputFault: There is no such format.
    """
    if name not in FORMATS:
        raise InputFault(f"there is no format {name}", place="--format", mend=f"use one of {', '.join(FORMATS)}")
    if name == "text":
        return as_text(report, style)
    return str(import_module(f"driftwright.report.formats.{name}").render(report))
