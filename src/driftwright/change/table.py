"""Two shapes as flat tables of aspects, and the positions where the tables differ.

Comparing the documents themselves takes seconds and lists every record; their shapes take milliseconds and list causes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from driftwright.path import EACH_VALUE, Key, Path
from driftwright.shape import Row, Shape, rows
from driftwright.terms import JsonType

_FORMS = "uuid hex digits url blob data time-utc time-offset time-local date local-date boolean json empty"
STRONG_FORMS = frozenset(_FORMS.split())
"""Forms that a text cannot have by chance."""

_HUGE = 1e150


def differing(before: Shape, after: Shape) -> dict[str, frozenset[str]]:
    """Return the paths at which two shapes differ, each with the aspects that do.

    Returns:
        Path text to aspect names; the aspect `here` means that the position exists on one side only.
    """
    old, new = _table(before), _table(after)
    alike = {path for path in old.keys() & new.keys() if old[path] == new[path]}
    old, new = ({path: row for path, row in side.items() if path not in alike} for side in (old, new))
    if not old and not new:
        return {}
    from deepdiff import DeepDiff

    found = DeepDiff(old, new, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False)
    differences: dict[str, set[str]] = {}
    for items in found.values():
        for item in items:
            where = item.path(output_format="list")
            differences.setdefault(where[0], set()).add(where[1] if len(where) > 1 else "here")
    return {path: frozenset(aspects) for path, aspects in differences.items()}


def _table(shape: Shape) -> dict[str, Mapping[str, Any]]:
    return {str(row.path): _aspects(row) for row in rows(shape)}


def _aspects(row: Row) -> Mapping[str, Any]:
    shape = row.shape
    aspects: dict[str, Any] = {
        "type": sorted(shape.kinds),
        "null": shape.count(JsonType.NULL) > 0,
        "nested": sorted(shape.items.kinds) if shape.items else [],
        "kind": "map" if shape.values is not None else "record" if shape.fields else "",
    }
    if isinstance(row.path.last, Key):
        aspects["presence"] = "always" if shape.seen == row.containers else "sometimes"
    forms = STRONG_FORMS.intersection(shape.forms)
    aspects["form"] = sorted(forms)
    aspects["keys"] = sorted(shape.keys)
    aspects["keyed"] = sorted(name for name, hits in shape.keyed.items() if hits == shape.keyed["*"] and name != "*")
    aspects["scale"] = math.ceil(magnitude(shape.high) or 0.0)
    if row.path.name == "version" and EACH_VALUE not in row.path.steps:
        aspects["value"] = sorted(map(str, shape.enum or ()))
    return aspects


def magnitude(number: float | None) -> float | None:
    """Return the decimal logarithm of a number; None for what has none that can be reckoned with."""
    return math.log10(number) if number is not None and 1 / _HUGE < number < _HUGE else None


def position(text: str) -> Path:
    """Read a table's path text back."""
    return Path.parse(text)
