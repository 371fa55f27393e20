"""JSON as JavaScript in which equal parts are written once: it stands for the same values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.base.shared_text import SharedText
from driftwright.impact import Engine, Situation, calls
from driftwright.impact.javascript.program import module

NAMES = st.sampled_from(["id", "a longer name of a part", "type", "__proto__", "é", "\u2028", '"'])
SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | NAMES
VALUES = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=3), max_leaves=12
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


def written(values: list[Any]) -> tuple[tuple[str, ...], list[str]]:
    shared = SharedText("$", values)
    expressions = [shared.expression(value) for value in values]
    return shared.declarations, expressions


def test_what_comes_twice_is_written_once() -> None:
    part = {"type": "string", "minLength": 1, "inner": {"enum": ["one", "another word"]}}
    declarations, expressions = written([{"a": part, "b": part}, [part, {"inner": part["inner"]}]])
    text = "".join((*declarations, *expressions))
    assert text.count('"another word"') == 1
    assert text.count('"minLength"') == 1
    assert len(declarations) == 2


def test_a_text_is_written_once_where_that_is_shorter() -> None:
    long, often, short = "a text that is long enough to be named", "a text", "short"
    declarations, expressions = written([[long, long, short, short], *[[often]] * 4, {"of": often}, [often, 1]])
    assert declarations[0] == f'const $0 = "{long}";'
    assert expressions[0] == '[$0,$0,"short","short"]'
    assert expressions[1] == '["a text"]', "few letters, that come in three values"


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_it_stands_for_the_same_values(engine: Engine, values: list[Any]) -> None:
    twice = [values, [values, {"again": values}]]
    declarations, expressions = written(twice)
    source = "".join(declarations) + f"export const read = () => JSON.stringify([{','.join(expressions)}]);"
    (outcome,) = engine.run(module(source, "shared.js"), calls("read", [Situation("once", {})]))
    assert json.loads(json.loads(outcome.answer.text)) == twice
