"""Doubt: absences that a smaller document explains, and that therefore prove nothing.

A field that only some records have may be missing from thirty records because those thirty never had it: records of a
kind stand together. A map key that a reader asks for may be missing because fewer entries were kept.
"""

from __future__ import annotations

from typing import Any

from driftwright.change import Change, Comparison
from driftwright.change.likeness import likeness
from driftwright.path import Path, values_at
from driftwright.shape import Shape

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
