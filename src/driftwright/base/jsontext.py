"""Parse JSON text within bounds, with a fault that names the place, and write it."""

from __future__ import annotations

import codecs
import gc
import json
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.files import read_bounded, text_of

MAX_BYTES = 64 * 1024 * 1024
ONE_DOCUMENT = ".json"  # how the name of a file ends that is one document, and not lines of JSON
MAX_DEPTH = 144  # a capture looks 128 deep, and its file puts a little around what it saw
MAX_NODES = 5_000_000
MAX_DIGITS = 400

_HOLDERS = frozenset({dict, list})

_NOT_NODES = bytes(sorted(set(range(256)) - set(b"[{,")))
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_BRACKETS = (b"{}", b"[]")
_NOT_BOUNDS = bytes(sorted(set(range(256)) - set(b'[]{}"')))
_SPACE = b" \t\r\n"
_APART = tuple(bytes((blank,)) + b":" for blank in _SPACE)
_INDENT = b"\n" + b"  " * MAX_DEPTH
_INDENTED = 320 * 2**20 // len(_INDENT)  # so many may be written indented: 320 MiB at the worst
_HEAD = 1 << 20  # bytes in which the first two lines of many lie
_MOST_WRITTEN = 12
"""So many times the text of a document is written at most, to see how deep it nests."""
_MEND = "it may be cut short or written by hand; export it again"


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the cyclic collector and restore its state afterwards; within another pause it changes nothing.

    Parsed JSON holds no cycles, yet each batch of new objects makes the collector walk all that were there before:
    a third of the time of parsing and folding, and of judging large documents.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def parse_text(value: Any) -> Any:
    """Return the object or list that a JSON text holds; any other value as it is."""
    if not isinstance(value, str) or not value.strip().startswith(("{", "[")):
        return value
    try:
        return parse_json(value.encode(), "embedded text")
    except (InputFault, UnicodeError):
        return value  # too deep, too large or not JSON: it stays a text


def parse_json_file(file: File) -> Any:
    """Parse a JSON file the user named.

    Raises:
        InputFault: Missing, empty, too large, truncated or not JSON.
    """
    return parse_json(read_bytes(file), str(file))


def parse_logged_file(file: File) -> Any:
    """Parse what a client logged: a `.json` file is one document, any other lines of JSON, which make a list.

    Raises:
        InputFault: As for `parse_json`; the place of a line that is no JSON is its number.
    """
    if file.suffix == ONE_DOCUMENT:
        return parse_json_file(file)
    records = []
    lines = read_bytes(file).split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            records.append(parse_json(line, str(file)))
        except InputFault as fault:
            if number == len(lines):
                break  # not ended: it is still being written
            raise InputFault("a line that is no JSON", str(file), f"{number}:1", fault.mend) from None
    return records


def checked_document(value: Any, name: str) -> Any:
    """Return a JSON value that a caller made, as it would be read from a file: nothing shared with the caller's.

    Args:
        value: Objects, lists, texts, numbers, booleans and None.
        name: How messages name it.

    Raises:
        InputFault: It holds something else, or is larger or deeper than a file may be.
    """
    try:
        text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        problem = f"not a JSON document ({type(error).__name__})"
        raise InputFault(problem, name, "", "give objects, lists, texts, finite numbers, booleans and None") from None
    return parse_json(text.encode(), name)


def read_bytes(file: File) -> bytes:
    """Read a file the user named, as bytes.

    Raises:
        InputFault: Missing, a folder, unreadable or larger than `MAX_BYTES`.
    """
    return read_bounded(file, MAX_BYTES)


def parse_json(data: bytes, file: str) -> Any:
    """Parse JSON bytes; orjson first, the standard library where a lone surrogate or a fault's place needs it.

    Raises:
        InputFault: Empty, truncated, nested too deeply, too many values, not JSON, or a value that no page could write;
            the place is `line:column` or a JSON Pointer.
    """
    import orjson

    data = data.removeprefix(codecs.BOM_UTF8)
    if not data or data.isspace():
        raise InputFault("empty", file, "", "capture or export it again")
    if may_hold(data, MAX_NODES):
        raise InputFault(f"more than {MAX_NODES:,} values", file, "", "cut it down to what is needed")
    try:
        with collector_paused():
            value = orjson.loads(data)
            if _too_nested(value, data):
                raise _too_deep(file)
            if _is_unambiguous(value, data):
                return value
            keys = _measure(value)[1]
    except orjson.JSONDecodeError:
        return _parse_strictly(data, file)
    # Each key of the text must have become one of the value; text that holds JSON counts too much, and is looked at.
    plain = keys == data.count(b'":') and not any(mark in data for mark in _APART)
    return value if plain else _parse_strictly(data, file)


def parse_plain_json(data: bytes) -> Any:
    """Parse JSON bytes that, but for white space, are equal to the JSON text of their value, within `MAX_DEPTH`.

    Raises:
        ValueError: They are not equal, yet they may be JSON: ask `strict_json`.
    """
    import orjson

    with collector_paused():
        value = orjson.loads(data)
        if _too_nested(value, data) or not _is_unambiguous(value, data):
            raise ValueError
        return value


def may_hold(data: bytes, values: int) -> bool:
    """Whether JSON bytes may hold more than so many values; commas and brackets within texts are counted too.

    There is no value beyond the first without a bracket or a comma before it, nor one with less than two bytes.
    """
    return len(data) // 2 >= values and len(data.translate(None, _NOT_NODES)) >= values


def _is_unambiguous(value: Any, data: bytes) -> bool:
    """Whether the JSON text of a value is the text it was parsed from, but for white space.

    Then no key of the text was lost to another one of its name, and no number was changed.
    """
    import orjson

    if b"\\" in data and b"\\u" in data:  # as the standard library writes what is not ASCII
        text = json.dumps(value, separators=(",", ":")).encode()
    else:
        text = orjson.dumps(value)
    # No two tokens of JSON need white space between them, and no escape holds any: compare without it.
    return text == data or text.translate(None, _SPACE) == data.translate(None, _SPACE)


def _too_nested(value: Any, data: bytes) -> bool:
    """Whether a value nests deeper than `MAX_DEPTH`. All other code walks values by recursion."""
    import orjson

    if _is_surely_shallow(data):
        return False
    waiting = [(value, data, MAX_DEPTH)]
    left = _MOST_WRITTEN * len(data)
    try:
        while waiting:
            part, text, most = waiting.pop()
            left -= len(text)
            if type(part) not in _HOLDERS:
                continue
            if most == 0 or left < 0:
                return most == 0 or _measure(value)[0]
            if may_hold(text, _INDENTED):
                if len(part) > 1:
                    waiting += [(half, orjson.dumps(half), most) for half in _halves(part)]
                else:  # all of its text but a few letters is that of what it holds
                    waiting += [(held, text, most - 1) for held in (part.values() if type(part) is dict else part)]
            # No text holds a line break as it is: so many blanks behind one are the indent of something so deep.
            elif _INDENT[: 1 + 2 * most] in orjson.dumps(part, option=orjson.OPT_INDENT_2):
                return _measure(value)[0]
    except TypeError:  # deeper than it can write
        return True
    return False


def _is_surely_shallow(data: bytes) -> bool:
    """Whether JSON bytes surely nest no deeper than `MAX_DEPTH`; of a few deep ones, and of odd texts, it cannot tell.

    Only brackets and quotes are kept, and pairs without anything between are taken out, until nothing is left. Between
    a bracket of the structure and one within a text lies an odd number of quotes, so no such two are ever a pair; and
    one pass takes out no more than one level.
    """
    if b"\\" in data:  # what is escaped ends no text
        data = _ESCAPED.sub(b"", data)
    left = data.translate(None, _NOT_BOUNDS)
    for _ in range(MAX_DEPTH // len(_BRACKETS)):
        before = len(left)
        for pair in (b'""', *_BRACKETS):
            left = left.replace(pair, b"")
        if len(left) in (0, before):
            break
    return not left


def _halves(part: Any) -> list[Any]:
    """Return the two halves of a list or an object."""
    half = len(part) // 2
    if type(part) is list:
        return [part[:half], part[half:]]
    pairs = list(part.items())
    return [dict(pairs[:half]), dict(pairs[half:])]


def _measure(value: Any) -> tuple[bool, int]:
    """Return whether a value nests deeper than `MAX_DEPTH`, and how many keys it holds."""
    holders = [value] if type(value) in _HOLDERS else []
    keys = 0
    for _ in range(MAX_DEPTH + 1):
        if not holders:
            return False, keys
        records = [item for item in holders if type(item) is dict]
        lists = [item for item in holders if type(item) is list]
        keys += sum(map(len, records))
        below = chain(chain.from_iterable(map(dict.values, records)), chain.from_iterable(lists))
        holders = [item for item in below if type(item) in _HOLDERS]
    return True, keys


def _too_deep(file: str) -> InputFault:
    return InputFault(f"nested deeper than {MAX_DEPTH}", file, "", "no store nests like this; check the file")


def _parse_strictly(data: bytes, file: str) -> Any:
    text = text_of(data, file)
    if _is_json_lines(data):
        mend = "give one of them, or make them a list, as `jq -s .` does"
        raise InputFault("several JSON documents, one a line", file, "2:1", mend)
    return strict_json(text, file, _MEND)


def _is_json_lines(data: bytes) -> bool:
    """Whether each of the first two lines is a whole JSON object or list."""
    lines = [line for line in data[:_HEAD].splitlines() if line.strip()][:2]
    return len(lines) > 1 and all(_is_holder(line) for line in lines)


def _is_holder(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), (dict, list))
    except (ValueError, RecursionError):
        return False


@dataclass(frozen=True, slots=True)
class _Refused:
    """Stands in a parsed document for something that a page cannot write as JSON."""

    why: str


class _Strict:
    """Hooks for the parser; after a refused value the parser goes on, so that its place can be found afterwards."""

    def __init__(self) -> None:
        self.refused = False

    def record(self, pairs: list[tuple[str, Any]]) -> Any:
        fields = dict(pairs)
        return fields if len(fields) == len(pairs) else self._refuse("an object names a key twice")

    def number(self, digits: str) -> Any:
        if len(digits) > MAX_DIGITS:
            return self._refuse(f"a number of more than {MAX_DIGITS} digits")
        if not math.isfinite(float(digits)):
            return self._refuse("a number too large for JSON of a page")
        return float(digits) if any(mark in digits for mark in ".eE") else int(digits)

    def constant(self, name: str) -> _Refused:
        return self._refuse(f"{name} is not JSON")

    def _refuse(self, why: str) -> _Refused:
        self.refused = True
        return _Refused(why)


def strict_json(text: str, file: str, mend: str) -> Any:
    """Parse JSON that a page could have written: every key once, every number a finite one.

    Args:
        text: The JSON text.
        file: The file it came from, for messages.
        mend: What to do when it holds something else.

    Raises:
        InputFault: It is not JSON, or it holds something else; the place is `line:column` or a JSON Pointer.
    """
    strict = _Strict()
    try:
        value = json.loads(
            text,
            object_pairs_hook=strict.record,
            parse_constant=strict.constant,
            parse_int=strict.number,
            parse_float=strict.number,
        )
    except json.JSONDecodeError as error:
        # The parser's own sentence names no content, only what it expected.
        raise InputFault(f"not JSON ({error.msg})", file, f"{error.lineno}:{error.colno}", mend) from None
    except RecursionError:
        raise _too_deep(file) from None
    if _measure(value)[0]:
        raise _too_deep(file)
    if strict.refused:
        place, first = next(_refusals(value))
        raise InputFault(first.why, file, place, mend)
    return value


def _refusals(value: Any, place: str = "") -> Iterator[tuple[str, _Refused]]:
    if isinstance(value, _Refused):
        yield place or "/", value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _refusals(below, f"{place}/{_pointer(key)}")
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _refusals(below, f"{place}/{index}")


def _pointer(key: str) -> str:
    return key[:80].replace("~", "~0").replace("/", "~1")


def json_text(value: Any) -> str:
    """Return a JSON value as compact text, key order kept; lone surrogates survive as escapes."""
    import orjson

    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, separators=(",", ":"))
