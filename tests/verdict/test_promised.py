"""What a fallback promises: nothing of a source that the capture does not show to be there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.terms import Verdict
from driftwright.impact import AnswerKind, compile_fact
from driftwright.report.fact import FactFound
from driftwright.report.formats import PLAIN, render
from driftwright.report.model import Report
from driftwright.snapshot import AnswersAt, FactAnswers, RawAnswers
from driftwright.snapshot.model import Snapshot
from driftwright.verdict.check import check_snapshot
from driftwright.workspace import load_facts
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


@pytest.mark.parametrize(
    ("kind", "right"),
    [(AnswerKind("value", "integer", empty=False), True), (AnswerKind("value", "null", empty=True), None)],
    ids=["speaks there", "says nothing there"],
)
def test_what_a_source_answers_in_the_page_itself_decides(
    tmp_path: Path, kind: AnswerKind, *, right: bool | None
) -> None:
    """What is shown of a capture is hidden: a source may say something of that and nothing in the page."""
    workspace = market(tmp_path, paid=contract(STRICT, GUARD + TILL_SOURCE + NOTHING))
    (fact,) = map(compile_fact, load_facts(workspace.contracts))
    at = AnswersAt({}, {"till": kind}, serves="till", passed=(("store", "needs is not true"),))
    answers = RawAnswers({"paid": FactAnswers(fact.code, (at,))})
    found = check_snapshot(replace(captured(_renamed()), answers=answers), workspace).facts[0]
    assert (found.fallback.source, found.fallback.right) == ("till", right)
