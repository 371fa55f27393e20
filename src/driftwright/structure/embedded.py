"""JSON within JSON: texts of a document that are documents themselves, opened so that their structure can be compared.

Stores that persist slice by slice write each slice as a text of its own; a comparison of the texts would see nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.jsontext import parse_json
from driftwright.base.path import EACH_VALUE, Key, Path, values_at
from driftwright.base.terms import JsonType
from driftwright.structure.replay.edit import edit
from driftwright.structure.shape import Shape, fold, rows

_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Opened:
    """Two documents with the texts opened that are documents in both.

    Args:
        before: The document before.
        after: The document after.
        shape: The shape of `before`.
        sealed: Where a reader meets text, innermost first.
        known: Further documents before.
    """

    before: Any
    after: Any
    shape: Shape
    sealed: tuple[Path, ...]
    known: tuple[Any, ...] = ()


def opened(before: Any, after: Any, known: Sequence[Any] = ()) -> Opened:
    """Open the texts of documents that hold JSON objects or lists at the same positions of all.

    Args:
        before: A document before.
        after: The document after.
        known: Further documents before.
    """
    found: tuple[Path, ...] = ()
    whole = [before, after, *known]
    shape = fold([before, *known])
    for _ in range(_DEEPEST):
        needed, others = whole[:2], whole[2:]
        paths = [
            path
            for path in _texts(shape)
            if all(_all_open(one, path) for one in needed) and all(_may_open(one, path) for one in others)
        ]
        if not paths:
            break
        for path in paths:
            whole = [edit(one, path, _read)[0] for one in whole]
        found = (*paths, *found)
        shape = fold([whole[0], *whole[2:]])
    return Opened(whole[0], whole[1], shape, found, tuple(whole[2:]))


def _texts(shape: Shape) -> Iterator[Path]:
    for row in rows(shape):
        if row.shape.kinds == {JsonType.STRING} and "json" in row.shape.forms:
            yield row.path


def _all_open(document: Any, path: Path) -> bool:
    """Whether there are texts at a position, and each is a document."""
    texts = [value for value in values_at(document, path) if value not in (None, "")]
    return bool(texts) and all(_read(text) is not text for text in texts)


def _may_open(document: Any, path: Path) -> bool:
    """Whether no text at a position is anything but a document."""
    return all(_read(text) is not text for text in values_at(document, path) if text not in (None, ""))


def _read(value: Any) -> Any:
    if not isinstance(value, str) or not value.strip().startswith(("{", "[")):
        return value
    try:
        return parse_json(value.encode(), "embedded text")
    except (InputFault, UnicodeError):
        return value  # too deep, too large or no JSON: it stays the text that it is


def inside(path: Path, read: Path, sealed: tuple[Path, ...]) -> bool:
    """Whether a path lies within a text that was read: whoever reads a text may read all that is in it.

    Args:
        path: Where something changed.
        read: What was read.
        sealed: Where there are texts.
    """
    return any(_matches(read, text) for text in sealed) and path.within(read)


def _matches(read: Path, text: Path) -> bool:
    if len(read.steps) != len(text.steps):
        return False
    pairs = zip(read.steps, text.steps, strict=True)
    return all(one == other or (other == EACH_VALUE and isinstance(one, Key)) for one, other in pairs)
