"""Reports on disk: one file a format, each written whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as File
from typing import Any

from driftwright.atomic import write_atomically
from driftwright.errors import InputFault
from driftwright.render import render

FILES = {"text": "report.txt", "json": "report.json", "markdown": "report.md", "html": "report.html"}


def write_reports(record: dict[str, Any], folder: File, formats: Sequence[str]) -> None:
    """Write a report in each format to a folder.

    Raises:
        InputFault: The folder cannot be made.
        MachineFault: The folder cannot be written to.
    """
    folder_for_output(folder)
    for name in formats:
        write_atomically(folder / FILES[name], render(record, name))


def folder_for_output(folder: File) -> File:
    """Return the folder, made if it is not there yet.

    Raises:
        InputFault: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputFault(
            f"cannot be made a folder ({error.strerror})", str(folder), "", "name another folder"
        ) from None
    return folder
