"""Measures: units in which texts write a number, and by how much a number grows from one unit to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from driftwright.structure.change.notation import Notation

_UNITS: Sequence[Mapping[str, float]] = (
    {"b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12},
    {"kib": 1.0, "mib": 1024.0, "gib": 1024.0**2},
    {"ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0},
    {"mg": 1e-3, "g": 1.0, "kg": 1e3, "t": 1e6},
    {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3},
)


def unit_factor(before: Notation, after: Notation, numbers: tuple[Sequence[float], Sequence[float]]) -> float:
    """Return what a number is multiplied by to be written in another unit; 1 where the unit is the same or not known.

    Args:
        before: How the numbers were written.
        after: How they are written now.
        numbers: The numbers of both sides, to tell a share from a percentage that lost its sign.
    """
    old, new = (notation.suffix.strip().lower() for notation in (before, after))
    for family in _UNITS:
        if old in family and new in family:
            return family[old] / family[new]
    is_share = [all(0.0 <= number <= 1.0 for number in side) for side in numbers]
    if (old, new) == ("%", "") and is_share == [False, True]:
        return 0.01
    return 100.0 if (old, new) == ("", "%") and is_share == [True, False] else 1.0
