"""Prefixes: the keys of a map with another beginning, and whether what refers to them went along.

`Post:1` became `Article:1` or `Post/1`, `abc` became `track:abc`. The keys alone tell it, once every one of them
follows the rule and enough of them are there on both sides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from driftwright.base.forms import key_form
from driftwright.base.path import Path, leaves, records_at
from driftwright.structure.change import Change, Comparison, told
from driftwright.structure.change.likeness import likeness
from driftwright.structure.shape import Shape, fold, rows

_FEWEST = 3
_MOST = 400
_ALIKE = 0.7
_BEGINNING = re.compile(r"[A-Za-z][A-Za-z0-9_-]*[:/#|]")
_COMMON = re.compile(r".*[:/#|]|[A-Za-z]+[_.-](?=[^_.-]*\Z)", re.DOTALL)

_Map = dict[str, Any]


def with_other_prefixes(comparison: Comparison, documents: tuple[Any, Any], shapes: tuple[Shape, Shape]) -> Comparison:
    """Return the comparison with the maps whose keys begin otherwise.

    Args:
        comparison: What was found.
        documents: The whole documents before and after.
        shapes: Their shapes.
    """
    known = {change.path for change in comparison.changes if change.rule.aspect in ("keys", "type")}
    return comparison.plus(change for change in _found(documents, shapes) if change.path not in known)


def _found(documents: tuple[Any, Any], shapes: tuple[Shape, Shape]) -> Iterator[Change]:
    for row in rows(shapes[0]):
        later = shapes[1].at(row.path)
        if row.shape.values is None or later is None or later.values is None:
            continue
        sides = [_merged(document, row.path) for document in documents]
        prefixes = _added(*sides) or _replaced(*sides)
        if not prefixes:
            continue
        shown = (", ".join(f"{old}…" for old in prefixes), ", ".join(f"{new}…" for new in prefixes.values()))
        params = {"form": "prefix", "prefixes": prefixes, "followed": _are_followed(documents, sides)}
        change = told(("keys", "reformed"), row.path, shown, params)
        if change is not None:
            yield change


def _merged(document: Any, path: Path) -> _Map:
    return {key: value for one in records_at(document, path) for key, value in one.items()}


def _added(before: _Map, after: _Map) -> Mapping[str, str]:
    """The beginning that all keys have now and none had, or the other way round."""
    if min(len(before), len(after)) < _FEWEST or before.keys() & after.keys():
        return {}
    for here, there, is_new in ((after, before, True), (before, after, False)):
        match = _COMMON.match(_shared(min(here), max(here)))
        start = match.group() if match else ""
        if not start or any(key.startswith(start) for key in there):
            continue
        rest = {key_form(key[len(start) :]) for key in here if len(key) > len(start)}
        if rest & {key_form(key) for key in there} and _alike(list(before.values()), list(after.values())):
            return {"": start} if is_new else {start: ""}
    return {}


def _shared(one: str, other: str) -> str:
    """The beginning that two texts share; of the first and the last in order, it is that of all between them."""
    count = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:count]


def _replaced(before: _Map, after: _Map) -> Mapping[str, str]:
    """The beginnings of whole groups of keys that are gone, each with the new one whose records are the same."""
    groups, later = _grouped(before), _grouped(after)
    gone = {start: keys for start, keys in groups.items() if start not in later and len(keys) >= _FEWEST}
    new = {start: keys for start, keys in later.items() if start not in groups and len(keys) >= _FEWEST}
    found: dict[str, str] = {}
    for old, keys in gone.items():
        records = [before[key] for key in keys]
        ranked = sorted(
            (start[:-1] != old[:-1], start)
            for start, others in new.items()
            if start not in found.values() and _alike(records, [after[key] for key in others])
        )
        if ranked and (len(ranked) == 1 or not ranked[0][0]):
            found[old] = ranked[0][1]
    return found


def _grouped(entries: _Map) -> Mapping[str, Sequence[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for key in entries:
        match = _BEGINNING.match(key)
        if match and match.end() < len(key):
            groups[match.group()].append(key)
    return groups


def _alike(before: Sequence[Any], after: Sequence[Any]) -> bool:
    return likeness(fold(before[:_MOST]), fold(after[:_MOST])) >= _ALIKE


def _are_followed(documents: tuple[Any, Any], sides: Sequence[_Map]) -> bool:
    """Whether texts elsewhere equal keys of the map, on both sides: what refers to them was rewritten too."""
    pairs = zip(documents, sides, strict=True)
    return all(any(isinstance(leaf, str) and leaf in keys for leaf in leaves(document)) for document, keys in pairs)
