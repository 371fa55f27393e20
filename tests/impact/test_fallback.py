"""Fallbacks: the sources of a fact are walked on changed stores by the resolver that an extension ships."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import pytest

from driftwright.base.terms import Quality
from driftwright.impact.fallback import Fallback, walk, walk_capture
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.readers import compile_fact
from driftwright.impact.situation import Situation, moments, situations
from driftwright.structure.change.compare import compare
from driftwright.structure.change.model import Change
from driftwright.structure.shape.folding import fold
from driftwright.workspace.contract import load_fact
from driftwright.workspace.schemas.load import load_stores
from driftwright.workspace.schemas.resolve import accepted_shape

ORDERS = {
    "orders": [{"number": "K-1", "paid": True}, {"number": "K-2", "paid": False}, {"number": "K-3", "paid": True}]
}
TILL = {"paidOrders": 2}
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ORDER = {"type": "object", "properties": {"number": {"type": "string"}, "paid": {"type": "boolean"}}}
SCHEMAS: dict[str, dict[str, Any]] = {
    "shop": {"orders": {"type": "array", "items": {**ORDER, "required": ["number", "paid"]}}},
    "till": {"paidOrders": {"type": "integer"}},
}

SHOP = """
[[source]]
name   = "shop"
level  = "full"
derive = "({shop}) => shop.orders.filter((order) => order.paid === true).length"
"""
GUARD = """needs  = "({shop}) => shop.orders.every((order) => typeof order.paid === 'boolean')"
"""
TILL_SOURCE = """
[[source]]
name   = "till"
level  = "degraded"
lost   = "orders paid at the door"
derive = "({till}) => till?.paidOrders"
"""
NOTHING = """
[[source]]
level  = "unavailable"
value  = 0
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(seconds=1.0) as running:
        yield running


class Shop:
    """A workspace of the site's store, the extension's own store and one contract."""

    def __init__(self, folder: File, sources: str, till: object = TILL) -> None:
        for name, value in (("shop", ORDERS), ("till", till)):
            store = folder / "schemas" / "market" / name
            (store / "v1").mkdir(parents=True)
            (store / "store.toml").write_text(f'name = "{name}"\ntitle = "x"\narea = "local"\nkey = "{name}"\n')
            schema = {"$schema": DIALECT, "type": "object", "properties": SCHEMAS[name], "required": [*SCHEMAS[name]]}
            (store / "v1.schema.json").write_text(json.dumps(schema))
            (store / "v1" / "three.witness.json").write_text(json.dumps(value))
        contract = folder / "paid_orders.toml"
        contract.write_text(f'title = "Paid orders"\nresult = {{ type = "integer", minimum = 0 }}\n{sources}')
        self.stores = load_stores(folder / "schemas")
        self.fact = compile_fact(load_fact(contract))
        latest = {name: store.latest for name, store in self.stores.items()}
        self.good = situations(self.fact.fact, moments(self.stores, latest))

    def changes(self, after: object) -> tuple[Change, ...]:
        version = self.stores["shop"].latest
        return compare(accepted_shape(version), fold([after], version.layout), version.layout, "shop").changes

    def walk(self, engine: Engine, after: object) -> Fallback:
        return walk(engine, self.fact, self.good, self.changes(after))


NUMBERS = {"orders": [{**order, "paid": int(bool(order["paid"]))} for order in ORDERS["orders"]]}
RENAMED = {"basket": ORDERS["orders"]}


def states(found: Fallback) -> dict[str, str]:
    return {source.name: source.state for source in found.sources}


def test_with_no_change_the_best_source_serves(engine: Engine, tmp_path: File) -> None:
    found = Shop(tmp_path, SHOP + GUARD + TILL_SOURCE + NOTHING).walk(engine, ORDERS)
    assert (found.level, found.source, found.right) == (Quality.FULL, "shop", True)
    assert states(found) == {"shop": "right", "till": "not needed", "nothing": "not needed"}


def test_a_guarded_source_steps_down_to_the_next(engine: Engine, tmp_path: File) -> None:
    found = Shop(tmp_path, SHOP + GUARD + TILL_SOURCE + NOTHING).walk(engine, NUMBERS)
    assert (found.level, found.source, found.right) == (Quality.DEGRADED, "till", True)
    assert found.lost == "orders paid at the door"
    assert states(found) == {"shop": "unavailable", "till": "right", "nothing": "not needed"}
    assert [source.why for source in found.sources if source.name == "shop"] != [""]


def test_an_unguarded_source_that_is_silently_wrong_is_called_wrong(engine: Engine, tmp_path: File) -> None:
    found = Shop(tmp_path, SHOP + TILL_SOURCE + NOTHING).walk(engine, NUMBERS)
    assert (found.level, found.source, found.right) == (Quality.FULL, "shop", False)
    assert states(found) == {"shop": "wrong", "till": "not needed", "nothing": "not needed"}


def test_a_source_that_throws_needs_no_guard(engine: Engine, tmp_path: File) -> None:
    found = Shop(tmp_path, SHOP + TILL_SOURCE + NOTHING).walk(engine, RENAMED)
    assert (found.level, found.source, found.right) == (Quality.DEGRADED, "till", True)


def test_to_be_unavailable_is_honest(engine: Engine, tmp_path: File) -> None:
    found = Shop(tmp_path, SHOP + GUARD + NOTHING).walk(engine, NUMBERS)
    assert (found.level, found.source, found.right) == (Quality.UNAVAILABLE, "nothing", True)


def test_without_any_source_left_nothing_serves(engine: Engine, tmp_path: File) -> None:
    found = Shop(tmp_path, SHOP + GUARD).walk(engine, NUMBERS)
    assert (found.level, found.source, found.right) == (Quality.UNAVAILABLE, "", True)
    assert states(found) == {"shop": "unavailable"}


def test_a_fallback_that_gives_another_answer_is_wrong(engine: Engine, tmp_path: File) -> None:
    found = Shop(tmp_path, SHOP + GUARD + TILL_SOURCE + NOTHING, till={"paidOrders": 7}).walk(engine, NUMBERS)
    assert (found.level, found.source, found.right) == (Quality.DEGRADED, "till", False)
    assert states(found)["till"] == "wrong"


def test_a_result_out_of_bounds_is_passed_over(engine: Engine, tmp_path: File) -> None:
    negative = SHOP.replace("shop.orders", "shop.orders.length - 4 || shop.orders")
    found = Shop(tmp_path, negative + TILL_SOURCE + NOTHING).walk(engine, ORDERS)
    assert (found.level, found.source) == (Quality.DEGRADED, "till")


def test_with_no_known_good_moment_nothing_is_proven(engine: Engine, tmp_path: File) -> None:
    shop = Shop(tmp_path, SHOP + GUARD + TILL_SOURCE + NOTHING)
    found = walk(engine, shop.fact, (), shop.changes(NUMBERS))
    assert found.right is None
    assert set(states(found).values()) == {"not needed"}


def test_on_a_capture_an_answer_is_only_unproven(engine: Engine, tmp_path: File) -> None:
    shop = Shop(tmp_path, SHOP + GUARD + TILL_SOURCE + NOTHING)
    found = walk_capture(engine, shop.fact, [Situation("capture", {"shop": NUMBERS, "till": {"paidOrders": 5}})])
    assert (found.level, found.source, found.right) == (Quality.DEGRADED, "till", None)
    assert states(found) == {"shop": "unavailable", "till": "unproven", "nothing": "not needed"}
