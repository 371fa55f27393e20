"""JSON within JSON: texts that hold JSON documents are replaced by the parsed documents, so that they can be compared.

Stores that are saved slice by slice write each slice as a text; a comparison of such texts shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.base.jsontext import parse_text
from driftwright.base.path import EACH_VALUE, Key, Path, records_at, records_in, values_at
from driftwright.base.terms import JsonType
from driftwright.structure.replay.edit import edit_at
from driftwright.structure.shape import OPEN, Layout, Shape, fold, fold_again, layout_of, shape_rows

_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class OpenedDocuments:
    """Two documents in which the texts that hold JSON in both are replaced by the parsed values.

    Args:
        before: The document before.
        after: The document after.
        shape: The shape of the documents before.
        layout: Where the documents before have maps and records, also in texts that the document after has no more.
        text_paths: Where the texts were that a reader of the original gets, innermost first.
        known: Further documents before.
    """

    before: Any
    after: Any
    shape: Shape
    layout: Layout
    text_paths: tuple[Path, ...]
    known: tuple[Any, ...] = ()


def open_embedded_json(before: Any, after: Any, known: Sequence[Any] = ()) -> OpenedDocuments:
    """Parse the texts that hold JSON objects or lists at the same positions of all documents, up to three levels deep.

    Args:
        before: A document before.
        after: The document after.
        known: Further documents before.
    """
    text_paths: tuple[Path, ...] = ()
    whole = [before, after, *known]
    shape = fold([before, *known])
    is_ended = False
    for _ in range(_DEEPEST):
        before_paths = [
            path
            for path in _json_text_paths(shape)
            if (_are_all_json(whole[0], path) and all(_holds_no_other_text(document, path) for document in whole[2:]))
            or (path.last == EACH_VALUE and _holds_json(whole[0], path))
        ]
        paths = [
            path
            for path in before_paths
            if _are_all_json(whole[1], path) or (path.last == EACH_VALUE and _holds_json(whole[1], path))
        ]
        paths += _renamed(whole, [path for path in before_paths if path not in paths])
        is_ended = is_ended or not set(before_paths) <= set(paths)
        if not paths:
            break
        for path in paths:
            whole = [edit_at(document, path, parse_text)[0] for document in whole]
        text_paths = (*paths, *text_paths)
        shape = fold_again([whole[0], *whole[2:]], shape, paths)
    layout = layout_with_texts([before, *known]) if is_ended else layout_of(shape)
    if is_ended:
        shape = fold([whole[0], *whole[2:]], layout)
    return OpenedDocuments(whole[0], whole[1], shape, layout, text_paths, tuple(whole[2:]))


def _renamed(whole: Sequence[Any], left: Sequence[Path]) -> list[Path]:
    """Return the places of texts in a record of which all are gone, and of new ones beside them: keys called otherwise.

    Args:
        whole: The document before, the document after, and further ones before.
        left: Where the document before has JSON texts, and the one after has none.
    """
    before, after = [whole[0], *whole[2:]], whole[1]
    gone = [path for path in left if isinstance(path.last, Key) and not any(True for _ in values_at(after, path))]
    renamed: list[Path] = []
    for home in dict.fromkeys(path.parent for path in gone):
        known = {name for record in records_in(before, home) for name in record}
        names = {name for record in records_at(after, home) for name in record if name not in known}
        new = [home / name for name in sorted(names) if _are_all_json(after, home / name)]
        renamed += [*new, *(path for path in gone if path.parent == home)] if new else []
    return renamed


def layout_with_texts(documents: Sequence[Any]) -> Layout:
    """Return where documents of one store have maps and records, decided by what their JSON texts hold.

    Entries that are all texts look alike, and make a map of what is a record of different slices.
    """
    return open_embedded_json(documents[0], documents[0], documents[1:]).layout if documents else OPEN


def _json_text_paths(shape: Shape) -> Iterator[Path]:
    for row in shape_rows(shape):
        if row.shape.kinds == {JsonType.STRING} and "json" in row.shape.forms:
            yield row.path


def _are_all_json(document: Any, path: Path) -> bool:
    """Whether there are texts at a position, and each of them holds a JSON object or list."""
    texts = [value for value in values_at(document, path) if value not in (None, "")]
    return bool(texts) and all(parse_text(text) is not text for text in texts)


def _holds_json(document: Any, path: Path) -> bool:
    """Whether a text at a position holds a JSON object or list: in a dump of a storage area, others are plain words."""
    return any(isinstance(value, str) and parse_text(value) is not value for value in values_at(document, path))


def _holds_no_other_text(document: Any, path: Path) -> bool:
    """Whether each text at a position, if there are any, holds a JSON object or list."""
    return all(parse_text(text) is not text for text in values_at(document, path) if text not in (None, ""))


def is_inside_text(path: Path, read: Path, text_paths: tuple[Path, ...]) -> bool:
    """Whether a path lies within a text that was read: a reader of the text may read everything in it.

    Args:
        path: Where something changed.
        read: What was read.
        text_paths: Where there are texts.
    """
    return any(_is_text_position(read, text) for text in text_paths) and path.within(read)


def _is_text_position(read: Path, text: Path) -> bool:
    if len(read.steps) != len(text.steps):
        return False
    pairs = zip(read.steps, text.steps, strict=True)
    return all(step == other or (other == EACH_VALUE and isinstance(step, Key)) for step, other in pairs)
