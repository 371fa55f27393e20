"""Kinds: absences that are sure although few records could have had the field.

Among records of many kinds a field of one kind is rare, so its absence proves nothing by numbers alone. It does once
the records of its kind are there without it, once something new stands in its place in the same record, or once nearly
all that stood beside it has made way for other fields.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, records_at, values_at
from driftwright.base.terms import JsonType
from driftwright.structure.change import Change, Comparison, told
from driftwright.structure.change.chance import may_be_left_out
from driftwright.structure.change.likeness import likeness
from driftwright.structure.shape import Shape

_ALPHA = 0.05
_MOST_KINDS = 40
_MOST_RECORDS = 400
_ALIKE = 0.6
_SHOWN = ("records of its kind", "none of them")

_Records = Sequence[dict[str, Any]]
_Kinds = Mapping[str, _Records]


def with_sure_absences(comparison: Comparison, documents: tuple[Any, Any], shapes: tuple[Shape, Shape]) -> Comparison:
    """Return the comparison with the unseen fields called removed whose kind of record is there without them.

    Args:
        comparison: What was found.
        documents: The whole documents before and after.
        shapes: Their shapes.
    """
    gone = [path for path in comparison.unseen if isinstance(path.last, Key) and _is_gone(path, documents, shapes)]
    rest = tuple(path for path in comparison.unseen if path not in gone)
    found = [_removed(path) for path in gone] + [_left_out(path, shapes[0]) for path in rest]
    return Comparison(comparison.changes, rest).plus(change for change in found if change is not None)


def _removed(path: Path) -> Change | None:
    return told(("existence", "removed"), path, _SHOWN, {"share": 1.0})


def _left_out(path: Path, before: Shape) -> Change | None:
    """A flag that every record had: gone or only left out at its default, whoever tells absent from it is hurt."""
    holder, flag = before.at(path.parent), before.at(path)
    if not isinstance(path.last, Key) or holder is None or flag is None or flag.kinds != {JsonType.BOOLEAN}:
        return None
    if holder.values is not None or holder.presence(path.name) < 1.0:
        return None
    default = flag.true * 2 > flag.count(JsonType.BOOLEAN)
    return told(("presence", "optional"), path, _SHOWN, {"share": 1.0, "omitted": default})


def _is_gone(path: Path, documents: tuple[Any, Any], shapes: tuple[Shape, Shape]) -> bool:
    old, new = shapes[0].at(path.parent), shapes[1].at(path.parent)
    if old is None or new is None or old.values is not None or new.values is not None:
        return False
    if _is_rewritten(old, new) or rewritten(path, documents):
        return True
    field = old.fields.get(path.name)
    if field is None or may_be_left_out(field, new.count(JsonType.OBJECT), _ALPHA):
        return False
    before, after = (records_at(document, path.parent) for document in documents)
    for apart in _discriminators(before, after):
        kinds = (_by_kind(before, apart), _by_kind(after, apart))
        if _kind_lacks(path.name, *kinds) or _replaced(path.name, kinds, (old, new)):
            return True
    return False


def _is_rewritten(old: Shape, new: Shape) -> bool:
    """Whether most fields of the records made way for others: fewer of the same records would have no new fields."""
    kept = sum(1 for name in new.fields if name in old.fields)
    return bool(new.seen) and len(old.fields) > 1 and kept * 2 < len(old.fields) and kept * 2 < len(new.fields)


def _discriminators(before: _Records, after: _Records) -> Iterator[str]:
    """Yield the fields whose words every record has, on both sides."""
    if not before or not after:
        return
    for name in before[0]:
        if all(isinstance(record.get(name), str) for record in (*before, *after)):
            yield name


def _by_kind(records: _Records, apart: str) -> Mapping[str, _Records]:
    kinds: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        kinds[record[apart]].append(record)
    return kinds


def _kind_lacks(name: str, before: Mapping[str, _Records], after: Mapping[str, _Records]) -> bool:
    """Whether every record of a kind had the field, and enough records of that kind are there without it."""
    if len(before) > _MOST_KINDS:
        return False
    for kind, records in before.items():
        if kind in after and all(name in record for record in records):
            # How surely the next record of the kind would have had it, by the rule of succession.
            share = (len(records) + 1) / (len(records) + 2)
            if (1.0 - share) ** len(after[kind]) <= _ALPHA:
                return True
    return False


def _replaced(
    name: str, kinds: tuple[Mapping[str, _Records], Mapping[str, _Records]], shapes: tuple[Shape, Shape]
) -> bool:
    """Whether the very record that had the field has a field of the same look instead that no record had before."""
    had = shapes[0].fields.get(name)
    alike = {
        other
        for other, part in shapes[1].fields.items()
        if had is not None and other not in shapes[0].fields and likeness(had, part) >= _ALIKE
    }
    for kind, records in kinds[0].items():
        later = kinds[1].get(kind, ())
        if len(records) == len(later) == 1 and name in records[0] and alike & later[0].keys():
            return True
    return False


# What one kind of record carries, written in another form


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
