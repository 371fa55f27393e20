"""The walk down the sources of a fact: the laws of the very file that an extension ships, run in V8."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.impact.javascript.call import Argument, Call, FactProgram, FactSource
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.outcome import Resolved
from driftwright.impact.javascript.program import expression, module
from kit.shared_engine import shared_engine

_shared, _end_shared = shared_engine(5.0)

RESOLVER = resources.files("driftwright.impact.javascript").joinpath("resolver.js").read_text("utf-8")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(seconds=1.0) as running:
        yield running


def source(name: str, derive: str, *, needs: str = "", level: str = "full", lost: str = "") -> FactSource:
    guard = (expression(needs, "fact.toml", "needs"), "default") if needs else None
    return FactSource(name, level, lost, (expression(derive, "fact.toml", "derive"), "default"), guard)


LAST = FactSource("", "unavailable", value="0")


def walk(
    engine: Engine, *sources: FactSource, result: Mapping[str, Any] | None = None, store: object = None
) -> Resolved:
    argument = Argument(stores={"site": json.dumps(store)}, params={"parent": "p"})
    (found,) = engine.resolve(FactProgram(sources, result or {}), [argument])
    return found


def test_the_first_source_that_can_be_trusted_is_taken(engine: Engine) -> None:
    found = walk(
        engine,
        source("site", "({site}) => site.gone.n"),
        source("own", "({site, parent}) => site[parent]", level="degraded", lost="the old ones"),
        LAST,
        store={"p": 4},
    )
    assert (found.answer.text, found.source, found.level, found.lost) == ("4", "own", "degraded", "the old ones")
    assert [name for name, _ in found.tried] == ["site"]


@pytest.mark.parametrize(
    ("derive", "needs", "why"),
    [
        ("() => null", "", "gives null"),
        ("() => undefined", "", "gives undefined"),
        ("() => NaN", "", "gives NaN"),
        ("() => { throw new TypeError('no') }", "", "throws TypeError: no"),
        ("() => { throw { toString: null } }", "", "throws an error that cannot be shown"),
        (
            "() => new Promise(() => {})",
            "",
            "throws PendingPromise: the promise does not settle here: it waits for something that a reader has not",
        ),
        ("() => 1", "() => false", "needs is not true"),
        ("() => 1", "() => 1", "needs is not true"),
        ("() => 1", "({gone}) => gone.a", "needs throws TypeError: Cannot read properties of undefined (reading 'a')"),
    ],
)
def test_a_source_is_passed_over_with_its_reason(engine: Engine, derive: str, needs: str, why: str) -> None:
    found = walk(engine, source("one", derive, needs=needs), LAST)
    assert (found.answer.text, found.source, found.level) == ("0", "unavailable", "unavailable")
    assert found.tried == (("one", why),)


def test_promises_of_a_source_and_its_guard_are_awaited(engine: Engine) -> None:
    right = source("right", "async () => 1", needs="async () => true")
    wrong = source("wrong", "async () => 2", needs="async () => false")
    found = walk(engine, wrong, right, LAST)
    assert (found.answer.text, found.source, found.tried) == ("1", "right", (("wrong", "needs is not true"),))


@pytest.mark.parametrize(
    ("value", "result", "objection"),
    [
        ("1", {"type": "integer"}, ""),
        ("1.5", {"type": "integer"}, "type"),
        ("1.5", {"type": "number"}, ""),
        ("Infinity", {"type": "number"}, "type"),
        ("'1'", {"type": "integer"}, "type"),
        ("'1'", {"type": ["integer", "string"]}, ""),
        ("true", {"type": "integer"}, "type"),
        ("[]", {"type": "object"}, "type"),
        ("({})", {"type": "object"}, ""),
        ("1", {"type": "toString"}, "type"),
        ("-1", {"type": "integer", "minimum": 0}, "minimum"),
        ("0", {"minimum": 0, "maximum": 0}, ""),
        ("1", {"maximum": 0}, "maximum"),
        ("''", {"minLength": 1}, "minLength"),
        ("'🎬'", {"minLength": 2}, "minLength"),
        ("'a'", {"enum": ["a", "b"]}, ""),
        ("'c'", {"enum": ["a", "b"]}, "enum"),
        ("['a']", {"type": "array", "items": {"type": "string"}}, ""),
        ("['a', null]", {"type": "array", "items": {"type": "string"}}, "items"),
        ("['a', null]", {"type": "array", "items": {"type": ["string", "null"]}}, ""),
        ("new Array(1)", {"type": "array", "items": {"type": "string"}}, "items"),
        ("false", {}, ""),
        ("0", {}, ""),
        ("''", {}, ""),
    ],
)
def test_a_value_that_is_no_right_result_is_passed_over(
    engine: Engine, value: str, result: dict[str, Any], objection: str
) -> None:
    found = walk(engine, source("one", f"() => {value}"), LAST, result=result)
    assert found.tried == ((("one", f"violates {objection}"),) if objection else ())
    assert found.source == ("unavailable" if objection else "one")


def test_a_constant_ends_the_walk_even_if_it_is_null(engine: Engine) -> None:
    never = source("never", "() => { throw new Error('asked') }")
    found = walk(engine, FactSource("", "unavailable", value="null"), never, result={"type": "integer"})
    assert (found.answer.text, found.source, found.tried) == ("null", "unavailable", ())


def test_without_any_source_the_fact_is_unavailable(engine: Engine) -> None:
    found = walk(engine)
    assert (found.answer.text, found.source, found.level, found.tried) == ("null", "", "unavailable", ())


def test_a_source_without_an_end_stops_the_walk_and_not_the_engine(engine: Engine) -> None:
    stopped = walk(engine, source("one", "() => { while (true); }"), LAST)
    assert (stopped.answer.kind, stopped.answer.text, stopped.source) == ("stopped", "deadline", "")
    assert walk(engine, LAST).answer.text == "0"


def test_sources_of_one_module_share_its_state_within_a_walk_and_no_further(engine: Engine) -> None:
    program = module("let n = 0; export const f = () => { n += 1; return null }; export const g = () => n", "r.js")
    fact = FactProgram((FactSource("f", "full", derive=(program, "f")), FactSource("g", "full", derive=(program, "g"))))
    assert [found.answer.text for found in engine.resolve(fact, [Argument(), Argument()])] == ["1", "1"]


ANSWERS = {"null": False, "undefined": False, "NaN": False, "'x'": False, "-1": False, "0": True, "3": True}


@given(st.lists(st.sampled_from([*ANSWERS, "throw"]), max_size=5))
def test_the_walk_takes_the_first_right_answer_and_names_all_before_it(kinds: list[str]) -> None:
    engine = _shared()
    readers = [f"() => {{ {'throw 1' if kind == 'throw' else f'return {kind}'} }}" for kind in kinds]
    sources = [source(str(index), reader) for index, reader in enumerate(readers)]
    found = walk(engine, *sources, LAST, result={"type": "integer", "minimum": 0})
    first = next((index for index, kind in enumerate(kinds) if ANSWERS.get(kind)), len(kinds))
    assert found.source == (str(first) if first < len(kinds) else "unavailable")
    assert [name for name, _ in found.tried] == [str(index) for index in range(first)]


@pytest.mark.parametrize(
    "fact",
    [
        "undefined", "null", "1", "{}", "{sources: 1}", "{sources: [null, 1, 'x', {}]}",
        "{sources: [{derive: 1, needs: 2, level: 3}]}", "{sources: [{derive: () => 1n}], result: {type: 'integer'}}",
        "{sources: [{derive: () => ({}), level: 'full'}], result: {type: null, items: null, enum: 1}}",
        "{sources: [{derive: () => Symbol(), needs: 1}], result: 5}",
        "{sources: [{derive: () => { throw null }}, {derive: () => { throw {get message() { throw 1 }} }}]}",
        "{sources: [{derive: () => new Proxy([], {get() { throw 1 }})}], result: {items: {type: 'string'}}}",
    ],
)  # fmt: skip
def test_the_resolver_never_throws(engine: Engine, fact: str) -> None:
    program = module(f"{RESOLVER}\nexport const attempted = () => resolve({fact}, null).level;", "resolver.js")
    (outcome,) = engine.run(program, [Call("attempted", Argument("null"))])
    assert outcome.answer.kind in ("value", "undefined")


def test_the_shipped_file_depends_on_nothing() -> None:
    assert module(RESOLVER, "resolver.js").exports == ("resolve", "isOf")
    assert not re.search(r"\bimport\b|\brequire\b", RESOLVER)
