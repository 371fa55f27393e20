"""A workspace from files that hold several stores: a dump of a storage, a storage state, the JSON bodies of a HAR."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from driftwright.workspace.contract import load_facts
from driftwright.workspace.schemas.load import load_stores
from kit.program import Program
from kit.shop import texts_below

READERS = """\
export const openItems = (cart) => cart.items.filter((item) => item.sold === false).length;
export const plan = (u) => u.profile.plan.toUpperCase();
export const linesOf = (orders, id) => orders.byId[id].lines.length;
export const both = ({ cart, user }) => cart.items.length + user.seen.length;
export const size = (s) => Object.keys(s).length;
"""
PERSON = "user:491701234567"
DAYS = ("--snapshot", "monday.json", "--snapshot", "friday.json", "--readers", "readers.js")


def _stores(count: int, sold: str = "sold") -> dict[str, Any]:
    items = [{"id": f"item-{i:04d}-ab", "name": f"Tea {i}", sold: i % 2 == 0} for i in range(count)]
    orders = {f"ord-{9000 + i:06d}-{i * 7919 % 997:03d}x": {"lines": [1] * i} for i in range(1, count)}
    user = {"profile": {"name": "Anna Secretive", "plan": "pro" if count % 2 else "free"}, "seen": [1, 2, 3][:count]}
    return {"cart": {"items": items}, "user": user, "orders": {"byId": orders}, "unread": [1, 2], PERSON: {"a": 1}}


def _dump(count: int, sold: str = "sold") -> Any:
    return {"theme": "dark", **{key: json.dumps(store) for key, store in _stores(count, sold).items()}}


def _state(count: int, sold: str = "sold") -> Any:
    local = [{"name": key, "value": text} for key, text in _dump(count, sold).items() if key != "orders"]
    records = [{"key": "orders", "value": _stores(count)["orders"]}]
    stores = [{"name": "kept", "autoIncrement": False, "indexes": [], "records": records}]
    held = {"localStorage": local, "indexedDB": [{"name": "shop", "version": 1, "stores": stores}]}
    return {"cookies": [{"name": "sid", "value": "S3CRET"}], "origins": [{"origin": "https://shop.example", **held}]}


def _har(*counts: int, sold: str = "sold") -> Any:
    entries = []
    for count in counts:
        for key in ("cart", "user", "orders"):
            text = json.dumps(_stores(count, sold)[key])
            packed = {"encoding": "base64", "text": base64.b64encode(text.encode()).decode()}
            content = {"mimeType": "application/json; charset=utf-8", **(packed if key == "user" else {"text": text})}
            request = {"method": "GET", "url": f"https://shop.example/api/{key}?page={count}"}
            entries.append({"request": request, "response": {"status": 200, "content": content}})
            entries.append({"request": request, "response": {"status": 500, "content": {**content, "text": "{}"}}})
        entries.append({"request": {}, "response": {"content": {"mimeType": "application/json", "text": "{cut"}}})
    return {"log": {"version": "1.2", "creator": {"name": "x"}, "entries": entries}}


def _write(folder: Path, monday: Any, friday: Any, renamed: Any) -> None:
    (folder / "readers.js").write_text(READERS)
    for name, document in (("monday", monday), ("friday", friday), ("renamed", renamed)):
        (folder / f"{name}.json").write_text(json.dumps(document))


def _areas(folder: Path) -> dict[str, tuple[str, str]]:
    return {name: (str(store.area), store.key) for name, store in load_stores(folder / "drift" / "schemas").items()}


def _judged(program: Program, day: str) -> dict[str, str]:
    files = [part for name in ("cart", "user", "orders") for part in ("--store", f"{name}={day}.json")]
    done = program("--workspace", "drift", "check", *files, "--format", "json")
    return {fact["name"]: fact["verdict"] for fact in json.loads(done.stdout)["facts"]}


INTACT = dict.fromkeys(("both", "lines_of", "open_items", "plan"), "intact")


def test_a_dump_gives_a_store_for_each_key_that_a_reader_reads(tmp_path: Path, program: Program) -> None:
    _write(tmp_path, _dump(4), _dump(5), _dump(5, "isSold"))
    done = program("init", "drift", *DAYS, "--area", "local")
    assert done.code == 0, done.stderr
    assert _areas(tmp_path) == {key: ("local", key) for key in ("cart", "user", "orders")}
    facts = {fact.name: fact for fact in load_facts(tmp_path / "drift" / "contracts")}
    assert [str(param) for param in facts["lines_of"].params] == ["each key of orders:/byId"]
    assert "size: answers on several stores (cart, user, orders, unread)" in done.stdout
    assert "looks like an id or a person's: 1" in done.stdout
    kept = " ".join(texts_below(tmp_path / "drift").values())
    assert not [secret for secret in (PERSON, "Secretive", "item-0001", "ord-00900") if secret in kept]
    assert _judged(program, "friday") == INTACT
    assert _judged(program, "renamed") == {**INTACT, "open_items": "broken"}


def test_a_storage_state_says_the_areas_itself(tmp_path: Path, program: Program) -> None:
    _write(tmp_path, _state(4), _state(5), _state(5, "isSold"))
    done = program("init", "drift", *DAYS, "--url", "https://shop.example/")
    assert done.code == 0, done.stderr
    local, databases = ("local", "cart"), ("indexed-db", "shop/kept/orders")
    assert _areas(tmp_path) == {"cart": local, "user": ("local", "user"), "orders": databases}
    assert "assumed" not in done.stdout
    assert "S3CRET" not in " ".join(texts_below(tmp_path / "drift").values())
    program("--workspace", "drift", "run", "page", "--from", "renamed.json", "--output", "out")
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert {fact["name"]: fact["verdict"] for fact in report["facts"]} == {**INTACT, "open_items": "broken"}


def test_the_answers_of_one_har_are_several_moments(tmp_path: Path, program: Program) -> None:
    _write(tmp_path, _har(4, 5), _har(5), _har(4, 5, sold="isSold"))
    done = program("init", "drift", "--snapshot", "monday.json", "--readers", "readers.js")
    assert done.code == 0, done.stderr
    assert {key for _, key in _areas(tmp_path).values()} == {"/api/cart", "/api/user", "/api/orders"}
    assert "are answers of the page's server" in done.stdout
    assert {area for area, _ in _areas(tmp_path).values()} == {"response"}
    assert len(load_stores(tmp_path / "drift" / "schemas")["cart"].latest.witnesses) == 2
    assert _judged(program, "friday") == INTACT
    assert _judged(program, "renamed") == {**INTACT, "open_items": "broken"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--key", "cart", "--key", "basket"), "a dump of a storage without a store under 'basket'"),
        (("--key", "cart", "--key", "user", "--store", "a", "--store", "a"), "two stores of one name"),
        (("--key", "cart", "--store", "a", "--store", "b"), "not one name for each key"),
        (("--key", "cart", "--snapshot", "one.json"), "the file of a single store beside files of several"),
        (("--snapshot", "state.json", "--url", "https://other.example/"), "nothing of https://other.example in it"),
    ],
)
def test_what_does_not_fit_is_one_line(tmp_path: Path, program: Program, given: tuple[str, ...], said: str) -> None:
    _write(tmp_path, _dump(4), _dump(5), _dump(5))
    for name, document in (("one", {"items": []}), ("state", _state(4))):
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    done = program("init", "drift", *DAYS, *given)
    assert (done.code, done.stdout, done.stderr.count("\n")) == (2, "", 1), done
    assert said in done.stderr
    assert not (tmp_path / "drift").exists()


def test_a_saved_state_without_the_store_is_no_drift(tmp_path: Path, program: Program) -> None:
    _write(tmp_path, _state(4), _state(5), _state(5))
    assert program("init", "drift", *DAYS, "--key", "cart").code == 0
    (tmp_path / "empty.json").write_text(json.dumps({"cookies": [], "origins": []}))
    done = program("--workspace", "drift", "check", "--store", "cart=empty.json")
    assert (done.code, done.stdout) == (2, "")
    assert "a storage state that holds no JSON of the store cart" in done.stderr
