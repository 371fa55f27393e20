"""What chance explains of a later store, and what it does not: one session, nulls left out, entries, kinds, texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from driftwright.base.terms import Effect, Verdict
from driftwright.impact.javascript import Engine
from kit.trials import judged

Record = dict[str, Any]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


# ---- one value throughout a session was seen once


def _ride(*stops: str, pass_: Record | None, note: bool = True) -> Record:
    held = {"pass": pass_} if pass_ else {}
    return {"stops": [{"at": at, **({"note": f"near {at}"} if note else {}), **held} for at in stops]}


def test_a_record_that_a_whole_session_shares_may_be_missing_in_another(engine: Engine) -> None:
    reader = "(d) => d.stops.filter((s) => s.pass?.kind === 'day').length"
    shared = {"kind": "day", "zone": [1, 2]}
    before = _ride("Quay", "Mill", "Fort", "Gate", "Well", "Park", pass_=shared)
    assert judged(engine, reader, before, _ride("Dock", "Pier", pass_=None)).verdict is Verdict.UNSEEN


def test_a_field_with_several_values_that_no_record_has_is_gone(engine: Engine) -> None:
    reader = "(d) => d.stops.filter((s) => s.note.startsWith('near')).length"
    before = _ride("Quay", "Mill", "Fort", "Gate", "Well", "Park", pass_=None)
    assert judged(engine, reader, before, _ride("Dock", "Pier", pass_=None, note=False)).verdict is Verdict.BROKEN


# ---- nulls that are left out now


def _jars(*ends: int | None, left_out: bool) -> Record:
    return {
        f"jar-{number}": {"weight": 10 + number, **({} if left_out and end is None else {"end": end})}
        for number, end in enumerate(ends, 1)
    }


def test_nulls_that_are_left_out_now_hurt_who_asks_for_null(engine: Engine) -> None:
    before, later = (170, 180, None, None, None, None, 190), (171, None, None, 181, 182, None, 183, 184, None)
    reader = "(d) => Object.values(d).filter((jar) => jar.end === null).length"
    verdict = judged(engine, reader, _jars(*before, left_out=False), _jars(*later, left_out=True))
    assert (verdict.verdict, verdict.effect) == (Verdict.BROKEN, Effect.SILENT)
    tolerant = "(d) => Object.values(d).filter((jar) => (jar.end ?? null) === null).length"
    found = judged(engine, tolerant, _jars(*before, left_out=False), _jars(*later, left_out=True))
    assert found.verdict is Verdict.INTACT


def test_two_records_that_may_both_be_null_show_no_other_program(engine: Engine) -> None:
    before, later = (170, 180, None, None, None, None, 190), (None, None)
    reader = "(d) => d['jar-5']?.weight ?? 'none'"
    found = judged(engine, reader, _jars(*before, left_out=False), _jars(*later, left_out=True))
    assert found.verdict is Verdict.UNSEEN


# ---- keys that data make


def test_another_home_folder_is_no_other_form_of_keys(engine: Engine) -> None:
    def cache(home: str, **sizes: int) -> Record:
        return {f"/home/{home}/{name.replace('_', '/')}": {"bytes": size} for name, size in sizes.items()}

    reader = "(d) => Object.entries(d).sort((a, b) => b[1].bytes - a[1].bytes)[0][0]"
    before = cache("ines/shop", src_app=20, src_cart=31, readme=7, src_price=9)
    later = cache("omar/api", src_index=14, src_db=45, docs=3, src_http=8)
    assert judged(engine, reader, before, later).verdict is Verdict.INTACT


def test_keys_that_had_no_prefix_and_have_one_now_are_of_another_form(engine: Engine) -> None:
    reader = "(d) => d.list.map((name) => d.cups[name]?.size)"
    before = {"list": ["b1", "b2", "b3"], "cups": {"b1": {"size": 2}, "b2": {"size": 3}, "b3": {"size": 4}}}
    later = {"list": ["c1", "c2", "c3"], "cups": {f"cup:c{n}": {"size": n} for n in (1, 2, 3)}}
    assert judged(engine, reader, before, later).verdict is Verdict.BROKEN


def test_a_word_in_most_keys_of_a_map_may_be_missing_in_the_only_one(engine: Engine) -> None:
    def files(*names: str) -> Record:
        return {f"/{name}": {"bytes": 4, "lines": 2} for name in names}

    reader = "(d) => JSON.stringify(d).includes('/lib/')"
    known = (
        files("a/lib/x.js", "a/lib/y.js", "a/lib/z.js", "a/notes.md"),
        files("b/lib/v.js", "b/lib/w.js", "b/todo.md"),
    )
    assert judged(engine, reader, known[0], files("c/main.js"), known[1]).verdict is Verdict.UNSEEN


def test_a_list_that_holds_other_things_than_the_map_that_it_was_is_no_count_of_them(engine: Engine) -> None:
    def shelf(number: int) -> Record:
        return {f"book-{n}": {"pages": 40 * n, "tags": ["old"]} for n in range(1, number)}

    reader = "(d) => Object.keys(d).length"
    later = [["1", "3"], "book-1", {"pages": 40, "tags": "5"}, "book-2", {"pages": 80, "tags": "6"}, ["7"], "old", []]
    assert judged(engine, reader, shelf(7), later, shelf(12)).verdict is Verdict.BROKEN
    entries = [{"id": f"book-{n}", "pages": 40 * n, "tags": ["new"]} for n in range(1, 8)]
    assert judged(engine, reader, shelf(7), entries, shelf(12)).verdict is Verdict.INTACT


# ---- other names, and other kinds


def _crew(key: str, **person: Any) -> Record:
    return {"ship": "Tern", "crew": {key: person}, "ports": ["Oslo", "Hull"]}


def test_nobody_of_that_role_is_a_null_of_other_data(engine: Engine) -> None:
    reader = "(d) => Object.values(d.crew).find((p) => p.role === 'cook')?.name ?? null"
    before, later = _crew("p41", name="Ines", role="cook"), _crew("p52", name="Omar", role="mate")
    assert judged(engine, reader, before, later).verdict is Verdict.UNSEEN


def test_what_only_records_of_a_kind_had_did_not_move_into_another_kind(engine: Engine) -> None:
    reader = "(d) => d.children.flatMap((n) => n.children || []).filter((n) => n.kind === 'class').map((n) => n.name)"
    inner = [{"kind": kind, "name": f"{kind}{n}"} for kind in ("class", "use", "task") for n in (1, 2, 3)]
    space = {"kind": "space", "name": {"kind": "id", "name": "App"}, "children": inner, "bare": False}
    block = {"kind": "block", "children": [{"kind": "return", "name": None, "line": 3}]}
    task = {"kind": "task", "name": "ping", "args": [], "body": block, "loud": False}
    before, later = ({"kind": "file", "children": [part]} for part in (space, task))
    assert judged(engine, reader, before, later).verdict is Verdict.UNSEEN


def test_an_optional_mark_that_another_record_has_did_not_move(engine: Engine) -> None:
    def form(**marked: bool) -> Record:
        fields = {name: {"first": "", "now": "", **({"seen": True} if seen else {})} for name, seen in marked.items()}
        return {"form": fields, "user": {"name": "Ines"}}

    reader = "(d) => Object.keys(d.form).filter((name) => d.form[name].seen)"
    before, known = form(card=True, mail=False, note=False), form(card=True, mail=False, note=True)
    assert judged(engine, reader, before, form(card=False, mail=True, note=False), known).verdict is Verdict.INTACT


def test_a_word_of_an_id_that_the_source_happens_to_have_is_no_provision(engine: Engine) -> None:
    def board(*tiles: tuple[str, int], wide: str) -> Record:
        return {"tiles": [{"id": name, wide: width} for name, width in tiles]}

    reader = "(d) => Object.fromEntries(d.tiles.map((t) => [t.id, t.width ?? 1]))"
    before = board(("sales", 4), ("users", 5), ("news", 3), ("chart", 2), wide="width")
    later = board(("map", 4), ("find", 8), ("mail", 2), ("foot", 12), wide="w")
    assert judged(engine, reader, before, later).verdict is Verdict.BROKEN


# ---- values that were of several types


def test_what_was_of_several_types_may_be_of_one_more(engine: Engine) -> None:
    def rules(*forced: Any) -> Record:
        return {"rules": [{"at": n, "force": value} for n, value in enumerate(forced)], "dark": {"on": len(forced) > 1}}

    reader = "(d) => d.dark.on && d.rules.length > 1"
    assert judged(engine, reader, rules("v2", 100, 50), rules(*[False])).verdict is not Verdict.BROKEN


# ---- undefined within a text


def test_undefined_within_a_text_is_no_good_answer(engine: Engine) -> None:
    def tables(*orders: list[Any]) -> Record:
        return {"order": list(orders), "length": 25}

    reader = "(d) => d.order.map(([i, dir]) => ['Id', 'Name', 'City'][i] + ' ' + dir)"
    found = judged(engine, reader, tables([2, "desc"], [0, "asc"]), tables(["city", "asc"]))
    assert (found.verdict, found.says) == (Verdict.BROKEN, "AFTER gives it undefined in a text")


def test_a_title_that_has_the_word_undefined_in_known_data_is_one(engine: Engine) -> None:
    reader = "(d) => d.talks.map((t) => t.title + '!')"
    before, later = {"talks": [{"title": "undefined behaviour"}]}, {"talks": [{"title": "more undefined behaviour"}]}
    assert judged(engine, reader, before, later).verdict is Verdict.INTACT


# ---- nothing left, but for what leads there


def test_who_asks_only_what_is_gone_answers_as_before_by_chance(engine: Engine) -> None:
    def steps(*done: str, history: bool) -> Record:
        held = {"past": list(done), "future": []}
        return {"steps": {**held, **({"history": dict(held)} if history else {"index": 2, "limit": 9})}}

    reader = "(d) => (d.steps.history?.future ?? []).length > 0"
    before, later = steps("cut", "fold", history=True), steps("glue", history=False)
    found = judged(engine, reader, before, later)
    assert (found.verdict, found.effect) == (Verdict.BROKEN, Effect.SILENT)
    both = "(d) => (d.steps.history?.future ?? d.steps.future).length > 0"
    assert judged(engine, both, before, later).verdict is Verdict.INTACT


# ---- a loss that is read both by name and among all


def test_one_loss_read_by_name_and_among_all_is_no_more_evidence_than_one(engine: Engine) -> None:
    def store(**tokens: Record) -> Record:
        return {"box": json.dumps(tokens)}

    def token(*scopes: str) -> Record:
        return {"value": f"v-{len(scopes)}", "scopes": list(scopes), "at": 170}

    reader = "(d) => Object.fromEntries(Object.entries(JSON.parse(d.box)).map(([k, t]) => [k, t.scopes.length]))"
    known = (store(access=token("a", "b"), id=token("a")), store(access=token("a"), id=token("a", "c")))
    assert judged(engine, reader, known[0], store(id=token("c")), known[1]).verdict is not Verdict.BROKEN


# ---- few records


def test_a_list_of_one_record_does_not_show_what_others_have(engine: Engine) -> None:
    def sent(*events: Record) -> Record:
        return {"client": "shop", "sent": [{"at": 170, "text": "lamp", **event} for event in events]}

    reader = "(d) => d.sent.filter((e) => e.error && e.error.from === 'page').length"
    before = sent({"level": "error", "error": {"from": "page"}})
    others = [{"level": level, "user": f"u-{n}", "area": "cart"} for n, level in enumerate(("info", "warn", "info"))]
    assert judged(engine, reader, before, sent(*others)).verdict is Verdict.UNSEEN
    two = sent({"level": "error", "error": {"from": "page"}}, {"level": "fatal", "error": {"from": "net"}})
    assert judged(engine, reader, two, sent(*others)).verdict is Verdict.BROKEN


def test_one_later_record_is_too_few_whatever_many_had(engine: Engine) -> None:
    def shelf(*books: tuple[str, str | None]) -> Record:
        return {"books": [{"title": title, **({"by": {"name": by}} if by else {})} for title, by in books]}

    reader = "(d) => d.books.map((b) => b.by?.name ?? '?')"
    many = [(f"title {n}", f"author {n}") for n in range(25)]
    assert judged(engine, reader, shelf(*many), shelf(("Solo", None))).verdict is not Verdict.BROKEN
    assert judged(engine, reader, shelf(*many), shelf(("Solo", None), ("Duo", None))).verdict is Verdict.BROKEN


def test_a_form_that_nobody_filled_in_lost_no_field(engine: Engine) -> None:
    def drafts(*values: Record) -> Record:
        return {"drafts": [{"step": n, "values": value, "errors": {}} for n, value in enumerate(values)]}

    reader = "(d) => d.drafts.map((draft) => draft.values.city ?? '')"
    filled = [{"city": city, "zip": f"1{n}"} for n, city in enumerate(("Oslo", "Hull", "Bern", "Turku"))]
    assert judged(engine, reader, drafts(*filled), drafts({}, {})).verdict is not Verdict.BROKEN
    other = [{"town": town, "zip": f"2{n}"} for n, town in enumerate(("Lund", "Graz", "Nice"))]
    assert judged(engine, reader, drafts(*filled), drafts(*other)).verdict is Verdict.BROKEN


# ---- several empty items, and the names of keys as a whole


def test_a_list_of_nothing_but_zeros_where_none_was_is_not_green(engine: Engine) -> None:
    def house(rooms: Record, lamps: Record) -> Record:
        return {"lamps": lamps, "rooms": {name: {"lamps": held} for name, held in rooms.items()}}

    reader = "(d) => Object.keys(d.rooms).map((room) => (d.lamps[room] || []).length)"
    empty: Record = {"hall": [], "attic": [], "den": []}
    known = house(empty, {"hall": ["a", "b"], "attic": ["c"], "den": ["d", "e"]})
    further = house({"shed": [], "loft": []}, {"shed": ["f"], "loft": ["g", "h"]})
    later = house({"barn": ["i"], "yard": ["j", "k"]}, {})
    assert judged(engine, reader, known, later, further).verdict in (Verdict.UNSEEN, Verdict.BROKEN)


def test_keys_that_all_got_the_same_end_are_written_otherwise(engine: Engine) -> None:
    def kept(end: str, shop: str) -> Record:
        names = ("config-main", "tokens-main", "session-main", "meta-main")
        return {f"{name}{end}": {"shop": shop, "at": n} for n, name in enumerate(names)}

    for reader in (
        "(d) => Object.keys(d).filter((k) => k.endsWith('main')).length",
        "(d) => Object.keys(d).map((k) => k.slice(k.indexOf('-') + 1))",
    ):
        found = judged(engine, reader, kept("", "elm"), kept("-web-1", "oak"))
        assert (found.verdict, found.because[0].rule.id) == (Verdict.BROKEN, "keys-changed-form"), reader


def test_keys_that_all_got_a_prefix_are_written_otherwise_whatever_stands_under_them(engine: Engine) -> None:
    reader = "(d) => Object.keys(d).map((k) => k.replace(/^up-/, ''))"
    before = {f"up-{name}": f"https://files.example/{name}" for name in ("a.pdf", "b.jpg", "c.txt")}
    later = {f"up::up-{name}::6": {"url": name, "size": 4} for name in ("d.pdf", "e.jpg", "f.txt", "g.mov")}
    found = judged(engine, reader, before, later)
    assert (found.verdict, found.effect) == (Verdict.BROKEN, Effect.SILENT)


def test_what_a_rename_lets_through_is_an_effect_and_no_other_branch(engine: Engine) -> None:
    def pages(name: str) -> Record:
        return {"pages": [{"file": f"{n}.md", "tree": {name: [n, n + 1]}} for n in range(3)]}

    reader = "(d) => d.pages.filter((p) => !p.tree?.value?.length).map((p) => p.file)"
    assert judged(engine, reader, pages("value"), pages("children")).verdict is Verdict.BROKEN


# ---- parts of texts


def test_a_few_letters_amid_a_word_are_no_part_that_a_text_is_known_by(engine: Engine) -> None:
    def beds(*names: str) -> Record:
        return {"beds": [{"bed": n, "at": name} for n, name in enumerate(names)]}

    reader = "(d) => d.beds.map((b) => b.bed + b.at)"
    before = beds("Oak Iata", "Elm Fatal", "Ash Mater", "Fir Latu", "Yew Katana")
    later = beds("Fig Ibo", "Bay Curo", "Box Delo", "Sal Emmo", "Ulm Ferro", "Ive Gorro")
    assert judged(engine, reader, before, later).verdict is Verdict.INTACT


def test_a_word_that_a_text_is_known_by_is_missed_when_it_goes(engine: Engine) -> None:
    def rows(mark: str) -> Record:
        return {"rows": [{"text": f"{n} {mark} {n * n}"} for n in range(3, 9)]}

    reader = "(d) => d.rows.filter((row) => row.text.includes('kg')).length"
    assert judged(engine, reader, rows("kg"), rows("lb")).verdict is Verdict.BROKEN
