"""The declared vocabulary against a store: keys that are repeated, references, uniqueness and order.

A schema is first cut down to the positions that use the vocabulary or lead to one that does; a store is then looked at
as columns, all values of a position at once, so that a thousand records cost no more steps than one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, ROOT, Path
from driftwright.workspace.schemas.load import Version
from driftwright.workspace.schemas.nodes import Node, follow_reference
from driftwright.workspace.schemas.validation import Violation

_SAID = {
    "x-key-equals": "does not repeat the key of its map",
    "x-references": "refers to no key of the declared map",
    "x-unique": "is in one list more than once",
    "x-order": "is not in the declared order",
}


@dataclass(frozen=True, slots=True)
class _Part:
    """A position that uses the vocabulary, or leads to one that does.

    Args:
        path: Where it is.
        schema: Its keywords.
        fields: Its named fields, as far as they matter.
        values: The values of its map, if they matter.
        items: The items of its list, if they matter.
    """

    path: Path
    schema: Mapping[str, Any]
    fields: Mapping[str, _Part]
    values: _Part | None
    items: _Part | None


@dataclass(slots=True)
class _Walk:
    """The state of one walk over a document: the store, and how many violations of each keyword at each path."""

    document: Any
    store: str
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, path: Path, keyword: str, times: int = 1) -> None:
        """Count findings."""
        if times:
            self.counts[str(path), keyword] += times


@dataclass(frozen=True, slots=True)
class _Column:
    """The values of one position, each with the key of the nearest map that it lies in."""

    values: Sequence[Any]
    keys: Sequence[str]

    def of(self, kind: type) -> _Column:
        """The values of one type."""
        if set(map(type, self.values)) <= {kind}:
            return self
        kept = [(value, key) for value, key in zip(self.values, self.keys, strict=True) if type(value) is kind]
        return _Column([value for value, _ in kept], [key for _, key in kept])

    def field(self, name: str) -> _Column:
        """One field of the records that have it."""
        kept = [(record[name], key) for record, key in zip(self.values, self.keys, strict=True) if name in record]
        return _Column([value for value, _ in kept], [key for _, key in kept])


def vocabulary_violations(document: Any, version: Version, store: str) -> tuple[Violation, ...]:
    """Return where a store does not hold what its schema declares beyond types; never a value of it.

    Args:
        document: The redacted store.
        version: The version by whose schema it is checked.
        store: The store's name: only references within the same store can be followed.
    """
    part = _part(follow_reference(Node(version.schema, version.schema, version.file)), ROOT)
    if part is None:
        return ()
    walk = _Walk(document, store)
    _visit(walk, _Column([document], [""]), part)
    return tuple(
        sorted(Violation(path, keyword, _SAID[keyword], times) for (path, keyword), times in walk.counts.items())
    )


def _part(node: Node, path: Path) -> _Part | None:
    """Cut a schema down to what the vocabulary speaks of; None when it is silent here and below."""
    named = {name: _part(child, path / name) for name, child in node.fields().items()}
    fields = {name: part for name, part in named.items() if part is not None}
    values, items = node.values(), node.items()
    below = _part(values, Path((*path.steps, EACH_VALUE))) if values is not None else None
    each = _part(items, Path((*path.steps, EACH_ITEM))) if items is not None else None
    if not (fields or below or each or _SAID.keys() & node.schema.keys()):
        return None
    return _Part(path, node.schema, fields, below, each)


def _visit(walk: _Walk, column: _Column, position: _Part) -> None:
    _check_texts(walk, column.of(str), position)
    records = column.of(dict) if position.fields or position.values else _Column([], [])
    for name, part in position.fields.items() if records.values else ():
        _visit(walk, records.field(name), part)
    if position.values is not None and records.values:
        names = list(chain.from_iterable(records.values))
        _visit(walk, _Column(list(chain.from_iterable(map(dict.values, records.values))), names), position.values)
    if position.items is not None:
        lists = column.of(list)
        for items in lists.values:
            _check_items(walk, items, position.items)
        keys = [key for items, key in zip(lists.values, lists.keys, strict=True) for _ in items]
        if keys:
            _visit(walk, _Column(list(chain.from_iterable(lists.values)), keys), position.items)


def _check_texts(walk: _Walk, texts: _Column, position: _Part) -> None:
    """Check texts that must repeat the key of their map entry, or refer to a key of another map."""
    if position.schema.get("x-key-equals"):
        pairs = zip(texts.values, texts.keys, strict=True)
        walk.add(position.path, "x-key-equals", sum(1 for text, key in pairs if key and text != key))
    if "x-references" in position.schema:
        keys = _referred(walk, str(position.schema["x-references"]))
        if keys is not None:
            walk.add(position.path, "x-references", sum(1 for text in texts.values if text not in keys))


def _check_items(walk: _Walk, items: Sequence[Any], position: _Part) -> None:
    """Check uniqueness and order of the items of one list, and of each field of its records."""
    _check_column(walk, items, position)
    for name, part in position.fields.items():
        if "x-unique" in part.schema or "x-order" in part.schema:
            _check_column(walk, [item[name] for item in items if isinstance(item, dict) and name in item], part)


def _check_column(walk: _Walk, column: Sequence[Any], position: _Part) -> None:
    if position.schema.get("x-unique"):
        plain = [value for value in column if isinstance(value, (str, int))]
        walk.add(position.path, "x-unique", len(plain) - len(set(plain)))
    order = position.schema.get("x-order")
    if order in ("ascending", "descending"):
        steps = _steps(column)
        walk.add(position.path, "x-order", sum(1 for up in steps if up == (order == "descending")))


def _steps(column: Sequence[Any]) -> Iterator[bool]:
    """Yield whether each next value is larger, where it is another one of the same type."""
    for value, following in pairwise(column):
        if type(value) is type(following) and isinstance(value, (str, int, float)) and value != following:
            yield following > value


def _referred(walk: _Walk, reference: str) -> Mapping[str, Any] | None:
    """The map that a reference names; None when it is another store's, is not there, or holds nothing."""
    store, _, pointer = reference.partition(":")
    if store != walk.store:
        return None
    value: Any = walk.document
    for part in pointer.split("/")[1:]:
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, dict) and value else None
