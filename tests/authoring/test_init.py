"""A workspace from two saved stores and a module of readers: as a new user does it, on a store of another kind."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from driftwright.authoring.init.draft import Draft, kind_of
from driftwright.authoring.init.guard_words import JavaScriptWords, PythonWords
from driftwright.authoring.init.guards import guard, guard_conditions, needed_conditions
from driftwright.authoring.init.names import snake
from driftwright.authoring.init.readers import adapted
from driftwright.base.errors import InputFault, MachineFault
from driftwright.base.files import write_together
from driftwright.base.path import Path as Place
from driftwright.base.path import StorePath
from driftwright.impact import Reader, Situation, module
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.reads import ReadValues
from driftwright.structure import fold
from driftwright.workspace.contract import load_facts
from driftwright.workspace.schemas.load import load_stores
from driftwright.workspace.schemas.validation import violations
from driftwright.workspace.schemas.vocabulary import vocabulary_violations
from kit.examples import usually
from kit.program import Program, run_here
from kit.shop import FACTS, PRIVATE, READERS, renamed, shop, texts_below, write_shop

INIT = ("init", "drift", "--snapshot", "monday.json", "--snapshot", "friday.json", "--readers", "readers.js")


@pytest.fixture
def started(tmp_path: Path, program: Program) -> Path:
    """The folder of a workspace that init made."""
    write_shop(tmp_path)
    done = program(*INIT, "--key", "shop", "--area", "local", "--url", "https://shop.example/")
    assert done.code == 0, done.stderr
    return tmp_path / "drift"


def test_a_new_user_gets_a_verdict_with_three_commands(tmp_path: Path, program: Program) -> None:
    write_shop(tmp_path)
    first = program(*INIT, "--key", "shop")
    good = program("--workspace", "drift", "check", "--store", "shop=friday.json")
    bad = program("--workspace", "drift", "check", "--store", "shop=renamed.json")
    assert (first.code, good.code, bad.code) == (0, 0, 1), (first, good, bad)
    assert "All 5 derived facts still give the right answer." in good.stdout
    assert "shipped_orders" in bad.stdout
    assert "/orders/{}/status is now called /orders/{}/state" in bad.stdout
    assert "driftwright --workspace drift check --store shop=friday.json" in first.stdout
    assert "contracts name the readers in readers.js, where it lies" in first.stdout


def test_nothing_private_is_written_or_told(started: Path, program: Program) -> None:
    texts = texts_below(started)
    checked = program("--workspace", "drift", "check", "--store", "shop=renamed.json", "--format", "json")
    texts["stdout"] = checked.stdout
    ids = [name for name in shop(5)["orders"] if len(name) > 8]
    assert len(texts) >= 12
    for name, text in texts.items():
        for secret in (*PRIVATE, *ids, "SKU00"):
            assert secret not in text, f"{secret} in {name}"


def test_known_good_stores_fit_the_schema_and_their_references_join(started: Path) -> None:
    store = load_stores(started / "schemas")["shop"]
    assert sorted(store.latest.witnesses) == ["first", "second"]
    for document in store.latest.witnesses.values():
        assert violations(document, store.latest) == ()
        assert vocabulary_violations(document, store.latest, "shop") == ()
        assert set(document["carts"]["current"]["orderIds"]) <= document["orders"].keys()
    assert (str(store.area), store.key, store.owner) == ("local", "shop", "shop-example/shop")


def test_the_schema_says_what_is_always_there_what_is_a_map_and_what_may_be_kept(started: Path) -> None:
    orders = load_stores(started / "schemas")["shop"].latest.schema["properties"]["orders"]
    order = orders["additionalProperties"]
    assert orders["x-key-space"] == "order"
    assert "note" not in order["required"]
    assert order["properties"]["note"] == {"type": "string"}
    assert order["properties"]["id"] == {"type": "string", "x-redact": "pseudonym", "x-key-equals": True}
    assert order["properties"]["status"] == {"type": "string", "x-redact": "keep"}, "the reader compares it"
    kept = json.dumps(orders).count('"keep"')
    assert kept == 1, "and it compares nothing else"


def test_every_reader_has_a_contract_with_what_it_takes_and_answers(started: Path) -> None:
    facts = {fact.name: fact for fact in load_facts(started / "contracts")}
    assert tuple(sorted(facts)) == FACTS
    assert [str(param) for param in facts["items_of_order"].params] == ["each key of shop:/orders"]
    assert facts["statuses"].result == {"type": "array", "items": {"type": "string"}}
    assert facts["revenue"].result == {"type": "number"}
    derive = facts["items_of_order"].primary.derive
    assert derive is not None
    assert (derive.text, derive.export) == (READERS, "itemsOfOrder(shop, order)")
    assert (
        'derive = "../../readers.js#itemsOfOrder(shop, order)"' in texts_below(started)["contracts/items_of_order.toml"]
    )
    assert not list(started.rglob("*.js")), "the readers are named where they lie, and not copied"
    assert (started / "contracts" / "reads.lock.json").is_file()
    assert (started / "schemas" / "versions.lock.json").is_file()


@pytest.mark.usefixtures("started")
def test_the_guards_let_the_fallback_take_over_when_a_field_is_gone(program: Program) -> None:
    done = program("--workspace", "drift", "prove", "--format", "json")
    cells = json.loads(done.stdout)["cells"]
    gone = [cell for cell in cells if cell["rule"] in ("field-removed", "field-renamed") and cell["breaks"]]
    assert len(gone) >= 10
    assert {cell["fallback"] for cell in gone} == {"unavailable"}
    assert all(cell["noticed"] == "rule" for cell in gone)
    assert json.loads(done.stdout)["summary"]["lock_is_fresh"] is True


def test_the_probe_target_is_one(started: Path, program: Program) -> None:
    done = program("--workspace", str(started), "doctor")
    assert "shop" in done.stdout.split("targets")[1].splitlines()[0]


def test_nothing_is_overwritten(started: Path, program: Program) -> None:
    before = texts_below(started)
    again = program(*INIT, "--key", "shop")
    assert again.code == 2
    assert "nothing is overwritten" in again.stderr
    assert texts_below(started) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--key", "cart_{user}"), "one whole key"),
        (("--url", "javascript:alert(1)"), "not the address of a page"),
        (("--store", "No Name"), "no name for a store"),
        (("--readers", "nothing.js"), "no such file"),
        (("--readers", "broken.js"), "broken.js"),
        (("--readers", "silent.js"), "no reader answers anything"),
        (("--snapshot", "readers.js"), "JSON"),
    ],
)
def test_what_cannot_start_a_workspace_is_told_in_one_line(
    tmp_path: Path, program: Program, change: tuple[str, str], said: str
) -> None:
    write_shop(tmp_path)
    (tmp_path / "broken.js").write_text("export const x = (", encoding="utf-8")
    (tmp_path / "silent.js").write_text("export const x = () => 1;\nexport const y = (d) => d.a.b;", encoding="utf-8")
    done = program(*INIT, *change)
    assert done.code == 2, done
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "drift").exists()


def test_one_snapshot_is_not_enough(tmp_path: Path, program: Program) -> None:
    write_shop(tmp_path)
    done = program("init", "drift", "--snapshot", "monday.json", "--readers", "readers.js")
    assert done.code == 2
    assert "two that differ" in done.stderr


def test_a_reader_that_cannot_be_called_is_named_and_left_out(tmp_path: Path, program: Program) -> None:
    write_shop(tmp_path)
    more = "export const three = (a, b, c) => 1;\nexport const lost = (shop, id) => shop.nowhere[id];\n"
    (tmp_path / "readers.js").write_text(READERS + more, encoding="utf-8")
    done = program(*INIT, "--key", "shop")
    assert done.code == 0, done.stderr
    for said in ("three: takes 3 arguments", "lost: no key of a map"):
        assert f"no contract for {said}" in done.stdout
    assert len(load_facts(tmp_path / "drift" / "contracts")) == len(FACTS)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("export default (shop) => Object.keys(shop.orders).length;", "badge_count"),
        ("export default function allOrders(shop) { return Object.keys(shop.orders).length; }", "all_orders"),
        ("export default async function allOrders(shop) { return Object.keys(shop.orders).length; }", "all_orders"),
    ],
)
def test_a_default_export_is_called_by_its_function_or_its_file(
    tmp_path: Path, program: Program, code: str, name: str
) -> None:
    write_shop(tmp_path)
    (tmp_path / "badgeCount.js").write_text(code, encoding="utf-8")
    days = ("--snapshot", "monday.json", "--snapshot", "friday.json")
    made = program("init", "drift", *days, "--readers", "badgeCount.js", "--key", "shop")
    assert made.code == 0, made.stderr
    assert [fact.name for fact in load_facts(tmp_path / "drift" / "contracts")] == [name]
    assert program("--workspace", "drift", "check", "--store", "shop=friday.json").code == 0


def test_a_key_that_nobody_said_is_told(tmp_path: Path, program: Program) -> None:
    write_shop(tmp_path)
    days = ("--snapshot", "monday.json", "--snapshot", "friday.json", "--readers", "readers.js")
    assert "nothing says the storage key" in program("init", "guessed", *days).stdout
    assert "nothing says the storage key" not in program("init", "named", *days, "--key", "shop").stdout


def test_a_whole_object_store_is_no_key(tmp_path: Path, program: Program) -> None:
    write_shop(tmp_path)
    days = ("--snapshot", "monday.json", "--snapshot", "friday.json", "--readers", "readers.js")
    for key in ("data/kept", "data"):
        done = program("init", "drift", *days, "--area", "indexed-db", "--key", key)
        assert (done.code, done.stderr.count("\n")) == (2, 1)
        assert "DATABASE/STORE/KEY" in done.stderr
        assert not (tmp_path / "drift").exists()


@pytest.mark.usefixtures("started")
def test_a_workspace_says_the_same_on_another_machine(tmp_path: Path) -> None:
    """Values are made up with a secret of each machine; that theirs differ is no drift."""
    days = []
    for day, rows in (("monday", range(4)), ("friday", range(7))):
        beds = [{"bed": f"Bed {n}", "weight": f"{n}.5 stone", "at": f"{n} Mile Lane"} for n in rows]
        (tmp_path / f"{day}.json").write_text(json.dumps({"beds": beds}), encoding="utf-8")
        days += ["--snapshot", f"{day}.json"]
    code = "export const beds = (d) => d.beds.map((b) => b.bed + b.weight + b.at);"
    (tmp_path / "beds.js").write_text(code, encoding="utf-8")
    made = run_here(tmp_path, "init", "beds", *days, "--readers", "beds.js", "--key", "beds")
    assert made.code == 0, made.stderr
    for home in ("here", "there", "elsewhere"):
        state = str(tmp_path / home)
        done = run_here(
            tmp_path, "--workspace", "beds", "check", "--store", "beds=friday.json", XDG_STATE_HOME=state, HOME=state
        )
        assert (done.code, "changes   0" in done.stdout) == (0, True), done.stdout


@pytest.mark.usefixtures("started")
def test_plain_stores_are_checked_like_captures(program: Program) -> None:
    assert program("--workspace", "drift", "check").code == 2
    wrong = program("--workspace", "drift", "check", "--store", "shap=friday.json")
    assert wrong.code == 2
    assert "did you mean 'shop'?" in wrong.stderr
    report = json.loads(
        program("--workspace", "drift", "check", "--store", "shop=friday.json", "--format", "json").stdout
    )
    assert report["verdict"] == "intact"
    assert [store["distance"] for store in report["stores"]] == [0]


@pytest.mark.parametrize(
    ("document", "kind"),
    [("/ordersById", "order"), ("/state/videoByMediaId", "video"), ("/categories", "category"), ("/", "entry")],
)
def test_maps_are_named_after_what_they_hold(document: str, kind: str) -> None:
    assert kind_of(Place.parse(document)) == kind


def test_names_of_facts() -> None:
    assert [snake(name) for name in ("itemCount", "HTMLParts2", "a")] == ["item_count", "html_parts_2", "a"]


def test_what_a_reader_takes_is_found_by_running_it() -> None:
    documents: list[Any] = [shop(3), shop(5)]
    text = "export const byId = (shop, id) => shop.orders[id].total;\nexport const alone = (shop) => shop.version;"
    with Engine() as engine:
        module = adapted([Draft("shop", "Shop", documents, fold(documents))], text, "readers.js", engine)
    takes = {one.name: one.takes for one in module.readers}
    assert takes["alone"] is None
    taken = takes["by_id"]
    assert taken is not None
    assert (taken.of, str(taken.path), taken.name) == ("key", "/orders", "order")


def test_a_guard_allows_what_may_be_absent_or_null() -> None:
    read = {
        StorePath("s", Place.parse("/list")): ReadValues(2, 2, frozenset({"array"})),
        StorePath("s", Place.parse("/list/[]/n")): ReadValues(4, 2, frozenset({"integer", "null"})),
    }
    text = guard(["s"], guard_conditions("s", read, JavaScriptWords()), JavaScriptWords())
    assert "Array.isArray(s.list)" in text
    assert 'item.n === undefined || item.n === null || typeof item.n === "number"' in text
    other = guard(["s"], guard_conditions("s", read, PythonWords()), PythonWords())
    assert 'item.get("n") is None or type(item.get("n")) in (int, float)' in other
    assert 'isinstance(s["list"], list)' in other


def test_a_guard_asks_for_no_more_than_the_reader_needs() -> None:
    document = {"rows": [{"name": "Ann", "age": 3}, {"name": "Bob", "age": 4}], "title": "people"}
    conditions = [
        "Array.isArray(s.rows)",
        's.rows.every((row) => typeof row.name === "string")',
        's.rows.every((row) => typeof row.age === "number")',
        'typeof s.title === "string"',
    ]
    source = """
        export const tolerant = ({ s }) => (s.rows ?? []).map((row) => row.name ?? "nobody");
        export const strict = ({ s }) => s.rows.map((row) => row.age.toFixed(1));
    """
    program, good = module(source, "readers.js"), [Situation("first", {"s": document})]
    with Engine() as engine:
        needed = {
            name: needed_conditions(engine, Reader(program, name), good, ("s", fold([document])), conditions)
            for name in ("tolerant", "strict")
        }
    assert needed["tolerant"] == (conditions[0],), "without rows it has nothing to tell"
    assert needed["strict"] == (conditions[0], conditions[2])


def test_the_same_snapshot_twice_is_one_known_good_store(tmp_path: Path, program: Program) -> None:
    write_shop(tmp_path)
    twice = ("--snapshot", "monday.json", "--snapshot", "monday.json")
    made = program("init", "drift", *twice, "--readers", "readers.js", "--key", "shop")
    assert (made.code, "the snapshots all hold the same" in made.stdout) == (0, True)
    different = program(
        "init", "other", *twice, "--snapshot", "friday.json", "--readers", "readers.js", "--key", "shop"
    )
    assert (different.code, "hold the same" in different.stdout) == (0, False)
    assert list(load_stores(tmp_path / "drift" / "schemas")["shop"].latest.witnesses) == ["first"]


def test_files_are_written_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old", encoding="utf-8")
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(InputFault):
        write_together({tmp_path / "a": "new", tmp_path / "b" / "c": "new", tmp_path / "file" / "d": "new"})
    assert texts_below(tmp_path) == {"a": "old", "file": "in the way"}
    assert not (tmp_path / "b").exists()
    write_together({tmp_path / "a": "new", tmp_path / "b" / "c": "new"})
    assert texts_below(tmp_path) == {"a": "new", "b/c": "new", "file": "in the way"}


def test_a_failure_while_files_are_put_in_place_undoes_those_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("old", encoding="utf-8")
    real, calls = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(MachineFault, match="No space left"):
        write_together({tmp_path / name: "new" for name in ("a", "b", "c")})
    assert texts_below(tmp_path) == {"a": "old"}


def test_the_renamed_store_differs_in_nothing_else() -> None:
    assert renamed(5, "status", "status") == shop(5)


def test_renamed_exports_and_strange_names_are_read(tmp_path: Path, program: Program) -> None:
    first = [{"id": "a1b2c3d4e5f60718", "it's": 1, "a b": {"x": "y"}, "tags": ["red", "blue"]}]
    second = [*first, {"id": "b1b2c3d4e5f60799", "it's": 3, "a b": {"x": "q"}, "tags": [], "due": None}]
    text = """
const held = (todos) => todos.length;
export { held as size };
export const quoted = (todos) => todos.map((todo) => todo["it's"] + todo["a b"].x.length);
export const tagsOf = (todos, id) => todos.find((todo) => todo.id === id)?.tags.length;
"""
    for name, document in (("one.json", first), ("two.json", json.dumps(second))):
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "todo.js").write_text(text, encoding="utf-8")
    snapshots = ("--snapshot", "one.json", "--snapshot", "two.json")
    done = program("init", "drift", *snapshots, "--readers", "todo.js", "--key", "My todos/\u03c0")
    assert done.code == 0, done.stderr
    facts = {fact.name: fact for fact in load_facts(tmp_path / "drift" / "contracts")}
    assert sorted(facts) == ["quoted", "size", "tags_of"]
    assert [str(param) for param in facts["tags_of"].params] == ["each value of my_todos:/[]/id"]
    for name in ("one", "two"):
        checked = program("--workspace", "drift", "check", "--store", f"my_todos={name}.json")
        assert checked.code == 0, checked.stdout


KEYS = {
    "larder.v1": "larder_v1", "cart2": "cart2", "2cart": "store_2cart", "my cart": "my_cart",
    "user:42:cart": "user_42_cart", "fooBar9Baz": "foo_bar9_baz", "caf\u00e9": "cafe", "\u65e5\u672c": "store",
    "class": "class_store", "now": "now_store",
    "arguments": "arguments_store", "__proto__": "proto", 'a"b': "a_b", "x" * 99: "x" * 40, "a" * 39 + ".b": "a" * 39,
    "items_of_order": "items_of_order", "order": "order", "itemsOfOrder": "items_of_order",
}  # fmt: skip


# One of each kind of key: a word, one with signs, one without a letter of ours, words of the language, a name of ours.
OF_EACH_KIND = ("cart2", "user:42:cart", "\u65e5\u672c", "class", "__proto__", "items_of_order")


@pytest.mark.parametrize("key", usually(KEYS, OF_EACH_KIND))
def test_what_init_writes_of_any_key_it_can_read(tmp_path: Path, program: Program, key: str) -> None:
    write_shop(tmp_path)
    done = program(*INIT, "--key", key, "--url", "https://shop.example/")
    assert done.code == 0, done.stderr
    assert f"1 store ({KEYS[key]}), 5 derived facts" in done.stdout
    store = load_stores(tmp_path / "drift" / "schemas")[KEYS[key]]
    assert store.key == key
    (param,) = [param for fact in load_facts(tmp_path / "drift" / "contracts") for param in fact.params]
    assert (param.store, str(param.path)) == (KEYS[key], "/orders")
    given = f"{KEYS[key]}=friday.json"
    assert program("--workspace", "drift", "check", "--store", given).code == 0
    explained = program("--workspace", "drift", "explain", "items_of_order")
    assert explained.code == 0


@pytest.mark.parametrize(
    ("name", "word"), [("class", "class_store"), ("Cart", "cart"), ("a b", "a_b"), ("9", "store_9")]
)
def test_a_name_that_no_store_can_have_is_refused_with_one_that_it_can(
    tmp_path: Path, program: Program, name: str, word: str
) -> None:
    write_shop(tmp_path)
    done = program(*INIT, "--store", name)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.rstrip().endswith(word)
    assert not (tmp_path / "drift").exists()


ALIKE = """\
export const order = (shop, id) => shop["all orders"][id].items.length;
export const shop = (data) => Object.keys(data["all orders"]).length;
export const itemCount = (shop) => Object.keys(shop["all orders"]).length;
export const item_count = (shop) => Object.keys(shop["all orders"]).length + 1;
"""


def _spaced(folder: Path, name: str) -> None:
    write_shop(folder)
    (folder / "readers.js").write_text(ALIKE)
    for day in ("monday.json", "friday.json"):
        document = json.loads((folder / day).read_text())
        (folder / day).write_text(json.dumps({"version": 3, name: document["orders"]}))


def test_readers_and_maps_whose_names_meet_are_told_apart(tmp_path: Path, program: Program) -> None:
    """A parameter is called as its reader is, the store as another one, two facts alike, and a map has a space."""
    _spaced(tmp_path, "all orders")
    done = program(*INIT, "--key", "shop")
    assert done.code == 0, done.stderr
    facts = {fact.name: fact for fact in load_facts(tmp_path / "drift" / "contracts")}
    assert sorted(facts) == ["item_count", "item_count_2", "order", "shop"]
    (param,) = facts["order"].params
    assert (param.name, str(param.path)) == ("order", "/all orders")
    assert program("--workspace", "drift", "check", "--store", "shop=friday.json").code == 0


@pytest.mark.parametrize("name", ["this or that", "orders ", "or\nders"])
def test_a_map_that_no_contract_can_name_gives_no_parameter(tmp_path: Path, program: Program, name: str) -> None:
    _spaced(tmp_path, name)
    (tmp_path / "readers.js").write_text(ALIKE.replace("all orders", name.replace("\n", "\\n")))
    done = program(*INIT, "--key", "shop")
    assert done.code == 0, done.stderr
    assert "no contract for order" in done.stdout


def test_a_fault_of_what_would_be_written_names_no_folder_that_is_gone(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_shop(tmp_path)
    monkeypatch.setattr("driftwright.authoring.init.start.versions_lock", _refuse)
    done = program(*INIT, "--key", "shop")
    assert (done.code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "drift/schemas: cannot be started so: no good" in done.stderr
    assert tempfile.gettempdir() not in done.stderr


def _refuse(schemas: Path) -> str:
    raise InputFault("no good", str(schemas))
