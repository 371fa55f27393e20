"""Keys: those of a map that got another prefix or end, or are counted otherwise; and whether references followed.

`Post:1` became `Article:1` or `Post/1`, `abc` became `track:abc`. The keys alone show it when all of them follow the
rule and there are enough of them on both sides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeAlias

from driftwright.base.forms import key_form
from driftwright.base.path import Path, leaves, records_in
from driftwright.structure.change import Change, Comparison, make_change
from driftwright.structure.change.likeness import likeness
from driftwright.structure.shape import Shape, fold, shape_rows

_FEWEST = 3
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
_JOINTS = (":", "/", "#", "|", ".", "_", "-")
_MOST = 400
_ALIKE = 0.7
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]*[:/#|]")
_NO_JOINT = re.compile(r"[A-Za-z0-9 ]+")
_PREFIX_OF_ALL = re.compile(r".*[:/#|]|[A-Za-z]+[_.-](?=[^_.-]*\Z)", re.DOTALL)

_FILE = re.compile(r"[\w./@+-]*/[\w.@+-]+\.[A-Za-z][A-Za-z0-9]{0,4}")
"""The path of a file."""

_Map: TypeAlias = dict[str, Any]
_Written: TypeAlias = tuple[tuple[str, str], Mapping[str, Any]]
"""How keys were written and are now, as shown, and the parameters of the replay."""


def add_prefix_changes(
    comparison: Comparison, documents: tuple[Sequence[Any], Sequence[Any]], shapes: tuple[Shape, Shape]
) -> Comparison:
    """Return the comparison with the maps whose keys have another prefix added to its changes.

    Args:
        comparison: What changed.
        documents: The known-good documents, and the later ones.
        shapes: Their shapes.
    """
    known_paths = {change.path for change in comparison.changes if change.rule.aspect in ("keys", "type")}
    written = [change for change in _prefix_changes(documents, shapes) if change.path not in known_paths]
    recounted = {change.path for change in written if change.params["form"] == "counted"}
    # That a certain number is gone, or in fewer maps, only follows from where counting starts.
    left = [change for change in comparison.changes if not _is_of_number(change, recounted)]
    return replace(comparison, changes=tuple(left)).plus(written)


def _is_of_number(change: Change, maps: Collection[Path]) -> bool:
    is_of_names = change.rule.aspect in ("presence", "existence")
    return is_of_names and bool(change.path.steps) and change.path.parent in maps and change.path.name.isdecimal()


def _prefix_changes(documents: tuple[Sequence[Any], Sequence[Any]], shapes: tuple[Shape, Shape]) -> Iterator[Change]:
    for row in shape_rows(shapes[0]):
        later = shapes[1].at(row.path)
        if row.shape.values is None or later is None or later.values is None:
            continue
        maps = [records_in(side, row.path) for side in documents]
        sides = [_merge_maps(each) for each in maps]
        written = _other_start(*maps) or _reordered_parts(*sides) or _other_ends(documents, sides)
        change = make_change(("keys", "reformed"), row.path, *written) if written is not None else None
        if change is not None:
            yield change


def _other_ends(documents: tuple[Sequence[Any], Sequence[Any]], sides: Sequence[_Map]) -> _Written | None:
    """Return the prefixes of keys, or their end, as shown and for the replay; None where they are as they were."""
    if all(_FILE.fullmatch(key) for side in sides for key in side):
        return None  # the folders that files lie in are data
    prefixes = _added_prefix(*sides) or _replaced_prefixes(*sides)
    suffix = "" if prefixes else _added_suffix(*sides)
    if not prefixes and not suffix:
        return None
    followed = _references_follow(documents, sides)
    if suffix:
        return ("…", f"…{suffix}"), {"form": "suffix", "suffix": suffix, "followed": followed}
    shown = (", ".join(f"{old}…" for old in prefixes), ", ".join(f"{new}…" for new in prefixes.values()))
    return shown, {"form": "prefix", "prefixes": prefixes, "followed": followed}


def _reordered_parts(before: _Map, after: _Map) -> _Written | None:
    """Return the order in which all keys have their parts now, as shown and for the replay; None when it is the same.

    `v:4455` became `4455:v`: a part that all keys share stands at another place, and another form at its own.
    """
    if min(len(before), len(after)) < _FEWEST:
        return None
    sides = [list(islice(keys, _MOST)) for keys in (before, after)]
    for joint in _JOINTS:
        old, new = (_columns_of_parts(keys, joint) for keys in sides)
        if len(old) < 2 or len(old) != len(new):  # noqa: PLR2004 - one part has no order
            continue
        order = [next((n for n, part in enumerate(old) if part == now), None) for now in new]
        if sorted(order, key=str) == list(range(len(old))) and order != sorted(order, key=str):
            return (joint.join(old), joint.join(new)), {"form": "parts", "joint": joint, "order": order}
    return None


def _columns_of_parts(keys: Iterable[str], joint: str) -> Sequence[str]:
    """Return each part that all keys share, in angle brackets the form of one that differs; () when keys are unlike."""
    parts = [key.split(joint) for key in keys]
    if len(set(map(len, parts))) != 1:
        return ()
    columns = [set(column) for column in zip(*parts, strict=True)]
    forms = [{key_form(part) for part in column} for column in columns]
    if any(len(form) != 1 for form in forms) or not any(len(column) == 1 for column in columns):
        return ()
    return [
        next(iter(column)) if len(column) == 1 else f"<{next(iter(form))}>"
        for column, form in zip(columns, forms, strict=True)
    ]


def _merge_maps(maps: Sequence[_Map]) -> _Map:
    return {key: value for record in maps for key, value in record.items()}


def _other_start(before: Sequence[_Map], after: Sequence[_Map]) -> _Written | None:
    """Return where the keys of maps that are counted through start, as shown and for the replay; None when it is alike.

    `{"1": …, "2": …}` became `{"0": …, "1": …}`: a lookup by a number finds the entry after the one that it means.
    """
    old, new = _start_of_count(before), _start_of_count(after)
    if old is None or new is None or old == new or sum(map(len, before)) < _FEWEST:
        return None
    return (f"counted from {old}", f"counted from {new}"), {"form": "counted", "by": new - old}


def _start_of_count(maps: Sequence[_Map]) -> int | None:
    """Return the number that the keys of all maps are counted from, 0 or 1; None where they are not."""
    held = [entries for entries in maps if entries]
    if not all(_NUMBER.fullmatch(key) for entries in held for key in entries):
        return None
    counted = [sorted(map(int, entries)) for entries in held]
    starts = {numbers[0] for numbers in counted}
    if not starts <= {0, 1} or len(starts) != 1 or any(len(each) != each[-1] - each[0] + 1 for each in counted):
        return None
    # A lone map that starts with 1 may have lost its first entry.
    return None if starts == {1} and len(held) == 1 else starts.pop()


def _added_prefix(before: _Map, after: _Map) -> Mapping[str, str]:
    """Return the prefix that all keys have now and none had before, or the reverse: old prefix to new prefix."""
    if min(len(before), len(after)) < _FEWEST or before.keys() & after.keys():
        return {}
    for here, there, is_new in ((after, before, True), (before, after, False)):
        start, other = _start_of_all(here), _start_of_all(there)
        if not start or any(key.startswith(start) for key in there):
            continue
        if other and set(_NO_JOINT.sub("", start)) == set(_NO_JOINT.sub("", other)):
            continue  # all keys had a start that is built alike: it is another one because the data are, as a folder
        forms = {key_form(key[len(start) :]) for key in here if len(key) > len(start)}
        is_followed = bool(other) and all(key.startswith(start + other) for key in here)
        are_alike = forms & {key_form(key) for key in there} and _are_alike(list(before.values()), list(after.values()))
        if is_followed or are_alike:
            return {"": start} if is_new else {start: ""}
    return {}


def _added_suffix(before: _Map, after: _Map) -> str:
    """Return the end that most of the keys that are gone have got; empty without one."""
    lost = set(islice((key for key in before if key not in after), _MOST))
    new = islice((key for key in after if key not in before), _MOST)
    ends = Counter(
        key[place:] for key in new for place in range(1, len(key)) if key[place] in _JOINTS and key[:place] in lost
    )
    suffix, count = max(ends.items(), key=lambda end: (end[1], end[0]), default=("", 0))
    return suffix if count >= _FEWEST and count * 2 >= len(lost) else ""


def _start_of_all(keys: Iterable[str]) -> str:
    """Return what all of some keys begin with, up to the last sign that joins parts of keys; empty where nothing is."""
    match = _PREFIX_OF_ALL.match(common_prefix(min(keys), max(keys)))
    return match.group() if match else ""


def common_prefix(first: str, second: str) -> str:
    """Return the prefix that two texts share; of the first and the last key in order it is the prefix of all."""
    count = next(
        (n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    return first[:count]


def _replaced_prefixes(before: _Map, after: _Map) -> Mapping[str, str]:
    """Return the prefixes of whole groups of keys that are gone, each with the new prefix of the same records."""
    groups, later = _group_by_prefix(before), _group_by_prefix(after)
    gone = {start: keys for start, keys in groups.items() if start not in later and len(keys) >= _FEWEST}
    new = {start: keys for start, keys in later.items() if start not in groups and len(keys) >= _FEWEST}
    replaced: dict[str, str] = {}
    for old, keys in gone.items():
        records = [before[key] for key in keys]
        ranked = sorted(
            (start[:-1] != old[:-1], start)
            for start, others in new.items()
            if start not in replaced.values() and _are_alike(records, [after[key] for key in others])
        )
        if ranked and (len(ranked) == 1 or not ranked[0][0]):
            replaced[old] = ranked[0][1]
    return replaced


def _group_by_prefix(entries: _Map) -> Mapping[str, Sequence[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for key in entries:
        match = _PREFIX.match(key)
        if match and match.end() < len(key):
            groups[match.group()].append(key)
    return groups


def _are_alike(before: Sequence[Any], after: Sequence[Any]) -> bool:
    return likeness(fold(before[:_MOST]), fold(after[:_MOST])) >= _ALIKE


def _references_follow(documents: tuple[Sequence[Any], Sequence[Any]], sides: Sequence[_Map]) -> bool:
    """Whether on both sides some text equals a key of the map: then the references changed with the keys."""
    pairs = zip(documents, sides, strict=True)
    return all(any(isinstance(leaf, str) and leaf in keys for leaf in leaves(list(side))) for side, keys in pairs)
