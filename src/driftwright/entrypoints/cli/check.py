"""Commands that work offline: check, diff and report."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

from driftwright.base.errors import InputFault, visible
from driftwright.base.jsontext import parse_json_file
from driftwright.base.terms import Level, worst
from driftwright.entrypoints.cli.exits import DRIFT, INTACT, exit_code, strict_exit
from driftwright.entrypoints.cli.output import folders, formats_of, read_report, report_file, write_reports
from driftwright.entrypoints.cli.terminal import colour, progress, progress_done

if TYPE_CHECKING:
    from driftwright.impact import Engine
    from driftwright.structure import Change
    from driftwright.verdict import Trial


def check(options: argparse.Namespace) -> int:
    """Judge saved snapshots by the workspace's contracts."""
    from driftwright.impact import Engine

    with Engine() as engine:
        engine.start()  # V8 starts while the rest is imported and the files are read
        return _checked(options, engine)


def _checked(options: argparse.Namespace, engine: Engine) -> int:
    from driftwright.report import Style, render
    from driftwright.snapshot import Watch, plain_captures, read_any
    from driftwright.verdict import check_snapshot as judged
    from driftwright.verdict import load_triage, unnoticed_breaks
    from driftwright.workspace import find_workspace

    workspace = find_workspace(options.workspace)
    snapshots = [*((name, read_any(name)) for name in options.snapshots), *plain_captures(options, workspace)]
    formats = formats_of(options.format, count=len(snapshots), output=options.output)
    reports = []
    places = folders(options.output, [name for name, _ in snapshots])
    for (name, snapshot), folder in zip(snapshots, places, strict=True):
        about = (workspace, File(name).name, progress("check"), engine)
        if isinstance(snapshot, Watch):
            from driftwright.verdict import check_watch

            report = check_watch(snapshot, *about)
        else:
            report = judged(snapshot, *about)
        progress_done()
        reports.append(report)
        if folder is not None:
            write_reports(report, folder, formats)
            print(folder)
            continue
        for form in formats:
            print(render(report, form, Style(colour=colour())), end="")
    load_triage(workspace).refuse_unused(reports)
    code = exit_code(worst([report.verdict for report in reports]), options.fail_on)
    return strict_exit(code, sum(len(unnoticed_breaks(report)) for report in reports) if options.strict else 0)


def diff(options: argparse.Namespace) -> int:
    """Compare two JSON files, and judge the readers of a consumer when there is one."""
    if options.schemas:
        return _diff_schemas(*_both(options), options)
    if options.consumer is not None:
        return _diff_readers(options)
    from driftwright.verdict import Trial, structural_changes

    return _told(Trial(structural_changes(*_both(options)), ()), options)


def _both(options: argparse.Namespace) -> tuple[Any, Any]:
    return parse_json_file(File(options.before)), parse_json_file(File(options.after))


def _diff_readers(options: argparse.Namespace) -> int:
    from driftwright.base.files import read_text
    from driftwright.impact import Engine, module

    with Engine() as engine:
        engine.start()  # V8 starts while the rest is imported and the files are parsed
        from driftwright.verdict import diff_documents

        before, after = _both(options)
        program = module(read_text(File(options.consumer)), options.consumer)
        if not program.exports:
            raise InputFault("exports no function", options.consumer, "", "write export const name = (data) => ...")
        found = diff_documents(before, after, program, engine)
    return _told(found, options)


def _told(found: Trial, options: argparse.Namespace) -> int:
    from driftwright.report import plain
    from driftwright.verdict import levels, verdict_of
    from driftwright.workspace import find_workspace

    found = replace(found, changes=tuple(_levelled(found.changes, levels(find_workspace(options.workspace)))))
    print(plain(_diff_record(found), indent=2) if options.format == "json" else _diff_text(found))
    noticed = {number for reader in found.readers for number in reader.because}
    unnoticed = [change for number, change in enumerate(found.changes) if number not in noticed]
    counted = sum(1 for change in unnoticed if change.rule.level is Level.BREAK) if options.strict else 0
    return strict_exit(exit_code(verdict_of(found.readers), options.fail_on), counted, "reader")


def _levelled(changes: Iterable[Change], own: Mapping[str, Level]) -> Iterator[Change]:
    """Give the changes the levels that the workspace here gives to their rules, if there is one."""
    for change in changes:
        rule = change.rule
        yield replace(change, rule=replace(rule, level=own[rule.id])) if rule.id in own else change


def _diff_schemas(before: Any, after: Any, options: argparse.Namespace) -> int:
    """Say whether the later schema admits what a reader of the earlier one never met."""
    from driftwright.report import plain
    from driftwright.workspace import compatibility

    found = compatibility(before, after)
    if options.format == "json":
        print(plain(asdict(found), indent=2))
    elif found.breaks:
        example = visible(json.dumps(found.example))[:200]
        print(f"BREAKS    AFTER admits what BEFORE refused, for example {example}")
    else:
        print(f"SAFE      AFTER admits nothing that BEFORE refused ({found.tried} values tried)")
    return DRIFT if found.breaks else INTACT


def _diff_record(found: Any) -> dict[str, Any]:
    changes = [
        {
            "rule": change.rule.id,
            "level": str(change.rule.level),
            "path": str(change.path),
            "to": str(change.to) if change.to is not None else None,
            "message": change.message,
            "before": change.before,
            "after": change.after,
        }
        for change in found.changes
    ]
    readers = {
        reader.name: {
            "verdict": str(reader.verdict),
            "effect": str(reader.effect),
            "because": [changes[number]["message"] for number in reader.because] or [reader.says],
            "before": reader.before.preview,
            "after": reader.after.preview,
        }
        for reader in found.readers
    }
    return {"changes": changes, "readers": readers}


def _diff_text(found: Any) -> str:
    lines = []
    for reader in found.readers:
        lines.append(f"{str(reader.verdict).upper():<9} {reader.name}: {reader.says}")
        if str(reader.effect) != "same":
            lines.append(f"          {reader.effect}: {reader.before.preview}  ->  {reader.after.preview}")
        lines += [f"          because {found.changes[number].message}" for number in reader.because]
    if found.changes:
        lines.append("changes:")
        lines += [f"  {change.rule.level:<5} {change.rule.id}: {change.message}" for change in found.changes]
    return "\n".join(map(visible, lines or ["no structural change"]))


def report(options: argparse.Namespace) -> int:
    """Render the report that a run left."""
    from driftwright.report import Style, render

    print(render(read_report(report_file(options.where)), options.format, Style(colour=colour())), end="")
    return 0
