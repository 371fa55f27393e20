"""The command that judges saved snapshots, offline: check."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path as File
from typing import TYPE_CHECKING

from driftwright.base.errors import Fault, InputFault
from driftwright.base.terms import worst
from driftwright.entrypoints.cli.exits import exit_code, strict_exit
from driftwright.entrypoints.cli.output import folders, formats_of, write_reports
from driftwright.entrypoints.cli.terminal import colour, progress, progress_done

if TYPE_CHECKING:
    from driftwright.impact import Engine
    from driftwright.snapshot import Snapshot, Watch
    from driftwright.workspace import Workspace


def check(options: argparse.Namespace) -> int:
    """Judge saved snapshots by the workspace's contracts."""
    from driftwright.impact import Engine

    with Engine() as engine:
        engine.start()  # V8 starts while the rest is imported and the files are read
        return _check_captures(options, engine)


def _check_captures(options: argparse.Namespace, engine: Engine) -> int:
    from driftwright.report import Report, Style, render
    from driftwright.verdict import check_capture, load_triage, unnoticed_breaks
    from driftwright.workspace import find_workspace

    workspace = find_workspace(options.workspace)
    captures = captures_of(options, workspace)
    formats = formats_of(options.format, count=len(captures), output=options.output)
    reports, faults = list[Report](), list[Fault]()
    places = folders(options.output, [name for name, _ in captures])
    for (name, capture), folder in zip(captures, places, strict=True):
        report = check_capture(capture, workspace, File(name).name, progress("check"), engine)
        progress_done()
        reports.append(report)
        if folder is not None:
            try:
                write_reports(report, folder, formats)
            except Fault as fault:  # the other captures are judged and told all the same
                faults.append(fault)
            else:
                print(folder)
            continue
        for form in formats:
            print(render(report, form, Style(colour=colour())), end="")
    if faults:
        raise faults[0]
    load_triage(workspace).refuse_unused(reports)
    code = exit_code(worst([report.verdict for report in reports]), options.fail_on)
    return strict_exit(code, sum(len(unnoticed_breaks(report)) for report in reports) if options.strict else 0)


def captures_of(options: argparse.Namespace, workspace: Workspace) -> list[tuple[str, Snapshot | Watch]]:
    """Return the captures that a command line names, each with what to call it; the plain files are one of them.

    Raises:
        InputFault: It names none, or one that cannot be read.
    """
    from driftwright.snapshot import plain_snapshot, read_any

    if not options.store and not options.snapshots:
        raise InputFault("nothing to judge", "", "", "name a *.snapshot.json file, or --store STORE=FILE")
    captures: list[tuple[str, Snapshot | Watch]] = [(name, read_any(name)) for name in options.snapshots]
    if options.store:
        plain = _plain_files(options.store)
        captures.append((next(iter(plain.values())), plain_snapshot(plain, workspace)))
    return captures


def _plain_files(arguments: Sequence[str]) -> dict[str, str]:
    """Return the files of the stores that `--store` names.

    Raises:
        InputFault: An argument is not STORE=FILE, or one store has two files.
    """
    files: dict[str, str] = {}
    for name, file in map(_split_store, arguments):
        if name in files:
            problem = f"the store {name} is named twice, with {files[name]} and {file}"
            raise InputFault(problem, "--store", "", "give one file for each store, and judge the other by itself")
        files[name] = file
    return files


def _split_store(argument: str) -> tuple[str, str]:
    name, joint, file = argument.partition("=")
    if not joint or not file:
        raise InputFault("not STORE=FILE", "--store", "", "write --store cart=cart.json")
    return name, file
