"""Outputs stay whole and harmless: on a full disk, under a kill, behind a link, and whatever a page wrote.

| case | what happens | test |
| --- | --- | --- |
| 49 | the disk is full | `test_49_a_full_disk_leaves_the_old_report`, `test_49_the_kernel_refuses_to_write_more` |
| 50 | a kill at any write | `test_50_a_kill_at_any_call_leaves_old_or_new` |
| 51 | a crowd of writers | `history/test_history.py::test_a_crowd_of_writers_loses_nothing` |
| 52 | a damaged history | `history/test_history.py::test_a_damaged_file_is_put_aside_as_it_is_and_a_new_one_begins` |
| 53 | a newer history | `history/test_history.py::test_a_newer_file_is_left_as_it_is` |
| 54 | a folder that is only read | `test_54_a_report_needs_no_folder_to_write_to` |
| 55 | a link where it goes | `test_55_nothing_is_written_through_a_link`, `test_55_a_link_is_refused_in_one_line` |
| 56 | a clock that goes back | `test_56_runs_stand_in_the_order_they_were_recorded_in` |
| 57 | store keys like names of files | `test_57_no_store_key_is_a_name_of_a_file` |
| 58 | scripts in HTML | `test_58_no_script_runs_and_nothing_is_asked_for` |
| 59 | `javascript:` links | `test_59_nothing_foreign_can_be_followed` |
| 60 | fences, pipes, images in Markdown | `test_60_nothing_foreign_comes_alive_in_markdown` |
| 61 | mentions and references | `test_61_nobody_is_mentioned_and_nothing_referred_to` |
| 62 | workflow commands | `test_62_the_runner_obeys_nothing_foreign`, `..._in_messages` |
| 63 | escape sequences, direction marks | `test_63_every_character_is_printable` |
| 64 | markup of terminal libraries | `test_64_markup_of_a_terminal_is_literal` |
| 65 | what XML and SARIF forbid | `test_65_documents_stay_valid` |
| 66 | formulas of spreadsheets | `test_66_no_line_and_no_cell_is_a_formula` |
"""

from __future__ import annotations

import ast
import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import driftwright
from driftwright.base.errors import BlindFault, Fault, InputFault, MachineFault
from driftwright.entrypoints.cli import main
from driftwright.entrypoints.cli.output import FILES, write_reports
from driftwright.history.run import run_of
from driftwright.history.runs import History
from driftwright.report.formats import FORMATS
from driftwright.report.formats.text import Style
from driftwright.snapshot.file import write_snapshot
from kit.carts import captured, cart_store, write_workspace
from kit.examples import NIGHTLY, in_turn
from kit.foreign import PAYLOADS, commands, hostile, rendered
from kit.formats import junit_of, sarif_of
from kit.program import Program, run_here
from kit.samples import sample
from kit.stored import read, render

SNAPSHOT = Path(__file__).parents[1] / "standin.snapshot.json"
SOURCES = Path(driftwright.__file__).parents[1]
TOLD = ("text", "concise", "markdown", "github", "html", "junit", "json", "jsonl", "sarif", "ctrf")
TEXTS = st.text(max_size=300) | st.text(alphabet="#[]:%\n\r `|@=<&;!\\\x1b\u2028", max_size=60)


def for_each_payload(check: Callable[[str], None]) -> Callable[[], None]:
    """Make one test of a check that holds for every payload; a failure names the payload."""

    def test() -> None:
        for payload in PAYLOADS:
            try:
                check(payload)
            except AssertionError as error:
                error.add_note(f"with the payload {payload!r}")
                raise

    test.__doc__ = check.__doc__
    return test


def test_every_case_of_the_list_has_its_test() -> None:
    assert len(PAYLOADS) >= 50
    assert sorted(TOLD) == sorted(FORMATS)
    here = Path(__file__)
    rows = re.findall(r"^\| (\d+) \|.*\| (`.*) \|$", str(__doc__), re.MULTILINE)
    assert [int(case) for case, _ in rows] == list(range(49, 67))
    for _, cell in rows:
        for name in re.findall(r"`([\w./:]+)`", cell):
            file, _, test = name.rpartition("::")
            if test.startswith("..."):
                continue
            tree = ast.parse((here.parents[1] / file if file else here).read_text("utf-8"))
            assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, name


# ---- the disk


def _full(*_: object, **__: object) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(("owner", "call"), [(os, "fdopen"), (os, "fsync"), (Path, "replace"), (Path, "mkdir")])
def test_49_a_full_disk_leaves_the_old_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, call: str
) -> None:
    write_reports(read(sample("intact")), tmp_path, FORMATS)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    monkeypatch.setattr(owner, call, _full)
    with pytest.raises((MachineFault, InputFault), match="No space left on device"):
        write_reports(read(sample("broken")), tmp_path, FORMATS)
    monkeypatch.undo()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_49_the_kernel_refuses_to_write_more(tmp_path: Path) -> None:
    """A limit on the size of files stops a write in its midst, as a full disk does."""
    command = [sys.executable, "-m", "driftwright", "check", str(SNAPSHOT), "--format", "html", "--output", "out"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "PYTHONDONTWRITEBYTECODE": "1"}
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.html").write_text("the old one")
    limited = ["bash", "-c", 'ulimit -f 4 && exec "$@"', "bash", *command]
    done = subprocess.run(limited, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert done.stderr == (
        "driftwright: out/report.html: cannot be written (File too large); free space or name another folder\n"
    )
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["report.html"]
    assert (tmp_path / "out" / "report.html").read_text() == "the old one"
    assert main(["check", str(SNAPSHOT), "--format", "html", "--output", str(tmp_path / "out")]) == 0


KILLER = """
import os, signal, sys
from pathlib import Path
from driftwright.base.files import write_atomically

file, old, new = Path(sys.argv[1]), "o" * 50_000, "n" * 70_000
kills = left = 0
while True:
    write_atomically(file, old)
    child = os.fork()
    if not child:
        calls = 0
        def count(frame, event, argument):
            global calls
            calls += event == "c_call"
            if calls > kills:
                os.kill(os.getpid(), signal.SIGKILL)
        sys.setprofile(count)
        write_atomically(file, new)
        sys.setprofile(None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    text = file.read_text()
    assert text in (old, new), (kills, len(text))
    if os.WIFEXITED(status):
        assert text == new
        break
    kills += 1
    left += text == new
print(kills, left)
"""


def test_50_a_kill_at_any_call_leaves_old_or_new(tmp_path: Path) -> None:
    """The writer is killed before its first call into the system, its second, and so on until it comes to its end."""
    command = [sys.executable, "-c", KILLER, str(tmp_path / "report.json")]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(SOURCES)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    kills, new = map(int, done.stdout.split())
    assert kills > 30
    assert 0 < new < kills


def test_54_a_report_needs_no_folder_to_write_to(tmp_path: Path) -> None:
    """Not even root can make a file in /proc."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "HOME": "/proc", "XDG_STATE_HOME": "/proc"}
    command = [sys.executable, "-m", "driftwright", "check", str(SNAPSHOT)]
    for form in ("text", "sarif") if NIGHTLY else ("text",):
        done = subprocess.run(
            [*command, "--format", form], cwd="/proc", env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("INTACT" if form == "text" else "{")
    done = subprocess.run(
        [*command, "--output", "/proc/out"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"driftwright: /proc/out: cannot be made a folder \(.*\); name another folder\n", done.stderr)


@pytest.mark.parametrize("there", [True, False], ids=["live", "dangling"])
@pytest.mark.parametrize("what", ["folder", *FILES.values()])
def test_55_nothing_is_written_through_a_link(tmp_path: Path, what: str, *, there: bool) -> None:
    victim, out = tmp_path / "victim", tmp_path / "out"
    if what == "folder":
        if there:
            victim.mkdir()
        out.symlink_to(victim)
    else:
        out.mkdir()
        if there:
            victim.write_text("untouched")
        (out / what).symlink_to(victim)
    with pytest.raises(
        InputFault, match=r"/out.*: a symbolic link; name the \w+ itself; links are not written through"
    ):
        write_reports(read(sample("broken")), out, FORMATS)
    if what == "folder":
        assert not there or not list(victim.iterdir())
    else:
        assert (victim.read_text() == "untouched") if there else not victim.exists()


def test_55_a_link_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").symlink_to(tmp_path / "victim")
    assert main(["check", str(SNAPSHOT), "--output", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)


def test_56_runs_stand_in_the_order_they_were_recorded_in(tmp_path: Path) -> None:
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    runs = [run_of(read(sample("broken")), noon - timedelta(days=number)) for number in range(3)]
    with History(tmp_path) as history:
        added = [history.add(run) for run in runs]
        assert [run.sequence for run in added] == [1, 2, 3]
    with History(tmp_path) as history:
        assert [run.id for run in history.runs()] == [run.id for run in runs]


KEYS = ("../../x", "x\x00y", "a" * 300, "CON", "-rf", "/etc/x", "..", "~", "report.json/x", "$(id)", "a\nb", ".git")


def test_57_no_store_key_is_a_name_of_a_file(program: Program, tmp_path: Path) -> None:
    carts = cart_store()
    lines = next(iter(carts["byId"].values()))
    carts["byId"] |= dict.fromkeys(KEYS, lines)
    carts |= {key: {key: key} for key in KEYS}
    workspace = write_workspace(tmp_path)
    snapshot = captured(carts)
    (area,) = snapshot.areas
    others = tuple(replace(area.entries[0], key=key, store="", value={key: 1}) for key in KEYS)
    area = replace(area, entries=(*area.entries, *others))
    write_snapshot(replace(snapshot, areas=(area,)), tmp_path / "a.snapshot.json")
    before = set(_files(tmp_path))
    done = program(*workspace, "check", "a.snapshot.json", *(f"--format={name}" for name in FORMATS), "--output", "out")
    assert done.code in (0, 1), done.stderr
    out = tmp_path / "out"
    assert set(_files(tmp_path)) - before == {out, *(out / name for name in FILES.values())}
    assert json.loads((out / "report.json").read_text("utf-8"))["changes"]


def _files(folder: Path) -> Iterator[Path]:
    """What lies in the folder of a test, beside the home that its program runs with."""
    return (file for file in folder.rglob("*") if "home" not in file.relative_to(folder).parts)


# ---- HTML


# In every check those that say something in HTML; that none of the others becomes an element or a target is looked at
# without a browser, in test_59 and in report/test_render.py.
MARKUP = [payload for payload in PAYLOADS if NIGHTLY or re.search(r"[<>&\"'`]|script:|data:", payload)]


@pytest.mark.browser("shared")
def test_58_no_script_runs_and_nothing_is_asked_for(chromium: Any, tmp_path: Path) -> None:
    """Escaping alone must hold: the page is opened without the policy that would stop a script."""
    file = tmp_path / "report.html"
    page = chromium.new_page()
    asked: list[str] = []

    def note(dialog: Any) -> None:
        asked.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", note)

    def opened(html: str) -> list[int]:
        file.write_text(_unguarded(html), encoding="utf-8")
        page.goto(file.as_uri(), wait_until="load")
        counts = "[document.scripts.length, document.images.length, frames.length, document.forms.length]"
        counted: list[int] = page.evaluate(counts)
        return counted

    calm = opened(render(sample("broken"), "html"))
    assert len(MARKUP) > 40
    for payload in MARKUP:
        assert opened(rendered(payload, "html")) == calm, payload
        assert page.evaluate("window.hit ?? null") is None, payload
        assert set(asked) <= {file.as_uri(), "data:,"}, payload
        assert page.url == file.as_uri()
    page.close()


def _unguarded(html: str) -> str:
    bare = re.sub(r"<meta http-equiv[^>]*>", "", html, count=1)
    assert bare != html
    return bare


class _Links(HTMLParser):
    """Whatever an element may follow or run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.handlers: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        followed = ("href", "src", "action", "formaction", "data", "poster", "xlink:href", "srcdoc", "background")
        self.targets |= {value or "" for name, value in attrs if name in followed and tag != "use"}
        self.handlers |= {name for name, _ in attrs if name.startswith("on")}


@for_each_payload
def test_59_nothing_foreign_can_be_followed(payload: str) -> None:
    page = _Links(rendered(payload, "html"))
    assert not page.handlers
    assert all(target.startswith("#") or target == "data:," for target in page.targets), page.targets
    kinds = _kinds(rendered(payload, "markdown"))
    assert not kinds & {"link_open", "image"}


# ---- Markdown


def _parsed(text: str) -> list[Any]:
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text)
    return [inner for token in tokens for inner in (token, *(token.children or ()))]


def _kinds(text: str) -> set[str]:
    return {token.type for token in _parsed(text)}


# Of the same form as the hostile ones: there every change has the same name, so that all facts have one cause.
CALM = _parsed(render(hostile("calm"), "markdown"))


@for_each_payload
def test_60_nothing_foreign_comes_alive_in_markdown(payload: str) -> None:
    found = _parsed(rendered(payload, "markdown"))
    assert {token.type for token in found} <= {token.type for token in CALM} | {"code_inline"}
    for kind in ("fence", "table_open", "tr_open", "th_open", "td_open", "heading_open", "html_block"):
        assert [token.type for token in found].count(kind) == [token.type for token in CALM].count(kind), kind
    tags = [token.content.strip() for token in found if token.type in ("html_block", "html_inline")]
    assert all(re.fullmatch(r"(</?(details|summary)( open)?>|[\w :,.()'-])*", tag) for tag in tags), tags


@for_each_payload
def test_61_nobody_is_mentioned_and_nothing_referred_to(payload: str) -> None:
    """Only code is safe: GitHub obeys an escaped `@` and a `&commat;` as well."""
    found = _parsed(rendered(payload, "markdown"))
    prose = "\n".join(token.content for token in found if token.type in ("text", "text_special", "html_block"))
    assert not re.search(r"@|&|#\d|GH-\d|[\w-]+/[\w-]+#|\b[0-9a-f]{7,40}\b|://|www\.", prose)


# ---- a build's log


@for_each_payload
def test_62_the_runner_obeys_nothing_foreign(payload: str) -> None:
    for name in in_turn(("broken", "unseen", "blind"), PAYLOADS.index(payload)):
        for form in FORMATS:
            found = commands(rendered(payload, form, name))
            if form != "github":
                assert found == [], form
                continue
            assert [one.name for one in found] == [one.name for one in commands(render(sample(name), form))]
            for one in found:
                assert one.name in ("error", "warning", "notice")
                assert one.properties.keys() <= {"file", "line", "title"}
                assert "\r" not in one.data
    coloured = render(hostile(payload), "text", Style(colour=True))
    assert commands(coloured) == []


@for_each_payload
def test_62_the_runner_obeys_nothing_foreign_in_messages(payload: str) -> None:
    for kind in (Fault, InputFault, BlindFault, MachineFault):
        line = f"driftwright: {kind(payload, payload, payload, payload)}"
        assert commands(line) == []
        assert line.isprintable()
    if "\x00" in payload or "\ud800" in payload:
        return  # no argument of a program can hold these
    for verb in in_turn((["check"], ["report"], ["explain"], ["check", "--workspace"]), PAYLOADS.index(payload)):
        done = run_here(SNAPSHOT.parent, *verb, payload)
        assert done.code == 2
        assert commands(done.stdout + done.stderr) == []


@for_each_payload
def test_63_every_character_is_printable(payload: str) -> None:
    for name in in_turn(("broken", "blind"), PAYLOADS.index(payload)):
        for form in FORMATS:
            shown = rendered(payload, form, name)
            assert {char for char in shown if not char.isprintable()} <= {"\n"}, form
    coloured = render(hostile(payload), "text", Style(colour=True))
    assert re.sub(r"\x1b\[(?:1;3[1-5]|0)m", "", coloured).replace("\n", "").isprintable()


def test_64_markup_of_a_terminal_is_literal() -> None:
    record = hostile("[/red][bold]x[/bold]")
    for form in ("text", "concise", "markdown", "html", "junit"):
        assert "[/red][bold]x[/bold]" in render(record, form)


# ---- documents


@for_each_payload
def test_65_documents_stay_valid(payload: str) -> None:
    for name in in_turn(("broken", "blind"), PAYLOADS.index(payload)):
        record = hostile(payload, name)
        junit_of(rendered(payload, "junit", name))
        run = sarif_of(rendered(payload, "sarif", name))
        for result in run["results"]:
            uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"(?:[\w./~-]|%[0-9A-F]{2})*", uri)
            assert not uri.startswith("/")
        json.loads(rendered(payload, "ctrf", name))
        assert json.loads(rendered(payload, "json", name)) == record


@for_each_payload
def test_66_no_line_and_no_cell_is_a_formula(payload: str) -> None:
    """No format is a spreadsheet's own; what could be pasted into one starts no line and no cell with a formula."""
    assert not [name for name in FILES.values() if re.search(r"csv|tsv|xls", name)]
    for form in ("text", "concise", "github", "jsonl"):
        assert not [line for line in rendered(payload, form).splitlines() if line.startswith(tuple("=+-@\t"))], form
    cells = [token for token in _parsed(rendered(payload, "markdown")) if token.type == "inline"]
    assert not [cell.content for cell in cells if cell.content.startswith(tuple("=+-@"))]


# ---- laws


@given(TEXTS)
def test_any_text_makes_valid_xml(text: str) -> None:
    junit_of(render(_filled(text), "junit"))


@given(TEXTS)
def test_any_text_makes_no_command(text: str) -> None:
    record = _filled(text)
    names = [one.name for one in commands(render(sample("broken"), "github"))]
    found = commands(render(record, "github"))
    assert [one.name for one in found] == names
    assert all(one.properties.keys() == {"file", "line", "title"} for one in found)
    for form in ("text", "concise", "markdown", "junit", "jsonl"):
        assert commands(render(record, form)) == []


@given(TEXTS)
def test_any_text_makes_one_line_a_finding(text: str) -> None:
    record = _filled(text)
    lines = render(record, "concise").split("\n")
    assert lines.pop() == ""
    assert len(lines) == 4
    assert all(line.isprintable() for line in lines)


def _filled(text: str) -> dict[str, Any]:
    """Return the broken report with a text in what formats show most; filling all of it would take too long."""
    record = sample("broken")
    for fact in record["facts"]:
        fact.update(dict.fromkeys(("name", "title", "says", "shown", "next"), text))
        fact["contract"]["file"] = text
        for one in fact["findings"]:
            one.update({"rule": text, "store": text, "path": text})
        if fact["unseen"]:
            fact["unseen"] = {"paths": [text], "to_see": text}
    for change in record["changes"]:
        change["message"] = text
    for name in ("target", "state", "origin", "browser", "file", "taken_at", "digest"):
        record["capture"][name] = text
    record["notes"] = [text]
    return record
