"""Alike: texts and numbers that differed from record to record and are one and the same in all of them now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from driftwright.base.forms import LEAST_EPOCH, TIME_FORMS, text_form
from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, leaves, names_in, values_in
from driftwright.base.terms import JsonType
from driftwright.structure.change import Change, Comparison, make_change
from driftwright.structure.shape import Shape, shape_rows

_FEWEST = 5
"""So many records on each side: fewer may agree by chance, as those of one session often do."""
_MOST = 2_000
_KINDS = frozenset({JsonType.STRING, JsonType.INTEGER, JsonType.NUMBER})

_Sides = tuple[Sequence[Any], Sequence[Any]]


def add_alike_changes(comparison: Comparison, documents: _Sides, shapes: tuple[Shape, Shape]) -> Comparison:
    """Return the comparison with the values of records that are all the same now added to its changes.

    A text that the later document uses elsewhere, too, refers to something, and all records of a session may refer to
    the same; times may be those of one moment.

    Args:
        comparison: What changed.
        documents: The known-good documents, and the later ones.
        shapes: Their shapes.
    """
    known_paths = {change.path for change in comparison.changes if change.rule.aspect in ("type", "place")}
    changes = [change for change in _alike_changes(documents, shapes) if change.path not in known_paths]
    # That they are all alike explains that they are written in another form.
    alike = {change.path for change in changes}
    kept = tuple(change for change in comparison.changes if change.rule.aspect != "form" or change.path not in alike)
    return Comparison(kept, comparison.unseen).plus(changes)


def _alike_changes(documents: _Sides, shapes: tuple[Shape, Shape]) -> Iterator[Change]:
    for row in shape_rows(shapes[0]):
        later = shapes[1].at(row.path)
        if later is None or not _is_of_records(row.path) or not {*row.shape.kinds, *later.kinds} <= _KINDS:
            continue
        if min(row.shape.total, later.total) < _FEWEST or later.enum is None or len(later.enum) != 1:
            continue
        (value,) = later.enum
        before = list(islice(values_in(documents[0], row.path), _MOST))
        if len(set(before)) < len(before) or value in before or not _may_stand_for_all(value):
            continue
        if isinstance(value, str) and _is_used_elsewhere(value, later.total, documents[1]):
            continue
        shown = (f"{row.shape.total} records", f"{later.total}")
        change = make_change(("form", "alike"), row.path, shown, {"as": "constant", "value": value})
        if change is not None:
            yield change


def _may_stand_for_all(value: Any) -> bool:
    """Whether one value in all records says something: counts begin with 0, and a moment may make all records."""
    if isinstance(value, str):
        return bool(value) and text_form(value) not in TIME_FORMS
    return bool(value) and abs(value) < LEAST_EPOCH


def _is_of_records(path: Path) -> bool:
    """Whether a path is a field of the records of a list or a map."""
    return isinstance(path.last, Key) and path.parent.last in (EACH_ITEM, EACH_VALUE)


def _is_used_elsewhere(text: str, records: int, later: Sequence[Any]) -> bool:
    held = sum(1 for leaf in leaves(list(later)) if leaf == text)
    return held > records or text in names_in(list(later))
