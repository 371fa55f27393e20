"""Names that stand first, are counted from elsewhere, or are more than they were; what a renamed container holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from driftwright.base.jsontext import json_text
from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Engine
from kit.trials import judged


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


# ---- keys that are counted from another number


def _lessons(start: int, *lessons: Sequence[str]) -> Mapping[str, Any]:
    return {
        "lessons": [
            {"name": f"l{number}", "words": {str(place): {"text": word} for place, word in enumerate(words, start)}}
            for number, words in enumerate(lessons)
        ]
    }


FIRST_WORD = "(d) => d.lessons.map((l) => l.words['1']?.text ?? 'none')"


def test_maps_that_are_counted_from_0_give_who_asks_for_1_the_next_one(engine: Engine) -> None:
    before = _lessons(1, ["sun", "moon"], ["oak"], ["red", "blue", "green"])
    found = judged(engine, FIRST_WORD, before, _lessons(0, ["cup", "jar"], ["ink"]))
    assert found.verdict is Verdict.BROKEN
    assert [change.message for change in found.because] == [
        "the keys of /lessons/[]/words were counted from 1 and are now counted from 0"
    ]
    count = "(d) => d.lessons.reduce((n, l) => n + Object.keys(l.words).length, 0)"
    assert judged(engine, count, before, _lessons(0, ["cup", "jar"], ["ink"])).verdict is Verdict.INTACT


def test_maps_that_are_counted_from_1_give_who_asks_for_0_nothing(engine: Engine) -> None:
    reader = "(d) => d.lessons.map((l) => l.words['0']?.text ?? 'none')"
    before, after = _lessons(0, ["sun", "moon"], ["oak"]), _lessons(1, ["cup"], ["ink", "pen"])
    assert judged(engine, reader, before, after).verdict is Verdict.BROKEN


def test_a_lone_map_that_starts_with_1_may_have_lost_its_first_entry(engine: Engine) -> None:
    reader = "(d) => Object.values(d.words).map((w) => w.text).join()"
    before = {"words": {"0": {"text": "sun"}, "1": {"text": "moon"}, "2": {"text": "oak"}}}
    after = {"words": {"1": {"text": "moon"}, "2": {"text": "oak"}}}
    assert judged(engine, reader, before, after).verdict is Verdict.INTACT


def test_maps_that_skip_a_number_are_not_counted(engine: Engine) -> None:
    before = _lessons(1, ["sun", "moon"], ["oak", "elm"])
    after = {"lessons": [{"name": "l0", "words": {"0": {"text": "cup"}, "7": {"text": "jar"}}}]}
    assert judged(engine, FIRST_WORD, before, after).verdict is not Verdict.BROKEN


# ---- a new name before all others


def _export(*items: str, head: Any = None) -> Mapping[str, Any]:
    body = {"list": {"items": [{"sku": item, "count": len(item)} for item in items], "total": len(items)}}
    return body if head is None else {"@head": head, **body}


ROOT = "(d) => Object.keys(d)[0]"
TOTAL = "(d) => Object.values(d)[0].total ?? null"
HEAD = {"encoding": "utf-8", "by": "writer"}


def test_who_takes_the_first_name_takes_a_new_one_that_stands_before_it(engine: Engine) -> None:
    for reader in (ROOT, TOTAL):
        found = judged(engine, reader, _export("a1", "b2"), _export("c3", head=HEAD))
        assert (found.verdict, found.says) == (
            Verdict.BROKEN,
            "AFTER has /@head first, and it takes that for another",
        )


def test_a_new_name_behind_the_others_hurts_nobody_who_takes_the_first(engine: Engine) -> None:
    later = {**_export("c3"), "@head": HEAD}
    assert judged(engine, ROOT, _export("a1", "b2"), later).verdict is Verdict.INTACT
    assert judged(engine, TOTAL, _export("a1", "b2"), later).verdict is Verdict.INTACT


def test_another_entry_that_stands_first_is_other_data(engine: Engine) -> None:
    def carts(*names: str) -> Mapping[str, Any]:
        return {name: {"sku": name[::-1], "sum": len(name)} for name in names}

    reader = "(d) => Object.values(d)[0].sum"
    assert judged(engine, reader, carts("ada", "bo"), carts("cleo", "bo")).verdict is Verdict.INTACT


def test_an_id_that_was_taken_from_the_first_key_is_no_word_by_chance(engine: Engine) -> None:
    def area(user: str, *, has_version: bool) -> Mapping[str, str]:
        entry = {f"kit.{user}.login": json_text({"user": user, "at": 7}), "look": "dark"}
        return {"kit.release": "3.1", **entry} if has_version else entry

    reader = "(d) => Object.keys(d)[0].split('.')[1]"
    first, second = "0a1b2c3d-0000-4000-8000-0000000000aa", "0a1b2c3d-0000-4000-8000-0000000000bb"
    before = area(first, has_version=False)
    assert judged(engine, reader, before, area(second, has_version=True)).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, area(second, has_version=False)).verdict is Verdict.INTACT


# ---- more names than there were


def _files(*names: str, more: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    return {"files": [{"name": name, "size": len(name), **(more or {})} for name in names]}


NAMES = "(d) => Object.keys(d.files[0]).length"


def test_who_counts_the_names_of_records_counts_new_ones(engine: Engine) -> None:
    later = _files("d", "ee", more={"kept": True, "mark": {"by": "x"}})
    found = judged(engine, NAMES, _files("a", "bb", "ccc"), later)
    assert (found.verdict, found.says) == (
        Verdict.BROKEN,
        "AFTER has other names in the records whose names it counts",
    )
    count = "(d) => d.files.length"
    assert judged(engine, count, _files("a", "bb", "ccc"), later).verdict is Verdict.INTACT


def test_another_number_of_entries_is_no_other_name(engine: Engine) -> None:
    def stock(**counts: int) -> Mapping[str, Any]:
        return {"stock": counts}

    reader = "(d) => Object.keys(d.stock).length"
    assert judged(engine, reader, stock(cup=1, jar=2), stock(cup=4, pen=1, ink=9)).verdict is Verdict.INTACT
    sizes = "(d) => d.files.map((f) => f.size).reduce((a, b) => a + b, 0)"
    assert judged(engine, sizes, _files("a", "bb", "ccc"), _files("d", more={"kept": True})).verdict is Verdict.INTACT


# ---- what a container that is called otherwise holds


def _trace(holder: str, tool: str, *spans: str, at: type[Any] = int) -> Mapping[str, Any]:
    rows = [
        {
            "id": f"{span}-1",
            "label": span,
            "begun": at(1_700_000_000_000_000 + number),
            "ended": at(1_700_000_000_900_000 + number),
            "kind": number % 3,
            "state": {"code": number % 2, "text": ""},
            "notes": [{"at": at(1_700_000_000_500_000), "word": "start"}],
        }
        for number, span in enumerate(spans)
    ]
    return {"sources": [{"host": "a.test", holder: [{tool: {"name": "kit", "version": "1"}, "spans": rows}]}]}


def test_a_renamed_container_is_known_by_the_many_names_below_it(engine: Engine) -> None:
    before = _trace("toolSpans", "tool", "get", "put", "sum")
    later = _trace("groups", "scope", "get", "del", at=str)
    both = "(d) => d.sources.flatMap((s) => s.groups || s.toolSpans || []).flatMap((g) => g.spans)"
    assert judged(engine, f"{both}.filter((s) => Number.isFinite(s.begun)).length", before, later).verdict is (
        Verdict.BROKEN
    )
    assert judged(engine, f"{both}.map((s) => s.label)", before, later).verdict is Verdict.INTACT


def test_made_numbers_that_are_texts_in_one_record_are_no_chance(engine: Engine) -> None:
    before, later = _trace("groups", "scope", "get", "put", "sum"), _trace("groups", "scope", "del", at=str)
    reader = "(d) => d.sources[0].groups[0].spans.filter((s) => Number.isFinite(s.begun)).length"
    assert judged(engine, reader, before, later).verdict is Verdict.BROKEN


def test_a_text_under_a_renamed_key_is_opened_as_the_old_one_was(engine: Engine) -> None:
    def flags(user: str, *, as_records: bool, **states: bool | int | str) -> Mapping[str, str]:
        held = {
            name: {"value": state, type(state).__name__: 3} if as_records else state for name, state in states.items()
        }
        return {f"flags:{user}": json_text(held), "look": "dark", "cart": json_text([{"sku": "a1", "n": 2}])}

    reader = (
        "(d) => Object.entries(JSON.parse(d[Object.keys(d).find((k) => k.startsWith('flags:'))]))"
        ".filter(([, v]) => v === true).map(([k]) => k)"
    )
    before = flags("QWRh", as_records=False, chat=True, color="teal", most=25, sale=True)
    assert judged(
        engine, reader, before, flags("Qm8=", as_records=True, chat=True, color="red", most=50, sale=False)
    ).verdict is (Verdict.BROKEN)
    same = flags("Qm8=", as_records=False, chat=True, color="red", most=50, sale=False)
    assert judged(engine, reader, before, same).verdict is Verdict.INTACT


# ---- parts of keys between other separators


def test_a_part_of_keys_that_stands_between_other_separators_is_not_found(engine: Engine) -> None:
    def area(sign: str, user: str) -> Mapping[str, str]:
        return {
            sign.join((user, "site.test", kind, "77")): json_text({"kind": kind})
            for kind in ("login", "renewal", "profile")
        }

    reader = "(d) => (Object.keys(d).some((k) => /-renewal-/.test(k)) ? 'can renew' : 'must sign in')"
    assert judged(engine, reader, area("-", "ada"), area("|", "bo")).verdict is Verdict.BROKEN
    assert judged(engine, reader, area("-", "ada"), area("-", "bo")).verdict is Verdict.INTACT


def test_keys_that_got_a_word_more_are_not_found_by_their_start(engine: Engine) -> None:
    def area(folder: str, *numbers: int) -> Mapping[str, str]:
        items = {f"shop/{folder}item-{n}": json_text({"sku": f"s{n}", "sum": n * 3}) for n in numbers}
        return {**items, "shop/seen": "12"}

    reader = (
        "(d) => Object.keys(d).filter((k) => k.startsWith('shop/item-')).reduce((n, k) => n + JSON.parse(d[k]).sum, 0)"
    )
    assert judged(engine, reader, area("", 4, 5, 6), area("basket/", 7, 9)).verdict is Verdict.BROKEN
    assert judged(engine, reader, area("", 4, 5, 6), area("", 7, 9)).verdict is Verdict.INTACT
    assert judged(engine, reader, area("", 4, 5, 6), area("")).verdict is not Verdict.BROKEN


def test_keys_that_are_written_into_the_entries_are_not_found_in_names(engine: Engine) -> None:
    def files(*numbers: int, is_hashed: bool) -> Mapping[str, str]:
        held = {f"job-{n}": {"id": n, "state": "done"} for n in numbers} | {"look": {"dark": True}}
        if not is_hashed:
            return {name: json_text(value) for name, value in held.items()}
        return {f"{n:032x}": json_text({"key": k, "value": v}) for n, (k, v) in enumerate(held.items(), 0xABCDEF)}

    reader = "(d) => Object.keys(d).filter((k) => k.startsWith('job-')).length"
    known = files(9, 11, is_hashed=False)
    before, later = files(1, 2, 3, is_hashed=False), files(7, 8, is_hashed=True)
    assert judged(engine, reader, before, later, known).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, files(7, is_hashed=False), known).verdict is Verdict.INTACT


# ---- fields that went into a new record beside them


def _walks(*paces: Sequence[int], into: str = "") -> Mapping[str, Any]:
    walks = []
    for number, pace in enumerate(paces):
        times = [f"2026-03-0{number + 1}T10:00:{second:02}Z" for second in range(len(pace))]
        found = {"times": times, "heart": [*pace]} if into else {"walkTimes": times, "heartRates": [*pace]}
        walks.append({"name": f"w{number}", **({into: found} if into and pace else found if pace else {})})
    return {"walks": walks}


def test_fields_that_only_some_have_are_followed_into_a_new_record(engine: Engine) -> None:
    before, after = _walks((90, 95, 99), (), (80, 85)), _walks((70, 71), (), (60, 66, 69), (), into="beside")
    for reader in (
        "(d) => Math.max(0, ...d.walks.flatMap((w) => w.heartRates || []))",
        "(d) => d.walks.some((w) => 'walkTimes' in w)",
    ):
        assert judged(engine, reader, before, after).verdict is Verdict.BROKEN
        assert judged(engine, reader, before, _walks((70, 71), (), (60,))).verdict is Verdict.INTACT


# ---- nulls


def test_what_was_written_as_null_is_not_left_out_for_that(engine: Engine) -> None:
    before = {"name": "box", "secret": None, "rows": [{"id": 1}, {"id": 2}]}
    after = {"name": "lid", "rows": [{"id": 4}]}
    assert judged(engine, "(d) => d.secret === null", before, after).verdict is Verdict.BROKEN
    kept = {**after, "secret": None}
    assert judged(engine, "(d) => d.secret === null", before, kept).verdict is Verdict.INTACT


def test_a_record_that_is_as_in_the_beginning_lacks_its_nulls_as_well(engine: Engine) -> None:
    before = {"look": "dark", "drag": {"widths": {"a": 9}, "from": None, "by": None, "width": 90}, "search": "mug"}
    after = {"look": "dark", "drag": {"widths": {}}}
    reader = "(d) => d.search ?? ''"
    assert judged(engine, reader, before, after).verdict is not Verdict.BROKEN


def test_a_null_in_both_of_two_records_may_be_the_sessions(engine: Engine) -> None:
    def visits(*users: str | None) -> Mapping[str, Any]:
        return {"visits": [{"at": at, "user": user} for at, user in enumerate(users)]}

    reader = "(d) => new Set(d.visits.map((v) => v.user).filter(Boolean)).size"
    before = visits("ada", "bo", "cy", "ada", "bo", "cy", "di", "ed")
    assert judged(engine, reader, before, visits(None, None)).verdict is Verdict.UNSEEN
    assert judged(engine, reader, before, visits(*[None] * 6)).verdict is Verdict.BROKEN


# ---- kinds, and what only some lone records had


def test_what_only_a_lone_record_of_several_had_may_not_be_there_yet(engine: Engine) -> None:
    def game(turn: int, *, won: str = "", words: tuple[str, ...] = ("phase", "moves")) -> Mapping[str, Any]:
        return {"game": {"turn": turn, **dict.fromkeys(words, "x"), **({"over": {"won": won}} if won else {})}}

    reader = "(d) => d.game.over?.won ?? 'open'"
    known = (game(1), game(5))
    later = game(3, words=("stage", "moves", "log"))
    assert judged(engine, reader, game(9, won="ada"), later, *known).verdict is not Verdict.BROKEN


def test_a_kind_that_a_rewritten_store_has_no_record_of_is_not_missed(engine: Engine) -> None:
    def tree(*nodes: str, has_span: bool) -> Mapping[str, Any]:
        part = {"span": [0, 9]} if has_span else {}
        return {
            "body": [
                {"type": kind, "name": f"n{at}", **part, **({"holds": {"kind": "box"}} if kind == "Export" else {})}
                for at, kind in enumerate(nodes)
            ]
        }

    reader = "(d) => d.body.map((n) => n.holds || n).filter((n) => n.kind === 'box').length"
    before = tree("Import", "Import", "Export", "Export", "Export", "Type", "Value", has_span=True)
    later = tree("Import", "Value", "Type", has_span=False)
    assert judged(engine, reader, before, later).verdict is not Verdict.BROKEN
    assert judged(engine, reader, before, tree("Import", "Export", has_span=False)).verdict is Verdict.INTACT


def test_what_befell_another_known_store_is_foretold_of_none(engine: Engine) -> None:
    def ring(*accounts: str, name: str = "") -> Mapping[str, str]:
        keys = {f"kit:ring:{account}": f"ed:{account[::-1]}{len(account)}" for account in accounts}
        return {**keys, **({"kit_login": json_text({"name": name})} if name else {})}

    reader = "(d) => Object.entries(d).find(([k]) => k.startsWith('kit:ring:'))[1].slice(0, 2)"
    known = (ring("bo.test:main", "bo-2.test:beta", "club.test:main", name="bo"), ring("guest.test:main"))
    later = ring("ada.test:main", "bot.test:beta", name="ada")
    assert judged(engine, reader, known[0], later, known[1]).verdict is Verdict.INTACT


# ---- texts as in a URL


def _visits(*targets: str) -> Mapping[str, Any]:
    return {"visits": [{"at": at, "target": target} for at, target in enumerate(targets)]}


CODED = tuple(f"https%3A%2F%2Fshop.test%2F{page}%3Fn%3D{page}" for page in ("cart", "pay", "help", "news"))
PLAIN = tuple(f"https://shop.test/{page}?n=%20{page}" for page in ("list", "pay", "home", "team"))


def test_who_decodes_what_is_not_coded_any_more_is_right(engine: Engine) -> None:
    decoding = "(d) => d.visits.map((v) => new URL(decodeURIComponent(v.target)).pathname)"
    assert judged(engine, decoding, _visits(*CODED), _visits(*PLAIN)).verdict is Verdict.INTACT
    prefix = "(d) => d.visits.filter((v) => v.target.startsWith('https%3A%2F%2Fshop.test')).length"
    found = judged(engine, prefix, _visits(*CODED), _visits(*PLAIN))
    assert found.verdict is Verdict.BROKEN
    assert "text as in a URL" in found.because[0].message


def test_who_takes_a_coded_text_for_an_address_is_wrong(engine: Engine) -> None:
    reader = "(d) => d.visits.map((v) => v.target.split('/')[3] ?? 'none')"
    assert judged(engine, reader, _visits(*PLAIN), _visits(*CODED)).verdict is Verdict.BROKEN
    assert judged(engine, reader, _visits(*PLAIN), _visits(*PLAIN[::-1])).verdict is Verdict.INTACT


# ---- keys that are paths of files


def _docs(folder: str, *names: str) -> Mapping[str, Any]:
    return {f"{folder}/{name}.js": {"title": name, "lines": len(name), "props": {"size": name}} for name in names}


def test_the_folder_that_files_lie_in_is_data(engine: Engine) -> None:
    reader = "(d) => Object.keys(d).map((k) => k.split('/')[0]).join()"
    before, known = _docs("src", "Badge", "Panel"), _docs("src", "Rule", "Link")
    after = _docs("lib", "Table", "Field", "Clock")
    assert judged(engine, reader, before, after, known).verdict is Verdict.INTACT


def test_the_scheme_of_keys_that_are_no_files_is_structure(engine: Engine) -> None:
    reader = "(d) => Object.keys(d).filter((k) => k.startsWith('old:')).length"
    before = {f"old:{n}": {"title": f"t{n}", "lines": n} for n in ("a", "b", "c", "d")}
    after = {f"new/{n}": {"title": f"t{n}", "lines": n} for n in ("e", "f", "g", "h")}
    assert judged(engine, reader, before, after).verdict is Verdict.BROKEN
