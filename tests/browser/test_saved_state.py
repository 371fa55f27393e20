"""The databases in a storage state that Playwright saved are what a reading of the page itself finds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from driftwright.base.terms import Area
from driftwright.snapshot.capture.answer import reading_call, views_of
from driftwright.snapshot.capture.by_hand.dump import dumped
from driftwright.snapshot.capture.by_hand.offline import redact
from driftwright.snapshot.capture.rekeying import Rekeyer
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.workspace.target.target import load_target

PAGE = """<!doctype html><title>list</title><script>
const opening = indexedDB.open("keep", 1);
opening.onupgradeneeded = () => {
  const beside = opening.result.createObjectStore("beside");
  const odd = { big: 9007199254740993n, none: undefined, odd: NaN, bytes: new Uint8Array(2) };
  beside.put({ count: 1, at: new Date(0), ...odd }, "a");
  beside.put({ count: 2, many: new Map([["a", 1]]), list: [undefined, -0] }, 7);
  beside.put({ count: 3 }, ["a", 7]);
  beside.put({ count: 4 }, new Date(0));
  const same = { count: 5 };
  beside.put({ count: 5, one: same, two: same }, "shared");
  opening.result.createObjectStore("within", { keyPath: "at.id" }).put({ count: 8, at: { id: "x" } });
  opening.result.createObjectStore("pair", { keyPath: ["a", "b"] }).put({ count: 9, a: "x", b: 2 });
};
opening.onsuccess = () => { opening.result.close(); document.documentElement.dataset.ready = "yes"; };
</script>"""
KEPT = {"redact": "keep", "types": ["integer", "string", "null"]}
NAMES = ("count", "at", "big", "none", "odd", "bytes", "many", "list", "one", "two", "a", "b")
KEYS = {
    "text": "keep/beside/a", "number": "keep/beside/7", "several": 'keep/beside/["a",7]', "within": "keep/within/x",
    "shared": "keep/beside/shared", "day": 'keep/beside/"1970-01-01T00:00:00.000Z"', "pair": 'keep/pair/["x",2]',
}  # fmt: skip


@pytest.mark.browser("shared")
def test_a_saved_state_shows_what_a_reading_of_the_page_shows(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text('title = "List"\nurl = "https://list.test/"\nstores = ["text"]\n')
    rule = {"fields": dict.fromkeys(NAMES, KEPT)}
    stores = [{"name": name, "area": "indexed-db", "key": key, "rule": rule} for name, key in KEYS.items()]
    policy: dict[str, Any] = {"words": ["keep"], "stores": stores}
    with chromium.new_context() as context:
        page = context.new_page()
        page.route("https://list.test/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        page.goto("https://list.test/")
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        read = page.evaluate(reading_call(policy, b"0" * 32, [Area.INDEXED_DB]))
        state = json.loads(json.dumps(context.storage_state(indexed_db=True)))
    with Rekeyer(policy, b"0" * 32, "list.toml") as rekeyer:
        (seen,) = rekeyer.areas(views_of(read, "https://list.test", "list.toml"))
    request = CaptureRequest(load_target(tmp_path / "list.toml"), policy, b"0" * 32)
    _, saved = dumped(request, [(None, state, "state.json")], redact).areas
    assert {entry.store for entry in seen.entries} == set(KEYS)
    assert saved.area is Area.INDEXED_DB
    assert sorted(map(repr, saved.entries)) == sorted(map(repr, seen.entries))
