"""One store in each of the six areas, and each way in: the same digest of whatever that way can look into."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.jsontext import parse_json
from driftwright.base.terms import STORAGE, Area
from driftwright.snapshot.capture.answer import PAGE_AREAS
from driftwright.snapshot.capture.attached.attach import Attachment, capture_attached
from driftwright.snapshot.capture.by_hand.dump import dumped
from driftwright.snapshot.capture.by_hand.offline import redact
from driftwright.snapshot.capture.by_hand.snippet import pasted, snippet
from driftwright.snapshot.capture.launched.probe import capture_launched
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.snapshot.capture.worlds import extension_id
from driftwright.snapshot.file import pasted_snapshot
from driftwright.snapshot.model import Snapshot
from driftwright.workspace.target.target import load_target
from kit.by_hand import (
    CART,
    IDS,
    KEYS,
    LINES,
    NOTE,
    SALT,
    Hand,
    by_hand,
    open_shop,
    policy,
    redact_once,
    shop,
    until,
    write_extension,
    write_target,
)

WAYS = ("launched", "profile", "attached", "snippet", "dump")


@dataclass(frozen=True)
class Seen:
    """What each way saw of the same shop, and what a browser holds there in the raw."""

    by_way: Mapping[str, Snapshot]
    raw: Mapping[Area, Mapping[str, Any]]
    once: Snapshot

    def digests(self, areas: tuple[Area, ...]) -> set[str]:
        """The digests of `areas` by every way that sees them.

        A snippet's key is its own, so it is held against what the same storage gives under that key.
        """
        twice = {_of(one, areas) for way, one in self.by_way.items() if way != "snippet"}
        if not set(areas) <= set(PAGE_AREAS):
            return twice
        same = _of(self.by_way["snippet"], areas) == _of(self.once, areas)
        return twice if same else {*twice, _of(self.by_way["snippet"], areas)}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    home = tmp_path_factory.mktemp("every-way")
    extension = write_extension(home / "keeper", "Cart keeper")
    with shop() as port:
        request = CaptureRequest(load_target(write_target(home, port, extension)), policy(), SALT)
        by_way = {"launched": capture_launched(request), "profile": _with_kept_profile(request, home / "kept")}
        with by_hand(home / "profile", [extension]) as hand:
            tab = open_shop(hand, port)
            by_way["attached"] = capture_attached(request, Attachment(str(hand.port)))
            raw = _raw(hand, tab, extension)
            by_way["snippet"] = _from_console(hand, tab, request)
        files = [(area, document, f"{area}.json") for area, document in raw.items()]
        by_way["dump"] = dumped(request, files, redact)
        yield Seen(by_way, raw, dumped(request, files, redact_once))


def _with_kept_profile(request: CaptureRequest, profile: Path) -> Snapshot:
    """Write everything on a first visit; on a second one only what a profile does not keep."""
    profile.mkdir(mode=0o700)
    capture_launched(replace(request, profile=profile))
    return capture_launched(replace(request, profile=profile, variant="kept"))


def _from_console(hand: Hand, tab: str, request: CaptureRequest) -> Snapshot:
    hand.evaluate(tab, "console.log = (line) => { window.printed = line; }")
    hand.evaluate(tab, snippet(request.target, request.policy, None, SALT))
    line = pasted(str(hand.evaluate(tab, "window.printed")), "paste")
    return pasted_snapshot(parse_json(line.encode(), "paste"), "paste")


def _raw(hand: Hand, tab: str, extension: Path) -> dict[Area, dict[str, Any]]:
    """Copy each area as a person would, from the consoles of the page and of the extension."""
    found = {
        Area.SESSION: hand.evaluate(tab, "JSON.stringify(sessionStorage)"),
        Area.LOCAL: hand.evaluate(tab, "JSON.stringify(localStorage)"),
        Area.INDEXED_DB: hand.evaluate(tab, _DATABASE),
    }
    own = hand.open(f"chrome-extension://{extension_id(extension)}/manifest.json")
    until(lambda: hand.evaluate(own, "typeof chrome.storage.local") == "object")
    for area in (Area.EXTENSION_LOCAL, Area.EXTENSION_SYNC, Area.EXTENSION_SESSION):
        name = area.removeprefix("extension-")
        found[area] = hand.evaluate(own, f"chrome.storage.{name}.get().then(JSON.stringify)")
    hand.close(own)
    return {area: json.loads(text) for area, text in found.items()}


_DATABASE = """new Promise((done) => {
  const opening = indexedDB.open("keep");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("held").objectStore("held").get("cart");
    asked.onsuccess = () => { opening.result.close(); done(JSON.stringify({ "keep/held/cart": asked.result })); };
  };
})"""


def _of(snapshot: Snapshot, areas: tuple[Area, ...]) -> str:
    return replace(snapshot, areas=tuple(view for view in snapshot.areas if view.area in areas)).digest


@pytest.mark.browser("shared")
def test_a_browser_of_any_kind_shows_all_six_areas_with_one_digest(seen: Seen) -> None:
    launched = seen.by_way["launched"]
    for way in ("launched", "profile", "attached", "dump"):
        snapshot = seen.by_way[way]
        assert [view.area for view in snapshot.areas] == list(STORAGE), way
        assert [entry.store for view in snapshot.areas for entry in view.entries] == list(map(str, STORAGE)), way
        assert not any(view.denied for view in snapshot.areas), way
        assert snapshot.digest == launched.digest, way


@pytest.mark.browser("shared")
def test_every_way_shows_the_pages_areas_with_one_digest(seen: Seen) -> None:
    assert tuple(seen.by_way) == WAYS
    assert {snapshot.provenance.way for snapshot in seen.by_way.values()} == set(WAYS)
    assert len(seen.digests(PAGE_AREAS)) == 1
    assert len({snapshot.redaction for snapshot in seen.by_way.values()}) == 1
    assert [view.area for view in seen.by_way["snippet"].areas] == list(PAGE_AREAS)


@pytest.mark.browser("shared")
@pytest.mark.parametrize("area", list(STORAGE))
def test_each_area_alone_has_one_digest_and_the_whole_store(seen: Seen, area: Area) -> None:
    assert len(seen.digests((area,))) == 1
    (entry,) = [entry for view in seen.by_way["attached"].areas if view.area == area for entry in view.entries]
    held = seen.raw[area][NOTE if area is Area.EXTENSION_LOCAL else KEYS[area]]
    raw = json.loads(held) if isinstance(held, str) else held
    assert entry.size >= len(json.dumps(raw, separators=(",", ":"))) > (600 if area is Area.EXTENSION_SYNC else 4000)
    assert len(entry.value["lines"]) == len(raw["lines"]) == (9 if area is Area.EXTENSION_SYNC else LINES)
    assert [one["count"] for (one,) in entry.value["lines"].values()] == [
        one["count"] for (one,) in raw["lines"].values()
    ]
    assert all(one["line"] == line for line, (one,) in entry.value["lines"].items())


@pytest.mark.browser("shared")
def test_ids_join_over_all_areas_and_no_way_shows_a_value(seen: Seen) -> None:
    for way, snapshot in seen.by_way.items():
        lines = [set(entry.value["lines"]) for view in snapshot.areas for entry in view.entries]
        assert all(one <= lines[0] for one in lines), way
        shown = repr(snapshot)
        assert not [secret for secret in ("lighthouse", "canary", "2024-05-01", *IDS) if secret in shown], way
    assert "lighthouse" in json.dumps(CART)


@pytest.mark.parametrize(
    ("encoding", "title"),
    [("utf-8", "latarnia \u2013 \u015bwit \U0001f305"), ("latin-1", "ph\u00e9nix"), ("utf-8", "")],
)
def test_a_packed_store_reads_alike_in_the_engine_of_dumps(encoding: str, title: str) -> None:
    """That engine has none of a browser's decoders."""
    target = load_target(Path(__file__).resolve().parents[2] / "probes" / "standin.toml")
    request = CaptureRequest(target, policy([Area.SESSION]), SALT)
    text = json.dumps({**CART, "title": title}, ensure_ascii=False)
    packed = base64.b64encode(text.encode(encoding)).decode()
    views = [
        dumped(request, [(Area.SESSION, {"cart": held}, "dump.json")], redact).areas[0].entries[0]
        for held in (text, packed, packed.rstrip("="))
    ]
    assert [view.form for view in views] == ["json", "json-in-base64", "json-in-base64"]
    assert [view.value for view in views] == [views[0].value] * 3


def test_a_very_long_text_is_looked_into_all_the_same() -> None:
    target = load_target(Path(__file__).resolve().parents[2] / "probes" / "standin.toml")
    request = CaptureRequest(target, policy([Area.SESSION]), SALT)
    text = json.dumps({"open": 2, "note": "lighthouse" * 500_000})
    packed = base64.b64encode(text.encode()).decode()
    for held, form in ((packed, "json-in-base64"), ("a" * 5_000_000, "text")):
        view = dumped(request, [(Area.SESSION, {"cart": held}, "dump.json")], redact).areas[0].entries[0]
        assert view.form == form
    assert "lighthouse" not in repr(view)


@pytest.mark.browser("shared")
def test_another_value_in_any_area_gives_another_digest(seen: Seen) -> None:
    """The digests above are equal because the stores are: one number more or less in any area shows."""
    target = load_target(Path(__file__).resolve().parents[2] / "probes" / "standin.toml")
    request = CaptureRequest(target, policy(), SALT)
    digests = {seen.by_way["dump"].digest}
    for area in STORAGE:
        key = NOTE if area is Area.EXTENSION_LOCAL else KEYS[area]
        held = seen.raw[area][key]
        raw = json.loads(held) if isinstance(held, str) else held
        edited = {**raw, "open": 3}
        changed = {**seen.raw, area: {**seen.raw[area], key: json.dumps(edited) if isinstance(held, str) else edited}}
        files = [(one, document, f"{one}.json") for one, document in changed.items()]
        digests.add(dumped(request, files, redact).digest)
    assert len(digests) == 1 + len(STORAGE)
