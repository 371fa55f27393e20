"""Merge the shapes of several columns into one."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from driftwright.structure.shape.model import EMPTY, MAX_ENUMERATION, Shape

K = TypeVar("K")


def merge(one: Shape, other: Shape) -> Shape:
    """Return the shape of both columns together; associative and commutative, `EMPTY` is neutral."""
    return Shape(
        seen=one.seen + other.seen,
        types=_add(one.types, other.types),
        fields=_merge_fields(one.fields, other.fields),
        values=_merge_part(one.values, other.values),
        items=_merge_part(one.items, other.items),
        keys=_add(one.keys, other.keys),
        keyed=_add(one.keyed, other.keyed),
        forms=_add(one.forms, other.forms),
        enum=_merge_enum(one.enum, other.enum),
        low=min((v for v in (one.low, other.low) if v is not None), default=None),
        high=max((v for v in (one.high, other.high) if v is not None), default=None),
        empty=one.empty + other.empty,
        true=one.true + other.true,
    )


def merge_all(shapes: Sequence[Shape]) -> Shape:
    """Return the shape of all columns together."""
    return functools.reduce(merge, shapes, EMPTY)


def _add(one: Mapping[K, int], other: Mapping[K, int]) -> dict[K, int]:
    return dict(Counter(one) + Counter(other))


def _merge_fields(one: Mapping[str, Shape], other: Mapping[str, Shape]) -> dict[str, Shape]:
    merged = dict(one)
    for name, part in other.items():
        merged[name] = merge(merged[name], part) if name in merged else part
    return merged


def _merge_part(one: Shape | None, other: Shape | None) -> Shape | None:
    if one is None or other is None:
        return one or other
    return merge(one, other)


def _merge_enum(one: frozenset[Any] | None, other: frozenset[Any] | None) -> frozenset[Any] | None:
    if one is None or other is None:
        return None
    union = one | other
    return union if len(union) <= MAX_ENUMERATION else None
