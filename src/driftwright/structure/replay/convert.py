"""Conversions of single values, such as a flag to a text, a text to an object, a time to an epoch."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from math import isfinite, log10
from typing import Any
from urllib.parse import quote, unquote
from zlib import crc32

from driftwright.base.instants import EPOCH_DIGITS, time_of_epoch
from driftwright.base.jsontext import parse_text
from driftwright.structure.change.durations import write_duration
from driftwright.structure.change.notation import Notation

Conversion = Callable[[Any], Any]
_PLAIN_IN_URLS = "!~*'()"
"""What `encodeURIComponent` leaves as it is, beside letters, digits and `_.-`."""


def conversions(params: Mapping[str, Any]) -> tuple[Conversion, ...]:
    """Return the conversions that a change may mean: each possible one where the capture allows several.

    Args:
        params: The parameters of the change; `as` is the type or form of the result.
    """
    field = params.get("field")
    if params.get("from") == "object" and field:
        plain = {**params, "from": "", "field": ""}
        return tuple(_convert_field(str(field), conversion) for conversion in conversions(plain))
    in_place = _convert_in_place(params)
    if in_place is not None:
        return (in_place,)
    match params["as"]:
        case "list":
            return (lambda value: [value],)
        case "string":
            form = _time_form(params)
            return tuple(_convert_time(form, _convert_to_text(first, second)) for first, second in _flag_words(params))
        case "integer" | "number":
            return (_convert_to_number(params),)
        case "boolean":
            if params.get("only") is False and params.get("share", 1.0) < 1.0:
                # Where some are false now and the others are as they were, it is those that said no before.
                return (lambda value: value or False,)
            return (lambda value: bool(value) and value not in ("false", "0"),)
        case "object":
            return (_convert_to_object(params),)
        case "array":
            return (_convert_to_array(params.get("item")),)
        case _:
            return (lambda _: None,)


def _convert_in_place(params: Mapping[str, Any]) -> Conversion | None:
    """Return the conversion of a value to one of the same type; None when the type changes."""
    match params["as"]:
        case "constant":
            return lambda value: value if value is None else params["value"]
        case "empty":
            return lambda value: "" if isinstance(value, str) else value
        case "words":
            return _convert_words(params["words"])
        case "part":
            part, now = str(params["part"]), str(params["now"])
            return lambda value: value.replace(part, now, 1) if isinstance(value, str) else value
        case "duration":
            return _convert_duration(str(params["before"]), str(params["after"]))
        case "notation":
            factor = float(params.get("factor", 1.0))
            return _convert_notation(Notation.read(params["before"]), Notation.read(params["after"]), factor)
        case "base64":
            return lambda value: b64encode(value.encode()).decode() if isinstance(value, str) else value
        case "percent":
            return lambda value: quote(value, safe=_PLAIN_IN_URLS) if isinstance(value, str) else value
        case "percent-decoded":
            return lambda value: unquote(value) if isinstance(value, str) else value
        case "scale":
            return _convert_scale(float(params["factor"]))
        case "form":
            return _convert_form(str(params["form"]))
    return None


def _convert_words(words: Mapping[str, Any]) -> Conversion:
    """Convert a word, or the first word of a list, to the value that replaced it."""

    def convert(value: Any) -> Any:
        word = value[0] if isinstance(value, list) and value else value
        return words[word] if isinstance(word, str) and word in words else value

    return convert


def _convert_duration(before: str, after: str) -> Conversion:
    return lambda value: write_duration(value, before, after) if isinstance(value, str) else value


def _convert_notation(before: Notation, after: Notation, factor: float) -> Conversion:
    """Convert a number that is written in one notation to the same number in another one, perhaps in another unit."""

    def convert(value: Any) -> Any:
        number = before.number(value) if isinstance(value, str) else None
        return value if number is None else after.text(number * factor)

    return convert


def _convert_field(field: str, conversion: Conversion) -> Conversion:
    """Convert an object to the converted value of one of its fields."""
    return lambda value: conversion(value.get(field)) if isinstance(value, dict) else value


def _flag_words(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the texts for true and false; both orders when the words do not show which is which."""
    words = [word for word in params.get("words", ()) if word]
    if params.get("from") != "boolean" or set(map(str.lower, words)) <= {"true", "false"}:
        return (("true", "false"),)
    if len(words) == 2:  # noqa: PLR2004 - two words for two values
        return ((words[0], words[1]), (words[1], words[0]))
    first = words[0] if words else "yes"
    return ((first, first),) if words else (("yes", "no"), ("true", "false"))


def _convert_to_text(true: str, false: str) -> Conversion:
    def convert(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, bool):
            return true if value else false
        if isinstance(value, str):
            return value
        # As JSON writes it, at a tenth of the time: thousands of numbers are converted.
        return repr(value) if isinstance(value, (int, float)) else json.dumps(value, separators=(",", ":"))

    return convert


def _time_form(params: Mapping[str, Any]) -> str:
    """Return the form of the times that numbers became; empty when the texts are no times."""
    forms = set(params.get("forms", ())) - {"empty"}
    only = next(iter(forms)) if len(forms) == 1 else ""
    return only if params.get("from") in ("integer", "number") and only in _FORMS and only != "digits" else ""


def _convert_time(form: str, otherwise: Conversion) -> Conversion:
    """Convert a number that is an epoch to a time of that form, anything else with `otherwise`."""

    def convert(value: Any) -> Any:
        time = time_of_epoch(value) if form else None
        return otherwise(value) if time is None else _FORMS[form](time)

    return convert


def _convert_to_number(params: Mapping[str, Any]) -> Conversion:
    fraction = params["as"] == "number"

    def convert(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, (int, float)):
            return _to_fraction(value, params) if fraction else value
        if isinstance(value, str):
            return _parse_number(value, params)
        return 1

    return convert


def _to_fraction(value: float, params: Mapping[str, Any]) -> float:
    """Return a whole number as a fraction: in a larger unit when the maxima differ by powers of 10, else not whole."""
    was, high = float(params.get("was") or 0), float(params.get("high") or 1)
    powers = round(log10(was / high)) if was > high > 0 else 0
    if powers:
        return value / float(10**powers)
    if float(high) <= 1 < was:
        return value / was
    return value / 100 if float(high) <= 1 < abs(value) else value + 0.5


def _parse_number(text: str, params: Mapping[str, Any]) -> Any:
    time = _parse_time(text)
    if time is not None:
        return _epoch_of_time(time, float(params.get("high") or 0))
    with suppress(ValueError, OverflowError):
        number = float(text) if "." in text else int(text)
        if isfinite(number):
            return number
    # Nobody knows which number an id became; a reader can only rely on equal ids staying equal.
    return sum(ord(char) * 31**place for place, char in enumerate(text[:9]))


def _epoch_of_time(time: datetime, magnitude: float) -> int:
    ticks = next((ticks for least, ticks in EPOCH_DIGITS if magnitude >= least), 1e3)
    return int(time.timestamp() * ticks)


def _parse_time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    # Without a zone it is not this machine's: the same change must mean the same everywhere.
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _convert_to_array(item: str | None) -> Conversion:
    def convert(value: Any) -> Any:
        if value is None:
            return []
        # A text that holds a list is that list in another coding.
        held = parse_text(value) if isinstance(value, str) else None
        return held if isinstance(held, list) else [{item: value} if item else value]

    return convert


def _convert_to_object(params: Mapping[str, Any]) -> Conversion:
    field = params.get("field") or "value"
    others = [name for name in params.get("fields", ()) if name != field]

    def convert(value: Any) -> Any:
        if value is None and params.get("null"):
            return None
        # A text that holds an object is that object in another coding.
        held = parse_text(value)
        is_coded = isinstance(value, str) and isinstance(held, dict)
        return held if is_coded else {field: value, **dict.fromkeys(others)}

    return convert


def _convert_scale(factor: float) -> Conversion:
    def convert(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return value
        scaled = value * factor
        if not isfinite(scaled):
            return value
        return int(scaled) if float(scaled).is_integer() else scaled

    return convert


_FORMS: Mapping[str, Callable[[datetime], str]] = {
    "time-local": lambda time: time.strftime("%Y-%m-%dT%H:%M:%S"),
    "time-offset": lambda time: time.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
    "time-utc": lambda time: time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z",
    "date": lambda time: time.strftime("%Y-%m-%d"),
    "local-date": lambda time: time.strftime("%d/%m/%Y, %H:%M:%S"),
    "digits": lambda time: str(int(time.timestamp() * 1000)),
}


def _convert_form(form: str) -> Conversion:
    def convert(value: Any) -> Any:
        if not isinstance(value, str) or not value:
            return value
        time = _parse_time(value)
        if time is not None and form in _FORMS:
            return _FORMS[form](time)
        return _rewrite_text(value, form)

    return convert


def _rewrite_text(value: str, form: str) -> str:
    match form:
        case "hex":
            return value.replace("-", "")
        case "blob":
            return f"blob:{value}"
        case "path":
            # What is no address may be an id: its parts are gone as well, and equal ids stay equal.
            return value.partition("://")[2].partition("/")[2] or f"x/{crc32(value.encode('utf-8', 'replace'))}"
        case "digits":
            return "".join(str(ord(char) % 10) for char in value)
        case _:
            return f"x:{value}"
