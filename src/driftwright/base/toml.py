"""Read TOML files strictly: every key must be known and of its type, and the fault names the key that is not."""

from __future__ import annotations

import difflib
import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.files import read_text


class Table:
    """One TOML table, read key by key; `close` refuses the keys that were not read.

    Args:
        data: The parsed table.
        file: The file it came from, for messages.
        place: Where in the file the table stands, such as `source[1]`; empty for the whole file.
    """

    def __init__(self, data: Mapping[str, Any], file: str, place: str = "") -> None:
        self._data = data
        self._asked: set[str] = set()
        self.file = file
        self.place = place

    def __contains__(self, name: str) -> bool:
        self._asked.add(name)  # a key that is asked about is a known one
        return name in self._data

    def fault(self, problem: str, name: str = "", mend: str = "") -> InputFault:
        """Return the fault for this table, or for its key `name`."""
        place = ".".join(part for part in (self.place, name) if part)
        return InputFault(problem, self.file, place, mend)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; without a default the key is required."""
        return str(self._typed(name, str, "a text", default))

    def number(self, name: str, default: float | None = None) -> float:
        """Return a number; without a default the key is required."""
        value = self._typed(name, (int, float), "a number", default)
        if isinstance(value, bool):
            raise self.fault("must be a number", name)
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):  # TOML has `nan` and `inf`, and no bound for integers
            raise self.fault("must be a number that can be counted with", name)
        return number

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false."""
        return bool(self._typed(name, bool, "true or false", default))

    def day(self, name: str) -> date:
        """Return a day, as TOML writes one: without quotes and without a time."""
        value: date = self._typed(name, date, "a date, such as 2030-12-31 without quotes", None)
        if isinstance(value, datetime):
            raise self.fault("must be a date without a time", name, "write a date such as 2030-12-31")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; a missing key is an empty list."""
        items = self._typed(name, list, "a list of texts", [])
        if not all(isinstance(item, str) for item in items):
            raise self.fault("must be a list of texts", name)
        return tuple(items)

    def choice(self, name: str, allowed: Iterable[str], default: str | None = None) -> str:
        """Return a text that is one of `allowed`."""
        value = self.text(name, default)
        options = tuple(allowed)
        if value not in options:
            raise self.fault(f"{value!r} is not one of {', '.join(options)}", name, suggestion(value, options))
        return value

    def value(self, name: str, default: Any = None) -> Any:
        """Return any value that JSON can hold."""
        self._asked.add(name)
        return self._json(self._data.get(name, default), name)

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Return a plain sub-table; a missing key is an empty one."""
        table: dict[str, Any] = self._json(self._typed(name, dict, "a table", {}), name)
        return table

    def table(self, name: str) -> Table:
        """Return a sub-table to be read strictly; a missing key is an empty one."""
        return Table(self._typed(name, dict, "a table", {}), self.file, f"{self.place}.{name}" if self.place else name)

    def tables(self, name: str) -> tuple[Table, ...]:
        """Return a list of sub-tables; a missing key is an empty list."""
        items = self._typed(name, list, f"a list of tables ([[{name}]])", [])
        if not all(isinstance(item, dict) for item in items):
            raise self.fault(f"must be a list of tables ([[{name}]])", name)
        return tuple(
            Table(item, self.file, f"{self.place}.{name}[{number}]" if self.place else f"{name}[{number}]")
            for number, item in enumerate(items, 1)
        )

    def close(self) -> None:
        """Refuse unknown keys.

        Raises:
            InputFault: The table has a key that was not read; the mend suggests the nearest known key.
        """
        for name in self._data:
            if name not in self._asked:
                mend = suggestion(name, sorted(self._asked)) or f"known keys: {', '.join(sorted(self._asked))}"
                raise self.fault(f"unknown key {name!r}", "", mend)

    def _json(self, value: Any, name: str) -> Any:
        """Return the value; refuse dates and numbers that JSON cannot hold."""
        if isinstance(value, dict):
            for key, below in value.items():
                self._json(below, f"{name}.{key}")
        elif isinstance(value, list):
            for below in value:
                self._json(below, name)
        elif not isinstance(value, str | int | float | None) or (isinstance(value, float) and not math.isfinite(value)):
            raise self.fault("JSON has no such value", name, "write a text, a finite number, true or false")
        return value

    def _missing(self, name: str, wanted: str) -> InputFault:
        """Return the fault for a missing required key, or for the misspelt one that is there instead."""
        misspelt = _nearest(name, (key for key in self._data if key not in self._asked))
        if misspelt:
            return self.fault(f"unknown key {misspelt!r}", "", f"did you mean {name!r}?")
        return self.fault(f"{name!r} is missing", "", f"add {name} = {wanted}")

    def _typed(self, name: str, kind: Any, wanted: str, default: Any) -> Any:
        self._asked.add(name)
        if name not in self._data:
            if default is None:
                raise self._missing(name, wanted)
            return default
        value = self._data[name]
        if not isinstance(value, kind):
            raise self.fault(f"must be {wanted}", name)
        return value


def _nearest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(map(str, known)), n=1, cutoff=0.6)
    return near[0] if near else ""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a "did you mean" clause for a misspelt word, or nothing when no known word is near."""
    near = _nearest(word, known)
    return f"did you mean {near!r}?" if near else ""


def read_table(file: File) -> Table:
    """Read a TOML file as a strict table.

    Raises:
        InputFault: The file is missing, too large, nested too deeply, not UTF-8 or not TOML.
    """
    return Table(parse_toml(read_text(file), str(file)), str(file))


def parse_toml(text: str, file: str) -> dict[str, Any]:
    """Parse TOML text; `file` is its file for messages.

    Raises:
        InputFault: It is not TOML, or nested too deeply.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputFault(f"not TOML: {error}", file, "", "mend the syntax at the place named") from None
    except RecursionError:
        raise InputFault("nested too deeply", file, "", "no settings nest like this; check the file") from None
    except ValueError:  # an integer of thousands of digits
        raise InputFault("a number of too many digits", file, "", "write a smaller one") from None


def quoted(text: str) -> str:
    """Return a text as TOML writes it on one line."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def line_of(file: File, name: str) -> int:
    """Return the line, from 1, on which a TOML file sets a top-level key; 1 when it is not found.

    Args:
        file: A file that `read_table` has read; the TOML parser itself gives no lines.
        name: The key.
    """
    for number, line in enumerate(read_text(file).split("\n"), 1):
        word, equals, _ = line.partition("=")
        if equals and word.strip().strip("\"'") == name:
            return number
        if line.lstrip().startswith("["):
            break  # from here on keys belong to a table
    return 1
