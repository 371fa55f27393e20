"""A small site whose data lies beside storage: in its document, in a global, in what its server answers; and log files.

Each area holds the same feed, so that one module of readers reads all of them. A release renames a field of the feed.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from driftwright.workspace import Workspace, find_workspace
from kit.canaries import NUMBERS, TEXTS

BOATS = ("a boat in the harbour",)


def feed(
    count: int, notes: Sequence[str] = BOATS, views: str = "views", sizes: Sequence[float] = (1024, 2.5)
) -> dict[str, Any]:
    """A feed as the site has it; `views` is what the views of an item are called."""
    items = [
        {
            "id": f"5f0f2c1e-9a51-4c7e-8a77-{number:012x}",
            views: 10 * number + 3,
            "published": number % 3 != 0,
            "title": notes[number % len(notes)],
            "size": sizes[number % len(sizes)],
        }
        for number in range(count)
    ]
    return {"items": items, "total": count}


def _secret_feed(views: str) -> dict[str, Any]:
    """The feed of the site: a canary in every title and size, and as the name of a field."""
    held = feed(len(TEXTS), tuple(TEXTS.values()), views, tuple(NUMBERS.values()))
    return {**held, "extra": {TEXTS["key"]: TEXTS["value"]}}


def lines(document: Mapping[str, Any]) -> str:
    """The items of a feed as lines of JSON."""
    return "".join(f"{json.dumps(item)}\n" for item in document["items"])


def events(document: Mapping[str, Any]) -> str:
    """The items of a feed as server-sent events."""
    items = "".join(f"event: item\ndata: {json.dumps(item)}\n\n" for item in document["items"])
    return f": a comment\nretry: 1000\n\n{items}data: [DONE]\n\n"


_PAGE = """<!doctype html><meta charset="utf-8"><title>Feed</title>
<script id="__FEED__" type="application/json">SERVED</script>
<script type="application/ld+json">{"@type": "Thing", "name": "NOTE"}</script>
<script type="application/ld+json">SERVED</script>
<script>window.__STATE__ = SERVED; var parsed = JSON.parse(QUOTED);</script>
<script>
const query = location.search;
document.getElementById("__FEED__").remove(); // once it is read, as some frameworks do
const answered = async () => {
  window.APP = { feed: await (await fetch("/api/feed" + query)).json(), itself: window };
  await (await fetch("/api/feed.ndjson" + query)).text();
  await (await fetch("/api/events" + query)).text();
  await (await fetch("/api/other/5" + query)).json();
  await (await fetch("/api/old/moved" + query)).json();
  document.documentElement.dataset.ready = "yes";
};
document.cookie = "seen=NOTE";
window.again = answered;
answered();
</script>"""


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        release = parse_qs(parts.query).get("release", [""])[0]
        held = _secret_feed("viewCount" if release == "renamed" else "views")
        kind, text = self._answer(parts.path, held)
        data = text.encode("utf-8", "surrogatepass")
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _answer(self, path: str, held: Mapping[str, Any]) -> tuple[str, str]:
        served = json.dumps(held).replace("<", "\\u003c")
        match path:
            case "/":
                page = _PAGE.replace("QUOTED", json.dumps(served)).replace("SERVED", served)
                return "text/html; charset=utf-8", page.replace("NOTE", TEXTS["token"])
            case "/api/feed.ndjson":
                return "application/x-ndjson", lines(held)
            case "/api/events":
                return "text/event-stream", events(held)
            case "/api/feed" | "/api/old/moved":
                return "application/json", served
            case _:
                return "application/json", json.dumps({"secret": TEXTS["value"]})

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def site() -> Iterator[int]:
    """Serve the site, which is full of canaries; give its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


PLACES: Mapping[str, tuple[str, str, str]] = {
    "state": ("page-json", "window.__STATE__", ""),
    "linked": ("page-json", 'script[type="application/ld+json"]', "take = 2"),
    "script": ("page-json", "script#__FEED__", ""),
    "app": ("window", "APP.feed", ""),
    "answer": ("response", "/api/feed", ""),
    "streamed": ("response", "GET /api/feed.nd*", ""),
    "told": ("response", "/api/events", 'take = "first"'),
}
ELSEWHERE = {"moved": ("response", "/api/new/moved", ""), "never": ("response", "/api/never", "")}
LOGGED = {"logged": ("file", "logs/*.ndjson", "")}
"""By the name of each store its area, its key, and what else its file says."""

_TARGET = """title = "Feed"
url = "http://127.0.0.1:PORT/"
stores = STORES
variant_query = "release"
ready = "() => document.documentElement.dataset.ready === 'yes'"
deadline = 20
[[variant]]
name = "renamed"
what = "the views of an item are called viewCount"
expect = "drift"
"""
_CONTRACT = """title = "Views"
result = { type = "integer", minimum = 0 }
[[source]]
name = "STORE"
level = "full"
derive = "({STORE}) => READER"
[[source]]
level = "unavailable"
value = 0
"""
_PLAIN = "STORE.items.reduce((sum, item) => sum + item.views, 0)"
_OF_EVENTS = "STORE.filter(({ event }) => event === 'item').reduce((sum, { data }) => sum + data.views, 0)"
_ITEM = {
    "type": "object",
    "required": ["id", "views", "published", "title", "size"],
    "properties": {
        "id": {"type": "string", "x-redact": "pseudonym"},
        "views": {"type": "integer", "x-redact": "keep"},
        "published": {"type": "boolean", "x-redact": "keep"},
        "title": {"type": "string"},
        "size": {"type": "number"},
    },
}
_FEED = {
    "type": "object",
    "required": ["items", "total"],
    "properties": {"items": {"type": "array", "items": _ITEM}, "total": {"type": "integer", "x-redact": "keep"}},
}


_EVENT = {"event": {"type": "string", "x-redact": "keep"}, "data": {"anyOf": [_ITEM, {"type": "string"}]}}
_EVENTS = {"type": "array", "items": {"type": "object", "required": ["event", "data"], "properties": _EVENT}}


def _events(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The events of a feed as a store shows them."""
    items = [{"event": "item", "data": item} for item in document["items"]]
    return [*items, {"event": "message", "data": "[DONE]"}]


def workspace(folder: Path, port: int | None, stores: Collection[str]) -> Workspace:
    """Write a workspace with a store in each of some places and a fact of each, `STORE_views`; its target is `feed`."""
    files = {"probes/feed.toml": _TARGET.replace("PORT", str(port)).replace("STORES", json.dumps(list(stores)))}
    for name in stores:
        area, key, more = {**PLACES, **ELSEWHERE, **LOGGED}[name]
        is_list, is_told = name in ("logged", "streamed"), name == "told"
        place = f"schemas/site/{name}"
        files[f"{place}/store.toml"] = f"name = '{name}'\ntitle = 'A feed'\narea = '{area}'\nkey = '{key}'\n{more}\n"
        whole = {"type": "array", "items": _ITEM} if is_list else _EVENTS if is_told else _FEED
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole}
        files[f"{place}/v1.schema.json"] = json.dumps(schema)
        for count in (4, 6, 9):
            known = feed(count)
            witness: Any = known["items"] if is_list else _events(known) if is_told else known
            files[f"{place}/v1/m{count}.witness.json"] = json.dumps(witness)
        reader = _PLAIN.replace("STORE.items", "STORE") if is_list else _OF_EVENTS if is_told else _PLAIN
        files[f"contracts/{name}_views.toml"] = _CONTRACT.replace("READER", reader).replace("STORE", name)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return find_workspace(str(folder))
