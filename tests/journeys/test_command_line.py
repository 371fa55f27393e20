"""The command line: help, exit codes, and one line for every mistake.

Most of it is run within this process; `test_every_verb.py` starts each verb in a process of its own.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import driftwright
from driftwright.snapshot.file import read_snapshot, write_snapshot
from driftwright.snapshot.model import AreaView, Entry, Snapshot
from kit.program import environment, run_apart, run_here
from kit.project import write_few_facts

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = Path(__file__).parents[1] / "standin.snapshot.json"
VERBS = ("probe", "check", "diff", "run", "report", "prove", "trace", "scan", "explain", "doctor")
TWICE = ("--snapshot", str(SNAPSHOT), "--snapshot", str(SNAPSHOT))
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _python(folder: Path, code: str) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment(folder), capture_output=True, text=True, check=True)
    return done.stdout


# ---- help


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(tmp_path: Path, verb: str) -> None:
    done = run_here(tmp_path, verb, "--help")
    assert (done.code, done.stderr) == (0, "")
    assert f"example:\n  driftwright {verb}" in done.stdout


def test_the_help_names_every_verb_and_exit_code(tmp_path: Path) -> None:
    done = run_here(tmp_path, "--help")
    assert done.code == 0
    assert [verb for verb in VERBS if not re.search(rf"^ {{4}}{verb} ", done.stdout, re.MULTILINE)] == []
    assert re.findall(r"^  (\d)  ", done.stdout, re.MULTILINE) == ["0", "1", "2", "3", "4"]
    assert run_here(tmp_path, "--version").stdout == f"driftwright {driftwright.__version__}\n"


def test_building_the_parser_imports_nothing_heavy(tmp_path: Path) -> None:
    """So that help answers at once, whatever the machine."""
    code = (
        "import sys, driftwright.entrypoints.cli.parser as p; p.build_parser(); import driftwright.entrypoints.cli; "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    loaded = set(_python(tmp_path, code).split())
    heavy = {
        "deepdiff",
        "jsonschema",
        "jsonschema_rs",
        "playwright",
        "py_mini_racer",
        "jinja2",
        "orjson",
        "tree_sitter",
    }
    assert "driftwright" in loaded
    assert loaded & heavy == set()


# ---- verdicts and their exit codes


def _drifted(change: Callable[[Entry], Entry | None]) -> Snapshot:
    """The saved snapshot with the site's own store changed, or gone."""
    held = read_snapshot(SNAPSHOT)
    views = []
    for view in held.areas:
        changed = [change(entry) if entry.store == "site" else entry for entry in view.entries]
        views.append(AreaView(view.area, tuple(entry for entry in changed if entry), view.others, view.denied))
    return replace(held, areas=tuple(views))


def _attempts(change: Callable[[list[Any]], list[Any]]) -> Snapshot:
    def changed(entry: Entry) -> Entry:
        value = json.loads(json.dumps(entry.value))
        lists = value["state"]["videoByMediaId"]
        value["state"]["videoByMediaId"] = {key: change(held) for key, held in lists.items()}
        return replace(entry, value=value)

    return _drifted(changed)


def _unwrapped() -> Snapshot:
    """Nothing is where any reader looks, so that a fact without records of the extension's own has nothing left."""
    return _drifted(lambda entry: replace(entry, value=entry.value["state"]))


def _holes() -> Snapshot:
    return _attempts(lambda held: [None, *held])


VERDICTS: dict[str, tuple[Callable[[], Snapshot], tuple[str, ...], int, str]] = {
    "intact": (lambda: read_snapshot(SNAPSHOT), (), 0, "INTACT"),
    "broken": (_unwrapped, (), 1, "BROKEN"),
    "broken, fail on broken": (_unwrapped, ("--fail-on", "broken"), 1, "BROKEN"),
    "degraded": (_holes, (), 1, "DEGRADED"),
    "degraded, fail on broken": (_holes, ("--fail-on", "broken"), 0, "DEGRADED"),
    "unseen": (lambda: _drifted(lambda _: None), (), 3, "UNSEEN"),
}


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Options for a workspace of some facts; what all of them say of a capture is asked below, and in test_drift.py."""
    facts = ("attempt_outcomes", "moderated_count", "original_image_prompt")
    return "--workspace", str(write_few_facts(tmp_path_factory.mktemp("few"), facts))


@pytest.mark.parametrize("name", VERDICTS)
def test_each_verdict_has_its_exit_code(tmp_path: Path, few: tuple[str, str], name: str) -> None:
    snapshot, options, code, word = VERDICTS[name]
    write_snapshot(snapshot(), tmp_path / "a.snapshot.json")
    done = run_here(tmp_path, *few, "check", "a.snapshot.json", *options)
    assert (done.code, done.stderr) == (code, "")
    assert done.stdout.startswith(word)


def test_the_saved_capture_of_the_stand_in_is_intact(tmp_path: Path) -> None:
    done = run_here(tmp_path, "check", str(SNAPSHOT), "--format", "json")
    assert (done.code, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert report["verdict"] == "intact"
    assert report["summary"]["intact"] == report["summary"]["facts"] == len([*(ROOT / "contracts").glob("*.toml")])
    assert report["changes"] == []


def test_several_formats_of_several_snapshots_go_to_a_folder(tmp_path: Path, few: tuple[str, str]) -> None:
    write_snapshot(_unwrapped(), tmp_path / "later.snapshot.json")
    shutil.copy(SNAPSHOT, tmp_path / "sooner.snapshot.json")
    formats = ("--format", "text", "--format", "json", "--format", "html", "--format", "markdown", "--output", "out")
    done = run_here(tmp_path, *few, "check", "sooner.snapshot.json", "later.snapshot.json", *formats)
    assert (done.code, done.stderr) == (1, "")
    assert done.stdout.splitlines() == ["out/sooner", "out/later"]
    for name, verdict in (("sooner", "intact"), ("later", "broken")):
        folder = tmp_path / "out" / name
        assert {file.name for file in folder.iterdir()} == {"report.txt", "report.json", "report.html", "report.md"}
        assert json.loads((folder / "report.json").read_text())["verdict"] == verdict
        again = run_here(tmp_path, "report", str(folder), "--format", "markdown")
        assert (again.code, again.stdout) == (0, (folder / "report.md").read_text())


def test_the_same_check_gives_the_same_bytes(tmp_path: Path, few: tuple[str, str]) -> None:
    write_snapshot(_unwrapped(), tmp_path / "a.snapshot.json")
    first, second = (run_apart(tmp_path, *few, "check", "a.snapshot.json", "--format", "json") for _ in range(2))
    assert (first.code, first.stdout, first.stderr) == (second.code, second.stdout, second.stderr) != (0, "", "")


def test_explain_and_doctor_tell(tmp_path: Path) -> None:
    assert "flag-became-number" in run_here(tmp_path, "explain").stdout
    rule = run_here(tmp_path, "explain", "flag-became-number")
    assert (rule.code, rule.stderr) == (0, "")
    assert rule.stdout.startswith("flag-became-number:")
    fact = run_here(tmp_path, "explain", "moderated_count")
    assert "1. site store (full)" in fact.stdout
    found = json.loads(run_here(tmp_path, "doctor", "--json").stdout)
    assert found["driftwright"] == driftwright.__version__
    assert found["targets"] == "grok, standin"
    assert str(tmp_path) not in json.dumps(found)


# ---- bad input: exit code 2, one line, nothing written

Given = Callable[[Path], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Bad:
    """A mistake of the user.

    Args:
        given: Lays out the files and returns the command line.
        says: What the line must hold: the file, the place, the mend.
    """

    given: Given
    says: tuple[str, ...]


def _file(name: str, content: str | bytes, *command: str) -> Given:
    def given(folder: Path) -> tuple[str, ...]:
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return command or ("check", name)

    return given


def _folder(name: str, *command: str) -> Given:
    def given(folder: Path) -> tuple[str, ...]:
        (folder / name).mkdir()
        return command

    return given


def _line(*command: str) -> Given:
    return lambda _: command


def _edited_snapshot() -> str:
    return SNAPSHOT.read_text().replace('"progress": 100', '"progress": 99', 1)


def _workspace(change: Callable[[Path], object], *command: str) -> Given:
    """A copy of the project's workspace with one mistake in it."""

    def given(folder: Path) -> tuple[str, ...]:
        home = folder / "ws"
        for part in ("contracts", "schemas"):
            shutil.copytree(ROOT / part, home / part)
        shutil.copytree(ROOT / "probes", home / "probes", ignore=shutil.ignore_patterns("node_modules"))
        change(home)
        return ("--workspace", "ws", *(command or ("check", str(SNAPSHOT))))

    return given


def _edit(name: str, old: str, new: str) -> Callable[[Path], object]:
    def change(home: Path) -> None:
        text = (home / name).read_text()
        assert old in text
        (home / name).write_text(text.replace(old, new, 1))

    return change


COUNT = "contracts/moderated_count.toml"
SITE = "schemas/grok/useMediaStore"
V1 = f"{SITE}/v1.schema.json"


def _schema(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    def changed(home: Path) -> None:
        schema = json.loads((home / V1).read_text())
        change(schema)
        (home / V1).write_text(json.dumps(schema))
        (home / "schemas" / "versions.lock.json").unlink()  # as if the mistake was there before it was published

    return changed


def _diff(before: str, readers: str) -> Given:
    def given(folder: Path) -> tuple[str, ...]:
        (folder / "a.json").write_text(before)
        (folder / "r.js").write_text(readers)
        return ("diff", "a.json", "a.json", "--consumer", "r.js")

    return given


def _without_contracts(home: Path) -> None:
    for file in (home / "contracts").glob("*.toml"):
        file.unlink()


AGAIN = "capture it again"
LOOP = {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "properties": {"x": {"$ref": "#/$defs/a"}}}

BAD: dict[str, Bad] = {
    # snapshots
    "no such snapshot": Bad(_line("check", "none.json"), ("none.json", "check the path")),
    "a folder for a snapshot": Bad(_folder("held", "check", "held"), ("held", "a folder, not a file", "name a file")),
    "not JSON": Bad(_file("a.json", "hello"), ("a.json:1:1", AGAIN)),
    "a truncated snapshot": Bad(_file("a.json", SNAPSHOT.read_bytes()[:900]), ("a.json:", AGAIN)),
    "an empty file": Bad(_file("a.json", ""), ("a.json:1:1", "empty", AGAIN)),
    "an edited snapshot": Bad(_file("a.json", _edited_snapshot()), ("a.json:/digest", AGAIN)),
    "not a snapshot": Bad(_file("a.json", '{"a": 1}'), ("a.json:/format", "snapshot-v1", "`probe`")),
    "one bad snapshot of two": Bad(_line("check", str(SNAPSHOT), "none.json"), ("none.json", "check the path")),
    # contracts
    "an unknown key in a contract": Bad(
        _workspace(_edit(COUNT, "shown ", "shwon ")), (COUNT, "unknown key 'shwon'", "did you mean 'shown'?")
    ),
    "an unknown key in a source": Bad(
        _workspace(_edit(COUNT, "needs  =", "neds  =")), (COUNT, "source[1]", "did you mean 'needs'?")
    ),
    "a contract that is no TOML": Bad(_workspace(_edit(COUNT, "title   =", "title")), (COUNT, "line 2", "mend")),
    "a parameter of an unknown store": Bad(
        _workspace(_edit(COUNT, "each key of site:", "each key of sight:")),
        (f"{COUNT}:params.parent", "unknown store 'sight'", "known stores:", "site"),
    ),
    "a function that does not parse": Bad(
        _workspace(
            _edit("contracts/successful_count.toml", "({session}) => session?.videosGenerated", "({session}) =>")
        ),
        ("contracts/successful_count.toml:source[2].derive 1:", "correct the JavaScript"),
    ),
    "a module that does not parse": Bad(
        _workspace(_edit("contracts/readers/site-attempts.js", "const SECOND = 1000;", "const SECOND = ;")),
        ("readers/site-attempts.js:8:", "correct the JavaScript"),
    ),
    "a module without that export": Bad(
        _workspace(_edit(COUNT, "#moderatedCount", "#moderated")),
        ("readers/site-attempts.js", "exports no function moderated", "its exports are:", "moderatedCount"),
    ),
    "a reader module that is missing": Bad(
        _workspace(_edit(COUNT, "readers/site-attempts.js#", "readers/none.js#")), ("none.js", "check the path")
    ),
    "no contract": Bad(
        _workspace(_without_contracts),
        ("ws/contracts", "add <derived_fact>.toml"),
    ),
    # schemas
    "a schema that is a list": Bad(_workspace(lambda home: (home / V1).write_text("[]")), (f"{V1}:/", "write a JSON")),
    "a schema that is no JSON": Bad(
        _workspace(lambda home: (home / V1).write_text("{")), (f"{V1}:1:", "export it again")
    ),
    "an unknown keyword": Bad(
        _workspace(_schema(lambda schema: schema.update(requird=[]))), (f"{V1}:/", "did you mean 'required'?")
    ),
    "another dialect": Bad(
        _workspace(_schema(lambda schema: schema.update({"$schema": "http://json-schema.org/draft-07/schema#"}))),
        (f"{V1}:/$schema", DIALECT),
    ),
    "a remote reference": Bad(
        _workspace(_schema(lambda schema: schema["properties"].update(x={"$ref": "https://shop.test/x.json"}))),
        (f"{V1}:/properties/x/$ref", "nothing is fetched"),
    ),
    "a reference loop": Bad(_workspace(_schema(lambda schema: schema.update(LOOP))), (V1, "remove the $ref loop")),
    "a wrong type word": Bad(
        _workspace(_schema(lambda schema: schema.update(type="objct"))), (f"{V1}:/type", "did you mean 'object'?")
    ),
    "a published version that was edited": Bad(
        _workspace(_edit(V1, '"required"', '"required" ')), (V1, "a published version was edited", "restore it")
    ),
    "an unknown area": Bad(
        _workspace(_edit(f"{SITE}/store.toml", '"session"', '"sesion"')),
        (f"{SITE}/store.toml:area", "did you mean 'session'?"),
    ),
    # probes
    "an unknown store in a target": Bad(
        _workspace(_edit("probes/standin.toml", '"site", ', '"sight", '), "probe", "standin"),
        ("probes/standin.toml:stores", "unknown store 'sight'", "known stores:"),
    ),
    "an unknown target": Bad(_line("run", "none"), ("no probe target 'none'", "known targets: grok, standin")),
    "an unknown drift": Bad(
        _line("run", "standin", "--drift", "none"), ("standin.toml:variant", "no variant 'none'", "rename-moderated")
    ),
    "an unknown state": Bad(
        _line("probe", "standin", "--state", "none"),
        ("standin.toml:state", "states: fresh, image, worked, reloaded, ended"),
    ),
    # workspaces
    "a workspace that is no folder": Bad(
        _line("--workspace", "none", "explain"), ("none", "no such folder", "contracts/")
    ),
    "a folder that is no workspace": Bad(_folder("bare", "--workspace", "bare", "explain"), ("bare", "contracts/")),
    "settings that are no TOML": Bad(
        _file("driftwright.toml", "contracts = \nx = 1", "explain"), ("driftwright.toml", "line 1", "mend")
    ),
    "an unknown setting": Bad(
        _file("driftwright.toml", 'contract = "x"', "explain"), ("driftwright.toml", "did you mean 'contracts'?")
    ),
    "an unknown name to explain": Bad(_line("explain", "field-renamd"), ("did you mean 'field-renamed'?",)),
    # plain documents and readers
    "no such document": Bad(_line("diff", "none.json", "none.json"), ("none.json", "check the path")),
    "a folder for a document": Bad(_folder("held", "diff", "held", "held"), ("held", "a folder")),
    "a document that is no JSON": Bad(
        _file("a.json", "{", "diff", "a.json", "a.json"), ("a.json:1:2", "export it again")
    ),
    "an empty document": Bad(_file("a.json", "\n", "diff", "a.json", "a.json"), ("a.json", "empty", "again")),
    "a document that is no UTF-8": Bad(
        _file("a.json", b'"\xff"', "diff", "a.json", "a.json"), ("a.json:byte 1", "UTF-8")
    ),
    "NaN": Bad(_file("a.json", "[NaN]", "diff", "a.json", "a.json"), ("a.json", "NaN")),
    "depth 145": Bad(_file("a.json", "[" * 145 + "]" * 145, "diff", "a.json", "a.json"), ("a.json", "deeper than 144")),
    "depth 900": Bad(_file("a.json", "[" * 900 + "]" * 900, "diff", "a.json", "a.json"), ("a.json", "deeper than 144")),
    "depth a million": Bad(
        _file("a.json", "[" * 10**6 + "]" * 10**6, "diff", "a.json", "a.json"), ("a.json", "deeper than 144")
    ),
    "readers that do not parse": Bad(
        _diff("{}", "export const f = (d) => d.a +;"), ("r.js:1:29", "correct the JavaScript")
    ),
    "readers that import": Bad(
        _diff("{}", '\nimport x from "./y.js";\nexport const f = (d) => x;'), ("r.js:2:", "imports")
    ),
    "readers without exports": Bad(_diff("{}", "const f = (d) => d;"), ("r.js", "exports no function", "export const")),
    "readers that throw at once": Bad(
        _diff("{}", 'export const f = (d) => d;\nthrow new Error("early");'), ("r.js:2:7", "throws when it is loaded")
    ),
    "no such readers": Bad(
        _file("a.json", "{}", "diff", "a.json", "a.json", "--consumer", "none.js"), ("none.js", "check the path")
    ),
    # reports
    "a folder without a report": Bad(_folder("bare", "report", "bare"), ("bare/report.json", "check the path")),
    "not a report": Bad(
        _file("a.json", "{}", "report", "a.json"), ("a.json:/schema_version", "a folder that run wrote")
    ),
    "readers where a document should be": Bad(
        _file("r.js", "export const n = (d) => d.n", "diff", "r.js", "r.js"), ("r.js", "--consumer FILE")
    ),
    "a document a line": Bad(
        _file("a.json", '{"a": 1}\n{"a": 2}\n', "diff", "a.json", "a.json"), ("a.json:2:1", "a line")
    ),
    "the text of a shell of Windows": Bad(
        _file("a.json", '{"a": 1}'.encode("utf-16"), "diff", "a.json", "a.json"),
        ("a.json", "UTF-16", "save it as UTF-8"),
    ),
    "the text of a tool that writes no mark": Bad(
        _file("a.json", '{"a": 1}'.encode("utf-16-be"), "diff", "a.json", "a.json"), ("a.json", "UTF-16")
    ),
    "readers in UTF-32": Bad(
        _file("r.js", "export const n = (d) => d.n".encode("utf-32"), "init", "ws", *TWICE, "--readers", "r.js"),
        ("r.js", "UTF-32", "save it as UTF-8"),
    ),
    "a packed document": Bad(
        _file("a.json", gzip.compress(b'{"a": 1}'), "diff", "a.json", "a.json"), ("a.json", "gzip", "unpack it")
    ),
    "a database": Bad(
        _file("a.json", b"SQLite format 3\x00\x10\x00", "diff", "a.json", "a.json"), ("an SQLite database", "as JSON")
    ),
    "a saved store in the place of a capture": Bad(
        _file("a.json", '{"a": 1}', "check", "a.json"), ("a.json", "--store NAME=FILE")
    ),
    "captures of many users that are not there": Bad(_line("cohorts", "none"), ("none", "check the path")),
    "a release of a page that plays none": Bad(
        _line("run", "grok", "--drift", "next"), ("no variant 'next'", "declares no variant")
    ),
    "an empty key": Bad(_line("init", "ws", *TWICE, "--readers", "r.js", "--key", ""), ("--key", "an empty text")),
    "half a report": Bad(
        _file("a.json", '{"schema_version": "report-v1"}', "report", "a.json"), ("a.json", "missing", "run again")
    ),
    "a file where a folder should be": Bad(
        _file("out", "kept", "check", str(SNAPSHOT), "--output", "out"), ("out", "name another folder")
    ),
}


def _held(folder: Path) -> dict[str, bytes]:
    """Every file but what the program keeps to itself in the user's state folder, such as its salt."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.is_relative_to(folder / "home")]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_one_line_and_exit_code_2(tmp_path: Path, name: str) -> None:
    command = BAD[name].given(tmp_path)
    before = _held(tmp_path)
    done = run_here(tmp_path, *command)
    assert done.code == 2, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("driftwright: ")
    assert [part for part in BAD[name].says if part not in line] == []
    assert "Traceback" not in line
    assert _held(tmp_path) == before


def test_a_mark_before_the_text_and_either_word_for_the_readers_are_taken(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'\xef\xbb\xbf{"n": 1}')
    (tmp_path / "twice.json").write_text(json.dumps('{"n": 1}'))
    (tmp_path / "r.js").write_text("export const n = (d) => d.n;\n")
    for word in ("--consumer", "--readers"):
        done = run_here(tmp_path, "diff", "a.json", "a.json", word, "r.js")
        assert (done.code, done.stderr) == (0, "")
    twice = run_here(tmp_path, "diff", "twice.json", "a.json", "--readers", "r.js")
    assert "note: twice.json holds JSON within a JSON text" in twice.stdout
    wrong = run_here(tmp_path, "diff", "r.js", "a.json", "a.json")
    assert (wrong.code, "readers are given with --consumer FILE" in wrong.stderr) == (2, True)
    for word in ("--consumer", "--readers"):
        started = ("init", f"drift{word}", "--snapshot", "a.json", "--snapshot", "a.json", word, "r.js", "--key", "c")
        assert run_here(tmp_path, *started).code == 0


@pytest.mark.parametrize("arguments", [(), ("bogus",), ("init",), ("check", "a", "--format", "pdf"), ("diff", "a")])
def test_wrong_usage_is_exit_code_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run_here(tmp_path, *arguments)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: driftwright")
    assert "Traceback" not in done.stderr


def test_a_fault_of_the_program_never_looks_like_drift(tmp_path: Path) -> None:
    code = (
        "import driftwright.entrypoints.cli as cli, driftwright.entrypoints.cli.doctor as telling\n"
        "def explain(options): raise KeyError('canary-value')\n"
        "telling.explain = explain\n"
        "raise SystemExit(cli.main(['explain']))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 4
    (line,) = done.stderr.splitlines()
    assert "KeyError" in line
    assert "canary" not in line


def test_a_reader_of_our_output_may_go_away(tmp_path: Path) -> None:
    command = f"{sys.executable} -m driftwright explain | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert done.stdout == b"rules:\n"


# ---- hostile text

HOSTILE = ("\x1b[31mred\x1b[0m", "two\nlines", "\u202eevil", "\ud800", "\x00nul", "bell\x07", "\u2028", "\x9b31m")


def _is_harmless(text: str) -> bool:
    return all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_hostile_key_never_reaches_the_terminal_raw(tmp_path: Path, name: str, form: str) -> None:
    before = {"state": {name: {"flag": True, "n": 1}}, "gone" + name: 1}
    after = {"state": {name: {"flag": 1, "n": "x"}}, name: [1]}
    (tmp_path / "a.json").write_text(json.dumps(before))
    (tmp_path / "b.json").write_text(json.dumps(after))
    key = json.dumps(name)
    readers = (
        f"export const f = (d) => d.state[{key}].flag; export const g = (d) => {{ if (d[{key}]) throw Error({key}); }};"
    )
    (tmp_path / "r.js").write_text(readers)
    done = run_here(tmp_path, "diff", "a.json", "b.json", "--consumer", "r.js", "--format", form)
    assert (done.code, done.stderr) == (1, "")
    assert _is_harmless(done.stdout)
    if form == "json":
        assert set(json.loads(done.stdout)["readers"]) == {"f", "g"}


@pytest.mark.parametrize("name", [name for name in HOSTILE if "\x00" not in name and name != "\ud800"], ids=ascii)
def test_a_hostile_file_name_never_reaches_the_terminal_raw(tmp_path: Path, name: str) -> None:
    for command in (
        ("check", name),
        ("diff", name, name),
        ("explain", name),
        ("run", name),
        ("--workspace", name, "explain"),
    ):
        done = run_here(tmp_path, *command)
        assert done.code == 2
        assert len(done.stderr.splitlines()) == 1
        assert _is_harmless(done.stderr)
