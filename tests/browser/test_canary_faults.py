"""Canaries in everything that a site sends and a page holds, under every fault and on every way in: none gets out."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from driftwright.entrypoints.cli import main
from driftwright.snapshot.capture.launched.login import profile_folder
from driftwright.snapshot.scan.folder import scan_paths
from driftwright.workspace.folders import find_workspace
from driftwright.workspace.private import state_folder
from driftwright.workspace.target.target import load_target
from kit import faults
from kit.by_hand import by_hand, until, write_extension
from kit.canaries import AROUND, SECRETS, TEXTS, leaks
from kit.examples import NIGHTLY, usually
from kit.faults import CASES, FaultCase
from kit.project import write_few_facts

ID = "5f0f2c1e-9a51-4c7e-8a77-0d9f3a6b1c22"
VIDEO = {"videoId": ID, "parentPostId": ID, "note": TEXTS["value"], TEXTS["key"]: TEXTS["token"]}
STORE = {"state": {"videoByMediaId": {ID: [VIDEO]}, TEXTS["storage key"]: TEXTS["number as text"]}, "version": 0}
SENT = ("cookie", "header", "token", "mail", "path")  # kinds that a response can carry as they are
HEADERS = {
    "Set-Cookie": f"sid={TEXTS['cookie']}; Path=/",
    "X-Session": TEXTS["header"],
    "Server-Timing": f'db;desc="{TEXTS["mail"]}"',
    "Link": f"<{TEXTS['path']}>; rel=prefetch",
    "ETag": f'"{TEXTS["token"]}"',
    "Content-Security-Policy-Report-Only": f"default-src 'self'; report-uri /report?of={TEXTS['token']}",
}
PLANT = """<!doctype html><meta charset="utf-8"><title>TITLE</title><p>BODY</p><!-- BODY --><script>
const canary = CANARIES;
const each = (...deeds) => { for (const deed of deeds) try { deed(); } catch {} };
each(
  () => { document.title = canary.title; },
  () => { document.cookie = "session=" + encodeURIComponent(canary.cookie); },
  () => history.replaceState({ canary }, "", location.pathname + "?q=" + canary.token + "#" + canary.mail),
  () => { for (const kind of Object.keys(canary)) localStorage[canary[kind]] = canary[kind]; },
  () => { if (location.pathname !== "/full") sessionStorage.useMediaStore = JSON.stringify(STORE); },
  () => indexedDB.open(canary.key, 1),
  () => { for (const how of ["log", "warn", "error", "debug", "table"]) console[how](canary["console line"], canary); },
  () => setTimeout(() => { throw new Error(canary.exception); }),
  () => { Promise.reject(new TypeError(canary.exception)); },
  () => { fetch("/empty", { headers: { "X-Canary": canary.token } }).catch(() => {}); },
);
</script>"""


# Where the most of what the site says is at hand when the capture gives up: an address it was sent to, a browser's
# words, a page of whose own code was run. Of the other faults test_blind.py shows the whole text of the fault.
TELLING = ("expired login", "quota used up")


def _planted() -> dict[str, tuple[int, dict[str, str], str]]:
    """Every page of the faults, with canaries in its headers, its redirects and its body."""
    told = json.dumps(TEXTS).replace("<", "\\u003c")
    plant = PLANT.replace("CANARIES", told).replace("STORE", json.dumps(STORE))
    plant = plant.replace("TITLE", TEXTS["title"]).replace("BODY", TEXTS["value"])
    pages = {}
    for path, (status, headers, body) in faults.PAGES.items():
        moved = {
            name: f"{value}{'&' if '?' in value else '?'}key={urllib.parse.quote(TEXTS['token'])}#{TEXTS['mail']}"
            for name, value in headers.items()
            if name == "Location"
        }
        pages[path] = (status, {**headers, **moved, **HEADERS}, plant + body)
    return pages


@dataclass(frozen=True)
class Place:
    """Where a test runs: the site's ports, the folder of all that is temporary or kept, and the test's own."""

    ports: tuple[int, int]
    home: Path
    folder: Path


@pytest.fixture(scope="module")
def ports() -> Iterator[tuple[int, int]]:
    with faults.site() as port:
        yield port, faults.closed_port()


@pytest.fixture
def place(ports: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="dw-", ignore_cleanup_errors=True) as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        monkeypatch.setenv("TMPDIR", name)
        monkeypatch.setenv("XDG_STATE_HOME", f"{name}/state")
        monkeypatch.setenv("HOME", f"{name}/home")
        for path, page in _planted().items():
            monkeypatch.setitem(faults.PAGES, path, page)
        yield Place(ports, Path(name), tmp_path)


def _workspace(folder: Path, case: FaultCase, ports: tuple[int, int]) -> None:
    write_few_facts(folder, ("moderated_count", "credits_used", "parent_image_of_video"))
    (folder / "probes").unlink()
    (folder / "probes").mkdir()
    kept = "profile = true\n" if case.profile else ""
    changed = replace(case, settings=kept + case.settings)
    faults.target_of(changed, folder / "probes", ports)
    file = folder / "probes" / "shop.toml"
    file.write_text(file.read_text().replace('stores = ["cart"]', 'stores = ["site"]'))


@contextlib.contextmanager
def _profile(case: FaultCase, folder: Path) -> Iterator[None]:
    """Make the profile that the fault needs, where the program keeps it."""
    if not case.profile:
        yield
        return
    workspace = find_workspace(str(folder))
    target = load_target(workspace.target_file("shop"))
    profile = profile_folder(state_folder(workspace), target)
    profile.mkdir(parents=True, mode=0o700)
    with case.profile(profile, target):
        yield


def _is_clean(printed: str, left: list[Path], name: str) -> None:
    assert "Traceback" not in printed, name
    assert leaks(printed.encode("utf-8", "surrogatepass")) == (), name
    scanned = scan_paths([one for one in left if one.exists()], SECRETS)
    assert (scanned.leaks, scanned.unread) == ((), ()), name
    # The end of it with one more secret: the scan above was no blind one.
    assert leaks(f"{printed[-AROUND:]}\n{TEXTS['cookie']}".encode("utf-8", "surrogatepass")), name


def _left(home: Path) -> list[Path]:
    """What is there afterwards, but for the profile that somebody signed in with: that is the site's to fill."""
    return [file for file in home.rglob("*") if file.is_file() and "profile" not in file.relative_to(home).parts]


@pytest.mark.browser("shared")
@pytest.mark.own_driver
@pytest.mark.parametrize(
    "case", usually(CASES, [case for case in CASES if case.name in TELLING]), ids=lambda case: case.name
)
def test_no_canary_of_a_site_gets_out_under_a_fault(
    case: FaultCase, place: Place, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, out = place.folder / "workspace", place.folder / "out"
    _workspace(folder, case, place.ports)
    monkeypatch.setattr("driftwright.entrypoints.cli.probe.progress", lambda _: case.during)
    with _profile(case, folder):
        code = main(["--workspace", str(folder), "run", "shop", "--output", str(out)])
    report = json.loads((out / "report.json").read_text())
    assert (code, report["capture"]["blind"]["reason"]) == (3, case.reason)
    # The page's own script ran, and asked for something by the way.
    assert "/empty" in faults.Site.asked or case.reason not in ("crash", "hang", "storage-full")
    shown = capfd.readouterr()
    assert (out / "history" / "history.sqlite3").stat().st_size > 0
    _is_clean(shown.out + shown.err, [out, *_left(place.home)], case.name)


def test_what_the_site_sends_holds_every_canary_and_the_scanner_finds_each(tmp_path: Path) -> None:
    """The control: the very pages that the faults serve, as bytes on a wire."""
    wanted = {secret.label for secret in SECRETS if secret.label.replace("-", " ") in TEXTS}
    for path, (status, headers, body) in _planted().items():
        lines = [f"HTTP/1.0 {status}", *(f"{name}: {value}" for name, value in headers.items()), "", body]
        file = tmp_path / (path.strip("/") + ".http")
        file.write_text("\r\n".join(lines), encoding="utf-8")
        assert {leak.secret for leak in scan_paths([file], SECRETS).leaks} >= wanted, path
        sent = "\r\n".join(lines[1 : 1 + len(headers)])
        assert {leak.secret for leak in leaks(sent.encode())} >= set(SENT), path


# ---- the other ways


READER = """
const site = JSON.parse(sessionStorage.getItem("useMediaStore"));
for (const [id, videos] of Object.entries(site.state.videoByMediaId)) for (const video of videos) {
  for (const name of Object.keys(video)) String(id + video[name]);
  if (video.note === "nobody") console.log(video);
}
"""


@pytest.mark.browser("shared")
@pytest.mark.own_driver
def test_no_canary_gets_out_on_any_other_way_in(
    place: Place, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    out, raw = place.folder / "out", place.folder / "raw"
    raw.mkdir()
    _workspace(place.folder / "workspace", FaultCase("none", "", "http://127.0.0.1:PORT/ok"), place.ports)
    before = ["--workspace", str(place.folder / "workspace")]
    line = _from_a_browser_by_hand(place, before, capfd)
    assert {leak.secret for leak in scan_paths([raw], SECRETS).leaks} >= {"value", "key", "token", "storage-key"}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line.encode())))
    extension = write_extension(place.folder / "extension", "Reader")
    (extension / "content.js").write_text(READER)
    store = str(raw / "store.json")
    traced = ["trace", str(extension), "--store", store, "--key", "useMediaStore", "--seconds", "0.5"]
    asked: list[list[str]] = [
        ["check", "-", "--output", str(out / "pasted"), "--format", "json", "--format", "html"],
        ["check", str(out / "attached.json"), "--output", str(out / "checked")],
        ["check", str(out / "attached.watch.json")],
        ["run", "shop", "--output", str(out / "run")],
        ["probe", "shop", "--from", f"session={raw / 'session.json'}", "--out", str(out / "dumped.json")],
        ["probe", "shop", "--from", f"session={store}", "--out", str(out / "of-another-kind.json")],
        *([["probe", "shop", "--watch", "1", "--out", str(out / "launched.watch.json")]] if NIGHTLY else []),
        ["probe", "shop", "--out", str(out / "launched.json")],
        [*traced, "--out", str(out / "reads.json")],
    ]
    codes = [main([*before, *arguments]) for arguments in asked]
    shown = capfd.readouterr()
    assert set(codes[:4]) <= {0, 1, 3}, shown.err
    # The file of one store is no dump of a storage: it is refused, and nothing of it is told.
    refused = next(number for number, arguments in enumerate(asked) if "of-another-kind" in arguments[-1])
    assert codes.pop(refused) == 2
    assert set(codes[4:]) == {0}, shown.err
    assert (out / "run" / "history" / "history.sqlite3").stat().st_size > 0
    assert "videoByMediaId" in (out / "reads.json").read_text()
    assert "videoByMediaId" in (out / "dumped.json").read_text()
    assert len(list(out.rglob("*.json"))) >= 8
    _is_clean(shown.out + shown.err, [out, *_left(place.home)], "the other ways")


def _from_a_browser_by_hand(place: Place, before: list[str], capfd: pytest.CaptureFixture[str]) -> str:
    """Attach, watch and paste; leave dumps in the raw; return the pasted line."""
    out, raw = place.folder / "out", place.folder / "raw"
    with by_hand(place.folder / "browser", []) as hand:
        tab = hand.open(f"http://127.0.0.1:{place.ports[0]}/ok")
        until(lambda: hand.evaluate(tab, "document.documentElement.dataset.ready") == "yes")
        attached = [*before, "probe", "shop", "--attach", str(hand.port)]
        assert main([*attached, "--out", str(out / "attached.json")]) == 0
        assert main([*attached, "--watch", "1", "--out", str(out / "attached.watch.json")]) == 0
        assert main([*before, "probe", "shop", "--snippet"]) == 0
        shown = capfd.readouterr()
        hand.evaluate(tab, "console.log = (line) => { window.printed = line; }")
        hand.evaluate(tab, shown.out[shown.out.index("(async () =>") :])
        line = str(hand.evaluate(tab, "window.printed"))
        (raw / "session.json").write_text(hand.evaluate(tab, "JSON.stringify(sessionStorage)"))
        (raw / "store.json").write_text(json.dumps(STORE))
        hand.evaluate(tab, "location.href = 'about:blank'")
        assert main(attached) == 3
    blind = capfd.readouterr()
    assert "wrong-origin" in blind.err
    _is_clean(shown.out + shown.err + blind.out + blind.err, [out], "attached")
    assert "videoByMediaId" in line
    _is_clean(line, [], "the pasted line")
    return line
