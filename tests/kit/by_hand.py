"""A Chromium that a person started, with extensions in it, and a shop that keeps a cart of several KB in every area."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from py_mini_racer import MiniRacer

from driftwright.base.terms import STORAGE, Area
from driftwright.snapshot.capture.answer import literal, policy_text
from driftwright.snapshot.capture.attached.devtools import DevTools
from driftwright.snapshot.capture.deadline import Deadline, end_browser
from driftwright.snapshot.capture.launched.browser import find_browser, safe_arguments
from driftwright.snapshot.capture.redactor import redactor_source

SALT = b"\x07" * 32
LINES = 40
IDS = tuple(f"5f0f2c1e-9a51-4c7e-8a77-{number:012x}" for number in range(LINES))
CART = {
    "lines": {id_: [{"line": id_, "count": place, "title": f"lighthouse {place}"}] for place, id_ in enumerate(IDS)},
    "open": 2,
    "owner": "canary-user",
    "at": "2024-05-01T10:00:00.000Z",
}
NOTE = f"note_{IDS[3]}"
_KEEP = {"redact": "keep", "types": ["integer"]}
_HIDE = {"redact": "pseudonym", "types": ["string"]}
_LINE = {"fields": {"line": _HIDE, "count": _KEEP}}
_RULE = {"fields": {"lines": {"values": {"items": _LINE}}, "open": _KEEP}}
KEYS = {
    Area.SESSION: "cart",
    Area.LOCAL: "cart",
    Area.INDEXED_DB: "keep/held/cart",
    Area.EXTENSION_LOCAL: "note_{line}",
    Area.EXTENSION_SYNC: "cart",
    Area.EXTENSION_SESSION: "cart",
}


def policy(areas: Iterable[Area] = STORAGE) -> dict[str, Any]:
    """One store in each of `areas`, named after it."""
    stores = [{"name": str(area), "area": str(area), "key": KEYS[area], "rule": _RULE} for area in areas]
    return {"words": ["cart"], "stores": stores}


def redact_once(policy: Mapping[str, Any], key: bytes, views: Sequence[Mapping[str, Any]]) -> str:
    """Do what `redact` does, under one key alone: as a snippet does, whose key serves only there."""
    engine = MiniRacer()
    areas = literal(json.dumps(views))
    answer = engine.eval(f"{redactor_source()}.redact({literal(policy_text(policy, key, ()))}, {areas})")
    return str(answer)


# With ?as=kept nothing is written that a browser keeps: what is there was there before.
_PAGE = f"""<!doctype html><meta charset="utf-8"><title>canary-title</title><script>
const text = {json.dumps(json.dumps(CART))};
const mark = document.documentElement.dataset;
const kept = location.search === "?as=kept";
sessionStorage.cart = text;
sessionStorage.canary = "canary-user";
if (kept) mark.ready = "yes";
else {{
  localStorage.cart = text;
  localStorage["canary-key"] = "canary-user";
  const opening = indexedDB.open("keep", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("held");
  opening.onsuccess = () => {{
    const change = opening.result.transaction("held", "readwrite");
    change.objectStore("held").put(JSON.parse(text), "cart");
    change.oncomplete = () => {{ opening.result.close(); mark.ready = "yes"; }};
  }};
}}
</script>"""
_CONTENT = f"""
const cart = {json.dumps(CART)};
(async () => {{
  if (location.search !== "?as=kept") {{
    await chrome.storage.local.set({{ "{NOTE}": cart, "canary-key": "canary-user" }});
    await chrome.storage.sync.set({{ cart: {{ ...cart, lines: Object.fromEntries(Object.entries(cart.lines).slice(-9)) }} }});
  }}
  await chrome.runtime.sendMessage("write");
  document.documentElement.dataset.extension = "yes";
}})();
"""  # noqa: E501 - chrome.storage.sync takes 8 KB at most under one key
_WORKER = f"""
chrome.runtime.onMessage.addListener((_, __, done) => {{
  (async () => {{
    if (OPEN) await chrome.storage.session.setAccessLevel({{ accessLevel: "TRUSTED_AND_UNTRUSTED_CONTEXTS" }});
    await chrome.storage.session.set({{ cart: {json.dumps(CART)} }});
    done(1);
  }})();
  return true;
}});
"""
_TARGET = """
title = "Shop"
url = "http://127.0.0.1:{port}/"
stores = ["session"]
deadline = 20
variant_query = "as"
ready = "() => ['ready', 'extension'].every((one) => document.documentElement.dataset[one] === 'yes')"
{extension}
[[variant]]
name = "kept"
what = "the page writes only what a new tab lacks"
expect = "intact"
"""


def write_extension(folder: Path, name: str, *, matches: str = "http://127.0.0.1/*", opens: bool = True) -> Path:
    """Write an extension that keeps carts; `opens` its session storage to its content script."""
    folder.mkdir(parents=True)
    script = {"matches": [matches], "js": ["content.js"], "run_at": "document_end"}
    manifest = {
        "manifest_version": 3,
        "name": name,
        "version": "1.0",
        "permissions": ["storage"],
        "background": {"service_worker": "worker.js"},
        "content_scripts": [script],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "content.js").write_text(_CONTENT)
    (folder / "worker.js").write_text(_WORKER.replace("OPEN", "true" if opens else "false"))
    return folder


def write_target(folder: Path, port: int, extension: Path | None) -> Path:
    """Write the target's file, with or without a word of the extension."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "shop.toml"
    line = f'extension = "{extension}"' if extension else ""
    file.write_text(_TARGET.format(port=port, extension=line))
    return file


class _Shop(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"" if self.path == "/favicon.ico" else _PAGE.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def shop() -> Iterator[int]:
    """Serve the shop; give its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Shop) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@dataclass(frozen=True)
class Hand:
    """A browser that a person started."""

    port: int
    process: subprocess.Popen[bytes]
    profile: Path

    def _get(self, path: str, method: str = "GET") -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the browser on this machine
            text = answer.read().decode()
        return json.loads(text) if text.startswith(("{", "[")) else text

    def open(self, url: str) -> str:
        return str(self._get(f"/json/new?{url}", "PUT")["id"])

    def close(self, tab: str) -> None:
        self._get(f"/json/close/{tab}")

    def pages(self) -> dict[str, tuple[str, str]]:
        return {page["id"]: (page["url"], page["title"]) for page in self._get("/json") if page["type"] == "page"}

    def evaluate(self, tab: str, expression: str) -> Any:
        """Evaluate as the console does, its helpers included."""
        deadline = Deadline.after(10, "test")
        with DevTools(("127.0.0.1", self.port, f"/devtools/page/{tab}"), deadline) as page:
            parameters = {"expression": expression, "awaitPromise": True, "returnByValue": True}
            parameters["includeCommandLineAPI"] = True
            return page.ask("Runtime.evaluate", "", **parameters)["result"].get("value")


@contextlib.contextmanager
def by_hand(profile: Path, extensions: Iterable[Path]) -> Iterator[Hand]:
    """Start a browser with unpacked extensions as a person would, and end it."""
    browser = find_browser(for_extension=True)
    loaded = ",".join(map(str, extensions))
    command = [str(browser.path), "--headless", *safe_arguments(), "--remote-debugging-port=0", "--no-first-run"]
    command += [f"--disable-extensions-except={loaded}", f"--load-extension={loaded}", f"--user-data-dir={profile}"]
    quiet = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    process = subprocess.Popen([*command, quiet, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        file = profile / "DevToolsActivePort"
        until(lambda: file.exists() and len(file.read_text().split()) == 2)
        yield Hand(int(file.read_text().split()[0]), process, profile)
    finally:
        end_browser(profile)
        process.kill()
        process.wait(10)


def until(condition: Callable[[], object]) -> None:
    """Wait until `condition` is true."""
    ends = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.05)


def open_shop(hand: Hand, port: int, *, marks: Iterable[str] = ("ready", "extension")) -> str:
    """Open the shop in a tab of that browser and wait until everybody has written."""
    tab = hand.open(f"http://127.0.0.1:{port}/")
    asked = " && ".join(f"document.documentElement.dataset.{mark} === 'yes'" for mark in marks)
    until(lambda: hand.evaluate(tab, asked) is True)
    return tab
