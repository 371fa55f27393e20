"""The browser that tests keep: nothing of one capture or extension is there for the next, and a hung page ends it."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from driftwright.base.errors import BlindFault
from driftwright.base.terms import STORAGE, Area
from driftwright.snapshot.capture.launched.probe import capture_launched
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.workspace.target.target import load_target
from kit.by_hand import SALT, policy, write_extension
from kit.faults import in_time

pytestmark = pytest.mark.browser("shared", "kept")

AREAS = tuple(area for area in STORAGE if area is not Area.EXTENSION_SESSION)
TARGET = """title = "Shop"
url = "https://shop.test/"
stores = ["session"]
serve = "site"
deadline = {deadline}
ready = "() => document.documentElement.dataset.ready === 'yes'"
{extension}
[routes]
"/" = "index.html"
"""
PAGE = "<!doctype html><title>Shop</title><script>SCRIPT</script>"
READY = "document.documentElement.dataset.ready = 'yes';"
FILLS = """
const opening = indexedDB.open("keep", 1);
opening.onupgradeneeded = () => opening.result.createObjectStore("held").put(1, "a");
opening.onsuccess = () => { localStorage.a = sessionStorage.a = 1; document.cookie = "a=1"; READY };
""".replace("READY", READY)
FILLS_ITS_OWN = "for (const area of ['local', 'sync']) chrome.storage[area].set({ a: 1 });"


def _captured(folder: Path, script: str, content: str | None, deadline: int = 20) -> dict[str, int]:
    """How many keys a capture finds in each area, of a page and of an extension with a content script."""
    (folder / "site").mkdir(exist_ok=True)
    (folder / "site" / "index.html").write_text(PAGE.replace("SCRIPT", script))
    if content is not None:
        shutil.rmtree(folder / "extension", ignore_errors=True)
        extension = write_extension(folder / "extension", "Notes", matches="https://shop.test/*")
        (extension / "content.js").write_text(content)
        (extension / "worker.js").write_text("")
    loads = "" if content is None else 'extension = "extension"'
    (folder / "shop.toml").write_text(TARGET.format(deadline=deadline, extension=loads))
    snapshot = capture_launched(CaptureRequest(load_target(folder / "shop.toml"), policy(AREAS), SALT))
    return {str(view.area): len(view.entries) + view.others for view in snapshot.areas}


def test_nothing_of_a_page_or_an_extension_is_there_for_the_next_capture(tmp_path: Path) -> None:
    full = {"session": 1, "local": 1, "indexed-db": 1, "extension-local": 1, "extension-sync": 1}
    found = _captured(tmp_path, FILLS, FILLS_ITS_OWN)
    assert {area: count for area, count in found.items() if count} == full
    assert set(_captured(tmp_path, READY, "0;").values()) == {0}
    said = f"localStorage.told = JSON.stringify([document.cookie, typeof chrome.runtime]); {READY}"
    assert _captured(tmp_path, said, None) == {"session": 0, "local": 1, "indexed-db": 0}


@pytest.mark.nightly  # as after a blind capture in test_shared_browser.py
def test_a_page_that_never_ends_is_ended_in_time_and_the_next_capture_has_another_browser(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(BlindFault):
        _captured(tmp_path, "for (;;);", None, deadline=3)
    assert in_time(time.monotonic() - began, 3)
    assert _captured(tmp_path, f"sessionStorage.a = 1; {READY}", None) == {"session": 1, "local": 0, "indexed-db": 0}
