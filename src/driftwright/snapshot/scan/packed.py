"""Compressed data anywhere inside other data: found by its first bytes, and decompressed in parts as it comes in."""

from __future__ import annotations

import bz2
import lzma
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

STEP = 1024 * 1024  # bytes that are unpacked at a time
# A zlib stream begins with two bytes that check each other: 31 divides them, and no dictionary is asked for.
_ZLIB = b"|".join(
    re.escape(bytes((first, second)))
    for first in range(0x08, 0x80, 0x10)
    for second in range(256)
    if (256 * first + second) % 31 == 0 and not second & 32
)
BEGINNINGS = re.compile(
    rb"\x1f\x8b\x08[\x00-\x1f]|PK\x03\x04|BZh[1-9]1AY&SY|\xfd7zXZ\x00|\x28\xb5\x2f\xfd|" + _ZLIB,
    re.DOTALL,
)
_TASTE = 512  # bytes by which most of what only looks packed gives itself away
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 1
# Methods whose data tells itself by how it begins, so that it is met again a few bytes further on.
_SELF_TELLING = frozenset({12, 20, 93, 95})


class Unpacker(Protocol):
    """Undoes one packed stream."""

    @property
    def done(self) -> bool:
        """Whether its end was reached."""

    def unpack(self, data: bytes) -> Iterator[bytes]:
        """Yield what the next packed bytes hold, in bounded parts; raise one of `DAMAGE` when it is none such."""


DAMAGE = (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError)


class _Deflated:
    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)

    @property
    def done(self) -> bool:
        return self._inner.eof

    def unpack(self, data: bytes) -> Iterator[bytes]:
        while data and not self._inner.eof:
            yield self._inner.decompress(data, STEP)
            data = self._inner.unconsumed_tail


class _Stepwise:
    """The other packings of the standard library share one manner."""

    def __init__(self, inner: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._inner = inner

    @property
    def done(self) -> bool:
        return self._inner.eof

    def unpack(self, data: bytes) -> Iterator[bytes]:
        while not self._inner.eof:
            yield self._inner.decompress(data, STEP)
            data = b""
            if self._inner.needs_input:
                return


class _Zstandard:
    def __init__(self, module: Any) -> None:
        self._inner = module.ZstdDecompressor().decompressobj()

    @property
    def done(self) -> bool:
        return bool(self._inner.eof)

    def unpack(self, data: bytes) -> Iterator[bytes]:
        try:
            yield self._inner.decompress(data)
        except Exception as error:  # the package has an error class of its own
            raise ValueError from error


@dataclass(frozen=True, slots=True)
class PackedStart:
    """Where something packed begins.

    Args:
        name: What it is packed with.
        start: First byte of the packed stream itself.
        make: Makes what undoes it; None when nothing here can.
        why: Why nothing can.
    """

    name: str
    start: int
    make: Callable[[], Unpacker] | None
    why: str = ""


def beginnings(data: bytes, end: int) -> Iterator[PackedStart]:
    """Yield each possible start of packed data before `end`; only unpacking shows whether it is one."""
    at = 0
    while (match := BEGINNINGS.search(data, at)) and match.start() < end:
        at = match.start() + 1
        beginning = _packed_start(data, match)
        if beginning and (
            beginning.make is None or _can_unpack(beginning.make(), data[beginning.start : beginning.start + _TASTE])
        ):
            yield beginning


def _can_unpack(unpacker: Unpacker, data: bytes) -> bool:
    try:
        for _ in unpacker.unpack(data):
            pass
    except DAMAGE:
        return False
    return True


def _packed_start(data: bytes, match: re.Match[bytes]) -> PackedStart | None:
    head, at = match[0], match.start()
    if head.startswith(b"\x1f\x8b"):
        return PackedStart("gzip", at, lambda: _Deflated(31))
    if head.startswith(b"PK"):
        return _entry(data, at)
    if head.startswith(b"BZ"):
        return PackedStart("bzip2", at, lambda: _Stepwise(bz2.BZ2Decompressor()))
    if head.startswith(b"\xfd"):
        return PackedStart("xz", at, lambda: _Stepwise(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=256 * STEP)))
    if head == b"\x28\xb5\x2f\xfd":
        return _zstandard(at)
    return PackedStart("zlib", at, lambda: _Deflated(15))


def _zstandard(at: int) -> PackedStart:
    try:
        module = import_module("zstandard")
    except ImportError:
        return PackedStart("zstd", at, None, "zstd data; install the package zstandard to look into it")
    return PackedStart("zstd", at, lambda: _Zstandard(module))


def _entry(data: bytes, at: int) -> PackedStart | None:
    if len(data) < at + _LOCAL_HEADER.size:
        return None
    _, _, flags, method, *_, name, extra = _LOCAL_HEADER.unpack_from(data, at)
    start = at + _LOCAL_HEADER.size + name + extra
    if start > len(data):
        return None
    if flags & _ENCRYPTED:
        return PackedStart("zip", at, None, "an encrypted entry of a zip archive")
    if method == _DEFLATED:
        return PackedStart("zip", start, lambda: _Deflated(-15))
    if method == _STORED or method in _SELF_TELLING:
        return None  # it lies there openly
    return PackedStart("zip", at, None, f"an entry of a zip archive packed by method {method}")
