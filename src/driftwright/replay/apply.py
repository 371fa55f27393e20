"""Apply changes to a known-good store: deepest first all together, or each alone."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from driftwright.change import Change
from driftwright.path import EACH_ITEM, Key, Path
from driftwright.replay.convert import conversions
from driftwright.replay.edit import GONE, Edit, edit, renamed

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


def replay(document: Any, changes: Sequence[Change]) -> Replayed:
    """Replay changes of one store together, deepest first, so that no change moves the ground under another."""
    documents: list[Any] = [document]
    missed = []
    for change in sorted(changes, key=_depth, reverse=True):
        variants = _OPERATORS[change.rule.operator](change)
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


@dataclass(frozen=True, slots=True)
class _Way:
    """One way a change may have come about: where to edit, and how."""

    path: Path
    change: Edit


def _applied(document: Any, way: _Way) -> tuple[Any, int]:
    if document is MISSING:
        return document, 0
    return edit(document, way.path, way.change)


_Operator = Callable[[Change], tuple[_Way, ...]]


def _none(_: Change) -> tuple[_Way, ...]:
    return ()


def _drop_store(_: Change) -> tuple[_Way, ...]:
    return (_Way(Path(), lambda _: MISSING),)


def _encode(change: Change) -> tuple[_Way, ...]:
    return (_Way(change.path, lambda value: json.dumps(value, separators=(",", ":"))),)


def _remove(change: Change) -> tuple[_Way, ...]:
    params = change.params
    if "omitted" in params:
        omitted = params["omitted"]
        return (_Way(change.path, lambda value: GONE if value == omitted and type(value) is type(omitted) else value),)
    if params.get("share", 1.0) >= 1.0:
        return (_Way(change.path, lambda _: GONE),)
    return (_Way(change.path, _alternating(0)), _Way(change.path, _alternating(1)))


def _alternating(start: int) -> Edit:
    turn = start

    def every_other(value: Any) -> Any:
        nonlocal turn
        turn += 1
        return GONE if turn % 2 else value

    return every_other


def _rename(change: Change) -> tuple[_Way, ...]:
    name, to = change.path.name, str(change.params["name"])
    return (_on_records(change.path.parent, lambda record: renamed(record, name, to)),)


def _on_records(path: Path, record_edit: Callable[[dict[str, Any]], dict[str, Any]]) -> _Way:
    return _Way(path, lambda value: record_edit(value) if isinstance(value, dict) else value)


def _move(change: Change) -> tuple[_Way, ...]:
    assert change.to is not None  # noqa: S101 - a move says where to
    shared = 0
    for one, other in zip(change.path.steps, change.to.steps, strict=False):
        if one != other:
            break
        shared += 1
    old, new = change.path.steps[shared:], change.to.steps[shared:]
    if not all(isinstance(step, Key) for step in (*old, *new)):
        return (_Way(change.path, lambda _: GONE),)
    old_names, new_names = [s.name for s in old], [s.name for s in new]  # type: ignore[union-attr]
    return (_on_records(Path(change.path.steps[:shared]), lambda record: _carried(record, old_names, new_names)),)


def _carried(record: dict[str, Any], old: list[str], new: list[str]) -> dict[str, Any]:
    result = copy.deepcopy(record)
    here: Any = result
    for name in old[:-1]:
        here = here.get(name) if isinstance(here, dict) else None
    if not isinstance(here, dict) or old[-1] not in here:
        return record
    value = here.pop(old[-1])
    here = result
    for name in new[:-1]:
        below = here.setdefault(name, {})
        if not isinstance(below, dict):
            return record
        here = below
    here[new[-1]] = value
    return result


def _unwrap(change: Change) -> tuple[_Way, ...]:
    name = change.path.name

    def spread(record: dict[str, Any]) -> dict[str, Any]:
        inner = record.get(name)
        if not isinstance(inner, dict):
            return record
        return {key: value for key, value in record.items() if key != name} | inner

    return (_on_records(change.path.parent, spread),)


def _wrap(change: Change) -> tuple[_Way, ...]:
    assert change.to is not None  # noqa: S101 - a wrap says where to
    names, into = set(change.params["names"]), str(change.params["into"])

    def gather(record: dict[str, Any]) -> dict[str, Any]:
        inner = {key: value for key, value in record.items() if key in names}
        rest = {key: value for key, value in record.items() if key not in names}
        return rest | {into: inner} if inner else record

    return (_on_records(change.to.parent, gather),)


def _replace_by_child(change: Change) -> tuple[_Way, ...]:
    field = str(change.params["field"])
    return (_on_records(change.path, lambda record: record.get(field, record)),)


def _nullify(change: Change) -> tuple[_Way, ...]:
    if change.params.get("share", 1.0) >= 1.0:
        return (_Way(change.path, lambda _: None),)
    return tuple(_Way(change.path, _null_every_other(start)) for start in (0, 1))


def _null_every_other(start: int) -> Edit:
    turn = start

    def every_other(value: Any) -> Any:
        nonlocal turn
        turn += 1
        return None if turn % 2 else value

    return every_other


def _insert_null(change: Change) -> tuple[_Way, ...]:
    return (
        _on_lists(change.path.parent, lambda items: [None, *items] if items else items),
        _on_lists(change.path.parent, lambda items: [*items, None] if items else items),
    )


def _on_lists(path: Path, list_edit: Callable[[list[Any]], Any]) -> _Way:
    return _Way(path, lambda value: list_edit(value) if isinstance(value, list) else value)


def _convert(change: Change) -> tuple[_Way, ...]:
    params = change.params
    if params["as"] == "null":
        return (_Way(change.path, lambda _: None),)
    return tuple(_Way(change.path, conversion) for conversion in conversions(params))


def _list_to_map(change: Change) -> tuple[_Way, ...]:
    field = str(change.params.get("key_field") or "")

    def regroup(items: list[Any]) -> dict[str, Any]:
        keys = [
            str(item.get(field, place)) if isinstance(item, dict) else str(place) for place, item in enumerate(items)
        ]
        return dict(zip(keys, items, strict=True))

    return (_on_lists(change.path, regroup),)


def _list_to_page(change: Change) -> tuple[_Way, ...]:
    field, beside = str(change.params["field"]), change.params.get("beside", ())
    return (_on_lists(change.path, lambda items: {field: items, **dict.fromkeys(beside)}),)


def _list_to_single(change: Change) -> tuple[_Way, ...]:
    return (_on_lists(change.path, lambda items: items[0] if items else None),)


def _nest_list(change: Change) -> tuple[_Way, ...]:
    return (_on_lists(change.path, lambda items: [[item] for item in items] or items),)


def _map_to_list(change: Change) -> tuple[_Way, ...]:
    form = change.params.get("form")

    def flatten(record: dict[str, Any]) -> Any:
        if form == "entries":
            return [[key, value] for key, value in record.items()]
        values = list(record.values())
        return list(chain.from_iterable(values)) if form == "items" and _all_lists(values) else values

    return (_Way(change.path, lambda value: flatten(value) if isinstance(value, dict) else value),)


def _all_lists(values: list[Any]) -> bool:
    return all(isinstance(value, list) for value in values)


def _rekey(change: Change) -> tuple[_Way, ...]:
    field = str(change.params["field"])

    def regroup(record: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in record.items():
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, dict):  # a hole names no entity, so it goes under no key
                        result.setdefault(str(item.get(field, key)), []).append(item)
            else:
                result[str(value.get(field, key)) if isinstance(value, dict) else key] = value
        return result if record else record

    return (_on_records(change.path, regroup),)


def _rewrite_keys(change: Change) -> tuple[_Way, ...]:
    form = str(change.params["form"])

    def rewrite(key: str) -> str:
        return key.replace("-", "") if form == "hex" else f"x:{key}"

    return (_on_records(change.path, lambda record: {rewrite(key): value for key, value in record.items()} or record),)


def _insert_item(change: Change) -> tuple[_Way, ...]:
    extra, fresh = change.params.get("set", {}), change.params.get("fresh", ())

    def append(items: list[Any]) -> list[Any]:
        records = [item for item in items if isinstance(item, dict)]
        if not records:
            return items
        new = records[-1] | dict(extra) | {name: _fresh(records[-1].get(name)) for name in fresh}
        return [*items, new]

    path = change.path.parent if change.path.last == EACH_ITEM else change.path
    return (_on_lists(path, append),)


def _fresh(value: Any) -> Any:
    """A value of the same form that no record of a small store has."""
    if isinstance(value, str) and value:
        return value[:-4] + "f0f0"
    return value + 1000 if isinstance(value, int) else value


_OPERATORS: Mapping[str, _Operator] = {
    "none": _none,
    "drop-store": _drop_store,
    "encode": _encode,
    "remove": _remove,
    "rename": _rename,
    "move": _move,
    "unwrap": _unwrap,
    "wrap": _wrap,
    "replace-by-child": _replace_by_child,
    "nullify": _nullify,
    "insert-null": _insert_null,
    "convert": _convert,
    "list-to-map": _list_to_map,
    "list-to-page": _list_to_page,
    "list-to-single": _list_to_single,
    "nest-list": _nest_list,
    "map-to-list": _map_to_list,
    "rekey": _rekey,
    "rewrite-keys": _rewrite_keys,
    "insert-item": _insert_item,
}


def replay_item(document: Any, change: Change) -> tuple[Any, ...]:
    """Replay one change alone; an empty result means that it fits no position."""
    result = replay(document, [change])
    return () if result.missed or not _OPERATORS[change.rule.operator](change) else result.documents
