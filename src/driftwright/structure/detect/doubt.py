"""Doubt: absences that are no evidence, because the later document is only smaller or has new kinds of records.

A field that some records have may be missing from thirty records because those thirty never had it: records of one kind
often stand together. A map key that a reader asks for may be missing because fewer entries were kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Path, records_in, values_at
from driftwright.structure.change import Change, Comparison
from driftwright.structure.change.chance import ALPHA, is_surely_absent
from driftwright.structure.change.likeness import likeness
from driftwright.structure.shape import Shape

_SHRUNK_SHARE = 0.95
_ALIKE = 0.4
_KNOWN_SHARE = 0.8


def mark_doubtful_unseen(comparison: Comparison, before: Sequence[Any], shapes: tuple[Shape, Shape]) -> Comparison:
    """Return the comparison with the removals that a smaller document explains counted as unseen.

    Args:
        comparison: What changed.
        before: The known-good documents.
        shapes: The shapes before and after.
    """
    doubtful = [change for change in comparison.changes if _is_doubtful(change, before, shapes)]
    kept = tuple(change for change in comparison.changes if change not in doubtful)
    return Comparison(kept, tuple(sorted({*comparison.unseen, *(change.path for change in doubtful)})))


def drop_absences_in_new_kinds(comparison: Comparison, after: Sequence[Any], before: Shape) -> Comparison:
    """Return the comparison without the optional fields that only records of a new kind lack.

    Args:
        comparison: What changed.
        after: The later documents.
        before: The shape before.
    """
    kept = tuple(change for change in comparison.changes if not _is_absent_in_new_kind(change, after, before))
    return Comparison(kept, comparison.unseen)


def _is_absent_in_new_kind(change: Change, after: Sequence[Any], before: Shape) -> bool:
    """Whether every record that lacks the field has little in common with any record before."""
    holder = before.at(change.path.parent)
    if change.rule.id != "field-became-optional" or holder is None:
        return False
    always = {name for name in holder.fields if holder.presence(name) >= 1.0}
    records = records_in(after, change.path.parent)
    lacking = [record for record in records if change.path.name not in record]
    return bool(lacking) and all(_is_of_new_kind(record, always, holder) for record in lacking)


def _is_of_new_kind(record: dict[str, Any], always: set[str], holder: Shape) -> bool:
    unknown = sum(1 for name in record if name not in holder.fields)
    return len(always & record.keys()) * 2 <= len(always) and unknown * 2 >= len(record) > 0


def _is_doubtful(change: Change, before: Sequence[Any], shapes: tuple[Shape, Shape]) -> bool:
    if change.rule.id != "field-removed":
        return False
    parent = change.path.parent
    old, new = shapes[0].at(parent), shapes[1].at(parent)
    if old is None or new is None:
        return False
    if old.values is not None:
        # A named key of a map: fewer other entries may simply not hold it.
        if new.values is None or not _may_be_old_entries(old.values, new.values):
            return False  # these are other entries, not fewer of the old ones
        kept = new.values.total
        gone = sum(1 for name in old.fields if name not in new.fields)
        return kept < (old.values.total - gone) * _SHRUNK_SHARE
    if old.presence(change.path.name) >= 1.0:
        return False
    if _is_of_few_groups(change.path, before, shapes[1]):
        return True
    return sum(new.types.values()) <= max(longest_gap(document, change.path) for document in before)


def _is_of_few_groups(path: Path, before: Sequence[Any], later: Shape) -> bool:
    """Whether only some of the outer records hold records that had a field, so few that the later ones may lack it.

    The records within one outer record are of a kind: all steps of one case, and none of another, may have a flag.
    """
    nested = [number for number, step in enumerate(path.steps, 1) if step in (EACH_ITEM, EACH_VALUE)]
    for number in nested[:-1]:
        outer, inner = Path(path.steps[:number]), Path(path.steps[number:])
        groups = [
            any(True for _ in values_at(group, inner)) for document in before for group in values_at(document, outer)
        ]
        now = later.at(outer)
        if not is_surely_absent(sum(groups), len(groups), now.total if now is not None else 0, ALPHA):
            return True
    return False


def _may_be_old_entries(old: Shape, new: Shape) -> bool:
    """Whether the entries may be some of the old ones: nearly all of their fields are known."""
    if not new.total or not new.kinds <= old.kinds:
        return not new.total
    known = sum(1 for name in new.fields if name in old.fields)
    return known >= len(new.fields) * _KNOWN_SHARE if new.fields else likeness(old, new) >= _ALIKE


def longest_gap(document: Any, path: Path) -> int:
    """Return the longest run of records, in document order, that lack the field at `path`."""
    longest = run = 0
    for record in values_at(document, path.parent):
        if not isinstance(record, dict):
            continue
        run = 0 if path.name in record else run + 1
        longest = max(longest, run)
    return longest
