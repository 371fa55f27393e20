"""The known-good stores of a next version: the old ones after the changes, else a cut of the capture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from driftwright.base.forms import is_hidden
from driftwright.base.path import EACH_VALUE, Key, Path, Step, values_at
from driftwright.base.terms import JsonType, Level
from driftwright.structure import (
    MISSING,
    Change,
    Layout,
    Shape,
    adapt_layout,
    apply_changes,
    compare,
    edit_at,
    fold,
    layout_of,
    make_witness,
    shape_rows,
)
from driftwright.verdict import Observed
from driftwright.workspace import accepted_shape

CAPTURED = "captured"
"""The name of the witness that is made from the capture itself."""


def next_witnesses(item: Observed) -> Mapping[str, Any]:
    """Return the witnesses of the next version of a captured store, by moment.

    Every change is replayed on each old witness. Added fields are taken from the capture, which is redacted. Where no
    old witness can show a change, one more witness is made from the capture.
    """
    changes = [change for change in public_changes(item) if change.rule.operator != "none"]
    captured = fold([item.document], item.accepted.layout)
    witnesses: dict[str, Any] = {}
    fitted: set[int] = set()
    for moment, document in item.accepted.witnesses.items():
        replayed = apply_changes(document, changes)
        fitted |= {id(change) for change in changes} - {id(change) for change in replayed.missed}
        whole = [candidate for candidate in replayed.documents if candidate is not MISSING]
        if whole:
            witnesses[moment] = min(whole, key=lambda candidate: _distance(candidate, captured, item))
    declared = _move_layouts(item.accepted.layout, item.accepted.layout, moved(item.comparison.changes))
    witnesses = _add_new_fields(witnesses, item.document, declared)
    lost = [change for change in changes if id(change) not in fitted]
    if lost or not witnesses or _is_different(list(witnesses.values()), item.document, declared):
        witnesses[CAPTURED] = drop_hidden_fields(make_witness(item.document, captured), captured)
    return witnesses


def _distance(document: Any, captured: Shape, item: Observed) -> int:
    return len(compare(fold([document], item.accepted.layout), captured, item.accepted.layout).changes)


def _is_different(documents: Sequence[Any], captured: Any, declared: Layout) -> bool:
    """Whether a check of the capture against these documents would still report a change."""
    shape = fold(documents, declared)
    left = compare(shape, fold([captured], layout_of(shape))).changes
    return any(change.rule.level is not Level.NOTE and not _is_hidden_field(change) for change in left)


def _add_new_fields(documents: Mapping[str, Any], captured: Any, declared: Layout) -> dict[str, Any]:
    """Return the witnesses with the fields that the capture has and no witness has."""
    result = dict(documents)
    layout = layout_of(fold(list(result.values()), declared)) if result else declared
    for path, sample, always in _find_new_fields(list(result.values()), captured, layout):
        for moment, document in result.items():
            result[moment] = _add_field(document, path, sample, always=always)
    return result


def _find_new_fields(documents: Sequence[Any], captured: Any, layout: Layout) -> list[tuple[Path, Any, bool]]:
    accepted, now = fold(documents, layout), fold([captured], layout)
    additions: list[tuple[Path, Any, bool]] = []
    for row in shape_rows(now):
        path = row.path
        holder = accepted.at(path.parent) if path.steps else None
        if not isinstance(path.last, Key) or is_hidden(path.name):
            continue  # the real name is unknown, so it cannot be declared
        if holder is None or not holder.count(JsonType.OBJECT) or holder.values:
            continue
        if path.name in holder.fields or any(path.within(other) for other, _, _ in additions):
            continue
        above = now.at(path.parent)
        additions.append((path, _first_sample(captured, path), above is not None and above.presence(path.name) >= 1.0))
    return additions


def public_changes(item: Observed) -> tuple[Change, ...]:
    """Return the changes of a store that may be published: without fields whose names the capture hides."""
    return tuple(change for change in item.comparison.changes if not _is_hidden_field(change))


def _is_hidden_field(change: Change) -> bool:
    return change.rule.happened != "renamed" and isinstance(change.path.last, Key) and is_hidden(change.path.name)


def drop_hidden_fields(document: Any, shape: Shape) -> Any:
    """Return the document without the fields whose names the capture hides."""
    for row in shape_rows(shape):
        if isinstance(row.path.last, Key) and is_hidden(row.path.name):
            document, _ = edit_at(document, row.path, lambda _: MISSING)
    return document


def _first_sample(document: Any, path: Path) -> Any:
    values = list(values_at(document, path))
    return next((value for value in values if value not in (None, [], {}, "")), values[0])


def _add_field(document: Any, path: Path, sample: Any, *, always: bool) -> Any:
    met = 0

    def with_field(record: Any) -> Any:
        nonlocal met
        if not isinstance(record, dict) or path.name in record:
            return record
        met += 1
        # Where only some records have it, only some get it.
        return {**record, path.name: sample} if always or met % 2 else record

    return edit_at(document, path.parent, with_field)[0]


def moved(changes: Sequence[Change]) -> Mapping[Path, Path]:
    """Return the old path of each moved position, by its new path."""
    return {change.to: change.path for change in changes if change.to is not None}


def usual_shape(item: Observed, documents: Mapping[str, Any]) -> Shape:
    """Return the shape of the next version: that of its witnesses and the capture together."""
    layout = adapt_layout(item.document, item.accepted.layout, accepted_shape(item.accepted))
    known_good = [*documents.values(), *([] if CAPTURED in documents else [item.document])]
    return fold(known_good, _move_layouts(layout, item.accepted.layout, moved(item.comparison.changes)))


def _move_layouts(layout: Layout, old: Layout, places: Mapping[Path, Path]) -> Layout:
    """Return the layout with each moved position declared at its new path as it was at its old one."""
    for new, before in sorted(places.items(), key=lambda pair: len(pair[0].steps)):
        declared = old.at(before)
        if declared is not None and isinstance(new.last, Key):
            layout = _place_layout(layout, new.steps, declared)
    return layout


def _place_layout(layout: Layout, steps: Sequence[Step], declared: Layout) -> Layout:
    if not steps:
        return declared
    step, rest = steps[0], steps[1:]
    if isinstance(step, Key):
        inner = _place_layout(layout.fields.get(step.name, Layout()), rest, declared)
        return replace(layout, kind=layout.kind or "record", fields={**layout.fields, step.name: inner})
    if step == EACH_VALUE:
        return replace(layout, values=_place_layout(layout.values or Layout(), rest, declared))
    return replace(layout, items=_place_layout(layout.items or Layout(), rest, declared))
