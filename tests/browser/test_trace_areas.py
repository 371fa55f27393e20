"""Tracing what an extension reads of its own storage and of databases, in content scripts and service worker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from driftwright.authoring.unwatched import messages_sent, unwatched_areas
from driftwright.base.errors import MachineFault
from driftwright.base.terms import Area
from driftwright.snapshot.capture.traced.listening import Listener
from kit.examples import usually
from kit.traced import Door, TracedCommand, built_extension

pytestmark = pytest.mark.usefixtures("nothing_is_left")

CART = {"lines": {"canary-1": {"count": 2}}, "kind": "gift", "note": "canary-2"}
HERE = ["https://shop.test/*"]
CONTENT = [{"matches": HERE, "js": ["content.js"], "run_at": "document_start"}]


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    return Door(tmp_path, capsys)


def _trace(door: Door, folder: Path, scripts: dict[str, str], place: tuple[str, str], **how: Any) -> TracedCommand:
    """Trace on the `saved` store, `until` names are heard if any are given; `how` tells of the manifest besides."""
    saved, until = how.pop("saved", CART), how.pop("until", ())
    file = folder / "saved.json"
    file.write_text(json.dumps(saved))
    extension = built_extension(folder, scripts, **{"permissions": ["storage"], "content_scripts": CONTENT} | how)
    traced = door(extension, "--store", str(file), "--area", place[0], "--key", place[1], seconds=1.5, until=until)
    assert "canary" not in json.dumps(traced.record) + traced.out + traced.err
    return traced


def _fields(traced: TracedCommand) -> dict[str, int]:
    """How often each outermost field was asked for."""
    rows = traced.reads("store").items()
    return {
        at.removeprefix("store:/"): read["times"] for (at, asked), read in rows if asked == "get" and at != "store:/"
    }


def _scripts(traced: TracedCommand, field: str) -> set[str]:
    sites = traced.reads("store")[f"store:/{field}", "get"]["sites"]
    return {frame["script"] for site in sites for frame in site["stack"]}


# ---- the extension's own areas

ASKING = """
const { local } = chrome.storage;
local.get("cart", ({ cart }) => cart.byCallback);
local.get("cart").then(({ cart }) => cart.byPromise);
local.get(["cart", `canary-${1}`]).then(({ cart }) => cart.byList);
local.get({ cart: { own: 1 }, other: 7 }).then(({ cart, other }) => { if (other === 7) cart.byDefaults; });
local.get({ none: { own: 1 } }, ({ none }) => {
  local.get("cart", ({ cart }) => { if (none.own === 1) cart.afterDefaults; });
});
local.get(null, ({ cart }) => cart.byAll);
(async () => { const { cart } = await browser.storage.local.get(); cart.byNothing; })();
"""


@pytest.mark.browser("shared", "kept")
def test_an_extensions_own_area_is_traced_in_every_way_of_asking(tmp_path: Path, door: Door) -> None:
    ways = ("byCallback", "byPromise", "byList", "byDefaults", "afterDefaults", "byAll", "byNothing")
    traced = _trace(door, tmp_path, {"content.js": ASKING}, ("extension-local", "cart"), until=ways)
    assert (traced.code, _fields(traced)) == (0, dict.fromkeys(ways, 1))
    whole = traced.reads("store")["store:/", "get"]
    assert (whole["times"], whole["present"], whole["swept"], whole["types"]) == (7, 7, 2, {"object": 7})
    assert len({site["by"] for site in whole["sites"]}) == 7
    assert traced.record["stores"]["store"]["handed"] == 7
    assert "store: parsed 0 times, taken 7 times as it is\n" in traced.out
    local = "not watched: extension-local: not all of it: some keys belong to no store of this trace, "
    assert f"{local}and the extension reads there: none, other, {{}}\n" in traced.out


@pytest.mark.browser("shared", "kept")
def test_text_in_an_area_is_followed_to_where_it_is_parsed(tmp_path: Path, door: Door) -> None:
    code = "chrome.storage.sync.get('cart').then(({ cart }) => JSON.parse(cart).lines);"
    place = ("extension-sync", "cart")
    traced = _trace(door, tmp_path, {"content.js": code}, place, until=["lines"], saved=json.dumps(CART))
    assert _fields(traced) == {"lines": 1}
    assert (traced.record["stores"]["store"]["parses"], traced.record["stores"]["store"]["handed"]) == (1, 1)


@pytest.mark.browser("shared", "kept")
def test_what_is_not_there_and_what_is_no_record_are_told_as_a_whole(tmp_path: Path, door: Door) -> None:
    code = """
    const { local } = chrome.storage;
    local.get('width').then(() => local.remove('width')).then(() => local.get('width'));
    """
    traced = _trace(door, tmp_path, {"content.js": code}, ("extension-local", "width"), until=["absent"], saved=440)
    assert traced.code == 0
    assert traced.reads("store")["store:/", "get"]["types"] == {"integer": 1, "absent": 1}


@pytest.mark.browser("shared", "kept")
def test_changes_that_a_listener_is_told_are_reads(tmp_path: Path, door: Door) -> None:
    code = """
    const heard = (changes, area) => { if (area === 'local') changes.cart?.newValue.byEvent; };
    const never = () => chrome.storage.local.get('cart', ({ cart }) => cart.never);
    chrome.storage.onChanged.addListener(heard);
    chrome.storage.local.onChanged.addListener(({ cart }) => cart?.newValue.byAreasEvent);
    chrome.storage.onChanged.addListener(never);
    chrome.storage.onChanged.removeListener(never);
    chrome.storage.local.get('cart').then(({ cart }) => {
      if (chrome.storage.onChanged.hasListener(heard) && !chrome.storage.onChanged.hasListener(never)) cart.isHeard;
      chrome.storage.local.set({ cart: { ...cart, more: 1 } });
    });
    """
    expected = {"byEvent", "byAreasEvent", "isHeard"}
    traced = _trace(door, tmp_path, {"content.js": code}, ("extension-local", "cart"), until=expected)
    found = _fields(traced)
    assert expected <= set(found)
    assert "never" not in found
    assert traced.record["stores"]["store"]["written"]


@pytest.mark.browser("shared", "kept")
@pytest.mark.parametrize("is_open", usually([True, False], [True]))  # what is closed: see the area without permission
def test_the_session_area_is_traced_where_content_scripts_may_open_it(
    tmp_path: Path, door: Door, *, is_open: bool
) -> None:
    asked = "chrome.storage.session.get('cart').then(({ cart }) => cart.fromPage, () => setTimeout(ask, 50))"
    code = f"const ask = () => {asked}; ask();"
    scripts = {"content.js": code, "worker.js": ""}
    if is_open:
        scripts["worker.js"] = (
            "chrome.storage.session.setAccessLevel({ accessLevel: 'TRUSTED_AND_UNTRUSTED_CONTEXTS' });"
        )
    worker = {"background": {"service_worker": "worker.js"}} if is_open else {}
    until = ["fromPage"] if is_open else []
    traced = _trace(door, tmp_path, scripts, ("extension-session", "cart"), until=until, **worker)
    assert traced.code == (0 if is_open else 3)
    assert ("fromPage" in _fields(traced)) == is_open
    closed = (
        "not watched: extension-session (store): its content scripts may not open it, and it has no service worker\n"
    )
    assert (closed in traced.out) == ("may not open" in traced.out) == (not is_open)


# ---- databases

DATABASE = """
const opened = indexedDB.open('shop', 2);
opened.onupgradeneeded = () => opened.transaction.objectStore('carts').createIndex('byKind', 'kind');
opened.onsuccess = () => {
  const carts = () => opened.result.transaction('carts', 'readwrite').objectStore('carts');
  const asks = (request, read) => { request.onsuccess = (event) => read(event.target.result); };
  carts().put({ kind: 'own' }, 'another');
  asks(carts().get('current'), (cart) => cart.byGet);
  asks(carts().get(IDBKeyRange.lowerBound('b')), (cart) => cart.byRange);
  asks(carts().getAll(), (all) => all.forEach((cart) => cart.byAll));
  asks(carts().index('byKind').get('gift'), (cart) => cart.byIndex);
  asks(carts().index('byKind').getAll('gift'), ([cart]) => cart.byIndexAll);
  asks(carts().openCursor(), (cursor) => {
    if (cursor === null) return;
    if (cursor.value === cursor.value) cursor.value.byCursor;
    cursor.continue();
  });
  asks(carts().index('byKind').openCursor('gift'), (cursor) => cursor?.value.byIndexCursor);
  asks(carts().getAllRecords?.() ?? carts().getAll(), (all) => all.forEach((one) => (one.value ?? one).byRecord));
  asks(carts().get('nothing'), (none) => {
    if (none === undefined) asks(carts().get('current'), (cart) => cart.afterNothing);
  });
  asks(carts().count(), (count) => { if (count === 2) asks(carts().getAllKeys(), (keys) => keys.length); });
};
"""


@pytest.mark.browser("shared", "kept")
def test_a_database_is_traced_in_every_way_of_asking(tmp_path: Path, door: Door) -> None:
    ways = (
        "byGet",
        "byRange",
        "byAll",
        "byIndex",
        "byIndexAll",
        "byCursor",
        "byIndexCursor",
        "byRecord",
        "afterNothing",
    )
    traced = _trace(door, tmp_path, {"content.js": DATABASE}, ("indexed-db", "shop/carts/current"), until=ways)
    assert (traced.code, _fields(traced)) == (0, dict.fromkeys(ways, 1))
    assert traced.record["stores"]["store"]["handed"] == len(ways)
    assert not traced.record["stores"]["store"]["written"]
    rest = [one for one in traced.record["unwatched"] if one["area"] == "indexed-db"]
    assert [(one["why"], one["keys"]) for one in rest] == [
        ("not all of it: some keys belong to no store of this trace", ["carts"])
    ]


@pytest.mark.browser("shared", "kept")
def test_values_of_a_database_that_no_json_holds_work_as_if_nobody_listened(tmp_path: Path, door: Door) -> None:
    code = """
    const opened = indexedDB.open('shop');
    const carts = () => opened.result.transaction('carts', 'readwrite').objectStore('carts');
    const got = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
    opened.onsuccess = async () => {
      const holes = [1, , 3];
      const round = { name: 'round' };
      round.self = round;
      const rich = { at: new Date(5), tags: new Map([['a', 1]]), set: new Set([1]), bytes: new Uint8Array([1, 2]),
                     blob: new Blob(['x']), re: /x/, error: new TypeError('x'), large: 5n, list: [1], none: undefined };
      await got(carts().put(rich, 'current'));
      const back = await got(carts().get('current'));
      await got(carts().put(back, 'current'));
      const again = await got(carts().get('current'));
      const checks = [again.at.getTime() === 5, again.tags.get('a') === 1, again.set.has(1), again.bytes[1] === 2,
        again.blob.size === 1, again.re.test('x'), again.error instanceof TypeError, again.large === 5n,
        Array.isArray(again.list), 'none' in again, structuredClone(again.at).getTime() === 5];
      const put = async (value) => { await got(carts().put(value, 'current')); return got(carts().get('current')); };
      const rounded = await put(round);
      checks.push(rounded.self === rounded);
      const shared = { a: 1 };
      const twice = await put({ one: shared, two: shared });
      checks.push(twice.one === twice.two, !(1 in (await put(holes))), (await put(7)) === 7);
      checks.push((await put(new Date(3))).getTime() === 3);
      const request = carts().get('current');
      let threw = false;
      try { request.result; } catch (error) { threw = error.name === 'InvalidStateError'; }
      checks.push(threw);
      try { carts().get({}); } catch (error) { checks.push(error.name === 'DataError'); }
      const final = await put({ ok: 1 });
      if (checks.every(Boolean)) final.allIsWell;
      else final['failed' + checks.indexOf(false)];
    };
    """
    place = ("indexed-db", "shop/carts/current")
    traced = _trace(door, tmp_path, {"content.js": code}, place, until=["allIsWell"])
    assert "allIsWell" in _fields(traced), traced.out
    use = traced.record["stores"]["store"]
    assert use["written"]
    assert use["opaque"] == 4
    assert ", of which 4 could not be followed" in traced.out


@pytest.mark.browser("shared", "kept")
def test_objects_that_lie_and_listeners_that_throw_meet_what_they_would_meet_otherwise(
    tmp_path: Path, door: Door
) -> None:
    code = """
    const refuse = () => { throw new Error('canary'); };
    const traps = ['ownKeys', 'get', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'has'];
    const lies = new Proxy({}, Object.fromEntries(traps.map((name) => [name, refuse])));
    const endless = new Proxy({}, { ownKeys: () => ['in'], get: () => endless,
      getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) });
    const attempts = [
      () => chrome.storage.local.get(lies), () => chrome.storage.local.set(lies), () => postMessage(lies),
      () => chrome.storage.local.set({ lies }), () => structuredClone(lies), () => structuredClone({ endless }),
      () => chrome.storage.local.get(lies, refuse), () => chrome.storage.local.get(4), () => JSON.parse(lies),
      () => sessionStorage.getItem(lies)];
    const ends = async (attempt) => { try { await attempt(); } catch {} };
    chrome.storage.onChanged.addListener(refuse);
    chrome.storage.local.get('cart', refuse);
    (async () => {
      for (const attempt of attempts) await ends(attempt);
      chrome.storage.local.set({ 'another': 1 });
      const { cart } = await chrome.storage.local.get('cart');
      cart.stillHere;
      throw cart;
    })();
    """
    traced = _trace(door, tmp_path, {"content.js": code}, ("extension-local", "cart"), until=["stillHere"])
    assert traced.code == 0
    assert _fields(traced)["stillHere"] == 1
    assert "Traceback" not in traced.err


# ---- the service worker


@pytest.mark.browser("shared", "kept")
@pytest.mark.parametrize("is_module", usually([True, False], [True]))  # a plain one: see the worker alone
def test_a_service_worker_is_traced_beside_the_content_scripts(tmp_path: Path, door: Door, *, is_module: bool) -> None:
    helper = "globalThis.load = async (read) => read((await chrome.storage.local.get('cart')).cart);"
    load = "import './helper.js';" if is_module else "'use strict'; importScripts('helper.js');"
    scripts = {
        "content.js": "chrome.storage.local.get('cart', ({ cart }) => cart.fromPage);",
        "bg/helper.js": helper,
        "bg/worker.js": f"{load}\nload((cart) => cart.fromWorker);\n"
        "chrome.runtime.onMessage.addListener(() => undefined);",
    }
    background = {"service_worker": "bg/worker.js"} | ({"type": "module"} if is_module else {})
    until = ["fromPage", "fromWorker"]
    traced = _trace(door, tmp_path, scripts, ("extension-local", "cart"), until=until, background=background)
    assert (traced.code, _fields(traced)) == (0, dict.fromkeys(until, 1))
    assert _scripts(traced, "fromPage") == {"content.js"}
    assert _scripts(traced, "fromWorker") == {"bg/worker.js", "bg/helper.js"}
    assert traced.record["extension"]["untraced"] == []


@pytest.mark.browser("shared", "kept")
def test_what_is_sent_in_messages_is_whole_and_counts_as_no_read_of_its_fields(tmp_path: Path, door: Door) -> None:
    worker = """
    const { local } = chrome.storage;
    chrome.runtime.onMessage.addListener((message, sender, respond) => {
      local.get('cart').then(({ cart }) => respond({ lines: cart.lines, cart }));
      return true;
    });
    chrome.runtime.onConnect.addListener((port) => {
      local.get('cart').then(({ cart }) => port.postMessage(cart));
      port.onMessage.addListener(({ list }) => {
        if (Array.isArray(list)) local.get('cart', ({ cart }) => cart.backOk);
      });
    });
    """
    page = """
    (async () => {
      const { cart } = await chrome.storage.local.get('cart');
      const same = (held) => held.kind === 'gift' && Array.isArray(held.list) && held.list[1].count === 2;
      const answer = await chrome.runtime.sendMessage('ask');
      if (same(answer.cart) && Object.values(answer.lines)[0].count === 2) cart.responseOk;
      const port = chrome.runtime.connect();
      port.onMessage.addListener((held) => { if (same(held)) { cart.portOk; port.postMessage(cart); } });
    })();
    """
    scripts = {"content.js": page, "worker.js": worker}
    saved = CART | {"list": [{"count": 1}, {"count": 2}]}
    background = {"service_worker": "worker.js"}
    place, until = ("extension-local", "cart"), ("responseOk", "portOk", "backOk")
    traced = _trace(door, tmp_path, scripts, place, until=until, saved=saved, background=background)
    assert set(until) <= set(_fields(traced))
    kind = traced.reads("store")["store:/kind", "get"]
    assert kind["times"] == kind["swept"] == 3
    sent = "not traced: who reads what it sent of these stores, in 3 messages, from one of its parts to another\n"
    assert sent in traced.out


@pytest.mark.browser("shared", "kept")
def test_an_extension_of_a_service_worker_alone_is_traced_with_its_own_database(tmp_path: Path, door: Door) -> None:
    code = """
    const opened = indexedDB.open('shop');
    opened.onsuccess = () => {
      const request = opened.result.transaction('carts').objectStore('carts').get('current');
      request.onsuccess = () => request.result.fromWorker;
    };
    """
    scripts = {"worker.js": code}
    background = {"service_worker": "/worker.js"}
    place = ("indexed-db", "shop/carts/current")
    traced = _trace(door, tmp_path, scripts, place, until=["fromWorker"], background=background, content_scripts=[])
    assert (traced.code, _fields(traced)) == (0, {"fromWorker": 1})


@pytest.mark.browser("shared", "kept")
def test_a_service_worker_that_was_never_heard_is_named(
    tmp_path: Path, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that the browser has ended before it was asked."""
    monkeypatch.setattr(Listener, "texts_of_workers", lambda _: ())
    scripts = {"content.js": "chrome.storage.local.get('cart', ({ cart }) => cart.fromPage);", "worker.js": "throw 1;"}
    background = {"service_worker": "worker.js"}
    place = ("extension-local", "cart")
    traced = _trace(door, tmp_path, scripts, place, until=["fromPage"], background=background)
    assert (traced.code, _fields(traced)) == (0, {"fromPage": 1})
    assert "not traced: the service worker worker.js did not start\n" in traced.out


@pytest.mark.parametrize("file", ["none.js", "../saved.json", "", "a\0b", 4])
def test_a_service_worker_that_is_not_there_is_a_fault_of_one_line(tmp_path: Path, door: Door, file: Any) -> None:
    traced = _trace(door, tmp_path, {"content.js": ""}, ("local", "cart"), background={"service_worker": file})
    assert (traced.code, traced.err.count("\n")) == (2, 1)
    assert "manifest.json:/background/service_worker: no such file" in traced.err


# ---- what is not watched


@pytest.mark.browser("shared", "kept")
def test_what_a_trace_does_not_watch_is_told_with_why(tmp_path: Path, door: Door) -> None:
    code = "JSON.parse(localStorage.cart).lines; sessionStorage.setItem('own', 'x'); sessionStorage.getItem('own');"
    manifest: dict[str, Any] = {
        "permissions": ["scripting"],
        "action": {"default_popup": "popup.html"},
        "options_ui": {"page": "options.html"},
    }
    scripts = {"content.js": code, "popup.html": "", "options.html": ""}
    traced = _trace(door, tmp_path, scripts, ("local", "cart"), until=["lines"], **manifest)
    assert [line for line in traced.out.splitlines() if line.startswith("not ")] == [
        "not traced: popup.html is a page of its own, which is not opened",
        "not traced: options.html is a page of its own, which is not opened",
        "not traced: scripts that it injects at run time with chrome.scripting",
        "not watched: session: no store of this trace lies there, and the extension reads there: own",
        "not watched: indexed-db: no store of this trace lies there",
        "not watched: extension-local: no store of this trace lies there",
        "not watched: extension-sync: no store of this trace lies there",
        "not watched: extension-session: no store of this trace lies there",
    ]


@pytest.mark.browser("shared", "kept")
def test_an_area_that_the_extension_has_no_permission_for_is_told(tmp_path: Path, door: Door) -> None:
    traced = _trace(door, tmp_path, {"content.js": ""}, ("extension-local", "cart"), permissions=[])
    assert traced.code == 3
    assert "not watched: extension-local (store): the extension has no permission `storage`\n" in traced.out


def test_stores_beside_storage_are_told_as_not_watched() -> None:
    stores = {"globals": Area.WINDOW, "answers": Area.RESPONSE, "log": Area.FILE, "page": Area.PAGE_JSON}
    told = {str(one) for one in unwatched_areas(stores, [], has_worker=False) if one.stores}
    assert told == {
        "page-json (page): no trace sees reads of the served document",
        "window (globals): no trace sees reads of the page's own globals, which scripts in the page's world make",
        "response (answers): no trace sees reads of what a server answers",
        "file (log): no trace sees reads of files",
    }


@pytest.mark.parametrize(
    "world",
    [
        {},
        {"areas": 4, "others": {}},
        {"areas": [{"area": "canary", "denied": True}], "others": {}},
        {"areas": [], "others": {"canary": {"keys": []}}},
        {"areas": [], "others": {"local": {"keys": 4}}},
        {"areas": [], "others": []},
    ],
)
def test_what_the_tracer_would_not_tell_of_areas_is_refused(world: dict[str, Any]) -> None:
    for ask in (messages_sent, lambda texts: unwatched_areas({}, texts, has_worker=False)):
        with pytest.raises(MachineFault, match=r"^the tracer was disturbed in the page; trace again$"):
            ask([json.dumps(world)])


@pytest.mark.parametrize("key", ["current", "shop/carts", "shop//current", "/carts/current"])
def test_a_key_that_names_no_record_is_a_mistake_of_usage(tmp_path: Path, door: Door, key: str) -> None:
    traced = _trace(door, tmp_path, {"content.js": ""}, ("indexed-db", key))
    assert (traced.code, "write database/object store/key" in traced.err) == (2, True)


def test_no_file_of_the_extension_is_taken_for_one_of_the_tracer(tmp_path: Path, door: Door) -> None:
    scripts = {"content.js": "", "bg/driftwright-worker.js": ""}
    traced = _trace(door, tmp_path, scripts, ("local", "cart"))
    assert (traced.code, "has a file driftwright-worker.js" in traced.err) == (2, True)
