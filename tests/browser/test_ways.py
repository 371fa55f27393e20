"""Every way in, with a Chromium started by hand: the same digest, and nothing changed in somebody's browser."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.errors import BlindFault, InputFault, MachineFault
from driftwright.base.jsontext import parse_json
from driftwright.base.terms import Area, Verdict
from driftwright.entrypoints.cli import main
from driftwright.impact.javascript.process import Process
from driftwright.report.model import Report
from driftwright.snapshot.capture.answer import literal
from driftwright.snapshot.capture.attached.attach import Attachment, capture_attached
from driftwright.snapshot.capture.attached.endpoint import find_endpoints
from driftwright.snapshot.capture.attached.watch_tab import watch_attached
from driftwright.snapshot.capture.by_hand.dump import dumped
from driftwright.snapshot.capture.by_hand.fingerprint import fingerprint_function, outlined_stores, shapes_source
from driftwright.snapshot.capture.by_hand.offline import redact
from driftwright.snapshot.capture.by_hand.snippet import one_time_salt, pasted, snippet
from driftwright.snapshot.capture.deadline import Deadline, end_browser
from driftwright.snapshot.capture.launched.browser import find_browser, safe_arguments
from driftwright.snapshot.capture.launched.login import checked_profile, login, profile_folder
from driftwright.snapshot.capture.launched.probe import capture_launched
from driftwright.snapshot.capture.launched.watch import WatchRequest
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.snapshot.capture.ways import LAUNCHED, capture_by
from driftwright.snapshot.file import pasted_snapshot, read_snapshot, write_snapshot
from driftwright.snapshot.model import Snapshot
from driftwright.snapshot.read import read_any
from driftwright.verdict.check import check_snapshot
from driftwright.workspace.folders import find_workspace
from driftwright.workspace.schemas.load import load_stores
from driftwright.workspace.schemas.policy import redaction_policy
from driftwright.workspace.target.target import Target, load_target
from kit.by_hand import Hand, redact_once
from kit.faults import in_time
from kit.project import write_few_facts

SALT = b"\x07" * 32
IN_TIME = Deadline(float("inf"), "shop.toml")
ID = "5f0f2c1e-9a51-4c7e-8a77-0d9f3a6b1c22"
OPEN = {"redact": "keep", "types": ["integer"]}
LINE = {"fields": {"line": {"redact": "pseudonym", "types": ["string"]}}}
POLICY: dict[str, Any] = {
    "words": ["cart"],
    "stores": [
        {"name": "cart", "area": "session", "key": "cart",
         "rule": {"fields": {"lines": {"values": {"items": LINE}}, "open": OPEN}}},
    ],
}  # fmt: skip
CART = {"lines": {ID: [{"line": ID, "title": "lighthouse at dawn"}]}, "open": 2, "owner": "canary-user"}
PAGE = f"""<!doctype html><title>canary-title</title><script>
window.loads = (window.name = String(1 + Number(window.name || 0)));
sessionStorage.cart = {json.dumps(json.dumps(CART))};
localStorage.theme = "canary-user";
const ask = () => {{ document.title = "asking"; document.title = "said " + confirm("?"); }};
if (location.hash === "#ask") setTimeout(ask, 50);
document.documentElement.dataset.ready = "yes";
</script>"""


@dataclass(frozen=True)
class Site:
    port: int
    asked: list[str]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/":  # the browser asks for an icon whenever it likes
                asked.append(self.path)
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE.encode() if self.path == "/" else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Site(server.server_port, asked)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    profile = tmp_path_factory.mktemp("by-hand")
    browser = find_browser()
    command = [str(browser.path), "--headless", *safe_arguments(), "--remote-debugging-port=0", "--no-first-run"]
    process = subprocess.Popen(
        [*command, f"--user-data-dir={profile}", "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        file = profile / "DevToolsActivePort"
        _until(lambda: file.exists() and len(file.read_text().split()) == 2)
        yield Hand(int(file.read_text().split()[0]), process, profile)
    finally:
        end_browser(profile)
        process.kill()
        process.wait(10)


def _until(condition: Any) -> None:
    ends = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.05)


@pytest.fixture
def request_for(site: Site, tmp_path: Path) -> CaptureRequest:
    file = tmp_path / "shop.toml"
    file.write_text(
        f'title = "Shop"\nurl = "http://127.0.0.1:{site.port}/"\nstores = ["cart"]\ndeadline = 20\n'
        "ready = \"() => document.documentElement.dataset.ready === 'yes'\"\n"
    )
    return CaptureRequest(load_target(file), POLICY, SALT)


@pytest.fixture
def tab(hand: Hand, request_for: CaptureRequest) -> Iterator[str]:
    identity = hand.open(request_for.target.url)
    _until(lambda: hand.evaluate(identity, "document.documentElement.dataset.ready") == "yes")
    yield identity
    hand.close(identity)


def _told(snapshot: Snapshot, *areas: Area) -> str:
    """The digest of what those areas showed."""
    return replace(snapshot, areas=tuple(view for view in snapshot.areas if view.area in areas)).digest


@pytest.mark.browser("shared", "kept")
def test_each_way_in_gives_the_same_digest(hand: Hand, tab: str, request_for: CaptureRequest) -> None:
    launched = capture_launched(request_for)
    attached = capture_attached(request_for, Attachment(str(hand.port)))
    line = pasted(_printed(hand, tab, request_for), "paste")
    from_console = pasted_snapshot(parse_json(line.encode(), "paste"), "paste")
    files = [
        (area, json.loads(hand.evaluate(tab, f"JSON.stringify({name}Storage)")), name)
        for area, name in ((Area.SESSION, "session"), (Area.LOCAL, "local"))
    ]
    saved = dumped(request_for, files, redact)
    both = (Area.SESSION, Area.LOCAL)
    assert attached.digest == launched.digest
    # A snippet's key is its own: nothing hides once more what it printed.
    assert _told(from_console, *both) == _told(dumped(request_for, files, redact_once), *both)
    assert _told(from_console, *both) != _told(launched, *both)
    assert _told(saved, *both) == _told(launched, *both)
    assert {one.redaction for one in (launched, attached, from_console, saved)} == {launched.redaction}
    ways = [one.provenance.way for one in (launched, attached, from_console, saved)]
    assert ways == ["launched", "attached", "snippet", "dump"]
    entry = attached.areas[0].entries[0]
    assert (entry.store, entry.value["open"], len(entry.value["lines"])) == ("cart", 2, 1)
    assert "canary" not in repr((attached, from_console, saved))
    assert "lighthouse" not in repr((attached, from_console, saved))
    assert ID not in repr((attached, from_console, saved))


def _printed(hand: Hand, tab: str, request: CaptureRequest) -> str:
    """Run the snippet in the tab's console and return what it copied."""
    code = snippet(request.target, request.policy, None, SALT)
    listening = "(() => { window.printed = ''; console.log = (line) => { window.printed = line; }; })()"
    hand.evaluate(tab, listening)
    hand.evaluate(tab, code)
    return str(hand.evaluate(tab, "window.printed"))


@pytest.mark.browser("shared")
def test_attaching_changes_nothing_in_the_browser(
    hand: Hand, tab: str, request_for: CaptureRequest, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another site by name, so that the dialog is in a tab that is not meant; it blocks its own process alone.
    asking = hand.open(f"http://localhost:{site.port}/%23ask".replace("%23", "#").replace("#", "%23"))
    hand.evaluate(tab, "window.mine = 'still here'")
    _until(lambda: hand.pages()[asking][1] == "asking")
    before, asked, hosts = hand.pages(), len(site.asked), _connections(monkeypatch)
    snapshot = capture_attached(request_for, Attachment(f"http://127.0.0.1:{hand.port}"))
    time.sleep(0.3)
    assert snapshot.areas[0].entries[0].store == "cart"
    assert hand.pages() == before
    assert hand.pages()[asking][1] == "asking", "the dialog was answered"
    assert hand.evaluate(tab, "[window.loads, window.mine].join()") == "1,still here"
    assert len(site.asked) == asked, "something was loaded"
    assert hand.process.poll() is None
    assert set(hosts) == {("127.0.0.1", hand.port)}
    hand.close(asking)


def _connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note every place that this process connects to from now on, and keep away from name servers."""
    made: list[Any] = []
    usual = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        made.append(address)
        usual(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return made


@pytest.mark.browser("shared")
def test_several_tabs_are_told_by_number_alone(hand: Hand, tab: str, request_for: CaptureRequest) -> None:
    second = hand.open(request_for.target.url)
    _until(lambda: hand.evaluate(second, "document.documentElement.dataset.ready") == "yes")
    hand.evaluate(second, 'sessionStorage.cart = \'{"lines":{},"open":5}\'')
    with pytest.raises(InputFault, match=r"2 tabs of .* are open; choose one with --tab 1 to --tab 2") as told:
        capture_attached(request_for, Attachment(str(hand.port)))
    assert "canary" not in str(told.value)
    number = sorted((tab, second)).index(second) + 1
    snapshot = capture_attached(request_for, Attachment(str(hand.port), number))
    assert snapshot.areas[0].entries[0].value["open"] == 5
    with pytest.raises(InputFault, match="no tab 3"):
        capture_attached(request_for, Attachment(str(hand.port), 3))
    hand.close(second)


@pytest.mark.browser("shared")
def test_a_store_that_another_tab_holds_is_told_of(hand: Hand, tab: str, request_for: CaptureRequest) -> None:
    second = hand.open(request_for.target.url)
    _until(lambda: hand.evaluate(second, "document.documentElement.dataset.ready") == "yes")
    hand.evaluate(second, "sessionStorage.clear()")
    before = hand.pages()
    snapshot = capture_attached(request_for, Attachment(str(hand.port), sorted((tab, second)).index(second) + 1))
    assert [view.entries for view in snapshot.areas if not view.where and view.area == "session"] == [()]
    beside = [(view.where, [entry.store for entry in view.entries]) for view in snapshot.areas if view.where]
    assert beside == [("tab 1", ["cart"])]
    assert hand.pages() == before
    hand.close(second)


@pytest.mark.browser("shared")
def test_an_open_tab_is_watched_while_its_user_goes_on(hand: Hand, tab: str, request_for: CaptureRequest) -> None:
    steps = (
        'sessionStorage.cart = \'{"lines":{},"open":5}\'',
        'sessionStorage.cart = \'{"lines":{},"open":6}\'',
        "location.reload()",
    )

    def use() -> None:
        for step in steps:
            time.sleep(0.7)
            hand.evaluate(tab, step)

    user = threading.Thread(target=use)
    user.start()
    found = watch_attached(WatchRequest(request_for, 3.5, 50), Attachment(str(hand.port)))
    user.join()
    told = [(sample.page, entry.value["open"]) for sample in found.samples for entry in sample.areas[0].entries]
    assert told[1:3] == [(0, 5), (0, 6)]
    assert found.samples[-1].page == 1
    assert found.final.provenance.way == "attached"
    assert found.looks > 10
    assert [one.at_ms for one in found.samples] == sorted(one.at_ms for one in found.samples)
    assert "canary" not in repr(found)
    hand.evaluate(tab, "0")  # it is still there, and answers


@pytest.mark.browser("shared")
def test_auto_finds_the_browser_by_its_profile(
    hand: Hand, tab: str, request_for: CaptureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tab
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "chromium").symlink_to(hand.profile)
    assert capture_attached(request_for, Attachment("auto")).areas[0].entries[0].store == "cart"


@pytest.mark.browser("shared")
def test_a_page_that_is_not_open_is_blind(hand: Hand, request_for: CaptureRequest) -> None:
    with pytest.raises(BlindFault) as told:
        capture_attached(request_for, Attachment(str(hand.port)))
    assert told.value.place == "wrong-origin"


@pytest.mark.browser("shared")
def test_a_tab_behind_its_own_dialog_is_blind_in_time(
    hand: Hand, request_for: CaptureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("driftwright.snapshot.capture.attached.attach.SECONDS", 1.5)
    asking = hand.open(request_for.target.url + "%23ask")
    _until(lambda: hand.pages()[asking][1] == "asking")
    begun = time.monotonic()
    with pytest.raises(BlindFault) as told:
        capture_attached(request_for, Attachment(str(hand.port)))
    assert told.value.place == "timeout"
    assert in_time(time.monotonic() - begun, 1.5)
    assert hand.pages()[asking][1] == "asking", "the dialog was answered"
    hand.close(asking)


@pytest.mark.parametrize(
    "where",
    [
        "http://192.0.2.1:9222",
        "http://example.test:9222",
        "ws://10.0.0.1:1/devtools/browser/x",
        "http://[2001:db8::1]:9",
    ],
)
def test_a_browser_elsewhere_is_refused_without_asking(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = _connections(monkeypatch)
    with pytest.raises(InputFault, match="not on this machine"):
        find_endpoints(where, IN_TIME)
    assert hosts == []


@pytest.mark.parametrize(
    "where", ["", "https://127.0.0.1:1", "http://127.0.0.1", "http://[", "file:///x", "http://127.0.0.1:x"]
)
def test_what_is_no_way_to_a_browser_is_refused(where: str) -> None:
    with pytest.raises(InputFault, match="not a way to a browser"):
        find_endpoints(where, IN_TIME)


def test_a_port_without_a_browser_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(InputFault, match="no browser answers there"):
        find_endpoints(str(port), IN_TIME)


SEEN = {
    "format": "snapshot-v1",
    "provenance": {"target": "shop", "state": "", "origin": "https://shop.test", "browser": "Chromium 1",
                   "taken_at": "2026-01-01T00:00:00Z", "tool": "0", "way": "snippet"},
    "redaction": {"redactor": "sha256:0", "policy": "sha256:0"},
    "areas": [{"area": "session", "entries": [], "others": 1, "denied": "it's \"closed\" \\ back"}],
}  # fmt: skip
LINE_SEEN = json.dumps(SEEN, separators=(",", ":"))


@pytest.mark.parametrize(
    "text",
    [
        LINE_SEEN,
        f"  {LINE_SEEN}\n",
        f"'{LINE_SEEN}'",
        json.dumps(LINE_SEEN),
        "'" + LINE_SEEN.replace("\\", "\\\\").replace("'", "\\'") + "'",
        f"VM12:34 {LINE_SEEN}",
        json.dumps(SEEN, indent=1),
        json.dumps(SEEN, sort_keys=True),
    ],
)
def test_a_paste_is_understood_however_the_console_wrote_it(text: str) -> None:
    assert json.loads(pasted(text, "paste")) == SEEN


@pytest.mark.parametrize("text", ["", "undefined", "'", f"'{LINE_SEEN}", "{}"])
def test_what_no_snippet_printed_is_refused(text: str) -> None:
    with pytest.raises(InputFault):
        pasted(text, "paste")


def test_a_paste_cut_short_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "paste.txt"
    file.write_text(f'"{LINE_SEEN[:-30]}')
    with pytest.raises(InputFault):
        read_any(str(file))


def test_only_a_snippet_may_come_without_a_digest() -> None:
    other = {**SEEN, "provenance": {**SEEN["provenance"], "way": "launched"}}  # type: ignore[dict-item]
    with pytest.raises(InputFault, match="digest is missing"):
        pasted_snapshot(other, "paste")
    with pytest.raises(InputFault, match="no such way"):
        pasted_snapshot({**SEEN, "provenance": {**SEEN["provenance"], "way": "guess"}}, "paste")  # type: ignore[dict-item]


def test_a_paste_goes_through_a_file_as_any_snapshot(tmp_path: Path) -> None:
    snapshot = pasted_snapshot(json.loads(LINE_SEEN), "paste")
    write_snapshot(snapshot, tmp_path / "x.json")
    assert read_snapshot(tmp_path / "x.json") == snapshot
    assert replace(snapshot, provenance=replace(snapshot.provenance, way="dump")).digest == snapshot.digest
    for text in (LINE_SEEN, json.dumps(SEEN, indent=2, sort_keys=True)):
        (tmp_path / "paste.txt").write_text(text)
        assert read_any(str(tmp_path / "paste.txt")) == snapshot


def test_check_takes_a_paste_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"'{LINE_SEEN}'".encode())))
    assert main(["check", "-", "--format", "json"]) == 3  # nothing is in it: unseen
    assert json.loads(capsys.readouterr().out)["capture"]["target"] == "shop"


def test_a_snippet_never_tells_the_salt_of_the_workspace(request_for: CaptureRequest) -> None:
    one, other = one_time_salt(SALT), one_time_salt(SALT)
    code = snippet(request_for.target, POLICY, None, one)
    assert one != other
    assert SALT.hex() not in code
    assert one.hex() in code


@pytest.fixture
def shop(tmp_path: Path) -> Target:
    file = tmp_path / "shop.toml"
    file.write_text('title = "Shop"\nurl = "https://shop.test/"\nstores = ["cart"]\n')
    return load_target(file)


def test_a_storage_state_gives_the_local_storage_of_the_origin_alone(shop: Target) -> None:
    origins = [
        {"origin": "https://other.test", "localStorage": [{"name": "cart", "value": "canary"}]},
        {"origin": "https://shop.test", "localStorage": [{"name": "cart", "value": json.dumps(CART)}]},
    ]
    document = {"cookies": [{"name": "canary", "value": "canary"}], "origins": origins}
    snapshot = dumped(CaptureRequest(shop, POLICY, SALT), [(None, document, "state.json")], redact)
    (view,) = snapshot.areas
    assert (view.area, view.others, len(view.entries)) == (Area.LOCAL, 0, 1)
    assert view.entries[0].store == "cart"
    assert "canary" not in repr(snapshot)


def test_a_storage_state_of_a_page_that_stored_nothing_has_no_origin(shop: Target) -> None:
    document: dict[str, Any] = {"cookies": [], "origins": []}
    (view,) = dumped(CaptureRequest(shop, POLICY, SALT), [(None, document, "state.json")], redact).areas
    assert (view.area, view.entries, view.others) == (Area.LOCAL, (), 0)


@pytest.mark.parametrize(
    "document",
    [
        [],
        1,
        None,
        {"cookies": [], "origins": [{"origin": "https://other.test", "localStorage": []}]},
        {"cookies": [], "origins": [{"origin": "https://shop.test", "indexedDB": [{"name": "d"}]}]},
        {"cookies": [], "origins": [{"origin": "https://shop.test", "localStorage": [1]}]},
    ],
)
def test_what_is_no_dump_is_refused(document: Any, shop: Target) -> None:
    with pytest.raises(InputFault):
        dumped(CaptureRequest(shop, POLICY, SALT), [(None, document, "x.json")], redact)


def test_two_dumps_of_one_area_are_refused(shop: Target) -> None:
    with pytest.raises(InputFault, match="second dump"):
        dumped(CaptureRequest(shop, POLICY, SALT), [(None, {}, "a.json"), (None, {}, "b.json")], redact)


def test_a_profile_that_is_missing_open_to_others_or_busy_is_refused(shop: Target, tmp_path: Path) -> None:
    folder = profile_folder(tmp_path, shop)
    with pytest.raises(InputFault, match="no profile yet"):
        checked_profile(folder, shop.file)
    folder.mkdir(parents=True, mode=0o700)
    assert checked_profile(folder, shop.file) == folder
    folder.chmod(0o750)
    with pytest.raises(InputFault, match="open to other users"):
        checked_profile(folder, shop.file)
    folder.chmod(0o700)
    (folder / "SingletonLock").symlink_to(f"host-{os.getpid()}")
    with pytest.raises(BlindFault) as told:
        checked_profile(folder, shop.file)
    assert told.value.place == "profile-busy"


def test_signing_in_needs_a_display(shop: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(MachineFault, match="no display to sign in at") as told:
        login(shop, tmp_path / "profile")
    assert "\n" not in str(told.value)
    assert not (tmp_path / "profile").exists()


def test_a_profile_never_lies_in_a_repository(shop: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    (tmp_path / ".git").mkdir()
    with pytest.raises(InputFault, match="inside a repository"):
        login(shop, tmp_path / "state" / "profile")


@pytest.mark.browser("shared")
def test_a_profile_keeps_what_was_done_in_it(request_for: CaptureRequest, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o700)
    plain = capture_launched(request_for)
    first = capture_launched(replace(request_for, profile=folder))
    assert (first.digest, first.provenance.way) == (plain.digest, "profile")
    assert any(folder.iterdir()), "the profile was removed"
    assert checked_profile(folder, "shop.toml") == folder
    assert capture_launched(replace(request_for, profile=folder)).digest == first.digest


ROOT = Path(__file__).resolve().parents[2]
SAMPLE = Path(__file__).parents[1] / "standin.snapshot.json"


def _shapes(edit: Callable[[str], str] = str, many: int = 1, *, hidden: bool = False) -> str:
    """The fingerprint of the stand-in's stores, their texts edited, as its function would answer in the extension.

    `hidden` redacts the texts first, as a capture does.
    """
    workspace = find_workspace(str(ROOT))
    target = load_target(workspace.target_file("standin"))
    stores = load_stores(workspace.schemas)
    policy = redaction_policy(stores[name] for name in target.stores)
    areas: list[dict[str, Any]] = [
        {
            "area": view.area,
            "entries": [[entry.key, edit(json.dumps(_repeated(entry.value, many)))] for entry in view.entries],
        }
        for view in read_snapshot(SAMPLE).areas
    ]
    if hidden:
        shown = json.loads(redact(policy, SALT, areas))["areas"]
        areas = [
            {"area": view["area"], "entries": [[entry["key"], json.dumps(entry["value"])] for entry in view["entries"]]}
            for view in shown
        ]
    process = Process(1 << 30, "UTC")
    try:
        call = f"({shapes_source()})({json.dumps(outlined_stores(policy))}, JSON.parse({literal(json.dumps(areas))}))"
        shapes = process.evaluate(f"JSON.stringify({call})", 30)
    finally:
        process.close()
    document = {
        "format": "snapshot-v1",
        "provenance": {"target": "standin", "state": "", "origin": target.origin, "browser": "unknown",
                       "taken_at": "2026-01-01T00:00:00Z", "tool": "0", "way": "fingerprint"},
        "redaction": {"redactor": f"sha256:{0:064}", "policy": f"sha256:{0:064}"},
        "areas": json.loads(shapes),
    }  # fmt: skip
    return json.dumps(document, separators=(",", ":"))


def test_a_fingerprint_of_raw_values_is_that_of_what_a_capture_shows() -> None:
    def edit(text: str) -> str:
        masked = re.sub(r'"is(Active|Minimized)": ?false', r'"is\1":true', text)
        return masked.replace('"moderated":', '"canaryName":"2024-05-05T10:00:00+02:00","moderated":')

    assert edit(SAMPLE.read_text()) != SAMPLE.read_text()
    assert _shapes(edit) == _shapes(edit, hidden=True)
    assert _shapes(many=3) == _shapes(many=3, hidden=True)


def test_masked_flags_are_not_counted_in_a_fingerprint() -> None:
    rule = {"fields": {"shown": {"types": ["boolean"]}, "secret": {"types": ["boolean"], "redact": "mask"}}}
    policy = {"words": [], "stores": [{"name": "cart", "area": "session", "key": "cart", "rule": rule}]}
    areas = [{"area": "session", "entries": [["cart", '{"shown":true,"secret":true}']]}]
    process = Process(1 << 30, "UTC")
    try:
        call = f"({shapes_source()})({json.dumps(outlined_stores(policy))}, {json.dumps(areas)})"
        (area,) = json.loads(process.evaluate(f"JSON.stringify({call})", 30))
    finally:
        process.close()
    assert area["shapes"]["cart"]["p"] == {"shown": {"b": 1, "y": 1}, "secret": {"b": 1}}


def _repeated(value: Any, times: int) -> Any:
    """Make every list of records longer."""
    if isinstance(value, list):
        return [_repeated(item, times) for item in value] * times
    return {name: _repeated(item, times) for name, item in value.items()} if isinstance(value, dict) else value


def _checked(text: str, folder: Path) -> Report:
    workspace = find_workspace(str(write_few_facts(folder / "few")))
    return check_snapshot(pasted_snapshot(parse_json(text.encode(), "fingerprint"), "fingerprint"), workspace)


def test_a_fingerprint_of_what_is_known_finds_nothing_and_proves_nothing(tmp_path: Path) -> None:
    report = _checked(_shapes(), tmp_path)
    assert report.changes == ()
    assert {fact.verdict for fact in report.facts} == {Verdict.UNSEEN}


def test_a_fingerprint_shows_which_fact_a_rename_breaks(tmp_path: Path) -> None:
    report = _checked(_shapes(lambda text: text.replace('"moderated":', '"isModerated":')), tmp_path)
    assert {change.rule for change in report.changes} == {"field-renamed"}
    verdicts = {fact.name: fact.verdict for fact in report.facts}
    assert verdicts["moderated_count"] in (Verdict.DEGRADED, Verdict.BROKEN)
    assert Verdict.INTACT not in verdicts.values()


@pytest.mark.parametrize("many", [1, 400])
def test_a_fingerprint_stays_below_4_kb_and_holds_no_value(many: int) -> None:
    text = _shapes(many=many)
    assert len(text.encode()) <= 4096
    seen = SAMPLE.read_text()
    values = set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", seen))
    assert values
    assert not any(value in text for value in values)


def test_unknown_names_are_tokens_in_a_fingerprint() -> None:
    text = _shapes(lambda text: text.replace('"moderated":', '"canaryName":7,"moderated":'))
    assert "canary" not in text
    assert "x_word" in text


@pytest.mark.parametrize("node", [[], 1, {"o": -1}, {"o": 1, "p": []}, {"s": 1}, {"o": 1, "p": {"a": 1}}, {"v": None}])
def test_what_is_no_shape_is_refused(node: Any) -> None:
    document = json.loads(_shapes_of(node))
    with pytest.raises(InputFault):
        check_snapshot(pasted_snapshot(document, "fingerprint"), find_workspace(str(ROOT)))


def _shapes_of(node: Any) -> str:
    area = {"area": "session", "entries": [], "others": 0, "shapes": {"site": node}}
    return json.dumps({**SEEN, "provenance": {**SEEN["provenance"], "way": "fingerprint"}, "areas": [area]})  # type: ignore[dict-item]


@pytest.mark.browser("shared")
def test_the_function_runs_as_it_is_where_the_extension_would_call_it(
    hand: Hand, tab: str, request_for: CaptureRequest
) -> None:
    code = fingerprint_function(request_for.target.name, POLICY).replace("export async", "async")
    labels = '{app: "2.1.0", country: "<b>", user: "7"}'
    text = hand.evaluate(tab, f"(async () => {{ {code}; return storageFingerprint(undefined, {labels}); }})()")
    assert json.loads(text)["labels"] == {"app": "2.1.0"}
    snapshot = pasted_snapshot(json.loads(text), "fingerprint")
    assert (snapshot.labels.app, snapshot.labels.country) == ("2.1.0", "")
    (entry,) = snapshot.areas[0].entries
    assert (entry.store, entry.form, entry.value["p"]["open"]) == ("cart", "shape", {"i": 1})
    assert not any(secret in text for secret in ("canary", "lighthouse", ID))
    assert len(text) <= 4096


def test_a_target_may_ask_for_the_kept_profile(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text('title = "Shop"\nurl = "https://shop.test/"\nstores = ["cart"]\nprofile = true\n')
    with pytest.raises(InputFault, match="there is no profile yet; sign in once"):
        capture_by(LAUNCHED, CaptureRequest(load_target(file), POLICY, SALT), tmp_path / "state")
