"""Cohorts: fold the inputs, judge each outline once, and publish the counts that are large enough."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from driftwright.base.errors import InputFault
from driftwright.report import CohortAlert, Cohorts, CohortShape, DayShare, LabelShare
from driftwright.verdict.cohorts.disclosure import Cell, publishable_cells
from driftwright.verdict.cohorts.engines import fold_captures
from driftwright.verdict.cohorts.files import layouts_of
from driftwright.verdict.cohorts.folded import Folded, merge_folded, odd_input
from driftwright.verdict.cohorts.inputs import inputs_of
from driftwright.verdict.cohorts.judged import MOST_JUDGED, JudgedOutlines, JudgedShape, judge_outlines
from driftwright.verdict.cohorts.table import fold_table
from driftwright.workspace import Workspace, load_stores

LABELS = ("app", "country")


@dataclass(frozen=True, slots=True)
class CohortQuestion:
    """What is asked.

    Args:
        inputs: Files, folders, patterns and addresses of snapshots, and tables of fingerprints.
        by: Labels to tell shares by, of `LABELS`.
        days: How many days to look back from the newest day; None for all.
        engine: `serial`, `pool`, `dask://HOST`; empty for what suits.
        alert_share: The share of a day's users, from 0 to 1, at which a new shape is told.
        alerted: Shapes that were told before.
    """

    inputs: tuple[str, ...]
    by: tuple[str, ...] = ()
    days: int | None = None
    engine: str = ""
    alert_share: float = 0.05
    alerted: Collection[str] = ()


def _silent(_: str) -> None:
    """Report nothing."""


def find_cohorts_of(
    question: CohortQuestion, workspace: Workspace, progress: Callable[[str], None] = _silent
) -> Cohorts:
    """Return which shapes are out there.

    Raises:
        InputFault: An input, a label or an engine does not exist, or an extra is not installed.
        MachineFault: Workers or the memory fail.
    """
    if unknown := [name for name in question.by if name not in LABELS]:
        raise InputFault(f"no label {unknown[0]!r}", "", "--by", f"use {' or '.join(LABELS)}")
    inputs = inputs_of(question.inputs)
    progress(f"folding {len(inputs.captures)} captures and {len(inputs.tables)} tables")
    layouts = layouts_of(load_stores(workspace.schemas))
    parts = [fold_captures(inputs.captures, layouts, question.engine)] if inputs.captures else []
    folded = merge_folded([*parts, *map(fold_table, inputs.tables)])
    return tell_cohorts(folded, question, workspace, progress)


def tell_cohorts(
    folded: Folded, question: CohortQuestion, workspace: Workspace, progress: Callable[[str], None] = _silent
) -> Cohorts:
    """Return which shapes are out there, of what was folded."""
    users: Counter[str] = Counter()
    for sighting, count in folded.counts.items():
        users[sighting.outline] += count
    ranked = sorted(folded.outlines, key=lambda outline: (-users[outline], outline))
    looked = {outline: folded.outlines[outline] for outline in ranked[:MOST_JUDGED]}
    judged = judge_outlines(looked, workspace, progress)
    odd = folded.odd
    for outline, reason in sorted(judged.refused.items()):
        odd = odd.merged(odd_input(f"shape {outline}", reason, users[outline]))
    counts: Counter[Cell] = Counter()
    for sighting, count in folded.counts.items():
        if shape := judged.shapes.get(sighting.outline):
            counts[Cell(shape.id, sighting.day, sighting.app, sighting.country)] += count
    cells = _since(publishable_cells(counts), question.days)
    shapes = _shapes(cells, judged, question.by)
    days = sorted({cell.day for cell in cells})
    return Cohorts(
        by=question.by,
        since=days[0] if days else "",
        until=days[-1] if days else "",
        users=sum(cells.values()),
        shapes=shapes,
        carried=judged.carried,
        alerts=_alerts(shapes, question),
        odd=odd.named,
        odd_count=odd.count,
        unjudged=max(0, len(ranked) - MOST_JUDGED),
    )


def _since(cells: Mapping[Cell, int], days: int | None) -> Mapping[Cell, int]:
    if days is None or not cells:
        return cells
    newest = date.fromisoformat(max(cell.day for cell in cells))
    first = (newest - timedelta(days=days - 1)).isoformat()
    return {cell: users for cell, users in cells.items() if cell.day >= first}


def _shapes(cells: Mapping[Cell, int], judged: JudgedOutlines, by: Sequence[str]) -> tuple[CohortShape, ...]:
    by_id: dict[str, JudgedShape] = {}
    for outline in sorted(judged.shapes):
        by_id.setdefault(judged.shapes[outline].id, judged.shapes[outline])
    of_day: Counter[str] = Counter()
    of_label: Counter[tuple[str, ...]] = Counter()
    days: defaultdict[str, Counter[str]] = defaultdict(Counter)
    labels: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for cell, users in cells.items():
        named = tuple(str(getattr(cell, name)) for name in by)
        of_day[cell.day] += users
        of_label[named] += users
        days[cell.shape][cell.day] += users
        labels[cell.shape][named] += users
    made = [
        _shape(
            by_id[shape],
            tuple(DayShare(day, users, users / of_day[day]) for day, users in sorted(days[shape].items())),
            tuple(
                LabelShare(named, users, users / of_label[named])
                for named, users in sorted(labels[shape].items())
                if by
            ),
            of_day.total(),
        )
        for shape in days
    ]
    return tuple(sorted(made, key=lambda shape: (-shape.users, shape.id)))


def _shape(judged: JudgedShape, days: tuple[DayShare, ...], by: tuple[LabelShare, ...], everybody: int) -> CohortShape:
    users = sum(day.users for day in days)
    return CohortShape(
        id=judged.id,
        known=judged.known,
        stores=judged.stores,
        changes=judged.changes,
        facts=judged.facts,
        users=users,
        most=max(day.users for day in days),
        share=users / everybody,
        since=days[0].day,
        days=days,
        by=by,
    )


def _alerts(shapes: Sequence[CohortShape], question: CohortQuestion) -> tuple[CohortAlert, ...]:
    """Return the shapes that are no accepted version and were not told before, with the first day above the share."""
    alerts = []
    for shape in shapes:
        above = next((day for day in shape.days if day.share >= question.alert_share), None)
        if above and not shape.known and shape.id not in question.alerted:
            alerts.append(CohortAlert(shape.id, above.day, above.share))
    return tuple(alerts)
