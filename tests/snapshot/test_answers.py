"""Answers where nothing is hidden: their kinds, told by the very code that tells answers elsewhere, and no more."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.errors import InputFault
from driftwright.impact import Argument, Call, Engine, Situation, compile_fact, kind_of, situations
from driftwright.impact.javascript import expression
from driftwright.snapshot import FactAnswers, RawAnswers, Snapshot
from driftwright.snapshot.capture.asking import Readers, ask, readers_of
from driftwright.snapshot.capture.by_hand.dump import dumped
from driftwright.snapshot.capture.by_hand.offline import OfflineRedactor
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.snapshot.documents import documents_of
from driftwright.snapshot.file import read_snapshot, snapshot_of, snapshot_record, write_snapshot
from driftwright.verdict.unhidden import Unhidden
from driftwright.workspace import Workspace, find_workspace, load_facts, load_stores, load_target, redaction_policy
from kit.carts import cart_id, cart_line, cart_store, short_contract, write_workspace

SALT = b"\x07" * 32
TOLD = {
    "count": "({cart}) => Object.keys(cart.byId).length",
    "nothing": "({cart}) => cart.byId[''] ?? null",
    "missing": "({cart}) => cart.missing",
    "no_number": "({cart}) => cart.missing * 2",
    "fraction": "({cart}) => Object.values(cart.byId)[0][0].total + 0.25",
    "throws": "({cart}) => cart.missing.length",
    "range": "({cart}) => [1].with(7, cart)",
    "ids": "({cart}) => Object.values(cart.byId).flat().map((line) => line.id)",
    "an_id": "({cart}) => Object.values(cart.byId)[0][0].id",
    "no_text": "({cart}) => ''",
    "by_id": "({cart}) => Object.fromEntries(Object.values(cart.byId).flat().map((line) => [line.id, line.open]))",
    "sorted": "({cart}) => Object.values(cart.byId)[0].sort((a, b) => b.total - a.total).length",
    "tries": "({cart}) => { try { cart.mark = 1; } catch { return 'frozen'; } return cart.mark; }",
    "at": "({now}) => new Date(now) > new Date(2020, 1, 1)",
    "is_open": "({cart}) => Object.values(cart.byId)[0][0].open",
    "lists": "({cart}) => Object.values(cart.byId).map((lines) => lines.map((line) => line.total))",
}


class Asked:
    """A page of a cart, in which readers are asked."""

    def __init__(self, folder: Path, redactor: OfflineRedactor) -> None:
        self._folder, self._redactor = folder, redactor

    def snapshot(
        self, codes: dict[str, str], held: Any = None, params: str = "", more: Mapping[str, str] | None = None
    ) -> Snapshot:
        """The capture of a page that holds a cart and `more` texts by their keys, with the readers asked."""
        contracts = self._folder / "ws" / "contracts"
        if not contracts.exists():
            write_workspace(self._folder)
        for file in contracts.glob("*.toml"):
            file.unlink()
        for name, code in codes.items():
            (contracts / f"{name}.toml").write_text(short_contract(code, params))
        stores = load_stores(self.workspace().schemas)
        target = self._folder / "shop.toml"
        target.write_text(f'title = "S"\nurl = "https://shop.test/"\nstores = {json.dumps([*stores])}\n')
        policies = redaction_policy(stores.values())
        request = CaptureRequest(load_target(target), policies, SALT, readers=self.readers())
        saved = {"cart": json.dumps(cart_store() if held is None else held), **(more or {})}
        return dumped(request, [(None, saved, "saved.json")], self._redactor.redact, self._redactor.ask)

    def workspace(self) -> Workspace:
        """The workspace of the cart."""
        return find_workspace(str(self._folder / "ws"))

    def readers(self) -> Readers | None:
        """The readers of its contracts."""
        return readers_of(
            self.workspace(), load_stores(self.workspace().schemas), [*load_stores(self.workspace().schemas)]
        )

    def answers(self, codes: dict[str, str], held: Any = None, params: str = "") -> dict[str, FactAnswers]:
        """The kinds of answers by the names of facts."""
        answers = self.snapshot(codes, held, params).answers
        assert answers is not None
        assert answers.without == ""
        return dict(answers.facts)


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    with OfflineRedactor() as redactor:
        yield Asked(tmp_path, redactor)


def test_a_kind_is_that_of_the_answer_on_the_same_document_elsewhere(asked: Asked) -> None:
    found = asked.answers(TOLD)
    argument = Argument(stores={"cart": json.dumps(cart_store())}, params={"now": "2026-01-01T00:00:00.000Z"})
    with Engine() as engine:
        for name, code in TOLD.items():
            (outcome,) = engine.run(expression(code, "x", ""), [Call("default", argument)])
            (at,) = found[name].answers
            assert at.sources["cart"] == kind_of(outcome.answer), name


def test_each_binding_of_the_parameters_is_told_under_its_pseudonym(asked: Asked) -> None:
    code = {"lines": "({cart, parent}) => cart.byId[parent].length"}
    snapshot = asked.snapshot(code, params='params = { parent = "each key of cart:/byId" }')
    assert snapshot.answers is not None
    shown = snapshot.areas[0].entries[0].value["byId"]
    assert [at.params for at in snapshot.answers.facts["lines"].answers] == [{"parent": key} for key in shown]
    assert cart_id(-1) not in json.dumps(snapshot_record(snapshot))


KEYS = ("4711", "12", "07", "anna", "usr_5f3a9bc1d2", "a", "b", "12.11.1987", "3f8e2b60-1c2d-4e5f-8a9b-0c1d2e3f4a5b")
LATER = (
    "2026-01-02T03:04:05.000Z",
    "2024-05-06",
    "2025-01-02T03:04:05.000Z",
    "a b",
    "",
    "x/y/z",
    '{"a": 1}',
    "draft_12345678",
    "https://shop.test/a?b=c",
    "0",
)


def test_what_answers_are_bound_by_stands_in_what_is_kept(asked: Asked) -> None:
    """Each was told in the page under one key and is kept under two: only the same pseudonym joins them again."""
    rows = {key: [{**cart_store()["byId"][cart_id(-1)][0], "total": 10**n}] for n, key in enumerate((*KEYS, *LATER))}
    code = {"total": "({cart, parent}) => Array(cart.byId[parent][0].total > 1e8 ? 9 : cart.byId[parent][0].open)"}
    snapshot = asked.snapshot(code, {"byId": rows, "version": 1}, 'params = { parent = "each key of cart:/byId" }')
    assert snapshot.answers is not None
    fact = snapshot.answers.facts["total"]
    by_key = {at.params["parent"]: at.sources["cart"].size for at in fact.answers}
    shown = snapshot.areas[0].entries[0].value["byId"]
    assert by_key.keys() == shown.keys()
    assert len(by_key) == len(rows)
    # What is kept of a row tells how large it was: it is the row of the answer that it is joined with.
    assert all((size == 16) is (shown[key][0]["total"] > 1e8) for key, size in by_key.items())
    assert "\x7f" not in json.dumps(snapshot_record(snapshot), ensure_ascii=False)


BASKET = 'name = "basket"\ntitle = "B"\narea = "local"\nkey = "basket_{parent}"\nto_see = "Fill a basket"\n'
BASKET_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "x-key-space": "cart",
    "additionalProperties": {"type": "object", "properties": {"lines": {"type": "integer"}}},
}


def test_a_store_of_many_keys_is_given_to_readers_as_elsewhere(asked: Asked, tmp_path: Path) -> None:
    """Each reader gets the entry of its parameter, or none where there is none."""
    write_workspace(tmp_path)
    folder = tmp_path / "ws" / "schemas" / "shop" / "basket"
    (folder / "v1").mkdir(parents=True)
    (folder / "store.toml").write_text(BASKET)
    (folder / "v1.schema.json").write_text(json.dumps(BASKET_SCHEMA))
    (folder / "v1" / "one.witness.json").write_text(json.dumps({cart_id(-1): {"lines": 3}}))
    code = {"lines": "({basket}) => basket?.lines", "whole": "({basket}) => basket"}
    baskets = {f"basket_{cart_id(-1)}": '{"lines": 3}', f"basket_{cart_id(-3)}": '{"lines": 0}'}
    told = {}
    for of in ("cart:/byId", "basket:/"):
        snapshot = asked.snapshot(code, params=f'params = {{ parent = "each key of {of}" }}', more=baskets)
        assert snapshot.answers is not None
        for name, fact in snapshot.answers.facts.items():
            told[of, name] = sorted((at.sources["cart"].type, at.sources["cart"].empty) for at in fact.answers)
    there, whole = [("integer", False), ("integer", True)], [("object", False), ("object", False)]
    assert told["basket:/", "lines"] == there
    assert told["basket:/", "whole"] == whole
    assert told["cart:/byId", "lines"] == [*there, ("undefined", True)]
    assert told["cart:/byId", "whole"] == [("null", True), *whole]


def test_the_judge_finds_the_answers_of_each_situation_of_what_is_kept(asked: Asked) -> None:
    code = {"lines": "({cart, parent}) => cart.byId[parent].length"}
    snapshot = asked.snapshot(code, params='params = { parent = "each key of cart:/byId" }')
    workspace = asked.workspace()
    facts = tuple(map(compile_fact, load_facts(workspace.contracts)))
    moment = Situation("capture", documents_of(snapshot.areas, load_stores(workspace.schemas).values()))
    assert snapshot.answers is not None
    told = Unhidden.of(snapshot.answers, facts).at("lines", situations(facts[0].fact, [moment]))
    assert [at.sources["cart"].type for at in told if at is not None] == ["integer"] * len(cart_store()["byId"])


def test_names_that_share_a_pseudonym_are_told_once(asked: Asked) -> None:
    """A date of one's own form has few pseudonyms, and of two the second is shown under a longer name."""
    rows: dict[str, list[Any]] = {f"{day}.11.1987": [] for day in range(10, 29)}
    code = {"lines": "({cart, parent}) => cart.byId[parent].length"}
    snapshot = asked.snapshot(code, {"byId": rows, "version": 1}, 'params = { parent = "each key of cart:/byId" }')
    assert snapshot.answers is not None
    bound = [at.params["parent"] for at in snapshot.answers.facts["lines"].answers]
    shown = snapshot.areas[0].entries[0].value["byId"]
    assert len(shown) == len(rows)
    assert 0 < len(set(bound)) == len(bound) < len(rows)
    assert set(bound) <= shown.keys()


def test_no_parameter_is_bound_to_a_number_that_is_still_to_be_hidden(asked: Asked) -> None:
    rows = {cart_id(-1): [{"id": 1000 + n, "open": True, "total": 1} for n in range(400)] + [cart_line(1)]}
    code = {"id": "({cart, id}) => typeof id"}
    snapshot = asked.snapshot(
        code, {"byId": rows, "version": 1}, 'params = { id = "each value of cart:/byId/{}/[]/id" }'
    )
    assert snapshot.answers is not None
    (line,) = [one for one in snapshot.areas[0].entries[0].value["byId"].popitem()[1] if isinstance(one["id"], str)]
    assert [at.params for at in snapshot.answers.facts["id"].answers] == [{"id": line["id"]}]


def _claim(**edited: Any) -> str:
    none: dict[str, Any] = {"params": {}, "sources": {}, "holds": {}, "agree": {}, "serves": "", "passed": []}
    return json.dumps({"found": [{"fact": "count", **none, **edited}], "stopped": []})


@pytest.mark.parametrize(
    "told",
    [
        "null",
        "[]",
        "not JSON",
        '{"found": 1, "stopped": []}',
        '{"found": [], "stopped": 1}',
        '{"found": [1], "stopped": []}',
        _claim(fact="other"),
        _claim(params={"canary": "x"}),
        _claim(agree={"canary": True}),
        _claim(sources={"canary": {"kind": "throws"}}),
        _claim(serves="canary"),
        "\ud800",
        "[" * 100_000,
    ],
)
def test_what_is_no_answer_to_what_was_asked_is_not_kept(asked: Asked, told: str) -> None:
    """Behind a port anything may answer."""
    asked.snapshot({"count": TOLD["count"]})
    assert _answering(asked, told) == RawAnswers(without="what answered there told no kinds of answers")
    (kept,) = (
        _answering(asked, _claim(sources={"cart": {"kind": "throws", "form": "TypeError"}})).facts["count"].answers
    )
    assert kept.sources["cart"].form == "TypeError"


def _answering(asked: Asked, told: str) -> RawAnswers:
    """The answers from what tells this, whatever it is asked."""
    answers = ask(asked.readers(), (), lambda expression, _: told if ".told()" in expression else True)
    assert answers is not None
    return answers


def test_a_reader_that_does_not_end_takes_only_its_own_fact_along(asked: Asked) -> None:
    found = asked.answers({"ends": "() => 1", "loops": "() => { for (;;); }", "ends_too": "({cart}) => cart.version"})
    assert {name: bool(fact.answers) for name, fact in found.items()} == {
        "ends": True,
        "loops": False,
        "ends_too": True,
    }
    assert "does not end" in found["loops"].without


def test_readers_name_nothing_of_the_page_and_make_no_code(asked: Asked) -> None:
    names = ("document", "window", "self", "fetch", "caches", "chrome", "eval")
    codes = {f"n{number}": f"() => typeof {name} === 'undefined'" for number, name in enumerate(names)}
    codes["makes"] = "() => { try { return (() => {}).constructor('return 1')(); } catch { return true; } }"
    codes["of_async"] = "() => { try { return (async () => {}).constructor('return 1')(); } catch { return true; } }"
    assert {name: fact.answers[0].sources["cart"].form for name, fact in asked.answers(codes).items()} == dict.fromkeys(
        codes, "true"
    )


def test_what_a_reader_does_to_built_in_things_does_not_last(asked: Asked) -> None:
    wild = "() => { Array.prototype.map = () => 'x'; JSON.parse = () => ({}); Object.prototype.mark = 1; return 1; }"
    codes = {"a_wild": wild, "b_later": "({cart}) => Object.values(cart.byId).map((one) => one.length)"}
    asked.answers(codes)
    later = asked.answers({"b_later": codes["b_later"], "c_mark": "() => ({}).mark"})
    assert later["b_later"].answers[0].sources["cart"].type == "array"
    assert later["c_mark"].answers[0].sources["cart"].type == "undefined"


def test_nothing_of_an_answer_is_told_but_its_kind(asked: Asked) -> None:
    secret = "canary-" + "5f3a9b"
    held = {**cart_store(), "name": secret, secret: 1}
    codes = {
        "text": "({cart}) => cart.name",
        "key": "({cart}) => ({ [cart.name]: [cart.name] })",
        "error": "({cart}) => { throw Object.assign(new Error(cart.name), { name: cart.name }); }",
        "thrown": "({cart}) => { throw cart.name; }",
        "tag": "({cart}) => ({ get [Symbol.toStringTag]() { return cart.name; } })",
        "named": "({cart}) => Object.defineProperty(() => 1, 'name', { value: cart.name })",
    }
    snapshot = asked.snapshot(codes, held)
    assert snapshot.answers is not None
    assert all(fact.answers for fact in snapshot.answers.facts.values())
    assert secret not in json.dumps(snapshot_record(snapshot))
    assert snapshot.answers.facts["error"].answers[0].sources["cart"].form == "Error"


def test_a_promise_tells_nothing(asked: Asked) -> None:
    """Where readers are judged it is awaited: another source would seem to serve here."""
    found = asked.answers({"later": "async ({cart}) => cart.version", "now": "({cart}) => cart.version"})
    assert [found["later"].answers, len(found["now"].answers)] == [(), 1]
    assert "does not end there at once" in found["later"].without


@pytest.mark.parametrize(
    "code",
    [
        "() => JSON.parse(sessionStorage.getItem('cart')).version",
        "() => localStorage.cart === undefined",
        "() => chrome.storage.local.get('cart').then(() => 1)",
        "() => typeof globalThis",
        "() => [...crypto.getRandomValues(new Uint8Array(1))].length",
        "({cart}) => cart.version * Math.random()",
        "() => { setTimeout(() => 1, 1); return 1; }",
        "() => performance.now()",
    ],
)
def test_code_that_asks_for_more_than_its_stores_is_not_asked(asked: Asked, code: str) -> None:
    """Elsewhere it is given what it asks for; nothing may call it broken for want of that."""
    found = asked.answers({"more": code, "plain": "({cart}) => cart.crypto ?? cart.version"})
    assert (found["more"].answers, len(found["plain"].answers)) == ((), 1)
    assert found["more"].without == "its code asks for more than its stores, which nobody gives it there"


def test_a_snapshot_with_answers_is_read_as_it_was_written(asked: Asked, tmp_path: Path) -> None:
    snapshot = asked.snapshot(TOLD)
    write_snapshot(snapshot, tmp_path / "a.snapshot.json")
    read = read_snapshot(tmp_path / "a.snapshot.json")
    assert read.answers == snapshot.answers
    assert read.digest == snapshot.digest


def _edited(edit: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda answers: edit(answers["facts"]["count"]["found"][0])


@pytest.mark.parametrize(
    "edit",
    [
        lambda answers: answers.pop("digest"),
        lambda answers: answers.update(without=3),
        lambda answers: answers.update(without="edited by hand"),
        lambda answers: answers.update(without="<b>canary</b>\n"),
        lambda answers: answers["facts"].update(count=[]),
        _edited(lambda at: at.update(params={"a": 1})),
        _edited(lambda at: at.update(agree={"a": "yes"})),
        _edited(lambda at: at.update(passed=[["a", "because of canary"]])),
        _edited(lambda at: at["sources"]["cart"].update(type="secret")),
        _edited(lambda at: at["sources"]["cart"].update(form="canary")),
        _edited(lambda at: at["sources"]["cart"].update(size=3)),
        _edited(lambda at: at["sources"]["cart"].update(shape={"/name": ["string"]})),
        _edited(lambda at: at["sources"]["cart"].update(shape={"/[]": ["canary"]})),
        _edited(lambda at: at["sources"]["cart"].update(empty=1)),
    ],
)
def test_answers_that_are_none_are_refused_in_one_line(asked: Asked, edit: Callable[[Any], object]) -> None:
    record = copy.deepcopy(snapshot_record(asked.snapshot({"count": TOLD["count"]})))
    edit(record["answers"])
    with pytest.raises(InputFault) as told:
        snapshot_of(record, "a.json")
    assert told.value.place.startswith("/answers")
    assert "canary" not in str(told.value)
    assert "\n" not in str(told.value)


def test_where_no_reader_was_asked_the_reason_stands_there(asked: Asked) -> None:
    large = {**cart_store(), "text": "x" * (3 << 20)}
    answers = asked.snapshot({"count": TOLD["count"]}, large).answers
    assert answers == RawAnswers(
        without="the stores are too large to ask readers about them without keeping the page busy"
    )
