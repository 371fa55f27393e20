"""Read an SQLite database value by value: on its pages a long value is cut into pieces."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable

BEGINNING = b"SQLite format 3\0"
_LOG_HEADER, _FRAME_HEADER = 32, 24
_LOG_MAGIC = (0x377F0682, 0x377F0683)
_PAGE_SIZES = frozenset(2**power for power in range(9, 17))
_OPERATIONS = 50_000_000  # a schema can hold expressions; so many steps are enough for any honest table
_PLAIN = b"\x01\x01"  # an image in memory has no log beside it


def contents(image: bytes, take: Callable[[bytes], None]) -> str:
    """Hand every value and every statement of the schema to `take`; return why it could not be read, or nothing.

    The image is opened in memory, with no file, no extension and no function of its own.
    """
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(image[:18] + _PLAIN + image[20:])
        left = iter(range(_OPERATIONS // 1000))
        connection.set_progress_handler(lambda: next(left, None) is None, 1000)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        connection.text_factory = bytes
        for name in ("sqlite_master", *(name for (name,) in tables)):
            quoted = str(name).replace('"', '""')
            for row in connection.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 - the name is quoted
                take(b"\n".join(_shown(value) for value in row) + b"\n")
    except (sqlite3.Error, UnicodeDecodeError, MemoryError):
        return "a damaged database; its bytes were looked at, its values perhaps not all"
    finally:
        connection.close()
    return ""


def with_log(image: bytes, log: bytes) -> bytes:
    """Return the database as it is with its write-ahead log put in."""
    if len(log) < _LOG_HEADER or len(image) < len(BEGINNING) + 4:
        return image
    magic, _, size, _, salt_one, salt_two = struct.unpack_from(">6L", log)
    if magic not in _LOG_MAGIC or size not in _PAGE_SIZES:
        return image
    pages = bytearray(image)
    for at in range(_LOG_HEADER, len(log) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        page, count, first_salt, second_salt = struct.unpack_from(">4L", log, at)
        if (first_salt, second_salt) != (salt_one, salt_two) or not 0 < page <= (len(image) + len(log)) // size:
            continue  # left from an earlier use of the log; its bytes are looked at on their own
        if len(pages) < page * size:
            pages.extend(bytes(page * size - len(pages)))
        pages[(page - 1) * size : page * size] = log[at + _FRAME_HEADER : at + _FRAME_HEADER + size]
        if count and len(pages) > count * size:
            del pages[count * size :]
    return bytes(pages)


def _shown(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return b"" if value is None else str(value).encode()
