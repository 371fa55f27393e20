"""Closure: what the replay accounts for, and what it leaves, at the paths that a reader reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from driftwright.impact import Engine, module
from driftwright.report import ClosureFound
from driftwright.verdict import report_diff

READERS = """
export const paid = (data) => data.orders.filter((order) => order.status === "paid").length;
export const weights = (data) => data.orders.map((order) => order.weight);
"""
Document = dict[str, Any]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def _orders(count: int) -> Document:
    states = ("open", "paid", "sent")
    return {
        "orders": [{"id": f"o{n:04}", "status": states[n % 3], "weight": f"{n + 1},5 kg"} for n in range(count)],
    }


def _closure(before: Document, after: Document, engine: Engine) -> dict[str, ClosureFound]:
    report = report_diff(before, after, module(READERS, "readers.js"), engine)
    return {fact.name: fact.closure for fact in report.facts if fact.closure is not None}


def test_a_change_that_is_replayed_leaves_nothing(engine: Engine) -> None:
    after = _orders(14)
    for order in after["orders"]:
        order["state"] = order.pop("status")
    closure = _closure(_orders(12), after, engine)["paid"]
    assert closure.rest == ()
    assert 0 < closure.paths == closure.closed


def test_what_the_replay_does_not_make_is_named_for_those_who_read_it(engine: Engine) -> None:
    """Texts that became lists and records by turns: no operator makes both out of one column."""
    after = _orders(14)
    for number, order in enumerate(after["orders"]):
        order["weight"] = {"value": number, "unit": ["kg", number]} if number % 2 else [number, {"unit": "kg"}]
    found = _closure(_orders(12), after, engine)
    assert found["paid"].rest == ()
    assert found["weights"].closed < found["weights"].paths
    assert all(left.startswith("not replayed: /orders/[]/weight") for left in found["weights"].rest)
    assert found["weights"].rest
