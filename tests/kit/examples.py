"""How many examples a law is tried on, and which cases: so many in every check, ten times as many and all at night."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

import pytest

Value = TypeVar("Value")

NIGHTLY = bool(os.environ.get("DRIFTWRIGHT_NIGHTLY"))
USUAL = 60  # where a test names no number


def examples(usual: int) -> int:
    """Return the number of examples for a law that takes `usual` of them in every check."""
    return usual * 10 if NIGHTLY else usual


def usually(values: Iterable[Any], chosen: Collection[Any]) -> list[Any]:
    """Return values for `parametrize`, of which the chosen ones are tried in every check and the others at night.

    Args:
        values: All of them.
        chosen: Those of every check; each is one of the values.
    """
    every = list(values)
    assert all(value in every for value in chosen), "what is chosen is there"
    return [value if value in chosen else pytest.param(value, marks=pytest.mark.nightly) for value in every]


def in_turn(values: Sequence[Value], number: int) -> Sequence[Value]:
    """Return what the example of a number is tried with: one of the values by turns, and all of them at night.

    Args:
        values: What there is to try.
        number: The number of the example.
    """
    return values if NIGHTLY else (values[number % len(values)],)
