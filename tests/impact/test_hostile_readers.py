"""Readers that mean harm: each ends in its time, learns nothing of the machine, and changes no other's answer."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from driftwright.base.errors import InputFault
from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import Program, expression, module
from kit.examples import in_turn

pytestmark = pytest.mark.own_engines

DOCUMENT = Argument(document=json.dumps({"items": [{"n": 3}, {"n": 4}], "note": "lighthouse"}))
HONEST = (
    "(d) => [d.items.map((item) => item.n), JSON.stringify(d.items), new Date(0).toISOString(), typeof globalThis.mark]"
)
SECONDS = 0.3
MEMORY = 96 * 1024 * 1024
SECRET = "token-of-the-tests"  # noqa: S105 - it opens nothing

# What is done, as statements. What it yields, if anything, is put into `got`.
QUICK = {
    "look for the process": "got = typeof process + typeof require + typeof module + typeof Deno + typeof Bun",
    "look for the network": "got = typeof fetch + typeof XMLHttpRequest + typeof WebSocket + typeof EventSource",
    "look for threads": "got = typeof Worker + typeof SharedWorker + typeof importScripts",
    "look for a shell": "got = typeof load + typeof read + typeof print + typeof quit + typeof d8 + typeof os",
    "look for the runtime": "got = typeof driftwright + typeof driftwrightDrain",
    "look for it by eval": "got = (0, eval)('typeof driftwright') + (0, eval)('typeof driftwrightDrain')",
    "look for it by a function": "got = Function('return typeof driftwright + typeof driftwrightDrain')()",
    "look for it by the stack": "Error.prepareStackTrace = (e, s) => s.map((c) => c.getThis()); got = Error().stack",
    "look for who called": "got = String(arguments.callee && arguments.callee.caller)",
    "speak V8's own words": "got = (0, eval)('%GetHeapUsage()')",
    "speak V8's own words in a function": "got = Function('return %DebugPrint(1)')()",
    "import a file": "got = import('/etc/hostname')",
    "import a page": "got = import('https://elsewhere.test/x.js')",
    "make another world": "got = typeof ShadowRealm",
    "climb by constructors": "got = d.constructor.constructor('return typeof process')()",
    "climb by a generator": "got = (function* () {}).constructor('return 1')",
    "climb by a promise": "got = (async () => {}).constructor('return typeof process')()",
    "mark the world": "globalThis.mark = 1",
    "mark it by eval": "(0, eval)('var mark = 1')",
    "mark it by a prototype": "Object.prototype.mark = 1",
    "mark it by the document": "d.__proto__.mark = 1",
    "mark it for good": "Object.defineProperty(globalThis, 'mark', { value: 1, configurable: false })",
    "freeze the world": "Object.freeze(globalThis)",
    "freeze what is built in": "[Object, Array, Date].forEach((one) => Object.freeze(Object.freeze(one).prototype))",
    "change the document": "d.items.length = 0; d.items = null",
    "spell JSON anew": "JSON.stringify = () => '[99]'; JSON.parse = () => 99",
    "turn the clock": "Date.now = () => 5; Date = class {}; Date.prototype = null",
    "count for everybody": "Array.prototype.map = () => [99]",
    "iterate for everybody": "Array.prototype[Symbol.iterator] = function* () { yield 99 }",
    "throw nothing": "throw undefined",
    "throw what throws": "throw { get message() { throw 1 }, toString() { throw 2 } }",
    "throw a proxy": "throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 }, ownKeys() { throw 3 } })",
    "throw much": "throw new Error('lighthouse '.repeat(1e6))",
    "answer a proxy": "got = new Proxy([], { get() { throw 1 }, ownKeys() { return ['x'] } })",
    "answer a circle": "got = {}; got.self = got",
    "answer a deep one": "got = {}; for (let i = 0, at = got; i < 1e5; i += 1) at = at.a = {}",
    "answer a long one": "got = 'x'.repeat(2 ** 20)",
    "answer many": "got = new Array(2 ** 18).fill(0)",
    "answer what changes": "let n = 0; got = { get a() { return (n += 1) } }",
    "answer with half letters": "got = '\\ud800' + String.fromCharCode(0, 0x202e)",
    "answer a symbol": "got = Symbol('lighthouse')",
    "answer what is no number": "got = [NaN, -0, Infinity, 10n ** 400n]",
    "answer a view of memory": "got = new SharedArrayBuffer(8)",
    "answer a thenable": "got = { then(yes) { yes(globalThis) } }",
    "answer the world": "got = globalThis",
    "answer a class": "got = class { static [Symbol.toPrimitive]() { throw 1 } }",
    "recurse": "const down = () => down() + 1; got = down()",
    "backtrack": "got = /^(a+)+$/.test('a'.repeat(18) + 'b')",
    "collect": "new FinalizationRegistry(() => { globalThis.mark = 1 }).register({}, 1); got = !!new WeakRef({})",
    "wait": "setTimeout(() => { globalThis.mark = 1 }, 0); queueMicrotask(() => { globalThis.mark = 1 })",
    "compile": "got = typeof WebAssembly + new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))",
    "hold a global by a getter": "Object.defineProperty(globalThis, 'Array', { get: () => 7, configurable: false })",
    "hold a global by a value": "Object.defineProperty(globalThis, 'Date', { value: 7, configurable: false })",
    "hold a global that every page has": "Object.defineProperty(globalThis, 'URL', { value: 7, configurable: false })",
    "throw what cannot be told when it is loaded": "throw { toString: null, valueOf: null }",
}
SLOW = {
    "loop": "for (;;) {}",
    "loop and catch": "for (;;) { try { for (;;) {} } catch {} }",
    "loop in a promise": "got = Promise.resolve().then(() => { for (;;) {} })",
    "loop in jobs": "const again = () => Promise.resolve().then(again); got = again()",
    "loop in the answer": "got = { toJSON() { for (;;) {} }, get a() { for (;;) {} } }",
    "loop in a sort": "got = [3, 2, 1].sort(() => { for (;;) {} })",
    "backtrack for ever": "got = /^(a+)+$/.test('a'.repeat(40) + 'b')",
    "fill the heap": "const kept = []; for (;;) kept.push({ a: [1] })",
    "fill it with one text": "let s = 'x'; for (;;) s += s + Math.random()",
    "fill it outside": "const kept = []; for (;;) kept.push(new Uint8Array(1e8).fill(1))",
    "wait for nobody": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
    "yield for ever": "got = (function* () { for (;;) yield 1 })(); got = [...got]",
}
PLACES = {
    "in the function": "export const harm = (d) => {{ let got = 1; {deed}; return got }};",
    "when it is loaded": "let got = 1; const d = {{ items: [] }};\n{deed};\nexport const harm = () => got;",
    "in a promise": "export const harm = async (d) => {{ let got = 1; await 0; {deed}; return got }};",
}


def _readers() -> Iterator[tuple[str, str]]:
    """Yield every quick deed at each place; the slow ones cost their deadline each, and have a test of their own."""
    for what, deed in QUICK.items():
        for place, text in PLACES.items():
            yield f"{what}, {place}", text.format(deed=deed)


READERS = dict(_readers())
TRIED = [name for number, what in enumerate(QUICK) for name in in_turn([f"{what}, {at}" for at in PLACES], number)]
"""In every check each deed at one of its places."""


def _honest(engine: Engine) -> str:
    return engine.run(expression(HONEST, "honest.js", ""), [Call("default", DOCUMENT)])[0].answer.text


def _harmful(text: str) -> Program:
    return module(text, "harmful.js")


def test_there_are_enough_of_them() -> None:
    assert len(READERS) + len(SLOW) >= 150


@pytest.mark.parametrize("part", range(3))
def test_a_hostile_reader_is_answered_and_the_next_one_is_not_hurt(monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    monkeypatch.setenv("SHOP_TOKEN", SECRET)
    wrong = []
    with Engine(seconds=SECONDS, memory=MEMORY) as engine:
        expected = _honest(engine)
        assert '"undefined"' in expected
        for name in TRIED[part::3]:
            try:
                (outcome,) = engine.run(_harmful(READERS[name]), [Call("harm", DOCUMENT)])
                answer = outcome.answer
                if answer.kind not in ("value", "undefined", "throws", "stopped"):
                    wrong.append((name, answer.kind))
                if SECRET in answer.text or ("object" in answer.text[:80] and name.startswith("look for the ")):
                    wrong.append((name, answer.text[:80]))
            except InputFault as fault:  # not to be parsed, or it throws when it is loaded
                if "lighthouse" in str(fault):
                    wrong.append((name, str(fault)[:80]))
            if _honest(engine) != expected:
                wrong.append((name, "another reader answers otherwise"))
    assert wrong == []


@pytest.mark.parametrize("what", SLOW)
def test_what_never_ends_is_stopped(what: str) -> None:
    text = PLACES["in the function"].format(deed=SLOW[what])
    with Engine(seconds=SECONDS, memory=MEMORY) as engine:
        expected = _honest(engine)
        (outcome,) = engine.run(_harmful(text), [Call("harm", DOCUMENT)])
        assert _honest(engine) == expected
    assert outcome.answer.kind in ("stopped", "throws", "undefined"), outcome.answer.text[:80]
