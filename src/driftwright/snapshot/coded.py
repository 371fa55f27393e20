"""Texts that hold a text or a document in a coding: read, and written in the same coding."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_json

SHORTEST_CODED = 16
"""Characters of the shortest text that is looked at for a document."""
_SHORTEST_DECODED = 8
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def document_of_text(text: str) -> Any:
    """Return the object or list that a JSON text holds; None when it holds none."""
    try:
        value = parse_json(text.encode("utf-8"), "embedded text")
    except (InputFault, UnicodeError):
        return None
    return value if isinstance(value, dict | list) else None


def plain_of_base64(text: str) -> str:
    """Return the plain text that a text holds in Base64; empty where it holds none, or one of another kind."""
    if len(text) < _SHORTEST_DECODED or len(text) % 4 or not _BASE64.fullmatch(text):
        return ""
    try:
        plain = base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, UnicodeError):
        return ""
    return plain if plain.isprintable() and plain[:1] not in ("{", "[", '"') else ""


def document_of_base64(text: str) -> Any:
    """Return the object or list that a text holds in Base64, also in that of URLs; None when it holds none."""
    if len(text) < SHORTEST_CODED or not text.startswith(("eyJ", "W3", "eyI", "WyJ", "W1")):
        return None
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return document_of_text(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode("utf-8"))
    except (binascii.Error, UnicodeError, ValueError):
        return None


def base64_of_document(value: Any, like: str) -> str:
    """Return a document in the Base64 that another text is written in: with or without padding, or as in URLs."""
    coded = base64.b64encode(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()).decode()
    if "+" not in like and "/" not in like:
        coded = coded.replace("+", "-").replace("/", "_")
    return coded if like.endswith("=") or len(like) % 4 == 0 else coded.rstrip("=")


def base64_of_plain(plain: str) -> str:
    """Return a plain text in Base64."""
    return base64.b64encode(plain.encode()).decode()
