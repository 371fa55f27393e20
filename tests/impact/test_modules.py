"""Reading code as it stands in a project: in several files, with packages, of CommonJS, without an export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from driftwright.base.errors import InputFault
from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import module
from driftwright.impact.readers import compile_fact, load_readers
from driftwright.workspace.contract import load_fact
from kit.bundling import write_project

SECONDS = 30.0  # tests run beside others
MAIN = "src/readers.ts"

# The files of projects; `f` of the main one answers 4 to {"n": 4}, or 4 is what `named` answers where it stands there.
PROJECTS = {
    "a relative import": {
        MAIN: 'import { one } from "./lib/one";\nexport const f = (d: { n: number }) => one(d);',
        "src/lib/one.ts": "export const one = (d: { n: number }) => d.n;",
    },
    "a path of tsconfig": {
        MAIN: 'import { one } from "@/one";\nexport const f = (d: { n: number }) => one(d);',
        "src/lib/one.ts": "export const one = (d: { n: number }) => d.n;",
        "tsconfig.json": '{ "compilerOptions": { /* mine */ "paths": { "@/*": ["./src/lib/*"] }, } }',
    },
    "a package of CommonJS": {
        MAIN: 'import pick from "pick";\nexport const f = (d: object) => pick(d, "n");',
        "node_modules/pick/index.js": "module.exports = (held, name) => held[name];",
    },
    "a package of many files": {
        MAIN: 'import { pick } from "@my/pick/deep";\nexport const f = (d: object) => pick(d);',
        "node_modules/@my/pick/package.json": '{"name": "@mine/pick", "exports": {"./deep": {"import": "./d.mjs"}}}',
        "node_modules/@my/pick/d.mjs": 'import { name } from "./name.mjs";\nexport const pick = (held) => held[name];',
        "node_modules/@my/pick/name.mjs": 'export const name = "n";',
    },
    "a circle": {
        MAIN: 'import { one } from "./one";\nexport const zero = 0;\nexport const f = (d: { n: number }) => one(d);',
        "src/one.ts": 'import { zero } from "./readers";\nexport const one = (d: { n: number }) => d.n + zero;',
    },
    "an enumeration and a property of a parameter": {
        MAIN: 'enum Name { It = "n" }\nclass Doc { constructor(private held: any) {}\n'
        "get(name: Name) { return this.held[name]; } }\n"
        "export const f = (d: object) => new Doc(d).get(Name.It);"
    },
    "a namespace": {MAIN: "namespace N { export const at = 'n'; }\nexport const f = (d: any) => d[N.at];"},
    "a decorator": {
        MAIN: "const seen = (made: any, _: unknown) => made;\n"
        "@seen class Doc { n = 4 }\nexport const f = (d: any) => new Doc().n;",
        "tsconfig.json": '{ "compilerOptions": { "target": "es2022" } }',
    },
    "an element": {
        "src/readers.tsx": "const View = (d: { n: number }) => <b title='x'>{d.n}</b>;\n"
        "export const f = (d: { n: number }) => (View(d) as any).props.children;"
    },
    "an element in a file of JavaScript": {"src/readers.jsx": "export const f = (d) => (<b>{d.n}</b>).props.children;"},
    "a picture and a sheet of styles": {
        MAIN: 'import "./look.css";\nimport icon from "./icon.svg";\nexport const f = (d: any) => (icon, d.n);',
        "src/look.css": "b { color: red }",
        "src/icon.svg": "<svg/>",
    },
    "a hook": {
        MAIN: 'import React, { useMemo, useState as use } from "react";\nexport function f(d: { n: number }) {\n'
        "  const [held] = use(() => d);\n  const call = React.useCallback(() => held.n, []);\n"
        "  return useMemo(() => call(), [call]);\n}"
    },
    "a hook that the project replaces": {
        MAIN: 'import { useDoc } from "doc-of-the-page";\nexport const f = (d: any) => useDoc(d).n;',
        "package.json": '{"driftwright": {"alias": {"doc-of-the-page": "./test/doc.ts"}}}',
        "test/doc.ts": "export const useDoc = <T,>(d: T): T => d;",
    },
    "what a bundler defines": {
        MAIN: 'import { one } from "./one";\nexport const f = (d: any) => (import.meta.env.DEV ? 0 : one(d));',
        "src/one.ts": 'export const one = (d: any) => (process.env.NODE_ENV === "production" ? d.n : 0);',
    },
    "another file that is required": {
        "src/readers.cjs": 'const { one } = require("./one.cjs");\nmodule.exports = { f: (d) => one(d) };',
        "src/one.cjs": "exports.one = (d) => d.n;",
    },
    "a module that is loaded late": {
        MAIN: 'export const f = async (d: any) => (await import("./one")).one(d);',
        "src/one.ts": "export const one = (d: any) => d.n;",
    },
}
ALONE = {
    "module.exports": "const f = (d) => d.n;\nmodule.exports = { f, g: 1 };",
    "exports": "exports.f = (d) => d.n;",
    "module.exports with a name": "module.exports.f = function (d) { return d.n; };",
    "what TypeScript writes": '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\n'
    "exports.f = exports.g = void 0;\nconst f = (d) => d.n;\nexports.f = f;",
    "a property with a getter": 'const f = (d) => d.n;\nObject.defineProperty(exports, "f", { get: () => f });',
}
HIDDEN = {
    "a constant": "const f = (d) => d.n;\nexport const g = 1;",
    "a function": "function f(d) { return d.n; }\nexport default 1;",
    "of CommonJS": "const f = (d) => d.n;\nmodule.exports = { g: 1 };",
    "a typed one": "const f = (d: { n: number }) => d.n;\nexport const g = 1;",
    "by an import": 'import { one } from "./one";\nconst f = (d: any) => one(d);\nexport const g = 1;',
    "by a file": 'const { one } = require("./one");\nconst f = (d) => one(d);\nmodule.exports = { g: 1 };',
}
# What is wrong with a project, and the file, the place and the words of the line that says so.
WRONG = {
    "a missing file": ({MAIN: '\nimport { a } from "./none";\nexport const f = () => a;'}, (MAIN, "2:19", "./none")),
    "a missing package": (
        {MAIN: 'import a from "none-of-it";\nexport const f = () => a;'},
        (MAIN, "1:15", "npm install"),
    ),
    "a missing file of a file": (
        {MAIN: 'import { a } from "./a";\nexport const f = () => a;', "src/a.ts": '\n\nexport * from "./b";'},
        ("src/a.ts", "3:15", "./b"),
    ),
    "an export that is not there": (
        {MAIN: 'import { b } from "./a";\nexport const f = () => b;', "src/a.ts": "export const a = 1;"},
        (MAIN, "1:10", "No matching export"),
    ),
    "an error of syntax": ({MAIN: "export const a = 1;\nexport const f = (d: => d;"}, (MAIN, "2:22", "Unexpected")),
    "an error of syntax in a file of a file": (
        {MAIN: 'import { a } from "./a";\nexport const f = () => a;', "src/a.ts": "export const a = ;"},
        ("src/a.ts", "1:18", "Unexpected"),
    ),
    "a file that throws when it is loaded": (
        {MAIN: 'import { a } from "./a";\nexport const f = () => a;', "src/a.ts": "export const a = 1;\n\n  null.x;"},
        ("src/a.ts", "3:8", "throws when it is loaded"),
    ),
    "an await at the top": (
        {
            MAIN: 'import { a } from "./a";\n\nconst b = await a();\nexport const f = () => b;',
            "src/a.ts": "export const a = 1;",
        },
        (MAIN, "3:11", "awaits at the top level"),
    ),
    "settings that are none": (
        {MAIN: 'import { a } from "a";\nexport const f = () => a;', "package.json": '{"driftwright": {"alias": 1}}'},
        ("package.json", "/driftwright/alias", "holds no replacements"),
    ),
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(seconds=SECONDS) as running:
        yield running


def answer(engine: Engine, file: Path, named: str = "f") -> str:
    """What a function of a file answers to one document."""
    program = module(file.read_text(), str(file), named)
    (outcome,) = engine.run(program, [Call(named, Argument(document='{"n": 4}'))])
    return outcome.answer.text


@pytest.mark.parametrize("name", PROJECTS)
def test_a_reader_runs_with_all_that_it_imports(engine: Engine, tmp_path: Path, name: str) -> None:
    write_project(tmp_path, PROJECTS[name])
    assert answer(engine, next(tmp_path.glob("src/readers.*"))) == "4"


@pytest.mark.parametrize("name", ALONE)
def test_a_module_of_commonjs_needs_nothing_else(engine: Engine, name: str) -> None:
    program = module(ALONE[name], "readers.js")
    assert "f" in engine.functions(program)
    (outcome,) = engine.run(program, [Call("f", Argument(document='{"n": 4}'))])
    assert outcome.answer.text == "4"


def test_a_whole_module_of_commonjs_may_be_one_function(engine: Engine) -> None:
    program = module("module.exports = (d) => d.n;", "readers.js")
    assert engine.functions(program) == ("default",)


@pytest.mark.parametrize("name", HIDDEN)
def test_a_function_at_the_top_can_be_named_without_an_export(engine: Engine, tmp_path: Path, name: str) -> None:
    ending = "js" if "module.exports" in HIDDEN[name] else "ts"
    one = "exports.one = (d) => d.n;" if ending == "js" else "export const one = (d: any) => d.n;"
    write_project(tmp_path, {f"r.{ending}": HIDDEN[name], f"one.{ending}": one})
    file = tmp_path / f"r.{ending}"
    assert answer(engine, file) == "4"
    assert "f" not in module(file.read_text(), str(file)).exports
    text = HIDDEN[name].replace("d.n", "[d, x]").replace("(d)", "(x, d)").replace("(d: any)", "(x: any, d: any)")
    if "one" not in text and "d:" not in text:
        file.write_text(text)
        assert answer(engine, file, "f(n, m)") == "[undefined,4]"


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_line_with_the_users_file_and_line(engine: Engine, tmp_path: Path, name: str) -> None:
    files, (file, place, words) = WRONG[name]
    write_project(tmp_path, files)
    with pytest.raises(InputFault) as told:
        engine.functions(load_readers(tmp_path / MAIN))
    assert (told.value.file, told.value.place) == (str(tmp_path / file), place), str(told.value)
    assert words in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('import { a } from "./a";\nexport const f = () => a;', "1:1: imports another file"),
        ("const a = 1;\nenum E { A }\nexport const f = () => E;", "2:1: declares an enum"),
        ("export const f = (d: => d;", "1:22: is no valid TypeScript"),
    ],
)
def test_without_esbuild_one_line_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    write_project(tmp_path, {MAIN: text}, with_esbuild=False)
    with pytest.raises(InputFault) as told:
        load_readers(tmp_path / MAIN)
    assert f"{MAIN}:{says}; " in str(told.value)
    assert "npm install --save-dev esbuild" in told.value.mend


def test_esbuild_on_the_search_path_serves_a_project_without_one(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(tmp_path / "other", {})
    found = next((tmp_path / "other" / "node_modules" / "@esbuild").glob("*/bin"))
    monkeypatch.setenv("PATH", str(found))
    write_project(tmp_path / "mine", PROJECTS["a relative import"], with_esbuild=False)
    assert answer(engine, tmp_path / "mine" / MAIN) == "4"


def test_a_plain_module_starts_no_other_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path, {"r.ts": "export const f = (d: any) => d.n;"}, with_esbuild=False)
    monkeypatch.setattr("subprocess.run", None)
    assert load_readers(tmp_path / "r.ts").exports == ("f",)


def test_a_contract_runs_what_its_file_imports_now_and_from_where_it_is(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = 'title = "x"\n[[source]]\nlevel = "full"\nderive = "src/readers.ts#f"\n'

    def answered(folder: Path) -> str:
        monkeypatch.chdir(folder)
        reader = compile_fact(load_fact(Path("fact.toml"))).primary
        (outcome,) = engine.run(reader.program, [Call(reader.function, Argument(document='{"n": 4}'))])
        return outcome.answer.text

    for name, code in (("one", "d.n"), ("other", "d.n + 1")):
        files = {**PROJECTS["a relative import"], "src/lib/one.ts": f"export const one = (d: any) => {code};"}
        write_project(tmp_path / name, {**files, "fact.toml": contract})
    assert [answered(tmp_path / name) for name in ("one", "other")] == ["4", "5"]
    (tmp_path / "one" / "src/lib/one.ts").write_text("export const one = (d: any) => d.n * 10;")
    assert [answered(tmp_path / name) for name in ("one", "other", "one")] == ["40", "5", "40"]
