"""Nothing left: a reader that answers as before only because nothing is there any more of all that it reads."""

from __future__ import annotations

from driftwright.impact import Outcome
from driftwright.verdict.reader_runs import SURE, ReaderRuns


def finds_nothing_left(runs: ReaderRuns, outcome: Outcome) -> bool:
    """Whether a reader finds nothing on the capture, and what it always found is surely elsewhere or gone.

    Args:
        runs: What the reader read on known-good stores.
        outcome: Its run on the capture.
    """
    if not runs.known or any(runs.paths_read(outcome, present=True)):
        return False
    always = set.intersection(*(set(runs.paths_read(run, present=True)) for run in runs.known))
    moved = [change for change in runs.changes if change.rule.aspect in SURE and not runs.is_weak(change)]
    return any(
        path.store == change.store and runs.stores[path.store].whole(path.path) == change.path
        for path in always
        for change in moved
    )
