"""Operators on the entries of lists and maps: fewer of them, or none."""

from __future__ import annotations

from typing import Any

from driftwright.structure.change import Change
from driftwright.structure.replay.edit import PathEdit


def truncate(change: Change) -> tuple[PathEdit, ...]:
    """Keep half of the entries, at least one: the last ones, or with `keep` = `first` the first ones."""
    is_first = change.params.get("keep") == "first"

    def fewer(value: Any) -> Any:
        if not isinstance(value, (dict, list)) or len(value) < 2:  # noqa: PLR2004 - of one entry none can be dropped
            return value
        kept = (len(value) + 1) // 2
        start = 0 if is_first else len(value) - kept
        return (
            dict(list(value.items())[start : start + kept]) if isinstance(value, dict) else value[start : start + kept]
        )

    return (PathEdit(change.path, fewer),)


def clear(change: Change) -> tuple[PathEdit, ...]:
    """Empty the list or map."""
    return (PathEdit(change.path, lambda value: type(value)() if isinstance(value, (dict, list)) and value else value),)
