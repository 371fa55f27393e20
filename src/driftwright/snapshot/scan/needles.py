"""Byte sequences that give a secret away: its spellings in several character sets, and its hashes without a salt."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from driftwright.snapshot.scan.layers import decoded
from driftwright.snapshot.scan.secrets import LEAST, Secret

CHARSETS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp1252")
HASHES = ("md5", "sha1", "sha256", "sha512")
_SEPARATORS = (",", ".", "_", " ", "'", "\u2019", "\u00a0", "\u202f")
_HASH_DIGITS = 10  # a hash is often cut: so much of it is no accident
_HASH_BYTES = 8
_TELLING = 12  # bytes, of which no other text holds the same
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LEAST_BARE = 6  # characters
_LEAST_GROUPED = 5  # digits, from which on they are written in groups


@dataclass(frozen=True, slots=True)
class Needle:
    """Bytes that give a secret away.

    Args:
        secret: Label of the secret.
        form: How the secret is written so.
        bytes: The bytes, in lower case as far as they are ASCII letters.
    """

    secret: str
    form: str
    bytes: bytes


def needles(secrets: Sequence[Secret]) -> tuple[Needle, ...]:
    """Return what to look for."""
    distinct: dict[tuple[str, bytes], Needle] = {}
    for secret in secrets:
        for form, raw in _writings(secret.text):
            if len(raw) >= LEAST:
                distinct.setdefault((secret.label, raw.lower()), Needle(secret.label, form, raw.lower()))
    return tuple(distinct.values())


def _writings(text: str) -> Iterator[tuple[str, bytes]]:
    plain = text.encode("utf-8", "surrogatepass")
    yield "utf-8", plain
    # A decoder undoes all it can at once: a secret that itself looks encoded is known again by what it makes of it.
    for name, made in decoded(plain):
        if len(made) >= min(_TELLING, len(plain)):  # the rest of less may be met by chance
            yield f"utf-8, {name} undone", made
    for how, written in _spelled(text):
        for charset in CHARSETS:
            try:
                yield (
                    f"{charset}{how}",
                    written.encode(charset, "surrogatepass" if charset.startswith("utf") else "strict"),
                )
            except UnicodeEncodeError:
                continue
    for name in HASHES:
        digest = hashlib.new(name, plain, usedforsecurity=False)
        digits = digest.hexdigest()
        yield f"{name} without a salt", digits[:_HASH_DIGITS].encode()
        yield f"{name} without a salt", f"{digits[:8]}-{digits[8:_HASH_DIGITS]}".encode()
        yield f"{name} without a salt", digest.digest()[:_HASH_BYTES]


def _spelled(text: str) -> Iterator[tuple[str, str]]:
    yield "", text
    for case in (text.lower(), text.upper(), text.casefold()):
        yield ", other case", case
    for form in ("NFC", "NFD"):
        yield f", {form}", unicodedata.normalize(form, text)
    bare = re.sub(r"\s+", "", text)
    if bare != text and len(bare) >= _LEAST_BARE:
        yield ", without blanks", bare
    if text.isascii() and text.isdigit() and len(text) >= _LEAST_GROUPED and text[0] != "0":
        grouped = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", ",", text)
        for separator in _SEPARATORS:
            yield ", in groups of digits", grouped.replace(",", separator)
    if _UUID.fullmatch(text):
        yield ", without hyphens", text.replace("-", "")
