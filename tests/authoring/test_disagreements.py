"""Weaknesses that no change has hit yet: readers that disagree about a flag, and fields that are written twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from driftwright.authoring.prove.disagreements import disagreements
from driftwright.authoring.prove.prove import load_workspace
from driftwright.base.path import Path as StoredPath
from driftwright.entrypoints.cli import main
from driftwright.impact.javascript.engine import Engine
from driftwright.report.proof import Disagreement
from driftwright.structure.change.chance import PathCount, count_path
from driftwright.verdict.check import check_snapshot
from kit.market import LOOSE, NOTHING, NUMBERS, SHOP, STRICT, TILL_SOURCE, captured, contract, market, orders

COUNT = "({shop}) => shop.orders.length"
FALSE = "({shop}) => shop.orders.filter((order) => order.paid !== false).length"
WORDS = "({shop}) => shop.orders.filter((order) => String(order.paid) === 'true').length"
LISTED = "({shop}) => shop.orders.map((order) => order.number).join()"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(seconds=1.0) as running:
        yield running


def _disagreements(engine: Engine, folder: Path, **readers: str) -> tuple[Disagreement, ...]:
    on = load_workspace(market(folder, **readers), engine)
    return disagreements(on.engine, on.facts, on.moments, on.generalise)


# ---- readers that disagree


def test_a_strict_and_a_loose_reader_of_one_flag_disagree_about_numbers(engine: Engine, tmp_path: Path) -> None:
    (found,) = _disagreements(engine, tmp_path, strict=contract(STRICT), loose=contract(LOOSE))
    assert str(found.path) == "shop:/orders/[]/paid"
    assert found.written_as == "the numbers 0 and 1"
    assert (found.notice, found.pass_over) == (("strict",), ("loose",))
    assert "shop:/orders/[]/paid is read under two rules" in found.says


def test_a_reader_that_takes_texts_disagrees_with_both_about_texts(engine: Engine, tmp_path: Path) -> None:
    found = _disagreements(engine, tmp_path, loose=contract(LOOSE), words=contract(WORDS))
    assert [(one.written_as, one.notice, one.pass_over) for one in found] == [
        ("the numbers 0 and 1", ("words",), ("loose",)),
        ("the texts true and false", ("loose",), ("words",)),
    ]


def test_readers_of_the_same_rule_agree(engine: Engine, tmp_path: Path) -> None:
    assert _disagreements(engine, tmp_path, one=contract(STRICT), two=contract(STRICT)) == ()


def test_a_reader_whose_answer_does_not_turn_with_the_flag_is_no_party(engine: Engine, tmp_path: Path) -> None:
    idle = "({shop}) => shop.orders.filter((order) => order.paid || true).length"
    assert _disagreements(engine, tmp_path, strict=contract(STRICT), idle=contract(idle), count=contract(COUNT)) == ()


def test_a_fallback_that_reads_otherwise_is_named_by_its_source(engine: Engine, tmp_path: Path) -> None:
    source = f'[[source]]\nname = "rough"\nlevel = "degraded"\nlost = "x"\nderive = "{LOOSE}"\n{NOTHING}'
    (found,) = _disagreements(engine, tmp_path, paid=contract(STRICT, source))
    assert (found.notice, found.pass_over) == (("paid",), ("paid (rough)",))


def test_prove_notes_a_disagreement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market(tmp_path, strict=contract(STRICT), loose=contract(LOOSE))
    main(["--workspace", str(tmp_path), "prove"])
    assert "note: shop:/orders/[]/paid is read under two rules: written as the numbers" in capsys.readouterr().out
    main(["--workspace", str(tmp_path), "prove", "--format", "json"])
    (found,) = json.loads(capsys.readouterr().out)["disagreements"]
    assert (found["path"], found["notice"], found["pass_over"]) == ("shop:/orders/[]/paid", ["strict"], ["loose"])


def test_prove_is_silent_where_all_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market(tmp_path, one=contract(FALSE), two=contract(FALSE))
    main(["--workspace", str(tmp_path), "prove"])
    assert "note:" not in capsys.readouterr().out
    main(["--workspace", str(tmp_path), "prove", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["disagreements"] == []


# ---- fields that are written twice


def _warnings(folder: Path, shop: Any) -> list[str]:
    workspace = market(folder, listed=contract(LISTED, kind="string"), paid=contract(STRICT, TILL_SOURCE + NOTHING))
    return [note for note in check_snapshot(captured(shop), workspace).notes if "may be dropped next" in note]


def test_a_new_field_with_the_ids_of_a_read_one_warns(tmp_path: Path) -> None:
    (note,) = _warnings(tmp_path, orders(orderId=lambda order: order["number"]))
    assert note == ("shop:/orders/[]/number also stands in /orders/[]/orderId now: the old one may be dropped next")


@pytest.mark.parametrize(
    ("new", "path"),
    [
        pytest.param(list(NUMBERS), "/new/[]", id="a list"),
        pytest.param({"rows": [{"of": number} for number in NUMBERS]}, "/new/rows/[]/of", id="records"),
        pytest.param({number: {"of": number} for number in NUMBERS}, "/new/{}/of", id="a map"),
    ],
)
def test_a_new_part_with_all_the_ids_warns(tmp_path: Path, new: Any, path: str) -> None:
    (note,) = _warnings(tmp_path, {**SHOP, "new": new})
    assert note.startswith(f"shop:/orders/[]/number also stands in {path} now")


def test_a_new_part_with_some_of_the_ids_is_no_copy(tmp_path: Path) -> None:
    assert _warnings(tmp_path, {**SHOP, "new": list(NUMBERS[:3])}) == []


@pytest.mark.parametrize("count", [4, 8])
def test_a_flag_is_a_copy_only_where_there_are_enough_records(tmp_path: Path, count: int) -> None:
    found = _warnings(tmp_path, orders(count, settled=lambda order: order["paid"]))
    assert [note.split(" now")[0] for note in found] == (
        ["shop:/orders/[]/paid also stands in /orders/[]/settled"] if count == 8 else []
    )


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(lambda order: "9" + order["number"][1:], id="other ids"),
        pytest.param(lambda order: order["note"], id="a field that nothing reads"),
        pytest.param(lambda _: NUMBERS[0], id="one id for all"),
        pytest.param(lambda order: not order["paid"], id="the opposite flag"),
    ],
)
def test_other_values_are_no_copy(tmp_path: Path, field: Any) -> None:
    assert _warnings(tmp_path, orders(8, extra=field)) == []


def test_a_field_that_is_there_less_often_is_no_copy(tmp_path: Path) -> None:
    shop = orders(8, copy=lambda order: order["number"])
    del shop["orders"][3]["copy"]
    assert _warnings(tmp_path, shop) == []


def test_masked_texts_are_never_compared(tmp_path: Path) -> None:
    workspace = market(
        tmp_path, noted=contract("({shop}) => shop.orders.map((order) => order.note).join()", kind="string")
    )
    report = check_snapshot(captured(orders(8, remark=lambda order: order["note"])), workspace)
    assert [change.rule for change in report.changes] == ["field-added"]
    assert not any("dropped next" in note for note in report.notes)


# ---- how often something was seen


@pytest.mark.parametrize(
    ("seen", "of", "enough"),
    [(30, 30, True), (29, 29, False), (0, 30, True), (0, 29, False), (1, 2, True), (0, 0, False), (4, 4, False)],
)
def test_the_rule_of_three_says_what_is_enough(seen: int, of: int, enough: bool) -> None:  # noqa: FBT001
    assert PathCount(seen, of).enough is enough


def test_with_n_sightings_the_bound_is_three_in_n() -> None:
    assert PathCount(60, 60).hidden_share == pytest.approx(0.05)
    assert PathCount(0, 0).hidden_share == 1.0
    assert PathCount(2, 2).hidden_share == 1.0


@pytest.mark.parametrize(
    ("path", "seen", "of"),
    [
        ("/orders/[]/paid", 4, 4),
        ("/orders/[]/gone", 0, 4),
        ("/orders/[]", 4, 4),
        ("/orders", 1, 1),
        ("/", 1, 1),
        ("/none/{}/x", 0, 0),
    ],
)
def test_a_path_is_counted_in_what_could_hold_it(path: str, seen: int, of: int) -> None:
    assert count_path(SHOP, StoredPath.parse(path)) == PathCount(seen, of)


def test_a_store_that_is_not_there_was_seen_nowhere() -> None:
    assert count_path(None, StoredPath.parse("/orders")) == PathCount(0, 0)


@pytest.mark.parametrize(("count", "enough"), [(4, False), (40, True)])
def test_a_report_says_how_often_what_a_fact_reads_was_seen(
    tmp_path: Path,
    count: int,
    enough: bool,  # noqa: FBT001
) -> None:
    shop = orders(count)
    (fact,) = check_snapshot(captured(shop), market(tmp_path, paid=contract(STRICT))).facts
    seen = {one.path: one for one in fact.evidence_seen}
    assert set(seen) == set(fact.reads)
    flag = seen["shop:/orders/[]/paid"]
    assert (flag.seen, flag.of, flag.enough) == (count, count, enough)
