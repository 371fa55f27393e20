"""Make up a document in the form of a real one: the same structure and the same forms of texts, and no value of it.

Readers parse, split, compare and follow texts. So what is made up keeps separators, lengths, kinds of characters, upper
and lower case, the order and distance of times, and which values are equal; and it keeps the words that stand in the
readers' own source. The same value becomes the same made-up value for as long as the secret is the same.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote

from driftwright.base.forms import key_form
from driftwright.base.jsontext import json_text
from driftwright.snapshot.coded import (
    SHORTEST_CODED,
    base64_of_document,
    base64_of_plain,
    document_of_base64,
    document_of_text,
    plain_of_base64,
)
from driftwright.structure import ABBREVIATIONS, OPEN, Layout, looks_like_map

SMALL = 100
"""Whole numbers below this stay as they are: counts, flags, and positions in lists."""

_PUBLIC = frozenset(
    word
    for line in (
        "http https ws wss data blob file mailto urn uuid www base utf true false null undefined image video",
        "audio text application json html png jpg jpeg gif webp svg mp jan feb mar apr may jun jul aug sep",
        "oct nov dec january february march april june july august september october november december mon",
        "tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday gmt utc am pm px em",
        "rem ms kb mb gb",
    )
    for word in line.split()
)
"""Words of addresses, kinds of files, dates and units, which say nothing of anybody."""
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?:([T ])(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?(?!\d)")
_LOCAL_DATE = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)(?!\d)")
_SHORT_NUMBER = re.compile(r"(?<![0-9A-Za-z_.,-])[0-9]+(?:[.,][0-9]+)?([A-Za-z])(?![0-9A-Za-z])")
_PART = re.compile(
    r"%[0-9A-Fa-f]{2}|(?<![0-9A-Za-z])(?=[0-9a-fA-F]*[0-9])(?=[0-9]*[a-fA-F])[0-9a-fA-F]{4,}(?![0-9A-Za-z])"
    r"|[0-9]+|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\x00-\x7f]+|[\x00-\x7f]",
    re.DOTALL,
)
_WORDS = re.compile(r"[A-Za-z]+")
_NUMBERS = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_SECONDS, _MILLISECONDS = (1e9, 4.1e9), (1e12, 4.1e12)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_NO_ABBREVIATIONS = "".join(letter for letter in _ALPHABET if letter not in ABBREVIATIONS)
_SMALL_DOMAIN = 1 << 40
_ROUNDS = 6
_PIECE = 24
_LONGEST_SPAN = 80
_SHORTEST_SPAN = 3
_MOST_DIGITS_OF_NAME = 3
_SIXTY = 60


@dataclass(frozen=True)
class MakeUp:
    """What makes values up.

    Args:
        secret: What the made-up values cannot be computed without.
        source: The text of the readers: the words and numbers in it stay.
        literals: The texts and names that stand in it.
        names: Names of fields, which are seen anyway: a value that is one of them stays, for code may look it up by it.
    """

    secret: bytes = field(repr=False)
    source: str
    literals: frozenset[str]
    names: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The beginning of the secret's hash, by which a later run tells whether it has the same one."""
        return self._hash(b"name").hex()[:8]

    def document(self, value: Any, layout: Layout = OPEN) -> Any:
        """Return a document made up in the form of `value`.

        Args:
            value: The real document.
            layout: Where maps are, whose keys are values as well.
        """
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float):
            return self.number(value)
        if isinstance(value, list):
            return [self.document(item, layout.items or OPEN) for item in value]
        is_map = layout.kind == "map" or (not layout.kind and looks_like_map([value]))
        below = layout.values or OPEN
        return {
            self._key(name, is_map=is_map and name not in layout.fields): self.document(
                part, layout.fields.get(name) or (below if is_map else OPEN)
            )
            for name, part in value.items()
        }

    def text(self, text: str) -> str:
        """Return a text made up in the form of another."""
        made = self._texts.get(text)
        if made is None:
            made = self._texts[text] = self._make_text(text)
        return made

    def number(self, number: float) -> int | float:
        """Return a number made up in the size of another."""
        if number in self._source_numbers or not math.isfinite(number):
            return number
        if isinstance(number, int) or number.is_integer():
            made = self._whole(abs(int(number)))
            return type(number)(-made if number < 0 else made)
        written = repr(abs(number))
        whole, _, rest = written.partition(".")
        fraction, exponent = re.fullmatch(r"(\d*)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
        digits = ["0123456789"] * (len(fraction) - 1) + ["123456789"]
        made_up = self._run(fraction, digits) if fraction and fraction[-1] != "0" else fraction
        made_float = float(f"{self._whole(int(whole))}.{made_up}{exponent}") if whole.isdigit() else number
        return -made_float if number < 0 else made_float

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {text: text for text in (*self.literals, *(name for name in self.names if not _is_personal(name)))}

    @cached_property
    def _runs(self) -> dict[str, str]:
        return {}

    @cached_property
    def _public_words(self) -> frozenset[str]:
        return _PUBLIC | {word.lower() for text in (self.source, *self.literals) for word in _split(text)}

    @cached_property
    def _source_numbers(self) -> frozenset[float]:
        return frozenset(float(text) for text in _NUMBERS.findall(self.source))

    @cached_property
    def _spans(self) -> re.Pattern[str] | None:
        """The texts of the source, wherever they stand in a value: prefixes, ends, separators of words."""
        spans = [
            text
            for text in self.literals
            if _SHORTEST_SPAN <= len(text) <= _LONGEST_SPAN and not text.isalpha() and not text.isdigit()
        ]
        return re.compile("|".join(map(re.escape, sorted(spans, key=len, reverse=True)))) if spans else None

    @cached_property
    def _shift(self) -> timedelta:
        """How far all times are moved: whole seconds, between one and fifteen months."""
        number = int.from_bytes(self._hash(b"shift")[:8], "big")
        return timedelta(days=30 + number % 400, seconds=number // 400 % 86_400)

    def _hash(self, data: bytes) -> bytes:
        return hashlib.blake2s(data, key=self.secret[:32]).digest()

    def _key(self, name: str, *, is_map: bool) -> str:
        return name if name in self.literals or not (is_map or _is_personal(name)) else self.text(name)

    def _make_text(self, text: str) -> str:
        coded = self._coded(text)
        if coded is not None:
            return coded
        if self._spans is None:
            return self._free_text(text)
        return _with_parts(text, self._spans, lambda span: span.group(), self._free_text)

    def _coded(self, text: str) -> str | None:
        """Return a text that holds a document in some coding, with the document made up; None for any other text."""
        if text[:1] in ("{", "[") and text[-1:] in ("}", "]"):
            inner = document_of_text(text)
            return None if inner is None else json_text(self.document(inner))
        plain = plain_of_base64(text)
        if plain:
            return base64_of_plain(self._free_text(plain))
        if len(text) < SHORTEST_CODED:
            return None
        if text.startswith(("%7B", "%5B")):
            inner = document_of_text(unquote(text))
            return None if inner is None else quote(json_text(self.document(inner)), safe="")
        parts = text.split(".")
        opened = [document_of_base64(part) for part in parts]
        if not any(inner is not None for inner in opened):
            return None
        return ".".join(
            self._free_text(part) if inner is None else base64_of_document(self.document(inner), part)
            for part, inner in zip(parts, opened, strict=True)
        )

    def _free_text(self, text: str) -> str:
        if not any(map(str.isdigit, text)):
            return self._plain(text)
        return _with_parts(text, _ISO, self._moved, self._without_dates)

    def _moved(self, match: re.Match[str]) -> str | None:
        year, month, day, joint, hour, minute, second, fraction, zone = match.groups()
        try:
            moment = datetime(*(int(part or 0) for part in (year, month, day, hour, minute, second)))  # type: ignore[arg-type] # noqa: DTZ001 - a shift needs no zone
            moved = moment + (self._shift if joint else timedelta(days=self._shift.days))
        except (ValueError, OverflowError):
            return None
        clock = f"{joint}{moved:%H:%M}" + (f":{moved:%S}" if second else "") if joint else ""
        return f"{moved.year:04}-{moved:%m-%d}{clock}{fraction or ''}{zone or ''}"

    def _without_dates(self, text: str) -> str:
        return _with_parts(text, _LOCAL_DATE, self._local_date, self._plain)

    def _local_date(self, match: re.Match[str]) -> str:
        first, joint, second, year = match.groups()
        return str(joint).join((self._day(first), self._day(second), self._run(year, _years(year))))

    def _day(self, text: str) -> str:
        """A day or a month: which of the two it is nobody knows, but one above twelve is a day."""
        number = int(text)
        if not 1 <= number <= 31:  # noqa: PLR2004 - no day at all
            return text
        low, size = (1, 12) if number <= 12 else (13, 16)  # noqa: PLR2004 - see above
        made = low + self._permuted((number - low) % size, size, b"day")
        return f"{made:0{len(text)}}" if len(text) == len(str(made)) or text[0] == "0" or made < 10 else str(made)  # noqa: PLR2004

    def _plain(self, text: str) -> str:
        made: list[str] = []
        ends = {match.start(1) for match in _SHORT_NUMBER.finditer(text)}
        for match in _PART.finditer(text):
            part = match.group()
            if part.lower() in self._public_words:
                made.append(part)
            elif match.start() in ends and len(part) == 1:
                # An abbreviation stays, and nothing else becomes one.
                made.append(part if part in ABBREVIATIONS else self._letters(part, _NO_ABBREVIATIONS))
            elif part[0] == "%" and len(part) > 1:
                made.append("%" + self._run(part[1:], ["234567", "0123456789"]))
            elif part.isascii() and part.isdigit():
                made.append(self._digits(part, after=text[match.start() - 1 : match.start()]))
            elif part.isascii() and not part.isalnum():
                made.append(part)
            else:
                made.append(self._letters(part))
        return "".join(made)

    def _digits(self, part: str, after: str) -> str:
        if after == ":" and len(part) == 2 and int(part) < _SIXTY:  # noqa: PLR2004 - minutes or seconds
            return f"{self._permuted(int(part), _SIXTY, b'sixty'):02}"
        if part[0] != "0" or part == "0":
            return str(self._whole(int(part))) if len(part) < _PIECE else self._run(part, ["0123456789"] * len(part))
        return "0" + self._run(part[1:], ["0123456789"] * (len(part) - 1))

    def _whole(self, number: int) -> int:
        """A whole number of as many digits; a time is moved as far as all times are."""
        if number < SMALL or number in self._source_numbers:
            return number
        if _SECONDS[0] <= number < _SECONDS[1]:
            return number + int(self._shift.total_seconds())
        if _MILLISECONDS[0] <= number < _MILLISECONDS[1]:
            return number + int(self._shift.total_seconds()) * 1000
        low: int = 10 ** (len(str(number)) - 1)
        made = low + self._permuted(number - low, 9 * low, b"whole")
        while made in self._source_numbers:  # those stay, so nothing else may become one
            made = low + self._permuted(made - low, 9 * low, b"whole")
        return made

    def _letters(self, part: str, alphabet: str = _ALPHABET) -> str:
        if part.isascii() and any(map(str.isdigit, part)):  # hexadecimal
            made = self._run(part.lower(), ["0123456789" if char.isdigit() else "abcdef" for char in part])
        elif part.isascii():
            made = self._run(part.lower(), [alphabet] * len(part))
            while made in self._public_words:  # those stay, so nothing else may become one
                made = self._run(made, [alphabet] * len(part))
        else:
            return self._run(part, list(map(_block, part)))
        return "".join(new.upper() if char.isupper() else new for char, new in zip(part, made, strict=True))

    def _run(self, part: str, choices: Sequence[str]) -> str:
        """Return a run of characters with each taken from its choices: other runs become other ones."""
        key = f"{part}\0{choices[0] if choices else ''}"
        made = self._runs.get(key)
        if made is None:
            pieces = range(0, len(part), _PIECE)
            made = "".join(
                self._piece(part[start : start + _PIECE], choices[start : start + _PIECE]) for start in pieces
            )
            self._runs[key] = made
        return made

    def _piece(self, part: str, choices: Sequence[str]) -> str:
        size, number = 1, 0
        for char, choice in zip(part, choices, strict=True):
            number = number * len(choice) + max(0, choice.find(char))
            size *= len(choice)
        label = "|".join((*(str(len(choice)) for choice in choices), str(len(part)))).encode()
        made = self._permuted(number, size, label)
        chars: list[str] = []
        for choice in reversed(choices):
            made, rest = divmod(made, len(choice))
            chars.append(choice[rest])
        return "".join(reversed(chars))

    def _permuted(self, number: int, size: int, label: bytes) -> int:
        """Return a number below `size`; different numbers become different ones where there are few enough to tell."""
        if size <= 1:
            return number
        if size >= _SMALL_DOMAIN:
            wide = hashlib.blake2b(b"%d|%s" % (number, label), key=self.secret[:32]).digest()
            return int.from_bytes(wide, "big") % size
        half = max(1, ((size - 1).bit_length() + 1) // 2)
        mask = (1 << half) - 1
        while True:  # a Feistel network over a power of four, walked until it falls below the size
            left, right = number >> half, number & mask
            for round_ in range(_ROUNDS):
                mixed = self._hash(b"%d|%d|%d|%s" % (round_, right, size, label))
                left, right = right, left ^ (int.from_bytes(mixed[:8], "big") & mask)
            number = left << half | right
            if number < size:
                return number


def _with_parts(
    text: str, pattern: re.Pattern[str], made: Callable[[re.Match[str]], str | None], between: Callable[[str], str]
) -> str:
    """Return a text in which one function rewrites each match, and another one the text between matches.

    A part of which nothing is made belongs to what stands between.
    """
    parts, end = [], 0
    for match in pattern.finditer(text):
        part = made(match)
        if part is not None:
            parts += [between(text[end : match.start()]), part]
            end = match.end()
    return "".join((*parts, between(text[end:])))


def _split(text: str) -> Iterator[str]:
    yield from _WORDS.findall(text)
    yield from (part for part in _PART.findall(text) if part.isalpha())


def _is_personal(name: str) -> bool:
    """Whether a field's name is one that no programmer gives: an address, a number, a text."""
    form = key_form(name)
    return (form not in ("word", "path", "token") and not (form == "text" and _is_joined_words(name))) or (
        sum(map(str.isdigit, name)) > _MOST_DIGITS_OF_NAME
    )


def _is_joined_words(name: str) -> bool:
    return name.isascii() and "@" not in name and re.fullmatch(r"[A-Za-z0-9_$.:/-]+", name) is not None


def _years(year: str) -> list[str]:
    return ["0123456789"] * len(year) if len(year) == 2 else [year[0], year[1], "0123456789", "0123456789"]  # noqa: PLR2004


def _block(char: str) -> str:
    """Return the characters of the same kind that stand near a character."""
    kind = unicodedata.category(char)
    if kind[0] not in "LNS":
        return char
    start = ord(char) // 64 * 64
    near = (chr(code) for code in range(start, start + 64))
    return "".join(other for other in near if unicodedata.category(other) == kind) or char
