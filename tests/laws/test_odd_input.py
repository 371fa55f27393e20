"""Odd snapshots and documents, judged as what they are: never refused, never a crash, and printed without harm.

What is refused is in `test_hostile_input.py`, whose list of cases names these tests as well.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.path import Path as Position
from driftwright.snapshot.file import read_snapshot, write_snapshot
from kit.carts import captured, cart_id, cart_store, write_workspace
from kit.program import Done, Program
from kit.project import write_few_facts

Document = dict[str, Any]

STANDIN = Path(__file__).parents[1] / "standin.snapshot.json"


def _check(program: Program, folder: Path, value: Any, *options: str) -> Done:
    """Judge a captured store in the small workspace."""
    workspace = write_workspace(folder)
    write_snapshot(captured(value), folder / "a.snapshot.json")
    return program(*workspace, "check", "a.snapshot.json", *options)


def test_lone_surrogates_are_judged_and_printed_as_escapes(program: Program, tmp_path: Path) -> None:
    value = cart_store()
    for lines in value["byId"].values():
        for line in lines:
            line["\ud800"] = line.pop("open")
            line["more"] = "\udfff"
    formats = [word for form in ("text", "json", "html", "markdown") for word in ("--format", form)]
    done = _check(program, tmp_path, value, *formats, "--output", "out")
    assert (done.code, done.stderr) == (1, "")
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["verdict"] == "broken"
    assert "/byId/{}/[]/\ud800" in {change["to"] for change in report["changes"]}
    for file in (tmp_path / "out").iterdir():
        assert "ud800" in file.read_bytes().decode("utf-8"), file.name


ODD_NAMES = (
    "__proto__",
    "constructor",
    "__typename",
    "toString",
    "",
    "a\"b'c",
    "line\nend",
    "\u202egnp",
    "{}",
    "~0/[]",
)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_field_of_an_odd_name_is_a_field(program: Program, tmp_path: Path, name: str) -> None:
    def document(holds: str) -> str:
        # Written by hand: a reader must meet the name as the page's JSON has it.
        return json.dumps({"items": [{"id": cart_id(number), holds: number % 2 == 0} for number in range(12)]})

    (tmp_path / "a.json").write_text(document(name))
    (tmp_path / "b.json").write_text(json.dumps({"items": [{"id": cart_id(number)} for number in range(12)]}))
    own = f"Object.getOwnPropertyDescriptor(item, {json.dumps(name)})?.value === true"
    (tmp_path / "r.js").write_text(f"export const count = (d) => d.items.filter((item) => {own}).length;")
    same = program("diff", "a.json", "a.json", "--consumer", "r.js", "--format", "json")
    assert (same.code, json.loads(same.stdout)["changes"]) == (0, [])
    done = program("diff", "a.json", "b.json", "--consumer", "r.js", "--format", "json")
    assert (done.code, done.stderr) == (1, "")
    told = json.loads(done.stdout)
    (change,) = told["changes"]
    assert change["rule"] == "field-removed"
    assert Position.parse(change["path"]).name == name
    assert str(Position.parse(change["path"])) == change["path"]
    assert told["readers"]["count"]["effect"] == "silent"
    text = program("diff", "a.json", "b.json", "--consumer", "r.js")
    assert all(char.isprintable() or char == "\n" for char in text.stdout)


def _changes(program: Program, folder: Path, before: str, after: str) -> list[str]:
    items = [f'{{"id": "{cart_id(number)}", "n": %s}}' for number in range(12)]
    for name, held in (("a.json", before), ("b.json", after)):
        (folder / name).write_text(f'{{"items": [{", ".join(item % held for item in items)}]}}')
    done = program("diff", "a.json", "b.json", "--format", "json")
    assert done.stderr == ""
    return [change["rule"] for change in json.loads(done.stdout)["changes"]]


def test_one_and_one_point_nought_are_the_same_and_true_is_another(program: Program, tmp_path: Path) -> None:
    assert _changes(program, tmp_path, "1", "1.0") == []
    assert _changes(program, tmp_path, "1.0", "1e0") == []
    assert _changes(program, tmp_path, "true", "1") == ["flag-became-number"]
    assert _changes(program, tmp_path, "1", "true") == ["number-became-flag"]


@pytest.mark.parametrize("state", [None, [], [1, 2], "text", 7, True], ids=repr)
def test_a_state_of_another_type_is_broken_and_no_crash(program: Program, tmp_path: Path, state: Any) -> None:
    done = _check(program, tmp_path, {"byId": state, "version": 1}, "--format", "json")
    assert (done.code, done.stderr) == (1, "")
    report = json.loads(done.stdout)
    assert report["verdict"] == "broken"
    assert "/byId" in {change["path"] for change in report["changes"]}


@pytest.mark.parametrize("state", [None, [], "text"], ids=repr)
def test_the_real_store_without_state_is_drift(program: Program, tmp_path: Path, state: Any) -> None:
    held = read_snapshot(STANDIN)
    views = [
        replace(view, entries=tuple(
            replace(entry, value={"state": state, "version": 1}) if entry.store == "site" else entry
            for entry in view.entries
        ))
        for view in held.areas
    ]  # fmt: skip
    write_snapshot(replace(held, areas=tuple(views)), tmp_path / "a.json")
    workspace = str(write_few_facts(tmp_path / "few"))
    done = program("--workspace", workspace, "check", "a.json", "--format", "json")
    assert (done.code, done.stderr) == (1, "")
    report = json.loads(done.stdout)
    assert report["verdict"] == "broken"
    assert {change["path"] for change in report["changes"] if change["store"] == "site"} == {"/state"}


def test_a_bumped_version_is_a_note_of_its_own(program: Program, tmp_path: Path) -> None:
    done = _check(program, tmp_path, {**cart_store(), "version": 2}, "--format", "json")
    assert (done.code, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert [(change["rule"], change["path"]) for change in report["changes"]] == [("version-changed", "/version")]
    assert report["verdict"] == "intact"
    assert any("/version" in note and "not a break by itself" in note for note in report["notes"])


@pytest.mark.parametrize("value", [{"byId": {}, "version": 1}, {"byId": {cart_id(1): []}, "version": 1}], ids=repr)
def test_empty_maps_are_no_evidence(program: Program, tmp_path: Path, value: Document) -> None:
    done = _check(program, tmp_path, value)
    assert (done.code, done.stderr) == (3, "")
    assert done.stdout.startswith("UNSEEN")
    assert "Fill a cart" in done.stdout
