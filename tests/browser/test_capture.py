"""Captures with a real Chromium: what is seen, what is never seen, and every way in which a capture is blind."""

from __future__ import annotations

import json
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from driftwright.base.errors import BlindFault, MachineFault
from driftwright.base.terms import STORAGE, Area
from driftwright.snapshot.capture.deadline import Deadline, _processes
from driftwright.snapshot.capture.launched.probe import capture_launched
from driftwright.snapshot.capture.launched.reading import read_areas, runs_script
from driftwright.snapshot.capture.launched.session import Session
from driftwright.snapshot.capture.launched.shared import SharedBrowser
from driftwright.snapshot.capture.request import AreaReading, CaptureRequest
from driftwright.snapshot.file import read_snapshot, write_snapshot
from driftwright.snapshot.model import AreaView, Snapshot
from driftwright.workspace.target.target import load_target
from kit.examples import NIGHTLY, usually
from kit.faults import in_time

pytestmark = pytest.mark.usefixtures("nothing_is_left")

ROOT = Path(__file__).resolve().parents[2]
SALT = b"\x07" * 32
ID = "5f0f2c1e-9a51-4c7e-8a77-0d9f3a6b1c22"
PSEUDONYM = {"redact": "pseudonym", "types": ["string"]}
INTEGER = {"redact": "keep", "types": ["integer"]}
CART = {"fields": {"lines": {"values": {"items": {"fields": {"line": PSEUDONYM, "count": INTEGER}}}}, "open": INTEGER}}
POLICY: dict[str, Any] = {
    "words": ["cart"],
    "stores": [
        {"name": "cart", "area": "session", "key": "cart", "rule": CART},
        {"name": "note", "area": "extension-local", "key": "note_{line}", "rule": {"fields": {"line": PSEUDONYM}}},
    ],
}

PAGE = """<!doctype html><meta charset="utf-8">HEAD<button id="add">add</button><script src="/site.js"></script>"""
STRICT = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'self'; "
    "require-trusted-types-for 'script'\">"
)
SITE = f"""
const cart = {{ lines: {{}}, open: 1, owner: "canary-user", at: "2024-05-01T10:00:00.000Z" }};
const write = () => sessionStorage.setItem("cart", JSON.stringify(cart));
const mark = document.documentElement.dataset;
sessionStorage.setItem("getItem", "lighthouse");
localStorage.setItem("canary-key", "canary-user");
document.querySelector("#add").onclick = () => {{
  cart.lines["{ID}"] = [{{ line: "{ID}", count: 3, title: "lighthouse at dawn" }}];
  write();
  setTimeout(() => {{ cart.open = 2; write(); mark.added = "yes"; }}, 50);
}};
const role = new URLSearchParams(location.search).get("as");
if (role === "hostile") {{
  const lie = () => '{{"lines":{{}},"open":99}}';
  write();
  document.querySelector("#add").addEventListener("click", () => setTimeout(() => {{
    Storage.prototype.getItem = lie;
    Storage.prototype.key = () => "cart";
    Object.defineProperty(Storage.prototype, "length", {{ get: () => 1 }});
    JSON.parse = lie;
    JSON.stringify = lie;
    Array.prototype.map = () => [];
    Object.keys = () => [];
    String.prototype.replace = lie;
    Map.prototype.get = lie;
  }}, 60));
}}
if (role === "restless") setInterval(() => {{ cart.open += 1; write(); }}, 20);
if (role === "busy") addEventListener("click", () => setTimeout(() => {{ for (;;); }}, 80));
if (role !== "never") mark.ready = "yes";
"""
TARGET = """
title = "Shop"
url = "https://shop.test/"
stores = ["cart", "note"]
serve = "site"
variant_query = "as"
ready = "() => document.documentElement.dataset.ready === 'yes'"
deadline = {deadline}
{extra}
[routes]
"/" = "index.html"
"/strict" = "strict.html"

[[state]]
name = "fresh"
what = "nothing was added"

[[state]]
name = "added"
what = "one line"
default = true
steps = [{steps}]

[[state]]
name = "reloaded"
what = "the page was loaded again"
steps = [{{ reload = true }}, {{ goto = "/" }}]
"""
STEPS = '{ click = "#add" }, { wait = "() => document.documentElement.dataset.added === \'yes\'" }'
CONTENT = f"""
sessionStorage.setItem("mine", "canary-user");
chrome.storage.local.set({{ "note_{ID}": {{ line: "{ID}", text: "lighthouse" }}, "canary-key": 1 }});
chrome.storage.sync.set({{ theme: "canary-user" }});
"""


def _target(folder: Path, *, deadline: float = 20, extra: str = "", steps: str = STEPS) -> Path:
    site = folder / "site"
    site.mkdir(exist_ok=True)
    (site / "index.html").write_text(PAGE.replace("HEAD", ""))
    (site / "strict.html").write_text(PAGE.replace("HEAD", STRICT))
    (site / "site.js").write_text(SITE)
    names = ("hostile", "restless", "busy", "never")
    roles = "".join(f'[[variant]]\nname = "{name}"\nwhat = "{name}"\nexpect = "drift"\n' for name in names)
    file = folder / "shop.toml"
    file.write_text(TARGET.format(deadline=deadline, extra=extra, steps=steps) + roles)
    return file


def _extension(folder: Path, *, matches: str = "https://shop.test/*", version: str = "1.0") -> str:
    home = folder / "extension"
    home.mkdir()
    manifest: dict[str, Any] = {
        "manifest_version": 3,
        "name": "Notes",
        "version": version,
        "permissions": ["storage"],
        "content_scripts": [{"matches": [matches], "js": ["content.js"], "run_at": "document_start"}],
    }
    (home / "manifest.json").write_text(json.dumps(manifest))
    (home / "content.js").write_text(CONTENT)
    return 'extension = "extension"'


def _captured(
    file: Path, shared: SharedBrowser | None = None, *, policy: dict[str, Any] = POLICY, **how: Any
) -> Snapshot:
    return capture_launched(CaptureRequest(load_target(file), policy, SALT, **how), shared)


def _view(snapshot: Snapshot, area: Area) -> AreaView:
    (view,) = [view for view in snapshot.areas if view.area == area]
    return view


@pytest.mark.browser("shared")
def test_a_page_and_its_extension_are_one_consistent_capture(tmp_path: Path) -> None:
    told: list[str] = []
    file = _target(tmp_path, extra=_extension(tmp_path))
    snapshot = _captured(file, state="reloaded", progress=told.append)
    session, note = _view(snapshot, Area.SESSION), _view(snapshot, Area.EXTENSION_LOCAL)
    (cart,), (entry,) = session.entries, note.entries
    (line,) = cart.value["lines"]
    assert cart.value["lines"][line][0]["line"] == entry.value["line"] == entry.ids["line"] == line
    assert cart.value["lines"][line][0]["count"] == 3
    assert cart.value["open"] == 2
    assert entry.key == f"note_{line}"
    assert {view.area: view.others for view in snapshot.areas} == {
        Area.SESSION: 2,
        Area.LOCAL: 1,
        Area.INDEXED_DB: 0,
        Area.EXTENSION_LOCAL: 1,
        Area.EXTENSION_SYNC: 1,
    }
    assert (snapshot.provenance.state, snapshot.provenance.origin) == ("reloaded", "https://shop.test")
    assert re.fullmatch(r"Chromium \d+\.[\d.]+", snapshot.provenance.browser)
    assert told[0] == "starting the browser"
    written = tmp_path / "a.snapshot.json"
    write_snapshot(snapshot, written)
    assert read_snapshot(written) == snapshot
    text = written.read_text()
    assert not [canary for canary in ("lighthouse", "canary", ID, ID.replace("-", ""), SALT.hex()) if canary in text]


@pytest.mark.browser("shared")
def test_overridden_primitives_and_strict_policies_change_nothing(tmp_path: Path) -> None:
    with SharedBrowser([]) as shared:  # test_shared_browser.py shows that nothing of one capture is there for the next
        plain = _captured(_target(tmp_path), shared)
        hostile = _captured(_target(tmp_path), shared, variant="hostile")
        strict = _target(tmp_path)
        strict.write_text(strict.read_text().replace("https://shop.test/", "https://shop.test/strict"))
        assert plain.digest == hostile.digest == _captured(strict, shared).digest
    assert plain.areas == hostile.areas
    assert _view(plain, Area.SESSION).entries[0].value["open"] == 2


@pytest.mark.browser("shared", "kept")
def test_an_extension_without_a_script_on_the_page_is_read_on_its_own_page(tmp_path: Path) -> None:
    file = _target(tmp_path, extra=_extension(tmp_path, matches="https://elsewhere.test/*"))
    snapshot = _captured(file)
    assert [view.area for view in snapshot.areas] == list(STORAGE)
    assert [entry.store for entry in _view(snapshot, Area.SESSION).entries] == ["cart"]
    assert not any(view.denied for view in snapshot.areas)


@pytest.mark.browser("shared")
def test_an_extension_that_does_not_load_is_blind(tmp_path: Path) -> None:
    file = _target(tmp_path, extra=_extension(tmp_path, version="none"))
    with pytest.raises(BlindFault) as caught:
        _captured(file)
    assert caught.value.place == "extension-not-loaded"


@pytest.mark.browser("kept")
@pytest.mark.parametrize(
    ("variant", "steps", "reason"),
    [
        pytest.param("never", STEPS, "not-ready", marks=pytest.mark.nightly),  # also in test_blind.py
        ("busy", STEPS + ', { wait = "() => new Promise(() => 0)" }', "hang"),
        pytest.param("restless", STEPS, "not-ready", marks=pytest.mark.nightly),  # also in test_hostile_pages.py
        (None, '{ click = "#not-there" }', "not-ready"),
        (None, '{ goto = "/lighthouse" }', "refused"),
    ],
)
def test_what_cannot_be_seen_is_blind_in_time(tmp_path: Path, variant: str | None, steps: str, reason: str) -> None:
    deadline = 5 if NIGHTLY else 3
    file = _target(tmp_path, deadline=deadline, steps=steps)
    began = time.monotonic()
    with pytest.raises(BlindFault) as caught:
        _captured(file, variant=variant)
    assert caught.value.place == reason
    assert in_time(time.monotonic() - began, deadline)
    assert "lighthouse" not in str(caught.value)
    assert caught.value.file == str(file)
    assert caught.value.__cause__ is None


def _kill(kind: str) -> int:
    """Kill the running processes of that kind on a profile of ours; return how many there were."""
    found = [pid for pid, line in _processes() if f"--user-data-dir={tempfile.gettempdir()}" in line and kind in line]
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    return len(found)


@pytest.mark.browser("shared")
# That a browser which was killed is started once more shows test_blind.py as well.
@pytest.mark.parametrize("kind", usually(["--type=renderer", "--remote-debugging-pipe"], ["--type=renderer"]))
def test_a_crash_is_tried_once_more(tmp_path: Path, kind: str) -> None:
    killed: list[int] = []

    def once(stage: str) -> None:
        if stage.startswith("step 2") and not killed:
            killed.append(_kill(kind))

    snapshot = _captured(_target(tmp_path), progress=once)
    assert killed[0] > 0
    assert _view(snapshot, Area.SESSION).entries[0].value["open"] == 2


@pytest.mark.nightly  # test_blind.py kills browsers too
@pytest.mark.browser("shared")
def test_a_crash_that_comes_again_is_blind(tmp_path: Path) -> None:
    killed: list[int] = []

    def always(stage: str) -> None:
        if stage.startswith("step 2"):
            killed.append(_kill("--remote-debugging-pipe"))

    with pytest.raises(BlindFault) as caught:
        _captured(_target(tmp_path), progress=always)
    assert caught.value.place == "crash"
    assert len(killed) == 2
    assert min(killed) > 0


@pytest.mark.nightly  # as "connection refused" in test_blind.py
@pytest.mark.browser("shared")
def test_a_host_that_does_not_answer_is_offline(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text('title = "Shop"\nurl = "http://127.0.0.1:9/lighthouse"\nstores = ["cart"]\ndeadline = 10\n')
    with pytest.raises(BlindFault) as caught:
        _captured(file)
    assert caught.value.place == "offline"


class _Site(BaseHTTPRequestHandler):
    """A site on the machine itself, for answers that a folder cannot give."""

    answers: ClassVar[dict[str, tuple[int, dict[str, str]]]] = {
        "/login": (302, {"Location": "http://localhost:PORT/ok"}),
        "/wall": (403, {"cf-mitigated": "challenge"}),
        "/down": (503, {}),
        "/closed": (200, {"Content-Security-Policy": "sandbox allow-scripts"}),
    }

    def do_GET(self) -> None:
        status, headers = self.answers.get(self.path, (200, {}))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value.replace("PORT", str(self.headers["Host"]).rpartition(":")[2]))
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>lighthouse</title>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is inherited
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.nightly  # each of these is a fault of test_blind.py
@pytest.mark.browser("shared")
@pytest.mark.parametrize(
    ("path", "reason"),
    [("login", "wrong-origin"), ("wall", "bot-wall"), ("down", "refused"), ("closed", "storage-denied")],
)
def test_an_answer_that_is_not_the_page_is_blind(tmp_path: Path, port: int, path: str, reason: str) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(f'title = "Shop"\nurl = "http://127.0.0.1:{port}/{path}"\nstores = ["cart"]\ndeadline = 10\n')
    with pytest.raises(BlindFault) as caught:
        _captured(file)
    assert caught.value.place == reason
    assert "lighthouse" not in str(caught.value)


@pytest.mark.browser("shared", "kept")
def test_a_site_without_the_store_is_seen_and_empty(tmp_path: Path, port: int) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(f'title = "Shop"\nurl = "http://127.0.0.1:{port}/ok"\nstores = ["cart"]\n')
    snapshot = _captured(file)
    assert [(view.area, view.entries, view.denied) for view in snapshot.areas] == [
        (Area.SESSION, (), ""),
        (Area.LOCAL, (), ""),
        (Area.INDEXED_DB, (), ""),
    ]


@pytest.mark.browser("shared", "kept")
def test_the_stand_in_is_read_without_a_raw_value() -> None:
    video = {"fields": {"videoId": PSEUDONYM, "parentPostId": PSEUDONYM, "progress": INTEGER}}
    videos = {"fields": {"videoByMediaId": {"values": {"items": video}}}}
    stores = [
        {"name": "site", "area": "session", "key": "useMediaStore", "rule": {"fields": {"state": videos}}},
        {"name": "session", "area": "session", "key": "grokRetrySession_{parent}", "rule": {}},
    ]
    target = load_target(ROOT / "probes" / "standin.toml")
    policy = {"words": [], "stores": stores}
    deadline = Deadline.after(target.deadline, target.file)
    with Session(target, deadline) as session:
        session.open(target.url)
        for step in target.walk(None)[1]:
            session.take(step)
        session.pause(500)
        reading = AreaReading(target, policy, SALT, runs_script(session, target))
        text, views = read_areas(session, deadline, reading)
        raw = session.worlds.evaluate("JSON.stringify([{...sessionStorage}])", session.worlds.main(), 1000)
    entries = next(view.entries for view in views if view.area == Area.SESSION)
    (site,) = [entry for entry in entries if entry.store == "site"]
    lists = site.value["state"]["videoByMediaId"]
    assert sorted(lists) == sorted(entry.ids["parent"] for entry in entries if entry.store == "session")
    assert all(video["parentPostId"] == image for image, found in lists.items() for video in found)
    ids = set(re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", raw))
    assert len(ids) >= 7
    assert "lighthouse" in raw
    assert not [secret for secret in (*ids, "lighthouse", "canary") if secret in text]


def test_no_browser_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from driftwright.snapshot.capture.launched.browser import find_browser

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DRIFTWRIGHT_CHROMIUM", raising=False)
    with pytest.raises(MachineFault, match="playwright install chromium"):
        find_browser()
    chrome = tmp_path / "google-chrome"
    chrome.write_text("#!/bin/sh\necho Google Chrome 141.0.7390.54\n")
    chrome.chmod(0o755)
    assert find_browser().branded
    with pytest.raises(MachineFault, match=r"ignores --load-extension.*use Chromium"):
        find_browser(for_extension=True)
    bundled = tmp_path / "bundled"
    bundled.write_text("#!/bin/sh\necho Chromium 141.0.7390.54\n")
    bundled.chmod(0o755)
    assert find_browser(for_extension=True, bundled=bundled).path == bundled
    monkeypatch.setenv("DRIFTWRIGHT_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(MachineFault, match="does not start"):
        find_browser(bundled=bundled)
