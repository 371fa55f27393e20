"""How a column of texts writes its numbers: separators, units, abbreviations; and how its texts are coded."""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

_NUMBER = re.compile(r"(\D*?)(\d(?:[\d.,'\u00a0\u202f ]*\d)?)([kKmMbB](?![A-Za-z]))?(\D*)", re.DOTALL)
_FACTORS: Mapping[str, float] = {"k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6, "b": 1e9, "B": 1e9}
ABBREVIATIONS = frozenset(_FACTORS)
"""The letters of abbreviated numbers, as in `1.5K`, which tell how a number is written and not which."""
_JOINTS = frozenset("-_:/#|.")
_GROUP = 3
_PERCENT_CODED = re.compile(r"(?:[\w.!~*'()-]|%[0-9A-Fa-f]{2})+", re.ASCII)
_FEWEST_CODED = 4


@dataclass(frozen=True, slots=True)
class Notation:
    """How numbers are written in texts.

    Args:
        prefix: What stands before each number.
        suffix: What stands behind it, such as a unit.
        decimal: What stands before its fraction; empty without fractions.
        group: What stands between its thousands; empty for nothing.
        places: How many digits its fraction has.
        short: The letters for thousands, millions and so on; empty when numbers are written in full.
    """

    prefix: str = ""
    suffix: str = ""
    decimal: str = ""
    group: str = ""
    places: int = 0
    short: str = ""

    @classmethod
    def of(cls, texts: Sequence[str]) -> Notation | None:
        """Return the notation of a column of texts; None when it is not one."""
        parts = [_NUMBER.fullmatch(text) for text in texts]
        if not texts or any(part is None for part in parts):
            return None
        groups = [part.groups(default="") for part in parts if part is not None]
        prefixes, suffixes = {prefix for prefix, *_ in groups}, {suffix for *_, suffix in groups}
        separators = _separators([body for _, body, *_ in groups])
        if len(prefixes) > 1 or len(suffixes) > 1 or separators is None:
            return None
        if _is_of_an_id(next(iter(prefixes))):
            return None
        decimal, group = separators
        fractions = (len(body.rpartition(decimal)[2]) for _, body, *_ in groups if decimal and decimal in body)
        places = Counter(fractions).most_common(1)
        short = "".join(sorted({letter for _, _, letter, _ in groups}))
        return cls(prefixes.pop(), suffixes.pop(), decimal, group, places[0][0] if places else 0, short)

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Notation:
        """Return the notation that a change's parameters describe."""
        return cls(**record)

    def record(self) -> dict[str, Any]:
        """Return it as the parameters of a change."""
        return asdict(self)

    def fits(self, text: str) -> bool:
        """Whether a text is written so."""
        return self.number(text) is not None

    def number(self, text: str) -> float | None:
        """Return the number that a text says in this notation; None when it is not written so."""
        part = _NUMBER.fullmatch(text)
        if part is None:
            return None
        prefix, body, letter, suffix = part.groups(default="")
        if (prefix, suffix) != (self.prefix, self.suffix) or (letter and not self.short):
            return None
        fraction = f"(?:{re.escape(self.decimal)}\\d+)?" if self.decimal else ""
        grouped = f"\\d{{1,3}}(?:{re.escape(self.group)}\\d{{3}})*" if self.group else "\\d+"
        if not re.fullmatch(grouped + fraction, body):
            return None
        plain = body.replace(self.group, "") if self.group else body
        return float(plain.replace(self.decimal, ".") if self.decimal else plain) * _FACTORS.get(letter, 1.0)

    def text(self, number: float) -> str:
        """Return a number written in this notation."""
        letter = next((each for each in "BMKbmk" if each in self.short and number >= _FACTORS[each]), "")
        value = number / _FACTORS[letter] if letter else number
        whole, _, fraction = f"{value:.{self.places if not self.short or letter else 0}f}".partition(".")
        grouped = f"{int(whole):,}".replace(",", self.group) if self.group else whole
        body = f"{grouped}{self.decimal}{fraction}" if fraction and self.decimal else grouped
        return f"{self.prefix}{body}{letter}{self.suffix}"


def _is_of_an_id(prefix: str) -> bool:
    """Whether what stands before a number makes an id of it, as in `a17` and `note-17`: no unit ends so."""
    return prefix[-1:].isalpha() or (any(map(str.isalpha, prefix)) and prefix[-1:] in _JOINTS)


def _separators(bodies: Sequence[str]) -> tuple[str, str] | None:
    """Return the decimal sign and the sign between thousands; None when they are not used alike."""
    signs = {char for body in bodies for char in body if not char.isdigit()}
    if not signs:
        return "", ""
    if len(signs) > 2:  # noqa: PLR2004 - one for fractions, one for thousands
        return None
    if len(signs) == 2:  # noqa: PLR2004 - see above
        both = [body for body in bodies if all(sign in body for sign in signs)]
        ends = {next(char for char in reversed(body) if not char.isdigit()) for body in both}
        decimal = next(iter(ends)) if len(ends) == 1 else ""
        return (decimal, next(iter(signs - {decimal}))) if decimal else None
    (sign,) = signs
    tails = [len(body.rpartition(sign)[2]) for body in bodies if sign in body]
    heads = [body.split(sign)[0] for body in bodies if sign in body]
    is_group = all(tail == _GROUP for tail in tails) and not any(
        head in ("", "0") or len(head) > _GROUP for head in heads
    )
    if not is_group and any(body.count(sign) > 1 for body in bodies):
        return None
    return ("", sign) if is_group else (sign, "")


def is_base64(texts: Sequence[str]) -> bool:
    """Whether all texts are readable texts in Base64."""
    return len(texts) >= _FEWEST_CODED and all(_decoded(text) for text in texts)


def is_percent_coded(texts: Sequence[str]) -> bool:
    """Whether several texts are written as in a URL, with `%3A` for a colon, and none in another way."""
    return all(map(_PERCENT_CODED.fullmatch, texts)) and sum("%" in text for text in texts) >= _FEWEST_CODED


def is_percent_plain(texts: Sequence[str]) -> bool:
    """Whether several texts hold signs that are coded in a URL, and none is coded as a whole."""
    plain = sum(_PERCENT_CODED.fullmatch(text) is None for text in texts)
    return plain >= _FEWEST_CODED and not any("%" in text and _PERCENT_CODED.fullmatch(text) for text in texts)


def _decoded(text: str) -> str:
    if len(text) % 4 or not text:
        return ""
    try:
        plain = base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return plain if plain.isprintable() else ""
