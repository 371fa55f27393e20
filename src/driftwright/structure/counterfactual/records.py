"""Records: fields that are kept, called otherwise, moved, gone or new, for each kind of record by itself."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.base.jsontext import json_text
from driftwright.structure.change.chance import (
    ALPHA,
    is_surely_absent,
    may_be_missing,
    may_be_omitted_default,
)
from driftwright.structure.change.likeness import likeness, name_likeness
from driftwright.structure.counterfactual.plan import (
    Build,
    Column,
    Draw,
    Plan,
    Trust,
    fields_of,
    keep,
    kind_of,
    shape_of,
)

_Record = dict[str, Any]
_Records = Sequence[_Record]
_PLAIN = re.compile(r"[A-Za-z_$]+")
"""What a programmer called something; other keys are made of ids, so that they differ from store to store."""
_MOST_KINDS = 40
_USUAL = 0.9
"""The share of the later records from which on a new field is put in."""
_VALUES, _NAMES = 0.5, 0.5
"""How alike values and names are of a field that is called otherwise."""
_VALUES_OF_LIKE_NAMES, _LIKE_NAMES = 0.3, 0.6
"""The same where the names are very much alike."""
_LIKE_HELD = 0.8
"""How alike objects or lists are that tell it whatever their names are."""
_HELD, _NAMES_OF_HELD = 0.55, 0.3
"""The same where the names have something in common."""
_DETERMINED = 0.8
"""The share of the kinds of which all records must have the same fields, for a field to tell kinds apart."""


def align_records(plan: Plan, column: Column) -> Build:
    """Return what becomes of records, for each kind by itself where a field tells kinds apart."""
    apart = _kind_field(column)
    if apart is None:
        if _are_other_kinds(column, plan):
            column = replace(column, is_mixed=True)
        return _Fields.of(plan, column, column.after).build()
    ways: dict[str, Build] = {}
    for kind in dict.fromkeys(record[apart] for record in column.before):
        before, after = ([record for record in side if record[apart] == kind] for side in (column.before, column.after))
        way = _Fields.of(plan, column.of(before, after), column.after).build() if after else keep
        if way is not keep:
            ways[kind] = way
    if not ways:
        return keep
    return lambda record, draw: ways.get(_word(record, apart), keep)(record, draw)


def _are_other_kinds(column: Column, plan: Plan) -> bool:
    """Whether all later records are of other kinds than the known-good ones, by a field that tells kinds apart."""
    for name in column.before[0].keys() & plan.kinds:
        words = [{_word(record, name) for record in side} for side in (column.before, column.after)]
        if "" not in words[0] | words[1] and words[0].isdisjoint(words[1]):
            return True
    return False


def _word(record: _Record, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _kind_field(column: Column) -> str | None:
    """Return the field whose words tell which other fields a record has; None where there is none."""
    both = [*column.before, *column.after]
    if min(len(column.before), len(column.after)) <= 1 or len({frozenset(record) for record in column.before}) == 1:
        return None
    names = [name for name in column.before[0] if all(isinstance(record.get(name), str) for record in both)]
    rated = [(share, name) for name in names if (share := _determined(name, column)) >= _DETERMINED]
    return max(rated, key=lambda pair: pair[0])[1] if rated else None


def _determined(name: str, column: Column) -> float:
    """Return the share of the words of a field that determine which fields a record has; 0 where it tells no kinds."""
    kinds: defaultdict[str, set[frozenset[str]]] = defaultdict(set)
    for record in column.before:
        kinds[record[name]].add(frozenset(record))
    later = {record[name] for record in column.after}
    is_few = max(len(kinds), len(later)) <= _MOST_KINDS and len(kinds) * 2 <= max(len(column.before), 4)
    if not is_few or kinds.keys().isdisjoint(later) or len(kinds.keys() | later) <= 1:
        return 0.0
    if len({frozenset().union(*fields) for fields in kinds.values()}) <= 1:
        return 0.0
    return sum(len(fields) == 1 for fields in kinds.values()) / len(kinds)


@dataclass(frozen=True, slots=True)
class _Fields:
    """What becomes of the fields of records of a kind.

    Args:
        inside: By the name of a field, what becomes of its values.
        renamed: By the old name, the new one and the number of the decision.
        moved: By the old name, the field whose record it lies in now and the number of the decision.
        dropped: By the old name, the number of the decision.
        new: The fields that nearly all later records have under no old name, each with a value; in their order.
        first: Those of them that come before all others.
    """

    inside: Mapping[str, Build]
    renamed: Mapping[str, tuple[str, int]]
    moved: Mapping[str, tuple[str, int]]
    dropped: Mapping[str, int]
    new: Mapping[str, Any]
    first: Sequence[str]

    @classmethod
    def of(cls, plan: Plan, column: Column, everywhere: _Records) -> _Fields:
        """Decide about each field.

        Args:
            plan: The decisions.
            column: Records of a kind.
            everywhere: The later records of all kinds.
        """
        before, after = column.before, column.after
        old = Counter(name for record in before for name in record)
        now = Counter(name for record in after for name in record)
        fresh = [name for name in now if name not in old]
        new_names = dict(_renames(column, [name for name in old if name not in now], fresh))
        inside: dict[str, Build] = {}
        renamed: dict[str, tuple[str, int]] = {}
        for name in old:
            later = new_names.get(name, name)
            if later != name:
                renamed[name] = (later, plan.decide(column, f"called {later}", name=name))
            if later in now:
                inside[name] = plan.below(column.at(name, fields_of(before, name), fields_of(after, later)))
        usual = [name for name in fresh if now[name] >= len(after) * _USUAL and name not in new_names.values()]
        left = [name for name in old if name not in now and name not in new_names]
        moved: dict[str, tuple[str, int]] = {}
        for name, holder, values in _moves(column, left, [*usual, *(name for name in old if name in now)]):
            moved[name] = (holder, plan.decide(column, f"moved into {holder}", name=name))
            inside[name] = plan.below(column.at(name, fields_of(before, name), values))
        dropped: dict[str, int] = {}
        for name in left:
            if name in moved:
                continue
            if _is_gone(name, column, everywhere):
                trust = Trust.EXACT if _is_told(fields_of(before, name), len(before)) else Trust.DATA
                dropped[name] = plan.decide(column, "gone", trust, name)
            else:
                plan.hidden.append(column.path / name)
        new = {name: next(record[name] for record in after if name in record) for name in usual}
        return cls(inside, renamed, moved, dropped, new, _leading(after, new))

    def build(self) -> Build:
        """Return what does it to a record."""
        inside = {name: way for name, way in self.inside.items() if way is not keep}
        if not (inside or self.renamed or self.moved or self.dropped or self.new):
            return keep

        def build(record: _Record, draw: Draw) -> _Record:
            result: _Record = {name: self.new[name] for name in self.first} if draw.with_new else {}
            gathered: defaultdict[str, _Record] = defaultdict(dict)
            for name, value in record.items():
                if self.dropped.get(name, -1) not in draw.off and name in self.dropped:
                    continue
                held = inside.get(name, keep)(value, draw)
                holder, number = self.moved.get(name, ("", -1))
                if holder and number not in draw.off:
                    gathered[holder][name] = held
                    continue
                later, number = self.renamed.get(name, (name, -1))
                result[name if number in draw.off else later] = held
            for holder, fields in gathered.items():
                kept = result.get(holder)
                sample = self.new.get(holder) if draw.with_new else None
                result[holder] = {**(kept if isinstance(kept, dict) else sample or {}), **fields}
            if draw.with_new:
                result |= {name: value for name, value in self.new.items() if name not in result}
            return result

        return build


def _leading(after: _Records, new: Mapping[str, Any]) -> list[str]:
    """Return the new names that come before all old ones."""
    names: list[str] = []
    for name in after[0]:
        if name not in new:
            break
        names.append(name)
    return names


def _renames(column: Column, gone: Sequence[str], fresh: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield old and new names of fields, the most alike first, each name once."""
    gone, fresh = ([name for name in names if _PLAIN.fullmatch(name)] for names in (gone, fresh))
    shapes = {name: shape_of(fields_of(column.after, name)) for name in fresh}
    rated = []
    for name in gone:
        values = fields_of(column.before, name)
        shape, holds = shape_of(values), kind_of(values[0]) in ("object", "list")
        for other, later in shapes.items():
            rating = _is_renamed(likeness(shape, later), name_likeness(name, other), holds=holds)
            if rating:
                rated.append((rating, name, other))
    taken: set[str] = set()
    for _, name, other in sorted(rated, reverse=True):
        if name not in taken and other not in taken:
            taken |= {name, other}
            yield name, other


def _is_renamed(alike: float, names: float, *, holds: bool) -> float:
    """Return how surely a field was renamed, by the likeness of values and names; 0 where it was not.

    Args:
        alike: How alike the values are.
        names: How alike the names are.
        holds: Whether the values hold others, so that their likeness says more.
    """
    by_both = (alike >= _VALUES and names >= _NAMES) or (alike >= _VALUES_OF_LIKE_NAMES and names >= _LIKE_NAMES)
    by_values = holds and (alike >= _LIKE_HELD or (alike >= _HELD and names >= _NAMES_OF_HELD))
    return alike + names if by_both or by_values else 0.0


def _moves(column: Column, gone: Sequence[str], holders: Sequence[str]) -> Iterator[tuple[str, str, list[Any]]]:
    """Yield each field that lies in a record beside it now: its name, the field of that record, the later values."""
    left = list(gone)
    for holder in holders:
        records = [value for value in fields_of(column.after, holder) if isinstance(value, dict)]
        if not left or len(records) * 2 < len(column.after):
            continue
        known = {key for value in fields_of(column.before, holder) if isinstance(value, dict) for key in value}
        for name in list(left):
            values = fields_of(records, name)
            if not values or name in known:
                continue
            if likeness(shape_of(fields_of(column.before, name)), shape_of(values)) >= _VALUES_OF_LIKE_NAMES:
                left.remove(name)
                yield name, holder, values


def _is_told(values: Sequence[Any], records: int) -> bool:
    """Whether the absence of a field tells of the structure: other data may lack what only some records had.

    The same holds for what was the same in all of them, as the pass that all stops of a ride share, and for what was
    empty in some, as texts that nobody filled in.
    """
    texts = {json_text(value) for value in values}
    return len(values) == records and len(texts) > 1 and all(value not in (None, "", [], {}) for value in values)


def _is_gone(name: str, column: Column, everywhere: _Records) -> bool:
    """Whether a field that no later record of its kind has is surely gone."""
    of, now = len(column.before), len(column.after)
    values = fields_of(column.before, name)
    if len(values) < of and any(name in record for record in everywhere):
        return False
    shape = shape_of(values)
    if may_be_omitted_default(shape, now, ALPHA, len(values) / of):
        return False
    if len(values) == of:
        return not may_be_missing(of, of, now)
    return is_surely_absent(len(values), of, now, ALPHA)
