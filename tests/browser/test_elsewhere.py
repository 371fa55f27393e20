"""Other frames and tabs of a page: looked into for what the page lacks, and named when they are closed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.terms import Area
from driftwright.snapshot.capture.launched import diagnosis
from driftwright.snapshot.capture.launched.probe import capture_launched
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.snapshot.file import read_snapshot, write_snapshot
from driftwright.snapshot.model import AreaView, Snapshot
from driftwright.verdict.observe import observe_store
from driftwright.workspace.schemas.load import Store, load_stores
from driftwright.workspace.target.target import load_target
from kit.examples import usually

pytestmark = pytest.mark.browser("shared", "kept")

SALT = b"\x07" * 32
CART = {"lines": {"5f0f2c1e-9a51-4c7e-8a77-0d9f3a6b1c22": [{"count": 3}]}}
WRITE = (
    f"sessionStorage.setItem('shopCart', {json.dumps(json.dumps(CART))}); sessionStorage.setItem('mine', 'lighthouse');"
)
POLICY: dict[str, Any] = {
    "words": ["cart"],
    "stores": [{"name": "cart", "area": "session", "key": "shopCart", "rule": {"fields": {"lines": {}}}}],
}
PAGES = {
    "/frame": f"<script>{WRITE}</script>",
    "/alone": "<p>nothing here</p>",
    "/own": f"<script>{WRITE}</script><iframe src='/alone'></iframe>",
    "/near": "<iframe src='http://127.0.0.1:OTHER/frame'></iframe>",
    "/far": "<iframe src='http://other.test:OTHER/frame'></iframe>",
    "/closed": "<iframe sandbox='allow-scripts' srcdoc='<p>lighthouse'></iframe>",
    "/opener": "<button onclick=\"window.open('/frame', '_blank', 'noopener')\">open</button>",
}


class _Site(BaseHTTPRequestHandler):
    other = 0

    def do_GET(self) -> None:
        body = PAGES.get(self.path, "").replace("OTHER", str(self.other))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>Shop</title>{body}".encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is inherited
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server,
        ThreadingHTTPServer(("127.0.0.1", 0), _Site) as other,
    ):
        _Site.other = other.server_address[1]
        for one in (server, other):
            threading.Thread(target=one.serve_forever, daemon=True).start()
        yield server.server_address[1]
        for one in (server, other):
            one.shutdown()


def _captured(folder: Path, port: int, path: str, steps: str = "") -> Snapshot:
    file = folder / "shop.toml"
    state = f'[[state]]\nname = "open"\nwhat = "it is open"\nsteps = [{steps}]\n'
    file.write_text(f'title = "Shop"\nurl = "http://127.0.0.1:{port}{path}"\nstores = ["cart"]\ndeadline = 15\n{state}')
    return capture_launched(CaptureRequest(load_target(file), POLICY, SALT))


def _elsewhere(snapshot: Snapshot) -> list[AreaView]:
    return [view for view in snapshot.areas if view.where]


def _store(folder: Path) -> Store:
    home = folder / "schemas" / "shop" / "cart"
    home.mkdir(parents=True)
    (home / "store.toml").write_text(
        'name = "cart"\ntitle = "Cart"\narea = "session"\nkey = "shopCart"\nto_see = "Add something"\n'
    )
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["lines"],
        "properties": {"lines": {"type": "object", "x-key-space": "line", "additionalProperties": {"type": "array"}}},
    }
    (home / "v1.schema.json").write_text(json.dumps(schema))
    (home / "v1").mkdir()
    (home / "v1" / "one.witness.json").write_text(json.dumps({"lines": {}}))
    return load_stores(folder / "schemas")["cart"]


# A name of another site, which puts the frame into a process of its own.
RULES = "MAP other.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
WAIT = "{ wait = '() => new Promise((go) => setTimeout(go, 800, true))' }"
PLACES = (("/near", "", "frame 1"), ("/opener", f"{{ click = 'button' }}, {WAIT}", "tab 1"))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[0])
def test_a_store_in_another_frame_or_tab_is_moved_and_not_gone(
    tmp_path: Path, port: int, place: tuple[str, str, str]
) -> None:
    path, steps, where = place
    snapshot = _captured(tmp_path, port, path, steps)
    (view,) = _elsewhere(snapshot)
    assert (view.where, view.area, view.others) == (where, Area.SESSION, 1)
    assert [(entry.store, entry.key) for entry in view.entries] == [("cart", "shopCart")]
    assert "lighthouse" not in repr(snapshot)
    file = tmp_path / "shop.snapshot.json"
    write_snapshot(snapshot, file)
    assert read_snapshot(file) == snapshot
    found = observe_store(snapshot, _store(tmp_path))
    assert found.state == "elsewhere"
    (change,) = found.comparison.changes
    assert change.rule.happened == "moved"
    assert where in change.message


@pytest.mark.parametrize("path", usually(["/closed", "/far"], ["/closed"]))
def test_a_closed_frame_is_named(tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(diagnosis, "resolver_rules", lambda _: RULES)
    snapshot = _captured(tmp_path, port, path, WAIT)
    closed = [(view.where, view.area, view.denied, view.entries) for view in _elsewhere(snapshot)]
    assert closed == [("frame 1", Area.SESSION, "SecurityError", ())]
    assert "lighthouse" not in repr(snapshot)


def test_what_the_page_itself_holds_is_looked_for_nowhere_else(tmp_path: Path, port: int) -> None:
    snapshot = _captured(tmp_path, port, "/own")
    assert _elsewhere(snapshot) == []
    (session,) = [view for view in snapshot.areas if view.area is Area.SESSION]
    assert [entry.store for entry in session.entries] == ["cart"]
