"""Apply changes to a known-good document: several together, deepest first, or one alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from driftwright.structure.change import Change
from driftwright.structure.replay import on_contents, on_fields, on_lists, on_maps
from driftwright.structure.replay.cohorts import partial_edits
from driftwright.structure.replay.edit import DELETE, PathEdit, edit_at

MISSING = DELETE
"""The document of a store that is gone as a whole."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A known-good document after changes were replayed on it.

    Args:
        documents: The document after, once for each way in which the changes may have happened.
        missed: Changes that fit no position of this document.
    """

    documents: tuple[Any, ...]
    missed: tuple[Change, ...]


def apply_changes(document: Any, changes: Sequence[Change]) -> Replayed:
    """Replay changes of one store together, deepest first, so that no change moves the place of another.

    Args:
        document: The known-good document; it is not modified.
        changes: The changes, all of this store.
    """
    documents: list[Any] = [document]
    missed = []
    for change in sorted(changes, key=_depth, reverse=True):
        edits = partial_edits(change, _OPERATORS[change.rule.operator](change))
        if not edits:
            continue
        pairs = zip_longest(documents, edits, fillvalue=None)
        results = [
            _apply(current if current is not None else documents[0], edit or edits[0]) for current, edit in pairs
        ]
        if all(hits == 0 for _, hits in results):
            missed.append(change)
        else:
            documents = [result for result, _ in results]
    return Replayed(tuple(documents), tuple(missed))


_ORDER = ("type", "form", "scale", "null", "presence", "existence", "keys", "place", "store")


def _depth(change: Change) -> tuple[int, int]:
    order = _ORDER.index(change.rule.aspect) if change.rule.aspect in _ORDER else 0
    return len(change.path.steps), -order


def _apply(document: Any, edit: PathEdit) -> tuple[Any, int]:
    if document is MISSING:
        return document, 0
    return edit_at(document, edit.path, edit.change)


Operator = Callable[[Change], tuple[PathEdit, ...]]

_OPERATORS: Mapping[str, Operator] = {
    "none": on_fields.none,
    "drop-store": on_fields.drop_store,
    "encode": on_fields.encode,
    "remove": on_fields.remove,
    "rename": on_fields.rename,
    "move": on_fields.move,
    "unwrap": on_fields.unwrap,
    "wrap": on_fields.wrap,
    "replace-by-child": on_fields.replace_by_child,
    "nullify": on_fields.nullify,
    "insert-null": on_lists.insert_null,
    "convert": on_fields.convert,
    "list-to-map": on_lists.list_to_map,
    "list-to-page": on_lists.list_to_page,
    "list-to-single": on_lists.list_to_single,
    "nest-list": on_lists.nest_list,
    "map-to-list": on_maps.map_to_list,
    "rekey": on_maps.rekey,
    "rewrite-keys": on_maps.rewrite_keys,
    "insert-item": on_lists.insert_item,
    "rename-all": on_fields.rename_all,
    "enumerate-flag": on_fields.enumerate_flag,
    "tag-entries": on_maps.tag_entries,
    "merge-maps": on_maps.merge_maps,
    "normalise": on_maps.normalise,
    "reverse-list": on_lists.reverse_list,
    "reorder-items": on_lists.reorder_items,
    "repeat-items": on_lists.repeat_items,
    "invert": on_fields.invert,
    "truncate": on_contents.truncate,
    "clear": on_contents.clear,
}


def apply_change(document: Any, change: Change) -> tuple[Any, ...]:
    """Replay one change alone; return the documents after, none when the change fits no position."""
    result = apply_changes(document, [change])
    return () if result.missed or not _OPERATORS[change.rule.operator](change) else result.documents
