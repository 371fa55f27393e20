"""Long texts of every form that a redactor or a scanner tells apart, and what lets a careless pattern go back."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Mapping
from functools import partial

_HEX = "0123456789abcdef"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
Entries = list[list[str]]


def _drawn(letters: str, size: int) -> str:
    return "".join(random.Random(1).choices(letters, k=size))  # noqa: S311 - a longer one begins like a shorter one


# Size -> a text of about so many letters.
TEXTS: Mapping[str, Callable[[int], str]] = {
    "token": lambda size: _drawn(_LETTERS, size),
    "hex": lambda size: _drawn(_HEX, size),
    "digits": lambda size: "1" + _drawn("0123456789", size),
    "noughts": lambda size: "0" * size,
    "digits and a letter": lambda size: "1" * size + "x",
    "digits, point, digits and a letter": lambda size: "1" * (size // 2) + "." + "1" * (size // 2) + "x",
    "digits, power and a letter": lambda size: "1" * (size // 2) + "e" + "1" * (size // 2) + "x",
    "word": lambda size: "a" * size,
    "word and digits": lambda size: "a" * (size // 2) + "1" * (size // 2) + " ",
    "path": lambda size: "a/" * (size // 2),
    "path that ends wrongly": lambda size: "a/" * (size // 2) + "/",
    "address": lambda size: "https://" + "a" * size,
    "address of marks": lambda size: "https://a/" + "?#" * (size // 2),
    "scheme": lambda size: "a" * size + ":",
    "blanks before": lambda size: " " * size + "x",
    "blanks between": lambda size: "x" + " " * size + "x",
    "brackets": lambda size: "[" * size,
    "braces": lambda size: "{" + "}" * size + "x",
    "ids in a row": lambda size: "5f0f2c1e-9a51-4c7e-8a77-0d9f3a6b1c22" * (size // 36),
    "halves of ids": lambda size: "5f0f2c1e-" * (size // 9),
    "fraction of a second": lambda size: "2026-01-01T00:00:00." + "1" * size,
    "letters with marks": lambda size: "\u00e9" * size,
    "pictures": lambda size: "\U0001f600" * (size // 2),
    "halves of pictures": lambda size: "\ud800" * size,
    "underlines": lambda size: "_" * size + "!",
    "backslashes": lambda size: "\\" * size + "q",
    "JSON in text": lambda size: json.dumps(["abc 1"] * (size // 9)),
    "JSON in text in text": lambda size: json.dumps(json.dumps(json.dumps(["a b"] * (size // 15)))),
}

Text = Callable[[int], str]


def _store(document: object) -> Entries:
    return [["shop", json.dumps(document)]]


def _lost(before: str) -> Entries:
    return [[f"{before}:lost-shop", '{"lines":[1],"total":1,"discount":2}']]


def _value(text: Text, size: int) -> Entries:
    return _store([text(size)])


def _key(text: Text, size: int) -> Entries:
    return [[text(size), "1"]]


# Size -> the entries of a storage with about so many letters.
STORES: Mapping[str, Callable[[int], Entries]] = {
    "dates that look alike, as keys": lambda size: _store(
        {f"{1 + number % 31}.{1 + number // 31 % 12}.{1000 + number // 372}": 1 for number in range(size // 20)}
    ),
    "spellings of one instant, as keys": lambda size: _store(
        {
            f"2026-01-01T00:00:00.{'0' * (1 + number % 20)}+{number // 2000 % 100:02}:{number // 20 % 100:02}": 1
            for number in range(size // 40)
        }
    ),
    "numbers as keys": lambda size: _store({str(number): 1 for number in range(size // 12)}),
    "words as keys": lambda size: _store({f"anna{number:06}": 1 for number in range(size // 15)}),
    "a long name": lambda size: _store({"1" * size + "x": 1}),
    "a long name of words": lambda size: _store({"video" * (size // 5): 1}),
    "times": lambda size: _store(
        [
            f"20{10 + number % 89}-01-{10 + number % 17}T00:{10 + number % 49}:{10 + number % 47}Z"
            for number in range(size // 24)
        ]
    ),
    "numbers": lambda size: _store([number * 7919 % 999_983 for number in range(size // 9)]),
    "entries": lambda size: [[f"k{number}", '{"a":1}'] for number in range(size // 12)],
    "entries like a lost store": lambda size: [
        [f"lost-shop{number}", '{"lines":[],"total":1}'] for number in range(size // 35)
    ],
    "a key of underlines": lambda size: _lost("a" + "_" * size + "!"),
    "a key of colons": lambda size: _lost(":" * size),
    "a key of words": lambda size: _lost("ab:" * (size // 3)),
    "a key of hex digits": lambda size: _lost(_drawn(_HEX, size)),
    "base64": lambda size: [["shop", "ab+/" * (size // 4)]],
    "packed JSON": lambda size: [["shop", base64.b64encode(json.dumps(["a b"] * (size // 8)).encode()).decode()]],
    "units of 16 bits": lambda size: [["shop", "\u8123" * size]],
    "lists in lists": lambda size: [["shop", "[" * (size // 2) + "]" * (size // 2)]],
    **{f"a text: {name}": partial(_value, text) for name, text in TEXTS.items()},
    **{f"a key: {name}": partial(_key, text) for name, text in TEXTS.items()},
}
