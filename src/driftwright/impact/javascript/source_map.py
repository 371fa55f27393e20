"""Source maps: which place of the user's files a place of bundled code comes from."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_DIGITS = {
    digit: value for value, digit in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_BITS, _MORE = 5, 0x20
_MARK = "//# sourceMappingURL=data:application/json;base64,"
_OF_SOURCE = 4  # fields of a segment that names a place of a source


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Places of bundled code with those that they come from; lines and columns count from 1.

    Args:
        sources: The files, as esbuild names them: relative to the folder that it ran in.
        mappings: The places, in the form of version 3 of source maps.
    """

    sources: tuple[str, ...]
    mappings: str
    _lines: list[list[tuple[int, int, int, int]]] = field(default_factory=list, init=False, repr=False, compare=False)

    def origin(self, line: int, column: int) -> tuple[str, int, int] | None:
        """Return the file, line and column that a place comes from; None for code that comes from no file."""
        lines = self._decoded_lines()
        if not 0 < line <= len(lines) or not lines[line - 1]:
            return None
        segments = lines[line - 1]
        at = max(bisect_right(segments, (column - 1, 1 << 60)) - 1, 0)
        _, source, to_line, to_column = segments[at]
        return (self.sources[source], to_line + 1, to_column + 1) if source < len(self.sources) else None

    def lines_from(self, ending: str) -> frozenset[int]:
        """Return the lines, from 1, that come from files whose name ends so."""
        wanted = {at for at, name in enumerate(self.sources) if name.endswith(ending)}
        if not wanted:
            return frozenset()
        lines = enumerate(self._decoded_lines(), 1)
        return frozenset(number for number, segments in lines if segments and segments[0][1] in wanted)

    def _decoded_lines(self) -> list[list[tuple[int, int, int, int]]]:
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


def _decoded(mappings: str) -> Iterator[list[tuple[int, int, int, int]]]:
    """Yield for each line its segments: its column, and the source, line and column that it comes from, from 0."""
    source = line = column = 0
    for group in mappings.split(";"):
        at = 0
        segments = []
        for segment in filter(None, group.split(",")):
            steps = _numbers(segment)
            at += steps[0]
            if len(steps) >= _OF_SOURCE:
                source, line, column = source + steps[1], line + steps[2], column + steps[3]
                segments.append((at, source, line, column))
        yield segments


def _numbers(segment: str) -> list[int]:
    numbers = []
    value = shift = 0
    for digit in segment:
        bits = _DIGITS.get(digit, 0)
        value |= (bits & (_MORE - 1)) << shift
        if bits & _MORE:
            shift += _BITS
            continue
        numbers.append(-(value >> 1) if value & 1 else value >> 1)
        value = shift = 0
    return numbers
