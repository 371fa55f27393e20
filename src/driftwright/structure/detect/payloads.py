"""Payloads: what one kind of record carries, written in another form.

A list of records of several kinds holds few of each kind, often one. That a field of one kind is not seen may mean that
no such record was kept. It means more once a record of that kind is there and holds something else in its place: a list
where there was a record, or a record with none of the names that it had.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Path, records_at, values_at

_MOST_KINDS = 40
_MOST_RECORDS = 400

_Records = Sequence[dict[str, Any]]
_Kinds = Mapping[str, _Records]


def rewritten(path: Path, documents: tuple[Any, Any]) -> bool:
    """Whether records of the kind that had `path` are there and hold something of another form in its place.

    Args:
        path: What no record has any more.
        documents: The whole documents before and after.
    """
    for number, step in enumerate(path.steps, 1):
        if step not in (EACH_ITEM, EACH_VALUE):
            continue
        around, rest = Path(path.steps[:number]), Path(path.steps[number:])
        before, after = (records_at(document, around) for document in documents)
        if not rest.steps or max(len(before), len(after)) > _MOST_RECORDS:
            continue
        for kinds, later in _told_apart(before, after):
            if any(kind in later and _other_form(rest, kind, (kinds, later)) for kind in kinds):
                return True
    return False


def _told_apart(before: _Records, after: _Records) -> Iterator[tuple[_Kinds, _Kinds]]:
    """Yield the records of both sides by every field whose words tell a few kinds apart."""
    for name in before[0] if before and after else ():
        sides = (_by_word(before, name), _by_word(after, name))
        if sides[0] and sides[1] and 1 < len(sides[0]) <= _MOST_KINDS:
            yield sides


def _by_word(records: _Records, name: str) -> _Kinds:
    """The records by the word that a field holds, or that its list begins with; none when one holds no word."""
    kinds: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        value = record.get(name)
        word = value[0] if isinstance(value, list) and value else value
        if not isinstance(word, str):
            return {}
        kinds[word].append(record)
    return kinds


def _other_form(rest: Path, kind: str, sides: tuple[_Kinds, _Kinds]) -> bool:
    """Whether every record of the kind had something at `rest`, and now none has, but another form in its place."""
    before, after = sides[0][kind], sides[1][kind]
    if not all(_at([record], rest) for record in before) or _at(after, rest):
        return False
    home = rest.parent
    while home.steps and not _at(after, home):
        home = home.parent
    old, new = _at(before, home), _at(after, home)
    if not home.steps or not old or not new:
        return False
    kinds = {type(value) for value in new} - {type(None)}
    if kinds and not kinds & {type(value) for value in old}:
        return True
    known = [one for records in sides[0].values() for one in _at(records, home)]
    return kinds == {dict} and _other_names(old, new, known)


def _other_names(old: Sequence[Any], new: Sequence[Any], known: Sequence[Any]) -> bool:
    """Whether records have names that no record had at all, and none of the several names that theirs had."""
    had, has, all_known = (
        {name for value in values if isinstance(value, dict) for name in value} for values in (old, new, known)
    )
    return len(had) > 1 and bool(has) and not has & all_known


def _at(records: Sequence[Any], path: Path) -> list[Any]:
    return [value for record in records for value in values_at(record, path)]
