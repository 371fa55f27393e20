"""The declared vocabulary against a store: keys that are repeated, references, uniqueness and order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from driftwright.path import EACH_ITEM, EACH_VALUE, ROOT, Path
from driftwright.schemas.load import Version
from driftwright.schemas.nodes import Node, node
from driftwright.schemas.validation import Violation

_SAID = {
    "x-key-equals": "does not repeat the key of its map",
    "x-references": "refers to no key of the declared map",
    "x-unique": "is in one list more than once",
    "x-order": "is not in the declared order",
}


@dataclass(slots=True)
class _Walk:
    """One walk over a document: what it is checked against, and what was found so far."""

    document: Any
    store: str
    found: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, path: Path, keyword: str, times: int = 1) -> None:
        """Count one finding."""
        if times:
            self.found[str(path), keyword] += times


def vocabulary_violations(document: Any, version: Version, store: str) -> tuple[Violation, ...]:
    """Return where a store does not hold what its schema declares beyond types; never a value of it.

    Args:
        document: The redacted store.
        version: The version whose schema speaks.
        store: The store's name: only references within the same store can be followed.
    """
    walk = _Walk(document, store)
    _visit(walk, document, node(Node(version.schema, version.schema, version.file)), ROOT, "")
    return tuple(
        sorted(Violation(path, keyword, _SAID[keyword], times) for (path, keyword), times in walk.found.items())
    )


def _visit(walk: _Walk, value: Any, here: Node, path: Path, key: str) -> None:
    """Look at one value; `key` is the key of the nearest map that it lies in."""
    if here.schema.get("x-key-equals") and key and isinstance(value, str) and value != key:
        walk.add(path, "x-key-equals")
    if "x-references" in here.schema and isinstance(value, str):
        known = _referred(walk, str(here.schema["x-references"]))
        walk.add(path, "x-references", int(known is not None and value not in known))
    if isinstance(value, dict):
        for name, child in here.fields().items():
            if name in value:
                _visit(walk, value[name], child, path / name, key)
        below = here.values()
        for name, part in value.items() if below is not None else ():
            assert below is not None  # noqa: S101 - the loop is empty without it
            _visit(walk, part, below, Path((*path.steps, EACH_VALUE)), name)
    elif isinstance(value, list):
        items = here.items()
        if items is not None:
            _columns(walk, value, items, Path((*path.steps, EACH_ITEM)))
            for item in value:
                _visit(walk, item, items, Path((*path.steps, EACH_ITEM)), key)


def _columns(walk: _Walk, items: Sequence[Any], here: Node, path: Path) -> None:
    """What holds between the items of one list: of the items themselves, and of each field of its records."""
    _column(walk, items, here.schema, path)
    for name, child in here.fields().items():
        column = [item[name] for item in items if isinstance(item, dict) and name in item]
        _column(walk, column, child.schema, path / name)


def _column(walk: _Walk, column: Sequence[Any], schema: Mapping[str, Any], path: Path) -> None:
    if schema.get("x-unique"):
        plain = [value for value in column if isinstance(value, (str, int))]
        walk.add(path, "x-unique", len(plain) - len(set(plain)))
    order = schema.get("x-order")
    if order in ("ascending", "descending"):
        steps = _steps(column)
        walk.add(path, "x-order", sum(1 for up in steps if up == (order == "descending")))


def _steps(column: Sequence[Any]) -> Iterator[bool]:
    """Yield whether each next value is larger, where it is another one of the same type."""
    for one, other in pairwise(column):
        if type(one) is type(other) and isinstance(one, (str, int, float)) and one != other:
            yield other > one


def _referred(walk: _Walk, reference: str) -> Mapping[str, Any] | None:
    """The map that a reference names; None when it is another store's, is not there, or holds nothing."""
    store, _, pointer = reference.partition(":")
    if store != walk.store:
        return None
    here: Any = walk.document
    for part in pointer.split("/")[1:]:
        here = here.get(part) if isinstance(here, dict) else None
    return here if isinstance(here, dict) and here else None
