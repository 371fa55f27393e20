"""A proof over nothing is none: each fact that no change could alter is named, and the proof fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from driftwright.authoring.prove.gaps import find_gaps
from driftwright.authoring.prove.prove import load_workspace, prove_contracts
from driftwright.base.terms import Effect
from driftwright.entrypoints.cli import main
from driftwright.impact.javascript.engine import Engine
from driftwright.report.proof import Cell, Gap, Notice, Proving, WorkspaceProof
from kit.market import NOTHING, SHOP, STRICT, contract, market

UNPAID = "({shop}) => shop.orders.find((order) => order.stage === 'lost')?.note"


def gaps(folder: Path, **contracts: str) -> dict[str, str]:
    workspace = market(folder, **contracts)
    with Engine() as engine:
        loaded = load_workspace(workspace, engine)
        found = find_gaps(loaded, prove_contracts(loaded, lambda _: None).cells)
    return {gap.fact: gap.says for gap in found}


@pytest.mark.parametrize(
    ("derive", "says"),
    [
        (UNPAID, "answers undefined on every known-good store"),
        ("({shop}) => shop.total ?? null", "answers null on every known-good store"),
        ("({shop}) => shop.orders.length / shop.none", "answers NaN on every known-good store"),
        ("({shop}) => shop.baskets.length", "fails on every known-good store: TypeError"),
        ("({shop}) => () => shop.orders", "on every known-good store"),
        ("() => 7", "no mutation touches what it reads"),
        ("({shop}) => (shop?.orders?.length ? 1 : 1)", "no mutation of what it reads alters its answer"),
        ("({shop, customer}) => shop.orders.length + (customer ?? 0)", "asks for customer"),
    ],
)
def test_a_fact_that_nothing_can_alter_is_named(tmp_path: Path, derive: str, says: str) -> None:
    found = gaps(tmp_path, sound=contract(STRICT), empty=contract(derive))
    assert list(found) == ["empty"]
    assert says in found["empty"]


def test_a_fact_whose_parameter_no_store_offers_is_named(tmp_path: Path) -> None:
    asked = 'params = { buyer = "each key of shop:/buyers" }\n' + contract(
        "({shop, buyer}) => shop.orders.length + buyer"
    )
    assert "no known-good store offers a value for its parameter buyer" in gaps(tmp_path, empty=asked)["empty"]


def test_a_full_source_that_is_trusted_answers_what_the_contract_allows(tmp_path: Path) -> None:
    reader = "({shop}) => shop.orders.length > 3 ? shop.orders.length : null"
    few = {"orders": SHOP["orders"][:2]}
    workspace = market(tmp_path, count=contract(reader), guarded=contract(reader, f"{needs('shop.orders.length > 3')}"))
    (tmp_path / "schemas" / "market" / "shop" / "v1" / "few.witness.json").write_text(json.dumps(few))
    with Engine() as engine:
        loaded = load_workspace(workspace, engine)
        found = find_gaps(loaded, prove_contracts(loaded, lambda _: None).cells)
    assert [(gap.fact, "gives null on the known-good store few" in gap.says) for gap in found] == [("count", True)]


def needs(condition: str) -> str:
    return f'needs = "({{shop}}) => {condition}"\n{NOTHING}'


def test_without_a_known_good_store_nothing_is_proved(tmp_path: Path) -> None:
    workspace = market(tmp_path, sound=contract(STRICT))
    for file in tmp_path.rglob("*.witness.json"):
        file.unlink()
    with Engine() as engine:
        loaded = load_workspace(workspace, engine)
        (gap,) = find_gaps(loaded, prove_contracts(loaded, lambda _: None).cells)
    assert "there is no known-good store" in gap.says


def test_no_mutation_is_no_score() -> None:
    assert (Proving(()).score, Proving(()).noticed_share) == (0.0, 0.0)


def test_the_command_names_the_gap_in_every_format_and_fails(tmp_path: Path) -> None:
    market(tmp_path, sound=contract(STRICT), empty=contract("({shop}) => shop.total ?? null"))
    before = ["--workspace", str(tmp_path), "prove"]
    assert main([*before, "--write-lock"]) == 0
    formats = ("text", "json", "html")
    assert main([*before, "--output", str(tmp_path / "out"), *(f"--format={name}" for name in formats)]) == 1
    record = json.loads((tmp_path / "out" / "prove.json").read_text("utf-8"))
    assert (record["summary"]["gaps"], record["summary"]["proven"], record["gaps"][0]["fact"]) == (1, False, "empty")
    assert "proves nothing: empty: its reader answers null" in (tmp_path / "out" / "prove.txt").read_text("utf-8")
    assert "its reader answers null" in (tmp_path / "out" / "prove.html").read_text("utf-8")


def test_a_gap_alone_fails_the_proof() -> None:
    gap = Gap("total", "its reader answers null on every known-good store")
    noticed = Cell("field-removed", "shop", "/total", "", "total", Effect.SILENT, Notice.RULE, "degraded", "till")
    assert WorkspaceProof(Proving((noticed,)), (), (), lock_is_fresh=True).proven
    assert not WorkspaceProof(Proving((noticed,)), (), (gap,), lock_is_fresh=True).proven
    assert not WorkspaceProof(Proving(()), (), (), lock_is_fresh=True).proven
