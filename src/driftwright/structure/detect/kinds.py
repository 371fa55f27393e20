"""Kinds: fields that are surely gone although few records could have had them.

Among records of many kinds a field of one kind is rare, so numbers alone do not prove its absence. It is sure when the
records of its kind are there without it, when the same record has something new or of another form in its place, or
when most of the fields beside it were replaced too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, records_in, values_at
from driftwright.base.terms import JsonType
from driftwright.structure.change import Change, Comparison, make_change
from driftwright.structure.change.chance import ALPHA, may_be_missing, may_be_omitted_default
from driftwright.structure.change.likeness import adds_parts, likeness
from driftwright.structure.shape import Shape

_SEVERAL = 2
_MOST_KINDS = 40
_MOST_RECORDS = 400
_ALIKE = 0.6
_SHOWN = ("records of its kind", "none of them")

_Records = Sequence[dict[str, Any]]
Documents = tuple[Sequence[Any], Sequence[Any]]
_Kinds = Mapping[str, _Records]


def add_sure_absences(
    comparison: Comparison, documents: tuple[Sequence[Any], Sequence[Any]], shapes: tuple[Shape, Shape]
) -> Comparison:
    """Return the comparison with the unseen fields as removed whose kind of record is there without them.

    Args:
        comparison: What changed.
        documents: The known-good documents, and the later ones.
        shapes: Their shapes.
    """
    gone = [path for path in comparison.unseen if isinstance(path.last, Key) and _is_gone(path, documents, shapes)]
    still_unseen = tuple(path for path in comparison.unseen if path not in gone)
    changes = [_make_removal(path, is_replaced=_has_other_form(path, documents, _SEVERAL)) for path in gone] + [
        _make_flag_omission(path, shapes[0]) for path in still_unseen
    ]
    return Comparison(comparison.changes, still_unseen).plus(change for change in changes if change is not None)


def _make_removal(path: Path, *, is_replaced: bool) -> Change | None:
    """Return the change of a field that is gone, and whether all of several records of its kind have another name."""
    return make_change(("existence", "removed"), path, _SHOWN, {"share": 1.0, "replaced": is_replaced})


def _make_flag_omission(path: Path, before: Shape) -> Change | None:
    """Return the change of a flag that every record had and none has: it may be gone or left out at its default."""
    holder, flag = before.at(path.parent), before.at(path)
    if not isinstance(path.last, Key) or holder is None or flag is None or flag.kinds != {JsonType.BOOLEAN}:
        return None
    if holder.values is not None or holder.presence(path.name) < 1.0:
        return None
    default = flag.true * 2 > flag.count(JsonType.BOOLEAN)
    return make_change(("presence", "optional"), path, _SHOWN, {"share": 1.0, "omitted": default})


def _is_gone(path: Path, documents: tuple[Sequence[Any], Sequence[Any]], shapes: tuple[Shape, Shape]) -> bool:
    old, new = shapes[0].at(path.parent), shapes[1].at(path.parent)
    if old is None or new is None:
        return False
    if _are_most_names_gone(path, documents) or _has_more_parts_now(path, documents):
        return True
    if old.values is not None or new.values is not None:
        return False
    if _are_most_fields_new(old, new) or _has_other_form(path, documents) or _is_in_every_session(path, documents, new):
        return True
    field = old.fields.get(path.name)
    if field is None or may_be_omitted_default(field, new.count(JsonType.OBJECT), ALPHA):
        return False
    before, after = (records_in(side, path.parent) for side in documents)
    for apart in _discriminators(before, after):
        kinds = (_by_kind(before, apart), _by_kind(after, apart))
        if _kind_lacks(path.name, *kinds) or _is_replaced_in_kind(path.name, kinds, (old, new)):
            return True
    return False


def _is_in_every_session(path: Path, documents: Documents, later: Shape) -> bool:
    """Whether all records of several known-good documents have a field, and enough later records do not.

    Who leaves out a default does not write it in all records of several sessions: three are enough for any record.
    """
    sessions = [records_in([document], path.parent) for document in documents[0]]
    sessions = [records for records in sessions if records]
    if len(sessions) < _SEVERAL or not all(path.name in record for records in sessions for record in records):
        return False
    if len(sessions) > _SEVERAL:
        return later.count(JsonType.OBJECT) > 0
    had = sum(map(len, sessions))
    return not may_be_missing(had, had, later.count(JsonType.OBJECT))


def _are_most_fields_new(old: Shape, new: Shape) -> bool:
    """Whether most fields of the records were replaced by new ones, which fewer of the same records would not have."""
    kept = sum(1 for name in new.fields if name in old.fields)
    return bool(new.total) and len(old.fields) > 1 and kept * 2 < len(old.fields) and kept * 2 < len(new.fields)


def _has_more_parts_now(path: Path, documents: Documents) -> bool:
    """Whether a name has one part more now, as `app-orders` and `app-orders-columns`, and no known record has that."""
    known, later = ({name for record in records_in(side, path.parent) for name in record} for side in documents)
    return path.name not in later and any(adds_parts(name, path.name) for name in later - known)


def _are_most_names_gone(path: Path, documents: Documents) -> bool:
    """Whether no later record has most of the names that every record of several known-good documents had.

    Who wrote such records anew did not by chance leave out just what only some of them had.
    """
    sessions = [records for document in documents[0] if (records := records_in([document], path.parent))]
    later = {name for record in records_in(documents[1], path.parent) for name in record}
    if len(sessions) < _SEVERAL or not later:
        return False
    always = set.intersection(*(set(record) for records in sessions for record in records))
    gone = always - later
    return len(gone) > _SEVERAL and len(gone) * 2 > len(always)


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
        had_all = kind in after and all(name in record for record in records)
        if had_all and not may_be_missing(len(records), len(records), len(after[kind])):
            return True
    return False


def _is_replaced_in_kind(
    name: str, kinds: tuple[Mapping[str, _Records], Mapping[str, _Records]], shapes: tuple[Shape, Shape]
) -> bool:
    """Whether the only record of its kind that had the field has a new field of a similar shape instead."""
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


def _has_other_form(path: Path, documents: tuple[Sequence[Any], Sequence[Any]], fewest: int = 1) -> bool:
    """Whether records of the kind that had `path` are there and hold something of another form in its place.

    Args:
        path: The field that no record has now.
        documents: The known-good documents, and the later ones.
        fewest: So many records of the kind must be there on both sides.
    """
    for number, step in enumerate(path.steps, 1):
        if step not in (EACH_ITEM, EACH_VALUE):
            continue
        around, below = Path(path.steps[:number]), Path(path.steps[number:])
        before, after = (records_in(side, around) for side in documents)
        if not below.steps or max(len(before), len(after)) > _MOST_RECORDS:
            continue
        for kinds, later in _kinds_by_word(before, after):
            many = (kind for kind in kinds if min(len(kinds[kind]), len(later.get(kind, ()))) >= fewest)
            if any(_kind_has_other_form(below, kind, (kinds, later)) for kind in many):
                return True
    return False


def _kinds_by_word(before: _Records, after: _Records) -> Iterator[tuple[_Kinds, _Kinds]]:
    """Yield the records of both sides grouped by each field whose words name a few kinds."""
    for name in before[0] if before and after else ():
        sides = (_by_word(before, name), _by_word(after, name))
        if sides[0] and sides[1] and 1 < len(sides[0]) <= _MOST_KINDS:
            yield sides


def _by_word(records: _Records, name: str) -> _Kinds:
    """Group records by the word that a field holds, or that its list begins with; {} when one holds no word."""
    kinds: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        value = record.get(name)
        word = value[0] if isinstance(value, list) and value else value
        if not isinstance(word, str):
            return {}
        kinds[word].append(record)
    return kinds


def _kind_has_other_form(path: Path, kind: str, sides: tuple[_Kinds, _Kinds]) -> bool:
    """Whether every record of the kind had something at `path`, and now none has, but something else in its place."""
    before, after = sides[0][kind], sides[1][kind]
    if not all(_values_in([record], path) for record in before) or _values_in(after, path):
        return False
    home = path.parent
    while home.steps and not _values_in(after, home):
        home = home.parent
    old, new = _values_in(before, home), _values_in(after, home)
    if not home.steps or not old or not new:
        return False
    kinds = {type(value) for value in new} - {type(None)}
    if kinds and not kinds & {type(value) for value in old}:
        return True
    before_all = [value for records in sides[0].values() for value in _values_in(records, home)]
    return kinds == {dict} and _are_all_names_new(old, new, before_all)


def _are_all_names_new(old: Sequence[Any], new: Sequence[Any], before_all: Sequence[Any]) -> bool:
    """Whether the new records have only names that no record had before, and the old ones had several."""
    had, has, had_all = (
        {name for value in values if isinstance(value, dict) for name in value} for values in (old, new, before_all)
    )
    # One name may be one of several that such a record can have; when all of several have another one, it is none.
    tells = len(had) > 1 or min(len(old), len(new)) > 1
    return tells and bool(has) and not has & had_all


def _values_in(records: Sequence[Any], path: Path) -> list[Any]:
    return [value for record in records for value in values_at(record, path)]
