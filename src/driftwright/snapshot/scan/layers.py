"""Encodings of text inside other text, each decoded over all its levels at once."""

from __future__ import annotations

import binascii
import html
import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

_Piece = Callable[[re.Match[bytes]], bytes]


@dataclass(frozen=True, slots=True)
class Layer:
    """One way of writing, and how to undo it.

    Args:
        name: What it is called in reports.
        pattern: What is written so.
        piece: What a match stands for.
        alone: Whether what was decoded is looked at alone, not within the bytes around it.
        packs: Whether bytes of any kind can be written so, thus also something packed.
        last: Whether no further way of writing is undone below it, unless it is the outermost.
        of_bytes: Whether it is undone in bytes of any kind, not in runs of text only.
        nuls: How many bytes of nought whatever is written so holds at least.
    """

    name: str
    pattern: re.Pattern[bytes]
    piece: _Piece
    alone: bool = False
    packs: bool = False
    last: bool = False
    of_bytes: bool = False
    nuls: int = 0

    def view(self, data: bytes) -> bytes | None:
        """Return `data` with this encoding undone; None when nothing in it is encoded so."""
        if self.nuls and data.count(0) < self.nuls:
            return None
        if not self.alone:
            made, times = self.pattern.subn(self.piece, data)
            return made if times else None
        parts = [self.piece(match) for match in self.pattern.finditer(data)]
        return b"\0".join(parts) if any(parts) else None

    def origins(self, data: bytes) -> Origins:
        """Return which place in `data` each place of its view was made of."""
        places, sources, is_copied = [0], [0], [not self.alone]
        passed = last = 0
        for match in self.pattern.finditer(data):
            passed += 0 if self.alone else match.start() - last
            part, last = len(self.piece(match)), match.end()
            for place, source, copied in (
                (passed, match.start(), part == last - match.start()),
                (passed + part + self.alone, last, not self.alone),
            ):
                places.append(place)
                sources.append(source)
                is_copied.append(copied)
            passed += part + self.alone
        return Origins(tuple(places), tuple(sources), tuple(is_copied), len(data))


@dataclass(frozen=True, slots=True)
class Origins:
    """Which place of some data each place of its view was made of: a look-up, for a view may hold many needles.

    Args:
        places: Where each part of the view begins.
        sources: Where in the data that part comes from.
        is_copied: Whether the part stands there as it is, byte for byte.
        size: Bytes of the data.
    """

    places: tuple[int, ...]
    sources: tuple[int, ...]
    is_copied: tuple[bool, ...]
    size: int

    def of(self, at: int) -> int:
        """Return the place in the data that place `at` of the view was made of."""
        part = bisect_right(self.places, at) - 1
        return min(self.size, self.sources[part] + (at - self.places[part] if self.is_copied[part] else 0))


def _escape(match: re.Match[bytes]) -> bytes:
    escape = match[0].lstrip(b"\\") or b"\\"
    if escape[:1] in b"uU" and len(escape) > 1:
        codes = [int(digits, 16) for digits in re.findall(rb"[0-9a-fA-F]{4,8}|(?<=\{)[0-9a-fA-F]+", escape)]
        text = "".join(chr(code) for code in codes if code <= sys.maxunicode)
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
    if escape[:1] == b"x" and len(escape) > 1:
        return bytes.fromhex(escape[1:].decode())
    if escape[:1].isdigit():
        return bytes([int(escape, 8) & 0xFF])
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"v": b"\v"}.get(
        escape, escape.strip(b"\r\n")
    )


def _entity(match: re.Match[bytes]) -> bytes:
    return html.unescape("&" + match[1].decode("ascii") + ";").encode("utf-8", "surrogatepass")


def _percent(match: re.Match[bytes]) -> bytes:
    escape = match[0]
    if escape == b"+":
        return b" "
    if escape[1:2] in b"uU":
        return chr(int(escape[2:].decode(), base=16)).encode("utf-8", "surrogatepass")
    return bytes.fromhex(escape[-2:].decode())


def _quoted(match: re.Match[bytes]) -> bytes:
    digits = match[0][1:].strip()
    return bytes.fromhex(digits.decode()) if digits else b""


def _base64(match: re.Match[bytes]) -> bytes:
    """Return the bytes of the letters, of those after the first, after the second and after the third.

    What stands before may be letters too: nobody knows where a group of four begins. All four are decoded at once, with
    letters that stand for bytes of nought between them.
    """
    letters = match[0].translate(_URL_SAFE, b"\r\n\t >")
    size = len(letters)
    if size < 4:  # noqa: PLR2004 - no group of letters
        return b""
    return binascii.a2b_base64(
        letters
        + _BETWEEN[size % 4]
        + letters[1:]
        + _BETWEEN[(size - 1) % 4]
        + letters[2:]
        + _BETWEEN[(size - 2) % 4]
        + letters[3:]
        + _BETWEEN[(size - 3) % 4]
    )


def _hex(match: re.Match[bytes]) -> bytes:
    digits = re.sub(rb"0[xX]|[^0-9a-fA-F]+", b"", match[0])
    even, odd = digits[: len(digits) // 2 * 2], digits[1 : 1 + (len(digits) - 1) // 2 * 2]
    return binascii.unhexlify(even) + b"\0" + binascii.unhexlify(odd)


def _numbers(match: re.Match[bytes]) -> bytes:
    return bytes(min(255, int(number)) for number in re.findall(rb"[0-9]+", match[0]))


def _without_nul(match: re.Match[bytes]) -> bytes:
    return match[0].replace(b"\0", b"")


def _same(match: re.Match[bytes]) -> bytes:
    return match[0]


def _constant(made: bytes, _: re.Match[bytes]) -> bytes:
    return made


_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_BETWEEN = tuple(b"A" * (4 + -size % 4) for size in range(4))
"""What ends a group of four letters and makes one more, by how many letters there were after the last whole group."""
_HEX4 = rb"[0-9a-fA-F]{4}"
ESCAPES = Layer(
    "escapes",
    re.compile(
        rb"\\+(?:u\{[0-9a-fA-F]{1,6}\}|u[dD][89abAB][0-9a-fA-F]{2}\\+u[dD][c-fC-F][0-9a-fA-F]{2}|u" + _HEX4 + rb"|"
        rb"U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|[0-3][0-7]{2}|[!-/:-@\[-`{-~bfnrtv]|\r?\n)"
    ),
    _escape,
    packs=True,
)
ENTITIES = Layer(
    "html entities",
    re.compile(rb"&(?:amp;)*(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?"),
    _entity,
)
PERCENT = Layer("percent encoding", re.compile(rb"%(?:25)*[0-9a-fA-F]{2}|%[uU]" + _HEX4), _percent, packs=True)
FORM = Layer("form encoding", re.compile(rb"%(?:25)*[0-9a-fA-F]{2}|%[uU]" + _HEX4 + rb"|\+"), _percent)
QUOTED = Layer("quoted-printable", re.compile(rb"=(?:[0-9A-Fa-f]{2}|[ \t]*\r?\n)"), _quoted, packs=True)
_CUT = re.compile(rb"\r?\n[ \t>#*|]*")  # a blank before it belongs to the text
_BLANKS = re.compile(rb"\s+(?:[>#*|]{1,3}\s+)*")
MARKUP = re.compile(
    rb"</?[A-Za-z][^<>]{0,300}>|<!--.{0,300}?-->|\x1b\[[0-9;:?]*[A-Za-z]|\x1b\][^\x07\x1b]{0,300}(?:\x07|\x1b\\)"
    rb"|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xa9]|\xc2\xad|\xef\xbb\xbf",
    re.DOTALL,
)
BLANKS = Layer("blanks", _BLANKS, partial(_constant, b""), last=True)  # for text wrapped at them
FOR_BLANKS = (FORM, BLANKS)  # they find no more than others where no blank is looked for
TEXT_LAYERS = (
    ESCAPES,
    ENTITIES,
    PERCENT,
    FORM,
    QUOTED,
    Layer("line wraps", _CUT, partial(_constant, b""), last=True),
    BLANKS,
    Layer("markup", MARKUP, partial(_constant, b""), last=True),
)


@cache
def layers(shortest: int, *, blanks: bool) -> tuple[Layer, ...]:
    """Return all ways of writing that can hold a needle of `shortest` bytes, or one with `blanks` in it."""
    # Each begins with one character of its class, which is quickly looked for, and says then that none stood before it.
    letters, figures, pair = rb"[A-Za-z0-9+/_-]", rb"[0-9a-fA-F]", rb"(?:0[xX])?[0-9a-fA-F]{2}"
    least = str(max(6, shortest * 4 // 3)).encode()
    run = re.compile(
        letters + rb"(?<!" + letters + rb"{2})" + letters + rb"*+"
        rb"(?:(?:\r?\n[ \t>]*+" + letters + rb"++)++|(?<=" + letters + rb"{" + least + rb"}))"
    )
    digits = str(2 * shortest - 1).encode()
    pairs = str(shortest - 2).encode()
    hexadecimal = re.compile(
        figures
        + rb"(?<!"
        + figures
        + rb"{2})(?:"
        + figures
        + rb"{3,}+(?:\r?\n[ \t]*+"
        + figures
        + rb"{2,}+)++|"
        + figures
        + rb"{"
        + digits
        + rb",}|"
        rb"(?:" + figures + rb"|(?<=0)[xX]" + figures + rb"{2})[\s:,-]{1,3}"
        rb"(?:" + pair + rb"[\s:,-]{1,3}){" + pairs + rb",}" + pair + rb")"
    )
    numbers = re.compile(
        rb"[0-9](?<![0-9]{2})[0-9]{0,2}[\s,;]{1,20}(?:[0-9]{1,3}[\s,;]{1,20}){" + pairs + rb",}[0-9]{1,3}"
    )
    some = str(shortest).encode()
    little, big = re.compile(rb"(?:[\t\n\r -~]\0){" + some + rb",}"), re.compile(rb"(?:\0[\t\n\r -~]){" + some + rb",}")
    return (
        *(layer for layer in TEXT_LAYERS if blanks or layer not in FOR_BLANKS),
        Layer("base64", run, _base64, alone=True, packs=True),
        Layer("hex", hexadecimal, _hex, alone=True, packs=True),
        Layer("numbers of bytes", numbers, _numbers, alone=True, packs=True),
        Layer("utf-16-le", little, _without_nul, alone=True, of_bytes=True, nuls=shortest),
        Layer("utf-16-be", big, _without_nul, alone=True, of_bytes=True, nuls=shortest),
    )


@cache
def runs_of_text(shortest: int) -> Layer:
    """Return what leaves only the text of any bytes; below noise, no way of writing text is worth looking for."""
    ascii_text, more = rb"[\x07-\r\x1b -~]", rb"[\xc2-\xf4][\x80-\xbf]{1,3}"
    enough = rb"(?=(?:" + ascii_text + rb"|" + more + rb"){" + str(shortest).encode() + rb"})"
    # Whether it is enough is asked first: a run of one class is then passed over at once.
    return Layer("", re.compile(enough + rb"(?:" + ascii_text + rb"++|" + more + rb")++"), _same, alone=True)


def decoded(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what each text layer makes of `data`, if anything."""
    for layer in TEXT_LAYERS:
        made = layer.view(data)
        if made is not None and made != data:
            yield layer.name, made
