"""Whatever one reader does to the built-in objects, the next one runs in a world that is as it was."""

from __future__ import annotations

import json

import pytest

from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.outcome import Outcome
from driftwright.impact.javascript.plan import Reading
from driftwright.impact.javascript.program import Program, expression, module

DOCUMENT = Argument(document=json.dumps({"items": [{"n": 3, "at": "2026-01-02"}, {"n": 4, "at": "2026-01-03"}]}))
HONEST = """(d) => [
  d.items.filter((item) => item.n > 3).map((item) => item.n), d.items.reduce((sum, item) => sum + item.n, 0),
  JSON.stringify(d), Object.keys(d.items[0]), [...d.items].length, [...new Map([[1, 2]]).keys()],
  d.items.map((item) => new Date(item.at).getTime()), "a-b".split("-"), /b/.test("abc"), Math.max(1, 2), `${d.items}`,
  d.items.last, [].concat([1], [2]), Promise.resolve(1) instanceof Promise, Number("7"), {}.toString(),
  [3, 1, 2].sort(), "x".padStart(3), Array.isArray([]), Reflect.ownKeys({ a: 1 }), (function* () { yield 1; })().next(),
]"""
DEEDS = {
    "a method replaced": "Array.prototype.filter = () => [77]; Array.prototype.map = () => 7;",
    "a method deleted": "delete Array.prototype.reduce; delete String.prototype.split;",
    "a method added": "Array.prototype.last = 5; Object.prototype.toJSON = () => 'mine'; String.prototype.x = 1;",
    "a method by another way": "[]['__pro' + 'to__']['fil' + 'ter'] = () => [77];",
    "by eval": "(0, eval)('Array.prototype.sort = function () { return 9 }');",
    "a getter": "Object.defineProperty(Array.prototype, 'filter', { get: () => () => [77], configurable: true });",
    "a static function": "Object.keys = () => ['mine']; Array.isArray = () => false; Math.max = () => 99;",
    "another prototype": "Object.setPrototypeOf(Array.prototype, { last: 8 });",
    "an iterator": "[].values().__proto__.next = () => ({ done: true });",
    "a generator": "(function* () {}).prototype.__proto__.__proto__.next = () => 3;",
    "JSON": "JSON.stringify = () => 'mine'; JSON.parse = () => null;",
    "numbers": "Number = () => 3; globalThis.Promise = class {}; Date.prototype.getTime = () => 0;",
    "text": "Object.prototype.toString = () => 'mine'; Array.prototype.toString = () => 'mine';",
    "a symbol": "RegExp.prototype[Symbol.match] = 1; RegExp.prototype.test = () => false; String.prototype.at = 1;",
    "for good": "Object.defineProperty(Array.prototype, 'last', { value: 5 }); Array.prototype.filter = () => [77];",
    "frozen": "Array.prototype.map = () => 7; Object.freeze(Array.prototype);",
    "a function of a function": "try { Array.prototype.map.call = () => 7; } catch {}",
}


def honest(engine: Engine) -> Outcome:
    return engine.run(expression(HONEST, "readers.js", ""), [Call("default", DOCUMENT)])[0]


@pytest.fixture(scope="module")
def expected() -> str:
    with Engine() as engine:
        answer = honest(engine).answer
    assert answer.kind == "value"
    return answer.text


def harmful(deed: str) -> Program:
    return expression(f"(d) => {{ {deed} return d.items.length }}", "readers.js", "")


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_the_next_reader_answers_as_if_it_were_alone(deed: str, expected: str) -> None:
    with Engine() as engine:
        (first,) = engine.run(harmful(deed), [Call("default", DOCUMENT)])
        assert first.answer.text == "2"
        assert honest(engine).answer.text == expected


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_so_it_does_within_one_list_of_calls(deed: str, expected: str) -> None:
    sound, call = expression(HONEST, "readers.js", ""), Call("default", DOCUMENT)
    with Engine() as engine:
        engine.prepare([Reading(harmful(deed), [call]), Reading(sound, [call])])
        assert engine.run(sound, [call])[0].answer.text == expected


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_another_export_of_the_same_file_is_not_hurt(deed: str, expected: str) -> None:
    text = f"export const harm = (d) => {{ {deed} return d.items.length }};\nexport const honest = {HONEST};"
    program = module(text, "readers.js")
    with Engine() as engine:
        outcomes = engine.run(program, [Call("harm", DOCUMENT), Call("honest", DOCUMENT)])
    assert [outcome.answer.text for outcome in outcomes] == ["2", expected]


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_looking_for_the_exports_of_a_file_hurts_no_other_file(deed: str, expected: str) -> None:
    with Engine() as engine:
        assert engine.functions(module(f"{deed}\nexport const one = () => 1;", "first.js")) == ("one",)
        assert honest(engine).answer.text == expected


def test_a_file_has_what_its_own_top_level_adds() -> None:
    text = "Array.prototype.last = function () { return this[this.length - 1] };\n"
    text += "export const last = (d) => d.items.last().n;\nexport const again = (d) => d.items.last().n;"
    with Engine() as engine:
        outcomes = engine.run(module(text, "readers.js"), [Call("last", DOCUMENT), Call("again", DOCUMENT)])
        assert [outcome.answer.text for outcome in outcomes] == ["4", "4"]
        assert "undefined" in honest(engine).answer.text
