"""What few records prove: two things that may each be chance are none together, and known states are no drift."""

from __future__ import annotations

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


# ---- states that were known


def _lamps(**flags: bool) -> Record:
    return {"lamps": [{"room": room, "lit": lit} for room, lit in flags.items()]}


def test_another_mix_of_known_states_is_other_data(engine: Engine) -> None:
    reader = "(d) => d.lamps.filter((l) => l.lit).length"
    before, later = _lamps(hall=True, attic=False, cellar=True), _lamps(porch=False, shed=False, den=False)
    assert judged(engine, reader, before, later).verdict is Verdict.INTACT


def test_a_state_that_nobody_had_is_not_taken_for_other_data(engine: Engine) -> None:
    reader = "(d) => d.lamps.filter((l) => l.lit).length"
    before, later = _lamps(hall=True, attic=True, cellar=True), _lamps(porch=False, shed=False, den=False)
    assert judged(engine, reader, before, later).verdict is Verdict.UNSEEN


def test_a_flag_that_is_a_word_now_is_missed_by_who_asks_whether_all_are_off(engine: Engine) -> None:
    before = _lamps(hall=True, attic=False, cellar=True, den=False)
    later = {"lamps": [{"room": room, "state": "off"} for room in ("porch", "shed", "barn", "loft")]}
    strict = judged(engine, "(d) => d.lamps.every((l) => l.lit === false)", before, later)
    assert (strict.verdict, strict.effect) == (Verdict.BROKEN, Effect.SILENT)
    both = judged(engine, "(d) => d.lamps.filter((l) => l.state === 'on' || l.lit).length", before, later)
    assert both.verdict is Verdict.INTACT


def test_a_text_of_the_capture_is_no_stand_in_though_the_source_has_it_too(engine: Engine) -> None:
    reader = "(d) => { try { return JSON.parse(d.look).skin; } catch { return 'plain'; } }"
    before = {"look": '{"skin":"night","size":12}'}
    assert judged(engine, reader, before, {"look": '{"skin":"plain","size":14}'}).verdict is Verdict.INTACT
    assert judged(engine, reader, before, {"look": {"skin": "night", "size": 14}}).verdict is Verdict.BROKEN


# ---- two things together


def _parcels(*states: str) -> Record:
    return {"parcels": [{"number": number, "state": state} for number, state in enumerate(states)]}


def test_one_word_gone_and_one_new_beside_words_that_stayed(engine: Engine) -> None:
    reader = "(d) => d.parcels.filter((p) => p.state === 'sent').length"
    before = _parcels("sent", "lost", "sent", "packed")
    assert judged(engine, reader, before, _parcels("shipped", "lost", "shipped", "shipped")).verdict is Verdict.BROKEN
    # With no word that stayed, or with a word that is known, the two may be other parcels.
    assert judged(engine, reader, before, _parcels("lost", "lost", "packed", "lost")).verdict is not Verdict.BROKEN
    assert judged(engine, reader, before, _parcels("lost", "eaten", "packed", "lost")).verdict is not Verdict.BROKEN


def test_places_in_a_list_that_are_shares_of_one_now(engine: Engine) -> None:
    reader = "(d) => d.crew.filter((c) => c.rank === 3).length"

    def crew(*ranks: float) -> Record:
        return {"crew": [{"name": f"n{number}", "rank": rank} for number, rank in enumerate(ranks)]}

    before, shares = crew(0, 2, 3, 1, 2), crew(1.0, 0.33, 0.67, 0.0, 1.0, 0.33)
    assert judged(engine, reader, before, shares).verdict is Verdict.BROKEN
    ranking = "(d) => [...d.crew].sort((a, b) => b.rank - a.rank).map((c) => c.name)"
    assert judged(engine, ranking, before, shares).verdict is Verdict.INTACT
    assert judged(engine, reader, before, crew(1.5, 0.5, 2.5, 0.0, 1.0, 0.5)).verdict is not Verdict.BROKEN


# ---- what is in lists


def test_a_hole_in_a_list_of_records_is_no_other_data(engine: Engine) -> None:
    reader = "(d) => { try { return d.tasks.filter((t) => t.done).length; } catch { return 0; } }"
    before = {"tasks": [{"done": True}, {"done": False}, {"done": True}]}
    later = {"tasks": [None, {"done": True}, {"done": False}]}
    assert judged(engine, reader, before, later).verdict is Verdict.BROKEN


def test_columns_that_changed_places_give_a_wrong_sum_and_leave_the_names(engine: Engine) -> None:
    before = {"rows": [["u1", "red", 3], ["u2", "blue", 4], ["u3", "red", 5], ["u4", "green", 1]]}
    later = {"rows": [["u5", 7, "red"], ["u6", 8, "blue"], ["u7", 9, "red"], ["u8", 2, "green"]]}
    assert judged(engine, "(d) => d.rows.reduce((n, r) => n + r[2], 0)", before, later).verdict is Verdict.BROKEN
    assert judged(engine, "(d) => d.rows.map((r) => r[0])", before, later).verdict is Verdict.INTACT


def test_one_row_of_a_kind_tells_its_new_column_by_the_text_that_moved(engine: Engine) -> None:
    before = {"log": [["say", '{"t":"hello"}'], ["took", 12], ["end"]]}
    reader = "(d) => JSON.parse(d.log.find((r) => r[0] === 'say')[1])?.t ?? ''"
    later = {"log": [["say", None, '{"t":"bye now"}'], ["took", 15], ["end"]]}
    assert judged(engine, reader, before, later).verdict is Verdict.BROKEN
    later = {"log": [["say", '{"t":""}'], ["took", 15], ["end"]]}
    assert judged(engine, reader, before, later).verdict is not Verdict.BROKEN


# ---- texts


def test_texts_that_were_all_other_ones_and_are_one_now(engine: Engine) -> None:
    def guests(*codes: str) -> Record:
        return {"guests": [{"name": f"n{number}", "code": code} for number, code in enumerate(codes)]}

    before = guests("7731", "0452", "1198", "6620", "3307")
    reader = "(d) => new Set(d.guests.map((g) => g.code)).size"
    assert judged(engine, reader, before, guests(*["0"] * 5)).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, guests(*["0"] * 3)).verdict is not Verdict.BROKEN  # too few to tell
    assert judged(engine, reader, before, guests("0", "0", "0", "0", "17")).verdict is not Verdict.BROKEN


@pytest.mark.parametrize("later", [("PT3M30S", "PT44S", "PT10M15S", "PT3M7S"), ("3m 30s", "44s", "10m 15s", "3m 7s")])
def test_durations_in_another_notation(engine: Engine, later: tuple[str, ...]) -> None:
    def tracks(lengths: tuple[str, ...]) -> Record:
        return {"tracks": [{"title": f"t{number}", "length": length} for number, length in enumerate(lengths)]}

    reader = "(d) => d.tracks.filter((t) => Number(t.length.split(':')[0]) >= 5).length"
    before = tracks(("12:34", "1:05", "0:59", "5:01"))
    assert judged(engine, reader, before, tracks(later)).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, tracks(("0:34", "1:02:05", "0:59", "2:01"))).verdict is not Verdict.BROKEN


def test_what_people_write_may_be_no_address(engine: Engine) -> None:
    before = {"members": [{"name": n, "site": f"https://{n}.example/"} for n in ("ann", "bob", "cy")]}
    later = {
        "members": [{"name": n, "site": s} for n, s in (("dee", "none yet"), ("eli", "see below"), ("fay", "my own"))]
    }
    assert judged(engine, "(d) => d.members.map((m) => m.site)", before, later).verdict is not Verdict.BROKEN


def test_texts_that_are_all_empty_now_show_though_fewer_records_are_listed(engine: Engine) -> None:
    def notes(*texts: str) -> Record:
        return {
            "notes": [{"by": "me" if n % 2 else "you", "text": t, "tags": ["x"] * (n % 2)} for n, t in enumerate(texts)]
        }

    reader = "(d) => d.notes.filter((n) => n.text || n.tags.length).map((n) => ({ by: n.by, text: n.text }))"
    assert judged(engine, reader, notes("tea", "rain", "fog", "sun"), notes(*[""] * 6)).verdict is Verdict.BROKEN


def _orders(name: str, *texts: str) -> Record:
    return {"orders": [{"id": number, name: text} for number, text in enumerate(texts)]}


def test_a_part_of_the_source_that_all_texts_had_and_none_has(engine: Engine) -> None:
    reader = "(d) => d.orders.filter((o) => o.no.startsWith('ORD-')).length"
    before = _orders("no", "ORD-1001", "ORD-1002", "ORD-1003", "ORD-1004")
    assert judged(engine, reader, before, _orders("no", "ord_5", "ord_6", "ord_7", "ord_8")).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, _orders("no", "REF-5", "REF-6")).verdict is not Verdict.BROKEN  # too few
    some = _orders("no", "ORD-1001", "REF-2", "ORD-1003", "ORD-1004")
    assert judged(engine, reader, some, _orders("no", "REF-5", "REF-6", "REF-7", "REF-8")).verdict is not Verdict.BROKEN


def test_numbers_in_another_unit_are_other_numbers(engine: Engine) -> None:
    large = "(d) => d.orders.filter((o) => parseInt(o.size) > 1000).length"
    before = _orders("size", "1200 KB", "80 KB", "3400 KB", "15 KB")
    assert (
        judged(engine, large, before, _orders("size", "1.2 MB", "0.1 MB", "3.4 MB", "2 MB")).verdict is Verdict.BROKEN
    )
    assert (
        judged(engine, large, before, _orders("size", "900 KB", "8 KB", "4 KB", "15 KB")).verdict is not Verdict.BROKEN
    )
    most = "(d) => d.orders.filter((o) => parseFloat(o.part) > 50).length"
    before = _orders("part", "45%", "80%", "12%", "66%")
    assert judged(engine, most, before, _orders("part", "0.45", "0.8", "0.12", "0.61")).verdict is Verdict.BROKEN


def test_a_number_that_differed_and_is_one_now_unless_it_is_nought(engine: Engine) -> None:
    def lines(*numbers: int) -> Record:
        return {"lines": [{"sku": f"s{place}", "rank": number} for place, number in enumerate(numbers)]}

    reader = "(d) => [...d.lines].sort((a, b) => a.rank - b.rank)[0].sku"
    before = lines(17, 23, 9, 41, 5)
    assert judged(engine, reader, before, lines(1, 1, 1, 1, 1, 1)).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, lines(0, 0, 0, 0, 0, 0)).verdict is not Verdict.BROKEN


# ---- keys


def test_keys_whose_parts_changed_places(engine: Engine) -> None:
    before = {"votes": {f"p:{n}": {"count": n % 7} for n in (4455, 3710, 6514, 5853)}}
    later = {"votes": {f"{n}:p": {"count": n % 7} for n in (4460, 3568, 1214, 5216)}}
    reader = "(d) => Object.keys(d.votes).map((k) => Number(k.slice(2))).filter((n) => n > 0).length"
    assert judged(engine, reader, before, later).verdict is Verdict.BROKEN
    assert judged(engine, "(d) => Object.values(d.votes).length", before, later).verdict is Verdict.INTACT


def test_a_short_word_in_front_of_keys_that_has_other_marks_around_it(engine: Engine) -> None:
    before = {"kb::https://a.example::user": {"token": "t1"}, "kb::https://b.example::user": {"token": "t2"}}
    later = {"[kb]::default::user": {"token": "t3"}, "[kb]::reports::user": {"token": "t4"}}
    reader = "(d) => Object.keys(d).filter((k) => k.startsWith('kb::')).length"
    assert judged(engine, reader, before, later).verdict is Verdict.BROKEN
    others = {"kb::default::user": {"token": "t3"}}
    assert judged(engine, reader, before, others).verdict is Verdict.INTACT


# ---- what is told


def test_the_effect_is_what_happens_on_the_capture(engine: Engine) -> None:
    before = {"posts": [{"m": {"id": n, "likes": n + 2}} for n in range(3)]}
    later = {"posts": [{"media": {"id": n, "hearts": n + 2}} for n in range(4)]}
    reader = "(d) => d.posts.reduce((n, p) => n + ((p.media ?? p.m).likes ?? 0), 0)"
    verdict = judged(engine, reader, before, later)
    assert (verdict.verdict, verdict.effect) == (Verdict.BROKEN, Effect.SILENT)


def test_a_record_of_a_kind_at_another_place_takes_its_fields_along(engine: Engine) -> None:
    def item(**more: Any) -> Record:
        return {"kind": "Export", **more}

    before = {"body": [item(inner={"kind": "Let", "parts": [{"id": {"name": n}}]}) for n in ("size", "limit")]}
    later = {
        "body": [
            item(inner=None, names=["total"]),
            {"kind": "Let", "parts": [{"id": {"name": "total"}}]},
            item(inner={"kind": "Let", "parts": [{"id": {"name": "start"}}]}),
        ]
    }
    reader = "(d) => d.body.filter((n) => n.kind === 'Export').map((n) => n.inner?.parts?.[0]?.id?.name ?? null)"
    assert judged(engine, reader, before, later).verdict is not Verdict.BROKEN


# ---- envelopes, options, entries of one scheme


def _book(title: str, author: str, *, lent: bool) -> Record:
    return {"title": title, "author": {"name": author}, "lent": lent}


def test_a_map_within_a_record_of_its_own_name_and_with_other_keys(engine: Engine) -> None:
    books = [
        _book("moss and fern", "ida", lent=True),
        _book("low tide", "jo", lent=False),
        _book("fog", "ida", lent=True),
    ]
    before = {"books": {f"b-{number}": book for number, book in enumerate(books)}}
    held = {str(number): {"id": f"k{number}", **book} for number, book in enumerate(books, 7)}
    later = {"books": {"books": held, "count": 3}}
    assert (
        judged(engine, "(d) => Object.values(d.books).filter((b) => b.lent).length", before, later).verdict
        is Verdict.BROKEN
    )
    assert judged(engine, "(d) => Object.keys(d.books).length", before, later).verdict is Verdict.BROKEN
    same = {"books": {f"b-{number}": book for number, book in enumerate(books[:2], 7)}}
    assert judged(engine, "(d) => Object.keys(d.books).length", before, same).verdict is Verdict.INTACT


def test_a_record_and_a_list_that_gave_way_to_others_are_no_options(engine: Engine) -> None:
    reader = "(d) => (d.state.nets ?? []).filter((n) => n.coin === 'ETH').length"
    before = {
        "state": {"who": {"account": "ada", "net": 1}, "nets": [{"id": 1, "coin": "ETH"}, {"id": 5, "coin": "ETH"}]}
    }
    later = {"state": {"links": {"kind": "Map", "held": [["x1", {"accounts": ["bo"]}]]}, "net": 5, "current": "x1"}}
    assert judged(engine, reader, before, later).verdict is Verdict.BROKEN


def test_keys_of_one_scheme_that_differ_in_several_parts_are_other_entries(engine: Engine) -> None:
    reader = "(d) => Object.keys(d).filter((k) => k.includes('.group.')).map((k) => k.split('.group.')[1])"
    before = {"my.app.ada.group.beta": "1", "my.app.flag.a": "{}", "my.app.till": "77"}
    later = {"my.app.cy.groups.since": "-1", "my.app.flag.a": "{}", "my.app.till": "78"}
    assert judged(engine, reader, before, later).verdict is not Verdict.BROKEN


def test_a_count_that_is_false_where_it_was_nought_adds_up_as_before(engine: Engine) -> None:
    def files(sizes: list[object]) -> Record:
        return {"files": [{"id": f"f{number}", "sent": size} for number, size in enumerate(sizes)]}

    before, later = files([0, 120, 88, 0, 31, 0, 7]), files([False, 70, False, False, 90, False, 12])
    assert judged(engine, "(d) => d.files.reduce((n, f) => n + f.sent, 0)", before, later).verdict is Verdict.INTACT
    assert (
        judged(engine, "(d) => d.files.filter((f) => f.sent === 0).length", before, later).verdict is not Verdict.INTACT
    )


def test_who_asks_for_the_empty_text_misses_it_when_it_is_left_out(engine: Engine) -> None:
    before = {"files": [{"id": f"f{number}", "from": ""} for number in range(5)]}
    later = {"files": [{"id": f"g{number}"} for number in range(5)]}
    strict = judged(engine, "(d) => d.files.filter((f) => f.from === '').length", before, later)
    assert strict.verdict is Verdict.BROKEN
    assert judged(engine, "(d) => d.files.filter((f) => !f.from).length", before, later).verdict is not Verdict.BROKEN


def test_a_value_that_names_an_entry_names_none_of_them_now(engine: Engine) -> None:
    def shop(seller: str, key: str) -> Record:
        return {"offers": {"17": {"seller": seller, "price": 4}}, "ratings": {key: {"stars": 5}}}

    reader = "(d) => d.ratings[d.offers['17'].seller]?.stars ?? 0"
    before = shop("heron21", "heron21")
    assert judged(engine, reader, before, shop("finch77", "771204")).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, shop("finch77", "finch77")).verdict is Verdict.INTACT


def test_a_number_under_another_name_is_known_by_its_values(engine: Engine) -> None:
    def basket(name: str) -> Record:
        return {"basket": [{"sku": f"s{number}", name: price} for number, price in enumerate((4.5, 12, 30.25, 99))]}

    verdict = judged(
        engine, "(d) => d.basket.reduce((n, l) => n + (l.price ?? 0), 0)", basket("price"), basket("amount")
    )
    assert [change.rule.id for change in verdict.because] == ["field-renamed"]


def test_times_are_not_typed_in(engine: Engine) -> None:
    reader = "(d) => d.visits.every((v) => v.at - 1 < new Date(v.at).getTime())"
    before = {"visits": [{"at": 1_700_000_000_000}, {"at": 1_700_000_100_000}]}
    later = {"visits": [{"at": "2026-01-01T00:00:00Z"}, {"at": "2026-01-02T00:00:00Z"}]}
    assert judged(engine, reader, before, later).verdict is Verdict.BROKEN


# ---- keys that the reader lists


def test_keys_that_all_sessions_had_are_lost_though_a_value_has_the_word(engine: Engine) -> None:
    def dump(key: str, user: str, config: str) -> Record:
        return {key: config, "app.user": user}

    known = [dump(f"flags_v5_{n}aa/team", f"u{n}", '{"from":"https://flags.example","on":["x"]}') for n in range(3)]
    later = dump("d4487c177881dee15da280fb3e6225e3", "u7", '17\\nW/"x"\\n{"from":"https://flags.example","on":["x"]}')
    reader = "(d) => Object.keys(d).some((k) => k.includes('flags_'))"
    assert judged(engine, reader, known[0], later, *known[1:]).verdict is Verdict.BROKEN
    found = "(d) => Object.keys(d).find((k) => k.startsWith('flags_v5_'))?.slice(9) ?? null"
    assert judged(engine, found, known[0], later, *known[1:]).verdict is Verdict.BROKEN
    assert judged(engine, found, known[0], dump("flags_v5_9/team", "u9", "{}"), *known[1:]).verdict is Verdict.INTACT


def test_another_entry_of_the_same_scheme_is_no_other_key(engine: Engine) -> None:
    def cache(*scopes: str) -> Record:
        return {f"@@kit@@::app::{scope}": f'{{"token":"t-{scope[-4:]}"}}' for scope in scopes}

    known = [cache("https://api.example::all", "default::all", f"https://u{n}.example::all") for n in range(3)]
    reader = (
        "(d) => Object.entries(d).filter(([k]) => k.includes('::https://api.example::')).map(([, v]) => v)[0] ?? null"
    )
    assert judged(engine, reader, known[0], cache("default::all"), *known[1:]).verdict is not Verdict.BROKEN


# ---- inside what is called otherwise


def _queue(key: str, holder: str, *kinds: str) -> Record:
    return {"app.theme": "dark", key: [{holder: {"kind": kind, "uid": "ada"}, "tries": 1} for kind in kinds]}


def test_a_change_inside_a_list_that_is_called_otherwise_hurts_who_finds_the_list(engine: Engine) -> None:
    found = "Object.keys(d).filter((k) => k.startsWith('appQueue_')).flatMap((k) => d[k])"
    reader = f"(d) => {found}.map((q) => q.evt?.kind ?? 'other')"
    before = _queue("appQueue_main_v2", "evt", "view", "click")
    assert (
        judged(engine, reader, before, _queue("appQueue_main", "load", "view", "view", "click")).verdict
        is Verdict.BROKEN
    )
    assert (
        judged(engine, reader, before, _queue("appQueue_main", "evt", "view", "view", "click")).verdict
        is Verdict.INTACT
    )


def test_a_setting_that_a_whole_session_left_empty(engine: Engine) -> None:
    def history(*headers: str) -> Record:
        return {"history": [{"query": f"q{n}", "headers": header} for n, header in enumerate(headers)]}

    reader = "(d) => d.history.map((h) => h.headers).filter(Boolean)"
    before, bare = history("x-a", "x-b", "x-c", "x-d", "x-e"), history("", "", "", "", "")
    assert judged(engine, reader, before, bare).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, bare, history("", "", "")).verdict is not Verdict.BROKEN


def test_a_key_that_was_there_is_no_envelope_of_its_map(engine: Engine) -> None:
    def dump(*entries: int) -> Record:
        held = {f'{{"url":"/{n}"}}': {"at": n, "value": {"n": n}} for n in entries}
        return {"cache-4": held, "cache-hosts": {f"h{n}.example": {"at": n, "value": {"n": n}} for n in entries[:2]}}

    reader = "(d) => Object.keys(d['cache-4']).length"
    assert judged(engine, reader, dump(1, 2, 3), {"cache-4": dump(4, 5, 6, 7)["cache-4"]}).verdict is Verdict.INTACT


def test_a_reader_of_the_changed_part_alone_is_broken_and_not_degraded(engine: Engine) -> None:
    def checked(*problems: object) -> Record:
        return {"files": ["a.ts", "b.ts", *([name, [{"code": 7}]] for name in problems), "z.ts"]}

    reader = "(d) => d.files.filter((f) => Array.isArray(f)).map(([name]) => name)"
    before = checked(*(f"c{number}.ts" for number in range(6)))
    later = {"files": [1, 2, *([number, [{"code": 8}]] for number in range(3, 9)), 9]}
    assert judged(engine, reader, before, later).verdict is Verdict.BROKEN


def test_a_list_that_turned_as_a_whole_did_so_for_every_known_session(engine: Engine) -> None:
    def shelf(*titles: str) -> Record:
        return {"shelf": [{"id": number, "book": {"title": title}} for number, title in enumerate(titles)]}

    reader = "(d) => d.shelf.map((s) => s.book?.title ?? 'untitled')"
    before, known = shelf("moss", "rain", "fog", "sun"), shelf("tide", "reef", "foam", "salt")
    later = {"shelf": [{"id": number, "kind": "b", "volume": f"v{number}"} for number in range(5)]}
    assert judged(engine, reader, before, later).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, later, known).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, shelf("ash", "oak", "elm"), known).verdict is Verdict.INTACT
