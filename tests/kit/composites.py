"""Texts put together from words, ids and what somebody wrote or is, in every script and form; and places for them."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

Draw = random.Random

# First and last letter of the alphabets, syllabaries and rows of signs, and of digits that are not ASCII.
_LETTERS: Mapping[str, tuple[int, int]] = {
    "latin with marks": (0x00E0, 0x00F6),
    "latin extended": (0x0101, 0x017F),
    "greek": (0x03B1, 0x03C9),
    "cyrillic": (0x0430, 0x044F),
    "armenian": (0x0561, 0x0586),
    "hebrew": (0x05D0, 0x05EA),
    "arabic": (0x0627, 0x063A),
    "devanagari": (0x0905, 0x0939),
    "bengali": (0x0985, 0x098C),
    "tamil": (0x0B85, 0x0B8A),
    "thai": (0x0E01, 0x0E2E),
    "georgian": (0x10D0, 0x10F0),
    "hangul": (0xAC00, 0xD7A3),
    "hiragana": (0x3041, 0x3096),
    "katakana": (0x30A1, 0x30FA),
    "han": (0x4E00, 0x9FA5),
    "han beyond the first plane": (0x20000, 0x2A6DF),
    "emoji": (0x1F600, 0x1F64F),
    "pictures": (0x1F300, 0x1F5FF),
    "letters for formulas": (0x1D400, 0x1D433),
    "full-width letters": (0xFF41, 0xFF5A),
    "letters in circles": (0x24D0, 0x24E9),
    "private letters": (0xE000, 0xE0FF),
    "arabic digits": (0x0660, 0x0669),
    "persian digits": (0x06F0, 0x06F9),
    "devanagari digits": (0x0966, 0x096F),
    "thai digits": (0x0E50, 0x0E59),
    "full-width digits": (0xFF10, 0xFF19),
    "digits for formulas": (0x1D7CE, 0x1D7D7),
    "roman digits": (0x2160, 0x216B),
}
_ASCII = ("plain digits", "phone", "plain name", "mail", "percent", "punycode")
SCRIPTS = (*_LETTERS, *_ASCII)
_WORDS = ("user", "order", "item", "account", "message", "id", "draft", "Video", "owner", "itemId", "v2", "level1")
_JOINTS = ("-", "_", ".", ":", "/", "", "--", "_-", "@", "|", " ", "=", "#", "%", "~", "+", ",", "$", "\u200d")


def secret(script: str, draw: Draw) -> str:
    """Draw what nobody but its owner may see, long enough that no other text holds it by chance."""
    if script in _LETTERS:
        first, last = _LETTERS[script]
        return "".join(chr(draw.randint(first, last)) for _ in range(draw.randint(8, 12)))
    match script:
        case "plain digits":
            return str(draw.randrange(10**9, 10 ** draw.randint(10, 20)))
        case "phone":
            return f"49{draw.randrange(10**9, 10**10)}"
        case "plain name":
            return "".join(draw.choice("bcdfgklmnprstvz") + draw.choice("aeiouy") for _ in range(5))
        case "mail":
            return f"{secret('plain name', draw)}@{secret('plain name', draw)}.example"
        case "percent":
            return quote(secret("cyrillic", draw))
        case _:
            return f"xn--{secret('cyrillic', draw).encode('punycode').decode()}"


def _id(draw: Draw) -> str:
    kind = draw.randrange(4)
    if kind == 0:
        return str(uuid.UUID(int=draw.getrandbits(128), version=4))
    if kind == 1:
        return f"{draw.getrandbits(64):016x}"
    return str(draw.randrange(10**7, 10**12)) if kind == 2 else f"2026{draw.randrange(1000, 9999)}"


@dataclass(frozen=True, slots=True)
class Composite:
    """A text, what in it must be hidden, and the script of that."""

    text: str
    secret: str
    script: str


def composite(script: str, draw: Draw) -> Composite:
    """Put a secret together with words that a program uses, with ids and with what joins them."""
    hidden = secret(script, draw)
    parts = [hidden, *(draw.choice((_id(draw), draw.choice(_WORDS))) for _ in range(draw.randint(1, 4)))]
    draw.shuffle(parts)
    text = parts[0]
    for part in parts[1:]:
        text += draw.choice(_JOINTS) + part
    return Composite(text, hidden, script)


# A document with the text at one place each, under the rules of `RULE`.
PLACES: Mapping[str, Callable[[str], Any]] = {
    "value": lambda text: {"items": [text]},
    "value of a field": lambda text: {"note": text},
    "value that is an id": lambda text: {"owner": text},
    "name": lambda text: {text: 1},
    "name of a record": lambda text: {"extra": {text: {"label": "x"}}},
    "key of a map": lambda text: {"byId": {text: {"n": 1}}},
    "key of a map, of another kind": lambda text: {"byId": {text: [1, "two"]}},
    "text that is JSON": lambda text: {"note": json.dumps({text: [text]})},
    "list of lists": lambda text: [[text, {"value": [text]}]],
}
RULE: Mapping[str, Any] = {
    "fields": {
        "owner": {"redact": "pseudonym", "types": ["string"]},
        "byId": {"values": {"fields": {"n": {"redact": "keep", "types": ["integer"]}}, "types": ["object"]}},
    }
}
