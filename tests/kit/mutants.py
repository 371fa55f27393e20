"""Mutants of files: what a person, a merge, a full disk or somebody who means harm makes of one, drawn by a seed."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

DEEP = 3000
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**70), 0.5, -0.0, 1e308),
    *("", " ", "lighthouse", "\x00", "\u202e", "\ud800", "9999-12-31T23:59:59Z", "../../x", "/a/~2", "{}", "[" * 50),
    *([], {}, [[]], [None], {"": None}, {"a": {"a": 1}}, {"__proto__": {"x": 1}}, {"constructor": 7}, ["x"] * 40),
)
ODD_TEXTS = ("NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "01", "'x'", "undefined", '"\\ud800"', "[" * DEEP)
ODD_BYTES = (
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\r\n",
    b'"',
    b"}",
    b"]]",
    b"\\",
    b"\xe2\x80\xae",
    b"\xed\xa0\x80",
    b"#",
)
ODD_TOML = (
    "nan",
    "inf",
    "-inf",
    "true",
    "[]",
    "{}",
    '""',
    "''",
    "[[1], 'x']",
    "1979-05-27T07:32:00Z",
    "0x1F",
    "2" * 30,
)
_ASSIGNED = re.compile(r"^([\w.\"' -]+=)(.*)$", re.MULTILINE)


def mutants(data: bytes, kind: str, seed: str) -> Iterator[bytes]:
    """Yield mutants of a file without an end.

    Args:
        data: The file.
        kind: How it is written: `json`, `toml`, or anything else for bytes and text.
        seed: What the mutants are drawn by: the same ones each time.
    """
    draw = random.Random(seed)  # noqa: S311 - the same every time
    ways: list[Callable[[bytes, random.Random], bytes]] = [_flipped, _cut, _put_in, _doubled, _moved, _taken_out]
    own = {"json": [_valued, _keyed, _spelt], "toml": [_assigned, _lined]}.get(kind, [])
    while True:
        way = draw.choice(own) if own and draw.random() < 0.7 else draw.choice(ways)
        mutant = way(data, draw)
        yield way(mutant, draw) if draw.random() < 0.2 else mutant


def _place(data: bytes, draw: random.Random) -> int:
    return draw.randrange(len(data)) if data else 0


def _flipped(data: bytes, draw: random.Random) -> bytes:
    place = _place(data, draw)
    return data[:place] + bytes([draw.randrange(256)]) + data[place + 1 :]


def _cut(data: bytes, draw: random.Random) -> bytes:
    return data[: _place(data, draw)]


def _put_in(data: bytes, draw: random.Random) -> bytes:
    place = _place(data, draw)
    return data[:place] + draw.choice(ODD_BYTES) * draw.choice((1, 1, 3, 200)) + data[place:]


def _doubled(data: bytes, draw: random.Random) -> bytes:
    start = _place(data, draw)
    piece = data[start : start + draw.randrange(1, 200)]
    return data[:start] + piece + data[start:]


def _moved(data: bytes, draw: random.Random) -> bytes:
    start, to = _place(data, draw), _place(data, draw)
    piece = data[start : start + draw.randrange(1, 60)]
    return data[:to] + piece + data[to + len(piece) :]


def _taken_out(data: bytes, draw: random.Random) -> bytes:
    start = _place(data, draw)
    return data[:start] + data[start + draw.randrange(1, 60) :]


def _spots(value: Any, holder: Any = None, at: Any = None) -> Iterator[tuple[Any, Any]]:
    """Yield every place of a document as the holder and the key or index in it."""
    if holder is not None:
        yield holder, at
    if isinstance(value, dict | list):
        for key, below in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield from _spots(below, value, key)


def _parsed(data: bytes) -> tuple[Any, list[tuple[Any, Any]]]:
    try:
        document = json.loads(data)
        return document, list(_spots(document))
    except (ValueError, RecursionError):
        return None, []


def _written(document: Any) -> bytes:
    return json.dumps(document).encode()


def _valued(data: bytes, draw: random.Random) -> bytes:
    """Put another value, often of another type, at a place of the document."""
    document, spots = _parsed(data)
    if not spots:
        return _written(draw.choice(ODD_VALUES))
    holder, at = draw.choice(spots)
    holder[at] = draw.choice(ODD_VALUES) if draw.random() < 0.8 else draw.choice(spots)[0]
    try:
        return _written(document)
    except (ValueError, RecursionError):  # a circle
        return data


def _keyed(data: bytes, draw: random.Random) -> bytes:
    """Take out, rename or add a key, or double or drop an item."""
    document, spots = _parsed(data)
    if not spots:
        return _cut(data, draw)
    holder, at = draw.choice(spots)
    if isinstance(holder, list):
        if draw.random() < 0.5:
            del holder[at]
        else:
            holder.insert(at, holder[at])
    elif draw.random() < 0.5:
        del holder[at]
    else:
        holder[draw.choice(("", "x", "__proto__", "format", "\ud800", f"{at} "))] = holder[at]
    return _written(document)


def _spelt(data: bytes, draw: random.Random) -> bytes:
    """Write a value as JSON does not, or may not here: beyond numbers, too deep, a key twice."""
    document, spots = _parsed(data)
    if not spots:
        return data
    holder, at = draw.choice(spots)
    kept, mark = holder[at], "its place"
    holder[at] = mark
    text = json.dumps(document)
    twice = f'{{"a": 1, "a": {json.dumps(kept)}}}'
    return text.replace(json.dumps(mark), draw.choice((*ODD_TEXTS, twice)), 1).encode("utf-8", "surrogatepass")


def _assigned(data: bytes, draw: random.Random) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    matches = list(_ASSIGNED.finditer(text))
    if not matches:
        return _put_in(data, draw)
    match = draw.choice(matches)
    value = draw.choice((*ODD_TOML, draw.choice(matches)[2]))
    changed = f"{text[: match.start()]}{match[1]} {value}{text[match.end() :]}"
    return changed.encode("utf-8", "surrogateescape")


def _lined(data: bytes, draw: random.Random) -> bytes:
    lines = data.split(b"\n")
    place = draw.randrange(len(lines))
    match draw.randrange(3):
        case 0:
            del lines[place]
        case 1:
            lines.insert(place, lines[draw.randrange(len(lines))])
        case _:
            lines.insert(place, draw.choice((b"[x]", b"[[state]]", b"[[source]]", b"x = 1", b"[", b"a.b.c = [1,")))
    return b"\n".join(lines)
