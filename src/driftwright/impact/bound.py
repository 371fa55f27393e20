"""Bounds: how the answer of a lesser source has to stand to that of a fact's first source."""

from __future__ import annotations

import json
from typing import Any

from driftwright.base.terms import Bound
from driftwright.impact.javascript import Answer


def is_within_bound(answer: Answer, right: Answer, bound: Bound) -> bool:
    """Whether an answer is within a source's bound of the right answer.

    A number may be larger (`at-least`) or smaller (`at-most`), a flag may be true (or false) besides, a list may hold
    further items (or lack some), and an object's members each likewise; anything else has to be the same.
    """
    if bound is Bound.EQUAL or answer.same_as(right):
        return answer.same_as(right)
    if answer.kind != "value" or right.kind != "value" or answer.type != right.type:
        return False
    lesser, greater = (right, answer) if bound is Bound.AT_LEAST else (answer, right)
    try:
        return _within(json.loads(lesser.text), json.loads(greater.text))
    except ValueError:  # holds what JSON has not, as a hole or a date
        return False


def _within(lesser: Any, greater: Any) -> bool:
    if isinstance(lesser, (int, float)) and isinstance(greater, (int, float)):
        return isinstance(lesser, bool) == isinstance(greater, bool) and lesser <= greater
    if isinstance(lesser, list) and isinstance(greater, list):
        return all(lesser.count(item) <= greater.count(item) for item in lesser)
    if isinstance(lesser, dict) and isinstance(greater, dict):
        return lesser.keys() == greater.keys() and all(_within(part, greater[name]) for name, part in lesser.items())
    return bool(lesser == greater)
