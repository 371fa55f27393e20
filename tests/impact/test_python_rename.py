"""Patches of readers in Python: patched code answers on old stores as before, and on new ones as it did on the old."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from driftwright.impact.detours import looking_in_both
from driftwright.impact.javascript.call import Argument, Call
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.rename import Detour
from driftwright.impact.python.compiled import module

OLD: dict[str, Any] = {
    "items": [{"price": 3, "name": "Ann"}, {"price": 4, "name": "Bob"}],
    "by": {"x": [1, 2], "y": [3]},
    "state": {"note": "lighthouse"},
}
RENAMED = {**OLD, "items": [{"cost": 3, "name": "Ann"}, {"cost": 4, "name": "Bob"}]}
WRAPPED = {**OLD, "items": [{"money": {"amount": item["price"]}, "name": item["name"]} for item in OLD["items"]]}
UNWRAPPED = {"items": OLD["items"], "by": OLD["by"], "note": "lighthouse"}
PAGED = {**OLD, "items": {"rows": OLD["items"], "cursor": None}}
PAGES = {**OLD, "by": {"x": {"rows": [1, 2]}, "y": {"rows": [3]}}}

RENAME, WRAP = Detour(("price",), ("cost",)), Detour(("price",), ("money", "amount"))
UNWRAP, PAGE = Detour(("state",), ()), Detour(("items",), ("rows",), inside=True)
PAGE_EACH = Detour((), ("rows",), inside=True)
MOVE = Detour(("state", "note"), ("note",))

# What moved, the store afterwards, and the body of a reader of `d`.
CASES = {
    "a subscript": (RENAME, RENAMED, "return [i['price'] for i in d['items']]"),
    "get": (RENAME, RENAMED, "return [i.get('price') for i in d['items']]"),
    "get with a default": (RENAME, RENAMED, "return sum(i.get('price', 0) for i in d['items'])"),
    "a test": (RENAME, RENAMED, "return [i['name'] for i in d['items'] if 'price' in i]"),
    "a test that it is not there": (RENAME, RENAMED, "return [i['name'] for i in d['items'] if 'price' not in i]"),
    "a pattern": (
        RENAME,
        RENAMED,
        "match d['items'][0]:\n        case {'name': str(name), 'price': int(price)}:\n            return name, price",
    ),
    "a named key": (RENAME, RENAMED, "return d['items'][1][FIELD]"),
    "what a call gives": (RENAME, RENAMED, "return next(iter(d['items']))['price']"),
    "letters of two bytes": (RENAME, RENAMED, "ä = 'ü'; return [ä, d['items'][0]['price']]"),
    "in a record": (WRAP, WRAPPED, "return [i['price'] for i in d['items']]"),
    "get in a record": (WRAP, WRAPPED, "return [i.get('price', 9) for i in d['items']]"),
    "out of its wrapper": (UNWRAP, UNWRAPPED, "return d['state']['note']"),
    "get out of its wrapper": (UNWRAP, UNWRAPPED, "return d.get('state')['note']"),
    "moved up": (MOVE, UNWRAPPED, "return d['state']['note']"),
    "get of what moved up": (MOVE, UNWRAPPED, "return d.get('state', {}).get('note', '')"),
    "a page": (PAGE, PAGED, "return [i['price'] for i in d['items']]"),
    "a page by get": (PAGE, PAGED, "return len(d.get('items', []))"),
    "a page of each": (PAGE_EACH, PAGES, "return [d['by'][k] for k in d['by']]"),
    "all values": (PAGE_EACH, PAGES, "return [len(one) for one in d['by'].values()]"),
    "all items": (PAGE_EACH, PAGES, "return {k: len(one) for k, one in d['by'].items()}"),
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running


@pytest.mark.parametrize(("detour", "later", "body"), CASES.values(), ids=CASES)
def test_patched_code_is_right_before_and_after(engine: Engine, detour: Detour, later: Any, body: str) -> None:
    text = f"FIELD = 'price'  # the sum\ndef asked(d):\n    {body}\n"
    patched = looking_in_both(text, detour, "r.py")
    assert patched != text
    assert patched.startswith("FIELD = 'price'  # the sum\ndef asked(d):\n")
    before, after, right = (
        engine.run(module(code, "r.py"), [Call("asked", Argument(document=json.dumps(document)))])[0].answer
        for code, document in ((patched, OLD), (patched, later), (text, OLD))
    )
    assert right.kind == "value"
    assert (before, after) == (right, right), patched


UNTOUCHED = {
    "another name": "return d['prices']",
    "a write": "d['price'] = 1; return d",
    "a text": "return 'price'",
    "a text with values": "return f\"{d['price']}\"",
    "a slice": "return d['items'][:1]",
}


@pytest.mark.parametrize("body", UNTOUCHED.values(), ids=UNTOUCHED)
def test_what_does_not_read_the_old_place_stays_as_it_is(body: str) -> None:
    text = f"def asked(d):\r\n    {body}\r\n"
    assert looking_in_both(text, RENAME, "r.py") == text


def test_an_inline_function_keeps_its_quotes() -> None:
    patched = looking_in_both("lambda s: s['price']", RENAME)
    assert patched == "lambda s: (s['cost'] if 'cost' in s else s['price'])"
    assert looking_in_both("(s) => s.price", RENAME) == "(s) => s.cost ?? s.price"
