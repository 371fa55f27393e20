"""A known session that holds the very data of the later document: what differs from it is not another user's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Engine
from driftwright.verdict.contents import Contents
from driftwright.verdict.same_session import position_of
from kit.trials import judged

_NAMES = ("Ada Byron", "Bo Lind", "Cy Young", "Di Marsh", "Ed Hale")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


def _jar(user: int, count: int, *, strict: bool) -> dict[str, Any]:
    """A jar of cookies as the older program writes it, one of which may have the extension."""
    cookies: list[dict[str, Any]] = [
        {
            "key": f"k{user}-{number}",
            "value": f"{user}{number}f9 {_NAMES[user]}",
            "until": 1_700_000_000 + user * number,
        }
        for number in range(1, count + 1)
    ]
    if strict:
        cookies[0]["extensions"] = ["SameSite=Strict"]
    return {"version": "jar@2", "cookies": cookies}


def _written_anew(jar: dict[str, Any]) -> dict[str, Any]:
    cookies = [{**cookie, "sameSite": "strict" if "extensions" in cookie else "none"} for cookie in jar["cookies"]]
    return {**jar, "cookies": [{k: v for k, v in cookie.items() if k != "extensions"} for cookie in cookies]}


STRICT = "(d) => d.cookies.filter((c) => (c.extensions ?? []).some((e) => /strict/i.test(e))).length"


def test_what_one_known_session_lacks_is_lost_once_the_later_one_holds_the_data_of_another(engine: Engine) -> None:
    before, same, other = _jar(1, 6, strict=False), _jar(2, 6, strict=True), _jar(3, 7, strict=False)
    later = _written_anew(same)
    assert judged(engine, STRICT, before, later, same, other).verdict is Verdict.BROKEN
    # Where only others are known, it may be one of the sessions that have no such cookie.
    assert judged(engine, STRICT, _jar(4, 6, strict=True), later, before, other).verdict is not Verdict.BROKEN


def test_a_record_with_less_in_it_is_no_other_program(engine: Engine) -> None:
    before, same, other = _jar(1, 6, strict=False), _jar(2, 6, strict=True), _jar(3, 7, strict=False)
    later = {**same, "cookies": [{k: v for k, v in c.items() if k != "extensions"} for c in same["cookies"]]}
    assert judged(engine, STRICT, before, later, same, other).verdict is not Verdict.BROKEN


def test_a_yes_that_is_a_no_on_the_same_data_is_wrong(engine: Engine) -> None:
    def queries(user: int, page: int | None) -> dict[str, Any]:
        return {
            "queries": [{"key": f"u{user}-{n}", "at": 1_690_000_000 + 7 * n * user, "page": page} for n in range(6)]
        }

    before, same, other = queries(1, None), queries(2, None), queries(3, None)
    later = {"queries": [{**query, "page": 0, "tags": []} for query in same["queries"]]}
    reader = "(d) => d.queries.every((q) => q.page === null)"
    assert judged(engine, reader, before, later, same, other).verdict is Verdict.BROKEN


def test_an_answer_that_is_the_same_on_the_same_data_is_right(engine: Engine) -> None:
    before, same, other = _jar(1, 6, strict=True), _jar(2, 6, strict=True), _jar(3, 7, strict=True)
    later = {**_written_anew(same), "store": "memory"}
    reader = "(d) => d.cookies.map((c) => c.value).sort()"
    verdict = judged(engine, reader, before, later, same, other)
    assert verdict.verdict is Verdict.INTACT
    assert verdict.says == "it answers as before"


def test_other_data_are_of_no_known_session() -> None:
    known = [_jar(1, 6, strict=False), _jar(2, 6, strict=True), _jar(3, 7, strict=False)]
    assert position_of(Contents(tuple(known), _jar(4, 6, strict=False))) is None
    assert position_of(Contents(tuple(known), {})) is None
    assert (
        position_of(Contents(tuple(known[:1]), known[0])) is None
    )  # one session does not tell its data from the program's words
    assert position_of(Contents(tuple(known), {"version": "jar@2", "cookies": []})) is None


def test_words_of_the_program_tell_no_session() -> None:
    def graph(colour: str, count: int) -> dict[str, Any]:
        return {
            "mark": "bar",
            "axis": {"title": "amount"},
            "points": [{"colour": colour, "size": n} for n in range(count)],
        }

    assert position_of(Contents((graph("red", 4), graph("blue", 6)), graph("red", 5))) is None


@settings(deadline=None)
@given(st.integers(0, 2), st.integers(0, 20))
def test_the_session_is_found_wherever_it_stands_and_whatever_else_is_written(number: int, more: int) -> None:
    known = [_jar(user, 6, strict=False) for user in (1, 2, 3)]
    later = {"schema": 3, "jars": {"main": _written_anew(known[number])}, "notes": [{"read": False}] * more}
    assert position_of(Contents(tuple(known), later)) == number
    assert position_of(Contents(tuple(known[::-1]), later)) == 2 - number


def test_the_same_answer_in_another_way_is_right_on_the_same_data(engine: Engine) -> None:
    def page(user: int, **mode: Any) -> dict[str, Any]:
        return {**mode, "nodes": [{"id": f"n{user}-{n}", "text": f"{_NAMES[user]} {n}"} for n in range(6)]}

    known = (page(2, quirks=False), page(3, quirks=True))
    later = {**page(2, mode="strict"), "source": "string"}
    reader = "(d) => d.mode === 'strict' || d.quirks === false"
    assert judged(engine, reader, page(1, quirks=True), later, *known).verdict is Verdict.INTACT
    assert judged(engine, "(d) => d.quirks === false", page(1, quirks=True), later, *known).verdict is Verdict.BROKEN
