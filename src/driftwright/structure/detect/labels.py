"""Labels: words that name the kind of a record, and that are now written in another way.

Readers find a record by its label: the first word of a key, the name of a slice. When no record has a label that the
readers name, and a record with the structure that only records of that label had has another value there, the label was
changed: to another word, after a prefix, inside a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.base.forms import key_form
from driftwright.base.path import EACH_ITEM, EACH_VALUE, records_in
from driftwright.base.terms import JsonType
from driftwright.structure.change import Change, Comparison, make_change
from driftwright.structure.shape import Shape, shape_rows

_MOST_RECORDS = 40
_MOST_ITEMS = 12
_FEWEST_POSITIONS = 3
_DEEPEST = 6

_Record = dict[str, Any]
_Positions = frozenset[str]


def add_label_changes(
    comparison: Comparison,
    documents: tuple[Sequence[Any], Sequence[Any]],
    shapes: tuple[Shape, Shape],
    named: frozenset[str],
) -> Comparison:
    """Return the comparison with the changed labels of kinds of records added to its changes.

    Args:
        comparison: What changed.
        documents: The known-good documents, and the later ones.
        shapes: Their shapes.
        named: The string literals in the readers' source.
    """
    changes = list(_label_changes(documents, shapes, named))
    known_paths = {change.path for change in comparison.changes if change.rule.aspect in ("type", "form")}
    return comparison.plus(change for change in changes if change.path not in known_paths)


def _label_changes(
    documents: tuple[Sequence[Any], Sequence[Any]], shapes: tuple[Shape, Shape], named: frozenset[str]
) -> Iterator[Change]:
    for row in shape_rows(shapes[0]):
        if row.path.last not in (EACH_ITEM, EACH_VALUE) or row.shape.kinds != {JsonType.OBJECT} or row.shape.values:
            continue
        if row.shape.total > _MOST_RECORDS or shapes[1].at(row.path) is None:
            continue
        sides = _Sides(*(records_in(side, row.path) for side in documents))
        if len(sides.before) <= 1 or not sides.after or len(sides.after) > _MOST_RECORDS:
            continue
        for name in sides.common():
            labels = sides.labels(name, named)
            if not labels:
                continue
            shown = (", ".join(sorted(labels)), "other labels of the same records")
            change = make_change(("form", "reformed"), row.path / name, shown, {"as": "words", "words": labels})
            if change is not None:
                yield change


@dataclass(frozen=True, slots=True)
class _Sides:
    before: Sequence[_Record]
    after: Sequence[_Record]

    def common(self) -> Iterator[str]:
        """Yield the fields that every record of both sides has."""
        yield from (name for name in self.before[0] if all(name in record for record in (*self.before, *self.after)))

    def labels(self, name: str, named: frozenset[str]) -> Mapping[str, Any]:
        """Return the labels in a field that readers name and that are gone, each with its records' new value."""
        old_labels = {label for record in self.before if (label := _label_of(record[name])) is not None}
        labels_left = {label for record in self.after if (label := _label_of(record[name])) is not None}
        new_values: dict[str, Any] = {}
        for label in sorted(old_labels & named - labels_left):
            value = self._new_value(name, label)
            if value is not None and _label_of(value) not in old_labels and value not in new_values.values():
                new_values[label] = value
        return new_values

    def _new_value(self, name: str, label: str) -> Any:
        """Return the value of the records built as only those with this label were; None when it is not one value."""
        with_label = [_positions_besides(record, name) for record in self.before if _label_of(record[name]) == label]
        without_label = [_positions_besides(record, name) for record in self.before if _label_of(record[name]) != label]
        positions = frozenset.intersection(*with_label) - frozenset().union(*without_label)
        later = [record for record in self.after if positions <= _positions_besides(record, name)]
        if len(positions) < _FEWEST_POSITIONS or not later:
            return None
        values = [record[name] for record in later]
        return values[0] if len({str(_label_of(value)) for value in values}) == 1 else None


def _label_of(value: Any) -> str | None:
    """Return the word that a field holds, or that its list begins with; None without a word."""
    word = value[0] if isinstance(value, list) and value else value
    return word if isinstance(word, str) else None


def _positions_besides(record: _Record, apart: str) -> _Positions:
    """Return the positions that a record has, without those of one field."""
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
