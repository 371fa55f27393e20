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

    before = crew(0, 2, 3, 1, 2)
    assert judged(engine, reader, before, crew(1.0, 0.33, 0.67, 0.0, 1.0, 0.33)).verdict is Verdict.BROKEN
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
