"""Planted leaks for the self-test: every way of writing a secret, in every kind of file.

They show that the scanner finds what it should find.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import codecs
import gzip
import hashlib
import html
import io
import json
import lzma
import quopri
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, quote_plus

_FILLING = b"0123456789 the quick brown fox jumps over the lazy dog\n"
_PAGE = 4096  # of a database; what is longer is cut into pieces


def _everywhere(template: str) -> Callable[[str], bytes]:
    """Return what writes every character by its code, in its UTF-16 units if the template says `u`."""

    def write(text: str) -> bytes:
        units = text.encode("utf-16-be")
        codes = [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
        return "".join(template.format(code) for code in codes).encode()

    return write


def _entities(template: str) -> Callable[[str], bytes]:
    return lambda text: "".join(template.format(ord(char)) for char in text).encode()


def _percent(template: str) -> Callable[[str], bytes]:
    return lambda text: "".join(template.format(byte) for byte in text.encode()).encode()


def _json(text: str, times: int = 1) -> bytes:
    for _ in range(times):
        text = json.dumps(text)
    return text.encode()


def _wrapped(data: bytes, width: int, joint: bytes) -> bytes:
    return joint.join(data[at : at + width] for at in range(0, len(data), width))


def _base64(before: int) -> Callable[[str], bytes]:
    return lambda text: base64.b64encode(b"~" * before + text.encode() + b"~")


WRITINGS: Mapping[str, Callable[[str], bytes]] = MappingProxyType(
    {
        "utf-8": str.encode,
        "upper case": lambda text: text.upper().encode(),
        "lower case": lambda text: text.lower().encode(),
        "utf-16-le": lambda text: text.encode("utf-16-le"),
        "utf-16-be": lambda text: text.encode("utf-16-be"),
        "utf-16 with a byte order mark": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        "utf-32-le": lambda text: text.encode("utf-32-le"),
        "json": _json,
        "json, every character escaped": _everywhere("\\u{:04x}"),
        "json, escaped in upper case": _everywhere("\\u{:04X}"),
        "json in json": lambda text: _json(text, 2),
        "json in json in json": lambda text: _json(text, 3),
        "javascript, by hexadecimal code": lambda text: "".join(f"\\u{{{ord(char):x}}}" for char in text).encode(),
        "python bytes": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()).encode(),
        "python text": lambda text: ascii(text).encode(),
        "html, named entities": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace"),
        "html, decimal entities": _entities("&#{};"),
        "html, hexadecimal entities": _entities("&#x{:x};"),
        "html, escaped twice": lambda text: html.escape(html.escape(_entities("&#{};")(text).decode())).encode(),
        "percent, lower case": _percent("%{:02x}"),
        "percent, upper case": _percent("%{:02X}"),
        "percent, where needed": lambda text: quote(text, safe="").encode(),
        "percent, twice": lambda text: quote(quote(text, safe=""), safe="").encode(),
        "form": lambda text: quote_plus(text).encode(),
        "base64, first place": _base64(0),
        "base64, second place": _base64(1),
        "base64, third place": _base64(2),
        "base64 for urls": lambda text: base64.urlsafe_b64encode(text.encode()).rstrip(b"="),
        "base64 behind letters": lambda text: b"abc" + base64.b64encode(text.encode()),
        "base64, 76 columns": lambda text: base64.encodebytes(b"~" * 50 + text.encode() + b"~" * 50),
        "base64, wrapped with return": lambda text: _wrapped(base64.b64encode(text.encode()), 12, b"\r\n"),
        "base64 in base64": lambda text: base64.b64encode(base64.b64encode(text.encode())),
        "base64 of json": lambda text: base64.b64encode(_everywhere("\\u{:04x}")(text)),
        "percent of base64": lambda text: quote(base64.b64encode(text.encode()), safe="").encode(),
        "base64 of gzip": lambda text: base64.b64encode(gzip.compress(text.encode())),
        "hex, lower case": lambda text: binascii.hexlify(text.encode()),
        "hex, upper case": lambda text: binascii.hexlify(text.encode()).upper(),
        "hex behind a digit": lambda text: b"7" + binascii.hexlify(text.encode()),
        "hex, wrapped": lambda text: _wrapped(binascii.hexlify(text.encode()), 10, b"\n"),
        "hex with blanks": lambda text: binascii.hexlify(text.encode(), " "),
        "numbers of bytes": lambda text: json.dumps(list(text.encode()), indent=1).encode(),
        "quoted-printable": lambda text: quopri.encodestring(b"~" * 65 + text.encode()),
        "quoted-printable, every byte": _percent("={:02X}"),
        "wrapped text": lambda text: "\n    ".join(text[at : at + 7] for at in range(0, len(text), 7)).encode(),
        "wrapped at blanks": lambda text: text.replace(" ", "\n  ").encode(),
        "markup inside": lambda text: f"{text[:5]}<wbr>{text[5:9]}<b>{text[9:]}</b>".encode(),
        "colours inside": lambda text: f"{text[:5]}\x1b[31m{text[5:]}\x1b[0m".encode(),
        "invisible signs inside": lambda text: "\u200b".join((text[:6], text[6:])).encode(),
        "markdown": lambda text: "".join(f"\\{c}" if c in "_-<>&*`" else c for c in text).encode(),
        "md5": lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().encode(),
        "sha-1": lambda text: hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().encode(),
        "sha-256": lambda text: hashlib.sha256(text.encode()).hexdigest().upper().encode(),
        "sha-256, its bytes": lambda text: hashlib.sha256(text.encode()).digest(),
        "sha-512, cut": lambda text: hashlib.sha512(text.encode()).hexdigest()[:12].encode(),
    }
)


def _around(data: bytes) -> bytes:
    return _FILLING * 3 + b'{"a": "' + data + b'"}\n' + _FILLING * 3


def _tar(data: bytes, kind: str) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=f"w:{kind}") as archive:  # type: ignore[call-overload]
        info = tarfile.TarInfo("a.txt")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def _zip(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def _wheel(data: bytes) -> bytes:
    return _zip({"p/__init__.py": _FILLING, "p/data.json": data, "p-1.dist-info/METADATA": b"Name: p\n"})


def _document(data: bytes) -> bytes:
    return _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:t>" + data + b"</w:t>"})


def _database(data: bytes) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, held BLOB)")
        # Longer than a page, with the planted bytes across the end of one.
        for shift in range(0, 400, 100):
            connection.execute("INSERT INTO kept (held) VALUES (?)", (b"." * (_PAGE - 200 + shift) + data,))
        connection.commit()
        return connection.serialize()


def _deleted(data: bytes) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE kept (held BLOB)")
        connection.execute("INSERT INTO kept VALUES (?)", (_FILLING + data,))
        connection.commit()
        connection.execute("DELETE FROM kept")
        connection.commit()
        return connection.serialize()


HOLDERS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {
        "file": _around,
        "file, at its very start": lambda data: data,
        "gzip": lambda data: gzip.compress(_around(data)),
        "gzip inside a file": lambda data: _FILLING * 9 + gzip.compress(_around(data)) + _FILLING * 9,
        "second gzip member": lambda data: gzip.compress(_FILLING) + gzip.compress(_around(data)),
        "zlib": lambda data: _FILLING + zlib.compress(_around(data)),
        "bzip2": lambda data: bz2.compress(_around(data)),
        "xz": lambda data: lzma.compress(_around(data)),
        "tar": lambda data: _tar(_around(data), ""),
        "tar.gz": lambda data: _tar(_around(data), "gz"),
        "tar.xz": lambda data: _tar(_around(data), "xz"),
        "zip": lambda data: _zip({"a.txt": _FILLING, "b.txt": _around(data)}),
        "zip, stored": lambda data: _zip({"b.txt": _around(data)}, zipfile.ZIP_STORED),
        "zip, bzip2": lambda data: _zip({"b.txt": _around(data)}, zipfile.ZIP_BZIP2),
        "zip in zip": lambda data: _zip({"in.zip": _zip({"b.txt": _around(data)})}),
        "wheel": _wheel,
        "office document": _document,
        "zip behind a program": lambda data: b"#!/bin/sh\nexit\n" + _zip({"b.txt": _around(data)}),
        "gzip in zip in tar": lambda data: _tar(_zip({"b.gz": gzip.compress(_around(data))}), ""),
        "sqlite": _database,
        "sqlite, deleted": _deleted,
        "sqlite in gzip": lambda data: gzip.compress(_database(data)),
    }
)


def database_with_log(folder: Path, data: bytes) -> None:
    """Leave a database whose values are only in its write-ahead log, across two pages of it."""
    with closing(sqlite3.connect(folder / "kept.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("CREATE TABLE kept (held BLOB)")
        for shift in range(0, 400, 100):
            connection.execute("INSERT INTO kept VALUES (?)", (b"." * (_PAGE - 200 + shift) + data,))
        connection.commit()
        left = {name: (folder / name).read_bytes() for name in ("kept.db", "kept.db-wal")}
    for name, held in left.items():  # as if its writer had been ended: a tidy end empties the log
        (folder / name).write_bytes(held)
