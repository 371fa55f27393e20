"""The command that tells which shapes are out there among many users: cohorts."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path as File
from typing import TYPE_CHECKING

from driftwright.base.errors import InputFault
from driftwright.base.files import write_atomically
from driftwright.entrypoints.cli.exits import DRIFT, INTACT
from driftwright.entrypoints.cli.terminal import progress, progress_done

if TYPE_CHECKING:
    from driftwright.workspace import Workspace

_DAYS = re.compile(r"([1-9][0-9]{0,3})d")
_PERCENT = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,3})?|100)%?")


def cohorts(options: argparse.Namespace) -> int:
    """Tell which shapes many captures have, and which facts each one breaks."""
    from driftwright.entrypoints.cli.job import channels_of, tell_messages
    from driftwright.history import shape_messages
    from driftwright.report import cohorts_text, render_cohorts
    from driftwright.verdict import CohortQuestion, alerted_in, find_cohorts_of, write_parquet
    from driftwright.workspace import find_workspace

    output = File(options.output) if options.output else None
    if output and output.suffix not in (".html", ".json", ".parquet"):
        raise InputFault("no format of a name that ends so", options.output, "", "name a .html, .json or .parquet file")
    question = CohortQuestion(
        inputs=tuple(options.inputs),
        by=tuple(part for name in options.by for part in name.split(",") if part),
        days=_days(options.since),
        engine=options.engine or "",
        alert_share=_share(options.alert_above),
        alerted=alerted_in(options.earlier) if options.earlier else (),
    )
    channels = channels_of(options) if options.alert or options.dry_run else ()
    workspace = find_workspace(options.workspace)
    found_cohorts = find_cohorts_of(question, workspace, progress("cohorts"))
    if output and output.suffix == ".parquet":
        write_parquet(found_cohorts, output)
    elif output:
        write_atomically(output, render_cohorts(found_cohorts, output.suffix[1:]))
    progress_done()
    if output:
        print(output)
    else:
        print(cohorts_text(found_cohorts), end="")
    for alert in found_cohorts.alerts:
        print(f"driftwright: new shape {alert.shape} has {alert.share:.1%} of users on {alert.day}", file=sys.stderr)
    tell_messages(shape_messages(found_cohorts, _place(workspace)), channels, dry=options.dry_run)
    return DRIFT if found_cohorts.alerts else INTACT


def _place(workspace: Workspace) -> str:
    """Return the name under which shapes are told: that of the only target, else of the workspace's folder."""
    targets = workspace.targets()
    return targets[0] if len(targets) == 1 else workspace.schemas.resolve().parent.name


def _days(text: str | None) -> int | None:
    if text is None:
        return None
    match = _DAYS.fullmatch(text)
    if not match:
        raise InputFault(f"no period {text!r}", "", "--since", "write days, as 30d")
    return int(match[1])


def _share(text: str) -> float:
    match = _PERCENT.fullmatch(text)
    if not match:
        raise InputFault(f"no share {text!r}", "", "--alert-above", "write percent, as 5%")
    return float(match[1]) / 100
