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


WALKING = """
const all = (node) => (node && typeof node === "object" ? [node, ...Object.values(node).flatMap(all)] : []);
export const methods = (data) => all(data).filter((node) => node.type === "method").length;
"""


def test_what_another_session_may_hold_as_well_need_not_be_replayed(engine: Engine) -> None:
    """Beside a class, whose body is a list, stands a loop now, whose body is a record with a list: no drift."""

    def of_class(count: int) -> Document:
        methods = [{"type": "method", "key": f"m{n}", "static": n % 2 == 0} for n in range(count)]
        return {"type": "class", "body": {"type": "members", "body": methods}}

    calls = {"type": "statements", "body": [{"type": "call", "name": f"c{n}"} for n in range(2)], "directives": []}
    loop = {"type": "loop", "body": {"type": "while", "body": calls}}
    before, after = {"steps": [of_class(4)]}, {"steps": [of_class(6), loop]}
    report = report_diff(before, after, module(WALKING, "readers.js"), engine)
    assert [change.rule for change in report.changes] == [
        "list-became-page"
    ]  # replayed, it takes the list of the class
    (fact,) = report.facts
    assert fact.closure is not None
    assert fact.closure.rest == ()
    assert 0 < fact.closure.paths == fact.closure.closed
