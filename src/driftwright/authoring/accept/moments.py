"""The known-good stores of a next version: the old ones after the changes, else a cut of the capture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

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

_HIDDEN = re.compile(r"(?:x[_-])?[0-9a-f]{8,}\Z|x[_-]\w*[0-9a-f]{6,}\Z|masked ")
CAPTURED = "captured"
"""The moment that is cut from the capture itself."""


def next_witnesses(item: Observed) -> Mapping[str, Any]:
    """Return the known-good stores of the version that a captured store calls for, by moment.

    The old ones are kept alive: every change is replayed on each. What was added is taken over from the capture, which
    is redacted; what no old store can show gets a moment of its own, cut from the capture.
    """
    changes = [change for change in tellable(item) if change.rule.operator != "none"]
    captured = fold([item.document], item.accepted.layout)
    found: dict[str, Any] = {}
    fitted: set[int] = set()
    for moment, document in item.accepted.witnesses.items():
        replayed = apply_changes(document, changes)
        fitted |= {id(change) for change in changes} - {id(change) for change in replayed.missed}
        whole = [one for one in replayed.documents if one is not MISSING]
        if whole:
            found[moment] = min(whole, key=lambda one: _distance(one, captured, item))
    found = _with_additions(found, item.document)
    lost = [change for change in changes if id(change) not in fitted]
    if lost or not found or _differs(list(found.values()), item.document):
        found[CAPTURED] = _told(make_witness(item.document, captured), captured)
    return found


def _distance(document: Any, captured: Shape, item: Observed) -> int:
    return len(compare(fold([document], item.accepted.layout), captured, item.accepted.layout).changes)


def _differs(documents: Sequence[Any], captured: Any) -> bool:
    """Whether a check of the capture against these stores would still tell of a change."""
    shape = fold(documents)
    left = compare(shape, fold([captured], layout_of(shape))).changes
    return any(change.rule.level is not Level.NOTE and not _is_untold(change) for change in left)


def _with_additions(documents: Mapping[str, Any], captured: Any) -> dict[str, Any]:
    """Give the records of known-good stores the fields that records of the capture have and none of them has."""
    found = dict(documents)
    layout = layout_of(fold(list(found.values()))) if found else Layout()
    for path, sample, always in _additions(list(found.values()), captured, layout):
        for moment, document in found.items():
            found[moment] = _added(document, path, sample, always=always)
    return found


def _additions(documents: Sequence[Any], captured: Any, layout: Layout) -> list[tuple[Path, Any, bool]]:
    known, now = fold(documents, layout), fold([captured], layout)
    found: list[tuple[Path, Any, bool]] = []
    for row in shape_rows(now):
        path = row.path
        holder = known.at(path.parent) if path.steps else None
        if not isinstance(path.last, Key) or is_hidden(path.name):
            continue  # what the name is nobody knows: it cannot be declared
        if holder is None or not holder.count(JsonType.OBJECT) or holder.values:
            continue
        if path.name in holder.fields or any(path.within(other) for other, _, _ in found):
            continue
        above = now.at(path.parent)
        found.append((path, _first(captured, path), above is not None and above.presence(path.name) >= 1.0))
    return found


def tellable(item: Observed) -> tuple[Change, ...]:
    """Return what changed in a store, but for fields whose names a capture may not tell."""
    return tuple(change for change in item.comparison.changes if not _is_untold(change))


def _is_untold(change: Change) -> bool:
    return change.rule.happened != "renamed" and isinstance(change.path.last, Key) and is_hidden(change.path.name)


def _told(document: Any, shape: Shape) -> Any:
    """Leave out the fields whose names nobody knows."""
    for row in shape_rows(shape):
        if isinstance(row.path.last, Key) and is_hidden(row.path.name):
            document, _ = edit_at(document, row.path, lambda _: MISSING)
    return document


def is_hidden(name: str) -> bool:
    """Whether a field's name is one that a capture put in the place of one that it may not tell."""
    return _HIDDEN.match(name) is not None


def _first(document: Any, path: Path) -> Any:
    values = list(values_at(document, path))
    return next((value for value in values if value not in (None, [], {}, "")), values[0])


def _added(document: Any, path: Path, sample: Any, *, always: bool) -> Any:
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
    """Return where what stands at a new path stood before."""
    return {change.to: change.path for change in changes if change.to is not None}


def usual_shape(item: Observed, documents: Mapping[str, Any]) -> Shape:
    """Return what the next version looks like: its known-good stores and the capture together."""
    layout = adapt_layout(item.document, item.accepted.layout, accepted_shape(item.accepted))
    known = [*documents.values(), *([] if CAPTURED in documents else [item.document])]
    return fold(known, _with_moved(layout, item.accepted.layout, moved(item.comparison.changes)))


def _with_moved(layout: Layout, old: Layout, places: Mapping[Path, Path]) -> Layout:
    """Let what went elsewhere be folded there as it was folded in its old place."""
    for new, before in sorted(places.items(), key=lambda pair: len(pair[0].steps)):
        declared = old.at(before)
        if declared is not None and isinstance(new.last, Key):
            layout = _placed(layout, new.steps, declared)
    return layout


def _placed(layout: Layout, steps: Sequence[Step], declared: Layout) -> Layout:
    if not steps:
        return declared
    step, rest = steps[0], steps[1:]
    if isinstance(step, Key):
        inner = _placed(layout.fields.get(step.name, Layout()), rest, declared)
        return replace(layout, kind=layout.kind or "record", fields={**layout.fields, step.name: inner})
    if step == EACH_VALUE:
        return replace(layout, values=_placed(layout.values or Layout(), rest, declared))
    return replace(layout, items=_placed(layout.items or Layout(), rest, declared))
