"""What a new record must hold, told from the old entries that went into it by the declared rules alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from driftwright.authoring.migrations.storage import Place
from driftwright.workspace import FieldClass, Kept, Migration

ABSENT = object()
"""Stands for a field that is not there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One old entry."""

    place: Place
    value: Any


def field_at(value: Any, path: Sequence[str]) -> Any:
    """Return the field of an entry at a path of names; `ABSENT` when it is not there."""
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            return ABSENT
        value = value[name]
    return value


def text_of(value: Any) -> str:
    """Return a value as a text that is equal for equal values."""
    return "absent" if value is ABSENT else json.dumps(value, sort_keys=True)


def wrong_fields(migration: Migration, entries: Sequence[Entry], record: Any) -> Iterator[tuple[str, bool]]:
    """Yield each kept field of a record that is not what its entries make it.

    Args:
        migration: The migration.
        entries: The old entries that went into the record.
        record: The new record.

    Yields:
        What is wrong, in words without values; and whether it is how several entries were merged in the field.
    """
    for target, keeps in _targets(migration).items():
        sources = [
            (entry, value)
            for kept in keeps
            for entry in entries
            if entry.place.store == kept.store and (value := field_at(entry.value, kept.path)) is not ABSENT
        ]
        if not sources:
            continue
        merged = field_at(record, keeps[0].new)
        if len(sources) == 1 or merged is ABSENT:
            if text_of(merged) != text_of(sources[0][1]):
                yield f"{target} is {_describe_value(merged)}, not what {keeps[0]} was", False
            continue
        wrong = _wrong_merge(migration, migration.class_of(keeps[0]), entries, sources, merged)
        if wrong:
            yield f"{target} {wrong}", True


def _targets(migration: Migration) -> Mapping[str, list[Kept]]:
    targets: dict[str, list[Kept]] = {}
    for kept in migration.keep:
        targets.setdefault(kept.target, []).append(kept)
    return targets


def _describe_value(value: Any) -> str:
    return "missing" if value is ABSENT else "another value"


def _wrong_merge(
    migration: Migration, kind: FieldClass, entries: Sequence[Entry], sources: Sequence[tuple[Entry, Any]], merged: Any
) -> str:
    values = [value for _, value in sources]
    match kind:
        case FieldClass.COUNTERS:
            held = {entry.place: _number(value) for entry, value in sources}
            groups = [
                [held[member.place] for member in group if member.place in held]
                for group in copies_among(migration, entries)
            ]
            total = sum(max(group) for group in groups if group)
            right = text_of(merged) == text_of(total)
            return "" if right else "is not the sum of distinct entries, of copies the largest"
        case FieldClass.LOGS:
            # Of lists with repeated lines each line is there as often as in the list that has it most.
            lists = (Counter(map(text_of, value)) for value in values if isinstance(value, list))
            wanted = reduce(Counter.__or__, lists, Counter[str]())
            right = isinstance(merged, list) and Counter(map(text_of, merged)) == wanted
            return "" if right else "is not the union of its lists"
        case FieldClass.TIMES:
            return "" if text_of(merged) == text_of(max(values, key=_number)) else "is not the latest time"
        case FieldClass.FLAGS:
            return "" if text_of(merged) == text_of(any(values)) else "is not true where any is"
    newest = _newest(migration, sources)
    return "" if text_of(merged) in {text_of(value) for value in newest} else "is not that of the newest"


def _newest(migration: Migration, sources: Sequence[tuple[Entry, Any]]) -> list[Any]:
    """Return the values of the newest entries of each store that tells times, and all of those that tell none."""
    kept = [kept for kept in migration.keep if migration.class_of(kept) is FieldClass.TIMES]
    values = []
    for store in {entry.place.store for entry, _ in sources}:
        own = [(entry, value) for entry, value in sources if entry.place.store == store]
        paths = [kept.path for kept in kept if kept.store == store]
        times = [max((_number(field_at(entry.value, path)) for path in paths), default=0) for entry, _ in own]
        values += [value for time, (_, value) in zip(times, own, strict=True) if time == max(times)]
    return values


def copies_among(migration: Migration, entries: Sequence[Entry]) -> list[list[Entry]]:
    """Return the groups of entries that are copies of one record.

    Two entries of one store are copies where they are equal, or where each declared list of the one begins that of the
    other and at least one of these beginnings is not empty.
    """
    groups: list[list[Entry]] = []
    for entry in entries:
        near = [group for group in groups if any(is_copy(migration, other, entry) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(member for group in near for member in group), entry])
    return groups


def is_copy(migration: Migration, entry: Entry, other: Entry) -> bool:
    """Whether two entries are copies of one record."""
    if entry.place.store != other.place.store:
        return False
    if text_of(entry.value) == text_of(other.value):
        return True
    begun = False
    for name in migration.copies:
        lists = [field_at(each.value, (name,)) for each in (entry, other)]
        shorter, longer = sorted((part if isinstance(part, list) else [] for part in lists), key=len)
        if text_of(longer[: len(shorter)]) != text_of(shorter):
            return False
        begun = begun or bool(shorter)
    return begun


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) else 0
