"""Take the counts of more records into a shape: those of all known-good records, of which only a few were kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from driftwright.base.terms import JsonType
from driftwright.structure.shape.model import EMPTY, Shape

K = TypeVar("K")


def with_counts(kept: Shape, counted: Shape) -> Shape:
    """Return a shape with the counts of more records.

    Args:
        kept: The shape of the records that were kept, perhaps with map keys told apart by name.
        counted: The shape of all records, the kept ones among them. Where it has another layout, as above JSON text
            that one side has opened, the kept shape stands for all.
    """
    if counted.total < kept.total:
        return kept
    if not kept.kinds <= counted.kinds or {_is_map(kept), _is_map(counted)} == {True, False}:
        return _scaled(kept, counted.total / kept.total)
    words = counted.enum
    if words is not None and kept.enum is not None and not kept.enum <= words:
        words = kept.enum  # the words of the one are hidden otherwise than those of the other
    if kept.values is not None and kept.fields:
        # Keys told apart by name were counted in the kept records alone.
        values = with_counts(kept.values, counted.values) if counted.values else kept.values
        return replace(kept, values=values)
    return replace(
        counted,
        enum=words,
        fields={
            name: with_counts(kept.fields.get(name, EMPTY), counted.fields[name])
            if name in counted.fields
            else kept.fields[name]
            for name in {**kept.fields, **counted.fields}
        },
        values=_with_part(kept.values, counted.values),
        items=_with_part(kept.items, counted.items),
    )


def _is_map(shape: Shape) -> bool | None:
    """Whether its objects are maps; None when it has none that shows it."""
    if shape.values is not None:
        return True
    return False if shape.fields else None


def _with_part(kept: Shape | None, counted: Shape | None) -> Shape | None:
    return kept if counted is None else with_counts(kept or EMPTY, counted)


def _scaled(shape: Shape, factor: float) -> Shape:
    """Return a shape as if so many times its records had been seen."""

    def counts(of: Mapping[K, int]) -> dict[K, int]:
        return {name: max(1, round(count * factor)) for name, count in of.items()}

    types = counts(shape.types)
    return replace(
        shape,
        total=sum(types.values()),
        types=types,
        fields={name: _scaled(part, factor) for name, part in shape.fields.items()},
        values=_scaled(shape.values, factor) if shape.values else None,
        items=_scaled(shape.items, factor) if shape.items else None,
        keys=counts(shape.keys),
        keyed=counts(shape.keyed),
        forms=counts(shape.forms),
        empty=round(shape.empty * factor),
        true=min(types.get(JsonType.BOOLEAN, 0), round(shape.true * factor)),
    )
