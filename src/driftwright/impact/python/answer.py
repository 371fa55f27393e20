"""What a reader in Python answered, as text that tells apart everything that a caller could tell apart by `==`.

The words are those of `javascript/answer.js`, so that one judge takes both.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import json
import math
import re
import traceback
from collections import deque
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from collections.abc import Set as AbstractSet
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

PREVIEW, MESSAGE = 200, 500
_WHOLE = 1e21
"""From here on JavaScript writes whole numbers with an exponent; both languages have one text for one number."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_LISTS = (list, tuple, deque, range, KeysView, ValuesView, ItemsView)
_MOMENTS = (dt.date, dt.time, dt.timedelta, dt.tzinfo)
_CALLED = (FunctionType, BuiltinFunctionType, MethodType, type)
_EMPTY_TEXTS = ("null", '""', "0", "-0", "NaN")

Shape = dict[str, set[str]]


def type_of(value: object) -> str:
    """Return the type of a value, in the words of an `Answer`; NaN and whole numbers are told from other numbers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float, decimal.Decimal, fractions.Fraction)):
        return _type_of_number(value)
    if isinstance(value, str):
        return "string"
    if isinstance(value, _LISTS):
        return "array"
    if isinstance(value, Iterator):
        return "iterator"
    if hasattr(type(value), "__await__"):
        return "promise"
    return "function" if isinstance(value, _CALLED) else "object"


def _type_of_number(value: Any) -> str:
    if isinstance(value, int):
        return "integer"
    if math.isnan(value):
        return "NaN"
    return "integer" if not math.isinf(value) and value == math.floor(value) else "number"


def describe(value: object) -> dict[str, Any]:
    """Return one answer as a plain record for the host, with the members of an `Answer`."""
    shape: Shape = {}
    text = _Writer(shape).written(value, "")
    size = size_of(value)
    return {
        "kind": "value",
        "type": type_of(value),
        "text": text,
        "preview": text[:PREVIEW],
        "empty": text in _EMPTY_TEXTS or size == 0,
        "size": size,
        "shape": {path or "/": sorted(types) for path, types in shape.items()},
    }


def size_of(value: object) -> int | None:
    """Return how many items or keys a value has; None for a scalar."""
    if isinstance(value, (*_LISTS, Mapping, AbstractSet)):
        return len(value)
    return len(_fields(value)) if type_of(value) == "object" and not _is_single(value) else None


def describe_thrown(error: BaseException, own: Callable[[str], str | None]) -> dict[str, Any]:
    """Return what was raised as an answer; an exhausted stack or memory is a stop, for both are the machine's.

    Args:
        error: What was raised.
        own: Returns how messages name a file of the user's code; None for any other file.
    """
    if isinstance(error, RecursionError):
        return stopped("stack")
    if isinstance(error, MemoryError):
        return stopped("memory")
    line = next((f" ({name}:{number})" for name, number in places_of(error, own)), "")
    text = f"{thrown_text(error)[: MESSAGE - len(line)]}{line}"
    return _failed("throws", text)


def thrown_text(error: BaseException) -> str:
    """Return the type and the message of what was raised, on one line."""
    try:
        message = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - foreign code may raise in its turn
        message = "a message that cannot be shown"
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def places_of(error: BaseException, own: Callable[[str], str | None]) -> list[tuple[str, int]]:
    """Return the lines of the user's code in which an error came about, the innermost first."""
    lines = [(own(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    return [(name, line) for name, line in reversed(lines) if name is not None]


def stopped(why: str) -> dict[str, Any]:
    """Return the answer of a call that was cut off."""
    return _failed("stopped", why)


def _failed(kind: str, text: str) -> dict[str, Any]:
    record = {"kind": kind, "type": "", "text": text, "preview": text[:PREVIEW], "empty": False}
    return {**record, "size": None, "shape": {}}


def quoted(text: str) -> str:
    """Return a text as JSON has it, with lone surrogates as escapes."""
    return _SURROGATES.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def _is_single(value: object) -> bool:
    """Whether an object is written as a single text, without parts."""
    return isinstance(value, (*_MOMENTS, enum.Enum, BaseException, bytes, bytearray, complex))


def _fields(value: object) -> dict[str, Any]:
    """Return the parts of an object of any class, by their names."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}
    names = [name for class_ in type(value).__mro__ for name in _slots(class_)]
    fields = {name: getattr(value, name) for name in names if hasattr(value, name)}
    return {**fields, **{str(name): part for name, part in getattr(value, "__dict__", {}).items()}}


def _slots(class_: type) -> Sequence[str]:
    named = class_.__dict__.get("__slots__", ())
    names = [named] if isinstance(named, str) else list(named)
    return [name for name in names if not name.startswith("__")]


def number_text(value: Any) -> str:
    """Return a number as text: one text for numbers that are equal, whatever type they are of."""
    if isinstance(value, float) and value == 0 and math.copysign(1, value) < 0:
        return "-0"
    if isinstance(value, int):
        return str(int(value))
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == math.floor(value) and abs(value) < _WHOLE:
        return str(int(value))
    if isinstance(value, float):
        return repr(float(value))
    return format(value.normalize(), "f") if isinstance(value, decimal.Decimal) else str(value)


class _Writer:
    """Writes one value as text, and notes the types at each path of it."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._above: set[int] = set()

    def written(self, value: object, path: str) -> str:
        kind = type_of(value)
        self._shape.setdefault(path, set()).add(kind)
        match kind:
            case "null":
                return "null"
            case "boolean":
                return "true" if value else "false"
            case "integer" | "number" | "NaN":
                return number_text(value)
            case "string" if isinstance(value, str):
                return quoted(str.__str__(value))  # what it is, whatever a class of its own says
            case "function" | "promise" | "iterator":
                return f"{kind.capitalize()}({quoted(getattr(value, '__name__', type(value).__name__))})"
        if id(value) in self._above:
            return "<cycle>"
        self._above.add(id(value))
        try:
            return self._composite(value, path)
        finally:
            self._above.discard(id(value))

    def _composite(self, value: Any, path: str) -> str:
        if isinstance(value, _LISTS):
            return f"[{','.join(self.written(item, f'{path}/[]') for item in value)}]"
        if isinstance(value, AbstractSet):
            return f"Set[{','.join(sorted(self.written(item, f'{path}/[]') for item in value))}]"
        if isinstance(value, Mapping):
            return self._mapping(value, path)
        single = _single_text(value)
        return self._mapping(_fields(value), path) if single is None else single

    def _mapping(self, value: Mapping[Any, Any], path: str) -> str:
        is_record = all(isinstance(key, str) for key in value)
        parts = []
        for key, part in value.items():
            name = quoted(key) if is_record else _Writer({}).written(key, "")
            parts.append((name, self.written(part, f"{path}/{{}}")))
        sign = ":" if is_record else "=>"
        inner = ",".join(f"{name}{sign}{text}" for name, text in sorted(parts))
        return f"{{{inner}}}" if is_record else f"Map{{{inner}}}"


def _single_text(value: object) -> str | None:
    """Return the text of an object without parts, such as a date; None for an object that is written by its parts."""
    match value:
        case dt.date() | dt.time():
            return f"Date({value.isoformat()})"
        case enum.Enum():
            return f"{type(value).__name__}.{value.name}"
        case BaseException():
            return f"Error({quoted(thrown_text(value))})"
        case bytes() | bytearray():
            return f"Bytes[{value.hex()}]"
        case dt.timedelta() | dt.tzinfo() | complex():
            return f"{type(value).__name__}({value})"
    return None
