"""Apply changes to a known-good store: deepest first all together, or each alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from driftwright.structure.change import Change
from driftwright.structure.replay import on_contents, on_fields, on_lists, on_maps
from driftwright.structure.replay.cohorts import mixed
from driftwright.structure.replay.edit import GONE, Way, edit

MISSING = GONE
"""The whole store is gone."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A known-good store after changes were replayed on it.

    Args:
        documents: The store after, once for each way in which the changes may have come about.
        missed: Changes that fit no position of this store.
    """

    documents: tuple[Any, ...]
    missed: tuple[Change, ...]


def apply_changes(document: Any, changes: Sequence[Change]) -> Replayed:
    """Replay changes of one store together, deepest first, so that no change moves the ground under another."""
    documents: list[Any] = [document]
    missed = []
    for change in sorted(changes, key=_depth, reverse=True):
        variants = mixed(change, _OPERATORS[change.rule.operator](change))
        if not variants:
            continue
        pairs = zip_longest(documents, variants, fillvalue=None)
        results = [_applied(one if one is not None else documents[0], way or variants[0]) for one, way in pairs]
        if all(hits == 0 for _, hits in results):
            missed.append(change)
        else:
            documents = [result for result, _ in results]
    return Replayed(tuple(documents), tuple(missed))


_ORDER = ("type", "form", "scale", "null", "presence", "existence", "keys", "place", "store")


def _depth(change: Change) -> tuple[int, int]:
    order = _ORDER.index(change.rule.aspect) if change.rule.aspect in _ORDER else 0
    return len(change.path.steps), -order


def _applied(document: Any, way: Way) -> tuple[Any, int]:
    if document is MISSING:
        return document, 0
    return edit(document, way.path, way.change)


Operator = Callable[[Change], tuple[Way, ...]]

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
    "repeat-items": on_lists.repeat_items,
    "invert": on_fields.invert,
    "truncate": on_contents.truncate,
    "clear": on_contents.clear,
}


def apply_to_item(document: Any, change: Change) -> tuple[Any, ...]:
    """Replay one change alone; an empty result means that it fits no position."""
    result = apply_changes(document, [change])
    return () if result.missed or not _OPERATORS[change.rule.operator](change) else result.documents
