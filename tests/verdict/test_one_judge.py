"""One judge: a workspace made of the known-good documents says of a later one what `diff` says."""

from __future__ import annotations

import copy
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from driftwright.authoring import init_request, init_workspace
from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Engine
from driftwright.impact.javascript.program import module
from driftwright.report import render
from driftwright.snapshot import plain_snapshot, throwaway_salt
from driftwright.verdict import check_snapshot
from driftwright.verdict.diff import diff_documents
from driftwright.workspace import Workspace, find_workspace

READERS = """
export const paid = (data) => data.orders.filter((order) => order.status === "paid").length;
export const total = (data) => data.orders.reduce((sum, order) => sum + order.price, 0);
export const days = (data) => data.orders.map((order) => order.placed.slice(0, 10));
export const hosts = (data) => data.orders.map((order) => order.link.split("/")[2]);
export const buyers = (data) => data.orders.map((order) => data.people[order.buyer].name);
export const theme = (data) => JSON.parse(data.settings).theme;
export const coupon = (data) => data.orders.map((order) => order.coupon?.code ?? "none");
export const codes = (data) => data.orders.map((order) => order.sku.split("-")[1]);
export const seen = (data) => data.orders.reduce((sum, order) => sum + Number(order.seen.replace(/[^0-9]/g, "")), 0);
"""
Document = dict[str, Any]


def _store(seed: int, count: int = 9) -> Document:
    people = {f"usr_{seed}{n}kq8": {"name": f"Person {chr(65 + n)}{seed}", "age": 20 + n} for n in range(3)}
    keys = list(people)
    orders = [
        {
            "id": f"ord_{seed}{n:03}zx",
            "sku": f"{'ab' if n % 2 else 'cd'}-{seed}{n:02}-xl",
            "status": ("paid", "open", "sent")[(n + seed) % 3],
            "price": 1000 + 37 * n + seed,
            "placed": f"2026-0{1 + n % 9}-1{seed}T08:30:00Z",
            "link": f"https://shop{n % 2}.example/o/{seed}{n}",
            "buyer": keys[n % 3],
            "seen": f"{1500 + 417 * n + seed} views",
            **({"coupon": {"code": f"SAVE{n}{seed}"}} if n % 4 == 1 else {}),
        }
        for n in range(count)
    ]
    return {"orders": orders, "people": people, "settings": json.dumps({"theme": "dark" if seed % 2 else "light"})}


def _renamed(store: Document) -> None:
    for order in store["orders"]:
        order["state"] = order.pop("status")


def _wrapped(store: Document) -> None:
    store["orders"] = {"items": store["orders"], "next": None}


def _restyled(store: Document) -> None:
    for order in store["orders"]:
        order["status"] = order["status"].upper()


def _numbered(store: Document) -> None:
    for order in store["orders"]:
        order["placed"] = 1_770_000_000 + order["price"]


def _priced_as_text(store: Document) -> None:
    for order in store["orders"]:
        order["price"] = f"{order['price']}.00 EUR"


def _abbreviated(store: Document) -> None:
    for order in store["orders"]:
        order["seen"] = f"{int(order['seen'].split()[0]) / 1000:.1f}K views"


def _named_within_text(store: Document) -> None:
    store["settings"] = json.dumps({"scheme": json.loads(store["settings"])["theme"]})


def _listed(store: Document) -> None:
    store["people"] = [{"id": key, **person} for key, person in store["people"].items()]


def _unlinked(store: Document) -> None:
    for order in store["orders"]:
        del order["link"]


def _as_it_was(_: Document) -> None:
    pass


def _fewer(store: Document) -> None:
    del store["orders"][4:]


def _new_field(store: Document) -> None:
    for order in store["orders"]:
        order["weight"] = 3


CHANGES: dict[str, tuple[Callable[[Document], None], frozenset[str]]] = {
    "as it was": (_as_it_was, frozenset()),
    "fewer records": (_fewer, frozenset()),
    "a new field": (_new_field, frozenset()),
    "a renamed field": (_renamed, frozenset({"paid"})),
    "a wrapped list": (
        _wrapped,
        frozenset({"paid", "total", "days", "hosts", "buyers", "coupon", "codes", "seen"}),
    ),
    "other words": (_restyled, frozenset({"paid"})),
    "times as numbers": (_numbered, frozenset({"days"})),
    "numbers as text": (_priced_as_text, frozenset({"total"})),
    "abbreviated numbers": (_abbreviated, frozenset({"seen"})),
    "a renamed field within JSON text": (_named_within_text, frozenset({"theme"})),
    "a map as a list": (_listed, frozenset({"buyers"})),
    "a field that is gone": (_unlinked, frozenset({"hosts"})),
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("one judge")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        (folder / "readers.js").write_text(READERS)
        init_workspace(folder / "drift", init_request([_store(1), _store(2)], folder / "readers.js", key="shop"))
        yield find_workspace(str(folder / "drift"))


def _later(change: Callable[[Document], None]) -> Document:
    later = copy.deepcopy(_store(3, 12))
    change(later)
    return later


def _checked(later: Document, workspace: Workspace, engine: Engine, key: bytes | None = None) -> dict[str, Verdict]:
    report = check_snapshot(plain_snapshot({"shop": later}, workspace, key), workspace, engine=engine)
    return {fact.name: fact.verdict for fact in report.facts}


@pytest.mark.parametrize("name", CHANGES)
def test_check_says_what_diff_says(name: str, workspace: Workspace, engine: Engine) -> None:
    change, hurt = CHANGES[name]
    later = _later(change)
    trial = diff_documents(_store(1), later, module(READERS, "readers.js"), engine, [_store(2)])
    by_diff = {reader.name: reader.verdict for reader in trial.readers}
    assert {reader for reader, verdict in by_diff.items() if verdict is Verdict.BROKEN} == hurt
    assert _checked(later, workspace, engine) == by_diff


@pytest.mark.parametrize("name", ["as it was", "a new field"])
def test_on_another_machine_data_alone_breaks_nothing(name: str, workspace: Workspace, engine: Engine) -> None:
    checked = _checked(_later(CHANGES[name][0]), workspace, engine, throwaway_salt())
    assert set(checked.values()) == {Verdict.INTACT}


def test_on_another_machine_a_renamed_field_breaks_its_readers(workspace: Workspace, engine: Engine) -> None:
    checked = _checked(_later(_renamed), workspace, engine, throwaway_salt())
    assert {fact for fact, verdict in checked.items() if verdict is Verdict.BROKEN} == {"paid"}


def test_no_value_of_the_known_good_stores_is_written(workspace: Workspace) -> None:
    folder = workspace.contracts.parent
    written = "\n".join(file.read_text("utf-8") for file in folder.rglob("*") if file.is_file())
    for value in ("Person A1", "usr_10kq8", "ord_1000zx", "shop1.example", "SAVE11"):
        assert value not in written
    assert all(word in written for word in ("paid", "orders"))


def test_a_report_shows_no_answer_on_what_is_hidden(workspace: Workspace, engine: Engine) -> None:
    later = _later(_as_it_was)
    for order in later["orders"][::2]:
        order["link"] = "gone"  # a part of it is then undefined
    report = check_snapshot(plain_snapshot({"shop": later}, workspace), workspace, engine=engine)
    (hosts,) = (fact for fact in report.facts if fact.name == "hosts")
    assert hosts.evidence is not None
    assert hosts.evidence.after is not None
    written = render(report, "json")
    for value in ("shop0.example", "shop1.example", "Person A3", "usr_30kq8"):
        assert value not in written
    assert "undefined" in hosts.evidence.after.text


JOINED = """
export const followers = (data) => data.stats[data.posts[data.order[0]].author]?.followers ?? 0;
export const total = (data) => (data.cart.reduce((sum, line) => sum + line.price, 0) / 100).toFixed(2);
export const first = (data) => data.notes.map((note) => note.text.match(/^[a-z]+/)?.[0] ?? "none");
"""


def _feed(author: str, key: str, unit: int, notes: Sequence[str], number: int) -> Document:
    prices = [1999, 549, 12950, 725, 1080]
    return {
        "order": [f"73{number}"],
        "posts": {f"73{number}": {"author": author, "likes": 40}},
        "stats": {key: {"followers": 12}},
        "cart": [{"sku": f"s{n}", "price": (price + number) / unit} for n, price in enumerate(prices)],
        "notes": [{"id": n, "text": note} for n, note in enumerate(notes)],
    }


@pytest.mark.parametrize("number", range(6))
def test_joins_units_and_coded_texts_are_judged_alike_whatever_hides_them(
    number: int, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "readers.js").write_text(JOINED)
    words, others = ("willow15", "amber27", "lagoon90", "umber20"), ("meadow69", "brook68", "tundra47", "fjord61")
    before = {**_feed("raven46", "raven46", 1, words, 1), "cart": _whole(_feed("", "", 1, words, 1)["cart"])}
    monkeypatch.setattr("driftwright.snapshot.capture.salt.secrets.token_bytes", lambda size: bytes([number]) * size)
    request = init_request([before, before], tmp_path / "readers.js", key="shop")
    init_workspace(tmp_path / "drift", request)
    made = find_workspace(str(tmp_path / "drift"))
    coded = [b64encode(word.encode()).decode() for word in others]
    drifted = _feed("saffron65", "913377", 100, coded, 2)
    assert set(_checked(drifted, made, engine).values()) == {Verdict.BROKEN}
    kept = {**_feed("saffron65", "saffron65", 1, others, 3), "cart": _whole(_feed("", "", 1, words, 3)["cart"])}
    assert set(_checked(kept, made, engine).values()) == {Verdict.INTACT}


def _whole(cart: Sequence[Document]) -> list[Document]:
    return [{**line, "price": int(line["price"])} for line in cart]
