"""A store that lies nowhere: not written yet, or gone, by what is known of the page beside this capture."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.terms import Area, Effect, Verdict
from driftwright.report import FactFound, Report
from driftwright.snapshot import Snapshot, Watch, plain_snapshot
from driftwright.snapshot.watch import Sample
from driftwright.verdict.check import Taken, check_taken
from driftwright.verdict.over_time import check_watch
from driftwright.workspace import Workspace
from kit.market import NOTHING, SHOP, STRICT, TILL, TILL_SOURCE, captured, contract, market, orders
from kit.shared_engine import shared_engine

engine, end_shared = shared_engine(5.0)

BOTH = "({shop, till}) => shop.orders.length + till.paidOrders"
NEVER_NONE = '\n[[invariant]]\nname = "an order is there"\nholds = "({shop}) => shop !== null"\n'
PAGE = 'title = "x"\nurl = "https://market.test/"\nstores = ["shop", "till"]\n'
STATE = '[[state]]\nname = "open"\nwhat = "x"\n'


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    facts = {
        "strict": contract(STRICT),
        "both": contract(BOTH),
        "backed": contract(STRICT, TILL_SOURCE + NOTHING),
        "never": contract(STRICT, NOTHING + NEVER_NONE),
        "counted": contract("({till}) => till.paidOrders"),
    }
    return market(tmp_path, **facts)


def _judged(
    workspace: Workspace, snapshot: Snapshot, seen: Collection[str] = ()
) -> tuple[Report, dict[str, FactFound]]:
    report = check_taken(Taken(snapshot, known_stores=seen), workspace, engine=engine())
    return report, {fact.name: fact for fact in report.facts}


def _page(workspace: Workspace, *lines: str) -> None:
    workspace.probes.mkdir()
    (workspace.probes / "market.toml").write_text(PAGE + STATE + "\n".join(lines) + "\n")


def test_a_store_that_was_never_seen_is_not_written_yet(workspace: Workspace) -> None:
    report, facts = _judged(workspace, captured(None))
    assert {name: str(fact.verdict) for name, fact in facts.items()} == {
        "strict": "unseen",
        "both": "unseen",
        "backed": "unseen",
        "never": "unseen",
        "counted": "intact",
    }
    assert report.changes == ()
    strict = facts["strict"]
    assert strict.says == "shop: not written yet"
    assert strict.next == "Place an order"
    assert strict.unseen is not None
    assert strict.unseen.paths == ("shop:/",)
    assert strict.findings == ()
    (note,) = [note for note in report.notes if note.startswith("shop: not written yet")]
    assert "use the page" in note
    assert "must" in note


def test_a_store_that_was_seen_before_is_gone(workspace: Workspace) -> None:
    report, facts = _judged(workspace, captured(None), {"shop"})
    assert (facts["strict"].verdict, facts["strict"].effect) == (Verdict.BROKEN, Effect.THROWS)
    assert facts["counted"].verdict is Verdict.INTACT
    assert not [note for note in report.notes if "not written yet" in note]


def test_another_store_that_was_seen_says_nothing_of_this_one(workspace: Workspace) -> None:
    _, facts = _judged(workspace, captured(None), {"till"})
    assert facts["strict"].verdict is Verdict.UNSEEN


def test_a_store_that_the_page_state_must_show_is_gone(workspace: Workspace) -> None:
    _page(workspace, 'must = ["shop:/orders/[]"]')
    _, facts = _judged(workspace, captured(None))
    assert facts["strict"].verdict is Verdict.BROKEN


def test_a_store_that_the_page_state_need_not_show_is_never_gone(workspace: Workspace) -> None:
    _page(workspace, 'may_lack = ["shop:/"]')
    _, facts = _judged(workspace, captured(None), {"shop"})
    assert facts["strict"].verdict is Verdict.UNSEEN


def test_a_store_under_another_key_is_drift_though_never_seen_before(workspace: Workspace) -> None:
    here = captured(SHOP)
    moved = [replace(entry, key="basket") if entry.store == "shop" else entry for entry in here.areas[0].entries]
    snapshot = replace(here, areas=(replace(here.areas[0], entries=tuple(moved)),))
    report, facts = _judged(workspace, snapshot)
    assert [change.rule for change in report.changes] == ["store-key-renamed"]
    assert facts["strict"].verdict is Verdict.BROKEN


def test_what_was_not_looked_into_is_not_gone_and_has_not_moved(workspace: Workspace) -> None:
    here, empty = captured(SHOP), captured(None)
    here = replace(here, provenance=replace(here.provenance, way="dump"))
    for areas in (
        tuple(replace(view, area=Area.SESSION) for view in here.areas),
        tuple(replace(view, area=Area.SESSION) for view in empty.areas),
    ):
        report, facts = _judged(workspace, replace(here, areas=areas), {"shop", "till"})
        assert report.changes == ()
        assert {fact.verdict for fact in facts.values()} == {Verdict.UNSEEN}
        assert facts["strict"].says == "shop: its storage area was not looked into"
        assert [note for note in report.notes if note.startswith("shop: ") and "capture local storage" in note]


def test_what_was_not_given_beside_ones_own_file_is_not_gone(workspace: Workspace) -> None:
    snapshot = plain_snapshot({"till": TILL}, workspace, b"0" * 32)
    report, facts = _judged(workspace, snapshot)
    assert (facts["counted"].verdict, facts["strict"].verdict) == (Verdict.INTACT, Verdict.UNSEEN)
    assert facts["strict"].says == "shop: it was not given"
    assert [note for note in report.notes if note.startswith("shop: ") and "--store" in note]


def test_what_replay_shows_of_a_store_that_is_there_still_counts(workspace: Workspace) -> None:
    texts = orders(paid=lambda order: int(order["paid"]))
    snapshot = captured(texts)
    without = tuple(entry for entry in snapshot.areas[0].entries if entry.store == "shop")
    snapshot = replace(snapshot, areas=(replace(snapshot.areas[0], entries=without),))
    _, facts = _judged(workspace, snapshot)
    assert facts["strict"].verdict is Verdict.BROKEN
    assert facts["counted"].verdict is Verdict.UNSEEN


def test_what_an_earlier_moment_of_a_watch_held_is_gone_at_its_end(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "contracts" / "temporal").mkdir()
    ended = captured(None)

    def watched(*held: Any) -> dict[str, FactFound]:
        samples = tuple(Sample(number, 0, captured(shop, TILL).areas) for number, shop in enumerate(held))
        report = check_watch(Watch(100, 500, 5, 0, samples, ended), workspace, None, lambda _: None, engine())
        return {fact.name: fact for fact in report.facts}

    assert watched(None)["strict"].verdict is Verdict.UNSEEN
    assert watched(SHOP)["strict"].verdict is Verdict.BROKEN
