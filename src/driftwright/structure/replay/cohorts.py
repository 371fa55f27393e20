"""Replay of a partial change: changed and unchanged records side by side, as in a migration that is half done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from driftwright.base.path import ROOT
from driftwright.structure.change import Change
from driftwright.structure.replay.edit import Edit, PathEdit, edit_at

_PARTIAL = frozenset(
    {
        "convert",
        "encode",
        "list-to-map",
        "list-to-page",
        "list-to-single",
        "map-to-list",
        "nest-list",
        "nullify",
        "remove",
        "rename",
        "replace-by-child",
        "wrap",
    }
)
"""Operators whose parameter `share` gives the share of places where the change has happened, from 0 to 1."""


def partial_edits(change: Change, edits: Sequence[PathEdit]) -> tuple[PathEdit, ...]:
    """Return the edits of a change; for a partial change two of each, which leave every other place as it was.

    The one begins with the first place and the other with the second, so that each record is once changed and once not.
    A reader that handles only one of both kinds fails in one of them, and a reader that handles both does not.

    Args:
        change: The change; with a share of 1, or without one, it is not partial.
        edits: What its operator does.
    """
    if change.rule.operator not in _PARTIAL or "omitted" in change.params or not _share(change) < 1.0:
        return tuple(edits)
    return tuple(_every_other(edit, start) for edit in edits for start in (0, 1))


def _share(change: Change) -> float:
    return float(change.params.get("share", 1.0))


def _every_other(edit: PathEdit, start: int) -> PathEdit:
    # The count begins again with each document, as one edit may be applied to several.
    return PathEdit(ROOT, lambda document: _edit_half(document, edit, start))


def _edit_half(document: Any, edit: PathEdit, start: int) -> Any:
    new, hits = edit_at(document, edit.path, _alternating(edit.change, start))
    return new if hits else document


def _alternating(change: Edit, start: int) -> Edit:
    turn = start

    def edit_value(value: Any) -> Any:
        nonlocal turn
        new = change(value)
        if new is value:
            return value
        turn += 1
        return new if turn % 2 else value

    return edit_value
