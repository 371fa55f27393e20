"""A small market: two stores, contracts of one's own choice, and captures of it made up in the test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from driftwright.base.terms import Area
from driftwright.snapshot.model import AreaView, Entry, Provenance, Redaction, Snapshot
from driftwright.workspace.folders import Workspace, find_workspace

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NUMBERS = (
    "11111111-1111-4111-8111-111111111111",
    "22222222-2222-4222-8222-222222222222",
    "33333333-3333-4333-8333-333333333333",
    "44444444-4444-4444-8444-444444444444",
)
ORDER = {
    "type": "object",
    "properties": {
        "number": {"type": "string"},
        "paid": {"type": "boolean"},
        "stage": {"type": "string", "x-redact": "keep"},
        "note": {"type": "string"},
    },
    "required": ["number", "paid", "stage", "note"],
}
PROPERTIES: dict[str, dict[str, Any]] = {
    "shop": {"orders": {"type": "array", "items": ORDER}},
    "till": {"paidOrders": {"type": "integer"}},
}
SHOP: dict[str, Any] = {
    "orders": [
        {"number": NUMBERS[0], "paid": True, "stage": "sent", "note": "masked text"},
        {"number": NUMBERS[1], "paid": False, "stage": "open", "note": "masked text"},
        {"number": NUMBERS[2], "paid": True, "stage": "open", "note": "masked text"},
        {"number": NUMBERS[3], "paid": False, "stage": "sent", "note": "masked text"},
    ]
}
TILL: dict[str, Any] = {"paidOrders": 2}

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
STRICT = "({shop}) => shop.orders.filter((order) => order.paid === true).length"
LOOSE = "({shop}) => shop.orders.filter((order) => order.paid).length"


def contract(derive: str, further: str = NOTHING, kind: str = "integer") -> str:
    """The text of a contract whose first source is `derive`."""
    return (
        'title = "x"\nphase = "derive"\nshown = "x"\nto_see = "Place an order"\n'
        f'result = {{ type = "{kind}" }}\n[[source]]\nname = "shop"\nlevel = "full"\nderive = """{derive}"""\n{further}'
    )


def market(folder: Path, **contracts: str) -> Workspace:
    """Write the market's workspace to a folder, with these contracts by name."""
    for name, witness in (("shop", SHOP), ("till", TILL)):
        store = folder / "schemas" / "market" / name
        (store / "v1").mkdir(parents=True)
        (store / "store.toml").write_text(f'name = "{name}"\ntitle = "x"\narea = "local"\nkey = "{name}"\n')
        schema = {"$schema": DIALECT, "type": "object", "properties": PROPERTIES[name], "required": [*PROPERTIES[name]]}
        (store / "v1.schema.json").write_text(json.dumps(schema))
        (store / "v1" / "several.witness.json").write_text(json.dumps(witness))
    (folder / "contracts").mkdir()
    for name, text in contracts.items():
        (folder / "contracts" / f"{name}.toml").write_text(text)
    return find_workspace(str(folder))


def captured(shop: Any, till: Any = None) -> Snapshot:
    """A capture of the market; a store that is None was not there."""
    values = {"shop": shop, "till": TILL if till is None else till}
    entries = tuple(
        Entry(name, name, {}, len(json.dumps(value)), "json", value) for name, value in values.items() if value
    )
    where = Provenance("market", "open", "https://market.test", "Chromium", "2026-01-01T00:00:00Z", "0.1.0")
    redaction = Redaction("sha256:" + "0" * 64, "sha256:" + "0" * 64)
    return Snapshot(where, redaction, (AreaView(Area.LOCAL, entries, 0),))


def orders(count: int = 4, **fields: Any) -> dict[str, Any]:
    """The shop's store with so many orders, each with further fields: a value, or a function of the order."""
    listed = []
    for number in range(count):
        order = {**SHOP["orders"][number % 4], "number": f"{number:08x}-1111-4111-8111-111111111111"}
        order |= {name: value(order) if callable(value) else value for name, value in fields.items()}
        listed.append(order)
    return {"orders": listed}
