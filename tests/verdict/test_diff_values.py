"""Values of another kind in the same place: surely gone, in another unit or another coding; and what is only data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from driftwright.base.terms import Level
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import module
from driftwright.verdict.diff_report import report_diff


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def _judged(engine: Engine, before: Any, after: Any, reader: str) -> tuple[str, list[Level]]:
    program = module(f"export const reader = {reader};", "readers.js")
    report = report_diff(before, after, program, engine)
    (fact,) = report.facts
    return str(fact.verdict), [change.level for change in report.changes]


def _parcels(*links: str) -> dict[str, Any]:
    return {"parcels": [{"no": 10 + n, "lost": not link, "track": link} for n, link in enumerate(links)]}


@pytest.mark.parametrize(
    "reader",
    [
        "(d) => d.parcels.filter((p) => p.track).length",
        "(d) => d.parcels.filter((p) => p.track !== '').map((p) => p.no)",
    ],
)
def test_a_text_that_some_had_is_gone_once_too_many_are_empty_for_chance(engine: Engine, reader: str) -> None:
    before = _parcels("https://post.example/1", "", "https://post.example/2", "https://post.example/3", "")
    assert _judged(engine, before, _parcels("", "", "", "", "", ""), reader)[0] == "broken"
    assert _judged(engine, before, _parcels("", ""), reader)[0] == "unseen"


@pytest.mark.parametrize(
    ("reader", "verdict"),
    [
        ("(d) => (typeof d.filters === 'string' ? JSON.parse(d.filters) : d.filters).tags.length", "intact"),
        ("(d) => JSON.parse(d.filters).tags.length", "broken"),
    ],
)
def test_a_json_text_that_became_its_object_hurts_who_parses_it(engine: Engine, reader: str, verdict: str) -> None:
    before = {"filters": json.dumps({"tags": ["a", "b"], "open": True})}
    assert _judged(engine, before, {"filters": {"tags": ["c"], "open": False}}, reader)[0] == verdict


def test_of_the_fields_of_a_new_record_the_one_as_various_as_the_text_was_holds_it(engine: Engine) -> None:
    names = ("reed", "sand", "tide", "wren")
    before = {"spots": [{"name": name} for name in names]}
    after = {"spots": [{"name": {"code": "nl", "words": name}} for name in reversed(names)]}
    assert _judged(engine, before, after, "(d) => d.spots.map((s) => s.name?.words ?? s.name)")[0] == "intact"
    assert _judged(engine, before, after, "(d) => d.spots.map((s) => `<${s.name}>`)")[0] == "broken"


def test_an_id_of_another_make_has_other_parts(engine: Engine) -> None:
    ids = [
        "0b0f6f7e-7a34-4b8e-9d4b-1f0c5a7f2a01",
        "9d2c1b7a-53ce-4c55-8a6e-2b7c9d4e1f02",
        "c81e5f3d-1a2b-4d3c-9e8f-3c6d7e8f9a03",
    ]
    before = {"rows": [{"id": text} for text in ids]}
    after = {"rows": [{"id": f"row/{n}"} for n in (4, 8, 15, 16)]}
    assert _judged(engine, before, after, "(d) => d.rows.map((r) => r.id.split('-').length)")[0] == "broken"
    assert _judged(engine, before, after, "(d) => new Set(d.rows.map((r) => r.id)).size")[0] == "intact"


def _bills(*amounts: float) -> dict[str, Any]:
    return {"bills": [{"amount": amount} for amount in amounts]}


def test_whole_numbers_that_are_all_smaller_fractions_now_are_in_another_unit(engine: Engine) -> None:
    reader = "(d) => (d.bills.reduce((sum, b) => sum + b.amount, 0) / 100).toFixed(2)"
    assert _judged(engine, _bills(1250, 3995, 2480, 1875), _bills(14.2, 8.75, 39.99, 12.5), reader)[0] == "broken"


def test_whole_numbers_that_are_whole_by_chance_are_a_note(engine: Engine) -> None:
    reader = "(d) => d.bills.map((b) => b.amount)"
    assert _judged(engine, _bills(12, 40, 25), _bills(14.5, 38, 21.25), reader) == ("intact", [Level.NOTE])


def test_other_keys_of_a_map_that_a_reader_lists_are_notes(engine: Engine) -> None:
    before = {"rooms": {"hall": {"lamps": 2}, "attic": {"lamps": 1}, "porch": {"lamps": 1}}}
    after = {"rooms": {"hall": {"lamps": 2}, "cellar": {"lamps": 3}}}
    verdict, levels = _judged(engine, before, after, "(d) => Object.values(d.rooms).reduce((n, r) => n + r.lamps, 0)")
    assert verdict == "intact"
    assert set(levels) <= {Level.NOTE}
