"""Variations of a known-good store: the same store with parts of its data left out.

An answer that such a store gives can come from less data alone, and is no sign of a changed structure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from driftwright.base.path import objects
from driftwright.base.terms import JsonType
from driftwright.structure import Shape, kind_fields

_MOST = 160
"""How many variations of one store are tried."""
_MOST_EACH = 12
"""How many entries of one container are left out one by one."""
_MOST_WORDS = 12

_Steps = tuple[str | int, ...]


def variations(document: Any, shape: Shape) -> tuple[Any, ...]:
    """Return the document with data left out: an entry, all entries of a kind, all but one, all of a container.

    Args:
        document: A known-good document.
        shape: Its shape, which says where the maps are and which fields may be missing.
    """
    return tuple(islice(_variations(document, shape), _MOST))


def _variations(document: Any, shape: Shape) -> Iterator[Any]:
    always = _always_in_kind(document)
    for steps, value, container_shape in _containers(document, shape, ()):
        if isinstance(value, list):
            for kept in _fewer(list(enumerate(value))):
                yield _put(document, steps, [item for _, item in kept])
        elif container_shape is not None and container_shape.values is not None:
            for pairs in _fewer(list(value.items())):
                yield _put(document, steps, dict(pairs))
        elif container_shape is not None:
            objects = container_shape.count(JsonType.OBJECT)
            for name, part in container_shape.fields.items():
                if name in value and part.total < objects and not _is_of_kind(value, name, always):
                    yield _put(document, steps, {key: item for key, item in value.items() if key != name})


_Kind = tuple[str, str]


def _always_in_kind(document: Any) -> dict[_Kind, set[str]]:
    """Return by the word of each kind of records, and the field that holds it, the names that all of them have."""
    words_by_field = kind_fields([document])
    always: dict[_Kind, set[str]] = {}
    for record in objects(document):
        for field in words_by_field.keys() & record.keys():
            word = record[field]
            if isinstance(word, str):
                always[field, word] = always.get((field, word), set(record)) & record.keys()
    return always


def _is_of_kind(record: dict[str, Any], name: str, always: dict[_Kind, set[str]]) -> bool:
    """Whether all records of the kind of a record have a field, so that no other data lack it there."""
    return any(
        isinstance(word, str) and field != name and name in always.get((field, word), ())
        for field, word in record.items()
    )


def _fewer(entries: Sequence[tuple[Any, Any]]) -> Iterator[Sequence[tuple[Any, Any]]]:
    yield ()
    for number in range(min(len(entries), _MOST_EACH)):
        yield [pair for index, pair in enumerate(entries) if index != number]
    if len(entries) > 2:  # noqa: PLR2004 - of two, each was left alone already
        for number in range(min(len(entries), _MOST_EACH)):
            yield [entries[number]]
    for name, word in _kinds([item for _, item in entries]):
        yield [pair for pair in entries if not (isinstance(pair[1], dict) and pair[1].get(name) == word)]


def _kinds(items: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Yield the words and flags by which records of one container may be told apart."""
    records = [item for item in items if isinstance(item, dict)]
    for name in dict.fromkeys(name for record in records for name in record):
        values = [record[name] for record in records if isinstance(record.get(name), str | bool)]
        words = dict.fromkeys(values)
        if 1 < len(words) <= _MOST_WORDS and len(words) < len(values):
            yield from ((name, word) for word in words)


def _containers(value: Any, shape: Shape | None, steps: _Steps) -> Iterator[tuple[_Steps, Any, Shape | None]]:
    """Yield every container with its place, the outer ones first."""
    level: list[tuple[_Steps, Any, Shape | None]] = [(steps, value, shape)]
    while level:
        below: list[tuple[_Steps, Any, Shape | None]] = []
        for place, held, container_shape in level:
            if isinstance(held, list | dict) and held:
                yield place, held, container_shape
            if isinstance(held, list):
                part = container_shape.items if container_shape else None
                below += [((*place, index), item, part) for index, item in enumerate(held)]
            elif isinstance(held, dict):
                below += [((*place, name), item, _part(container_shape, name)) for name, item in held.items()]
        level = below


def _part(shape: Shape | None, name: str) -> Shape | None:
    if shape is None:
        return None
    return shape.fields.get(name, shape.values)


def _put(document: Any, steps: _Steps, value: Any) -> Any:
    if not steps:
        return value
    first, rest = steps[0], steps[1:]
    if isinstance(document, list):
        return [_put(item, rest, value) if index == first else item for index, item in enumerate(document)]
    held: Mapping[str, Any] = document
    return {name: _put(item, rest, value) if name == first else item for name, item in held.items()}
