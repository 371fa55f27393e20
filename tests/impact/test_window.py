"""Windows: what of a store a session's own counters count, who answers rightly over it, and who is not asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.base.errors import InputFault
from driftwright.base.path import Path as Place
from driftwright.base.path import StorePath
from driftwright.base.terms import Bound, Quality
from driftwright.impact.bound import is_within_bound
from driftwright.impact.capture import run_on_capture
from driftwright.impact.fallback import walk
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.outcome import Answer
from driftwright.impact.readers import CompiledFact, compile_fact
from driftwright.impact.situation import Situation
from driftwright.impact.window import within
from driftwright.structure.change.model import Change
from driftwright.structure.replay.described import read_described_change
from driftwright.workspace.contract import Fact, load_fact
from driftwright.workspace.window import Window

WINDOW = Window(
    "since the till opened",
    StorePath("shop", Place.parse("/orders/{desk}/[]")),
    "at",
    (StorePath("till", Place.parse("/openedAt")), StorePath("till", Place.parse("/log/[]/at"))),
)
NINE, TEN, ELEVEN = (f"2026-03-01T{hour:02}:00:00.000Z" for hour in (9, 10, 11))
TEN_AS_NUMBER = 1772359200000
CONTRACT = """
title = "Orders"
params = { desk = "each key of shop:/orders" }
result = { type = "integer", minimum = 0 }
[[window]]
name = "since the till opened"
records = "shop:/orders/{desk}/[]"
time = "at"
since = ["till:/openedAt"]
[[source]]
name = "shop"
level = "full"
derive = "({shop, desk}) => shop.orders[desk].length"
needs = "({shop, desk}) => shop.orders[desk].every((order) => order.number)"
[[source]]
name = "counter"
level = "degraded"
lost = "the orders from before it opened"
derive = "({till}) => till?.orders"
window = "since the till opened"
[[source]]
level = "unavailable"
value = 0
[[agreement]]
name = "the counter agrees"
between = ["shop", "counter"]
window = "since the till opened"
"""


def _situation(orders: list[Any], till: dict[str, Any] | None) -> Situation:
    stores = {"shop": {"orders": {"a": orders, "b": []}}, "till": None if till is None else {"a": till}}
    return Situation("made up", stores, params={"desk": "a"}, placeholders={"till": "desk"})


def _order(at: Any, number: int = 1) -> dict[str, Any]:
    return {"number": number, "at": at}


def _fact(folder: Path, text: str = CONTRACT) -> CompiledFact:
    return compile_fact(_contract(folder, text))


def _contract(folder: Path, text: str) -> Fact:
    file = folder / "orders.toml"
    file.write_text(text, encoding="utf-8")
    return load_fact(file)


NUMBERLESS = read_described_change(
    {"operator": "remove", "at": "shop:/orders/{}/[]/number", "rule": "field-removed", "share": 1.0}, "here"
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running


# ---- what is in a window


def test_records_from_before_the_latest_moment_that_is_told_are_left_out() -> None:
    windowed = within(
        WINDOW,
        _situation([_order(NINE), _order(TEN), _order(ELEVEN)], {"openedAt": NINE, "log": [{"at": TEN}, {"at": NINE}]}),
    )
    assert windowed is not None
    assert (windowed.inside, windowed.outside) == (2, 1)
    assert [order["at"] for order in windowed.situation.stores["shop"]["orders"]["a"]] == [TEN, ELEVEN]


def test_numbers_and_texts_tell_the_same_moment() -> None:
    windowed = within(WINDOW, _situation([_order(NINE), _order(ELEVEN)], {"openedAt": TEN_AS_NUMBER}))
    assert windowed is not None
    assert (windowed.inside, windowed.outside) == (1, 1)


def test_holes_stay_where_they_are() -> None:
    windowed = within(WINDOW, _situation([None, _order(NINE), _order(ELEVEN)], {"openedAt": TEN}))
    assert windowed is not None
    assert windowed.situation.stores["shop"]["orders"]["a"] == [None, _order(ELEVEN)]


@pytest.mark.parametrize(
    ("orders", "till"),
    [
        ([_order(ELEVEN)], None),
        ([_order(ELEVEN)], {"orders": 0}),
        ([_order(ELEVEN)], {"openedAt": None}),
        ([_order(ELEVEN)], {"openedAt": 0}),
        ([_order(ELEVEN)], {"openedAt": "this morning"}),
        ([_order(ELEVEN)], {"openedAt": "2026-03-01T10:00:00"}),
        ([_order(ELEVEN), _order("at noon")], {"openedAt": TEN}),
        ([_order(ELEVEN), {"number": 2}], {"openedAt": TEN}),
    ],
    ids=["no record", "no moment", "null", "zero", "words", "no zone", "a record's words", "a record without a time"],
)
def test_nobody_knows_what_is_in_it_without_every_moment(orders: list[Any], till: dict[str, Any]) -> None:
    assert within(WINDOW, _situation(orders, till)) is None


def test_without_a_window_all_is_in_it() -> None:
    situation = _situation([_order("ever")], None)
    whole = within(None, situation)
    assert whole is not None
    assert whole.situation is situation


@given(st.lists(st.integers(1, 50)), st.integers(1, 50))
def test_what_is_in_it_and_what_is_older_are_all_there_is(hours: list[int], opened: int) -> None:
    def epoch(hour: int) -> int:
        return 1772323200000 + hour * 3_600_000

    windowed = within(WINDOW, _situation([_order(epoch(hour)) for hour in hours], {"openedAt": epoch(opened)}))
    assert windowed is not None
    kept = windowed.situation.stores["shop"]["orders"]["a"]
    assert [order["at"] for order in kept] == [epoch(hour) for hour in hours if hour >= opened]
    assert (windowed.inside, windowed.inside + windowed.outside) == (len(kept), len(hours))


# ---- agreements


@pytest.mark.parametrize(
    ("orders", "counter", "held"),
    [
        ([NINE, NINE, NINE], {"orders": 0, "openedAt": TEN}, True),
        ([NINE, ELEVEN], {"orders": 1, "openedAt": TEN}, True),
        ([NINE, ELEVEN], {"orders": 2, "openedAt": TEN}, False),
        ([NINE, ELEVEN], {"orders": 2}, None),
        ([NINE, ELEVEN], None, None),
    ],
)
def test_sources_agree_over_the_window(
    tmp_path: Path, engine: Engine, orders: list[str], counter: dict[str, Any] | None, *, held: bool | None
) -> None:
    fact = _fact(tmp_path)
    run = run_on_capture(engine, fact, [_situation([_order(at) for at in orders], counter)])
    assert [found.held for found in run.agreements] == [held]


def test_a_difference_tells_how_much_the_window_holds_and_no_time(tmp_path: Path, engine: Engine) -> None:
    situation = _situation([_order(NINE), _order(ELEVEN)], {"orders": 5, "openedAt": TEN})
    (found,) = run_on_capture(engine, _fact(tmp_path), [situation]).agreements
    assert found.says == "1 against 5, over since the till opened: 1 of 2 records are in it"


# ---- fallbacks


@pytest.mark.parametrize(
    ("counter", "level", "right"),
    [
        ({"orders": 0, "openedAt": TEN}, Quality.DEGRADED, True),
        ({"orders": 2, "openedAt": NINE}, Quality.DEGRADED, True),
        ({"orders": 2, "openedAt": TEN}, Quality.DEGRADED, False),
        ({"orders": 2}, Quality.UNAVAILABLE, True),
        (None, Quality.UNAVAILABLE, True),
    ],
    ids=["none since", "all since", "miscounted", "since when nobody knows", "no counter"],
)
def test_a_counter_is_right_over_its_own_window(
    tmp_path: Path, engine: Engine, counter: dict[str, Any] | None, level: Quality, *, right: bool
) -> None:
    good = [_situation([_order(NINE), _order(NINE, 2)], counter)]
    fallback = walk(engine, _fact(tmp_path), good, [_change()])
    assert (fallback.level, fallback.right) == (level, right)


@pytest.mark.parametrize(
    ("bound", "counted", "right"),
    [("equal", 3, False), ("at-least", 3, True), ("at-least", 1, False), ("at-most", 1, True), ("at-most", 3, False)],
)
def test_a_source_may_tell_more_or_less_where_its_contract_says_so(
    tmp_path: Path, engine: Engine, bound: str, counted: int, *, right: bool
) -> None:
    text = CONTRACT.replace('window = "since the till opened"\n', f'bound = "{bound}"\n', 1)
    good = [_situation([_order(NINE), _order(NINE, 2)], {"orders": counted})]
    assert walk(engine, _fact(tmp_path, text), good, [_change()]).right is right


def _change() -> Change:
    assert NUMBERLESS is not None
    return NUMBERLESS


def _answer(text: str, kind: str) -> Answer:
    return Answer("value", kind, text, text, empty=False, size=None, shape={})


@pytest.mark.parametrize(
    ("answer", "right", "kind", "more", "less"),
    [
        ("2", "2", "integer", True, True),
        ("3", "2", "integer", True, False),
        ("true", "false", "boolean", True, False),
        ('["a","b"]', '["a"]', "array", True, False),
        ('["a"]', '["a","a"]', "array", False, True),
        ('["b"]', '["a"]', "array", False, False),
        ('{"f":1,"s":2}', '{"f":1,"s":1}', "object", True, False),
        ('{"f":2,"s":0}', '{"f":1,"s":1}', "object", False, False),
        ('{"f":1}', '{"f":1,"s":1}', "object", False, False),
        ('"b"', '"a"', "string", False, False),
    ],
)
def test_more_and_less_are_told_number_by_number(answer: str, right: str, kind: str, *, more: bool, less: bool) -> None:
    pair = _answer(answer, kind), _answer(right, kind)
    assert is_within_bound(*pair, Bound.AT_LEAST) is more
    assert is_within_bound(*pair, Bound.AT_MOST) is less
    assert is_within_bound(*pair, Bound.EQUAL) is (answer == right)


# ---- how a contract declares it


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('window = "since the till opened"\n', 'window = "today"\n', "no window 'today'"),
        ('since = ["till:/openedAt"]', "since = []", "'since' is missing"),
        ('since = ["till:/openedAt"]', 'since = ["openedAt"]', "not a place in a store"),
        ("{desk}/[]", "{desk}", "names no records"),
        ('time = "at"', 'times = "at"', "unknown key 'times'"),
        ('[[window]]\nname = "since the till opened"', '[[window]]\nname = "x"', "no window 'since the till opened'"),
        ('derive = "({till}) => till?.orders"', 'derive = "({till}) => 1"\nbound = "more"', "'more' is not one of"),
    ],
)
def test_a_window_that_is_none_is_refused_with_its_place(tmp_path: Path, before: str, after: str, says: str) -> None:
    with pytest.raises(InputFault, match=says) as fault:
        _contract(tmp_path, CONTRACT.replace(before, after))
    assert fault.value.file.endswith("orders.toml")


def test_two_windows_of_one_name_are_refused(tmp_path: Path) -> None:
    window = CONTRACT[CONTRACT.index("[[window]]") : CONTRACT.index("[[source]]")]
    with pytest.raises(InputFault, match="two windows have one name"):
        _contract(tmp_path, CONTRACT.replace("[[source]]", f"{window}[[source]]", 1))
