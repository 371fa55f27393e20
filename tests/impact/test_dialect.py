"""Code that is not what its file says: the message says what it is, and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from driftwright.base.errors import InputFault
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import expression, module
from driftwright.impact.readers import compile_fact, readers_module
from driftwright.workspace.contract import load_fact

TYPED = {
    "a type": "type Cart = { lines: string[] };\nexport const count = (cart: Cart) => cart.lines.length;",
    "a generic type": "export type Held<T> = T[];\nexport const count = (cart) => cart.lines.length;",
    "an interface": "interface Cart { lines: string[] }\nexport function count(cart) { return cart.lines.length; }",
    "a type of an argument": "export const count = (cart: any) => cart.lines.length;",
    "a type of an answer": "export function count(cart): number { return cart.lines.length; }",
    "an assertion": "export const count = (cart) => (cart.lines as unknown).length;",
    "a type of many lines": "\ninterface Cart {\n  lines: Line[];\n}\nexport const count = (cart) => 1;",
    "an enumeration": "enum Kind { A, B }\nexport const count = (cart) => cart.lines.length;",
}


@pytest.mark.parametrize("ending", ["js", "mjs", "cjs", "jsx"])
@pytest.mark.parametrize("name", TYPED)
def test_typescript_in_a_file_of_javascript_is_told_as_what_it_is(name: str, ending: str) -> None:
    with pytest.raises(InputFault, match=r"is TypeScript; name the file so that it ends in \.ts") as told:
        readers_module(TYPED[name], f"some/readers.{ending}")
    assert told.value.file == f"some/readers.{ending}"
    assert told.value.place[0].isdigit()


@pytest.mark.parametrize(
    "text",
    [
        "export const f = (d) => d.a +;",
        "export const f = (d) => ({ a: d.b : 1 });",
        "const f = (d => d;",
        "// what it answers: number\nconst a = 1;\n\nconst b = ; // as string\nconst c = 2;",
    ],
)
def test_wrong_javascript_is_no_typescript(text: str) -> None:
    with pytest.raises(InputFault, match="is no valid JavaScript") as told:
        module(text, "readers.js")
    assert told.value.mend == "correct the JavaScript"


def test_a_file_of_another_ending_with_plain_javascript_in_it_runs() -> None:
    program = readers_module("export const count = (cart) => cart.lines.length;", "readers.ts")
    assert program.exports == ("count",)


def test_typescript_in_a_contract_itself_is_told_there() -> None:
    with pytest.raises(InputFault, match="is TypeScript; write it as plain JavaScript, or name a file") as told:
        expression("({cart}: any) => cart.lines.length", "count.toml", "source[1].derive")
    assert told.value.place == "source[1].derive 1:8"


def test_a_file_without_exports_says_how_to_export() -> None:
    with pytest.raises(InputFault, match="exports no function; write export const name"):
        readers_module("const count = (cart) => 1;", "readers.cjs")


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("const kept = history.state;", "without a page"),
        ("const kept = document.title;", "without a page"),
        ("const kept = null.title;", "correct the JavaScript"),
    ],
)
def test_what_asks_for_a_page_when_it_is_loaded_is_told_that_there_is_none(text: str, mend: str) -> None:
    program = module(f"{text}\nexport const f = (d) => kept;", "readers.js")
    with Engine() as engine, pytest.raises(InputFault, match="throws when it is loaded") as told:
        engine.functions(program)
    assert mend in told.value.mend


CONTRACT = 'title = "x"\n[[source]]\nlevel = "full"\nderive = "READER"\n'


@pytest.mark.parametrize("file", ["readers.js", "my readers.jsx", "readers.cjs"])
def test_a_contract_names_the_file_of_readers_and_not_itself(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_text(TYPED["a type"])
    (tmp_path / "lines.toml").write_text(CONTRACT.replace("READER", f"{file}#count"))
    with pytest.raises(InputFault, match="is TypeScript") as told:
        compile_fact(load_fact(tmp_path / "lines.toml"))
    assert told.value.file.endswith(file)


@pytest.mark.parametrize("named", ["readers.js", "readers.js#", "down/readers.mjs"])
def test_a_contract_that_names_a_file_alone_is_told_to_name_an_export(tmp_path: Path, named: str) -> None:
    (tmp_path / "lines.toml").write_text(CONTRACT.replace("READER", named))
    with pytest.raises(InputFault, match="names no export") as told:
        load_fact(tmp_path / "lines.toml")
    assert told.value.place == "source[1].derive"
    assert told.value.mend == f"write '{named.rstrip('#')}#NAME'"
