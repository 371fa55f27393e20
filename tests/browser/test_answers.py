"""Readers that are asked in a real page: under any policy of it, in every world, and never so that the page hangs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.terms import Area
from driftwright.impact import compile_fact
from driftwright.snapshot import Snapshot
from driftwright.snapshot.answers import RawAnswers
from driftwright.snapshot.capture.asking import Readers
from driftwright.snapshot.capture.attached.attach import Attachment, capture_attached
from driftwright.snapshot.capture.by_hand.dump import dumped
from driftwright.snapshot.capture.by_hand.offline import OfflineRedactor
from driftwright.snapshot.capture.launched.probe import capture_launched
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.workspace import Store, load_facts, load_target
from kit.by_hand import CART, IDS, KEYS, SALT, by_hand, open_shop, policy, shop, write_extension, write_target
from kit.carts import short_contract

STRICT = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
PAGE = (
    f"""<!doctype html><meta http-equiv="Content-Security-Policy" content="{STRICT}"><script src="site.js"></script>"""
)
SITE = f"""
sessionStorage.setItem("cart", JSON.stringify({json.dumps(CART)}));
document.documentElement.dataset.ready = "yes";
"""
TARGET = """
title = "Shop"
url = "https://shop.test/"
stores = ["session"]
serve = "site"
ready = "() => document.documentElement.dataset.ready === 'yes'"
[routes]
"/" = "index.html"
[[state]]
name = "open"
what = "the shop"
default = true
steps = []
"""
PARAMS = 'params = { line = "each key of session:/lines" }'
CODES = {
    "open": ("", "({session}) => session.open"),
    "owners": ("", "({session}) => session.owner.startsWith('canary') ? [session.owner] : []"),
    "first": (PARAMS, "({session, line}) => session.lines[line][0].title"),
    "breaks": ("", "({session}) => session.gone.length"),
    "writes": ("", "({session}) => { document.title = 'canary'; return session.open; }"),
}
LOOP = ("", "({session}) => { for (;;) session.open; }")


def _readers(folder: Path, codes: dict[str, tuple[str, str]], *areas: Area) -> Readers:
    folder.mkdir()
    for name, (params, code) in codes.items():
        (folder / f"{name}.toml").write_text(short_contract(code, params))
    stores = tuple(Store(str(area), "S", "shop/cart", area, KEYS[area], "e", ()) for area in areas)
    return Readers(tuple(map(compile_fact, load_facts(folder))), stores)


def _strict(folder: Path, codes: dict[str, tuple[str, str]], policies: dict[str, Any]) -> CaptureRequest:
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_text(PAGE)
    (folder / "site" / "site.js").write_text(SITE)
    (folder / "shop.toml").write_text(TARGET)
    readers = _readers(folder / "contracts", codes, Area.SESSION)
    return CaptureRequest(load_target(folder / "shop.toml"), policies, SALT, readers=readers)


def _offline(request: CaptureRequest) -> Snapshot:
    with OfflineRedactor() as redactor:
        saved = {"cart": json.dumps(CART)}
        return dumped(request, [(Area.SESSION, saved, "saved.json")], redactor.redact, redactor.ask)


def _told(snapshot: Snapshot) -> RawAnswers:
    assert snapshot.answers is not None
    return snapshot.answers


def _lines(snapshot: Snapshot) -> set[str]:
    """What the answers of the fact `first` are bound by."""
    return {at.params["line"] for at in _told(snapshot).facts["first"].answers}


@pytest.mark.browser("shared", "kept")
@pytest.mark.usefixtures("nothing_is_left")
def test_a_strict_page_tells_what_v8_tells_of_its_storage(tmp_path: Path) -> None:
    request = _strict(tmp_path, CODES, policy([Area.SESSION]))
    snapshot = capture_launched(request)
    captured, offline = _told(snapshot), _told(_offline(request))
    assert captured == offline
    kinds = {name: fact.answers[0].sources["cart"] for name, fact in captured.facts.items()}
    assert (kinds["open"].type, kinds["owners"].size, kinds["first"].form) == ("integer", 1, "text")
    assert (kinds["breaks"].kind, kinds["breaks"].form) == ("throws", "TypeError")
    assert kinds["writes"].kind == "throws"  # no reader can name the document
    assert len(captured.facts["first"].answers) > 1
    assert not set(IDS) & _lines(snapshot)
    # They are told in the page under one key, and kept under two.
    (entry,) = [entry for view in snapshot.areas for entry in view.entries]
    assert _lines(snapshot)
    assert _lines(snapshot) <= entry.value["lines"].keys()


@pytest.mark.browser("shared", "kept")
@pytest.mark.usefixtures("nothing_is_left")
def test_a_reader_that_does_not_end_hangs_no_page(tmp_path: Path) -> None:
    request = _strict(tmp_path, {"a_loop": LOOP, **CODES}, policy([Area.SESSION]))
    snapshot = capture_launched(request)
    told = _told(snapshot)
    assert "does not end" in told.facts["a_loop"].without
    assert told.facts["a_loop"].answers == ()
    assert told.facts["open"].answers[0].sources["cart"].type == "integer"
    assert [entry.store for view in snapshot.areas for entry in view.entries] == ["session"]


@pytest.mark.browser
def test_in_a_tab_and_in_an_extension_s_world_nothing_is_left_behind(tmp_path: Path) -> None:
    areas = (Area.SESSION, Area.EXTENSION_SYNC)
    extension = write_extension(tmp_path / "keeper", "Cart keeper")
    codes = {
        "first": CODES["first"],
        "both": ("", "({session, ...rest}) => [session.open, rest['extension-sync'].open]"),
        "wild": ("", "() => { Array.prototype.map = () => 'x'; JSON.parse = () => 1; return 1; }"),
    }
    with shop() as port, by_hand(tmp_path / "profile", [extension]) as hand:
        tab = open_shop(hand, port)
        request = CaptureRequest(load_target(write_target(tmp_path, port, extension)), policy(areas), SALT)
        request = replace(request, readers=_readers(tmp_path / "contracts", codes, *areas))
        for _ in range(2):
            snapshot = capture_attached(request, Attachment(str(hand.port)))
            (entry,) = [entry for view in snapshot.areas for entry in view.entries if entry.store == "session"]
            assert _lines(snapshot)
            assert _lines(snapshot) <= entry.value["lines"].keys()
            found = _told(snapshot).facts
            assert found["both"].answers[0].sources["cart"].size == 2
        assert hand.evaluate(tab, "[1].map((one) => one + 1)[0] + JSON.parse('[2]')[0]") == 4
