"""Words of a reader that only some keys, records or texts held: a session without them lacks them by chance."""

from __future__ import annotations

from collections.abc import Iterator
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


def _report(home: str, *files: str) -> dict[str, Any]:
    """Results by the path of each file, as a checker writes them."""
    return {
        f"{home}/{file}": {"path": f"{home}/{file}", "lines": {"1": 3 + len(file), "2": 1}, "calls": {"1": len(file)}}
        for file in files
    }


def test_an_entry_that_this_session_has_not_is_no_other_program(engine: Engine) -> None:
    reader = "(d) => Object.values(d).find((f) => f.path.endsWith('/cart.js'))?.calls['1'] ?? 0"
    before, known = _report("/sites/ada", "cart.js", "pay.js"), _report("/sites/bo", "list.js", "cart.js", "x.js")
    assert judged(engine, reader, before, _report("/sites/cy", "menu.js"), known).verdict is not Verdict.BROKEN
    gone = {"files": [{"name": "/sites/cy/cart.js", "calls": [7]}, {"name": "/sites/cy/pay.js", "calls": [6]}]}
    assert judged(engine, reader, before, gone, known).verdict is Verdict.BROKEN


def _queue(*events: str, library: Any, user: str) -> dict[str, str]:
    rows = [{"type": event, "library": library, "id": f"{user}-{n}", "sum": 10 + n} for n, event in enumerate(events)]
    return {"lang": "en", f"queue.{user}": json_text(rows)}


def test_a_field_within_a_text_that_the_reader_does_not_name_does_not_hurt_it(engine: Engine) -> None:
    reader = (
        "(d) => Object.entries(d).filter(([k]) => k.includes('queue')).flatMap(([, v]) => JSON.parse(v))"
        ".filter((e) => e.type === 'bought').reduce((n, e) => n + e.sum, 0)"
    )
    old, new = {"name": "lib-js", "version": "4"}, "lib-ts/2"
    before = _queue("seen", "bought", "seen", library=old, user="u1")
    known = _queue("bought", "seen", "seen", "left", library=old, user="u2")
    later = _queue("seen", "left", library=new, user="u3")
    assert judged(engine, reader, before, later, known).verdict is not Verdict.BROKEN


def _tokens(user: str, prefix: str) -> dict[str, str]:
    key = f"{user}-0000.{user}-home"
    return {
        f"{prefix}.account.keys": json_text([key]),
        f"{key}-login": json_text({"kind": "account", "home": key, "name": user}),
        f"{prefix}.11112222.filters": json_text({"home": key}),
    }


def test_a_key_with_one_part_more_is_the_key_that_is_gone(engine: Engine) -> None:
    reader = "(d) => JSON.parse(d['club.account.keys'] || '[]').length"
    before, later = _tokens("a1", "club"), _tokens("b2", "club")
    later = {name.replace("club.account", "club.2.account"): value for name, value in later.items()}
    assert judged(engine, reader, before, later).verdict is Verdict.BROKEN
    assert judged(engine, reader, before, _tokens("b2", "club")).verdict is Verdict.INTACT


def test_a_reader_that_asked_for_the_new_name_and_word_all_along_is_right(engine: Engine) -> None:
    reader = "(d) => d.mode === 'no-quirks' || d.quirksMode === false"
    before, later = {"quirksMode": False, "nodes": [{"tag": "p"}]}, {"nodes": [{"tag": "p"}], "mode": "no-quirks"}
    assert judged(engine, reader, before, later).verdict is Verdict.INTACT


def test_a_flag_that_is_left_out_where_it_is_false_is_false_nowhere(engine: Engine) -> None:
    def note(**code: Any) -> dict[str, Any]:
        marks: list[dict[str, Any]] = [{"bold": True, **code}, {"bold": True}, code, {"bold": True, **code}]
        return {"ops": [{"insert": f"line {n}", "marks": mark} for n, mark in enumerate(marks)]}

    before, later = note(code=True), note(code="plain")
    asks = "(d) => d.ops.filter((op) => op.marks.code).length"
    assert judged(engine, asks, before, later).verdict is Verdict.INTACT
    compares = "(d) => d.ops.filter((op) => op.marks.code === true).length"
    assert judged(engine, compares, before, later).verdict is Verdict.BROKEN
