"""What goes to a page cannot undo what is kept: a page's pseudonyms are hidden once more under a key it never gets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

from driftwright.base.errors import BlindFault
from driftwright.base.forms import key_form, text_form
from driftwright.base.terms import Area
from driftwright.snapshot.capture.answer import areas_in, literal, page_policy_text, policy_text, reading_call
from driftwright.snapshot.capture.redactor import redactor_source
from driftwright.snapshot.capture.rekeying import Rekeyer, rekeying_call
from driftwright.snapshot.capture.salt import page_key
from driftwright.snapshot.model import AreaView, Entry
from kit.examples import examples

SALT = bytes(range(32))
OTHER_SALT = bytes(range(1, 33))
PSEUDONYM = {"redact": "pseudonym", "types": ["string", "integer"]}
RULE: dict[str, Any] = {"fields": {"id": PSEUDONYM, "kept": {"redact": "keep", "types": ["integer", "string"]}}}
POLICY: dict[str, Any] = {
    "words": ["draft", "one", "none", "minus", "half"],
    "stores": [
        {"name": "shop", "area": "session", "key": "shop", "rule": {"items": RULE}},
        {"name": "note", "area": "session", "key": "note_{id}", "rule": RULE},
    ],
}
MARKS = re.compile("\x7f!?|;")


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(f"const tool = {redactor_source()}; 0")
    return engine


def _page(entries: list[list[str]], salt: bytes = SALT) -> str:
    """What leaves a page."""
    policy = literal(page_policy_text(POLICY, salt, [Area.SESSION]))
    return str(_engine().eval(f"tool.redact({policy}, {literal(json.dumps([_area(entries)]))})"))


def _area(entries: list[list[str]]) -> dict[str, Any]:
    return {"area": "session", "entries": entries}


def _kept(entries: list[list[str]], salt: bytes = SALT) -> list[dict[str, Any]]:
    """The entries as a capture keeps them."""
    answer = _engine().eval(rekeying_call(POLICY, salt, literal(_page(entries, salt))))
    (view,) = json.loads(str(answer))["areas"]
    found = view["entries"]
    assert isinstance(found, list)
    return found


def _value(value: Any, salt: bytes = SALT) -> Any:
    return _kept([["shop", json.dumps([value])]], salt)[0]["value"][0]


def test_what_is_sent_to_a_page_holds_the_pages_key_and_not_the_salt() -> None:
    call = reading_call(POLICY, SALT, [Area.SESSION])
    assert page_key(SALT).hex() in str.__str__(call)
    assert SALT.hex() not in str.__str__(call)
    assert page_key(SALT) != page_key(OTHER_SALT)


@pytest.mark.parametrize("text", ["0000", "4711", "07", "cat", "anna", "f00dbabe1", "9a", "a cat", "12.11.1987", "+49"])
def test_whoever_has_the_pages_key_finds_no_short_text_again(text: str) -> None:
    """The keys of two workspaces that share the page's key: what is kept is drawn from the salt as well."""
    shown = {_once_more([["shop", json.dumps([{"id": text}])]], bytes([number]) * 32) for number in range(12)}
    assert len(shown) > 1


def _once_more(entries: list[list[str]], salt: bytes) -> str:
    answer = _engine().eval(rekeying_call(POLICY, salt, literal(_page(entries))))
    return str(json.loads(str(answer))["areas"][0]["entries"][0]["value"][0]["id"])


def test_a_pin_is_not_told_by_all_that_a_listener_got() -> None:
    """Who tries all PINs under the page's key finds the pseudonym that left the page, and not the one that is kept."""
    pins = [f"{number:04}" for number in range(0, 10_000, 7)]
    page = json.loads(_page([["shop", json.dumps([{"id": pin} for pin in pins])]]))
    tried = [MARKS.sub("", one["id"]) for one in page["areas"][0]["entries"][0]["value"]]
    kept = [one["id"] for one in _kept([["shop", json.dumps([{"id": pin} for pin in pins])]])[0]["value"]]
    assert len(set(kept)) == len(pins)  # different PINs stay different
    assert all(len(one) == 4 for one in kept)
    agree = sum(one == other for one, other in zip(tried, kept, strict=True))
    assert agree <= len(pins) // 50  # by chance one in some thousand
    assert sum(one == pin for one, pin in zip(kept, pins, strict=True)) <= len(pins) // 50


def test_a_word_has_one_pseudonym_over_captures_places_and_areas() -> None:
    made = {"id": "anna", "draft": "anna", "list": ["anna"], "text": json.dumps({"anna": "anna"})}
    shown = _value(made)
    assert shown["draft"] == shown["id"] == shown["list"][0]
    assert json.loads(shown["text"]) == {shown["id"]: shown["id"]}
    assert _value({"id": "anna"})["id"] == shown["id"]
    (note,) = _kept([["note_anna", '{"id": "anna"}']])
    assert (note["key"], note["ids"], note["value"]) == (
        f"note_{shown['id']}",
        {"id": shown["id"]},
        {"id": shown["id"]},
    )
    assert _value({"id": "anna"}, OTHER_SALT)["id"] != shown["id"]


def test_numbers_stay_numbers_and_kept_ones_stay_as_they_are() -> None:
    held = {"id": 4711, "kept": 4711, "size": 784, "minus": -0.37, "half": 12.5, "one": 1, "none": 0, "text": "[784]"}
    shown = _value(held)
    assert (shown["kept"], shown["one"], shown["none"]) == (4711, 1, 0)
    assert isinstance(shown["id"], int)
    assert len(str(shown["id"])) == 4
    assert shown["size"] % 100 == 0
    assert 100 <= shown["size"] <= 900
    assert -1 < shown["minus"] <= -0.1
    assert 10 < shown["half"] < 100
    assert shown["half"] % 1
    assert json.loads(shown["text"]) == [shown["size"]]
    ids = [one["id"] for one in _kept([["shop", json.dumps([{"id": number} for number in range(2, 300)])]])[0]["value"]]
    assert len(set(ids)) == len(ids)


_text = st.one_of(
    st.text(st.characters(codec="ascii"), max_size=24),
    st.uuids().map(str),
    st.uuids().map(lambda made: made.hex),
    st.dates().map(lambda day: day.strftime("%d.%m.%Y")),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.from_regex(
        r"(https?|ftp|blob|data|mailto):(//)?[a-z0-9.@]{3,9}(/[a-z0-9]{1,8}){0,3}(\?[a-z=]+)?", fullmatch=True
    ),
    st.from_regex(r"[A-Za-z0-9_-]{16,90}", fullmatch=True),
    st.from_regex(r"\.{0,2}/?[a-z0-9]{1,5}(/[a-z0-9]{1,5}){0,3}/?", fullmatch=True),
    st.from_regex(r"[a-z/:._-]{0,9}[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", fullmatch=True),
    st.from_regex(r"[+-]?[0-9]{0,18}\.?[0-9]{0,3}([eE][0-9]{1,2})?", fullmatch=True),
    st.from_regex(r"[\[{][a-z ]{0,5}[\]}]?", fullmatch=True),
)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(_text, min_size=1, max_size=12))
def test_what_is_hidden_twice_keeps_its_form_and_holds_no_mark(texts: list[str]) -> None:
    entries = [["shop", json.dumps([texts, dict.fromkeys(texts, 1), {"id": texts[0]}])]]
    once = json.loads(MARKS.sub("", _page(entries)))["areas"][0]["entries"][0]["value"]
    (entry,) = _kept(entries)
    assert not MARKS.search(json.dumps(entry, ensure_ascii=False))
    assert [text_form(text) for text in entry["value"][0]] == [text_form(text) for text in once[0]]
    assert len(entry["value"][1]) == len(set(texts))
    assert sorted(map(key_form, entry["value"][1])) == sorted(map(key_form, once[1]))


def test_a_kept_text_with_marks_in_it_is_not_kept() -> None:
    shown = _value({"kept": "\x7fx_12345678;"})
    assert shown["kept"] != "x_12345678"
    assert not MARKS.search(shown["kept"])


@pytest.mark.parametrize(
    "hostile",
    [
        "\x7f",
        ";\x7f",
        "\x7f;",
        "\x7f!;",
        "\x7f!??;",
        "\x7f!\u0130;",
        "\x7f#1e999;",
        "\x7f#-;",
        "\x7f~1..2;",
        "\x7f#0;",
        "\x7f#99999999999999999999;",
        "[\x7f",
        '["\x7f~5;"]',
        "\x7f" * 5000,
        "\x7f" + "1" * 100_000 + "x;",
        "[" * 5000 + "\x7fx;" + "]" * 5000,
    ],
)
def test_an_answer_that_is_none_of_ours_ends_as_well(hostile: str) -> None:
    view = AreaView(Area.SESSION, (Entry(hostile, "shop", {"id": hostile}, 1, "json", {hostile: [hostile]}),), 0)
    (shown,) = _rekeyer().areas([view])
    assert len(shown.entries) == 1
    assert (shown.area, shown.others, shown.where) == (Area.SESSION, 0, "")


@cache
def _rekeyer() -> Rekeyer:
    return Rekeyer(POLICY, SALT, "probes/shop.toml")


def test_an_answer_too_deep_is_blind() -> None:
    deep: Any = "\x7fx;"
    for _ in range(400):
        deep = [deep]
    view = AreaView(Area.SESSION, (Entry("shop", "shop", {}, 1, "json", deep),), 0)
    with Rekeyer(POLICY, SALT, "probes/shop.toml") as rekeyer, pytest.raises(BlindFault, match="more than can be read"):
        rekeyer.areas([view])


def test_areas_without_marks_come_back_as_they_were() -> None:
    view: Mapping[str, Any] = {"area": "local", "entries": [], "others": 3, "denied": "SecurityError"}
    views = tuple(replace(area, where="frame 1") for area in areas_in({"areas": [view]}, "shop.toml"))
    assert _rekeyer().areas(views) == views
    assert policy_text(POLICY, SALT, ()) != page_policy_text(POLICY, SALT, ())
