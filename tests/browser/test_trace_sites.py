"""Where a store is read: the stack of each read with a real Chromium, in the places that the code was built from."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from driftwright.authoring.extension_reads import gathered
from driftwright.authoring.read_sites import Frame, Site, Sources
from driftwright.base.errors import MachineFault
from kit.bundling import PUBLISHED
from kit.examples import usually
from kit.traced import SITE, Door, TracedCommand, built_extension

pytestmark = pytest.mark.usefixtures("nothing_is_left")

HELPER = f"""const parsed = () => JSON.parse(sessionStorage.getItem("{SITE}"));
globalThis.pick = (...names) => names.reduce((held, name) => held[name], parsed());
globalThis.later = async (...names) => {{ await null; return pick(...names); }};
globalThis.keep = (work) => work(parsed());
"""
CALLER = """pick("state", "first");
(async () => { await later("state", "second"); })();
keep((site) => {
  site.state.third;
});
"""
TOGETHER = [{"matches": ["https://shop.test/*"], "js": ["lib/helper.js", "content.js"]}]


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    return Door(tmp_path, capsys)


def _sites(traced: TracedCommand, name: str) -> list[tuple[str, list[str]]]:
    (read,) = [read for (at, _), read in traced.reads().items() if at == f"site:/state/{name}"]
    return [(_line(site["by"]), [_line(_place(frame)) for frame in site["stack"]]) for site in read["sites"]]


def _place(frame: dict[str, Any]) -> str:
    return frame["source"] or f"{frame['script']}:{frame['line']}:{frame['column']}"


def _line(place: str) -> str:
    """A place without its column, of which each release of V8 has its own mind."""
    return place.rpartition(":")[0]


# ---- whose read it is


@pytest.mark.browser("shared", "kept")
def test_a_read_through_a_helper_of_another_file_belongs_to_the_code_that_called_it(tmp_path: Path, door: Door) -> None:
    scripts = {"lib/helper.js": HELPER, "content.js": CALLER}
    traced = door.on_saved(
        built_extension(tmp_path, scripts, content_scripts=TOGETHER), until=["first", "second", "third"]
    )
    inner = ["lib/helper.js:2", "lib/helper.js:2"]
    assert _sites(traced, "first") == [("content.js:1", [*inner, "content.js:1"])]
    assert _sites(traced, "second") == [("content.js:2", [*inner, "lib/helper.js:3", "content.js:2"])]
    assert _sites(traced, "third") == [("lib/helper.js:4", ["content.js:4", "lib/helper.js:4", "content.js:3"])]
    parses = traced.record["stores"]["site"]["sites"]
    assert sorted(_line(site["by"]) for site in parses) == ["content.js:1", "content.js:2", "content.js:3"]
    assert re.search(r"^    by content\.js:1:\d+, through lib/helper\.js:2:\d+$", traced.out, re.MULTILINE)


@pytest.mark.browser("shared", "kept")
def test_one_stack_is_one_site_with_its_count_and_many_are_bounded(tmp_path: Path, door: Door) -> None:
    often = "for (let index = 0; index < 40; index += 1) site.state.often;\n"
    many = "".join(f"site.state.many;{' ' * column}" for column in range(30))
    code = f"const site = JSON.parse(sessionStorage.{SITE});\n{often}{many}"
    traced = door.on_saved(built_extension(tmp_path, {"content.js": code}), until=["often", "many"])
    (site,) = traced.reads()["site:/state/often", "get"]["sites"]
    assert (_line(site["by"]), site["times"]) == ("content.js:2", 40)
    read = traced.reads()["site:/state/many", "get"]
    assert read["times"] == 30
    assert len(read["sites"]) == 8
    assert "    and by 5 more\n" in traced.out


# In every check what cannot be written and what throws; at night what lies and what is cut short as well.
SPOILING = [
    "Object.freeze(Error);",
    "Object.defineProperty(Error, 'prepareStackTrace', { get() { throw 1; } });",
    "Error.prepareStackTrace = () => ({ length: 'canary' });",
    "Error.stackTraceLimit = 0;",
]


@pytest.mark.browser("shared", "kept")
@pytest.mark.parametrize("spoiling", usually(SPOILING, SPOILING[:2]))
def test_code_that_spoils_its_own_stacks_is_traced_all_the_same(tmp_path: Path, door: Door, spoiling: str) -> None:
    code = (
        f"{spoiling}\nconst before = Object.getOwnPropertyDescriptors(Error);\n"
        f"const site = JSON.parse(sessionStorage.{SITE}); site.state.first;\n"
        "const after = Object.getOwnPropertyDescriptors(Error);\n"
        "const same = (name) => ['value', 'get'].every((part) => before[name]?.[part] === after[name]?.[part]);\n"
        "if (['prepareStackTrace', 'stackTraceLimit'].every(same)) site.state.untouched;"
    )
    traced = door.on_saved(built_extension(tmp_path, {"content.js": code}), until=["first", "untouched"])
    assert {"site:/state/first", "site:/state/untouched"} <= {at for at, _ in traced.reads()}
    assert "canary" not in json.dumps(traced.record) + traced.out + traced.err


# ---- source maps

CART = """import pick from "pick";

export function total(site: any): number {
  return pick(site.state, "picked") + site.state.own;
}
"""
ENTRY = f"""import {{ total }} from "./cart";
total(JSON.parse(sessionStorage.getItem("{SITE}")!));
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The sources of an extension, with a package that it uses."""
    files = {
        "src/cart.ts": CART,
        "src/entry.ts": ENTRY,
        "node_modules/pick/index.js": "export default (held, name) => {\n  return held[name];\n};\n",
    }
    for name, text in files.items():
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / name).write_text(text)
    return tmp_path / "project"


def _bundle(project: Path, into: Path, *options: str) -> None:
    (esbuild,) = (PUBLISHED / "@esbuild").glob("*/bin/esbuild")
    command = [str(esbuild), "src/entry.ts", "--bundle", "--minify", "--log-level=error", f"--outfile={into}", *options]
    subprocess.run(command, cwd=project, check=True)


@pytest.mark.browser("shared", "kept")
@pytest.mark.parametrize("kind", usually(["inline", "linked"], ["linked"]))  # an inline one is in a script below
def test_a_bundle_with_a_source_map_is_told_by_its_sources(
    tmp_path: Path, project: Path, door: Door, kind: str
) -> None:
    extension = built_extension(tmp_path, {"content.js": ""})
    _bundle(project, extension / "content.js", f"--sourcemap={kind}", "--sources-content=false")
    assert (extension / "content.js.map").exists() == (kind == "linked")
    traced = door.on_saved(extension, until=["own", "picked"])
    own = [place.removeprefix("project/") for place in _sites(traced, "own")[0][1]]
    assert own[0] == "src/cart.ts:4"
    assert set(own[1:]) == {"src/entry.ts:2"}
    ((by, stack),) = _sites(traced, "picked")
    assert by == "project/src/cart.ts:4"
    assert stack[0].endswith("node_modules/pick/index.js:2")
    assert traced.record["extension"]["unmapped"] == []
    assert "src/cart.ts:4:" in traced.out


def _mapped(folder: Path, map_text: str, *, comment: str = "content.js.map") -> tuple[str, list[str]]:
    """The first place of a script with such a map, and what is said of the map."""
    folder.mkdir(exist_ok=True)
    (folder / "content.js").write_text(f"site.state.own;\n//# sourceMappingURL={comment}\n")
    (folder / "content.js.map").write_text(map_text)
    sources = Sources(folder)
    ((site,),) = [sources.named([Site((Frame("content.js", 1, 1),), 1)])]
    return str(site.stack[0]), sources.complaints


def _map(**other: Any) -> str:
    return json.dumps({"version": 3, "sources": ["../src/a.ts"], "names": [], "mappings": "AAEA", **other})


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (_map(), "src/a.ts:3:1"),
        (")]}'\n" + _map(), "src/a.ts:3:1"),
        (_map(sources=["webpack://shop/./src/a.ts"]), "src/a.ts:3:1"),
        (_map(sourceRoot="lib", sources=["a.ts"]), "lib/a.ts:3:1"),
        (_map(sources=[None]), "content.js:1:1"),
        (_map(sources=[]), "content.js:1:1"),
        (_map(mappings=""), "content.js:1:1"),
        (_map(mappings=";AAAA"), "content.js:1:1"),
        (
            json.dumps({"version": 3, "sections": [{"offset": {"line": 0, "column": 0}, "map": json.loads(_map())}]}),
            "src/a.ts:3:1",
        ),
    ],
)
def test_maps_of_other_tools_are_read(tmp_path: Path, text: str, place: str) -> None:
    assert _mapped(tmp_path / "built", text) == (place, [])


DAMAGED = ["content.js: its source map is damaged, of another version, or far too large"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 5000,
        "{}",
        _map(version=2),
        _map(mappings=4),
        _map(mappings="AA!A"),
        _map(mappings="g"),
        _map(mappings="AADA"),
        _map(mappings="g" * 4000 + "A"),
        _map(mappings=";" * 2_000_000),
        _map(mappings="AAAA," * 2_000_000),
        _map(sources="a.ts"),
        _map(sections=4),
        _map(sections=[4]),
        _map(sections=[{"offset": {"line": 1 << 60, "column": 0}, "map": json.loads(_map())}]),
        _map(sections=[{"offset": {"line": -1, "column": 0}, "map": json.loads(_map())}]),
        _map(sections=[{"offset": {"line": "0", "column": 0}, "map": json.loads(_map())}]),
    ],
    ids=str.__len__,
)
def test_a_damaged_or_endless_map_is_named_in_one_line_and_the_bundles_place_is_told(tmp_path: Path, text: str) -> None:
    assert _mapped(tmp_path / "built", text) == ("content.js:1:1", DAMAGED)


def test_a_map_of_gigabytes_and_one_that_is_no_file_are_not_read(tmp_path: Path) -> None:
    _mapped(tmp_path / "built", _map())
    with (tmp_path / "built" / "huge.map").open("wb") as file:
        file.truncate(2**32)
    (tmp_path / "built" / "folder.map").mkdir()
    os.mkfifo(tmp_path / "built" / "pipe.map")
    assert _mapped(tmp_path / "built", _map(), comment="huge.map") == ("content.js:1:1", DAMAGED)
    for name in ("folder.map", "pipe.map"):
        place, complaints = _mapped(tmp_path / "built", _map(), comment=name)
        assert (place, len(complaints), "holds no such source map" in complaints[0]) == ("content.js:1:1", 1, True)


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("https://maps.test/content.js.map", "its source map is elsewhere, and nothing is fetched"),
        ("//maps.test/content.js.map", "its source map is elsewhere, and nothing is fetched"),
        ("file:///content.js.map", "its source map is elsewhere, and nothing is fetched"),
        ("none.map", "the folder holds no such source map as it names"),
        ("../outside.map", "the folder holds no such source map as it names"),
        ("%00", "the folder holds no such source map as it names"),
        ("link.map", "the folder holds no such source map as it names"),
        ("data:application/json;base64,####", DAMAGED[0].partition(": ")[2]),
    ],
)
def test_no_map_is_read_but_one_of_the_extensions_own_folder(tmp_path: Path, comment: str, says: str) -> None:
    (tmp_path / "outside.map").write_text(_map())
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "link.map").symlink_to(tmp_path / "outside.map")
    assert _mapped(tmp_path / "built", _map(), comment=comment) == ("content.js:1:1", [f"content.js: {says}"])


def test_a_map_within_the_script_is_read_in_both_ways_of_writing(tmp_path: Path) -> None:
    packed = base64.b64encode(_map().encode()).decode()
    for comment in (
        f"data:application/json;charset=utf-8;base64,{packed}",
        "data:application/json," + _map().replace(" ", "%20"),
    ):
        assert _mapped(tmp_path / "built", "", comment=comment) == ("src/a.ts:3:1", [])


def test_names_of_a_map_are_escaped_and_cut(tmp_path: Path) -> None:
    place, _ = _mapped(tmp_path / "built", _map(sources=["a\n::error::" + "x" * 1000 + ".ts"]))
    assert len(place) < 250


@pytest.mark.browser("shared", "kept")
def test_what_a_map_says_is_escaped_where_it_is_shown(tmp_path: Path, door: Door) -> None:
    packed = base64.b64encode(_map(sources=["a\n::error::\u202e\x1b[31m.ts"]).encode()).decode()
    code = f"JSON.parse(sessionStorage.{SITE}).state.own;\n//# sourceMappingURL=data:application/json;base64,{packed}"
    traced = door.on_saved(built_extension(tmp_path, {"content.js": code}), until=["own"])
    assert traced.code == 0
    assert "    by a\\u000a::error::\\u202e\\u001b[31m.ts:3:1\n" in traced.out


# ---- what the tracer told


@pytest.mark.parametrize(
    ("stacks", "sites"),
    [
        ([], [[0, 1]]),
        ([[]], [[0, 1]]),
        ([[["a.js", 1]]], [[0, 1]]),
        ([[["a.js", "x", 1]]], [[0, 1]]),
        ([4], [[0, 1]]),
        ([[["a.js", 1, 1]]], [4]),
    ],
)
def test_stacks_that_the_tracer_would_not_tell_are_refused(stacks: Any, sites: Any) -> None:
    store = {"name": "site", "parses": 1, "handed": 0, "opaque": 0, "written": False, "sites": sites, "reads": []}
    with pytest.raises(MachineFault):
        gathered([json.dumps({"world": "w", "stacks": stacks, "stores": [store]})], [])


def test_code_that_is_in_no_file_of_the_extension_has_no_name(tmp_path: Path) -> None:
    (tmp_path / "built").mkdir()
    (tmp_path / "secret.js").write_text("")
    for script in ("../secret.js", "none.js", "", "a\0b", "x" * 5000):
        (site,) = Sources(tmp_path / "built").named([Site((Frame(script, 3, 4),), 1)])
        assert str(site) == "code outside of its files"
