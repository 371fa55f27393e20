"""Doubt: absences that a smaller document explains, and that therefore prove nothing.

A field that only some records have may be missing from thirty records because those thirty never had it: records of a
kind stand together. A map key that a reader asks for may be missing because fewer entries were kept.
"""

from __future__ import annotations

from typing import Any

from driftwright.base.path import Path, values_at
from driftwright.structure.change import Change, Comparison
from driftwright.structure.change.likeness import likeness
from driftwright.structure.shape import Shape

_SHRUNK = 0.95
_ALIKE = 0.4
_KNOWN = 0.8


def without_doubtful(comparison: Comparison, before: Any, shapes: tuple[Shape, Shape]) -> Comparison:
    """Return the comparison with the removals that a smaller document explains called unseen.

    Args:
        comparison: What was found.
        before: The whole document before.
        shapes: The shapes before and after.
    """
    doubtful = [change for change in comparison.changes if _is_doubtful(change, before, shapes)]
    kept = tuple(change for change in comparison.changes if change not in doubtful)
    return Comparison(kept, tuple(sorted({*comparison.unseen, *(change.path for change in doubtful)})))


def without_new_kinds(comparison: Comparison, after: Any, before: Shape) -> Comparison:
    """Return the comparison without the absences that only records of a new kind show: they hurt no old record.

    Args:
        comparison: What was found.
        after: The whole document after.
        before: The shape before.
    """
    kept = tuple(change for change in comparison.changes if not _of_new_kind(change, after, before))
    return Comparison(kept, comparison.unseen)


def _of_new_kind(change: Change, after: Any, before: Shape) -> bool:
    """Whether every record that lacks the field has little in common with any record before."""
    holder = before.at(change.path.parent)
    if change.rule.id != "field-became-optional" or holder is None:
        return False
    always = {name for name in holder.fields if holder.presence(name) >= 1.0}
    records = [record for record in values_at(after, change.path.parent) if isinstance(record, dict)]
    lacking = [record for record in records if change.path.name not in record]
    return bool(lacking) and all(_is_strange(record, always, holder) for record in lacking)


def _is_strange(record: dict[str, Any], always: set[str], holder: Shape) -> bool:
    unknown = sum(1 for name in record if name not in holder.fields)
    return len(always & record.keys()) * 2 <= len(always) and unknown * 2 >= len(record) > 0


def _is_doubtful(change: Change, before: Any, shapes: tuple[Shape, Shape]) -> bool:
    if change.rule.id != "field-removed":
        return False
    parent = change.path.parent
    old, new = shapes[0].at(parent), shapes[1].at(parent)
    if old is None or new is None:
        return False
    if old.values is not None:
        # A named key of a map: fewer other entries may simply not hold it.
        if new.values is None or not _same_kind(old.values, new.values):
            return False  # what stands there now is another thing, not fewer of the same
        kept = new.values.seen
        gone = sum(1 for name in old.fields if name not in new.fields)
        return kept < (old.values.seen - gone) * _SHRUNK
    if old.presence(change.path.name) >= 1.0:
        return False
    return sum(new.types.values()) <= longest_gap(before, change.path)


def _same_kind(old: Shape, new: Shape) -> bool:
    """Whether a few entries may be some of the old ones: they have no field that those had not."""
    if not new.seen or not new.kinds <= old.kinds:
        return not new.seen
    known = sum(1 for name in new.fields if name in old.fields)
    return known >= len(new.fields) * _KNOWN if new.fields else likeness(old, new) >= _ALIKE


def longest_gap(document: Any, path: Path) -> int:
    """Return the longest run of records, in document order, that lack the field at `path`."""
    longest = run = 0
    for record in values_at(document, path.parent):
        if not isinstance(record, dict):
            continue
        run = 0 if path.name in record else run + 1
        longest = max(longest, run)
    return longest
