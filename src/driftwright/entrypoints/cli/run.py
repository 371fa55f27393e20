"""The scheduled job: run."""

# Apart from `probe`, which needs nothing of what judges and tells, and whose start is waited for.

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from driftwright import __version__
from driftwright.base.errors import BlindFault, Fault, InputFault, MachineFault
from driftwright.base.files import write_atomically
from driftwright.entrypoints.cli.exits import exit_code, strict_exit, worst_exit
from driftwright.entrypoints.cli.job import Job, finish, job_of, stores_before
from driftwright.entrypoints.cli.output import folder_for_output
from driftwright.entrypoints.cli.probe import take_snapshot
from driftwright.entrypoints.cli.terminal import colour, progress, progress_done
from driftwright.report import OVERVIEW_FILES, Report, Style, overview_of, render_overview
from driftwright.snapshot import write_snapshot
from driftwright.snapshot.capture import SharedBrowser
from driftwright.verdict import Taken, blind_report, check_taken, load_triage, unnoticed_breaks
from driftwright.workspace import Target, Workspace, find_workspace, load_target


def run(options: argparse.Namespace) -> int:
    """Probe, check, record, leave snapshot and reports in one folder, and send alerts; of one target or several."""
    workspace = find_workspace(options.workspace)
    # Before a browser starts: a mistake in any of them is found at once.
    targets = [load_target(workspace.target_file(name)) for name in _names(options, workspace)]
    job = job_of(options)
    triage = load_triage(workspace)
    if len(targets) > 1:
        return _run_several(options, workspace, targets, job)
    report = _run_target(options, workspace, targets[0], job)
    triage.refuse_unused([report])
    return _exit_of(report, options)


def _run_several(options: argparse.Namespace, workspace: Workspace, targets: Sequence[Target], job: Job) -> int:
    """Run several targets, one after another: each has a folder of its own, all have one history and one overview.

    What befalls one of them keeps no other from being looked at; the first fault is raised when all else is done.
    """
    reports, faults = list[Report](), list[Fault]()
    with SharedBrowser(targets) as shared:
        for target in targets:
            try:
                reports.append(_run_target(options, workspace, target, job.of_several(target.name), shared))
            except Fault as fault:
                progress_done()
                faults.append(fault)
    overview = overview_of(reports, __version__)
    print(render_overview(overview, "text", Style(colour=colour())), end="")
    folder = folder_for_output(job.folder)
    for form, name in OVERVIEW_FILES.items():
        write_atomically(folder / name, render_overview(overview, form))
    print(f"reports and snapshots: {job.folder}")
    if faults:
        raise faults[0]
    load_triage(workspace).refuse_unused(reports)
    return worst_exit([_exit_of(report, options) for report in reports])


_OF_ONE = {"state": "--state", "drift": "--drift", "tab": "--tab", "dumps": "--from"}


def _names(options: argparse.Namespace, workspace: Workspace) -> Sequence[str]:
    """Return the names of the targets that the options ask for, each once.

    Raises:
        InputFault: They ask for none, for all and for some, or for something that holds of one target alone.
    """
    if options.all and options.targets:
        raise InputFault("all targets, and some by name", "", "--all", "leave one of the two out")
    names = workspace.targets() if options.all else tuple(dict.fromkeys(options.targets))
    if not names:
        known = ", ".join(workspace.targets())
        mend = f"name one or several, or --all: {known}" if known else "add probes/<target>.toml"
        raise InputFault("no target to look at", "", "", mend)
    for option, flag in _OF_ONE.items():
        if len(names) > 1 and getattr(options, option) is not None:
            raise InputFault("is for one target alone", "", flag, "run that target by itself")
    return names


def _run_target(
    options: argparse.Namespace, workspace: Workspace, target: Target, job: Job, shared: SharedBrowser | None = None
) -> Report:
    """Probe, check and record one target, and send its alerts; return its report."""
    faults: list[Fault] = []
    try:
        snapshot = take_snapshot(options, workspace, target, shared)
    except BlindFault as fault:
        unseen = blind_report(fault, target.name, options.state or target.default_state, __version__)
        report = _with_page(unseen, target, workspace)
    else:
        file = folder_for_output(job.folder) / f"{target.name}.snapshot.json"
        try:
            write_snapshot(snapshot, file)
        except MachineFault as fault:
            faults.append(fault)  # what was captured is judged and told all the same
        taken = Taken(snapshot, file.name, stores_before(job, target.name))
        report = check_taken(taken, workspace, progress("check"))
        progress_done()
    return finish(report, job, faults)


def _exit_of(report: Report, options: argparse.Namespace) -> int:
    counted = len(unnoticed_breaks(report)) if options.strict else 0
    return strict_exit(exit_code(report.verdict, options.fail_on), counted)


def _with_page(report: Report, target: Target, workspace: Workspace) -> Report:
    """Return a blind report that says which page it is about, and how much is not judged because of it."""
    facts = len(list(workspace.contracts.glob("*.toml")))
    note = f"looked at {target.url}; {facts} derived fact{' is' if facts == 1 else 's are'} not judged"
    return replace(report, capture=replace(report.capture, origin=target.origin), notes=(*report.notes, note))
