"""Columns: lists of a fixed length, as `["u1", "red", 3]`, whose items stand at other places now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from driftwright.base.forms import text_form
from driftwright.base.path import Path, values_in
from driftwright.base.terms import JsonType
from driftwright.structure.change import Change, Comparison, make_change
from driftwright.structure.change.chance import by_chance
from driftwright.structure.shape import Shape, shape_rows

_MOST = 2_000
_MOST_COLUMNS = 24
_SOFT = frozenset({"word", "text", "path", "empty", "boolean"})
"""Forms of texts that one and the same column may have."""
_TELLING = frozenset({"json", "uuid", "url", "time-utc", "time-offset", "time-local", "data", "blob"})

_Sides = tuple[Sequence[Any], Sequence[Any]]
_Lists = Sequence[list[Any]]


def add_column_changes(comparison: Comparison, documents: _Sides, shapes: tuple[Shape, Shape]) -> Comparison:
    """Return the comparison with the lists added whose items stand at other places now.

    Args:
        comparison: What changed.
        documents: The known-good documents, and the later ones.
        shapes: Their shapes.
    """
    known_paths = {change.path for change in comparison.changes if change.rule.aspect == "type"}
    changes = [change for change in _column_changes(documents, shapes) if change.path not in known_paths]
    moved = {change.path for change in changes}
    # What stands in a list now because it moved within it is neither a new null nor another type.
    kept = tuple(change for change in comparison.changes if not (change.path.steps and change.path.parent in moved))
    return Comparison(kept, comparison.unseen).plus(changes)


def _column_changes(documents: _Sides, shapes: tuple[Shape, Shape]) -> Iterator[Change]:
    for row in shape_rows(shapes[0]):
        later = shapes[1].at(row.path)
        if later is None or row.shape.kinds != {JsonType.ARRAY} or later.kinds != {JsonType.ARRAY}:
            continue
        if not _are_mixed(row.shape.items) or not row.path.steps:
            continue
        before, after = (_lists_at(side, row.path) for side in documents)
        for first in _groups(before, after):
            change = _change_at(row.path, _of_group(before, first), _of_group(after, first), first)
            if change is not None:
                yield change
                break


def _lists_at(side: Sequence[Any], path: Path) -> _Lists:
    return [value for value in islice(values_in(side, path), _MOST) if isinstance(value, list)]


def _are_mixed(items: Shape | None) -> bool:
    """Whether the items are of several types or forms, as those of columns are."""
    return items is not None and (len(items.types) > 1 or len(items.forms) > 1)


def _groups(before: _Lists, after: _Lists) -> Iterator[str | None]:
    """Yield None for all lists, then the words with which lists of several kinds begin on both sides."""
    yield None
    sides = [{items[0] for items in side if items and isinstance(items[0], str)} for side in (before, after)]
    yield from sorted(sides[0] & sides[1])


def _of_group(lists: _Lists, first: str | None) -> _Lists:
    return lists if first is None else [items for items in lists if items and items[0] == first]


def _change_at(path: Path, before: _Lists, after: _Lists, first: str | None) -> Change | None:
    old, new = _columns(before), _columns(after)
    if not old or not new or max(len(old), len(new)) > _MOST_COLUMNS:
        return None
    order = _order(old, new)
    if order is None:
        return None
    moved = [column for place, column in enumerate(old) if order[place : place + 1] != [place]]
    is_telling = any(column.form in _TELLING for column in moved)
    if by_chance(len(before), len(after), len(after)) and not (first is not None and is_telling):
        return None
    shown = tuple(", ".join(column.name for column in columns) for columns in (old, new))
    params = {"order": order, **({} if first is None else {"first": first})}
    return make_change(("place", "reordered"), path, (shown[0], shown[1]), params)


@dataclass(frozen=True, slots=True)
class _Column:
    """What stands at one place of lists: the type, and the form of texts; empty for nulls alone."""

    type: str
    form: str = ""

    @property
    def name(self) -> str:
        return self.form if self.form not in ("", "text") else self.type or "null"


def _columns(lists: _Lists) -> Sequence[_Column] | None:
    """Return the columns of lists of one length; None when they differ, or a column holds values of several types."""
    if not lists or len({len(items) for items in lists}) != 1:
        return None
    columns = []
    for values in zip(*lists, strict=True):
        kinds = {_column_of(value) for value in values if value is not None}
        if len(kinds) > 1:
            return None
        columns.append(next(iter(kinds), _Column("")))
    return columns


def _column_of(value: Any) -> _Column:
    if isinstance(value, str):
        form = text_form(value)
        return _Column("string", "text" if form in _SOFT else form)
    kinds = {bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}
    return _Column(kinds[type(value)])


def _order(old: Sequence[_Column], new: Sequence[_Column]) -> list[int | None] | None:
    """Return for each place now the place before, None for what is new; None when nothing moved, or it is not clear.

    A column that is at its place stays there. Each other one must have gone to the only place where its type is new.
    """
    stays = {place for place, column in enumerate(old[: len(new)]) if new[place] in (column, _Column(""))}
    gone = [place for place in range(len(old)) if place not in stays or new[place] != old[place]]
    free = [place for place in range(len(new)) if place >= len(old) or new[place] != old[place]]
    moves: Mapping[int, int] = {}
    for place in gone:
        homes = [home for home in free if new[home] == old[place] and old[place].type]
        rivals = [other for other in gone if old[other] == old[place]]
        if len(homes) == len(rivals) == 1:
            moves = {**moves, homes[0]: place}
    if not moves:
        return None
    kept = {place: place for place in stays if place not in moves.values()}
    return [moves.get(place, kept.get(place)) for place in range(len(new))]
