"""Tracing an extension with a real Chromium: exactly what its code reads, and nothing of what it read."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from driftwright.authoring.extension_reads import compared, declared_reads, gathered
from driftwright.base.errors import InputFault, MachineFault
from driftwright.base.path import Path as StorePlace
from driftwright.base.path import StorePath
from driftwright.entrypoints.cli import main
from driftwright.snapshot.capture.launched.session import Session
from driftwright.snapshot.capture.traced import listening, tracing
from driftwright.snapshot.capture.traced.traced_copy import Extension, load_extension
from kit.examples import usually
from kit.faults import in_time
from kit.traced import ROOT, SCHEMA, SITE, STORE, Door, built_extension

pytestmark = pytest.mark.usefixtures("nothing_is_left")

STANDIN = ROOT / "probes" / "standin" / "extension"
LISTED = "site:/state/videoByMediaId/{}/[]"
VIDEOS = 3  # in the saved store


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    return Door(tmp_path, capsys)


PARSED = f"const site = JSON.parse(sessionStorage.getItem('{SITE}'));\n"
VIDEO = "for (const list of Object.values(site.state.videoByMediaId)) for (const video of list) "


# ---- what the code reads


@pytest.mark.browser("shared", "kept")
def test_the_standins_own_extension_reads_exactly_what_its_code_says(door: Door) -> None:
    traced = door(STANDIN, "--target", "standin", "--check")
    found = traced.reads()
    assert set(found) == {
        ("site:/state", "get"),
        ("site:/state/imageByMediaId", "get"),
        ("site:/state/imageByMediaId/{}", "has"),
        ("site:/state/videoByMediaId", "get"),
        ("site:/state/videoByMediaId", "keys"),
        ("site:/state/videoByMediaId/{}", "has"),
        ("site:/state/videoByMediaId/{}", "get"),
        ("site:/state/videoByMediaId/{}", "keys"),
        (LISTED, "get"),
        *((f"{LISTED}/{name}", "get") for name in ("videoId", "moderated", "parentPostId", "progress", "mediaUrl")),
    }
    moderated, video = found[f"{LISTED}/moderated", "get"], found[f"{LISTED}/videoId", "get"]
    assert set(moderated["types"]) == {"boolean"}
    assert set(video["types"]) == {"string"}
    for read in (moderated, video):  # how often each is read is the affair of the readers
        assert read["times"] == read["present"] > 5
    assert (moderated["swept"], moderated["compared"]) == (0, "strict")
    assert not traced.record["stores"]["site"]["written"]
    assert traced.record["stores"]["sessions"]["written"]
    assert (traced.code, traced.findings()) == (0, [])
    assert f"{LISTED}/createTime" in traced.record["check"]["unread"]
    text = json.dumps(traced.record) + traced.out + traced.err
    assert not re.search(r"lighthouse|canary|[0-9a-f]{8}-[0-9a-f]{4}", text)


@pytest.mark.browser("shared", "kept")
def test_one_undeclared_field_is_a_finding_with_path_and_count(tmp_path: Path, door: Door) -> None:
    code = PARSED + VIDEO + "if (video.videoId && video.moderated !== true) Number(video.boostScore) + video.width;"
    traced = door.on_saved(built_extension(tmp_path, {"content.js": code}), "--check", until=["boostScore", "width"])
    played = traced.reads()[f"{LISTED}/width", "get"]["times"]
    assert 0 < played < VIDEOS
    assert traced.code == 1
    assert traced.findings() == [(f"{LISTED}/boostScore", played), (f"{LISTED}/width", played)]
    assert traced.reads()[f"{LISTED}/boostScore", "get"]["types"] == {"absent": played}
    assert f"finding: {LISTED}/boostScore is read {played} times" in traced.out
    assert traced.out.endswith("2 findings\n")


@pytest.mark.browser("shared", "kept")
def test_declared_reads_alone_are_clean(tmp_path: Path, door: Door) -> None:
    code = PARSED + VIDEO + "if ('videoId' in video && Object.hasOwn(video, 'moderated')) video.progress === 100;"
    traced = door.on_saved(
        built_extension(tmp_path, {"content.js": code}), "--check", until=["videoId", "moderated", "progress"]
    )
    assert (traced.code, traced.findings()) == (0, [])
    for name, asked in (("videoId", "has"), ("moderated", "has"), ("progress", "get")):
        assert traced.reads()[f"{LISTED}/{name}", asked]["times"] == VIDEOS
    assert traced.out.endswith("0 findings\n")


@pytest.mark.browser("shared", "kept")
def test_copying_and_serialising_is_told_from_reading(tmp_path: Path, door: Door) -> None:
    code = f"""{PARSED}
    JSON.stringify(site);
    const copy = structuredClone(site);
    {VIDEO} {{
      const whole = {{ ...video }};
      const {{ moderated, ...others }} = video;
      for (const [name, value] of Object.entries(video)) [name, value];
      video.width;
    }}
    const whole = JSON.stringify(JSON.parse(` ${{sessionStorage.{SITE}}}`));
    if (whole.length > 1000 && JSON.stringify(copy) === whole) site.state.favoritesById;
    """
    traced = door.on_saved(built_extension(tmp_path, {"content.js": code}), "--check", until=["width", "favoritesById"])
    width, height = traced.reads()[f"{LISTED}/width", "get"], traced.reads()[f"{LISTED}/height", "get"]
    assert width["times"] - width["swept"] == VIDEOS
    assert height["times"] == height["swept"] >= 4 * VIDEOS
    assert traced.findings() == [(f"{LISTED}/width", VIDEOS)]
    assert ("site:/state/favoritesById", "get") in traced.reads()
    notes = [one for one in traced.record["check"]["undeclared"] if not one["finding"]]
    assert f"{LISTED}/height" in [one["at"] for one in notes]
    assert {one["why"] for one in notes} == {"only copied or serialised as a part of the whole"}


@pytest.mark.browser("shared", "kept")
def test_the_traced_code_answers_as_if_nobody_listened(tmp_path: Path, door: Door) -> None:
    code = f"""{PARSED}
    const again = JSON.parse(sessionStorage.getItem('{SITE}'));
    const lists = Object.values(site.state.videoByMediaId);
    const isObject = (value) => value && typeof value === 'object';
    const freeze = (value) => {{ if (isObject(value)) Object.values(Object.freeze(value)).forEach(freeze); }};
    freeze(again);
    const own = {{ a: 1 }};
    const checks = [
      site !== again, lists[0] === Object.values(site.state.videoByMediaId)[0], Array.isArray(lists[0]),
      again.state.version === undefined, lists[0].toSorted().length === lists[0].length,
      JSON.parse('{{"a":1}}').a === 1, JSON.stringify(own) === '{{"a":1}}', structuredClone(own).a === 1,
      JSON.parse('[1,2]', (key, value) => (key === '0' ? 7 : value))[0] === 7,
      JSON.parse.length === 2 && JSON.parse.name === 'parse' && !('prototype' in JSON.parse),
      (() => {{ try {{ JSON.parse('{{'); }} catch (error) {{ return error instanceof SyntaxError; }} }})(),
      (() => {{ site.state.mine = 1; return site.state.mine === 1; }})(),
    ];
    (async () => {{
      await chrome.storage.local.set({{ kept: site }});
      const {{ kept }} = await chrome.storage.local.get('kept');
      const nested = structuredClone({{ at: new Date(0), site, list: [lists[0]] }});
      checks.push(nested.at.getTime() === 0 && Array.isArray(nested.list[0]) && nested.list[0].length > 0);
      checks.push(await new Promise((resolve) => {{
        addEventListener('message', (event) => resolve(event.data.list.length === lists[0].length));
        postMessage({{ list: lists[0] }}, '*');
      }}));
      const ids = (store) => Object.values(store.state.videoByMediaId).flat().map((video) => video.videoId).join();
      checks.push(ids(kept) === ids(site) && ids(kept).length > 100);
      if (checks.every(Boolean)) site.state.allIsWell;
    }})();
    """
    extension = built_extension(tmp_path, {"content.js": code}, permissions=["storage"])
    traced = door.on_saved(extension, until=["allIsWell"])
    asked = {path for path, _ in traced.reads()}
    assert "site:/state/allIsWell" in asked
    assert "site:/state/mine" not in asked


# ---- how extensions are built


@pytest.mark.browser("shared", "kept")
def test_bundles_several_groups_and_modules_are_traced_and_the_pages_own_world_is_not(
    tmp_path: Path, door: Door
) -> None:
    bundle = f'"use strict";(()=>{{var e=JSON.parse(sessionStorage["{SITE}"]);e.state.fromBundle}})();'
    scripts = {
        "bundle.js": bundle,
        "late.js": PARSED + "site.state.fromLate; site.state?.['from-text']",
        "loader.js": "import(chrome.runtime.getURL('module.js'));",
        "module.js": f"export const held = sessionStorage.getItem('{SITE}'); JSON.parse(held).state.fromModule;",
        "main.js": PARSED + "site.state.fromThePagesWorld;",
        "style.css": "html { color: red }",
    }
    here = ["https://shop.test/*"]
    groups: list[dict[str, Any]] = [
        {"matches": here, "css": ["style.css"]},
        {"matches": here, "js": ["main.js"], "world": "MAIN"},
        {"matches": here, "js": ["late.js", "loader.js"], "run_at": "document_idle"},
        {"matches": here, "js": ["bundle.js"], "run_at": "document_start", "all_frames": True},
    ]
    extension = built_extension(
        tmp_path,
        scripts,
        content_scripts=groups,
        content_security_policy={"extension_pages": "script-src 'self'; object-src 'none'"},
        web_accessible_resources=[{"resources": ["module.js"], "matches": here}],
    )
    expected = {"fromBundle", "fromLate", "from-text", "fromModule"}
    traced = door.on_saved(extension, until=expected)
    asked = {path for path, _ in traced.reads()}
    assert asked == {"site:/state", *(f"site:/state/{name}" for name in expected)}
    assert traced.record["stores"]["site"]["parses"] == 3
    assert traced.record["extension"]["untraced"] == ["content_scripts/1 runs in the page's own world"]
    assert "not traced: content_scripts/1" in traced.out


@pytest.mark.browser("shared", "kept")
def test_an_extension_for_another_origin_meets_the_served_page_there_also_under_a_strict_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = tmp_path / "ours"
    site = workspace / "probes" / "page"
    site.mkdir(parents=True)
    for part in ("contracts", "schemas"):
        shutil.copytree(ROOT / part, workspace / part)
    strict = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'"
    (site / "index.html").write_text(
        f'<meta http-equiv="Content-Security-Policy" content="{strict}"><script src="site.js"></script>'
    )
    filled = f"sessionStorage.setItem({SITE!r}, {STORE.read_text()!r});\n"
    (site / "site.js").write_text(filled + "JSON.parse = () => ({}); Object.keys = () => [];")
    (workspace / "probes" / "page.toml").write_text(
        'title = "Page"\nurl = "https://page.test/"\nstores = ["site"]\nserve = "page"\n[routes]\n"/" = "index.html"\n'
        '[[state]]\nname = "again"\nwhat = "loaded twice"\nsteps = [{ reload = true }]\n'
    )
    code = PARSED + "site.state.favoritesById;"
    groups = [{"matches": ["*://*.elsewhere.test/*"], "js": ["content.js"], "run_at": "document_end"}]
    extension = built_extension(tmp_path, {"content.js": code}, content_scripts=groups)
    out = tmp_path / "reads.json"
    arguments = ["--workspace", str(workspace), "trace", str(extension), "--target", "page", "--out", str(out)]
    assert main([*arguments, "--seconds", "0.5"]) == 0, capsys.readouterr().err
    record = json.loads(out.read_text())
    assert record["page"]["origin"] == "https://elsewhere.test"
    assert [(read["path"], read["times"]) for read in record["reads"]] == [("/state", 2), ("/state/favoritesById", 2)]


@pytest.mark.browser("shared", "kept")
def test_thousands_of_parses_a_second_are_added_up_in_the_page(tmp_path: Path, door: Door) -> None:
    read = "for (let index = 0; index < 100; index += 1) " + PARSED.replace("const site = ", "").strip().rstrip(";")
    code = f"setInterval(() => {{ {read}.state.videoByMediaId; }}, 5);"
    traced = door.on_saved(built_extension(tmp_path, {"content.js": code}), seconds=1)
    parses = traced.record["stores"]["site"]["parses"]
    assert parses > 1000
    assert [read["times"] for read in traced.record["reads"]] == [parses, parses]
    assert len(json.dumps(traced.record)) < 2000


@pytest.mark.browser("shared", "kept")
def test_no_key_and_no_value_leaves_the_page(tmp_path: Path, door: Door) -> None:
    store = json.loads(STORE.read_text())
    store["state"]["canary-slice"] = {"canary-user": {"canary-field": "canary-value"}}
    store["state"]["videoByMediaId"]["canary evening"] = [{"canary-key": 1, "videoId": "canary-value"}]
    store["state"]["__proto__"] = {"canary-inner": 1}
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(store))
    walk = "const walk = (value) => { for (const key in value) if (typeof value !== 'string') walk(value[key]); };\n"
    extension = built_extension(
        tmp_path, {"content.js": f"{walk}{PARSED}walk(site); throw new Error(JSON.stringify(site));"}
    )
    traced = door(extension, "--store", str(saved), "--key", SITE, "--check")
    assert traced.code == 1
    assert ("site:/state/{}/{}/{}", "get") in traced.reads()
    text = json.dumps(traced.record) + traced.out + traced.err
    assert not re.search(r"canary|[0-9a-f]{8}-[0-9a-f]{4}", text)


@pytest.mark.browser("shared", "kept")
def test_a_store_that_no_schema_declares_is_traced_by_the_names_in_the_code(tmp_path: Path, door: Door) -> None:
    saved = tmp_path / "cart.json"
    saved.write_text('{"lines":{"canary-1":{"count":2}},"open":true}')
    code = "const { lines } = JSON.parse(localStorage.cart); for (const id of Object.keys(lines)) lines[id].count == 2;"
    extension = built_extension(tmp_path, {"content.js": code})
    traced = door(extension, "--store", str(saved), "--key", "cart", "--area", "local", until=["count"])
    assert traced.code == 0
    assert set(traced.reads("store")) == {
        ("store:/lines", "get"),
        ("store:/lines", "keys"),
        ("store:/lines/{}", "get"),
        ("store:/lines/{}/count", "get"),
    }
    assert traced.reads("store")["store:/lines/{}/count", "get"]["compared"] == "loose"


# ---- where the extension starts


@pytest.fixture
def routed(tmp_path: Path) -> Path:
    """A workspace with a page on which a link leads to a post, by a document of its own or by the address alone."""
    workspace = tmp_path / "routed"
    site = workspace / "probes" / "page"
    site.mkdir(parents=True)
    for part in ("contracts", "schemas"):
        shutil.copytree(ROOT / part, workspace / part)
    (site / "index.html").write_text(
        f"<script>sessionStorage.setItem({SITE!r}, {STORE.read_text()!r})</script>"
        "<a href=/post/1>post</a><button onclick=\"history.pushState(0, '', '/post/1?private=1')\">soft</button>"
    )
    (workspace / "probes" / "page.toml").write_text(
        'title = "Page"\nurl = "https://shop.test/"\nstores = ["site"]\nserve = "page"\n'
        '[routes]\n"/*" = "index.html"\n'
        '[[state]]\nname = "front"\nwhat = "the front page"\ndefault = true\nsteps = []\n'
        '[[state]]\nname = "soft"\nwhat = "the address alone"\nsteps = [{ click = "button" }]\n'
        '[[state]]\nname = "post"\nwhat = "a post"\nsteps = [{ goto = "/" }, { click = "a" }]\n'
    )
    return workspace


POSTS = [{"matches": ["https://shop.test/post/*"], "js": ["content.js"], "run_at": "document_end"}]


@pytest.mark.browser("shared", "kept")
@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("--path", "/post/2?from=mail"), id="path", marks=pytest.mark.nightly),  # as below
        pytest.param(("--state", "post"), id="state"),
    ],
)
def test_a_path_or_the_steps_of_a_state_lead_to_where_the_extension_starts(
    tmp_path: Path, routed: Path, capsys: pytest.CaptureFixture[str], options: Sequence[str]
) -> None:
    extension = built_extension(tmp_path, {"content.js": PARSED + "site.state.fromThePost;"}, content_scripts=POSTS)
    out = tmp_path / "reads.json"
    arguments = ["--workspace", str(routed), "trace", str(extension), "--target", "page", "--out", str(out)]
    assert main([*arguments, *options, "--seconds", "0.5"]) == 0, capsys.readouterr().err
    record = json.loads(out.read_text())
    jsonschema.Draft202012Validator(SCHEMA).validate(record)
    assert record["page"]["origin"] == "https://shop.test"
    assert [(read["path"], read["times"]) for read in record["reads"]] == [("/state", 1), ("/state/fromThePost", 1)]


@pytest.mark.browser("shared", "kept")
@pytest.mark.parametrize("state", usually(["front", "soft"], ["soft"]))
def test_an_extension_that_never_starts_on_the_page_says_so(
    tmp_path: Path, routed: Path, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    extension = built_extension(tmp_path, {"content.js": PARSED}, content_scripts=POSTS)
    arguments = ["--workspace", str(routed), "trace", str(extension), "--target", "page", "--state", state]
    assert main([*arguments, "--seconds", "0.3"]) == 3
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert (
        "page.toml:extension-not-loaded: the extension's content script never started on https://shop.test/:"
        in told.err
    )
    assert "it matches https://shop.test/post/*; open a path that it matches with --path" in told.err
    assert "private" not in told.out + told.err


@pytest.mark.browser("shared", "kept")
def test_a_saved_store_meets_the_extension_at_the_asked_path(tmp_path: Path, door: Door) -> None:
    code = PARSED + "if (location.pathname === '/post/7') site.state.here;"
    extension = built_extension(tmp_path, {"content.js": code}, content_scripts=POSTS)
    assert ("site:/state/here", "get") in door.on_saved(extension, "--path", "/post/7", until=["here"]).reads()
    away = door.on_saved(extension, "--path", "/cart")
    assert (away.code, "never started on https://shop.test/cart: it matches" in away.err) == (3, True)


# ---- what cannot be traced


@pytest.mark.browser("shared", "kept")
def test_an_extension_that_parses_nothing_is_unseen_and_not_clean(tmp_path: Path, door: Door) -> None:
    traced = door.on_saved(built_extension(tmp_path, {"content.js": f"sessionStorage.getItem('{SITE}');"}), "--check")
    assert traced.code == 3
    assert "unseen: the extension read none of these stores" in traced.out
    assert "findings" not in traced.out


@pytest.mark.browser("shared", "kept")
def test_a_script_that_stays_away_is_blind(tmp_path: Path, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "_LOOKS", 3)  # it never comes, however long it is waited for
    group = {"matches": ["https://shop.test/*"], "exclude_globs": ["*shop*"], "js": ["content.js"]}
    away = door.on_saved(built_extension(tmp_path, {"content.js": PARSED}, content_scripts=[group]))
    assert (away.code, "extension-not-loaded" in away.err) == (3, True)


@pytest.mark.nightly  # as "endless loop" in test_blind.py
@pytest.mark.browser
@pytest.mark.parametrize(
    "lag",
    [
        pytest.param(0.0, id="while-listening"),
        pytest.param(0.6, id="before-listening", marks=pytest.mark.nightly),  # as "endless loop" in test_blind.py
    ],
)
def test_a_script_that_never_ends_is_blind(
    tmp_path: Path, door: Door, monkeypatch: pytest.MonkeyPatch, lag: float
) -> None:
    usual = Session.open

    def opened(self: Session, url: str) -> None:
        usual(self, url)
        time.sleep(lag)

    monkeypatch.setattr(Session, "open", opened)
    monkeypatch.setattr(tracing, "_STARTING", 4.0)
    started = time.monotonic()
    endless = door.on_saved(
        built_extension(tmp_path, {"content.js": f"{PARSED}setTimeout(() => {{ for (;;); }}, 150);"})
    )
    assert endless.code == 3
    assert re.search(r":(?:timeout|hang|crash): ", endless.err)
    assert in_time(time.monotonic() - started, 4.0 + 0.5)


PLAIN = {"matches": ["https://shop.test/*"], "js": ["content.js"]}


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ({"manifest_version": 2}, "not the manifest of a Manifest V3 extension"),
        ({"content_scripts": []}, "lists no content script"),
        ({"content_scripts": [{**PLAIN, "js": []}]}, "lists no content script"),
        ({"content_scripts": {}}, "not a list"),
        ({"content_scripts": [{"js": ["content.js"]}]}, "not a group of content scripts"),
        ({"content_scripts": [{**PLAIN, "js": "content.js"}]}, "not a list of files"),
        ({"content_scripts": [{**PLAIN, "world": "MAIN"}]}, "all its content scripts run in the page's own world"),
        ({"content_scripts": [{**PLAIN, "matches": ["file:///*"]}]}, "matches a page of the web"),
    ],
)
def test_a_manifest_that_leaves_nothing_to_trace_is_named(
    tmp_path: Path, door: Door, manifest: dict[str, Any], says: str
) -> None:
    traced = door.on_saved(built_extension(tmp_path, {"content.js": ""}, **manifest))
    assert traced.code == 2
    assert says in traced.err
    assert traced.err.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--store", str(STORE)), "a saved store without its key"),
        (("--store", str(STORE), "--key", "nobody's", "--check"), "no declared store lies under this key"),
        (("--store", str(ROOT / "none.json"), "--key", SITE), "no such file"),
        (("--store", str(ROOT / "README.md"), "--key", SITE), "not JSON"),
        (("--target", "grok"), "a page of the network"),
        (("--target", "nowhere"), "no probe target 'nowhere'"),
        (("--target", "standin", "--path", "//elsewhere.test/"), "not a path of the page's origin"),
        (("--target", "standin", "--path", "post"), "not a path of the page's origin"),
        (("--target", "standin", "--state", "nowhere"), "no state 'nowhere'"),
        (("--store", str(STORE), "--key", SITE, "--state", "worked"), "a saved store has no states"),
        (("--seconds", "0"), "not a number of seconds"),
        (("--seconds", "nan"), "not a number of seconds"),
    ],
)
def test_a_mistake_of_usage_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: Sequence[str], says: str
) -> None:
    extension = built_extension(tmp_path, {"content.js": ""})
    assert main(["--workspace", str(ROOT), "trace", str(extension), *options]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1


def test_a_store_that_no_page_could_hold_is_named(tmp_path: Path, door: Door) -> None:
    saved = tmp_path / "large.json"
    saved.write_text(json.dumps({"text": "x" * 5 * 2**20}))
    traced = door(built_extension(tmp_path, {"content.js": ""}), "--store", str(saved), "--key", SITE)
    assert (traced.code, "larger than a page may store" in traced.err) == (2, True)


def test_a_folder_without_a_manifest_or_with_a_broken_one_is_named(tmp_path: Path, door: Door) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no manifest.json" in door.on_saved(empty).err
    (empty / "manifest.json").write_text("{")
    assert door.on_saved(empty).code == 2
    with pytest.raises(InputFault, match="no such folder"):
        load_extension(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("pattern", "url", "runs"),
    [
        ("https://shop.test/*", "https://shop.test/", True),
        ("https://shop.test/*", "http://shop.test/", False),
        ("*://*.shop.test/cart/*", "https://www.shop.test/cart/1", True),
        ("*://*.shop.test/*", "https://shop.test/a", True),
        ("*://*.shop.test/*", "https://myshop.test/a", False),
        ("https://shop.test:8443/*", "https://shop.test:8443/x", True),
        ("https://shop.test:8443/*", "https://shop.test/x", False),
        ("https://shop.test/a*b", "https://shop.test/axxb?c", False),
        ("<all_urls>", "https://anything.test/", True),
        ("*://*/*", "http://anything.test/x", True),
        ("file:///*", "https://shop.test/", False),
    ],
)
def test_match_patterns_are_read_as_the_browser_reads_them(
    tmp_path: Path, pattern: str, url: str, *, runs: bool
) -> None:
    extension = Extension(tmp_path, {"content_scripts": [{"matches": [pattern], "js": ["a.js"]}]}, (0,), ())
    assert extension.runs_at(url) is runs
    if not pattern.startswith("file"):
        assert extension.runs_at(extension.address("https://other.test/cart/"))


# ---- the comparison


def _told(*reads: tuple[list[str | int], str, int, int], written: bool = False) -> str:
    rows = [
        {
            "path": path,
            "asked": asked,
            "times": times,
            "present": times,
            "swept": swept,
            "types": {"object": times},
            "sites": [],
        }
        for path, asked, times, swept in reads
    ]
    store = {"name": "site", "parses": 1, "handed": 0, "opaque": 0, "written": written, "sites": [], "reads": rows}
    return json.dumps({"world": "w", "stacks": [], "stores": [store]})


def test_what_lies_below_an_undeclared_path_is_told_with_it() -> None:
    texts = [
        _told((["a"], "get", 2, 0), (["a", 0, "b"], "get", 3, 0), (["c", -1], "get", 1, 0)),
        _told((["a"], "get", 5, 0)),
    ]
    declared = frozenset(StorePath("site", StorePlace.parse(path)) for path in ("/", "/c", "/c/[]", "/d"))
    found = compared(gathered(texts, []), declared)
    (one,) = found.findings
    assert (str(one.at), one.times, list(map(str, one.below))) == ("site:/a", 7, ["site:/a/{}/b"])
    assert list(map(str, found.unread)) == ["site:/c", "site:/d"]


def test_sweeps_and_the_extensions_own_stores_are_notes() -> None:
    swept = compared(gathered([_told((["a"], "get", 2, 2))], []), frozenset())
    own = compared(gathered([_told((["a"], "get", 2, 0), written=True)], []), frozenset())
    assert not swept.findings
    assert not own.findings
    assert [one.why for one in (*swept.undeclared, *own.undeclared)] == [
        "only copied or serialised as a part of the whole",
        "the extension writes this store itself",
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"stores": 1}', '{"stores": [{"name": "x"}]}'])
def test_what_the_tracer_would_not_write_is_refused(text: str) -> None:
    with pytest.raises(MachineFault):
        gathered([text], [])


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "reads-lock-v1", "facts": {"a": 1}}'])
def test_a_file_that_is_no_lock_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "reads.lock.json"
    file.write_text(text)
    with pytest.raises(InputFault, match="not a lock of reads"):
        declared_reads(file)
