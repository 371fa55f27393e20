"""Profiles: whole situations as they were, on which every mutation is replayed beside the known-good stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from driftwright.authoring.prove.prove import load_workspace, prove_contracts
from driftwright.base.errors import InputFault
from driftwright.base.path import leaves
from driftwright.base.terms import Verdict
from driftwright.entrypoints.cli import main
from driftwright.impact.javascript.engine import Engine
from driftwright.report.proof import Cell, Notice
from driftwright.snapshot.file import read_snapshot, write_snapshot
from driftwright.snapshot.profile import profile_of, profiles_in
from driftwright.verdict.check import check_snapshot
from driftwright.workspace import find_workspace, load_stores
from driftwright.workspace.folders import Workspace
from kit.market import NOTHING, NUMBERS, SHOP, STRICT, TILL_SOURCE, captured, contract, market

TRUSTED = "needs = \"({shop}) => shop.orders.every((order) => typeof order.paid === 'boolean')\"\n"
PAID = contract(STRICT, TRUSTED + TILL_SOURCE + NOTHING)
TWO = json.dumps({"orders": SHOP["orders"]})


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running


def _raw(folder: Path, name: str, **texts: Any) -> Path:
    file = folder / name
    file.write_text(json.dumps({"local": texts}), encoding="utf-8")
    return file


def _flag_gone(workspace: Workspace, engine: Engine, *files: Path) -> Cell:
    cells = prove_contracts(load_workspace(workspace, engine, files), lambda _: None).cells
    return next(cell for cell in cells if (cell.rule, cell.path) == ("field-renamed", "/orders/[]/paid"))


@pytest.mark.parametrize(
    ("till", "fallback"),
    [('{"paidOrders": 2}', "degraded"), ('{"paidOrders": 7}', "wrong"), (None, "unavailable"), ("{}", "unavailable")],
    ids=["right there too", "wrong there", "not there", "says nothing there"],
)
def test_a_fallback_is_worth_what_it_is_worth_on_the_worst_profile(
    tmp_path: Path, engine: Engine, till: str | None, fallback: str
) -> None:
    workspace = market(tmp_path, paid=PAID)
    assert _flag_gone(workspace, engine).fallback == "degraded"
    file = _raw(tmp_path, "one.json", shop=TWO, **({} if till is None else {"till": till}))
    cell = _flag_gone(workspace, engine, file)
    assert (cell.fallback, cell.profile) == (fallback, "one.json" if fallback == "wrong" else "")
    assert cell.fails is (fallback == "wrong")


def test_a_workspace_keeps_profiles_as_snapshots(tmp_path: Path, engine: Engine) -> None:
    workspace = market(tmp_path, paid=PAID)
    (tmp_path / "profiles").mkdir()
    write_snapshot(captured(SHOP, {"paidOrders": 1}), tmp_path / "profiles" / "evening.snapshot.json")
    assert _flag_gone(workspace, engine).profile == "evening.snapshot.json"


def test_a_break_that_only_a_profile_shows_has_to_be_noticed_there(tmp_path: Path, engine: Engine) -> None:
    """No known-good order is lost: what a reader makes of that stage is seen on a real profile alone."""
    lost = "({shop}) => shop.orders.filter((order) => order.stage === 'lost' && order.note).length"
    workspace = market(tmp_path, lost=contract(lost))
    shop = {"orders": [{**order, "stage": "lost"} for order in SHOP["orders"]]}
    proving = prove_contracts(load_workspace(workspace, engine), lambda _: None)
    assert not [cell for cell in proving.breaks if cell.path == "/orders/[]/note"]
    file = _raw(tmp_path, "lost.json", shop=json.dumps(shop))
    found = prove_contracts(load_workspace(workspace, engine, [file]), lambda _: None)
    shown = {cell.rule: cell.noticed for cell in found.breaks if cell.path == "/orders/[]/note"}
    assert shown["field-renamed"] is Notice.RULE


def test_what_a_profile_shows_as_it_is_notices_nothing(tmp_path: Path, engine: Engine) -> None:
    """A field that no known-good store has is no sign of a change: it was there before."""
    workspace = market(tmp_path, paid=contract(STRICT))
    shop = {"orders": [{**order, "colour": "red", "number": NUMBERS[0]} for order in SHOP["orders"]], "more": [1]}
    cells = prove_contracts(
        load_workspace(workspace, engine, [_raw(tmp_path, "more.json", shop=json.dumps(shop))]), lambda _: None
    ).cells
    usual = prove_contracts(load_workspace(workspace, engine), lambda _: None).cells
    assert [cell.noticed for cell in cells] == [cell.noticed for cell in usual]


def test_raw_values_stay_in_memory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market(tmp_path, paid=PAID)
    assert main(["--workspace", str(tmp_path), "prove", "--write-lock"]) == 0
    private = "nobody-may-read-this"
    shop = {"orders": [{**order, "note": private, "stage": private} for order in SHOP["orders"]]}
    file = _raw(tmp_path, "mine.json", shop=json.dumps(shop), till='{"paidOrders": 9}')
    before = {path.name for path in tmp_path.rglob("*")}
    options = ["prove", "--profiles", str(file), "--format", "text", "--format", "json", "--format", "html"]
    code = main(["--workspace", str(tmp_path), *options])
    told = capsys.readouterr().out
    assert code == 1
    assert "on 1 profiles" in told
    assert "on mine.json  <- FAILS" in told
    assert private not in told
    assert {path.name for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("[]", "not a profile"),
        ('{"local": 1}', "not the texts of a storage area"),
        ('{"local": {"other": "{}"}}', "holds no declared store"),
        ('{"session": {"shop": "{}"}}', "holds no declared store"),
        ('{"format": "snapshot-v1"}', "provenance is missing"),
    ],
)
def test_what_is_no_profile_is_refused_in_one_line(tmp_path: Path, engine: Engine, text: str, says: str) -> None:
    workspace = market(tmp_path, paid=PAID)
    (tmp_path / "none.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputFault, match=says) as fault:
        load_workspace(workspace, engine, [tmp_path / "none.json"])
    assert fault.value.file.endswith("none.json")


ROOT = Path(__file__).resolve().parents[2]


def test_one_kept_profile_of_this_repository_is_captured_and_holds_both_layouts() -> None:
    """What it holds is hidden, and the judge calls nothing of it broken."""
    file = ROOT / "profiles" / "captured-upgrade.snapshot.json"
    assert file in profiles_in(ROOT / "profiles")
    stores = load_stores(ROOT / "schemas")
    held = profile_of(file, stores)
    assert {"site", "session", "sessions", "post"} <= {name for name, document in held.items() if document is not None}
    counters = [session["creditsUsed"] for session in held["session"].values() if "creditsUsed" in session]
    counters += [session["creditsUsed"] for session in held["sessions"]["state"]["sessionByMediaId"].values()]
    assert (set(counters), max(map(len, held["site"]["state"]["videoByMediaId"].values()))) == ({0}, 3)
    texts = [leaf for leaf in leaves(held["session"]) if isinstance(leaf, str) and " " in leaf]
    assert texts
    assert all(text.startswith("masked ") for text in texts)
    report = check_snapshot(read_snapshot(file), find_workspace(str(ROOT)))
    assert {fact.verdict for fact in report.facts} == {Verdict.INTACT, Verdict.UNSEEN}
    assert [change.rule for change in report.changes] == []
