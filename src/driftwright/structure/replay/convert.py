"""Conversions of single values: how a flag becomes a text, a text an object, a time an epoch."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from math import log10
from typing import Any

Conversion = Callable[[Any], Any]

_EPOCH_DIGITS = ((1e15, 1e6), (1e12, 1e3), (1e8, 1.0))
"""Magnitudes that tell epoch microseconds, milliseconds and seconds apart, with ticks a second."""


def conversions(params: Mapping[str, Any]) -> tuple[Conversion, ...]:
    """Return the conversions that a change may stand for; where the capture leaves it open, each possible one."""
    field = params.get("field")
    if params.get("from") == "object" and field:
        plain = {**params, "from": "", "field": ""}
        return tuple(_of_field(str(field), conversion) for conversion in conversions(plain))
    match params["as"]:
        case "empty":
            return (lambda value: "" if isinstance(value, str) else value,)
        case "words":
            return (_worded(params["words"]),)
        case "scale":
            return (_scaled(float(params["factor"])),)
        case "form":
            return (_reformed(str(params["form"])),)
        case "list":
            return (lambda value: [value],)
        case "string":
            written = _time_form(params)
            return tuple(_timed(written, _text(first, second)) for first, second in _words(params))
        case "integer" | "number":
            return (_number(params),)
        case "boolean":
            return (lambda value: bool(value) and value not in ("false", "0"),)
        case "object":
            return (_object(params),)
        case "array":
            item = params.get("item")
            return (lambda value: [] if value is None else [{item: value} if item else value],)
        case _:
            return (lambda _: None,)


def _worded(words: Mapping[str, Any]) -> Conversion:
    """What is one of the words, or a list that begins with one, is what took its place."""

    def convert(value: Any) -> Any:
        word = value[0] if isinstance(value, list) and value else value
        return words[word] if isinstance(word, str) and word in words else value

    return convert


def _of_field(field: str, conversion: Conversion) -> Conversion:
    """The plain value is what one field of the object was."""
    return lambda value: conversion(value.get(field)) if isinstance(value, dict) else value


def _words(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The texts that true and false became: both ways round when the words do not tell."""
    words = [word for word in params.get("words", ()) if word]
    if params.get("from") != "boolean" or set(map(str.lower, words)) <= {"true", "false"}:
        return (("true", "false"),)
    if len(words) == 2:  # noqa: PLR2004 - two words for two values
        return ((words[0], words[1]), (words[1], words[0]))
    first = words[0] if words else "yes"
    return ((first, first),) if words else (("yes", "no"), ("true", "false"))


def _text(true: str, false: str) -> Conversion:
    def convert(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, bool):
            return true if value else false
        return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))

    return convert


def _time_form(params: Mapping[str, Any]) -> str:
    """The form of the times that numbers became; empty when the texts are no times."""
    forms = set(params.get("forms", ())) - {"empty"}
    only = next(iter(forms)) if len(forms) == 1 else ""
    return only if params.get("from") in ("integer", "number") and only in _FORMS and only != "digits" else ""


def _timed(form: str, otherwise: Conversion) -> Conversion:
    """A number that is an epoch, as a time in words; anything else as text."""

    def convert(value: Any) -> Any:
        moment = _instant(value) if form else None
        return otherwise(value) if moment is None else _FORMS[form](moment)

    return convert


def _instant(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    ticks = next((ticks for least, ticks in _EPOCH_DIGITS if least <= value < least * 1e4), 0.0)
    return datetime.fromtimestamp(value / ticks, UTC) if ticks else None


def _number(params: Mapping[str, Any]) -> Conversion:
    fraction = params["as"] == "number"

    def convert(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, (int, float)):
            return _fraction(value, params) if fraction else value
        if isinstance(value, str):
            return _number_of(value, params)
        return 1

    return convert


def _fraction(value: float, params: Mapping[str, Any]) -> float:
    """A whole number as a fraction: in a larger unit, where the maxima differ by powers of ten, else just not whole."""
    was, high = float(params.get("was") or 0), float(params.get("high") or 1)
    powers = round(log10(was / high)) if was > high > 0 else 0
    if powers:
        return value / float(10**powers)
    return value / 100 if float(high) <= 1 < abs(value) else value + 0.5


def _number_of(text: str, params: Mapping[str, Any]) -> Any:
    moment = _moment(text)
    if moment is not None:
        return _epoch(moment, float(params.get("high") or 0))
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        # Which number an id became cannot be known; that equal ids stay equal is all a reader can rely on.
        return sum(ord(char) * 31**place for place, char in enumerate(text[:9]))


def _epoch(moment: datetime, magnitude: float) -> int:
    ticks = next((ticks for least, ticks in _EPOCH_DIGITS if magnitude >= least), 1e3)
    return int(moment.timestamp() * ticks)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _object(params: Mapping[str, Any]) -> Conversion:
    field = params.get("field") or "value"
    others = [name for name in params.get("fields", ()) if name != field]

    def convert(value: Any) -> Any:
        return None if value is None and params.get("null") else {field: value, **dict.fromkeys(others)}

    return convert


def _scaled(factor: float) -> Conversion:
    def convert(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return value
        scaled = value * factor
        return int(scaled) if float(scaled).is_integer() else scaled

    return convert


_FORMS: Mapping[str, Callable[[datetime], str]] = {
    "time-local": lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S"),
    "time-offset": lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
    "time-utc": lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z",
    "date": lambda moment: moment.strftime("%Y-%m-%d"),
    "local-date": lambda moment: moment.strftime("%d/%m/%Y, %H:%M:%S"),
    "digits": lambda moment: str(int(moment.timestamp() * 1000)),
}


def _reformed(form: str) -> Conversion:
    def convert(value: Any) -> Any:
        if not isinstance(value, str) or not value:
            return value
        moment = _moment(value)
        if moment is not None and form in _FORMS:
            return _FORMS[form](moment)
        return _other_text(value, form)

    return convert


def _other_text(value: str, form: str) -> str:
    match form:
        case "hex":
            return value.replace("-", "")
        case "blob":
            return f"blob:{value}"
        case "path":
            return value.partition("://")[2].partition("/")[2] or value
        case "digits":
            return "".join(str(ord(char) % 10) for char in value)
        case _:
            return f"x:{value}"
