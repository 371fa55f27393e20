"""The report in the formats that people and machines read; one file a format, all of one report-v1 record."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from driftwright.errors import InputFault
from driftwright.render import concise, ctrf, github, html, json, jsonl, junit, markdown, sarif, text
from driftwright.render.text import PLAIN, Style
from driftwright.render.view import Record

__all__ = ["FORMATS", "PLAIN", "Record", "Style", "render"]

_RENDERERS: Mapping[str, Callable[[Record], str]] = {
    "text": text.render,
    "concise": concise.render,
    "json": json.render,
    "jsonl": jsonl.render,
    "markdown": markdown.render,
    "html": html.render,
    "junit": junit.render,
    "sarif": sarif.render,
    "github": github.render,
    "ctrf": ctrf.render,
}

FORMATS: tuple[str, ...] = tuple(_RENDERERS)


def render(record: Record, name: str, style: Style = PLAIN) -> str:
    """Return a report in one format, the same bytes for the same report.

    Args:
        record: A report-v1 record that was validated against its schema.
        name: One of `FORMATS`.
        style: How to write for this terminal; only `text` heeds it.

    Raises:
        InputFault: There is no such format.
    """
    if name not in _RENDERERS:
        raise InputFault(f"there is no format {name}", place="--format", mend=f"use one of {', '.join(FORMATS)}")
    return text.render(record, style) if name == "text" else _RENDERERS[name](record)
