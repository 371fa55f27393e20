"""What is gone from a store that was surely written anew, and what other data explain just as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from driftwright.base.jsontext import json_text
from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Argument, Call, Engine
from driftwright.impact.javascript.program import module
from kit.trials import judged

NEVER_GREEN = (Verdict.UNSEEN, Verdict.BROKEN)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


def test_reads_within_json_texts_of_a_document_are_noted(engine: Engine) -> None:
    text = json_text({"cart": {"lines": [{"price": 3}]}, "inner": json_text({"deep": [1]})})
    program = module(
        "export const read = (d) => { const held = JSON.parse(d.held); JSON.parse('{}');"
        " return [held.cart.lines[0].price, JSON.parse(held.inner).deep.length]; };",
        "readers.js",
    )
    call = Call("read", Argument(document=json_text({"held": text, "other": "[]"})))
    (outcome,) = engine.run(program, [call], traced=True)
    assert outcome.answer.text == "[3,1]"
    paths = {"".join(f"/{step}" for step in read.path) for read in outcome.reads}
    assert {"/held", "/held/cart/lines/-1/price", "/held/inner/deep"} <= paths
    assert not any(path.startswith("/other") for path in paths)


def test_who_only_lists_the_names_within_a_text_is_not_hurt_by_other_names(engine: Engine) -> None:
    def dump(**held: Any) -> Any:
        return {"prefs_8213": json_text({"id": "u17", "plan": "pro", "visits": 3, **held})}

    reader = "(d) => Object.keys(JSON.parse(Object.values(d)[0])).filter((k) => k !== 'id').length"
    after = dump(campaign="spring", device="d-99", theme="dark")
    assert judged(engine, reader, after, dump(theme="dark", locale="sv")).verdict is Verdict.INTACT


EVENT = {"kind": "CARD", "last4": "4242"}
ADDRESS = {"kind": "ADDRESS", "city": "Lund", "zip": "22100"}


def test_a_field_of_one_kind_did_not_become_a_field_of_another(engine: Engine) -> None:
    reader = "(d) => d.event.last4 ?? null"
    earlier = [ADDRESS, {**EVENT, "last4": "1881"}, {**ADDRESS, "city": "Porto"}]
    before = {"event": EVENT, "earlier": earlier}
    after = {"event": {**ADDRESS, "zip": "4700"}, "earlier": earlier}
    assert judged(engine, reader, before, after).verdict is Verdict.UNSEEN


PLAIN = {"value": "cart", "done": False, "changed": True, "items": [{"sku": f"a-{n}", "price": n} for n in range(1, 5)]}


def test_a_flag_that_is_gone_decides_though_its_usual_value_hides_that(engine: Engine) -> None:
    reader = "(d) => d.done === true"
    after = {"value": "cart", "status": "active", "items": ["a-3", "a-4", "a-5", "a-6"]}
    verdict = judged(engine, reader, PLAIN, after)
    assert verdict.verdict is Verdict.BROKEN
    assert "done" in verdict.says
    assert judged(engine, reader, PLAIN, {**PLAIN, "value": "paid"}).verdict is Verdict.INTACT
    of_no_use = "(d) => typeof d.done === 'symbol'"
    assert judged(engine, of_no_use, PLAIN, after).verdict is not Verdict.BROKEN, "no value of it changes the answer"


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        ("(d) => d.rows.filter((r) => r.failed).length", False),
        ("(d) => d.rows.reduce((sum, r) => sum + (r.failed ?? 0), 0)", 0),
        ("(d) => d.rows.map((r) => r.failed ?? 'none')", "none"),
    ],
)
def test_a_field_with_a_usual_value_that_has_another_name_now_is_found(engine: Engine, reader: str, value: Any) -> None:
    def rows(name: str) -> Any:
        return {"rows": [{"id": f"r-{n}", "ms": 10 * n, name: value} for n in range(8)]}

    assert judged(engine, reader, rows("failed"), rows("failedNow")).verdict is Verdict.BROKEN


def suite(title: str, number: int, **more: Any) -> Any:
    return {"title": title, "tests": [{"uuid": f"1b4e28ba-2fa1-11d2-883f-{number:012}", "ms": number}], **more}


SUITES = {"main": suite("", 1, pending=3), "suites": [suite("cart", 2, pending=1), suite("user", 3, pending=2)]}


def test_a_name_that_is_gone_at_every_place_is_no_chance(engine: Engine) -> None:
    reader = "(d) => d.suites.map((s) => s.pending)"
    after = {"main": suite("", 1), "suites": [suite("cart", 2), suite("mail", 4)]}
    assert judged(engine, reader, SUITES, after).verdict is Verdict.BROKEN


def test_one_value_at_every_place_is_of_the_session_which_another_may_lack(engine: Engine) -> None:
    def events(**more: Any) -> Any:
        return {"who": {"id": "u1", **more}, "queue": [{"at": 1, "name": "a", **more}, {"at": 2, "name": "b", **more}]}

    reader = "(d) => d.who.campaign ?? null"
    assert judged(engine, reader, events(campaign="spring"), events()).verdict is Verdict.UNSEEN


def report(**more: Any) -> Any:
    tests = [{"uuid": f"6ba7b810-9dad-11d1-80b4-{n:012}", "title": f"test {n}", "ms": n} for n in range(6)]
    return {"stats": {"suites": 3, "tests": 6}, "passes": tests, **more}


def test_what_is_lost_from_a_store_that_was_written_anew_is_lost_for_good(engine: Engine) -> None:
    failures = [{"uuid": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "message": "tax is off"}]
    reader = "(d) => (d.failures ?? []).map((t) => t.message)"
    before = report(failures=failures)
    anew = {**report(), "passes": [test["uuid"] for test in report()["passes"]]}
    assert judged(engine, reader, before, anew).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, report()).verdict is Verdict.UNSEEN, "another session may have no failures"


def test_a_word_for_want_of_a_field_is_not_called_intact(engine: Engine) -> None:
    reader = "(d) => d.stats.grade === 'good' ? 'green' : 'red'"
    before = {"stats": {"tests": 6, "grade": "good"}, "rows": [1, 2]}
    assert judged(engine, reader, before, {"stats": {"tests": 7}, "rows": [3]}).verdict in NEVER_GREEN


def test_a_yes_that_turned_for_want_of_what_is_looked_for_is_not_called_intact(engine: Engine) -> None:
    find = "Object.keys(d).find((k) => k.endsWith('.profile'))"
    reader = f"(d) => {{ try {{ return JSON.parse(d[{find}]).ok; }} catch {{ return false; }} }}"
    before = {"app.7f3a.token": "t-1", "app.7f3a.profile": json_text({"ok": True, "n": 1})}
    assert judged(engine, reader, before, {"app.9c1d.token": "t-2"}).verdict in NEVER_GREEN


def test_keys_of_two_sessions_show_that_a_third_was_made_of_other_words(engine: Engine) -> None:
    def keys(user: str, *names: str) -> Any:
        return {"app.last": user, **{f"app.{user}.{name}": f"{name} of {user}" for name in names}}

    reader = "(d) => d[Object.keys(d).find((k) => k.endsWith('.profile'))]?.split(' ').length ?? 0"
    before, known = keys("ann", "token", "profile"), keys("ben", "token", "profile")
    assert judged(engine, reader, before, keys("cleo", "token", "details"), known).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, keys("cleo", "token"), known).verdict is not Verdict.BROKEN


def test_a_container_of_every_known_session_is_gone_from_a_root_with_other_names(engine: Engine) -> None:
    def nodes(*names: str) -> Any:
        return {"nodes": [[name, {"text": f"{name} here"}] for name in names], "selection": names[0]}

    reader = "(d) => !d.nodes || d.nodes.length <= 1"
    after = {"root": {"children": [{"text": "lamp", "format": 0}, {"text": "window", "format": 1}]}}
    assert judged(engine, reader, nodes("a", "b", "c"), after, nodes("d")).verdict is Verdict.BROKEN


def test_a_map_with_words_as_keys_has_entries_of_another_kind_now(engine: Engine) -> None:
    reader = "(d) => Object.entries(d.needs).map(([name, version]) => `${name}@${version}`)"
    before = {"format": 5, "needs": {"chalk": "4.1.2", "debug": "4.4.3", "ms": "2.1.3", "semver": "7.5.4"}}
    newer = {"express": "4.18.2", "react": "18.2.0", "vite": "5.4.1", "zod": "3.23.8"}
    after = {"format": 6, "needs": {name: {"version": version} for name, version in newer.items()}}
    assert judged(engine, reader, before, after).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, {"format": 5, "needs": newer}).verdict is not Verdict.BROKEN


def test_a_word_that_is_gone_decides_though_it_is_not_the_one_that_is_asked_for(engine: Engine) -> None:
    reader = "(d) => d.stats.grade === 'good' ? 'green' : 'red'"
    before = {"stats": {"tests": 6, "grade": "bad"}, "rows": [{"id": f"r-{n}", "ms": n} for n in range(6)]}
    after = {"stats": {"tests": 7, "score": 3}, "rows": [f"r-{n}" for n in range(7)]}
    assert judged(engine, reader, before, after).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, {**before, "stats": {"tests": 7, "grade": "bad"}}).verdict is Verdict.INTACT


def test_who_provides_for_the_word_that_is_new_is_not_hurt(engine: Engine) -> None:
    def lines(**kind: Any) -> Any:
        plain = [{"text": f"line {n}", "style": {"bold": True}} for n in range(6)]
        return {"lines": [*plain, *({"text": f"point {n}", "style": kind} for n in range(4)), *_others()]}

    def _others() -> Any:
        return [{"text": "a", "style": {"list": "ordered"}}, {"text": "b", "style": {"list": "ordered"}}]

    both = "(d) => d.lines.filter((l) => l.style.bullet || l.style.list === 'bullet').length"
    only = "(d) => d.lines.filter((l) => l.style.bullet).length"
    assert judged(engine, both, lines(bullet=True), lines(list="bullet")).verdict is not Verdict.BROKEN
    assert judged(engine, only, lines(bullet=True), lines(list="bullet")).verdict in NEVER_GREEN


def test_paths_that_became_records_are_no_other_state(engine: Engine) -> None:
    reader = "(d) => d.rings.map((r) => r.cycle[0])"
    before = {"rings": [{"cycle": ["src/user.js", "src/cart.js"]}]}
    after = {"rings": [{"cycle": [{"name": "src/a.js"}, {"name": "src/b.js"}]}]}
    assert judged(engine, reader, before, after).verdict is Verdict.BROKEN


def test_a_key_with_one_more_part_is_the_same_key_made_otherwise(engine: Engine) -> None:
    def dump(first: str, user: str) -> Any:
        keys = ("account.keys", "token.keys", "settings.theme")
        return {**{f"{first}{key}": json_text([user, key]) for key in keys}, "shop.cart": json_text([user])}

    find = "const k = Object.keys(d).find((k) => k.startsWith('app.token.'))"
    reader = f"(d) => {{ {find}; return k ? JSON.parse(d[k]).length : 0; }}"
    assert judged(engine, reader, dump("app.", "u-1"), dump("app.2.", "u-2")).verdict is Verdict.BROKEN


def test_nothing_found_among_values_of_another_type_is_not_called_intact(engine: Engine) -> None:
    def trips(*prices: Any) -> Any:
        return {"trips": [{"id": f"t-{n}", "price": price} for n, price in enumerate(prices)]}

    reader = "(d) => d.trips.filter((trip) => trip.price < 500).length"
    after = trips("209.00 EUR", "651.00 EUR", "88.00 EUR", "120.00 EUR")
    assert judged(engine, reader, trips(588, 610, 723), after, trips(209, 247, 565)).verdict in NEVER_GREEN
    assert judged(engine, reader, trips(588, 610, 723), trips(900), trips(209, 247, 565)).verdict is Verdict.INTACT
