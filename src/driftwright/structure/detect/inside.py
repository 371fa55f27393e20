"""Inside: what changed within a record or a list that is called otherwise now, under the name that it had."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from driftwright.base.path import Key, Path
from driftwright.base.terms import JsonType
from driftwright.structure.change import Change, Comparison
from driftwright.structure.change.likeness import likeness
from driftwright.structure.replay.edit import edit_at, on_records, rename_field
from driftwright.structure.shape import Shape

_CONTAINERS = frozenset({JsonType.OBJECT, JsonType.ARRAY})
_SEVERAL = 2
_SAME = 0.99


def with_former_names(later: Any, comparison: Comparison, before: Shape, after: Shape) -> Any:
    """Return a later document with the names that its containers had, where they are not all the same inside.

    Args:
        later: The later document.
        comparison: What changed.
        before: The shape of the known-good documents.
        after: The shape of the later one.

    Returns:
        None where nothing of the kind is called otherwise.
    """
    renames = [change for change in comparison.changes if _is_changed_inside(change, before, after)]
    for change in renames:
        name, to = change.path.name, change.to.name if change.to is not None else ""
        edit = on_records(change.path.parent, partial(rename_field, name=to, to=name))
        later, _ = edit_at(later, edit.path, edit.change)
    return later if renames else None


def _is_changed_inside(change: Change, before: Shape, after: Shape) -> bool:
    if (change.rule.aspect, change.rule.happened) != ("place", "renamed") or change.to is None:
        return False
    old, new = before.at(change.path), after.at(change.to)
    if old is None or new is None or change.to.parent != change.path.parent:
        return False
    return bool(old.kinds & new.kinds & _CONTAINERS) and likeness(old, new) < _SAME


def with_changes_inside(comparison: Comparison, again: Comparison, before: Shape, after: Shape) -> Comparison:
    """Return a comparison with what another one, under the former names, finds within what is called otherwise.

    Args:
        comparison: What changed.
        again: What changed under the former names.
        before: The shape of the known-good documents.
        after: The shape of the later one, under the former names.
    """
    tops = [change.path for change in comparison.changes if change.rule.is_move and change.to is not None]
    known = {(change.rule.id, change.path) for change in comparison.changes}

    def is_inside(path: Path) -> bool:
        return any(path.within(top) and path != top for top in tops)

    def shows_enough(path: Path) -> bool:
        """Whether several records, or entries, show it on both sides: one of each may be of another kind."""
        place = path.parent if path.steps and isinstance(path.last, Key) else path
        old, new = before.at(place), after.at(place)
        return old is not None and new is not None and min(old.total, new.total) >= _SEVERAL

    new = [c for c in again.changes if is_inside(c.path) and (c.rule.id, c.path) not in known]
    # What befell several fields of a record alike needs no second record.
    alike = Counter((change.rule.id, change.path.parent) for change in new)
    return comparison.plus(
        change
        for change in new
        if shows_enough(change.path)
        or (change.rule.aspect == "type" and alike[change.rule.id, change.path.parent] >= _SEVERAL)
    )
