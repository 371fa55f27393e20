"""The scheduled job: run."""

# Apart from `probe`, which needs nothing of what judges and tells, and whose start is waited for.

from __future__ import annotations

import argparse
from dataclasses import replace

from driftwright import __version__
from driftwright.base.errors import BlindFault, Fault, MachineFault
from driftwright.entrypoints.cli.exits import exit_code, strict_exit
from driftwright.entrypoints.cli.job import finish, job_of, stores_before
from driftwright.entrypoints.cli.output import folder_for_output
from driftwright.entrypoints.cli.probe import take_snapshot
from driftwright.entrypoints.cli.terminal import progress, progress_done
from driftwright.report import Report
from driftwright.snapshot import write_snapshot
from driftwright.verdict import Taken, blind_report, check_taken, load_triage, unnoticed_breaks
from driftwright.workspace import Target, Workspace, find_workspace, load_target


def run(options: argparse.Namespace) -> int:
    """Probe, check, record, leave snapshot and reports in one folder, and send alerts."""
    workspace = find_workspace(options.workspace)
    target = load_target(workspace.target_file(options.target))
    job = job_of(options)
    triage = load_triage(workspace)  # before a browser starts: a mistake in it is found at once
    faults: list[Fault] = []
    try:
        snapshot = take_snapshot(options, workspace, target)
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
    report = finish(report, job, faults)
    triage.refuse_unused([report])
    counted = len(unnoticed_breaks(report)) if options.strict else 0
    return strict_exit(exit_code(report.verdict, options.fail_on), counted)


def _with_page(report: Report, target: Target, workspace: Workspace) -> Report:
    """Return a blind report that says which page it is about, and how much is not judged because of it."""
    facts = len(list(workspace.contracts.glob("*.toml")))
    note = f"looked at {target.url}; {facts} derived fact{' is' if facts == 1 else 's are'} not judged"
    return replace(report, capture=replace(report.capture, origin=target.origin), notes=(*report.notes, note))
