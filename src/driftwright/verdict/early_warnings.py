"""Find early warnings: new fields that carry the same values as a field that is read, which may be dropped next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from driftwright.base.forms import is_idlike, text_form
from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, StorePath, values_at
from driftwright.verdict.observe import Observed

_IDS = frozenset({"uuid", "hex", "digits", "token", "word"})
_LEAST_FLAGS = 6
_LEAST_DISTINCT = 2
_LEAST_DIGITS = 8
"""Shorter runs of digits are no ids: redaction masks them."""

_ABSENT = object()
_MOST_PATHS = 200
"""The most new paths of one store that are compared."""

_MOST_FIELDS = 50
"""The most fields of one new record that are compared."""


@dataclass(frozen=True, slots=True)
class DualWrite:
    """A new path with the same values as a path that some reader reads.

    Args:
        old: The path that is read.
        new: The new path.
    """

    old: StorePath
    new: StorePath

    @property
    def says(self) -> str:
        """The warning as one sentence."""
        return f"{self.old} also stands in {self.new.path} now: the old one may be dropped next"


def dual_writes(observed: Observed, read: frozenset[StorePath]) -> tuple[DualWrite, ...]:
    """Find the new paths of a captured store whose values are those of a path that is read.

    Only values that are comparable after redaction are used: ids (their pseudonyms are equal everywhere), words, flags.

    Args:
        observed: The captured store.
        read: The paths at which reading ends, relative to what readers are given.
    """
    store, document = observed.store, observed.document
    added = [change for change in observed.comparison.changes if change.rule.id == "field-added"]
    if not added or document is None:
        return ()
    entries = list(document.values()) if store.placeholder else [document]
    tops = [Path(change.path.steps[1:]) if store.placeholder else change.path for change in added]
    new_scalars = (
        part for top in tops for part in _find_scalars([v for entry in entries for v in values_at(entry, top)], top)
    )
    new = {path: _sort_texts(values) for path, values in islice(new_scalars, _MOST_PATHS)}
    old = sorted({path.path for path in read if path.store == store.name} - set(new))
    columns = {**new, **{path: _column_at(entries, path) for path in old}}
    return tuple(
        DualWrite(StorePath(store.name, before), StorePath(store.name, after))
        for after in sorted(new)
        for before in old
        if _is_copy(entries, columns, before, after)
    )


def _find_scalars(values: Sequence[Any], top: Path) -> Iterator[tuple[Path, Sequence[Any]]]:
    """Yield the paths of scalars at and below a new path, each with all values there."""
    if any(isinstance(value, str | bool) for value in values):
        yield top, values
    records = [value for value in values if isinstance(value, dict)]
    names = sorted({name for value in records for name in value})
    if names and all(map(is_idlike, names)):
        yield from _find_scalars([part for value in records for part in value.values()], top / EACH_VALUE)
    else:
        for name in names[:_MOST_FIELDS]:
            yield from _find_scalars([value[name] for value in records if name in value], top / name)
    items = [item for value in values if isinstance(value, list) for item in value]
    if items:
        yield from _find_scalars(items, top / EACH_ITEM)


_Column = tuple[str, ...] | None


def _column_at(entries: Sequence[Any], path: Path) -> _Column:
    """Return all values at a path, sorted; None where equal values could be chance."""
    values = [value for entry in entries for value in values_at(entry, path)]
    return _sort_texts(values) if _is_telling(values, together=False) else None


def _sort_texts(values: Sequence[Any]) -> _Column:
    return tuple(sorted(values)) if all(isinstance(value, str) for value in values) else None


def _is_copy(entries: Sequence[Any], columns: Mapping[Path, _Column], before: Path, after: Path) -> bool:
    if isinstance(before.last, Key) and isinstance(after.last, Key) and before.parent == after.parent:
        records = [value for entry in entries for value in values_at(entry, before.parent) if isinstance(value, dict)]
        # The same presence too: a field that is there without the other is no copy of it.
        pairs = [(record.get(before.last.name, _ABSENT), record.get(after.last.name, _ABSENT)) for record in records]
        same = all(old == new and type(old) is type(new) for old, new in pairs)
        return same and _is_telling([old for old, _ in pairs if old is not None and old is not _ABSENT], together=True)
    return columns[before] is not None and columns[before] == columns[after]


def _is_telling(values: Sequence[Any], *, together: bool) -> bool:
    """Whether equal values are unlikely to be chance: comparable ones, of which at least two differ.

    Args:
        values: The values at a path.
        together: Whether they were compared within one record, where a flag counts too if there are enough of them.
    """
    if all(isinstance(value, bool) for value in values):
        return together and len(values) >= _LEAST_FLAGS and len(set(values)) >= _LEAST_DISTINCT
    return all(_is_comparable(value) for value in values) and len(set(values)) >= _LEAST_DISTINCT


def _is_comparable(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    form = text_form(value)
    return form in _IDS and (form != "digits" or len(value) >= _LEAST_DIGITS)
