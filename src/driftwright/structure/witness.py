"""Shrink a document to a witness: a small one with every path, type, form, small enumeration value and pinned key.

Readers run on a witness a thousand times; on the whole document they would take minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from driftwright.base.forms import text_form
from driftwright.base.path import EACH_ITEM, EACH_VALUE, ROOT, Path
from driftwright.structure.shape import Shape

_FEWEST = 3
_ROUNDS = 2
_MOST_TEXTS = 2000
_MOST_FOLLOWED = 12

_Feature = tuple[str, str, Any]


def make_witness(document: Any, shape: Shape, pinned: frozenset[str] = frozenset()) -> Any:
    """Return a small document with the same shape.

    Args:
        document: The whole document.
        shape: Its shape.
        pinned: Map keys that readers ask for by name; they are kept.
    """
    witness = _Shrinker(shape, pinned).reduced(document, ROOT, shape)
    for _ in range(_ROUNDS):
        # The witness must hold the entries of maps that it refers to, or a reader would not find them.
        wanted = dict.fromkeys(islice(_possible_keys(witness), _MOST_TEXTS))
        larger = _Shrinker(shape, pinned, wanted).reduced(document, ROOT, shape)
        if larger == witness:
            break
        witness = larger
    return witness


def _possible_keys(document: Any) -> Iterator[str]:
    """Yield the scalars of a document that may be keys, as texts: first those outside lists, then the others."""
    stack: list[Any] = [document]
    later: list[Any] = []
    while stack or later:
        if not stack:
            stack, later = later[::-1], []
        value = stack.pop()
        if isinstance(value, dict):
            parts = list(value.values())
            later += [part for part in parts if isinstance(part, list)]
            stack.extend(reversed([part for part in parts if not isinstance(part, list)]))
        elif isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, (str, int)) and not isinstance(value, bool):
            yield str(value)


@dataclass(slots=True)
class _Shrinker:
    shape: Shape
    pinned: frozenset[str]
    wanted: Mapping[str, None] = field(default_factory=dict)
    # By path: a feature for which an outer item was kept must be new again when its inner lists are reduced.
    covered: dict[Path, set[_Feature]] = field(default_factory=dict)

    def reduced(self, value: Any, path: Path, shape: Shape | None) -> Any:
        if isinstance(value, list):
            below = Path((*path.steps, EACH_ITEM))
            part = shape.items if shape else None
            kept = [item for number, item in enumerate(value) if self._adds(item, below, part) or number < _FEWEST]
            return [self.reduced(item, below, part) for item in kept]
        if not isinstance(value, dict):
            return value
        if shape is None or shape.values is None:
            parts: Mapping[str, Shape] = shape.fields if shape else {}
            return {name: self.reduced(item, path / name, parts.get(name)) for name, item in value.items()}
        return self._reduced_map(value, path, shape)

    def _reduced_map(self, value: dict[str, Any], path: Path, shape: Shape) -> dict[str, Any]:
        below = Path((*path.steps, EACH_VALUE))
        kept = {}
        wanted = frozenset(islice((key for key in self.wanted if key in value), _MOST_FOLLOWED))
        for number, (key, item) in enumerate(value.items()):
            if self._adds(item, below, shape.values) or key in self.pinned or key in wanted or number < _FEWEST:
                kept[key] = self.reduced(item, below, shape.values)
        return kept

    def _adds(self, item: Any, path: Path, shape: Shape | None) -> bool:
        covered = self.covered.setdefault(path, set())
        new = {feature for feature in _features(item, path, shape) if feature not in covered}
        covered |= new
        return bool(new)


def _features(value: Any, path: Path, shape: Shape | None) -> Iterator[_Feature]:
    where = str(path)
    whole = isinstance(value, float) and value.is_integer()
    yield where, "type", "int" if whole else type(value).__name__
    if isinstance(value, bool):
        yield where, "flag", value  # not as a number: True equals 1 here
    elif isinstance(value, str):
        yield where, "form", text_form(value)
        if shape is not None and shape.enum is not None:
            yield where, "value", value
    elif isinstance(value, (int, float)):
        if shape is not None and (shape.enum is not None or value in (shape.low, shape.high)):
            yield where, "value", value
    elif isinstance(value, list):
        yield where, "size", min(len(value), 2)
        for item in value:
            yield from _features(item, Path((*path.steps, EACH_ITEM)), shape.items if shape else None)
    elif isinstance(value, dict):
        yield from _object_features(value, path, shape)


def _object_features(value: dict[str, Any], path: Path, shape: Shape | None) -> Iterator[_Feature]:
    if shape is not None and shape.values is not None:
        for item in value.values():
            yield from _features(item, Path((*path.steps, EACH_VALUE)), shape.values)
        return
    # The set of fields shows the kind of a record.
    yield str(path), "fields", tuple(value)
    parts: Mapping[str, Shape] = shape.fields if shape else {}
    for name, item in value.items():
        yield from _features(item, path / name, parts.get(name))
