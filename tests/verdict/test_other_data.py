"""What other data of the same program explain is no drift; what a reader loses in all records is, whatever its keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from driftwright.base.jsontext import json_text
from driftwright.base.path import Path, without_depth
from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Engine
from kit.trials import judged


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


# ---- ids and keys that a session makes


def _notes(prefix: str, count: int) -> list[dict[str, Any]]:
    return [{"id": f"{prefix}-memo-{n}", "title": f"T{n}", "done": n % 3 == 1} for n in range(count)]


def test_a_word_of_the_session_in_front_of_ids_is_no_other_form(engine: Engine) -> None:
    reader = "(d) => d.filter(({ done }) => done === true).map((note) => note.id)"
    assert judged(engine, reader, _notes("K", 7), _notes("M", 9)).verdict is Verdict.INTACT


def _signed_in(user: str, **more: Any) -> dict[str, str]:
    kept = {"last": user, f"shop.{user}.idToken": f"tok-{user}-1", f"shop.{user}.clock": "5", "theme": "dark"}
    return {**kept, **{f"shop.{user}.{name}": json_text(value) for name, value in more.items()}}


def test_the_name_of_another_user_in_keys_is_no_rename(engine: Engine) -> None:
    reader = "(d) => d['shop.' + d.last + '.idToken'] ?? null"
    before, after = _signed_in("ada", cart={"rows": [1]}), _signed_in("bo", cart={"rows": [2, 3]})
    assert judged(engine, reader, before, after).verdict is Verdict.INTACT


def test_a_key_that_only_one_of_two_users_has_is_not_lost(engine: Engine) -> None:
    reader = "(d) => { const key = Object.keys(d).find((k) => k.endsWith('.device')); return key ? d[key] : null; }"
    before, after = _signed_in("ada", device={"id": "d-1"}, cart={"rows": [1]}), _signed_in("bo", cart={"rows": [2]})
    assert judged(engine, reader, before, after).verdict is Verdict.UNSEEN


# ---- what is empty lacks what only full ones have


def _library(books: int) -> dict[str, Any]:
    ids = list(range(1, books + 1))
    last = {"meta": {"lastId": books}} if books else {"meta": {}}
    table = {"rows": ids, "byId": {str(n): {"id": n, "by": 2} for n in ids}, **last}
    people = {"rows": [2], "byId": {"2": {"id": 2, "name": "Lem"}}, "meta": {"lastId": 2}}
    return {"Book": table, "By": people if books else {"rows": [], "byId": {}, "meta": {}}}


def test_an_emptied_collection_has_no_last_id(engine: Engine) -> None:
    assert judged(engine, "(d) => d.Book.meta.lastId ?? -1", _library(3), _library(0)).verdict is Verdict.UNSEEN


def test_a_name_that_was_always_spelled_so_beside_another_is_not_spelled_otherwise_now(engine: Engine) -> None:
    reader = (
        "(d) => Object.values(d.Book.byId).reduce((all, book) =>"
        " ({ ...all, [book.author]: 1 + (all[book.author] ?? 0) }), {})"
    )
    before = {"Author": {"n": 1}, "Book": {"byId": {"7": {"author": "Lem"}, "9": {"author": "Dick"}}}}
    after = {"Author": {"n": 0}, "Book": {"byId": {}}}
    assert judged(engine, reader, before, after).verdict is Verdict.UNSEEN


def _cache(queries: dict[str, Any], *, flat: bool) -> dict[str, Any]:
    tags = {"Post": {"ids": [1]}, "User": {"ids": [2]}} if flat else {"tags": {}, "keys": {}}
    return {"api": {"queries": queries, "provided": tags}}


def test_where_all_entries_are_gone_no_word_of_their_keys_is_lost(engine: Engine) -> None:
    reader = "(d) => Object.keys(d.api.queries).filter((key) => key.startsWith('getPost(')).length"
    before = _cache({"getPost(1)": {"status": "ok"}, "getUser(2)": {"status": "ok"}}, flat=True)
    assert judged(engine, reader, before, _cache({}, flat=False)).verdict is Verdict.UNSEEN


def test_a_text_that_is_mostly_empty_may_be_left_out(engine: Engine) -> None:
    reader = "(d) => d.rules.filter((rule) => rule.media).map((rule) => rule.media)"
    rules = [{"at": 1, "media": ""}, {"at": 2, "media": "print"}, {"at": 3, "media": ""}]
    later = [{"at": n, "wide": True} for n in range(5)]
    assert judged(engine, reader, {"rules": rules}, {"rules": later}).verdict is not Verdict.BROKEN


def test_a_text_that_was_never_empty_is_lost_when_no_record_has_it(engine: Engine) -> None:
    reader = "(d) => d.rules.filter((rule) => rule.media).map((rule) => rule.media)"
    rules = [{"at": n, "media": f"m{n}"} for n in range(3)]
    later = [{"at": n, "wide": True} for n in range(5)]
    assert judged(engine, reader, {"rules": rules}, {"rules": later}).verdict is Verdict.BROKEN


# ---- trees


@pytest.mark.parametrize(
    ("path", "once"),
    [
        ("/children/[]/children/[]/name", "/children/[]/name"),
        ("/next/block/inputs/{}/next/block/inputs/{}/id", "/next/block/inputs/{}/id"),
        ("/rows/[]/open/rows/[]/open/name", "/rows/[]/open/name"),
        ("/a/b", "/a/b"),
        ("/", "/"),
    ],
)
def test_a_path_without_its_depth_has_each_part_once(path: str, once: str) -> None:
    assert str(without_depth(Path.parse(path))) == once


def _node(tag: str, *children: dict[str, Any], props: list[str] | None = None) -> dict[str, Any]:
    held = {"props": [{"name": name, "arg": {"content": name[:2]}} for name in props]} if props is not None else {}
    return {"tag": tag, **held, "children": list(children)}


def test_records_of_a_tree_that_stand_at_another_depth_moved_nowhere(engine: Engine) -> None:
    reader = "(d) => d.children[0].children.flatMap((n) => n.props ?? []).map((prop) => prop.arg.content)"
    before = _node("root", _node("main", _node("a", props=["click"]), _node("b", props=["input"])))
    after = _node("root", _node("main", _node("a", _node("i")), props=["click", "press"]))
    assert judged(engine, reader, before, after).verdict is not Verdict.BROKEN


# ---- what a reader loses in all records


def _queue(prefix: str, field: str, count: int) -> dict[str, str]:
    events = [{"id": n, "kind": "open", field: 1_700_000_000 + n} for n in range(count)]
    return {"lang": "no", f"{prefix}_unsent": json_text(events), f"{prefix}_user": json_text({"id": "u-1"})}


def test_a_field_that_no_record_has_is_lost_whatever_its_key_is_called(engine: Engine) -> None:
    reader = (
        "(d) => Object.entries(d).filter(([key]) => key.includes('unsent'))"
        ".flatMap(([, text]) => JSON.parse(text)).every((event) => event.at > 1_600_000_000)"
    )
    before, after = _queue("metrics", "at", 6), _queue("MTR", "time", 6)
    assert judged(engine, reader, before, after).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, _queue("MTR", "at", 6)).verdict is Verdict.INTACT


def test_a_flag_that_no_record_has_may_be_left_out(engine: Engine) -> None:
    reader = "(d) => d.rows.some((row) => row.paid)"
    before = {"rows": [{"id": n, "paid": n == 0} for n in range(6)]}
    after = {"rows": [{"id": n} for n in range(6)]}
    assert judged(engine, reader, before, after).verdict is Verdict.UNSEEN


def test_a_word_by_which_keys_are_chosen_is_lost_with_one_whose_content_stands_under_another_key(
    engine: Engine,
) -> None:
    reader = (
        "(d) => Object.keys(d).filter((key) => key.startsWith('wharf')).map((key) => JSON.parse(d[key]).pass.user.mail)"
    )
    user = {"mail": "a@b.example", "roles": ["admin"], "provider": "mail"}
    before = {"theme": "dark", "wharf.pass.token": json_text({"pass": {"secret": "s-1", "user": user}, "ends": 1})}
    moved = {"theme": "light", "wh-ref-pass": json_text({"secret": "s-2", "user": {**user, "mail": "c@d.example"}})}
    assert judged(engine, reader, before, moved).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, {"theme": "light"}).verdict is Verdict.UNSEEN


def test_a_record_that_is_joined_to_a_text_breaks_the_answer(engine: Engine) -> None:
    reader = "(d) => d.hooks.map((hook) => hook.name + '.' + hook.with.join('.'))"
    before = {"hooks": [{"name": f"h{n}", "with": ["stop", "once"][: 1 + n % 2]} for n in range(4)]}
    after = {"hooks": [{"name": f"h{n}", "with": [{"text": "stop"}, {"text": "late"}]} for n in range(4)]}
    assert judged(engine, reader, before, after).verdict is Verdict.BROKEN


def _routed(query: dict[str, str]) -> dict[str, Any]:
    return {"routing": {"place": {"path": "/a", "query": query, "hash": ""}}, "count": {"n": 1}}


def test_an_empty_object_that_is_gone_decides_where_the_store_was_written_anew(engine: Engine) -> None:
    reader = "(d) => Object.keys(d.routing?.place?.query ?? {}).sort()"
    moved = {
        "router": {"location": {"pathname": "/a", "search": "?x=1", "hash": ""}, "action": "POP"},
        "count": {"n": 2},
    }
    assert judged(engine, reader, _routed({}), moved).verdict is Verdict.BROKEN
    assert judged(engine, reader, _routed({}), _routed({"page": "2"})).verdict is Verdict.INTACT


def _tokens(*kinds: str, **more: Any) -> dict[str, Any]:
    return {"tokens": [{"type": kind, "text": f"t{n}", **more} for n, kind in enumerate(kinds)]}


def test_a_kind_of_which_no_record_is_left_is_lost_in_a_store_that_was_written_anew(engine: Engine) -> None:
    reader = "(d) => d.tokens.filter((token) => token.type === 'item_start').length"
    before = _tokens(*["item_start", "text", "item_end"] * 6, depth=1, pre=False)
    anew = _tokens(*["item", "text", "space"] * 7, raw="r")
    assert judged(engine, reader, before, anew).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, _tokens(*["text", "text"] * 9, depth=1, pre=False)).verdict is Verdict.UNSEEN


# ---- entries of another kind


def _cached(user: str, *scopes: str, user_key: str = "") -> dict[str, str]:
    tokens = {
        f"@@cache@@::web::{scope}": json_text({"token": f"t-{user}-{scope}", "ends": 1700, "scope": scope})
        for scope in scopes
    }
    held = {f"@@cache@@::web::{user_key}": json_text({"name": user, "mail": f"{user}@b.example"})} if user_key else {}
    return {"theme": "dark", **held, **tokens}


COUNTS = "(d) => Object.keys(d).filter((key) => key.startsWith('@@cache@@')).length"


def test_an_entry_of_another_kind_is_counted_too(engine: Engine) -> None:
    before, known = _cached("ada", "read"), [_cached("bo", "read", "write"), _cached("cy", "all")]
    after = _cached("dee", "read", "send", user_key="whoami")
    assert judged(engine, COUNTS, before, after, *known).verdict is Verdict.BROKEN
    assert judged(engine, COUNTS, before, after).verdict is Verdict.UNSEEN, "one session shows not all kinds"
    marked = _cached("dee", "read", "send", user_key="@@user@@")
    assert judged(engine, COUNTS, before, marked).verdict is Verdict.BROKEN, "but a mark is no entry's"
    assert judged(engine, COUNTS, before, _cached("dee", "a", "b", "c"), *known).verdict is Verdict.INTACT
    user = "(d) => Object.keys(d).filter((key) => key.startsWith('@@cache@@') && !key.includes('@@user@@')).length"
    assert (
        judged(engine, user, before, _cached("dee", "a", "b", "c", user_key="@@user@@"), *known).verdict
        is Verdict.INTACT
    )


# ---- what hides a loss


def test_a_number_that_is_gone_decides_though_another_answer_was_the_greatest(engine: Engine) -> None:
    reader = "(d) => Math.max(0, ...d.map((box) => box.top + (box.height ?? 1)))"
    before = [{"top": 0, "height": 1}, {"top": 1, "height": 2}, {"top": 4, "height": 1}, {"top": 3, "height": 2}]
    after = [{"top": n, "h": 2} for n in range(7)]
    assert judged(engine, reader, before, after).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, [{"top": n, "height": 2} for n in range(7)]).verdict is Verdict.INTACT


@pytest.mark.parametrize(
    "reader",
    [
        """(d) => [...JSON.stringify(d).matchAll(/"partName":"(\\w+)"/g)].map((found) => found[1])""",
        """(d) => JSON.stringify(d).split('"partName":').length - 1""",
    ],
)
def test_a_name_that_a_pattern_looks_for_in_a_written_document_is_lost(engine: Engine, reader: str) -> None:
    def layout(name: str, *parts: str) -> dict[str, Any]:
        return {"root": {"kind": "row", "parts": [{name: part, "size": {"wide": 50}} for part in parts]}}

    before = layout("partName", "chart", "table", "notes")
    assert judged(engine, reader, before, layout("partType", "map", "log", "chart")).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, layout("partName", "map", "log")).verdict is Verdict.INTACT


def test_who_tests_a_field_and_then_takes_it_asks_for_one_and_not_for_two(engine: Engine) -> None:
    reader = "(d) => { const out = []; for (const a of d.axes) if (a.label) out.push(a.label); return out.join('/'); }"
    before = {"axes": [{"at": 1, "label": "EUR"}, {"at": 2, "label": "month"}], "n": 4}
    assert judged(engine, reader, before, {"axes": [{"at": 1}, {"at": 2}], "n": 9}).verdict is Verdict.UNSEEN


def test_one_known_record_does_not_show_that_others_of_another_kind_were_called_otherwise(engine: Engine) -> None:
    reader = "(d) => d.nodes.filter((node) => node.type === 'rule').flatMap((node) => node.selector.split(','))"
    rules = [{"type": "rule", "selector": f"s{n},t{n}", "nodes": []} for n in range(5)]
    others = [{"type": "at", "params": f"print and {n}", "nodes": []} for n in range(4)]
    assert judged(engine, reader, {"nodes": rules[:1]}, {"nodes": rules + others}).verdict is not Verdict.DEGRADED


def test_records_of_which_some_have_a_new_name_are_not_called_intact(engine: Engine) -> None:
    reader = "(d) => d.rows.reduce((sum, row) => sum + (row.likes ?? 0), 0)"
    before = {"rows": [{"id": n, "likes": 5 + n, "by": f"u{n}"} for n in range(4)]}
    later = [{"id": n, ("likes" if n < 2 else "likeCount"): 7 + n, "by": f"u{n}"} for n in range(4)]
    assert judged(engine, reader, before, {"rows": later}).verdict in (Verdict.BROKEN, Verdict.DEGRADED)


# ---- sessions that have only begun


def _site(*names: str) -> dict[str, Any]:
    files = {name: {"src": f"/assets/{name}", "hash": f"{name}-{name}-{name}"} for name in names}
    scripts = [name for name in names if name.endswith(".js")]
    return {**files, "entries": {name.removesuffix(".js"): {"js": [f"/assets/{name}"]} for name in scripts}}


WORDS = ("lamp", "sofa", "desk", "door", "wall", "roof", "gate", "tree")
ICONS = "(d) => Object.keys(d).filter((key) => key.startsWith('icon/')).sort()"


def test_nothing_follows_from_what_a_store_lacks_that_is_all_but_empty(engine: Engine) -> None:
    """It was written by the same program, for a page without an icon."""
    before = _site(*(f"{word}.js" for word in WORDS), *(f"icon/{word}.png" for word in WORDS))
    assert judged(engine, ICONS, before, _site("app.js")).verdict is Verdict.UNSEEN


def test_a_store_of_its_size_that_is_written_otherwise_is_broken(engine: Engine) -> None:
    before = _site(*(f"{word}.js" for word in WORDS), *(f"icon/{word}.png" for word in WORDS))
    later = _site(*(f"{word}/main.js" for word in WORDS), *(f"{word}/face.png" for word in WORDS))
    assert judged(engine, ICONS, before, later).verdict is Verdict.BROKEN
