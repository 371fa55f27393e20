"""Find the positions where two shapes differ, from flat rows of their aspects.

Comparing the documents themselves takes seconds and lists every record; their shapes take milliseconds and list causes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, ROOT
from driftwright.base.terms import JsonType
from driftwright.structure.shape import Shape

_FORMS = "uuid hex digits url blob data time-utc time-offset time-local date local-date boolean json empty"
STRONG_FORMS = frozenset(_FORMS.split())
"""Forms of text that no text has by chance."""

_HUGE = 1e150


def differing_paths(before: Shape, after: Shape) -> dict[str, frozenset[str]]:
    """Return the paths at which two shapes differ, each with the aspects that differ.

    Returns:
        Path text to aspect names; the aspect `here` means that the position exists on one side only.
    """
    old, new = _aspect_table(before), _aspect_table(after)
    differences = {
        path: _differing_aspects(old[path], new[path]) for path in old.keys() & new.keys() if old[path] != new[path]
    }
    return differences | dict.fromkeys(old.keys() ^ new.keys(), frozenset({"here"}))


def _differing_aspects(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(aspect for aspect in old.keys() | new.keys() if old.get(aspect) != new.get(aspect))


def _aspect_table(shape: Shape) -> dict[str, Mapping[str, Any]]:
    table: dict[str, Mapping[str, Any]] = {str(ROOT): _aspects(shape)}
    _add_below(table, "", shape)
    return table


def _add_below(table: dict[str, Mapping[str, Any]], above: str, shape: Shape) -> None:
    """Add what a shape holds; the texts of paths grow on the way down, which is quicker than writing each anew."""
    records = shape.count(JsonType.OBJECT)
    for name, part in shape.fields.items():
        text = above + _step_text(name)
        aspects = {**_aspects(part), "presence": "always" if part.total == records else "sometimes"}
        if name == "version" and f"{_EACH_VALUE}/" not in text:
            aspects["value"] = sorted(map(str, part.enum or ()))
        table[text] = aspects
        _add_below(table, text, part)
    for text, below in ((above + _EACH_VALUE, shape.values), (above + _EACH_ITEM, shape.items)):
        if below is not None:
            table[text] = _aspects(below)
            _add_below(table, text, below)


@lru_cache(maxsize=4096)
def _step_text(name: str) -> str:
    return str(ROOT / name)


_EACH_VALUE, _EACH_ITEM = str(ROOT / EACH_VALUE), str(ROOT / EACH_ITEM)


def _aspects(shape: Shape) -> dict[str, Any]:
    return {
        "type": sorted(shape.kinds),
        "null": shape.count(JsonType.NULL) > 0,
        "nested": sorted(shape.items.kinds) if shape.items else [],
        "kind": "map" if shape.values is not None else "record" if shape.fields else "",
        "form": sorted(STRONG_FORMS.intersection(shape.forms)),
        "keys": sorted(shape.keys),
        "keyed": sorted(name for name, hits in shape.keyed.items() if hits == shape.keyed["*"] and name != "*"),
        "scale": math.ceil(magnitude(shape.high) or 0.0),
    }


def magnitude(number: float | None) -> float | None:
    """Return the decimal logarithm of a number; None without a number, or when it is not positive or far too large."""
    return math.log10(number) if number is not None and 1 / _HUGE < number < _HUGE else None
