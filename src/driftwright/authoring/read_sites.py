"""Where in an extension's own code a store is read: the stacks that the tracer saw, in the words of the source maps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from driftwright.base.errors import Fault
from driftwright.base.jsontext import parse_json, read_bytes
from driftwright.impact import SourceMap, read_source_map

_MARK = re.compile(rb"^[ \t]*//[#@][ \t]*sourceMappingURL=(\S+)[ \t\r]*$", re.MULTILINE)
_PACKED_BY = re.compile(r"^[\w+-]+://[^/]*/|^[\w+-]+:/+")  # webpack://shop/./src/cart.ts
_LONGEST = 200  # characters of a source's name that are told
_LIBRARY = "node_modules/"
_FOREIGN = "code outside of its files"


@dataclass(frozen=True, slots=True, order=True)
class Frame:
    """One place of a stack.

    Args:
        script: The extension's file, from its folder; empty for code that is in none of them.
        line: Its line, from 1.
        column: Its column, from 1.
        source: `file:line:column` that it was built from, where a source map tells.
    """

    script: str
    line: int
    column: int
    source: str = ""

    def __str__(self) -> str:
        return self.source or (f"{self.script}:{self.line}:{self.column}" if self.script else _FOREIGN)

    @property
    def is_library(self) -> bool:
        """Whether it was built from an installed package."""
        return _LIBRARY in self.source


@dataclass(frozen=True, slots=True)
class Site:
    """A stack from which something was read.

    Args:
        stack: Its places, the innermost first; at least one.
        times: How often it was met; of what is read very often, only the first times are looked at.
    """

    stack: tuple[Frame, ...]
    times: int

    @property
    def at(self) -> int:
        """The number of the place that the read belongs to.

        It is the innermost that is in another file than the code that read, as that is a helper of it; where all are in
        one file, the innermost that was not built from an installed package.
        """
        inner = self.stack[0].script
        own = [number for number, frame in enumerate(self.stack) if frame.script and not frame.is_library]
        callers = (number for number in own if self.stack[number].script != inner)
        return next(callers, own[0] if own else 0)

    @property
    def short(self) -> str:
        """The place that the read belongs to, and the one at which it was made."""
        return f"{self.stack[self.at]}, through {self.stack[0]}" if self.at else str(self.stack[0])

    def __str__(self) -> str:
        at = self.at
        through = f", through {', '.join(map(str, self.stack[:at]))}" if at else ""
        after = f", from {', '.join(map(str, self.stack[at + 1 :]))}" if self.stack[at + 1 :] else ""
        return f"{self.stack[at]}{through}{after}"


def parse_sites(rows: Sequence[Any], stacks: Sequence[Any]) -> tuple[Site, ...]:
    """Return the sites that the tracer told as numbers of stacks.

    Raises:
        ValueError, TypeError, IndexError: They are not what it tells.
    """
    return tuple(Site(_stack(stacks[int(number)]), int(times)) for number, times in rows)


def _stack(places: Sequence[Any]) -> tuple[Frame, ...]:
    stack = tuple(Frame(unquote(str(script)), int(line or 0), int(column or 0)) for script, line, column in places)
    if not stack:
        raise ValueError(places)
    return stack


def merged(sites: Iterable[Site]) -> tuple[Site, ...]:
    """Add up the sites with one stack; the most frequent come first."""
    counts: dict[tuple[Frame, ...], int] = {}
    for site in sites:
        counts[site.stack] = counts.get(site.stack, 0) + site.times
    ordered = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))
    return tuple(Site(stack, times) for stack, times in ordered)


class Sources:
    """The places that an extension's files were built from, by the source maps in its own folder; nothing is fetched.

    Args:
        folder: The built extension.
    """

    def __init__(self, folder: File) -> None:
        self._folder = folder.resolve()
        self._maps: dict[str, SourceMap | None] = {}
        self.complaints: list[str] = []

    def named(self, sites: Iterable[Site]) -> tuple[Site, ...]:
        """Return the sites with the places that their code was built from, and without names of files that are none."""
        return merged(Site(tuple(map(self._frame, site.stack)), site.times) for site in sites)

    def _frame(self, frame: Frame) -> Frame:
        file = self._within(frame.script) if frame.script else None
        if file is None:
            return Frame("", 0, 0)
        if frame.script not in self._maps:
            self._maps[frame.script] = self._map_of(frame.script, file)
        places = self._maps[frame.script]
        origin = places.origin(frame.line, frame.column) if places else None
        if origin is None:
            return frame
        name, line, column = origin
        return replace(frame, source=f"{_plain(name)}:{line}:{column}")

    def _within(self, name: str) -> File | None:
        """Return the file of the extension that has a name; None where there is none inside its folder."""
        try:
            file = (self._folder / name.lstrip("/")).resolve()
            return file if file.is_relative_to(self._folder) and file.is_file() else None
        except (OSError, ValueError, RuntimeError):
            return None

    def _map_of(self, script: str, file: File) -> SourceMap | None:
        try:
            marks = _MARK.findall(read_bytes(file))
        except Fault:
            return None
        if not marks:
            return None
        try:
            text = self._text(script, marks[-1].decode("utf-8", "replace"))
            return read_source_map(parse_json(text, script))
        except _NoMapError as why:
            self.complaints.append(f"{script}: {why}")
        except (Fault, ValueError):
            self.complaints.append(f"{script}: its source map is damaged, of another version, or far too large")
        return None

    def _text(self, script: str, url: str) -> bytes:
        if url.startswith("data:"):
            return _data(url)
        parts = urlsplit(url)
        if parts.scheme or parts.netloc:
            raise _NoMapError("its source map is elsewhere, and nothing is fetched")
        beside = "" if parts.path.startswith("/") else str(PurePosixPath(script).parent)
        file = self._within(f"{beside}/{unquote(parts.path)}")
        if file is None:
            raise _NoMapError("the folder holds no such source map as it names")
        data = read_bytes(file)
        return data.partition(b"\n")[2] if data.startswith(b")]}'") else data


class _NoMapError(Exception):
    """There is no source map to read."""


def _data(url: str) -> bytes:
    import base64

    head, _, body = url.partition(",")
    plain = unquote_to_bytes(body)
    return base64.b64decode(plain, validate=True) if head.endswith(";base64") else plain


def _plain(name: str) -> str:
    """Return the name of a source without what its bundler put before it."""
    parts = [part for part in _PACKED_BY.sub("", name).split("/") if part not in ("", ".", "..")]
    return "/".join(parts)[-_LONGEST:] or "?"


def site_records(sites: Sequence[Site]) -> list[Mapping[str, Any]]:
    """Return sites as records of `extension-reads-v1`."""
    return [
        {
            "by": str(site.stack[site.at]),
            "times": site.times,
            "stack": [
                {"script": frame.script, "line": frame.line, "column": frame.column, "source": frame.source}
                for frame in site.stack
            ],
        }
        for site in sites
    ]
