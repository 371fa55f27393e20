"""The trial on records of many kinds, rewritten records, flags at their default, and readers that choose by name."""

from __future__ import annotations

import copy
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


def _journal() -> list[dict[str, Any]]:
    """Entries of five kinds; only the three tables of sixty have a list of cells."""
    entries: list[dict[str, Any]] = []
    for number in range(60):
        kind = "table" if number % 20 == 7 else ("note", "photo", "link", "quote")[number % 4]
        entry: dict[str, Any] = {"kind": kind, "text": f"entry {number}"}
        entries.append({**entry, "cells": ["a", "b"]} if kind == "table" else entry)
    return entries


CELLS = "(d) => d.filter(e => e.kind === 'table').map(e => (e.cells || []).length)"


def test_a_rare_field_is_gone_once_its_kind_is_there_without_it(engine: Engine) -> None:
    after = [{name: part for name, part in entry.items() if name != "cells"} for entry in _journal()]
    assert _verdict(engine, _journal(), after, CELLS) == "broken"


def test_a_rare_field_is_not_missed_while_its_kind_is_not_there(engine: Engine) -> None:
    after = [entry for entry in _journal() if entry["kind"] != "table"]
    assert _verdict(engine, _journal(), after, CELLS) == "unseen"


def _filters(*, renamed: bool) -> list[dict[str, Any]]:
    plain = [{"name": name} for name in ("Crop", "Flip", "Mirror", "Negative", "Sepia")]
    return [*plain, {"name": "Blur", "radius" if renamed else "blur_px": 2.5}]


def test_the_same_record_with_a_like_new_field_has_lost_the_old_one(engine: Engine) -> None:
    reader = "(d) => d.filter(f => f.blur_px > 0).length"
    assert _verdict(engine, _filters(renamed=False), _filters(renamed=True), reader) == "broken"
    assert _verdict(engine, _filters(renamed=False), _filters(renamed=True)[:-1], reader) != "broken"


def test_a_field_goes_with_the_record_that_was_rewritten(engine: Engine) -> None:
    rooms = [{"open": {"by": "Ann"}}, {"open": {"by": "Bob"}, "shut": {"by": "Cy"}, "notes": {}}]
    after = [{"number": "1", "doors": {"a": {}}}, {"number": "2", "doors": {"b": {}}, "notes": {}}]
    reader = "(d) => d.rooms.filter(r => r.shut).map(r => r.shut.by)"
    assert _verdict(engine, {"rooms": rooms}, {"rooms": after}, reader) == "broken"
    assert _verdict(engine, {"rooms": rooms}, {"rooms": rooms[:1]}, reader) != "broken"


def _lamps() -> list[dict[str, Any]]:
    return [{"id": number, "watts": 5 * number, "muted": False} for number in range(1, 5)]


@pytest.mark.parametrize(
    ("reader", "verdict"),
    [
        ("(d) => d.filter(x => x.muted).length", "unseen"),
        ("(d) => d.filter(x => x.muted === false).length", "broken"),
        ("(d) => d.filter(x => x.watts > 5).length", "intact"),
    ],
)
def test_a_flag_left_out_hurts_whoever_tells_it_from_its_default(engine: Engine, reader: str, verdict: str) -> None:
    after = copy.deepcopy(_lamps())
    for lamp in after:
        del lamp["muted"]
    assert _verdict(engine, _lamps(), after, reader) == verdict


def test_a_reader_that_chooses_names_is_hurt_by_other_names(engine: Engine) -> None:
    before = {"menu": {"tea": "a tea", "tea_many": "teas", "cake": "a cake", "cake_many": "cakes", "hello": "Hi"}}
    after = {"menu": {"tea": "a tea", "tea_other": "teas", "cake": "a cake", "cake_other": "cakes", "hello": "Hi"}}
    many = "(d) => Object.keys(d.menu).filter(name => name.endsWith('_many')).length"
    assert _verdict(engine, before, after, many) == "broken"
    assert _verdict(engine, before, after, "(d) => Object.keys(d.menu).length") == "intact"


def test_what_moves_with_its_neighbour_may_change_on_the_way(engine: Engine) -> None:
    page = {"total": 2, "nodes": [{"id": "a", "type": "ref"}, {"id": "b", "type": "ref"}]}
    before = {"title": "x", **page}
    after = {"title": "x", "page": {"total": 2, "nodes": ["a", "b"], "cursor": "z"}}
    reader = "(d) => (d.nodes || []).length"
    assert _verdict(engine, before, after, reader) == "broken"
