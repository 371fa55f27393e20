"""Record a report in a history, and find the folder of a history that a run left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.history.alert.past import past_of
from driftwright.history.journal import JOURNAL
from driftwright.history.run import run_of
from driftwright.history.runs import NAME, History
from driftwright.report import Report

FOLDER = "history"
"""Name of the folder that a run keeps its history in, within its output folder."""
_MISSING = "missing"
"""What a run says of a store that lies nowhere."""


def record_report(history: History, report: Report) -> Report:
    """Record a report, and return it with what the history says of its target up to this run.

    Raises:
        MachineFault: The history cannot be written to.
    """
    run = history.add(run_of(report))
    runs = history.runs(run.target)
    return replace(report, past=past_of([earlier for earlier in runs if earlier.sequence <= run.sequence]))


def stores_seen(history: History, target: str) -> frozenset[str]:
    """Return the names of the stores that a target had, wherever they lay, in at least one run."""
    return frozenset(store.name for run in history.runs(target) for store in run.stores if store.found != _MISSING)


def is_history(folder: File) -> bool:
    """Whether a folder holds a history."""
    return (folder / NAME).exists() or (folder / JOURNAL).exists()


def find_history(named: str) -> File:
    """Return the folder of a history: the one named, or the one that a run left in it.

    Raises:
        InputFault: There is none.
    """
    for folder in (File(named), File(named) / FOLDER):
        if is_history(folder):
            return folder
    raise InputFault("no history", named, "", "name the output folder of a run, or its history folder")
