"""The redactor and the scanner take twice as long for twice as much, whatever the form of what they are given."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from driftwright.base.forms import key_form, text_form
from driftwright.base.terms import Area
from driftwright.snapshot.capture.answer import literal, page_policy_text
from driftwright.snapshot.capture.by_hand.fingerprint import shapes_source
from driftwright.snapshot.capture.redactor import redactor_source
from driftwright.snapshot.capture.rekeying import rekeying_call
from kit.canaries import leaks
from kit.examples import NIGHTLY
from kit.long_texts import STORES, TEXTS

pytestmark = pytest.mark.own_engines

SIZE = 400_000 if NIGHTLY else 30_000  # letters
MOST = 2.6  # times as long for twice as much
TRIES = 4  # a busy machine may hurt any of them; what grows with the square of the size fails them all
LONGEST = 10.0  # seconds of the processor, for what would not end
SALT = b"\x07" * 32
LOST: dict[str, Any] = {"fields": {"lines": {"items": {}}, "total": {}, "discount": {}}}
POLICY: dict[str, Any] = {
    "words": ["video"],
    "stores": [
        {"name": "shop", "area": "session", "key": "shop", "rule": {}},
        {"name": "lost", "area": "local", "key": "lost-shop", "rule": LOST},
    ],
}


def _is_linear(work: Callable[[int], Callable[[], object]], size: int = SIZE) -> str:
    """Say nothing where it is, else the ratios that were measured."""
    ratios = []
    works = [work(size), work(2 * size)]
    for _ in range(TRIES):
        little, much = (_seconds(one) for one in works)
        ratios.append(much / little)
        if ratios[-1] <= MOST:
            return ""
        if much > LONGEST:
            break
    return ", ".join(f"{ratio:.1f}" for ratio in ratios)


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()  # of all threads; a machine that does something else does not count
    work()
    return max(time.process_time() - began, 0.001)


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(f"const tool = {redactor_source()}; const shapes = {shapes_source()}; let text; 0")
    return engine


def _redacting(name: str) -> Callable[[int], Callable[[], object]]:
    def work(size: int) -> Callable[[], object]:
        areas = json.dumps([{"area": "session", "entries": STORES[name](size)}])
        page = page_policy_text(POLICY, SALT, [Area.SESSION])
        answer = f"tool.redact({literal(page)}, {literal(areas)})"
        return lambda: _engine().eval(f"{rekeying_call(POLICY, SALT, answer)}.length")

    return work


@pytest.mark.parametrize("name", STORES)
def test_redaction_takes_twice_as_long_for_twice_as_much(name: str) -> None:
    assert _is_linear(_redacting(name)) == ""


@pytest.mark.parametrize("name", ["words as keys", "entries like a lost store", "times"])
def test_so_does_a_fingerprint(name: str) -> None:
    def work(size: int) -> Callable[[], object]:
        stores = json.dumps(POLICY["stores"])
        areas = json.dumps([{"area": "session", "entries": STORES[name](size // 4)}])
        return lambda: _engine().eval(f"JSON.stringify(shapes({stores}, JSON.parse({literal(areas)}))).length")

    assert _is_linear(work) == ""


@pytest.mark.parametrize("name", TEXTS)
def test_so_does_the_form_of_a_text(name: str) -> None:
    def work(size: int) -> Callable[[], object]:
        text = TEXTS[name](size)
        return lambda: [(text_form(text), key_form(text)) for _ in range(5)]

    assert _is_linear(work) == ""


def _encoded(name: str, size: int) -> bytes:
    return TEXTS[name](size).encode("utf-8", "surrogatepass")


BYTES: dict[str, Callable[[int], bytes]] = {
    **{name: partial(_encoded, name) for name in TEXTS},
    "percent signs": lambda size: b"%25" * (size // 3),
    "ampersands": lambda size: b"&amp;" * (size // 5),
    "equals signs": lambda size: b"= " * (size // 2),
    "open tags": lambda size: b"<a " * (size // 3),
    "lines of letters": lambda size: b"ab\n" * (size // 3),
    "lines that break off": lambda size: b"ab\n>>>>>>!" * (size // 10),
    "pairs of hex digits": lambda size: b"ab " * (size // 3),
    "pairs that break off": lambda size: (b"ab " * 3 + b"!") * (size // 10),
    "numbers": lambda size: b"17, " * (size // 4),
    "letters of two bytes": lambda size: b"a\0" * (size // 2),
    "beginnings of packed streams": lambda size: b"\x1f\x8b\x08\x00" * (size // 4),
    "short packed streams": lambda size: zlib.compress(b"a") * (size // 10),
    "a leak, and again": lambda size: b"zofia.kowalczyk@lighthouse.example " * (size // 36),
    "an escaped leak, and again": lambda size: b"zofia.kowalczyk\\u0040lighthouse.example " * (size // 41),
}


@pytest.mark.parametrize("name", BYTES)
def test_so_does_the_scanner_within_one_window(name: str) -> None:
    def work(size: int) -> Callable[[], object]:
        data = BYTES[name](size)
        return lambda: leaks(data)

    assert _is_linear(work) == ""
