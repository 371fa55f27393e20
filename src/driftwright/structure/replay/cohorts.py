"""A change that only a part of the records has seen: both cohorts side by side, as a half-done migration leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from driftwright.base.path import ROOT
from driftwright.structure.change import Change
from driftwright.structure.replay.edit import Edit, Way, edit

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
    }
)
"""Operators whose parameter `share` says in how much of the places the change has happened, from 0 to 1."""


def mixed(change: Change, ways: Sequence[Way]) -> tuple[Way, ...]:
    """Return the ways of a change; where it is partial, each once from the first place on and once from the second.

    Every other place that the change fits is left as it was. Between the two every record is in either cohort, so that
    a reader which serves one of them alone is found out, and one which serves both is not accused.

    Args:
        change: The change; its share of 1 or none means that nothing is left as it was.
        ways: What its operator does where it happened.
    """
    if change.rule.operator not in _PARTIAL or "omitted" in change.params or not _share(change) < 1.0:
        return tuple(ways)
    return tuple(_every_other(way, start) for way in ways for start in (0, 1))


def _share(change: Change) -> float:
    return float(change.params.get("share", 1.0))


def _every_other(way: Way, start: int) -> Way:
    # The count begins anew with each document: one way may be gone for several.
    return Way(ROOT, lambda document: _half(document, way, start))


def _half(document: Any, way: Way, start: int) -> Any:
    new, hits = edit(document, way.path, _alternating(way.change, start))
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
