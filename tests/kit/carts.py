"""A small shop whose store holds carts: its schema, its contract, a workspace of it, and captures of it."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from driftwright.base.terms import Area
from driftwright.snapshot.model import AreaView, Entry, Provenance, Redaction, Snapshot

Document = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
WHERE = Provenance("shop", "worked", "https://shop.test", "Chromium 140.0", "2026-01-02T03:04:05Z", "0.1.0")

STORE = 'name = "cart"\ntitle = "Carts"\narea = "local"\nkey = "cart"\nto_see = "Fill a cart"\n'
CONTRACT = """\
title  = "Open lines of a cart"
params = { parent = "each key of cart:/byId" }
result = { type = "integer", minimum = 0 }
shown  = "the badge"
to_see = "Fill a cart"

[[source]]
name   = "cart"
level  = "full"
derive = "({cart, parent}) => cart.byId[parent].filter((line) => line.open === true).length"

[[source]]
level  = "unavailable"
value  = 0
"""


def cart_id(number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, str(number)))


def cart_line(number: int) -> Document:
    return {"id": cart_id(number), "open": number % 2 == 0, "total": number + 0.5}


def cart_store(carts: int = 3, lines: int = 3) -> Document:
    by_id = {cart_id(-1 - cart): [cart_line(cart * lines + number) for number in range(lines)] for cart in range(carts)}
    return {"byId": by_id, "version": 1}


def cart_schema(**more: Any) -> Document:
    fields = {"id": {"type": "string"}, "open": {"type": "boolean"}, "total": {"type": "number"}}
    line = {"type": "object", "required": [*fields], "properties": fields}
    by_id = {"type": "object", "x-key-space": "cart", "additionalProperties": {"type": "array", "items": line}}
    version = {"type": "integer", "x-redact": "keep"}
    held = {"type": "object", "required": ["byId"], "properties": {"byId": by_id, "version": version}}
    return {"$schema": DIALECT, **held, **more}


def write_workspace(folder: Path, *, schema: Document | None = None, contract: str = CONTRACT) -> tuple[str, ...]:
    """Lay out a small workspace, and return the option that names it."""
    store = folder / "ws" / "schemas" / "shop" / "cart"
    (store / "v1").mkdir(parents=True)
    (store / "store.toml").write_text(STORE)
    (store / "v1.schema.json").write_text(json.dumps(schema or cart_schema()))
    (store / "v1" / "several.witness.json").write_text(json.dumps(cart_store()))
    (folder / "ws" / "contracts").mkdir()
    (folder / "ws" / "contracts" / "open_lines.toml").write_text(contract)
    return "--workspace", "ws"


def short_contract(code: str, params: str = "") -> str:
    """Return a contract of one source, with its parameters as a line of TOML."""
    about = 'title = "T"\nshown = "s"\nto_see = "e"'
    return f"{about}\n{params}\n[[source]]\nname = \"cart\"\nlevel = \"full\"\nderive = '''{code}'''\n"


def captured(value: Any) -> Snapshot:
    entry = Entry("cart", "cart", {}, 12, "json", value)
    return Snapshot(WHERE, Redaction("sha256:aa", "sha256:bb"), (AreaView(Area.LOCAL, (entry,), 0),))
