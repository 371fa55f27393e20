"""TypeScript without its types: JavaScript that does the same, in which everything stands where it stood."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.language import TSX, TYPESCRIPT, Language, parsed
from driftwright.impact.javascript.program import module
from driftwright.impact.javascript.rename import Detour, looking_in_both
from driftwright.impact.javascript.typescript import blanked

RENAME = Detour(("old",), ("new",))
MOVE = Detour(("state", "old"), ("media", "now"))
SECONDS = 30.0  # tests run beside others

# In each, `f` answers 4 to {"n": 4}.
TYPED = {
    "an argument and an answer": "export const f = (d: { n: number }): number => d.n;",
    "an interface before": """
interface Doc { n: number }
export function f(d: Doc) { return d.n; }
""",
    "a type after": """
export function f(d: Doc) { return d.n; }
export type Doc = { n: number; m?: [string] };
""",
    "an assertion": "export const f = (d: unknown) => (d as { n: number }).n as number;",
    "an assertion in angles": "export const f = (d: unknown) => (<{ n: number }>d).n;",
    "satisfies": "export const f = (d: any) => ({ n: d.n } satisfies { n: number }).n;",
    "not null": "export const f = (d: any) => Number(d!.n!.toFixed!(0));",
    "generics": """
const one = <T,>(a: T): T => a;
export const f = (d: any) => one<number>(d.n);
""",
    "generics of several lines": """
export const f = (d: any): Promise<
  number
> | number => d.n;
""",
    "overloads": """
function g(a: string): string;
function g(a: number): number;
function g(a: any) { return a; }
export const f = (d: any) => g(d.n);
""",
    "exported overloads": """
export function f(a: string): string;
export function f(a: any): any;
export function f(a: any) { return a.n; }
""",
    "an abstract class": """
abstract class A<T> implements B { private readonly m!: T; declare q: string; static z?: number = 0;
abstract w(): void; [k: string]: any;
protected get v(): number { return 3 } g?(this: A<T>, a?: T) { return a! } }
interface B {}
class C extends A<number> { override w() {} }
export const f = (d: any) => new C().g(d.n) + A.z!;
""",
    "definite assignment": """
let late!: number;
export const f = (d: any) => { late = d.n; return late; };
""",
    "a declaration of what is elsewhere": """
declare const build: string;
declare module 'x' { export const a: 1 }
declare global { interface W { a: 1 } }
declare enum E { A }
export const f = (d: any) => d.n;
""",
    "links of types alone": """
import type { A } from "./none";
import { type B } from "./none";
import { C } from "./none";
export type { D } from "./none";
export const f = (d: A & B & C) => d.n;
""",
    "names of types among the exports": """
type A = number;
const f = (d: any): A => d.n;
export { type A as B, A, f };
""",
    "no semicolon before a bracket": """
export const f = (d: any) => {
  const a = d as any
  ;[1].map(String)
  return a.n
}
""",
    "a line that would go on": """
export const f = (d: any) => {
  const a = d.n as number
  (globalThis as any).x = 1
  return a
}
""",
    "a type between two statements": """
const a = 1
type T = number
;(1)
export const f = (d: any) => d.n
""",
    "letters beyond ASCII": 'export const f = (d: { "ü🎬": 1 } | any) => "ü🎬" ? d.n : 0;',
    "an arrow that is asked for less than": "export const f = (d: any) => d.n < 5 && d.n > (1 as number) && d.n;",
    "a tuple, a template and a key": """
type K = `a${string}`;
export const f = (d: any) => { const [a]: [n: number, ...r: K[]] = [d.n]; return a; };
""",
    "a default type": """
export default function f<T = { n: 1 }>(d: any) { return d.n as T; }
export { f };
""",
    "a predicate": """
const is = (a: any): a is number => true;
export const f = (d: any) => is(d.n) && d.n;
""",
    "a type with points": "export const f = (d: any) => (d satisfies a.b.c.D).n as a.b.c.D[number] as a.b.C<d.e.F>;",
    "a type with points and a line after": """
export const f = (d: any) => {
  const a = d.n as x.y.z
  ;[d as x.y.z.W].map(String)
  const b = a as x.y.z
  `text`
  return b
};
""",
    "an assertion of a function": """
function t(a: any): asserts a is 1 {}
export const f = (d: any) => { t(d); return d.n };
""",
}
COMPILED = {
    "enum Kind { A }": "declares an enum",
    "const enum Kind { A }": "declares an enum",
    "class A { constructor(private a: string) {} }": "has a parameter that is a property",
    "class A { constructor(readonly a = 1) {} }": "has a parameter that is a property",
    "@seen class A {}": "has a decorator",
    "namespace N { export const a = 1; }": "declares a namespace",
    'import a = require("x");': "imports with =",
    "const a = 1;\nexport = a;": "exports with =",
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(seconds=SECONDS) as running:
        yield running


@pytest.mark.parametrize("name", TYPED)
def test_what_is_left_without_types_does_the_same(engine: Engine, name: str) -> None:
    program = module(TYPED[name], "readers.ts")
    (outcome,) = engine.run(program, [Call("f", Argument(document='{"n": 4}'))])
    assert outcome.answer.text == "4"


@pytest.mark.parametrize("name", TYPED)
@pytest.mark.parametrize("language", [TYPESCRIPT, TSX])
def test_what_is_left_stands_where_it_stood(name: str, language: Language) -> None:
    text = TYPED[name]
    source = text.encode()
    result = blanked(parsed(source, language), source)
    lines, left = text.split("\n"), result.text.split("\n")
    assert [len(line) for line in lines] == [len(line) for line in left]
    moved = [
        (line, at)
        for line, (old, new) in enumerate(zip(lines, left, strict=True))
        for at, (was, now) in enumerate(zip(old, new, strict=True))
        if now not in (was, " ", ";", ")")
    ]
    assert moved == []


@pytest.mark.parametrize("text", COMPILED)
def test_what_is_more_than_types_is_named(text: str) -> None:
    source = f"const before = 1;\n{text}".encode()
    compiled = blanked(parsed(source, TYPESCRIPT), source).compiled
    assert compiled[0].what == COMPILED[text]
    assert compiled[0].line >= 2


# Each: the code, the document before and the one after.
MOVED = (
    (RENAME, "(d: { old?: number }): number => d.old!", '{"old": 1}', '{"new": 1}'),
    (RENAME, "(d: any) => d.a?.old!.b", '{"a": {"old": {"b": 2}}}', '{"a": {"new": {"b": 2}}}'),
    (RENAME, "(d: any) => d.a?.old!.b", "{}", "{}"),
    (RENAME, "(d: any) => (d.old as string[])[0]", '{"old": [1]}', '{"new": [1]}'),
    (RENAME, "({ old }: { old: number }) => old satisfies number", '{"old": 1}', '{"new": 1}'),
    (RENAME, "<T,>(d: any): T => (d as { a: any }).a.old", '{"a": {"old": 1}}', '{"a": {"new": 1}}'),
    (MOVE, "(d: any) => d!.state!.old!.x", '{"state": {"old": {"x": 1}}}', '{"state": {}, "media": {"now": {"x": 1}}}'),
)


@pytest.mark.parametrize(("detour", "code", "before", "after"), MOVED)
def test_a_patch_of_typescript_is_typescript_that_finds_both_places(
    engine: Engine, detour: Detour, code: str, before: str, after: str
) -> None:
    text = f"export const f = {code};"
    patched = looking_in_both(text, detour, "readers.ts")
    calls = [Call("f", Argument(document=document)) for document in (before, after)]
    (right, _), mended = engine.run(module(text, "readers.ts"), calls), engine.run(module(patched, "readers.ts"), calls)
    assert [outcome.answer.text for outcome in mended] == [right.answer.text] * 2
