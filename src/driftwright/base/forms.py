"""Forms of texts and keys: the kind of a text (id, time, URL, word, ...) by its spelling alone."""

from __future__ import annotations

import re

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\Z")
_UUID_LENGTH = 36
_HEX = re.compile(r"(?=.*[0-9])[0-9a-fA-F]{8,}\Z")
_DIGITS = re.compile(r"[0-9]+\Z")
_NUMERIC = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_TOKEN = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_-]{16,}\Z")
_WORD = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*\Z")
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]*):(?://|[^\s/])\S*\Z", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_PATH = re.compile(r"(?:\.{0,2}/)?[^\s/]+(?:/[^\s/]+)+/?\Z")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_LOCAL_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?:,? \d{1,2}:\d{2}(?::\d{2})?(?: ?[APap][Mm])?)?\Z")
LEAST_EPOCH = 1e8
"""Numbers from here on may be times: seconds, milliseconds or microseconds since 1970."""
TIME_FORMS = frozenset({"time-utc", "time-offset", "time-local", "date", "local-date"})
ID_FORMS = frozenset({"uuid", "digits", "hex", "token", "prefixed"})
_SCHEMES = ("http", "https", "blob", "data", "file", "ws", "wss")


def text_form(text: str) -> str:
    """Return the form of a text value.

    One of: empty, boolean, digits, numeric, uuid, hex, time-utc, time-offset, time-local, date, local-date, url, blob,
    data, path, json, token, word, text.
    """
    if not text:
        return "empty"
    head = text[0]
    if head.isdigit() or head in "+-.":
        numeric = _numeric_form(text)
        if numeric:
            return numeric
    if _UUID.match(text):
        return "uuid"
    if _HEX.match(text):
        return "hex"
    if head in "{[" and text[-1] in "}]":
        return "json"
    if text in ("true", "false"):
        return "boolean"
    if _URL.match(text):
        scheme = _SCHEME.match(text)
        name = scheme.group(1).lower() if scheme else ""
        if name in _SCHEMES:
            return name if name in ("blob", "data") else "url"
    if _TOKEN.match(text):
        return "token"
    if _NAME.match(text):
        return "word"
    return "path" if _PATH.match(text) else "text"


def _numeric_form(text: str) -> str:
    if _DIGITS.match(text):
        return "digits"
    if _NUMERIC.match(text):
        return "numeric"
    moment = _TIME.match(text)
    if moment:
        zone = moment.group(1)
        return "time-local" if not zone else "time-utc" if zone == "Z" else "time-offset"
    if _DATE.match(text):
        return "date"
    return "local-date" if _LOCAL_DATE.match(text) else ""


def key_form(key: str) -> str:
    """Return the form of an object's key: uuid, digits, hex, token, prefixed, word, path or text."""
    if len(key) == _UUID_LENGTH and _UUID.match(key):
        return "uuid"
    if _WORD.match(key):
        if _HEX.match(key):
            return "hex"
        return "token" if _TOKEN.match(key) and sum(map(str.isdigit, key)) >= 4 else "word"  # noqa: PLR2004
    if _DIGITS.match(key):
        return "digits"
    if _HEX.match(key):
        return "hex"
    if _UUID.search(key[-_UUID_LENGTH:]):
        return "prefixed"
    if _TOKEN.match(key):
        return "token"
    return "path" if "/" in key else "text"


def is_idlike(key: str) -> bool:
    """Whether an object's key looks like an id, so that the object is a map and not a record."""
    return key_form(key) in ID_FORMS


_HIDDEN = re.compile(r"(?:x[_-])?[0-9a-f]{8,}\Z|x[_-]\w*[0-9a-f]{6,}\Z|masked ")


def is_hidden(name: str) -> bool:
    """Whether a field's name is a pseudonym that a capture wrote in place of the real name."""
    return _HIDDEN.match(name) is not None


# A capture gives a short name another short one, and never one of these.
_SHORT_WORDS = frozenset({"an", "at", "by", "id", "in", "is", "no", "of", "on", "to", "ui"})
_SHORT = 2
_LEAST_OF_PART = 4  # a number of fewer digits is a version or a place, and is shown
_JOINTS = re.compile(r"[^A-Za-z0-9]+")


def may_be_hidden(name: str) -> bool:
    """Whether a field's name may be a pseudonym, also of a very short name, or of one that is put together of ids."""
    if len(name) <= _SHORT:
        return name not in _SHORT_WORDS
    parts = [name, name.removeprefix("_"), *(part for part in _JOINTS.split(name) if len(part) >= _LEAST_OF_PART)]
    return any(is_hidden(part) or is_idlike(part) for part in parts)
