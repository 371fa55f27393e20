"""The trial on the habits of client stores: texts that hold JSON, references between slices, defaults left out."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from driftwright.base.terms import Verdict
from driftwright.impact.javascript.engine import Engine
from kit.asked import verdict_on

Record = dict[str, Any]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def _id(number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"berth {number}"))


def _boats(first: int, count: int, also: Callable[[int], Record]) -> Record:
    boats = [{"id": _id(n), "name": f"Boat {n}", "length": n % 9 + 4, **also(n)} for n in range(first, first + count)]
    return {"boats": boats}


# JSON in JSON


def _slices(first: int, count: int, price: str) -> Record:
    items = [{"sku": _id(n), price: n % 7 + 0.5, "count": n % 3 + 1} for n in range(first, first + count)]
    return {"basket": json.dumps({"items": items, "note": None}), "_meta": json.dumps({"version": 1})}


def test_a_field_renamed_within_a_text_is_seen(engine: Engine) -> None:
    total = "JSON.parse(data.basket).items.reduce((sum, item) => sum + item.price, 0)"
    before = _slices(0, 12, "price")
    assert verdict_on(engine, total, before, _slices(50, 9, "amount")) is Verdict.BROKEN
    assert verdict_on(engine, total, before, _slices(50, 9, "price")) is Verdict.INTACT
    assert verdict_on(engine, "JSON.parse(data._meta).version", before, _slices(50, 9, "amount")) is Verdict.INTACT


def test_a_text_that_is_an_object_now_breaks_who_parses_it(engine: Engine) -> None:
    after = {name: json.loads(text) for name, text in _slices(50, 9, "price").items()}
    assert verdict_on(engine, "JSON.parse(data.basket).items.length", _slices(0, 12, "price"), after) is Verdict.BROKEN


# References


def _harbour(first: int, count: int, field: str = "name") -> Record:
    berths = {_id(n): {field: f"Berth {n}", "depth": n % 5 + 2} for n in range(first, first + count)}
    visits = [{"berth": _id(first + n % count), "nights": n % 4 + 1} for n in range(count * 2)]
    return {"berths": berths, "visits": visits}


def test_an_entry_that_was_referred_to_is_no_pinned_key(engine: Engine) -> None:
    names = "data.visits.map((visit) => data.berths[visit.berth]?.name ?? '?')"
    assert verdict_on(engine, names, _harbour(0, 30), _harbour(500, 20)) is Verdict.INTACT
    assert verdict_on(engine, names, _harbour(0, 30), _harbour(500, 20, "title")) is Verdict.BROKEN


# Nothing, written in several ways


def _sold(written: Callable[[str | None], Record]) -> Callable[[int], Record]:
    return lambda n: written("2026-02-03" if n % 3 else None)


_LEFT_OUT = _sold(lambda day: {"sold": day} if day else {})
_NULL = _sold(lambda day: {"sold": day})
_EMPTY = _sold(lambda day: {"sold": day or ""})


@pytest.mark.parametrize(
    ("before", "after", "reader", "verdict"),
    [
        (_LEFT_OUT, _NULL, "data.boats.filter((boat) => boat.sold).length", Verdict.INTACT),
        (_LEFT_OUT, _NULL, "data.boats.filter((boat) => 'sold' in boat).length", Verdict.BROKEN),
        (_LEFT_OUT, _EMPTY, "data.boats.filter((boat) => boat.sold).length", Verdict.INTACT),
        (_LEFT_OUT, _EMPTY, "data.boats.filter((boat) => boat.sold !== undefined).length", Verdict.BROKEN),
        (_NULL, _EMPTY, "data.boats.map((boat) => boat.sold ?? 'unsold')", Verdict.BROKEN),
        (_NULL, _EMPTY, "data.boats.map((boat) => boat.sold || 'unsold')", Verdict.INTACT),
        (_EMPTY, _NULL, "data.boats.map((boat) => boat.sold || 'unsold')", Verdict.INTACT),
        (_EMPTY, _NULL, "data.boats.map((boat) => boat.sold.slice(0, 4))", Verdict.BROKEN),
        (_NULL, _LEFT_OUT, "data.boats.filter((boat) => boat.sold).length", Verdict.INTACT),
        (_NULL, _LEFT_OUT, "data.boats.filter((boat) => boat.sold === null).length", Verdict.BROKEN),
    ],
)
def test_nothing_written_in_another_way_hurts_only_who_tells_the_ways_apart(
    engine: Engine, before: Callable[[int], Record], after: Callable[[int], Record], reader: str, verdict: Verdict
) -> None:
    found = verdict_on(engine, reader, _boats(0, 40, before), _boats(300, 31, after))
    assert found is verdict or {found, verdict} == {Verdict.BROKEN, Verdict.DEGRADED}


def test_a_rare_null_in_a_field_that_is_left_out_still_hurts_nobody(engine: Engine) -> None:
    def rare(number: int) -> Record:
        return {} if number % 3 else {"sold": None if number % 27 == 0 else "2026-02-03"}

    before, after = _boats(0, 40, lambda n: {} if n % 3 else {"sold": "2026-02-03"}), _boats(300, 60, rare)
    for reader in ("boat.sold && Date.parse(boat.sold) > 0", "'sold' in boat"):
        assert verdict_on(engine, f"data.boats.filter((boat) => {reader}).length", before, after) is Verdict.INTACT


def test_what_was_null_is_null_still_when_the_rest_became_records(engine: Engine) -> None:
    wrapped = _sold(lambda day: {"sold": {"day": day} if day else None})
    count = "data.boats.filter((boat) => boat.sold).length"
    assert verdict_on(engine, count, _boats(0, 40, _NULL), _boats(300, 31, wrapped)) is Verdict.INTACT


# Flags


def test_a_flag_in_every_record_takes_the_name_before_a_rare_one(engine: Engine) -> None:
    before = _boats(0, 20, lambda n: {"afloat": n % 2 == 0, **({"flagged": True} if n % 7 == 0 else {})})
    after = _boats(300, 6, lambda n: {"flying": n % 2 == 0})
    assert verdict_on(engine, "data.boats.filter((boat) => boat.afloat).length", before, after) is Verdict.BROKEN
    rare = verdict_on(engine, "data.boats.filter((boat) => boat.flagged).length", before, after)
    assert rare in (Verdict.INTACT, Verdict.UNSEEN)


def test_a_flag_only_ever_written_as_true_is_missed(engine: Engine) -> None:
    before = _boats(0, 60, lambda n: {"flagged": True} if n % 5 == 0 else {})
    reader = "data.boats.filter((boat) => boat.flagged).length"
    assert verdict_on(engine, reader, before, _boats(300, 60, lambda _: {})) is Verdict.BROKEN


# Words and times


def test_an_enumeration_in_other_words_breaks_who_names_a_word(engine: Engine) -> None:
    before = _boats(0, 40, lambda n: {"kind": ("sail", "motor", "row")[n % 3]})
    after = _boats(300, 40, lambda n: {"kind": ("sailing", "motor", "row")[n % 3]})
    assert (
        verdict_on(engine, "data.boats.filter((boat) => boat.kind === 'sail').length", before, after) is Verdict.BROKEN
    )
    assert (
        verdict_on(engine, "data.boats.filter((boat) => boat.kind === 'row').length", before, after) is Verdict.INTACT
    )
    more = _boats(300, 40, lambda n: {"kind": ("sail", "motor", "row", "steam")[n % 4]})
    assert (
        verdict_on(engine, "data.boats.filter((boat) => boat.kind === 'sail').length", before, more) is Verdict.INTACT
    )


def test_a_time_in_words_instead_of_a_number(engine: Engine) -> None:
    before = _boats(0, 20, lambda n: {"seen": 1760000000000 + n * 86400000})
    after = _boats(300, 20, lambda n: {"seen": f"2026-03-{n % 28 + 1:02}T08:00:00.000Z"})
    assert (
        verdict_on(engine, "data.boats.map((boat) => new Date(boat.seen).getTime())", before, after) is Verdict.INTACT
    )
    newest = "[...data.boats].sort((a, b) => b.seen - a.seen)[0].name"
    assert verdict_on(engine, newest, before, after) is Verdict.BROKEN


# Kinds of records


def test_records_of_a_new_kind_do_not_hurt_who_reads_the_old_ones(engine: Engine) -> None:
    before = _boats(0, 20, lambda _: {"kind": "boat"})
    after = _boats(300, 20, lambda _: {"kind": "boat"})
    after["boats"].append({"buoy": 4, "colour": "red", "lit": True, "afloat": True, "chain": 12})
    reader = "data.boats.filter((boat) => boat.kind === 'boat').length"
    assert verdict_on(engine, reader, before, after) is Verdict.INTACT


def test_a_map_of_lists_as_a_list_of_records(engine: Engine) -> None:
    def crews(first: int, count: int) -> list[list[Any]]:
        return [[_id(n), [_id(n + k) for k in range(n % 3 + 1)]] for n in range(first, first + count)]

    before = {"crews": dict(crews(0, 20))}
    after = {"crews": [{"boat": boat, "people": people} for boat, people in crews(300, 20)]}
    assert verdict_on(engine, "Object.values(data.crews).flat().length", before, after) is Verdict.BROKEN


def test_a_text_as_a_list_of_records_is_no_text_any_more(engine: Engine) -> None:
    before = _boats(0, 20, lambda n: {"log": f"Entry {n}"})
    after = _boats(300, 20, lambda n: {"log": [{"insert": f"Entry {n}"}]})
    assert verdict_on(engine, "data.boats.map((boat) => `${boat.name}: ${boat.log}`)", before, after) is Verdict.BROKEN
