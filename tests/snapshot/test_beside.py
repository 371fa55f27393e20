"""What lies beside storage, without a browser: JSON in code, lines and events, log files, and how they are declared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

import driftwright
from driftwright import Verdict, Workspace
from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_logged_file
from driftwright.base.terms import Area
from driftwright.snapshot.capture.redactor import texts_of
from driftwright.snapshot.watch import Sample, Watch
from driftwright.verdict.breach import moments_of
from driftwright.workspace import find_workspace, load_stores
from kit.beside import feed, lines, workspace
from kit.canaries import TEXTS, leaks
from kit.examples import examples

ENGINE = MiniRacer()
ENGINE.eval(texts_of(("basics", "records", "document", "window")))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(), below, max_size=3),
    max_leaves=8,
)


def _call(function: str, *arguments: Any) -> Any:
    told = ", ".join(json.dumps(one) for one in arguments)
    return json.loads(str(ENGINE.eval(f"JSON.stringify({function}({told}) ?? null)")))


# ---- JSON in code


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('window.__STATE__ = {"a": "}"};', [["window.__STATE__", '{"a": "}"}']]),
        ('window["__STATE__"]=[1,[2]]', [["window.__STATE__", "[1,[2]]"]]),
        ('globalThis.app.state = {"a": {"b": 1}}; done()', [["window.app.state", '{"a": {"b": 1}}']]),
        ('var first = {"a": 1}, x = 2', [["window.first", '{"a": 1}']]),
        (r"""self.S = JSON.parse('{"it\'s": "\x41\\n"}')""", [["window.S", '{"it\'s": "A\\n"}']]),
        (r'window.S = JSON.parse("{\"a\":\"\\u00e9\"}")', [["window.S", '{"a":"\\u00e9"}']]),
        ('window.S = {"a": "T = {}"}; window.U = {}', [["window.S", '{"a": "T = {}"}'], ["window.U", "{}"]]),
        ("window.S == {}", []),
        ("window.S = make({})", []),
        ('window.S = {"never": "ends"', [["window.S", '{"never": "ends"']]),
    ],
)  # fmt: skip
def test_json_that_code_assigns_to_a_global_is_found(code: str, found: list[list[str]]) -> None:
    assert _call("assignedIn", code) == found


@settings(max_examples=examples(30))
@given(JSON.filter(lambda value: isinstance(value, (dict, list))))
def test_any_json_comes_out_of_code_as_it_went_in(value: Any) -> None:
    text = json.dumps(value)
    for code in (f"window.S = {text};", f"window.S = JSON.parse({json.dumps(text)});"):
        ((key, found),) = _call("assignedIn", code)
        assert key == "window.S"
        assert json.loads(found) == value


# ---- lines and events


@settings(max_examples=examples(30))
@given(st.lists(st.dictionaries(st.text(), JSON), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_lines_of_json_are_a_list_of_their_records(records: list[Any], end: str) -> None:
    text = end.join(json.dumps(record) for record in records)
    assert json.loads(_call("taken", [["lines", text]], "last")) == records
    assert json.loads(_call("taken", [["lines", f'{text}{end}{{"cut": ']], "first")) == records


@settings(max_examples=examples(30))
@given(st.lists(JSON, max_size=5))
def test_events_are_told_with_their_names_and_parsed_data(values: list[Any]) -> None:
    text = "".join(f": note\nid: 7\nevent: part\ndata: {json.dumps(value)}\n\n" for value in values)
    told = json.loads(_call("taken", [["events", f"{text}data: [DONE]\n\ndata: not ended"]], "last"))
    assert told == [*({"event": "part", "data": value} for value in values), {"event": "message", "data": "[DONE]"}]


def test_one_of_several_is_taken_or_all_as_one_list() -> None:
    parts = [["json", '{"a":1}'], ["lines", '{"a":2}\n{"a":3}\n'], ["json", "no JSON"]]
    assert _call("taken", parts, "first") == '{"a":1}'
    assert _call("taken", parts, "2") == '[{"a":2},{"a":3}]'
    assert _call("taken", parts, "last") == "no JSON"
    assert _call("taken", parts, "4") is None
    assert json.loads(_call("taken", parts, "all")) == [{"a": 1}, {"a": 2}, {"a": 3}, "no JSON"]
    assert _call("taken", [["json", '{"a":1}\n{"a":2}']], "last") == '[{"a":1},{"a":2}]'
    assert _call("taken", [], "all") is None


def test_what_is_larger_than_a_capture_looks_is_no_text_of_its_own() -> None:
    assert ENGINE.eval('taken([["json", "x".repeat(LIMIT.units)], ["json", "y"]], "all").trim()') == ""


# ---- globals


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ("{ feed: { a: 1n, b: [undefined, () => 1], c: new Uint8Array(2) } }", '{"a":"1","b":[null,null],"c":null}'),
        ("(() => { const a = { b: 1 }; a.me = a; a.of = [{ c: a }]; return { feed: a }; })()", '{"b":1,"of":[{}]}'),
        ("{ feed: globalThis }", ""),
        ("{ get feed() { throw new Error('lighthouse'); } }", ""),
        ("{ feed: { toJSON() { throw new Error('lighthouse'); } } }", ""),
        ("{ feed: null }", "null"),
    ],
)
def test_a_global_is_told_as_json_or_as_what_no_json_can_hold(made: str, found: str) -> None:
    ENGINE.eval(f"globalThis.APP = {made}")
    assert _call("globalsAt", ["APP.feed"], []) == [["APP.feed", found]]


def test_a_global_that_is_not_there_brings_the_pages_own_to_look_among() -> None:
    ENGINE.eval("globalThis.APP = { other: 1 }; globalThis.STATE = { items: [] }; globalThis.fine = () => 1")
    known = str(ENGINE.eval("JSON.stringify(Object.getOwnPropertyNames(globalThis))"))
    browsers = [name for name in json.loads(known) if name not in ("APP", "STATE", "fine")]
    assert _call("globalsAt", ["APP.feed"], browsers) == [["APP", '{"other":1}'], ["STATE", '{"items":[]}']]


# ---- files


def _with_logs(folder: Path, place: str, **logs: str) -> Workspace:
    made = workspace(folder / "made", None, ["logged"])
    (folder / "logs").mkdir()
    for name, text in logs.items():
        (folder / "logs" / name.replace("_", ".")).write_text(text)
    target = made.target_file("feed")
    target.write_text(f"title = 'Logs'\nstores = ['logged']\n[files]\nlogged = '{place}'\n")
    return made


def _verdict(made: Workspace) -> Verdict:
    return driftwright.check(driftwright.capture("feed", made), made)["logged_views"].verdict


def test_the_last_of_some_log_files_is_judged_and_hidden(tmp_path: Path) -> None:
    renamed, usual = lines(feed(9, views="viewCount")), lines(feed(7, [TEXTS["value"]]))
    made = _with_logs(tmp_path, "../../logs/*.ndjson", a_ndjson=renamed, b_ndjson=usual)
    snapshot = driftwright.capture("feed", made)
    assert leaks(repr(snapshot).encode()) == ()
    assert [(view.area, len(view.entries[0].value)) for view in snapshot.areas] == [("file", 7)]
    assert snapshot.answers is not None
    assert snapshot.answers.facts["logged_views"].answers
    assert driftwright.check(snapshot, made)["logged_views"].verdict is Verdict.INTACT
    (tmp_path / "logs" / "c.ndjson").write_text(lines(feed(7, views="viewCount")) + '{"id": "cut')
    assert _verdict(made) is Verdict.BROKEN


def test_a_file_that_is_not_there_yet_is_unseen_with_words(tmp_path: Path) -> None:
    made = _with_logs(tmp_path, "../../logs/*.ndjson")
    report = driftwright.check(driftwright.capture("feed", made), made)
    assert report["logged_views"].verdict is Verdict.UNSEEN
    assert "no such file was there: let the client log once" in driftwright.render(report, "text")


def test_a_workspace_is_made_from_two_logs(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    for name, count in (("monday", 5), ("friday", 8)):
        (tmp_path / "logs" / f"{name}.ndjson").write_text(lines(feed(count)))
    (tmp_path / "readers.js").write_text(
        "export const views = (feed) => feed.reduce((sum, { views }) => sum + views, 0);"
    )
    given_ = [tmp_path / "logs" / "monday.ndjson", tmp_path / "logs" / "friday.ndjson"]
    driftwright.init(tmp_path / "drift", given_, tmp_path / "readers.js", "../logs/*.ndjson", store="log", area="file")
    made = find_workspace(str(tmp_path / "drift"))
    assert made.targets() == ("log",)
    snapshot = driftwright.capture("log", made)
    assert driftwright.check(snapshot, made)["views"].verdict is Verdict.INTACT
    assert driftwright.check({"log": tmp_path / "logs" / "monday.ndjson"}, made)["views"].verdict is Verdict.INTACT


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    file.write_text('{"a": 1}\n\nnot JSON\n{"a": 2}\n')
    with pytest.raises(InputFault, match=r"a line that is no JSON"):
        parse_logged_file(file)


# ---- over time


def test_a_watch_knows_of_what_lies_beside_storage_the_end_alone(tmp_path: Path) -> None:
    made = _with_logs(tmp_path, "../../logs/a.ndjson", a_ndjson=lines(feed(3)))
    ended = driftwright.capture("feed", made)
    watch = Watch(100, 300, 3, 0, (Sample(0, 0, ()), Sample(100, 0, ())), ended)
    (moment,) = moments_of(watch, "logged", Area.FILE, "logs/*.ndjson")
    assert (moment.at_ms, len(moment.document)) == (300, 3)


# ---- declarations


@pytest.mark.parametrize(
    ("area", "key", "more", "says"),
    [
        ("page-json", "__STATE__", "", r"names nothing in the area page-json.*script#ID"),
        ("window", "APP[0]", "", r"names nothing in the area window.*APP\.state"),
        ("response", "api/feed", "", r"names nothing in the area response.*whole URL"),
        ("file", "logs/{day}.json", "", r"names nothing in the area file.*without braces"),
        ("page-json", "script#a", "take = 0", r"not one of several.*a number from 1"),
        ("window", "APP", "take = 2", r"the area window has one under each key"),
        ("session", "cart", 'take = "last"', r"the area session has one under each key"),
    ],
)
def test_a_place_that_is_none_is_refused_with_its_mend(
    tmp_path: Path, area: str, key: str, more: str, says: str
) -> None:
    made = workspace(tmp_path, None, ["logged"])
    (file,) = made.schemas.glob("*/*/store.toml")
    file.write_text(f"name = 'logged'\ntitle = 'A log'\narea = '{area}'\nkey = '{key}'\n{more}\n")
    with pytest.raises(InputFault, match=says):
        load_stores(made.schemas)


def test_a_page_is_needed_for_a_store_that_lies_in_one(tmp_path: Path) -> None:
    made = workspace(tmp_path, None, ["logged", "script"])
    target = made.target_file("feed")
    target.write_text("title = 'Logs'\nstores = ['logged', 'script']\n[files]\nlogged = 'a.ndjson'\n")
    with pytest.raises(InputFault, match=r"no page for the store 'script'.*say where the page is"):
        driftwright.capture("feed", made)
    target.write_text("title = 'Logs'\nstores = ['logged']\n[files]\nscript = 'a.ndjson'\n")
    with pytest.raises(InputFault, match=r"'script' is none of its stores that lie in files"):
        driftwright.capture("feed", made)
