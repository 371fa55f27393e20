"""Labels: the words that tell kinds of records apart, written otherwise.

Readers find a record by its label: the first word of a key, the name of a slice. Where a label that they name is on no
record any more, and a record with the very structure that only records of that label had bears another one, the label
was written otherwise: in other words, after a prefix, inside a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.base.forms import key_form
from driftwright.base.path import EACH_ITEM, EACH_VALUE, records_at
from driftwright.base.terms import JsonType
from driftwright.structure.change import Change, Comparison, told
from driftwright.structure.shape import Shape, rows

_MOST_RECORDS = 40
_MOST_ITEMS = 12
_FEWEST_MARKS = 3
_DEEPEST = 6

_Record = dict[str, Any]
_Marks = frozenset[str]


def with_other_labels(
    comparison: Comparison, documents: tuple[Any, Any], shapes: tuple[Shape, Shape], named: frozenset[str]
) -> Comparison:
    """Return the comparison with the labels of kinds of records that are written otherwise.

    Args:
        comparison: What was found.
        documents: The whole documents before and after.
        shapes: Their shapes.
        named: The texts that stand in the readers' source.
    """
    found = list(_relabelled(documents, shapes, named))
    known = {change.path for change in comparison.changes if change.rule.aspect in ("type", "form")}
    return comparison.plus(change for change in found if change.path not in known)


def _relabelled(documents: tuple[Any, Any], shapes: tuple[Shape, Shape], named: frozenset[str]) -> Iterator[Change]:
    for row in rows(shapes[0]):
        if row.path.last not in (EACH_ITEM, EACH_VALUE) or row.shape.kinds != {JsonType.OBJECT} or row.shape.values:
            continue
        if row.shape.seen > _MOST_RECORDS or shapes[1].at(row.path) is None:
            continue
        sides = _Sides(*(records_at(document, row.path) for document in documents))
        if len(sides.before) <= 1 or not sides.after or len(sides.after) > _MOST_RECORDS:
            continue
        for name in sides.common():
            labels = sides.labels(name, named)
            if not labels:
                continue
            shown = (", ".join(sorted(labels)), "other labels of the same records")
            change = told(("form", "reformed"), row.path / name, shown, {"as": "words", "words": labels})
            if change is not None:
                yield change


@dataclass(frozen=True, slots=True)
class _Sides:
    before: Sequence[_Record]
    after: Sequence[_Record]

    def common(self) -> Iterator[str]:
        """Yield the fields that every record of both sides has."""
        yield from (name for name in self.before[0] if all(name in one for one in (*self.before, *self.after)))

    def labels(self, name: str, named: frozenset[str]) -> Mapping[str, Any]:
        """The labels in a field that readers name and that are gone, with what their records bear instead."""
        known = {label for record in self.before if (label := _label(record[name])) is not None}
        left = {label for record in self.after if (label := _label(record[name])) is not None}
        found: dict[str, Any] = {}
        for label in sorted(known & named - left):
            mate = self._mate(name, label)
            if mate is not None and _label(mate) not in known and mate not in found.values():
                found[label] = mate
        return found

    def _mate(self, name: str, label: str) -> Any:
        """What the only records bear that are built as none but those with this label were; None when unsure."""
        own = [_marks(record, name) for record in self.before if _label(record[name]) == label]
        others = [_marks(record, name) for record in self.before if _label(record[name]) != label]
        marks = frozenset.intersection(*own) - frozenset().union(*others)
        later = [record for record in self.after if marks <= _marks(record, name)]
        if len(marks) < _FEWEST_MARKS or not later:
            return None
        borne = [record[name] for record in later]
        return borne[0] if len({str(_label(value)) for value in borne}) == 1 else None


def _label(value: Any) -> str | None:
    """The word that a field holds, or that its list begins with."""
    word = value[0] if isinstance(value, list) and value else value
    return word if isinstance(word, str) else None


def _marks(record: _Record, apart: str) -> _Marks:
    """The positions that a record has, without those of one field."""
    return frozenset(_positions({name: value for name, value in record.items() if name != apart}, "", 0))


def _positions(value: Any, path: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value[:_MOST_ITEMS]:
            yield from _positions(item, f"{path}/[]", depth + 1)
    elif isinstance(value, dict):
        for name, part in value.items():
            below = f"{path}/{name if key_form(name) in ('word', 'path', 'text') else '{}'}"
            yield below
            yield from _positions(part, below, depth + 1)
