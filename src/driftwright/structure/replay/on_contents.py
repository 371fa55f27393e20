"""Operators on what lists and maps hold: fewer entries, or none."""

from __future__ import annotations

from typing import Any

from driftwright.structure.change import Change
from driftwright.structure.replay.edit import Way


def truncate(change: Change) -> tuple[Way, ...]:
    """Half of the entries are kept, at least one: those written last, or with `keep` = `first` those written first."""
    is_first = change.params.get("keep") == "first"

    def fewer(value: Any) -> Any:
        if not isinstance(value, (dict, list)) or len(value) < 2:  # noqa: PLR2004 - of one entry none can be dropped
            return value
        kept = (len(value) + 1) // 2
        start = 0 if is_first else len(value) - kept
        return (
            dict(list(value.items())[start : start + kept]) if isinstance(value, dict) else value[start : start + kept]
        )

    return (Way(change.path, fewer),)


def clear(change: Change) -> tuple[Way, ...]:
    """The list or map holds nothing."""
    return (Way(change.path, lambda value: type(value)() if isinstance(value, (dict, list)) and value else value),)
