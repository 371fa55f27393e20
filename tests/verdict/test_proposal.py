"""Proposed patches: what they rewrite, how they are confirmed, and that applying one mends the contracts."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import driftwright
from driftwright.base.terms import Effect, Verdict
from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import expression, module
from driftwright.impact.javascript.rename import Detour, looking_in_both
from driftwright.report.formats import render
from driftwright.report.model import ProposalFound, Report
from driftwright.report.stored import record
from driftwright.snapshot.file import read_snapshot
from driftwright.snapshot.model import AreaView, Entry, Snapshot
from driftwright.verdict.check import check_snapshot
from driftwright.verdict.proposal import detours
from driftwright.workspace.folders import Workspace, find_workspace
from kit.examples import NIGHTLY, usually

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = read_snapshot(Path(__file__).parents[1] / "standin.snapshot.json")
SCHEMA = json.loads((Path(driftwright.__file__).parent / "report" / "formats" / "report-v1.schema.json").read_text())
DIALECT = "https://json-schema.org/draft/2020-12/schema"

RENAME = Detour(("old",), ("new",))
UNWRAP = Detour(("state",), ())
WRAP = Detour(("old",), ("box", "old"))
PAGE = Detour(("list",), ("items",), inside=True)
MAPPED_PAGE = Detour((), ("items",), inside=True)
MOVE = Detour(("state", "old"), ("media", "now"))

# Each: the code, the document before, the document after.
SOUND: tuple[tuple[Detour, str, Any, Any], ...] = (
    (RENAME, "(d) => d.old", {"old": 1}, {"new": 1}),
    (RENAME, "(d) => d.a?.old.b", {"a": {"old": {"b": 2}}}, {"a": {"new": {"b": 2}}}),
    (RENAME, "(d) => d.a?.old.b", {}, {}),
    (RENAME, "(d) => d.a?.old[d.k]", {"a": {"old": [7]}, "k": 0}, {"a": {"new": [7]}, "k": 0}),
    (RENAME, "(d) => d['old'] ?? 'none'", {"old": 0}, {"new": 0}),
    (RENAME, "(d) => d.old === true || d.old", {"old": False}, {"new": False}),
    (RENAME, "({ old }) => ({ old })", {"old": 5}, {"new": 5}),
    (RENAME, "({ old = 3 }) => old", {"old": 5}, {"new": 5}),
    (RENAME, "({ old = 3 }) => old", {}, {}),
    (RENAME, "({ a: { old: x, b } }) => x + b", {"a": {"old": 5, "b": 1}}, {"a": {"new": 5, "b": 1}}),
    (RENAME, "(d) => { const { old } = d.a; const { old: y } = d.b; return [old, y]; }",
     {"a": {"old": 1}, "b": {"old": 2}}, {"a": {"new": 1}, "b": {"new": 2}}),
    (RENAME, "(d) => 'old' in d && !('old' in {})", {"old": 1}, {"new": 1}),
    (RENAME, "(d) => d.list.map((one) => one.old)", {"list": [{"old": 1}]}, {"list": [{"new": 1}]}),
    (RENAME, "(d) => `${d.old} old`", {"old": "é"}, {"new": "é"}),
    (UNWRAP, "(d) => d?.state?.a.b", {"state": {"a": {"b": 1}}}, {"a": {"b": 1}}),
    (UNWRAP, "(d) => { const { a } = d.state; return a; }", {"state": {"a": 1}}, {"a": 1}),
    (WRAP, "(d) => d.old.length", {"old": [1]}, {"box": {"old": [1]}}),
    (WRAP, "({ old }) => old", {"old": 1}, {"box": {"old": 1}}),
    (PAGE, "(d) => d.list.length", {"list": [1, 2]}, {"list": {"items": [1, 2], "next": None}}),
    (MAPPED_PAGE, "(d) => d.by[d.id].length", {"by": {"x": [1]}, "id": "x"}, {"by": {"x": {"items": [1]}}, "id": "x"}),
    (MOVE, "(d) => d.state?.old.x", {"state": {"old": {"x": 1}}}, {"state": {}, "media": {"now": {"x": 1}}}),
    (RENAME, "(d) => Object.values(d.old).length", {"old": {"x": 1}}, {"new": {"x": 1}}),
    (RENAME, "(d) => Object.entries(d?.old ?? {}).map(([key, one]) => key + one)",
     {"old": {"x": 1}}, {"new": {"x": 1}}),
    (RENAME, "(d) => { let n = 0; for (const key in d.old) n += d.old[key]; return n; }",
     {"old": {"x": 1, "y": 4}}, {"new": {"x": 1, "y": 4}}),
    (RENAME, "(d) => { for (const one of d.old) return one; }", {"old": [3]}, {"new": [3]}),
    (RENAME, "(d) => d?.['old']?.[0]?.x", {"old": [{"x": 1}]}, {"new": [{"x": 1}]}),
    (RENAME, "(d) => d?.['old']?.[0]?.x", {}, {}),
    (RENAME, "(d) => d.list.map(({ old: { x: y = 2 } = {} }) => y)",
     {"list": [{"old": {"x": 1}}, {"old": {}}, {}]}, {"list": [{"new": {"x": 1}}, {"new": {}}, {}]}),
    (RENAME, "({ old, ...rest }) => [old, Object.keys(rest)]", {"old": 1, "b": 2}, {"new": 1, "b": 2}),
    (RENAME, "(d) => [Object.hasOwn(d, 'old'), d.hasOwnProperty('old')]", {"old": 1}, {"new": 1}),
    (RENAME, "(d) => Object.prototype.hasOwnProperty.call(d, 'old')", {"old": 1}, {"new": 1}),
    (UNWRAP, "({ state: { a } }) => a", {"state": {"a": 1}}, {"a": 1}),
    (UNWRAP, "({ state: { a: { b: x = 3 }, 'c': z = 4 } = {} }) => [x, z]",
     {"state": {"a": {"b": 1}}}, {"a": {"b": 1}}),
    (UNWRAP, "(d) => { const { state: held } = d; return held.a; }", {"state": {"a": 1}}, {"a": 1}),
    (UNWRAP, "(d) => Object.keys(d.state.by)", {"state": {"by": {"x": 1}}}, {"by": {"x": 1}}),
    (PAGE, "({ list }) => list.length", {"list": [1, 2]}, {"list": {"items": [1, 2], "next": None}}),
    (PAGE, "({ list: held = [] }) => held.length", {"list": [1, 2]}, {"list": {"items": [1, 2], "next": None}}),
    (PAGE, "({ list: held = [] }) => held.length", {}, {}),
    (PAGE, "({ list: [first] }) => first", {"list": [1, 2]}, {"list": {"items": [1, 2], "next": None}}),
    (MAPPED_PAGE, "(d) => Object.values(d.by).flat()", {"by": {"x": [1], "y": []}},
     {"by": {"x": {"items": [1]}, "y": {"items": []}}}),
    (MAPPED_PAGE, "(d) => Object.entries(d.by).map(([id, list]) => id + list.length)", {"by": {"x": [1]}},
     {"by": {"x": {"items": [1]}}}),
    (MAPPED_PAGE, "(d) => { for (const [, list] of Object.entries(d.by)) return list.length; }", {"by": {"x": [1]}},
     {"by": {"x": {"items": [1]}}}),
    (MAPPED_PAGE, "(d) => { let n = 0; for (const id in d.by) n += d.by[id].length; return n; }", {"by": {"x": [1]}},
     {"by": {"x": {"items": [1]}}}),
    (MAPPED_PAGE, "(d) => { const { [d.id]: list = [] } = d.by; return list.length; }", {"by": {"x": [1]}, "id": "x"},
     {"by": {"x": {"items": [1]}}, "id": "x"}),
    (MAPPED_PAGE, "(d) => d.by?.[d.id]?.length", {"by": {"x": [1]}, "id": "x"},
     {"by": {"x": {"items": [1]}}, "id": "x"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def _answers(engine: Engine, code: str, *documents: Any) -> list[tuple[str, str]]:
    calls = [Call("default", Argument(document=json.dumps(document))) for document in documents]
    outcomes = engine.run(expression(code, "a.toml", "derive"), calls)
    return [(outcome.answer.kind, outcome.answer.text) for outcome in outcomes]


@pytest.mark.parametrize("case", SOUND, ids=lambda case: case[1])
def test_patched_code_answers_the_same_before_and_after(engine: Engine, case: tuple[Detour, str, Any, Any]) -> None:
    detour, code, before, after = case
    (right,) = _answers(engine, code, before)
    assert right[0] in ("value", "undefined")
    for exact in (False, True):
        assert _answers(engine, looking_in_both(code, detour, exact=exact), before, after) == [right, right]


def test_only_what_is_read_is_rewritten() -> None:
    kept = (
        "old(1)", "a.old(1)", "delete a.old", "a.old = 1", "a.old++", "({ old })", "({ old: 1 })", "'old'", "// a.old",
    )  # fmt: skip
    for code in kept:
        assert looking_in_both(code, RENAME) == code
    code = "// é\n  f( a . b )  // old\n"
    assert looking_in_both(code, RENAME) == code


def test_a_pattern_that_cannot_bring_in_a_name_of_its_own_is_left_alone() -> None:
    code = "(d) => { let x; ({ old: x } = d); return x; }"
    assert looking_in_both(code, RENAME) == code


def test_null_in_the_new_place_is_kept_by_the_exact_form(engine: Engine) -> None:
    code = "(d) => d.old === null"
    assert _answers(engine, looking_in_both(code, RENAME), {"new": None}) == [("value", "false")]
    assert _answers(engine, looking_in_both(code, RENAME, exact=True), {"new": None}) == [("value", "true")]


@given(st.text(min_size=1, max_size=30))
def test_a_name_of_the_page_is_never_code(name: str) -> None:
    patched = looking_in_both("export const f = (d) => d.old;", Detour(("old",), (name,)))
    if re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]*", name):
        assert patched == f"export const f = (d) => d.{name} ?? d.old;"
    else:
        assert patched == f"export const f = (d) => d[{json.dumps(name)}] ?? d.old;"
    assert module(patched, "a.js").exports == ("f",)


# ---- the contracts of the project


def _drifted(edit: Callable[[dict[str, Any]], object], snapshot: Snapshot = SNAPSHOT) -> Snapshot:
    def changed(entry: Entry) -> Entry:
        if entry.store != "site":
            return entry
        value = copy.deepcopy(entry.value)
        edit(value)
        return replace(entry, value=value)

    views = [AreaView(v.area, tuple(map(changed, v.entries)), v.others, v.denied) for v in snapshot.areas]
    return replace(snapshot, areas=tuple(views))


def _rename_flag(value: dict[str, Any]) -> None:
    for held in value["state"]["videoByMediaId"].values():
        for attempt in held:
            attempt["isModerated"] = attempt.pop("moderated")


def _grown(value: dict[str, Any], size: int) -> None:
    """Repeat the images and videos under new ids until the store has a size."""
    for held in value["state"]["videoByMediaId"].values():
        held[0]["videoPostId"] = held[0]["videoId"]  # an optional field that a large store would show
    for held in value["state"]["imageByMediaId"].values():
        held[0]["originalPostId"] = held[0]["id"]  # and another one
    names = ("videoByMediaId", "imageByMediaId", "favoritesById")
    seeds = {name: json.dumps(value["state"][name]) for name in names}
    number = 0
    while len(json.dumps(value)) < size:
        number += 1
        for name, seed in seeds.items():
            fresh = re.sub(
                r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                lambda found: str(uuid.uuid5(uuid.NAMESPACE_OID, f"{found[0]} {number}")),  # noqa: B023 - used at once
                seed,
            )
            value["state"][name].update(json.loads(fresh))


def _checked(snapshot: Snapshot, workspace: Workspace) -> Report:
    report = check_snapshot(snapshot, workspace)
    jsonschema.Draft202012Validator(SCHEMA).validate(record(report))
    return report


def _workspace(folder: Path, *facts: str) -> Workspace:
    """Copy this workspace; in every check with some of its facts, where some are named."""
    for name in ("contracts", "schemas", "probes"):
        shutil.copytree(ROOT / name, folder / name)
    for file in (folder / "contracts").glob("*.toml") if facts and not NIGHTLY else ():
        if file.stem not in facts:
            file.unlink()
    return find_workspace(str(folder))


def _applied(report: Report, folder: Path) -> None:
    for proposal in report.proposals:
        done = subprocess.run(
            ["patch", "-p1", "--no-backup-if-mismatch"],
            cwd=folder, input=proposal.diff.encode(), capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        assert b"offset" not in done.stdout
        assert b"fuzz" not in done.stdout


@pytest.mark.parametrize("size", usually([50_000, 1_000_000], [50_000]))
def test_one_rename_in_a_megabyte_is_one_finding_whose_patch_mends_everything(tmp_path: Path, size: int) -> None:
    big = _drifted(lambda value: _grown(value, size))
    (site,) = (entry.value for view in big.areas for entry in view.entries if entry.store == "site")
    assert len(json.dumps(site)) >= size
    drifted = _drifted(_rename_flag, big)
    hooks = ("storage_sync_hook", "storage_of_page")
    workspace = _workspace(
        tmp_path, "moderated_count", "unmoderated_count", "attempt_outcomes", "session_state", *hooks
    )
    report = _checked(drifted, workspace)
    (change,) = report.changes
    assert (change.rule, change.to) == ("field-renamed", "/state/videoByMediaId/{}/[]/isModerated")
    assert report.verdict is Verdict.DEGRADED
    files = [proposal.file for proposal in report.proposals]
    assert files == [
        "contracts/readers/site-attempts.js",
        "contracts/readers/site-invariants.js",
        "contracts/readers/storage-sync.ts",
    ]
    for proposal in report.proposals:
        assert proposal.change == change.id
        assert proposal.confirmed_by > 100
        assert set(proposal.mends) == {fact.name for fact in report.facts if change.id in fact.because}
        assert proposal.leaves == ()
        assert "publish v2" in proposal.then
    _applied(report, tmp_path)
    mended = _checked(drifted, find_workspace(str(tmp_path)))
    assert mended.verdict is Verdict.INTACT
    assert [found.rule for found in mended.changes] == ["field-renamed"]
    assert mended.proposals == ()
    assert {held.held for fact in mended.facts for held in fact.invariants} == {True}
    before = _checked(SNAPSHOT, find_workspace(str(tmp_path)))
    assert (before.verdict, before.changes) == (Verdict.INTACT, ())


def test_a_parameter_is_taken_from_both_places_too(tmp_path: Path) -> None:
    def rename(value: dict[str, Any]) -> None:
        value["state"]["videosByParent"] = value["state"].pop("videoByMediaId")

    drifted = _drifted(rename)
    report = _checked(drifted, _workspace(tmp_path, "unmoderated_count", "parent_image_url", "credits_used"))
    patched = {proposal.file: proposal.diff for proposal in report.proposals}
    line = 'each key of site:/state/videosByParent or /state/videoByMediaId"'
    assert line in patched["contracts/unmoderated_count.toml"]
    assert not set(patched) & {"contracts/parent_image_url.toml"}  # whose parameter comes from another place
    _applied(report, tmp_path)
    mended = _checked(drifted, find_workspace(str(tmp_path)))
    assert mended.verdict is Verdict.INTACT
    assert _checked(SNAPSHOT, find_workspace(str(tmp_path))).verdict is Verdict.INTACT


def _unwrap(value: dict[str, Any]) -> None:
    value.update(value.pop("state"))


def _page(value: dict[str, Any]) -> None:
    lists = value["state"]["videoByMediaId"]
    for key, held in lists.items():
        lists[key] = {"items": held, "cursor": None}


@pytest.mark.parametrize(
    ("edit", "rule", "left"),
    [
        (_unwrap, "envelope-unwrapped", set()),
        # The code that reads pages is in SOUND; here it is the whole way once more.
        pytest.param(_page, "list-became-page", set(), marks=pytest.mark.nightly),
    ],
)
def test_what_moved_is_patched_and_what_that_leaves_is_said(
    edit: Callable[[dict[str, Any]], None], rule: str, left: set[str], tmp_path: Path
) -> None:
    facts = ("unmoderated_count", "parent_image_url", "credits_used", "video_group", "attempt_outcomes")
    report = _checked(_drifted(edit), _workspace(tmp_path, *facts))
    assert [change.rule for change in report.changes] == [rule]
    assert report.proposals
    assert {name for proposal in report.proposals for name in proposal.leaves} == left
    _applied(report, tmp_path)
    mended = {fact.name: fact for fact in _checked(_drifted(edit), find_workspace(str(tmp_path))).facts}
    usual = {fact.name: fact.fallback for fact in _checked(SNAPSHOT, find_workspace(str(ROOT))).facts}
    for name in report.proposals[0].mends:
        assert mended[name].effect is Effect.SAME
        assert mended[name].fallback == usual[name]
    assert {name for name, fact in mended.items() if fact.effect is not Effect.SAME} == left


def test_what_is_gone_for_good_has_no_patch() -> None:
    def drop(value: dict[str, Any]) -> None:
        for held in value["state"]["videoByMediaId"].values():
            for attempt in held:
                del attempt["videoId"]

    report = _checked(_drifted(drop), find_workspace(str(ROOT)))
    assert report.verdict is not Verdict.INTACT
    assert report.proposals == ()


# ---- a workspace of its own


def _shop(folder: Path, derive: str, modules: dict[str, bytes] | None = None) -> Workspace:
    home = folder / "schemas" / "shop" / "cart"
    (home / "v1").mkdir(parents=True)
    (folder / "contracts").mkdir()
    (home / "store.toml").write_text('name = "cart"\ntitle = "Cart"\narea = "local"\nkey = "cart"\n')
    layout = {"$schema": DIALECT, "type": "object", "required": ["count"], "properties": {"count": {"type": "integer"}}}
    (home / "v1.schema.json").write_text(json.dumps(layout))
    (home / "v1" / "one.witness.json").write_text('{"count": 3}')
    (folder / "contracts" / "items.toml").write_text(
        f'title = "Items"\nresult = {{ type = "integer" }}\n\n[[source]]\nlevel = "full"\nderive = {derive}\n'
    )
    for name, code in (modules or {}).items():
        (folder / "contracts" / name).write_bytes(code)
    return find_workspace(str(folder))


def _cart(value: Any) -> Snapshot:
    (local, *_) = (view for view in SNAPSHOT.areas if view.area == "local")
    entry = Entry("cart", "cart", {}, 20, "json", value)
    return replace(SNAPSHOT, areas=(replace(local, entries=(entry,)),))


RENAMED = _cart({"counted": 3})


@pytest.mark.parametrize(
    ("derive", "modules"),
    [
        ("'({ cart }) => cart.count'", {}),
        ('"({ cart }) => cart.count"', {}),
        ("'''\n({ cart }) =>\n  cart.count\n'''", {}),
        ('"own.js#items"', {"own.js": b"export const items = ({ cart }) => cart.count;"}),
        ('"own.js#items"', {"own.js": b"// first\r\nexport const items = ({ cart }) =>\r\n  cart.count;\r\n"}),
        ('"own.js#items"', {"own.js": "\ufeffexport const items = ({ cart }) => cart.count; // ünï\n".encode()}),
    ],
)
def test_any_file_of_code_is_patched_where_it_stands(tmp_path: Path, derive: str, modules: dict[str, bytes]) -> None:
    report = _checked(RENAMED, _shop(tmp_path, derive, modules))
    (proposal,) = report.proposals
    assert proposal.mends == ("items",)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=proposal.diff.encode(), check=True)
    assert _checked(RENAMED, find_workspace(str(tmp_path))).verdict is Verdict.INTACT


def test_a_hostile_name_stays_text_in_the_patch_and_in_every_format(tmp_path: Path) -> None:
    name = 'count"];globalThis.hit=1//<script>`'
    report = _checked(_cart({name: 3}), _shop(tmp_path, "'({ cart }) => cart.count'"))
    (proposal,) = report.proposals
    assert f"cart[{json.dumps(name)}] ?? cart.count" in proposal.diff
    assert "<script>`" not in render(report, "html")
    fences = [line for line in render(report, "markdown").split("\n") if re.fullmatch("`{3,}(?:diff)?", line)]
    assert len(fences) % 2 == 0


def test_code_that_a_patch_cannot_make_right_gets_none(tmp_path: Path) -> None:
    report = _checked(RENAMED, _shop(tmp_path, "'({ cart }) => cart[`cou${\"nt\"}`]'"))
    assert report.verdict is Verdict.BROKEN
    assert report.proposals == ()


def test_code_beside_the_workspace_gets_a_patch_that_starts_where_both_lie(tmp_path: Path) -> None:
    (tmp_path / "reader.js").write_text("export const items = ({ cart }) => cart.count;\n")
    folder = tmp_path / "own"
    folder.mkdir()
    report = _checked(RENAMED, _shop(folder, '"../../reader.js#items"'))
    assert report.verdict is Verdict.BROKEN
    (proposal,) = report.proposals
    assert (proposal.file, proposal.diff.splitlines()[0]) == ("reader.js", "--- a/reader.js")
    assert "../" not in proposal.diff


def test_every_format_shows_the_patch(tmp_path: Path) -> None:
    report = _checked(RENAMED, _shop(tmp_path, "'({ cart }) => cart.count'"))
    written = json.loads(json.dumps(record(report)))
    (proposal,) = written["proposals"]
    assert ProposalFound(**{**proposal, "mends": tuple(proposal["mends"]), "leaves": ()}) == report.proposals[0]
    assert "cart.counted ?? cart.count" in proposal["diff"]
    line = next(line for line in render(report, "text").split("\n") if line.startswith("  patch "))
    assert "contracts/items.toml: mends items" in line
    assert "```diff\n--- a/contracts/items.toml\n" in render(report, "markdown")
    page = render(report, "html")
    assert '<pre class="patch" tabindex="0"><code>--- a/contracts/items.toml\n' in page
    assert "+derive = &#39;({ cart }) =&gt; cart.counted ?? cart.count&#39;\n" in page


def test_a_change_of_form_asks_for_no_other_place() -> None:
    from driftwright.base.path import Path as Place
    from driftwright.structure.change.model import Change
    from driftwright.structure.rules.registry import load_rules

    def change(rule: str, path: str, to: str | None, **params: Any) -> Change:
        place = Place.parse(to) if to else None
        return Change(load_rules()[rule], "site", Place.parse(path), place, "", "", "", params)

    assert detours(change("flag-became-text", "/a/b", None, **{"as": "string"})) == ()
    assert detours(change("field-moved", "/a/{}/old", "/b/{}/old")) == ()
    assert detours(change("field-moved", "/a/{}/x/old", "/a/{}/y/now")) == (Detour(("x", "old"), ("y", "now")),)
    assert detours(change("record-became-its-child", "/", "/items", field="items")) == (Detour(("items",), ()),)
