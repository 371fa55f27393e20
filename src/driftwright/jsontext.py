"""JSON text in and out: parsed within bounds, with a fault that names the place instead of a traceback."""

from __future__ import annotations

import json
from pathlib import Path as File
from typing import Any

from driftwright.errors import InputFault

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64


def parse_json_file(file: File) -> Any:
    """Parse a JSON file the user named.

    Raises:
        InputFault: Missing, empty, too large, truncated or not JSON.
    """
    return parse_json(read_bytes(file), str(file))


def read_bytes(file: File) -> bytes:
    """Read a file the user named, as bytes.

    Raises:
        InputFault: Missing, a folder, unreadable or larger than `MAX_BYTES`.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise InputFault(f"larger than {MAX_BYTES // 2**20} MiB", str(file), "", "cut it down to what is needed")
        return file.read_bytes()
    except FileNotFoundError:
        raise InputFault("no such file", str(file), "", "check the path") from None
    except IsADirectoryError:
        raise InputFault("a folder, not a file", str(file), "", "name a file") from None
    except OSError as error:
        raise InputFault(f"cannot be read ({error.strerror})", str(file), "", "check its permissions") from None


def parse_json(data: bytes, file: str) -> Any:
    """Parse JSON bytes; orjson first, the standard library where a lone surrogate needs it.

    Raises:
        InputFault: Empty, truncated, nested too deeply or not JSON; the place is `line:column`.
    """
    import orjson

    if not data.strip():
        raise InputFault("empty", file, "", "capture or export it again")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = _slow(data, file)
    if _is_deep(value):
        raise _too_deep(file)
    return value


def _is_deep(value: Any) -> bool:
    """Whether a value nests deeper than `MAX_DEPTH`; everything behind this door walks values by recursion."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        holders = [item for item in level if type(item) in (dict, list)]
        if not holders:
            return False
        level = [below for item in holders for below in (item.values() if type(item) is dict else item)]
    return True


def _too_deep(file: str) -> InputFault:
    return InputFault(f"nested deeper than {MAX_DEPTH}", file, "", "no store nests like this; check the file")


def _slow(data: bytes, file: str) -> Any:
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise InputFault("not UTF-8 text", file, f"byte {error.start}", "save it as UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        raise InputFault(f"not JSON: {error.msg}", file, place, "it may be cut short; export it again") from None
    except RecursionError:
        raise _too_deep(file) from None
    except ValueError as error:
        raise InputFault(f"not JSON: {str(error)[:60]}", file, "", "JSON has no such value") from None


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def json_text(value: Any) -> str:
    """Return a JSON value as compact text, key order kept; lone surrogates survive as escapes."""
    import orjson

    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, separators=(",", ":"))
