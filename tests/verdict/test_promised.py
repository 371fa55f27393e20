"""What a fallback promises: nothing of a source that the capture does not show to be there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from driftwright.base.terms import Verdict
from driftwright.report.fact import FactFound
from driftwright.report.formats import PLAIN, render
from driftwright.report.model import Report
from driftwright.snapshot.model import Snapshot
from driftwright.verdict.check import check_snapshot
from kit.market import NOTHING, SHOP, STRICT, TILL_SOURCE, captured, contract, market

GUARD = "needs = \"({shop}) => shop.orders.every((order) => typeof order.paid === 'boolean')\"\n"


def _judged(folder: Path, snapshot: Snapshot) -> tuple[Report, FactFound]:
    workspace = market(folder, paid=contract(STRICT, GUARD + TILL_SOURCE + NOTHING))
    report = check_snapshot(snapshot, workspace)
    return report, report.facts[0]


def _renamed() -> dict[str, Any]:
    orders = [{("isPaid" if name == "paid" else name): part for name, part in o.items()} for o in SHOP["orders"]]
    return {"orders": orders}


@pytest.mark.parametrize(
    ("till", "serves", "right", "why"),
    [
        (None, "till", True, None),
        ({}, "till", None, "till is not in this capture"),
        ({"paidOrders": None}, "nothing", True, "gives null"),
    ],
    ids=["there", "not there", "says nothing"],
)
def test_what_is_not_there_is_not_promised(
    tmp_path: Path, till: Any, serves: str, *, right: bool | None, why: str | None
) -> None:
    report, fact = _judged(tmp_path, captured(_renamed(), till))
    assert fact.verdict in (Verdict.DEGRADED, Verdict.BROKEN)
    state = next(source for source in fact.sources if source.name == "till")
    assert (fact.fallback.source, fact.fallback.right, state.why) == (serves, right, why)
    assert ("till takes over, and is right" in render(report, "text", PLAIN)) is (serves == "till" and right is True)
