"""What stands elsewhere: entries gathered in one, records a level deeper, reversed lists, items that turned."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import module
from driftwright.verdict.diff import diff_documents


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def _verdict(engine: Engine, before: Any, after: Any, reader: str) -> str:
    (found,) = diff_documents(before, after, module(f"export const reader = {reader};", "readers.js"), engine).readers
    return str(found.verdict)


# ---- entries of a storage gathered in one

CITY = {"name": "Oslo", "zoom": 7, "layers": ["rail", "tram"]}
TRIP = {"stops": [{"id": "n1", "at": 5}, {"id": "n2", "at": 9}], "open": True}


def _dump(city: Any, trip: Any, *, gathered: bool, twice: bool = False) -> dict[str, str]:
    if not gathered:
        return {"map.city": json.dumps(city), "map.trip": json.dumps(trip), "lang": "no"}
    parts = {"city": city, "trip": trip}
    inner = {name: json.dumps(part) for name, part in parts.items()} if twice else parts
    return {"map": json.dumps(inner), "lang": "no"}


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize(
    ("reader", "verdict"),
    [
        ("(d) => JSON.parse(d['map.city'] ?? 'null')?.name ?? null", "broken"),
        ("(d) => { try { return JSON.parse(d['map.trip']).stops.length; } catch { return 0; } }", "broken"),
        ("(d) => JSON.parse(d['map.trip']).open", "broken"),
        ("(d) => d.lang", "intact"),
    ],
)
def test_a_reader_of_an_entry_that_was_gathered_is_broken(
    engine: Engine, reader: str, verdict: str, *, twice: bool
) -> None:
    before = _dump(CITY, TRIP, gathered=False)
    later = _dump({**CITY, "name": "Bergen"}, {**TRIP, "stops": TRIP["stops"][:1]}, gathered=True, twice=twice)  # type: ignore[index]
    assert _verdict(engine, before, later, reader) == verdict


def test_a_reader_that_knows_both_places_is_intact(engine: Engine) -> None:
    reader = "(d) => (d.map ? JSON.parse(d.map).city : JSON.parse(d['map.city'])).name"
    later = _dump({**CITY, "name": "Bergen"}, TRIP, gathered=True)
    assert _verdict(engine, _dump(CITY, TRIP, gathered=False), later, reader) == "intact"


def test_entries_that_are_only_not_there_are_no_move(engine: Engine) -> None:
    reader = "(d) => JSON.parse(d['map.city'] ?? 'null')?.name ?? null"
    later = {"lang": "no", "seen": json.dumps({"intro": True, "tour": False})}
    assert _verdict(engine, _dump(CITY, TRIP, gathered=False), later, reader) == "unseen"


# ---- some records a level deeper


def _shelf(*titles: str, wrapped: int = 0) -> dict[str, Any]:
    books: list[dict[str, Any]] = []
    for number, title in enumerate(titles):
        book = {"info": {"title": title, "pages": 100 + number}, "rating": number % 5 + 1}
        deeper = number >= len(titles) - wrapped
        books.append({"ref": f"b{number}", **({"loan": book, "due": 3} if deeper else book)})
    return {"books": books}


@pytest.mark.parametrize(
    ("reader", "verdict"),
    [
        ("(d) => d.books.reduce((n, b) => n + (b.info?.pages ?? 0), 0)", "degraded"),
        ("(d) => d.books.filter((b) => b.rating > 0).length", "degraded"),
        ("(d) => d.books.map((b) => b.info.title)", "broken"),
        ("(d) => d.books.map((b) => (b.loan ?? b).info.title)", "intact"),
        ("(d) => d.books.length", "intact"),
    ],
)
def test_records_one_level_deeper_hurt_who_does_not_look_there(engine: Engine, reader: str, verdict: str) -> None:
    before, after = _shelf("Ash", "Bee", "Cod", "Dew", "Elm"), _shelf("Fog", "Gum", "Hay", "Ivy", "Jet", wrapped=2)
    assert _verdict(engine, before, after, reader) == verdict


# ---- the other way round


def _calls(*times: int) -> dict[str, Any]:
    return {"calls": [{"at": 1_760_000_000 + time, "to": f"room {time}"} for time in times]}


@pytest.mark.parametrize(
    ("reader", "verdicts"),
    [
        ("(d) => d.calls.at(-1).to", {"broken", "degraded"}),
        ("(d) => d.calls[0].to", {"broken", "degraded"}),
        ("(d) => d.calls.reduce((a, b) => (b.at > a.at ? b : a)).to", {"intact"}),
        ("(d) => d.calls.length", {"intact"}),
    ],
)
def test_a_list_whose_times_run_the_other_way_is_reversed(engine: Engine, reader: str, verdicts: set[str]) -> None:
    assert _verdict(engine, _calls(1, 5, 8, 13), _calls(90, 71, 60, 52), reader) in verdicts
    assert _verdict(engine, _calls(1, 5, 8, 13), _calls(52, 60, 71, 90), reader) == "intact"


def test_two_calls_the_other_way_round_may_be_chance(engine: Engine) -> None:
    assert _verdict(engine, _calls(1, 5), _calls(9, 7), "(d) => d.calls.at(-1).to") == "intact"


# ---- items that turned


def test_a_list_in_which_all_items_are_the_readers_own_default_is_no_answer(engine: Engine) -> None:
    reader = "(d) => d.cards.map((c) => { try { return JSON.parse(c.face).suit; } catch { return 'none'; } })"
    before = {"cards": [{"face": f'{{"suit":"{suit}"}}'} for suit in ("club", "heart", "spade", "heart")]}
    after = {"cards": [{"face": f"suit={suit}"} for suit in ("heart", "club", "spade", "club")]}
    assert _verdict(engine, before, after, reader) == "broken"


def test_a_list_of_words_that_became_numbers_is_no_answer(engine: Engine) -> None:
    before = {"rows": [[1, "oak", 30], [2, "fir", 41], [3, "elm", 22], [4, "oak", 18]]}
    after = {"rows": [[5, 33, "fir"], [6, 12, "oak"], [7, 27, "elm"], [8, 19, "fir"]]}
    assert _verdict(engine, before, after, "(d) => d.rows.map((row) => row[1])") == "broken"


def test_one_item_that_is_the_default_is_other_data(engine: Engine) -> None:
    reader = "(d) => d.cards.map((c) => c.suit || 'none')"
    before = {"cards": [{"suit": "club"}, {"suit": "heart"}]}
    assert _verdict(engine, before, {"cards": [{"suit": ""}]}, reader) != "broken"


# ---- a word that is nowhere any more


def test_a_word_that_every_known_good_store_holds_is_lost_in_a_store_that_was_rewritten(engine: Engine) -> None:
    reader = """(d) => Object.values(d).some((text) => text.includes('"stops"'))"""
    program = module(f"export const reader = {reader};", "readers.js")
    before, known = _dump(CITY, TRIP, gathered=False), _dump({**CITY, "zoom": 9}, TRIP, gathered=False)
    after = _dump({**CITY, "name": "Bergen"}, TRIP, gathered=True, twice=True)
    (found,) = diff_documents(before, after, program, engine, [known]).readers
    assert (found.before.text, str(found.verdict)) == ("true", "broken")
    # Where a known-good store answers false as well, false is an answer.
    (found,) = diff_documents(before, after, program, engine, [{"lang": "no", "map.city": "{}"}]).readers
    assert str(found.verdict) != "broken"
