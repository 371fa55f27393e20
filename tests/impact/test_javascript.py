"""The readers in V8: what a program is, what an answer is, that nothing a reader does escapes, and what it read."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftwright.base.errors import InputFault, MachineFault
from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.outcome import Answer, Outcome, Read
from driftwright.impact.javascript.process import Process
from driftwright.impact.javascript.program import Program, expression, module
from kit.examples import examples
from kit.shared_engine import shared_engine

pytestmark = pytest.mark.own_engines

_shared, _end_shared = shared_engine(5.0)

SECONDS = 1.0  # that a reader may take


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(seconds=SECONDS) as running:
        yield running


def answers(engine: Engine, reader: str, *documents: object, warm_up: tuple[object, ...] = ()) -> list[Answer]:
    """What one inline reader answers on each document."""
    program = expression(reader, "readers.js", "here")
    warm = tuple(Argument(json.dumps(document)) for document in warm_up)
    calls = [Call("default", Argument(json.dumps(document)), warm) for document in documents]
    return [outcome.answer for outcome in engine.run(program, calls)]


def answer(engine: Engine, reader: str, document: object = None) -> Answer:
    return answers(engine, reader, document)[0]


def reads(engine: Engine, reader: str, document: object) -> set[tuple[tuple[str | int, ...], str, str]]:
    """What one inline reader asks for: path, how, and each type seen."""
    program = expression(reader, "readers.js", "here")
    (outcome,) = engine.run(program, [Call("default", Argument(json.dumps(document)))], traced=True)
    return {(read.path, read.asked, kind) for read in outcome.reads for kind in read.types}


# --- programs ---

MODULE = """#!/usr/bin/env node
// größer — 🎬 before every cut, so that bytes and characters differ
export function first(doc) { return "ü" + doc.a; }
export async function second() { await null; return 2; }
export const third = (doc) => doc.a, LIMIT = 4, TABLE = { x: 1 };
function inner() { return "inner"; }
const notOne = "text";
export { inner, inner as renamed, inner as "with space", notOne };
export function* walk() { yield 1; }
export class Store {}
export default function () { return "default"; }
"""


def test_every_export_form_is_found_and_runs(engine: Engine) -> None:
    program = module(MODULE, "readers.js")
    assert program.exports == ("first", "second", "third", "inner", "renamed", "with space", "walk", "default")
    names = ("first", "second", "third", "inner", "renamed", "with space", "default")
    outcomes = engine.run(program, [Call(name, Argument('{"a": 3}')) for name in names])
    assert [outcome.answer.text for outcome in outcomes] == [
        '"ü3"', "2", "3", '"inner"', '"inner"', '"inner"', '"default"',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export default (doc) => doc.a", "7"),
        ("export default function named(doc) { return doc.a }\nnamed.cache = 1", "7"),
        ("export default async (doc) => doc.a", "7"),
        ("const pick = (doc) => doc.a; export default pick;", "7"),
        ("const pick = (doc) => doc.a; export { pick as default };", "7"),
        ("const $default = 7; export default () => $default", "7"),
        ("export default function () { return 7 }\nlet a = [1]; [a]", "7"),
    ],
)
def test_every_form_of_a_default_export_runs(engine: Engine, text: str, expected: str) -> None:
    (outcome,) = engine.run(module(text, "readers.js"), [Call("default", Argument('{"a": 7}'))])
    assert outcome.answer.text == expected


def test_an_export_that_turns_out_to_be_no_function_is_told(engine: Engine) -> None:
    program = module("export const a = Object.freeze({}); export const b = ((f) => f)(() => 1);", "readers.js")
    assert program.exports == ("a", "b")
    assert engine.functions(program) == ("b",)
    (outcome,) = engine.run(program, [Call("a", Argument("1"))])
    assert (outcome.answer.kind, outcome.answer.text) == ("throws", "TypeError: the export a is not a function")


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("export const a = 1;\nexport function f( {", "2:20", "is no valid JavaScript"),
        ('"ü🎬"; import x from "./x.js";', "1:7", "imports another file"),
        ("\nexport * from './x.js'", "2:1", "imports another file"),
        ("export { a } from './x.js'", "1:1", "imports another file"),
        ("const x = import('./x.js')", "1:11", "uses import inside an expression"),
        ("const x = import.meta.url", "1:11", "uses import inside an expression"),
        ("const x = await 1", "1:11", "awaits at the top level"),
        ("for await (const x of []) {}", "1:1", "awaits at the top level"),
    ],
)
def test_what_cannot_be_run_is_refused_at_its_place(text: str, place: str, what: str) -> None:
    with pytest.raises(InputFault) as caught:
        module(text, "readers.js")
    assert (caught.value.file, caught.value.place, caught.value.what) == ("readers.js", place, what)
    assert caught.value.mend


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("let a;\nexport const b = 1; let a;", "2:25"),
        ("export default () => 1;\n\n  const r = /(/;", "3:13"),
        ("return 1", "1:1"),
    ],
)
def test_what_only_v8_refuses_has_its_place_in_the_file_of_the_user(engine: Engine, text: str, place: str) -> None:
    program = module(text + "\nexport function f() {}", "readers.js")
    if text == "return 1":  # inside a function this is no mistake; the exports are then gone
        (outcome,) = engine.run(program, [Call("f", Argument("1"))])
        assert outcome.answer.kind == "throws"
        return
    with pytest.raises(InputFault, match="is no valid JavaScript") as caught:
        engine.run(program, [Call("f", Argument("1"))])
    assert caught.value.place == place


@pytest.mark.parametrize("text", ["", "1", "a => 1, b => 2", "a => 1) ; (b => 2", "function f() {}; 1", "class A {}"])
def test_an_inline_reader_is_exactly_one_function(text: str) -> None:
    with pytest.raises(InputFault) as caught:
        expression(text, "fact.toml", "source 1")
    assert caught.value.place.startswith("source 1")


def test_an_inline_reader_may_end_in_a_comment_and_keeps_its_place(engine: Engine) -> None:
    assert answer(engine, "({a}) => a // the a", {"a": 1}).text == "1"
    with pytest.raises(InputFault) as caught:
        engine.run(expression("(a, a) => 1", "fact.toml", "source 1"), [Call("default", Argument("1"))])
    assert caught.value.place == "source 1 1:5"


def test_literals_hold_texts_and_property_names() -> None:
    program = module("const {g, h: i} = {}; export const f = d => d?.a['b\\u0041'] + `c` + `${d}`", "readers.js")
    assert {"g", "h", "a", "bA", "c"} <= program.literals


def test_an_unknown_export_is_bad_input(engine: Engine) -> None:
    with pytest.raises(InputFault, match="exports no function missing"):
        engine.run(module("export const f = () => 1", "readers.js"), [Call("missing", Argument("1"))])


# --- answers ---


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("() => 1", "() => '1'"),
        ("() => 0", "() => -0"),
        ("() => [null]", "() => [undefined]"),
        ("() => [undefined]", "() => new Array(1)"),
        ("() => ({a: undefined})", "() => ({})"),
        ("() => null", "() => undefined"),
        ("() => null", "() => 'null'"),
        ("() => NaN", "() => null"),
        ("() => Infinity", "() => -Infinity"),
        ("() => 1n", "() => 1"),
        ("() => new Date(0)", "() => '1970-01-01T00:00:00.000Z'"),
        ("() => new Map([[1, 2]])", "() => new Map([['1', 2]])"),
        ("() => new Set([1])", "() => [1]"),
        ("() => new Map()", "() => ({})"),
        ("() => '\\ud800'", "() => '\\ud801'"),
        ("() => [1, 2]", "() => ['1,2']"),
        ("() => true", "() => 1"),
        ("() => { throw new TypeError('x') }", "() => { throw new RangeError('x') }"),
        ("() => { throw 'x' }", "() => 'x'"),
        ("() => { throw new Error('x') }", "() => 'Error: x'"),
    ],
)
def test_different_answers_differ(engine: Engine, left: str, right: str) -> None:
    assert not answer(engine, left).same_as(answer(engine, right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("() => ({a: 1, b: 2})", "() => ({b: 2, a: 1})"),
        ("() => 1", "() => 1.0"),
        ("() => JSON.parse('1.0')", "() => JSON.parse('1')"),
        ("() => [NaN]", "() => [0 / 0]"),
        ("async () => 1", "() => 1"),
        ("() => Object.create(null)", "() => ({})"),
    ],
)
def test_answers_that_no_consumer_can_tell_apart_are_the_same(engine: Engine, left: str, right: str) -> None:
    assert answer(engine, left).same_as(answer(engine, right))


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        ("() => null", ("value", "null", None, True)),
        ("() => undefined", ("undefined", "undefined", None, True)),
        ("() => 0", ("value", "integer", None, True)),
        ("() => NaN", ("value", "NaN", None, True)),
        ("() => ''", ("value", "string", None, True)),
        ("() => []", ("value", "array", 0, True)),
        ("() => ({})", ("value", "object", 0, True)),
        ("() => false", ("value", "boolean", None, False)),
        ("() => 1.5", ("value", "number", None, False)),
        ("() => [0]", ("value", "array", 1, False)),
        ("() => ({a: 1, b: 2})", ("value", "object", 2, False)),
        ("() => { throw new Error('no') }", ("throws", "", None, False)),
    ],
)
def test_an_answer_is_described(engine: Engine, reader: str, expected: tuple[str, str, int | None, bool]) -> None:
    found = answer(engine, reader)
    assert (found.kind, found.type, found.size, found.empty) == expected


def test_the_shape_of_an_answer_tells_the_types_at_each_path(engine: Engine) -> None:
    shape = answer(engine, "() => [{a: 1}, {b: null}, 'x', undefined]").shape
    assert dict(shape) == {
        "/": ("array",),
        "/[]": ("object", "string", "undefined"),
        "/[]/{}": ("integer", "null"),
    }


def test_a_cycle_a_long_text_and_an_error_that_cannot_be_shown_are_answers_too(engine: Engine) -> None:
    assert answer(engine, "() => { const a = {}; a.a = a; return a }").text == '{"a":<cycle>}'
    long = answer(engine, "() => 'x'.repeat(1000)")
    assert (len(long.text), len(long.preview)) == (1002, 200)
    thrown = answer(engine, "() => { throw { get a() { throw 1 } } }")
    assert (thrown.kind, thrown.text) == ("throws", "an error that cannot be shown")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None), max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_a_document_comes_through_unchanged(document: object) -> None:
    text = answer(_shared(), "doc => JSON.stringify(doc)", document).text
    assert json.loads(json.loads(text), parse_int=float) == json.loads(json.dumps(document), parse_int=float)


@given(st.lists(JSON, min_size=2, max_size=2))
def test_answers_are_the_same_just_when_their_json_is(pair: list[object]) -> None:
    """The text of an answer orders keys; the engine's own JSON, keys ordered before, is the measure."""
    ordered = [json.dumps(json.loads(json.dumps(document)), sort_keys=True) for document in pair]
    texts = answers(_shared(), "doc => doc", *pair)
    plain = answers(_shared(), "doc => JSON.stringify(doc)", *(json.loads(text) for text in ordered))
    if "-0.0" not in "".join(ordered):  # JSON.stringify writes -0 as 0
        assert texts[0].same_as(texts[1]) == plain[0].same_as(plain[1])


# --- one call does not disturb another ---


def test_a_reader_that_changes_its_argument_changes_only_its_own(engine: Engine) -> None:
    found = answers(engine, "doc => { doc.list.sort(); doc.list.push(9); return doc.list }", *[{"list": [2, 1]}] * 3)
    assert {one.text for one in found} == {"[1,2,9]"}


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        ("doc => { doc.list.push(9); return doc.none() }", "TypeError: doc.none is not a function"),
        ("doc => { doc.a = 1; return doc.gone.b }", "TypeError: Cannot read properties of undefined (reading 'b')"),
        ("doc => { doc['x is not a function'] = 1; return [...doc.size] }", "TypeError: doc.size is not iterable"),
        (
            "doc => { delete doc.list; doc.list.sort() }",
            "TypeError: Cannot read properties of undefined (reading 'sort')",
        ),
        ("doc => { Object.freeze(doc); doc.a = 1 }", "TypeError: Cannot add property a, object is not extensible"),
    ],
)
def test_a_reader_that_throws_throws_what_it_would_on_a_document_of_its_own(
    engine: Engine, reader: str, expected: str
) -> None:
    assert {found.text for found in answers(engine, reader, *[{"list": [2, 1], "size": 4}] * 3)} == {expected}


def test_a_cache_is_fresh_for_every_call_and_filled_by_a_warm_up(engine: Engine) -> None:
    program = module("let seen; export const f = doc => (seen ??= doc.a)", "readers.js")
    one, two = Argument('{"a": 1}'), Argument('{"a": 2}')
    cold, warm, again = engine.run(program, [Call("f", two), Call("f", two, (one,)), Call("f", two)])
    assert [found.answer.text for found in (cold, warm, again)] == ["2", "1", "2"]


def test_an_error_in_a_warm_up_is_dropped(engine: Engine) -> None:
    assert answers(engine, "doc => doc.a.b", {"a": {"b": 1}}, warm_up=(None,))[0].text == "1"


def test_globals_and_built_ins_are_as_new_for_the_next_reader(engine: Engine) -> None:
    dirty = "() => { globalThis.left = 1; globalThis.Date = 5; Array.prototype.last = 1; return 1 }"
    assert answer(engine, dirty).text == "1"
    seen = answer(engine, "() => [typeof left, typeof Date, [].last, typeof driftwrightNothing]")
    assert seen.text == '["undefined","function",undefined,"undefined"]'
    overwritten = answers(engine, "() => { const was = typeof Date; globalThis.Date = 5; return was }", 1, 2)
    assert {one.text for one in overwritten} == {'"function"'}


def test_time_chance_zone_and_language_are_the_same_on_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = (
        "() => [Date.now(), new Date(), new Date(0).getHours(), new Date(2020, 0, 1), Math.random(), "
        "new Date() instanceof Date, (1e6).toLocaleString(), Date(), typeof setTimeout, console.log('x')]"
    )
    texts = set()
    for language in ("en_GB.UTF-8", "de_DE.UTF-8"):
        for name in ("LANG", "LC_ALL", "LANGUAGE"):
            monkeypatch.setenv(name, language)
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        with Engine(now="2026-03-04T05:06:07.000Z") as engine:
            texts |= {one.text for one in answers(engine, reader, 1, 2)}
    (text,) = texts
    assert text.startswith("[1772600767000,Date(2026-03-04T05:06:07.000Z),0,Date(2020-01-01T00:00:00.000Z),0.")
    assert ',true,"1,000,000","Wed Mar 04 2026 05:06:07 GMT+0000' in text
    assert text.endswith('"function",undefined]')


@pytest.mark.parametrize(
    "told",
    [
        "Temporal.Now.instant().epochMilliseconds",
        "Temporal.Now.zonedDateTimeISO().epochMilliseconds",
        "Temporal.Now.zonedDateTimeISO('Asia/Tokyo').epochMilliseconds",
        "Date.parse(`${Temporal.Now.plainDateTimeISO()}Z`)",
        "Date.parse(`${Temporal.Now.plainDateISO('UTC')}T05:06:07Z`)",
        "Date.parse(`2026-03-04T${Temporal.Now.plainTimeISO()}Z`)",
        "Date.parse(new Intl.DateTimeFormat('sv', {dateStyle: 'short', timeStyle: 'medium'}).format() + 'Z')",
        "Date.parse([undefined].map(new Intl.DateTimeFormat('sv').format)[0] + 'T05:06:07Z')",
        "Date.parse(new Intl.DateTimeFormat('sv').formatToParts().map((part) => part.value).join('') + 'T05:06:07Z')",
        "performance.timeOrigin + performance.now()",
        "performance.toJSON().timeOrigin",
        "new (class extends Date {})()*1",
        "Reflect.construct(Date, [])*1",
        "new Date().constructor.now()",
    ],
)
def test_every_clock_tells_the_same_time(engine: Engine, told: str) -> None:
    program = expression(f"() => {told}", "readers.js", "here")
    (outcome,) = engine.run(program, [Call("default", Argument(params={"now": "2026-03-04T05:06:07.000Z"}))])
    assert outcome.answer.text == "1772600767000"


def test_a_clock_in_place_of_the_real_one_looks_like_it(engine: Engine) -> None:
    reader = """() => {
        const short = new Intl.DateTimeFormat("en");
        return [short.format === short.format, short.format(0), short.format(new Date(0)),
            short.formatToParts(0).length, Temporal.Now.instant() instanceof Temporal.Instant,
            Object.keys(Temporal.Now).length, Object.keys(Intl.DateTimeFormat.prototype).length];
    }"""
    assert answer(engine, reader).text == '[true,"1/1/1970","1/1/1970",5,true,0,0]'


def test_a_call_may_have_its_own_time(engine: Engine) -> None:
    program = expression("({now}) => [now, Date.now()]", "readers.js", "here")
    calls = [Call("default", Argument(params=params)) for params in ({"now": 5}, {"now": "1970-01-01T00:00:01Z"}, {})]
    texts = [outcome.answer.text for outcome in engine.run(program, calls)]
    assert texts == ["[5,5]", '["1970-01-01T00:00:01Z",1000]', "[1767225600000,1767225600000]"]


def test_a_reader_of_stores_gets_each_store_and_parameter(engine: Engine) -> None:
    program = expression("({site, session, parent}) => [site.v[parent], session]", "readers.js", "here")
    argument = Argument(stores={"site": '{"v": {"p": 1}}', "session": None}, params={"parent": "p"})
    (outcome,) = engine.run(program, [Call("default", argument)], traced=True)
    assert outcome.answer.text == "[1,null]"
    assert {(read.path, tuple(read.types)) for read in outcome.reads} == {
        (("site",), ("object",)),
        (("session",), ("null",)),
        (("site", "v"), ("object",)),
        (("site", "v", "p"), ("integer",)),
    }


def test_a_store_that_is_not_json_is_bad_input(engine: Engine) -> None:
    program = expression("() => 1", "readers.js", "here")
    with pytest.raises(InputFault, match="the store site is not JSON"):
        engine.run(program, [Call("default", Argument(stores={"site": "{"}))])


NATIVES = ("%DebugPrint(1)", "%GetOptimizationStatus(() => 1)", "%SystemBreak()", "%PerformMicrotaskCheckpoint()")


@pytest.mark.parametrize("native", NATIVES)
@pytest.mark.parametrize(
    "way",
    [
        "eval({0})",
        "(0, eval)({0})",
        "new Function({0})()",
        "(async () => {{}}).constructor({0})()",
        "(function* () {{}}).constructor({0})().next()",
        "new Function('return () => eval(arguments[0])', {0})()()",
    ],
)
def test_a_reader_that_evaluates_text_knows_nothing_of_the_inside_of_v8(engine: Engine, way: str, native: str) -> None:
    for _ in range(2):
        found = answer(engine, f"() => {way.format(json.dumps(native))}")
        assert (found.kind, found.text.partition(":")[0]) in {("throws", "SyntaxError"), ("throws", "ReferenceError")}
    names = "() => [typeof driftwrightDrain, Object.getOwnPropertyNames(globalThis).filter((n) => /drain/i.test(n))]"
    assert answer(engine, names).text == '["undefined",[]]'


def test_promises_settle_after_much_was_thrown_away(engine: Engine) -> None:
    waste = "() => { for (let i = 0; i < 60; i += 1) new Array(1e6).fill({}); return 1; }"
    for _ in range(3):
        assert answer(engine, waste).text == "1"
        assert answer(engine, "async () => { await null; return await Promise.resolve(2); }").text == "2"


def test_a_promise_that_settles_is_its_value_and_another_is_an_error(engine: Engine) -> None:
    assert answer(engine, "async d => { await 0; await 0; return d }", 4).text == "4"
    assert answer(engine, "async () => { await 0; throw new TypeError('no') }").text == "TypeError: no"
    pending = answer(engine, "() => new Promise(() => {})")
    assert (pending.kind, pending.text.partition(":")[0]) == ("throws", "PendingPromise")


# --- bounds ---


@pytest.mark.parametrize(
    "reader",
    [
        "() => { while (true); }",
        # Those of the night are among the readers that mean harm in every check, too.
        pytest.param("async () => { await 0; while (true); }", marks=pytest.mark.nightly),
        pytest.param("() => { for (;;) try { while (true); } catch {} }", marks=pytest.mark.nightly),
        "() => /^(a+)+$/.test('a'.repeat(40) + 'b')",
        pytest.param("() => ({ get a() { while (true); } })", marks=pytest.mark.nightly),
    ],
)
def test_a_reader_without_an_end_is_stopped_in_time_and_costs_nobody_else(engine: Engine, reader: str) -> None:
    program = module(f"export const good = d => d.a; export const bad = {reader};", "readers.js")
    good, bad = Call("good", Argument('{"a": 1}')), Call("bad", Argument("1"))
    engine.run(program, [good])
    began = time.monotonic()
    outcomes = engine.run(program, [good, bad, good])
    assert time.monotonic() - began < 5 * SECONDS
    assert [(one.answer.kind, one.answer.text) for one in outcomes] == [
        ("value", "1"),
        ("stopped", "deadline"),
        ("value", "1"),
    ]


def test_a_reader_that_never_ends_is_given_up_after_three_tries() -> None:
    program = module("export const good = d => d; export const bad = () => { while (true); }", "readers.js")
    calls = [Call(name, Argument("1")) for _ in range(20) for name in ("good", "bad")]
    with Engine(seconds=0.2) as engine:
        outcomes = engine.run(program, calls)
    assert [one.answer.text for one in outcomes[::2]] == ["1"] * 20
    assert [one.answer.text for one in outcomes[1::2]] == ["deadline"] * 3 + ["not run"] * 17


@pytest.mark.parametrize(
    "reader",
    [
        "() => { const kept = []; for (;;) kept.push({ a: [1] }); }",
        # As the first one, with texts.
        pytest.param(
            "() => { let s = 'x'; const kept = []; for (;;) kept.push((s += 'y') + Math.random()); }",
            marks=pytest.mark.nightly,
        ),
        "() => new Array(2 ** 28).fill(1.5)",
        "() => { const kept = []; for (;;) kept.push(new Uint8Array(1e8).fill(1)); }",
    ],
)
def test_a_reader_without_measure_is_stopped_and_the_engine_goes_on(reader: str) -> None:
    program = module(f"export const good = d => d.a; export const bad = {reader};", "readers.js")
    good, bad = Call("good", Argument('{"a": 1}')), Call("bad", Argument("1"))
    with Engine(seconds=3.0, memory=64 * 1024 * 1024) as engine:
        outcomes = engine.run(program, [good, good, bad, good])
    texts = [one.answer.text for one in outcomes]
    assert [texts[0], texts[1], texts[3]] == ["1", "1", "1"]
    # An array buffer that cannot be had is an error in V8 itself, as it is in a browser.
    assert outcomes[2].answer.kind == "stopped" or texts[2].startswith("RangeError: Array buffer allocation failed")


def test_endless_recursion_is_a_stop(engine: Engine) -> None:
    stop = answer(engine, "() => { const f = () => f() + 1; return f(); }")
    assert (stop.kind, stop.text) == ("stopped", "stack")


def test_a_thousand_calls_cost_few_crossings(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each crossing hands over what was done in a slice of time: a busy machine needs some more of them."""
    crossings = []
    usual = Process.evaluate

    def counted(process: Process, code: str, seconds: float) -> str:
        crossings.append(len(code))
        return usual(process, code, seconds)

    monkeypatch.setattr(Process, "evaluate", counted)
    document = {"list": [{"videoId": "x" * 36, "url": "y" * 80, "progress": 100, "n": n} for n in range(34)]}
    program = expression("doc => doc.list.filter(v => v && v.videoId).length", "readers.js", "here")
    calls = [Call("default", Argument(json.dumps(document)))] * 1000
    outcomes = engine.run(program, calls)
    assert len(crossings) <= 100
    assert {one.answer.text for one in outcomes} == {"34"}


# --- reads ---

LIST, MAP, GONE = (("list",), "get", "array"), (("map",), "get", "object"), (("gone",), "get", "absent")
KEYS, X = ((), "keys", "object"), (("map", "x"), "get", "object")
RECORDS = {"list": [{"id": "a", "done": True}, None, {"id": "b"}], "map": {"x": {"n": 1}}}


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        ("d => d.gone?.b", {GONE}),
        ("d => d.map?.x.n", {MAP, X, (("map", "x", "n"), "get", "integer")}),
        ("d => 'map' in d", {(("map",), "has", "object")}),
        ("d => 'gone' in d", {(("gone",), "has", "absent")}),
        ("d => Object.hasOwn(d, 'gone')", {(("gone",), "has", "absent")}),
        ("d => d.hasOwnProperty('map')", {(("map",), "has", "object")}),
        ("({gone = 1, map: {x}}) => x", {GONE, MAP, X}),
        ("d => Object.keys(d)", {KEYS}),
        ("d => { for (const k in d) if (Object.hasOwn(d, 'gone')) return k }", {KEYS, (("gone",), "has", "absent")}),
        ("({map, ...rest}) => 1", {MAP, KEYS, LIST}),
        ("d => d.list.length", {LIST, (("list",), "keys", "array")}),
        ("d => d.list.nothing", {LIST, (("list", "nothing"), "get", "absent")}),
        ("d => d.map.filter?.(Boolean)", {MAP, (("map", "filter"), "get", "absent")}),
        ("d => d.list[7]", {LIST, (("list", -1), "get", "absent")}),
        ("d => { d.own = 1; return d.own }", set()),
        ("d => String(d) + (d.constructor === Object) + d.toJSON", set()),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_recorded(
    engine: Engine, reader: str, expected: set[tuple[tuple[str | int, ...], str, str]]
) -> None:
    assert reads(engine, reader, RECORDS) == expected


def test_reads_of_a_list_are_counted_at_one_place(engine: Engine) -> None:
    program = expression("d => d.list.filter(v => v && v.done).map(v => v.id)", "readers.js", "here")
    (outcome,) = engine.run(program, [Call("default", Argument(json.dumps(RECORDS)))], traced=True)
    assert outcome.answer.text == '["a"]'
    found = {(read.path, read.asked): read for read in outcome.reads}
    done = found[("list", -1, "done"), "get"]
    assert (done.times, done.present, dict(done.types)) == (2, 1, {"boolean": 1, "absent": 1})
    item = found[("list", -1), "get"]
    assert (item.times, dict(item.types)) == (3, {"object": 2, "null": 1})
    identity = found[("list", -1, "id"), "get"]
    assert (identity.times, identity.present) == (1, 1)


def test_an_untraced_call_records_nothing_and_an_error_keeps_the_reads_before_it(engine: Engine) -> None:
    program = expression("d => d.list[1].id", "readers.js", "here")
    call = Call("default", Argument(json.dumps(RECORDS)))
    assert engine.run(program, [call])[0].reads == ()
    (outcome,) = engine.run(program, [call], traced=True)
    assert outcome.answer.kind == "throws"
    assert Read(("list", -1), 1, 1, {"null": 1}, "get") in [_plain(read) for read in outcome.reads]


def _plain(read: Read) -> Read:
    return Read(read.path, read.times, read.present, dict(read.types), read.asked)


READERS = module(
    """
const items = (d) => (Array.isArray(d) ? d : Object.values(Object(d)));
export const whole = (d) => d;
export const text = (d) => JSON.stringify(d) + String(d?.a) + `${typeof d}`;
export const keys = (d) => [Object.keys(d), Object.entries(d), Object.getOwnPropertyNames(d), Reflect.ownKeys(d)];
export const walk = (d) => {
  const out = [];
  for (const k in d) out.push(k, d[k], k in d, Object.hasOwn(d, k));
  return out;
};
export const spread = (d) => [{ ...d }, [...items(d)], Object.assign({}, d), structuredClone(d)];
export const rest = ({ a, b = 1, ...others }) => [a, b, others];
export const lists = (d) => [items(d).map((v) => v?.a), items(d).filter(Boolean), items(d).find((v) => v)];
export const flat = (d) => items(d).flat(9);
export const more = (d) => [items(d).concat(d, [d]), items(d).slice(1), items(d).includes(items(d)[0])];
export const end = (d) => [items(d).at(-1), items(d).join()];
export const identity = (d) => [items(d)[0] === items(d)[0], new Set(items(d)).size, items(d).indexOf(items(d)[1])];
export const change = (d) => {
  d.z = 1;
  delete d.a;
  d.b = d.c;
  items(d).sort();
  return Object.defineProperty(d, "q", { value: 2 });
};
export const order = (d) => {
  d.sort();
  d.reverse();
  d.push(d.length);
  d.splice(0, 1, "s");
  d.unshift(d.pop());
  return d;
};
export const frozen = (d) => { Object.freeze(d); return [Object.isFrozen(d), d.a, d[0], items(d), Object.entries(d)]; };
export const locked = (d) => { Object.freeze(d); d.a = 5; return d; };
export const sealed = (d) => { Object.preventExtensions(d); d.new = 5; return d; };
export const iterate = (d) => { const out = []; for (const v of d) out.push(v); return out; };
export const deep = (d) => d.a.b.c;
export const call = (d) => d.filter((v) => v.a);
export const group = (d) => new Map(Object.entries(d).map(([k, v]) => [k, [v].flat()]));
export const entries = (d) => Object.fromEntries(d);
export const proto = (d) => [Object.getPrototypeOf(d) === Object.prototype, d instanceof Array, d.__proto__];
export const built = (d) => [d.constructor, Object.getOwnPropertyDescriptors(d)];
export const tagged = (d) => [Object.prototype.toString.call(d), d + "", d == d.valueOf(), typeof d];
""",
    "readers.js",
)


@settings(max_examples=examples(60))
@given(JSON | st.dictionaries(st.sampled_from(["a", "b", "c", "__proto__", "length", "then"]), JSON))
def test_tracing_changes_no_answer(document: object) -> None:
    """Every reader answers the same with and without the tracer, errors and their messages included."""
    calls = [Call(name, Argument(json.dumps(document))) for name in READERS.exports]
    plain, traced = _shared().run(READERS, calls), _shared().run(READERS, calls, traced=True)
    assert _texts(READERS, plain) == _texts(READERS, traced)


def _texts(program: Program, outcomes: tuple[Outcome, ...]) -> dict[str, tuple[str, str]]:
    found = [(one.answer.kind, one.answer.text) for one in outcomes]
    return dict(zip(program.exports, found, strict=True))


def test_stores_that_do_not_fit_are_a_fault_of_the_machine_and_leave_the_engine_usable() -> None:
    program = expression("d => d", "readers.js", "here")
    huge = Argument(json.dumps(["x" * 1_000_000] * 300))
    with Engine(seconds=1.0, memory=32 * 1024 * 1024) as engine:
        with pytest.raises(MachineFault, match="while it took over the stores"):
            engine.run(program, [Call("default", huge)])
        (outcome,) = engine.run(program, [Call("default", Argument("1"))])
    assert outcome.answer.text == "1"
