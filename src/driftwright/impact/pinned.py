"""Pinned keys: the map keys that a reader asks for by name, found by running it on a document with other keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from driftwright.impact.javascript import Engine
from driftwright.impact.readers import Reader
from driftwright.impact.situation import DOCUMENT, Situation, calls
from driftwright.structure import Shape

_MARK = "zz~"
_ROUNDS = 8


def pinned_keys(engine: Engine, reader: Reader, good: Situation, shape: Shape, store: str = DOCUMENT) -> frozenset[str]:
    """Return the map keys that a reader asks for although they are not there.

    A reader that lists a map's keys asks only for what it was given; one that names a key asks for it on a map whose
    keys were all renamed. It may give up at the first key it misses, so each found key is put back, and the next one
    looked for. A key that stands elsewhere in the document as a value is a reference that the reader follows: it names
    no key unless its source does.

    Args:
        engine: V8.
        reader: The reader.
        good: A situation that it is right on.
        shape: The shape of the store's document, which says where the maps are.
        store: Which store's maps are asked for.
    """
    document = good.stores.get(store)
    references = _reference_texts([document, *good.params.values()], reader.literals)
    names = frozenset(_map_keys(document, shape)) - references
    pinned: frozenset[str] = frozenset()
    for _ in range(_ROUNDS if names else 0):
        scrambled = replace(good, stores={**good.stores, store: _scrambled(document, shape, pinned)})
        outcome = engine.run(reader.program, calls(reader.function, [scrambled]), traced=True)[0]
        asked = {key for read in outcome.reads for key in _at_maps(_path_in(read.path, store), shape)}
        new_keys = (asked & names) - pinned
        if not new_keys:
            break
        pinned |= new_keys
    return pinned


def _path_in(path: tuple[str | int, ...], store: str) -> tuple[str | int, ...]:
    """Return the path of a read within a store's document; empty when another store was read."""
    if store == DOCUMENT:
        return path
    return path[1:] if path and path[0] == store else ()


def _reference_texts(document: Any, named: frozenset[str]) -> frozenset[str]:
    """Return the texts of the document's scalars, apart from those that the source names."""
    texts: set[str] = set()
    stack = [document]
    while stack:
        value = stack.pop()
        if isinstance(value, (dict, list)):
            stack.extend(value.values() if isinstance(value, dict) else value)
        elif isinstance(value, (str, int)):
            texts.add(str(value))
    return frozenset(texts) - named


def _scrambled(value: Any, shape: Shape | None, kept: frozenset[str]) -> Any:
    if isinstance(value, list):
        below = shape.items if shape else None
        return [_scrambled(item, below, kept) for item in value]
    if not isinstance(value, dict):
        return value
    if shape is not None and shape.values is not None:
        values = shape.values
        return {(key if key in kept else _MARK + key): _scrambled(item, values, kept) for key, item in value.items()}
    parts: Mapping[str, Shape] = shape.fields if shape else {}
    return {name: _scrambled(item, parts.get(name), kept) for name, item in value.items()}


def _map_keys(value: Any, shape: Shape | None) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _map_keys(item, shape.items if shape else None)
    elif isinstance(value, dict):
        is_map = shape is not None and shape.values is not None
        for key, item in value.items():
            if is_map:
                yield key
            yield from _map_keys(item, _below(key, shape))


def _below(key: str, shape: Shape | None) -> Shape | None:
    if shape is None:
        return None
    return shape.values if shape.values is not None else shape.fields.get(key)


def _at_maps(path: tuple[str | int, ...], shape: Shape) -> Iterator[str]:
    """Yield the steps of a read that were keys of maps."""
    current: Shape | None = shape
    for step in path:
        if isinstance(step, int):
            current = current.items if current else None
            continue
        if current is not None and current.values is not None:
            yield step
        current = _below(step, current)
