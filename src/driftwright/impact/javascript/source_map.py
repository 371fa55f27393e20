"""Source maps: which place of the user's files a place of bundled code comes from, whoever bundled it."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_DIGITS = {
    digit: value for value, digit in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_BITS, _MORE, _WIDEST = 5, 0x20, 30
_MARK = "//# sourceMappingURL=data:application/json;base64,"
_OF_SOURCE = 4  # fields of a segment that names a place of a source
_VERSION = 3
_MOST_LINES = 1_000_000
_MOST_UNITS = 8 * 1024 * 1024  # of mappings
_Segment = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Places of bundled code with those that they come from; lines and columns count from 1.

    Args:
        sources: The files, as esbuild names them: relative to the folder that it ran in.
        mappings: The places, in the form of version 3 of source maps.
    """

    sources: tuple[str, ...]
    mappings: str
    _lines: list[list[_Segment]] = field(default_factory=list, init=False, repr=False, compare=False)

    def origin(self, line: int, column: int) -> tuple[str, int, int] | None:
        """Return the file, line and column that a place comes from; None for code that comes from no file."""
        lines = self._decoded_lines()
        if not 0 < line <= len(lines) or not lines[line - 1]:
            return None
        segments = lines[line - 1]
        at = max(bisect_right(segments, (column - 1, 1 << 60)) - 1, 0)
        _, source, to_line, to_column = segments[at]
        known = source < len(self.sources) and self.sources[source]
        return (self.sources[source], to_line + 1, to_column + 1) if known else None

    def lines_from(self, ending: str) -> frozenset[int]:
        """Return the lines, from 1, that come from files whose name ends so."""
        wanted = {at for at, name in enumerate(self.sources) if name.endswith(ending)}
        if not wanted:
            return frozenset()
        lines = enumerate(self._decoded_lines(), 1)
        return frozenset(number for number, segments in lines if segments and segments[0][1] in wanted)

    def _decoded_lines(self) -> list[list[_Segment]]:
        if not self._lines and self.mappings:
            self._lines.extend(_decoded(self.mappings))
        return self._lines


def split_map(text: str) -> tuple[str, SourceMap | None]:
    """Return bundled code without its source map, and the map; None when it carries none."""
    code, mark, coded = text.rpartition(_MARK)
    if not mark:
        return text, None
    try:
        record: Any = json.loads(base64.b64decode(coded.strip(), validate=True))
        return code, SourceMap(tuple(map(str, record["sources"])), str(record["mappings"]))
    except (binascii.Error, KeyError, TypeError, ValueError):
        return code, None


def read_source_map(record: Any) -> SourceMap:
    """Return the places that a parsed source map of any tool tells, whole or in sections.

    Raises:
        ValueError: It is no source map of version 3, or is damaged, or is far larger than a bundle's.
    """
    sources: list[str] = []
    lines: list[list[_Segment]] = []
    try:
        if record["version"] != _VERSION:
            raise ValueError(record["version"])
        whole = {"offset": {"line": 0, "column": 0}, "map": record}
        sections = record.get("sections", (whole,))
        if sum(len(section["map"]["mappings"]) for section in sections) > _MOST_UNITS:
            raise ValueError(_MOST_UNITS)
        for section in sections:
            _add_section(section, sources, lines)
    except (KeyError, TypeError, AttributeError, IndexError):
        raise ValueError("sections") from None
    read = SourceMap(tuple(sources), "")
    read._lines.extend(lines)  # noqa: SLF001 - decoded before it is asked, so that damage is known at once
    return read


def _add_section(section: Mapping[str, Any], sources: list[str], lines: list[list[_Segment]]) -> None:
    from_line, from_column = section["offset"]["line"], section["offset"]["column"]
    part = section["map"]
    root, named, mappings = part.get("sourceRoot") or "", part["sources"], part["mappings"]
    if not (isinstance(root, str) and isinstance(named, list) and isinstance(mappings, str)):
        raise TypeError
    if not 0 <= from_line <= _MOST_LINES or from_column < 0:
        raise ValueError(from_line)
    first = len(sources)
    joint = "" if not root or root.endswith("/") else "/"
    sources += [f"{root}{joint}{name}" if isinstance(name, str) else "" for name in named]
    for at, segments in enumerate(_decoded(mappings)):
        if any(min(segment) < 0 for segment in segments) or at > _MOST_LINES:
            raise ValueError(at)
        lines += ([] for _ in range(from_line + at + 1 - len(lines)))
        shift = from_column if at == 0 else 0
        moved = ((column + shift, source + first, line, place) for column, source, line, place in segments)
        lines[from_line + at] += sorted(moved)


def _decoded(mappings: str) -> Iterator[list[_Segment]]:
    """Yield for each line its segments: its column, and the source, line and column that it comes from, from 0.

    Raises:
        ValueError: A segment is not written in the digits of source maps.
    """
    source = line = column = 0
    for group in mappings.split(";"):
        at = 0
        segments = []
        for segment in filter(None, group.split(",")):
            steps = _numbers(segment)
            if not steps:
                raise ValueError(segment)
            at += steps[0]
            if len(steps) >= _OF_SOURCE:
                source, line, column = source + steps[1], line + steps[2], column + steps[3]
                segments.append((at, source, line, column))
        yield segments


def _numbers(segment: str) -> list[int]:
    numbers = []
    value = shift = 0
    for digit in segment:
        bits = _DIGITS.get(digit)
        if bits is None or shift > _WIDEST:
            raise ValueError(digit)
        value |= (bits & (_MORE - 1)) << shift
        if bits & _MORE:
            shift += _BITS
            continue
        numbers.append(-(value >> 1) if value & 1 else value >> 1)
        value = shift = 0
    return numbers
