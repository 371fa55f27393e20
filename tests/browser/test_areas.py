"""Every storage area: read alike, searched before anything is called gone, and undone where it is packed."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from driftwright.base.terms import STORAGE, Area
from driftwright.snapshot.capture.by_hand.offline import OfflineRedactor
from driftwright.snapshot.capture.launched.probe import capture_launched
from driftwright.snapshot.capture.redactor import redactor_source
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.snapshot.model import AreaView, Entry, Provenance, Redaction, Snapshot
from driftwright.verdict.observe import observe_store
from driftwright.workspace.schemas.load import Store, load_stores
from driftwright.workspace.target.target import load_target

SALT = b"\x07" * 32
ID = "5f0f2c1e-9a51-4c7e-8a77-0d9f3a6b1c22"
CART = {"lines": {ID: [{"line": ID, "count": 3, "title": "lighthouse"}]}, "open": 2}
TEXT = json.dumps(CART, separators=(",", ":"))
# What lz-string 1.5 makes of TEXT, in the three ways that suit web storage.
UTF16 = "\u1be1\u082d\u414c\u0780\u5326\u38a0\u2e70"  # begins so; the whole text is made from its base64 form below
BASE64 = (
    "N4IgNglgdgpgziAXKArAMwAxoEwGMCMMAtAJwCGK+RALLgOzEAcZddRGAJiWgMxkBsAI3y5s2JAG1QkWEhDoseQqQpVaDIs1bsuvAcNHiANCFwB7AK"
    "5QALkh4nrEa2BhzIAcwAW1z5biuAXwBdAJMzAAcYKCRsAKA==="
)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _in_utf16() -> str:
    """The same bits, 15 to a character: what `compressToUTF16` writes."""
    bits = "".join(f"{ALPHABET.index(letter):06b}" for letter in BASE64.rstrip("="))
    bits += "0" * (-len(bits) % 15)
    return "".join(chr(int(bits[at : at + 15], 2) + 32) for at in range(0, len(bits), 15)) + " "


KEEP = {"redact": "keep", "types": ["integer"]}
HIDE = {"redact": "pseudonym", "types": ["string"]}
# Each area keeps a cart of its own, so that one that is read in place of another is seen.
OPEN = {str(area): number for number, area in enumerate(STORAGE, 2)}
PAGE_AREAS = ("session", "local", "indexed-db")
RULE = {"fields": {"lines": {"values": {"items": {"fields": {"line": HIDE, "count": KEEP}}}}, "open": KEEP}}


def _policy(*areas: str) -> dict[str, Any]:
    """What may be kept, where a store lies in each of the areas: a cart, or one of several."""
    return {
        "words": ["cart"],
        "stores": [{"name": _name(area, areas), "area": area, "key": _key(area), "rule": RULE} for area in areas],
    }


def _name(area: str, areas: tuple[str, ...]) -> str:
    return "cart" if len(areas) == 1 else f"cart of {area}"


def _text(area: str) -> str:
    return TEXT.replace('"open":2', f'"open":{OPEN[area]}')


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(f"const tool = {redactor_source()}; 0")
    return engine


def _views(entries: dict[str, dict[str, str]], policy: dict[str, Any]) -> tuple[AreaView, ...]:
    areas = [{"area": area, "entries": list(held.items())} for area, held in entries.items()]
    told = [json.dumps(json.dumps(part)) for part in ({"salt": SALT.hex(), **policy}, areas)]
    answer = json.loads(str(_engine().eval(f"tool.redact({told[0]}, {told[1]})")))
    return tuple(
        AreaView(Area(view["area"]), tuple(Entry(**entry) for entry in view["entries"]), view["others"], view["denied"])
        for view in answer["areas"]
    )


PAGE = """<!doctype html><meta charset="utf-8">HEAD<script src="/site.js"></script>"""
TRUSTED = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'self'; "
    "require-trusted-types-for 'script'\">"
)
SITE = """
const texts = TEXTS;
const mark = document.documentElement.dataset;
const role = new URLSearchParams(location.search).get("as");
const lies = () => {
  const lie = () => '{"lines":{},"open":99}';
  Storage.prototype.getItem = lie;
  JSON.parse = lie;
  Array.prototype.map = () => [];
  IDBObjectStore.prototype.getAll = lie;
  indexedDB.databases = async () => [];
  mark.ready = "yes";
};
if (texts.session) sessionStorage.shopCart = texts.session;
if (texts.local) localStorage.shopCart = texts.local;
if (texts["indexed-db"]) {
  const opening = indexedDB.open("keep", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("held");
  opening.onsuccess = () => {
    const change = opening.result.transaction("held", "readwrite");
    change.objectStore("held").put(JSON.parse(texts["indexed-db"]), "shopCart");
    change.objectStore("held").put(new Uint8Array(5), 7);
    change.oncomplete = () => { opening.result.close(); role === "liar" ? lies() : (mark.ready = "yes"); };
  };
} else {
  role === "liar" ? lies() : (mark.ready = "yes");
}
"""
TARGET = """
title = "Shop"
url = "https://shop.test/"
stores = ["cart"]
serve = "site"
variant_query = "as"
ready = "() => document.documentElement.dataset.ready === 'yes'"
deadline = 20
extension = "extension"
[routes]
"/" = "index.html"
[[variant]]
name = "liar"
what = "the page overrides what readers use"
expect = "intact"
"""


def _target(folder: Path, *areas: str, head: str = "", matches: str = "https://shop.test/*") -> Path:
    """A page that keeps a cart in each of its areas that is named, beside an extension that does the same."""
    for name in ("site", "extension"):
        (folder / name).mkdir(parents=True)
    (folder / "site" / "index.html").write_text(PAGE.replace("HEAD", head))
    texts = json.dumps({area: _text(area) for area in areas if area in PAGE_AREAS})
    (folder / "site" / "site.js").write_text(SITE.replace("TEXTS", texts))
    kept = {area.removeprefix("extension-"): _text(area) for area in areas if area not in PAGE_AREAS}
    manifest: dict[str, Any] = {
        "manifest_version": 3,
        "name": "Cart",
        "version": "1.0",
        "permissions": ["storage"],
        "background": {"service_worker": "worker.js"},
        "content_scripts": [{"matches": [matches], "js": ["content.js"], "run_at": "document_start"}],
    }
    (folder / "extension" / "manifest.json").write_text(json.dumps(manifest))
    (folder / "extension" / "content.js").write_text("0;")
    writes = [f"chrome.storage.{name}.set({{ shopCart: {text} }});" for name, text in kept.items()]
    (folder / "extension" / "worker.js").write_text("\n".join(["0;", *writes]))
    file = folder / "shop.toml"
    file.write_text(TARGET)
    return file


def _key(area: str) -> str:
    return "keep/held/shopCart" if area == "indexed-db" else "shopCart"


def _captured(file: Path, *areas: str, variant: str | None = None) -> Snapshot:
    return capture_launched(CaptureRequest(load_target(file), _policy(*areas), SALT, variant=variant))


def _cart(snapshot: Snapshot, area: str) -> Entry:
    (entry,) = [entry for view in snapshot.areas for entry in view.entries if view.area == area]
    return entry


@pytest.mark.browser("shared", "kept")
def test_each_area_shows_the_same_store_whichever_way_it_is_read(tmp_path: Path) -> None:
    areas = tuple(map(str, STORAGE))
    by_script = _captured(_target(tmp_path / "script", *areas), *areas)
    by_page = _captured(_target(tmp_path / "page", *areas, matches="https://elsewhere.test/*"), *areas)
    given = [{"area": area, "entries": [[_key(area), _text(area)]]} for area in areas]
    with OfflineRedactor() as redactor:
        told = json.loads(redactor.redact(_policy(*areas), SALT, given))["areas"]
    assert len(told) == len(areas)
    for area, view in zip(areas, told, strict=True):
        (expected,), entry = view["entries"], _cart(by_script, area)
        assert (entry.value, entry.size, entry.form) == (expected["value"], 1 << (len(TEXT) - 1).bit_length(), "json")
        assert (entry.key, entry.store, entry.value["open"]) == (_key(area), f"cart of {area}", OPEN[area])
    assert by_script.digest == by_page.digest
    assert "lighthouse" not in repr(by_script)


@pytest.mark.browser("shared", "kept")
def test_a_page_can_neither_lie_nor_forbid(tmp_path: Path) -> None:
    file = _target(tmp_path / "plain", *PAGE_AREAS)
    plain = _captured(file, *PAGE_AREAS)
    strict = _captured(_target(tmp_path / "strict", *PAGE_AREAS, head=TRUSTED), *PAGE_AREAS)
    assert plain.digest == _captured(file, *PAGE_AREAS, variant="liar").digest == strict.digest
    assert [_cart(plain, area).value["open"] for area in PAGE_AREAS] == [OPEN[area] for area in PAGE_AREAS]


@pytest.mark.browser("shared", "kept")
def test_a_store_that_moved_into_another_half_of_the_capture_is_found(tmp_path: Path) -> None:
    file = _target(tmp_path, "extension-session")
    snapshot = capture_launched(CaptureRequest(load_target(file), _policy("session"), SALT))
    assert _cart(snapshot, "extension-session").store == "cart"


PACKINGS = [
    ("json-in-lz-string", BASE64),
    ("json-in-lz-string", BASE64.rstrip("=")),
    ("json-in-lz-string", _in_utf16()),
]


@pytest.mark.parametrize(("form", "text"), PACKINGS)
def test_packed_text_is_undone_and_hidden(form: str, text: str) -> None:
    plain, packed = (_views({"session": {"shopCart": each}}, _policy("session"))[0].entries[0] for each in (TEXT, text))
    assert (packed.form, packed.size) == (form, 1 << (len(text) - 1).bit_length())
    assert packed.value == plain.value
    assert _in_utf16().startswith(UTF16)


@pytest.mark.parametrize("text", ["", "A", "=====", "N4Ig", BASE64[:40], "N" * 5000, "\u1bc1\u082d", "\ud800" * 50])
def test_text_that_is_not_packed_is_text(text: str) -> None:
    (view,) = _views({"session": {"shopCart": text}}, _policy("session"))
    assert (view.entries[0].form, view.entries[0].value) == ("text", None)


def _cart_store(folder: Path) -> Store:
    home = folder / "shop" / "cart"
    home.joinpath("v1").mkdir(parents=True)
    count, line = {"type": "integer", "x-redact": "keep"}, {"type": "string", "x-redact": "pseudonym"}
    record = {"type": "object", "properties": {"line": line, "count": count}}
    lists = {"type": "array", "items": record}
    lines = {"type": "object", "x-key-space": "line", "additionalProperties": lists}
    schema = {"type": "object", "properties": {"lines": lines, "prices": lines}}
    told = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    (home / "v1.schema.json").write_text(json.dumps(told))
    (home / "v1" / "one.witness.json").write_text(json.dumps({"lines": CART["lines"], "prices": CART["lines"]}))
    (home / "store.toml").write_text('name = "cart"\ntitle = "The cart"\narea = "session"\nkey = "shopCart"\n')
    return load_stores(folder)["cart"]


LINES = json.dumps(CART["lines"])
BOTH = json.dumps({"lines": CART["lines"], "prices": CART["lines"]})


@pytest.mark.parametrize(
    ("entries", "rule", "after"),
    [
        ({"local": {"shopCart": BOTH}}, "store-moved", "local"),
        ({"indexed-db": {"canary-db/lighthouse/shopCart": BOTH}}, "store-moved", "indexed-db"),
        ({"session": {f"shopCart:{ID}": BOTH}}, "store-key-renamed", "shopCart:"),
        ({"session": {"canary@shopCart": BOTH}}, "store-key-renamed", "@shopCart"),
        (
            {"session": {"aLines": json.dumps({"lines": CART["lines"]}), "b": json.dumps({"prices": CART["lines"]})}},
            "store-split",
            " and ",
        ),
    ],
)
def test_a_store_that_is_elsewhere_is_a_finding(
    tmp_path: Path, entries: dict[str, dict[str, str]], rule: str, after: str
) -> None:
    from driftwright.workspace.schemas.policy import redaction_policy

    store = _cart_store(tmp_path)
    views = _views(entries, redaction_policy([store]))
    provenance = Provenance("shop", "", "https://shop.test", "Chromium 140", "2026-03-01T10:00:00Z", "0")
    observed = observe_store(Snapshot(provenance, Redaction("r", "p"), views), store)
    (change,) = observed.comparison.changes
    assert (change.rule.id, observed.state) == (rule, "elsewhere")
    assert after in str(change.after)
    assert not [secret for secret in ("lighthouse", "canary", ID) if secret in repr(views)]


def test_a_packed_store_is_a_finding_and_its_content_is_compared(tmp_path: Path) -> None:
    store = _cart_store(tmp_path)
    value = {"lines": {ID: [{"line": ID, "count": "3", "title": "masked text 1"}]}, "prices": CART["lines"]}
    entry = Entry("shopCart", "cart", {}, 50, "json-in-lz-string", value)
    provenance = Provenance("shop", "", "https://shop.test", "Chromium 140", "2026-03-01T10:00:00Z", "0")
    seen = Snapshot(provenance, Redaction("r", "p"), (AreaView(Area.SESSION, (entry,), 0),))
    observed = observe_store(seen, store)
    assert [change.rule.id for change in observed.comparison.changes] == ["store-compressed", "number-became-text"]
    assert (observed.state, observed.document) == ("unreadable", None)


def test_a_small_flag_beside_a_missing_store_is_not_taken_for_it() -> None:
    (view,) = _views({"session": {"shopCart-migrated": "true", "shopCart-ui": '{"open":1}'}}, _policy("session"))
    assert (view.entries, view.others) == ((), 2)


def test_an_area_that_not_every_way_can_open_changes_no_digest() -> None:
    provenance = Provenance("shop", "", "https://shop.test", "Chromium 140", "2026-03-01T10:00:00Z", "0")
    hidden = Redaction("r", "p")
    session = AreaView(Area.SESSION, (), 1)
    closed = AreaView(Area.EXTENSION_SESSION, (), 0, "TypeError")
    plain = Snapshot(provenance, hidden, (session,)).digest
    assert plain == Snapshot(provenance, hidden, (session, closed)).digest
    held = AreaView(Area.EXTENSION_SESSION, (), 1)
    assert plain != Snapshot(provenance, hidden, (session, held)).digest
