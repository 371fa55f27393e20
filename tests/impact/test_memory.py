"""Answers that need not be sought again: the same as if each call had run, and far fewer calls."""

from __future__ import annotations

import json
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.outcome import Outcome
from driftwright.impact.javascript.program import expression
from kit.examples import examples

READERS = (
    "({shop}) => shop.n",
    "({shop, id}) => shop.n + id",
    "(all) => JSON.stringify(all)",
    "(all) => Object.keys(all).length + String(all.id)",
    "({id, ...rest}) => rest",
    "(all) => ('id' in all) && all.id === 2",
    "({now}) => now",
    "() => Date.now()",
    "() => Math.random()",
    "(all) => all",
    "(all) => { all.id = 7; return all.id + all.shop.n; }",
    "(all) => { all.shop.n = 9; return all.shop.n + all.id; }",
    "(all) => { delete all.id; return all; }",
    "({shop, other}) => other === null ? shop.n : other.n",
    "({shop, id}) => { if (shop.n > 1) return 'many'; return id; }",
    "({shop}) => shop.gone.n",
)
_number = st.integers(0, 3)
_argument = st.builds(
    lambda n, other, name, now: Argument(
        stores={"shop": json.dumps({"n": n}), "other": None if other is None else json.dumps({"n": other})},
        params={"id": name, **({} if now is None else {"now": 1_700_000_000_000 + now})},
    ),
    _number,
    st.none() | _number,
    st.integers(1, 3) | st.sampled_from(["1", "2"]),
    st.none() | _number,
)


@settings(max_examples=examples(60), deadline=None)
@given(st.sampled_from(READERS), st.lists(_argument, min_size=2, max_size=12))
def test_each_call_answers_as_if_it_were_alone(reader: str, arguments: list[Argument]) -> None:
    program = expression(reader, "readers.js", "")
    with Engine() as together:
        found = together.run(program, [Call("default", argument) for argument in arguments])
        alone: list[Outcome] = []
        for argument in arguments:
            alone += together.run(program, [Call("default", argument)])
    assert list(found) == alone


def test_a_reader_that_asks_for_no_parameter_runs_once() -> None:
    slow = "({shop}) => { let n = 0; for (let i = 0; i < 6e7; i++) n = (n + i * shop.n) % 7; return n; }"
    program = expression(slow, "readers.js", "")
    one = Argument(stores={"shop": '{"n": 3}'}, params={"id": 0})
    many = [Argument(stores={"shop": '{"n": 3}'}, params={"id": number}) for number in range(60)]
    with Engine() as engine:
        engine.run(program, [Call("default", one)])  # the engine is warm
        begun = time.perf_counter()
        engine.run(program, [Call("default", one)])
        single = time.perf_counter() - begun
        begun = time.perf_counter()
        found = engine.run(program, [Call("default", argument) for argument in many])
        together = time.perf_counter() - begun
    assert [outcome.answer.text for outcome in found] == [found[0].answer.text] * len(many)
    assert together < 12 * single
