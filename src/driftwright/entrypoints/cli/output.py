"""Write reports, one file for each format or one on standard output, and read them again."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path as File

from driftwright.base.errors import Fault, InputFault
from driftwright.base.files import unwritable, write_atomically
from driftwright.base.jsontext import parse_json_file
from driftwright.report import Report, render, report_of

FILES = {
    "text": "report.txt",
    "concise": "report.concise.txt",
    "json": "report.json",
    "jsonl": "report.jsonl",
    "markdown": "report.md",
    "html": "report.html",
    "junit": "report.junit.xml",
    "sarif": "report.sarif",
    "github": "report.github.txt",
    "ctrf": "report.ctrf.json",
}

_LEFT_BY_RUN = ("html", "markdown", "json")
_WHOLE = ("json", "html", "junit", "sarif", "ctrf")  # formats of which two on one stream are no document any more
_SUMMARY = "GITHUB_STEP_SUMMARY"
_MOST_SUMMARY = 1024 * 1024  # bytes that GitHub takes of one step


def report_file(where: str) -> File:
    """Return the file of a report: the one named, or the one in the output folder that was named."""
    return File(where) / FILES["json"] if File(where).is_dir() else File(where)


def read_report(file: File) -> Report:
    """Return the report of a `report-v1` file.

    Raises:
        InputFault: It is none, or a part of it is missing or of another type.
    """
    return report_of(parse_json_file(file), str(file))


def write_reports(report: Report, folder: File, formats: Sequence[str]) -> None:
    """Write a report in each format to a folder; a file that cannot be written keeps no other from being so.

    Raises:
        InputFault: The folder cannot be made, or a file there is a symbolic link or may not be written.
        MachineFault: The disk is full or fails.
    """
    folder_for_output(folder)
    faults = list[Fault]()
    for name in formats:
        try:
            write_atomically(folder / FILES[name], render(report, name))
        except Fault as fault:
            faults.append(fault)
    if faults:
        raise faults[0]


def folder_for_output(folder: File) -> File:
    """Return the folder, made if it is not there yet.

    Raises:
        InputFault: It cannot be made, or is a symbolic link.
    """
    if folder.is_symlink():
        raise InputFault("a symbolic link", str(folder), "", "name the folder itself; links are not written through")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputFault(
            f"cannot be made a folder ({error.strerror})", str(folder), "", "name another folder"
        ) from None
    return folder


def folders(output: str | None, names: Sequence[str]) -> list[File | None]:
    """Return the folder for the reports of each snapshot; None for standard output.

    Args:
        output: The folder that was asked for.
        names: The snapshots as the user named them; each of several gets a folder of its own below.
    """
    if output is None or len(names) < 2:  # noqa: PLR2004 - one snapshot needs no folder of its own
        return [File(output) if output is not None else None for _ in names]
    places: list[File | None] = []
    for name in names:
        stem = File(name).name.split(".")[0].strip("-") or "snapshot"
        below = File(output) / stem
        number = 2
        while below in places:  # two of one name from two folders
            below = File(output) / f"{stem}-{number}"
            number += 1
        places.append(below)
    return places


def formats_of(chosen: Sequence[str] | None, *, count: int, output: str | None) -> tuple[str, ...]:
    """Return the formats that `check` shall give, each once.

    Args:
        chosen: What `--format` says.
        count: How many reports there will be.
        output: The folder they go to; None for standard output, which takes one document.

    Raises:
        InputFault: More than one document would go to standard output.
    """
    formats = tuple(dict.fromkeys(chosen or ("text",)))
    if output is None and len(formats) > 1:
        raise InputFault("several formats need a folder", "", "--format", "add --output DIR, or ask for one format")
    if output is None and count > 1 and formats[0] in _WHOLE:
        problem = f"{formats[0]} of several snapshots needs a folder"
        raise InputFault(problem, "", "--format", "add --output DIR, or ask for jsonl or concise")
    return formats


def formats_of_run(chosen: Sequence[str] | None) -> tuple[str, ...]:
    """Return the formats that `run` leaves in its folder; JSON is always among them, `report` is made from it."""
    return tuple(dict.fromkeys((*(chosen or _LEFT_BY_RUN), "json")))


def show_in_runner(report: Report, chosen: Sequence[str] | None, *, summary: bool) -> str:
    """Append the report to the summary of a GitHub Actions step, and return the annotations for standard output.

    Args:
        report: The report.
        chosen: What `--format` says; `github` asks for annotations, and for the summary where there is one.
        summary: Whether the summary was asked for by itself.

    Raises:
        InputFault: The summary was asked for by itself, and there is none, or nothing may be written there.
        MachineFault: The disk is full or fails.
    """
    annotated = "github" in (chosen or ())
    if summary or (annotated and os.environ.get("GITHUB_ACTIONS") == "true"):
        _append_summary(render(report, "markdown"), asked=summary)
    return render(report, "github") if annotated else ""


def _append_summary(text: str, *, asked: bool) -> None:
    """Append to the summary of a GitHub Actions step, unless that would make it larger than GitHub takes."""
    named = os.environ.get(_SUMMARY)
    if not named:
        if asked:
            raise InputFault(f"{_SUMMARY} is not set", "", "--summary", "leave it out when not in GitHub Actions")
        return
    file = File(named)
    if file.is_symlink():
        raise InputFault("a symbolic link", str(file), "", f"let {_SUMMARY} name the file itself")
    if file.exists() and not file.is_file():  # to open a pipe would wait for whoever reads it
        raise InputFault("no plain file", str(file), "", f"let {_SUMMARY} name a file")
    try:
        with file.open("a", encoding="utf-8", newline="\n") as stream:
            if stream.tell() + len(text.encode()) + 1 <= _MOST_SUMMARY:
                stream.write(f"{text}\n")
            else:
                print("driftwright: the summary of this step is full; the report is in the folder", file=sys.stderr)
    except OSError as error:
        raise unwritable(error, file, f"let {_SUMMARY} name a file that can be") from None
