"""Merge the shapes of several columns into one."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from driftwright.base.path import EACH_VALUE, Path
from driftwright.structure.shape.model import EMPTY, MAX_ENUMERATION, Shape

K = TypeVar("K")


def merge(shape: Shape, other: Shape) -> Shape:
    """Return the shape of both columns together; associative and commutative, `EMPTY` is neutral."""
    return Shape(
        total=shape.total + other.total,
        types=_add(shape.types, other.types),
        fields=_merge_fields(shape.fields, other.fields),
        values=_merge_part(shape.values, other.values),
        items=_merge_part(shape.items, other.items),
        keys=_add(shape.keys, other.keys),
        keyed=_add(shape.keyed, other.keyed),
        forms=_add(shape.forms, other.forms),
        enum=_merge_enum(shape.enum, other.enum),
        low=min((v for v in (shape.low, other.low) if v is not None), default=None),
        high=max((v for v in (shape.high, other.high) if v is not None), default=None),
        empty=shape.empty + other.empty,
        true=shape.true + other.true,
    )


def merge_all(shapes: Sequence[Shape]) -> Shape:
    """Return the shape of all columns together."""
    return functools.reduce(merge, shapes, EMPTY)


def pooled_at(shape: Shape, path: Path) -> Shape | None:
    """Return the shape at a path that takes records for maps where the shape has them as records; None without one."""
    here: Shape | None = shape
    for step in path.steps:
        if here is None:
            return None
        is_pooled = step == EACH_VALUE and here.values is None and here.fields
        here = merge_all(list(here.fields.values())) if is_pooled else here.at(Path((step,)))
    return here


def _add(counts: Mapping[K, int], other: Mapping[K, int]) -> dict[K, int]:
    return dict(Counter(counts) + Counter(other))


def _merge_fields(fields: Mapping[str, Shape], other: Mapping[str, Shape]) -> dict[str, Shape]:
    merged = dict(fields)
    for name, part in other.items():
        merged[name] = merge(merged[name], part) if name in merged else part
    return merged


def _merge_part(part: Shape | None, other: Shape | None) -> Shape | None:
    if part is None or other is None:
        return part or other
    return merge(part, other)


def _merge_enum(enum: frozenset[Any] | None, other: frozenset[Any] | None) -> frozenset[Any] | None:
    if enum is None or other is None:
        return None
    union = enum | other
    return union if len(union) <= MAX_ENUMERATION else None
