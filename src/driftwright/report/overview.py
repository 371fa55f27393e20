"""Several targets looked at in one run: a row for each, as one frozen value; its formats are rendered from it."""

from __future__ import annotations

from dataclasses import dataclass

from driftwright.base.terms import Verdict, worst
from driftwright.report.model import Summary

FORMAT = "overview-v1"


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target of a run.

    Args:
        target: Its name.
        verdict: The verdict of its report.
        counts: How many of its derived facts have which verdict.
        says: The verdict in a sentence; of a blind capture the reason.
        causes: The causes of what is wrong, each in words.
        origin: Where the page is; empty where nothing was reached.
        folder: Where its own reports lie, below the folder of the run.
    """

    target: str
    verdict: Verdict
    counts: Summary
    says: str
    causes: tuple[str, ...]
    origin: str
    folder: str


@dataclass(frozen=True, slots=True)
class Overview:
    """All targets of one run.

    Args:
        rows: The targets, in the order in which they were looked at.
        tool: Version of driftwright.
    """

    rows: tuple[TargetRow, ...]
    tool: str

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all targets."""
        return worst([row.verdict for row in self.rows])
