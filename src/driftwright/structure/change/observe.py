"""Observe what happened to the values at a position that both shapes have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from driftwright.base.forms import ID_FORMS
from driftwright.base.path import EACH_ITEM, Key, Path
from driftwright.base.terms import JsonType
from driftwright.structure.change.chance import may_be_missing
from driftwright.structure.change.envelope import place_holding_map
from driftwright.structure.change.likeness import likeness
from driftwright.structure.change.listing import are_entries, list_form, pair_fields
from driftwright.structure.change.rows import STRONG_FORMS, magnitude
from driftwright.structure.shape import Layout, Shape, merge_all

_ALIKE = 0.5
_MANY = 10
_FEWEST = 5
_NEAR = 0.1
_FAR = 0.4
_NUMBERS = frozenset({JsonType.INTEGER, JsonType.NUMBER})
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Observation:
    """What happened at a position, before a rule names it.

    Args:
        aspect: One of `driftwright.structure.rules.registry.ASPECTS`.
        happened: The word that rules match.
        path: Where, in the structure before.
        before: Kind before, for matching and for the message.
        after: Kind after.
        to: Where it went, in the structure after; None when it stayed.
        params: What the replay must know, taken from the two shapes.
        count: How many values after the change show it.
        shown: Before and after as the message shows them, when that is not the kinds.
        named: The place that the message names, when that is not the path.
        adds: What follows the message, with its punctuation; empty for nothing.
    """

    aspect: str
    happened: str
    path: Path
    before: str = ""
    after: str = ""
    to: Path | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1
    shown: tuple[str, str] = ("", "")
    named: Path | None = None
    adds: str = ""


_MOST_TAGGED = 3
"""Fields of an object that holds the entries of a map beside what tells its type."""


def observe(path: Path, before: Shape, after: Shape, declared: Layout | None) -> Iterator[Observation]:
    """Yield what happened to the values at a position both shapes have.

    Args:
        path: The position.
        before: The shape before at this position.
        after: The shape after at this position.
        declared: What the schema declares about the position; None when it declares nothing.
    """
    place = place_holding_map(before, after)
    if place is not None:
        into, *inside = (step.name for step in place.steps if isinstance(step, Key))
        params = {"names": [], "into": into, "whole": True, "inside": inside}
        to = Path((*path.steps, *place.steps))
        yield Observation("place", "wrapped", path, "a map", "a record", to, params, after.total)
        return
    structural = list(_observe_types(path, before, after, declared))
    yield from structural
    yield from _observe_nulls(path, before, after, declared)
    if not structural:
        yield from _observe_forms(path, before, after)
        yield from _observe_keys(path, before, after)
    if all(item.after == JsonType.INTEGER and item.before == JsonType.NUMBER for item in structural):
        yield from _observe_scale(path, before, after)


def _observe_types(path: Path, before: Shape, after: Shape, declared: Layout | None) -> Iterator[Observation]:
    new = after.kinds - before.kinds
    if declared is not None and declared.types:
        new = frozenset(kind for kind in new if kind not in declared.types)
        if JsonType.NUMBER in declared.types:
            new -= {JsonType.INTEGER}
    if JsonType.NUMBER in before.kinds & after.kinds:
        new -= {JsonType.INTEGER}
    if path.last == EACH_ITEM and _is_nested(before, after):
        new -= {JsonType.ARRAY}  # the list itself is reported as nested
    if not before.kinds:
        return
    for kind in sorted(new):
        old = _replaced_type(before, after, kind)
        yield _make_retyping(path, before, after, (old, kind))
    if before.items and after.items:
        yield from _observe_nesting(path, before.items, after.items)


def observe_retyping(path: Path, before: Shape, after: Shape) -> Iterator[Observation]:
    """Yield the change of type of a renamed field; nothing while the two types have something in common."""
    if before.kinds and after.kinds and before.kinds != after.kinds and likeness(before, after) == 0.0:
        yield _make_retyping(
            path, before, after, (max(before.kinds, key=before.count), max(after.kinds, key=after.count))
        )


def _replaced_type(before: Shape, after: Shape, new: JsonType) -> JsonType:
    """Return the type that the new one replaced: one that is gone, else the most frequent."""
    if new is JsonType.NUMBER and JsonType.INTEGER in before.kinds:
        return JsonType.INTEGER
    gone = before.kinds - after.kinds or before.kinds
    return max(sorted(gone), key=before.count)


def _make_retyping(path: Path, before: Shape, after: Shape, kinds: tuple[JsonType, JsonType]) -> Observation:
    old, new = kinds
    count = after.count(new)
    share = count / max(1, after.total - after.count(JsonType.NULL))
    if old is JsonType.ARRAY and new is JsonType.OBJECT:
        observation = _list_to_object(path, before, after)
    elif old is JsonType.OBJECT and new is JsonType.STRING and "json" in after.forms:
        observation = Observation("type", "serialised", path, "object", "string", count=count)
    elif old is JsonType.OBJECT and new is JsonType.ARRAY:
        observation = _object_to_list(path, before, after)
    else:
        observation = None
    if observation is not None:
        return (
            replace(observation, params={**observation.params, "share": share}) if old in after.kinds else observation
        )
    if (
        {old, new} == _NUMBERS
        and after.high is not None
        and before.high is not None
        and after.high <= 1.0 < before.high
    ):
        share = 1.0  # of shares from 0 to 1, those that are whole are written in the new unit, too
    params: dict[str, Any] = {"as": str(new), "from": str(old), "share": share, "forms": dict(after.forms)}
    params["null"] = before.count(JsonType.NULL) > 0 < after.count(JsonType.NULL)  # a null stays a null
    if new is JsonType.OBJECT and after.fields:
        params["field"] = _most_alike_field(before, after)
        params["fields"] = sorted(after.fields)
    if new is JsonType.ARRAY and after.items is not None and after.items.kinds == {JsonType.OBJECT}:
        params["item"] = _most_alike_field(before, after.items) if after.items.fields else "value"
    if old is JsonType.OBJECT and before.fields:
        params["field"] = _most_alike_field(after, before)
    if new is JsonType.BOOLEAN and not after.true:
        params["only"] = False
    if after.enum and new is JsonType.STRING:
        params["words"] = sorted(map(str, after.enum))
    if new in (JsonType.INTEGER, JsonType.NUMBER):
        params["high"], params["low"], params["was"] = after.high, after.low, before.high
    return Observation("type", "retyped", path, str(old), str(new), params=params, count=count)


def _most_alike_field(before: Shape, after: Shape) -> str:
    """Return the field of `after` whose shape and variety are most like `before`; the first by name when none is."""

    def rank(name: str) -> tuple[float, float, str]:
        part = after.fields[name]
        return -likeness(before, part), abs(_variety(before) - _variety(part)), name

    return min(after.fields, key=rank)


def _variety(shape: Shape) -> float:
    """Return the share of the values that are different: near 1 for names and ids, near 0 for a language or a kind."""
    return 1.0 if shape.enum is None or not shape.total else min(1.0, len(shape.enum) / shape.total)


def _list_to_object(path: Path, before: Shape, after: Shape) -> Observation | None:
    items, count = before.items, after.count(JsonType.OBJECT)
    if items is None:
        return None
    if after.values is not None and are_entries(items, after.values):
        return Observation("type", "list-to-map", path, "array", "object", params={"key_field": ""}, count=count)
    if after.values is not None and (not after.values.total or likeness(items, after.values) >= _ALIKE):
        keyed = [name for name, hits in after.keyed.items() if name != "*" and hits == after.keyed["*"]]
        params = {"key_field": keyed[0] if keyed else unique_field(items)}
        return Observation("type", "list-to-map", path, "array", "object", params=params, count=count)
    lists = {name: part for name, part in after.fields.items() if JsonType.ARRAY in part.kinds}
    for name, part in sorted(lists.items()):
        if part.items is None or not part.items.total or likeness(items, part.items) >= _ALIKE:
            beside = sorted(set(after.fields) - {name})
            page: dict[str, Any] = {"field": name, "beside": beside}
            return Observation("type", "list-to-page", path, "array", "object", path / name, page, count)
    is_item = JsonType.OBJECT in items.kinds or not items.kinds
    return Observation("type", "list-to-single", path, "array", "object", count=count) if is_item else None


def unique_field(items: Shape) -> str:
    """Return a field that is fit to be a map key: an id, else the first text field."""
    for form in ("uuid", "hex", "digits", "token"):
        for name, part in items.fields.items():
            if form in part.forms:
                return name
    return next((name for name, part in items.fields.items() if JsonType.STRING in part.kinds), "")


def _object_to_list(path: Path, before: Shape, after: Shape) -> Observation | None:
    count, items = after.count(JsonType.ARRAY), after.items
    for name, part in sorted(before.fields.items()):
        if part.items is not None and items is not None and likeness(part.items, items) >= _ALIKE:
            return Observation(
                "place", "replaced-by-child", path, "object", "array", path / name, {"field": name}, count
            )
    values = before.values or _values_of_odd_map(before, items)
    if values is not None:
        params: dict[str, Any] = {"form": list_form(values, items), **pair_fields(values, items)}
        return Observation("type", "map-to-list", path, "object", "array", params=params, count=count)
    return Observation("type", "single-to-list", path, "object", "array", params={"as": "list"}, count=count)


def _values_of_odd_map(before: Shape, items: Shape | None) -> Shape | None:
    """Return the records that an object holds under its names, where those are what a list holds now.

    A few entries of several kinds do not look like a map. The list tells: what it holds is like the entries, and not
    like the object.
    """
    records = [part for part in before.fields.values() if part.kinds == {JsonType.OBJECT}]
    if items is None or len(records) < _SEVERAL:
        return None
    values = merge_all(records)
    kept = values.fields.keys() & items.fields.keys()
    is_held = len(kept) >= _SEVERAL and len(kept) * 2 >= len(values.fields)
    return values if is_held and likeness(values, items) > likeness(before, items) else None


def _observe_nesting(path: Path, before: Shape, after: Shape) -> Iterator[Observation]:
    if _is_nested(before, after):
        yield Observation("type", "nested", path, "array", "array", count=after.total)


def _is_nested(before: Shape, after: Shape) -> bool:
    """Whether lists stand among the items of a list, and hold what the items were: a pair of parts is no group."""
    if JsonType.ARRAY not in after.kinds or JsonType.ARRAY in before.kinds or not before.kinds:
        return False
    inner = after.items
    while inner is not None and inner.kinds == {JsonType.ARRAY}:
        inner = inner.items
    if inner is None:
        return True
    new = inner.kinds - before.kinds
    return not new or (new <= _NUMBERS and bool(before.kinds & _NUMBERS))


def _observe_nulls(path: Path, before: Shape, after: Shape, declared: Layout | None) -> Iterator[Observation]:
    had, has = before.count(JsonType.NULL), after.count(JsonType.NULL)
    if has and not had and (declared is None or JsonType.NULL not in declared.types):
        shown = ("never null", f"{has} of {after.total}")
        happened = "holes" if path.last == EACH_ITEM else "nullable"
        params = {"share": has / after.total}
        yield Observation("null", happened, path, params=params, count=has, shown=shown)
    elif had and not has and after.total > 1 and declared is None:
        yield Observation("null", "ended", path, shown=("sometimes null", "never null"), count=after.total)


def _observe_forms(path: Path, before: Shape, after: Shape) -> Iterator[Observation]:
    texts = after.count(JsonType.STRING)
    if not texts or not before.forms:
        return
    old, new = STRONG_FORMS & set(before.forms), STRONG_FORMS & set(after.forms)
    if set(after.forms) == {"empty"} and _was_filled(before, texts):
        yield Observation("form", "emptied", path, "filled", "empty", params={"as": "empty"}, count=texts)
    elif set(before.forms) == {"empty"} and "empty" not in after.forms:
        yield Observation("form", "filled", path, "empty", "filled", count=texts)
    elif old - {"empty"} == set(before.forms) - {"empty"} and len(old - {"empty"}) == 1:
        yield from _observe_other_form(path, before, after, sorted(new - old))


def _was_filled(before: Shape, now: int) -> bool:
    """Whether texts were filled so often that `now` empty ones are no chance."""
    texts, empty = before.count(JsonType.STRING), before.forms.get("empty", 0)
    return empty < texts and (not empty or not may_be_missing(texts - empty, texts, now))


def _observe_other_form(path: Path, before: Shape, after: Shape, new: list[str]) -> Iterator[Observation]:
    old = next(iter(set(before.forms) - {"empty"}))
    others = [form for form in after.forms if form not in (old, "empty")]
    if old in after.forms or not others:
        return
    form = new[0] if new and new != ["empty"] else others[0]
    params = {"as": "form", "old": old, "form": form}
    yield Observation("form", "reformed", path, old, form, params=params, count=sum(after.forms.values()))


def _observe_keys(path: Path, before: Shape, after: Shape) -> Iterator[Observation]:
    if before.values is None or after.values is None or not after.values.total:
        return
    old_field, new_field = _key_field(before), _key_field(after)
    if _is_tagged(before, after):
        yield Observation("type", "map-to-tagged", path, "object", "object", count=after.total)
    elif new_field and _has_other_key_field(before, after, new_field):
        shown = (old_field or "another id", new_field)
        params = {"field": new_field}
        yield Observation("keys", "respaced", path, params=params, count=after.values.total, shown=shown)
    elif before.keys and after.keys and not set(before.keys) & set(after.keys) and len(before.keys) == 1:
        old, new = next(iter(before.keys)), max(after.keys, key=lambda form: after.keys[form])
        params = {"old": old, "form": new}
        happened = "named" if new == "word" and old in ID_FORMS else "reformed"
        yield Observation("keys", happened, path, old, new, params=params, count=after.values.total)


def _is_tagged(before: Shape, after: Shape) -> bool:
    """Whether a map became an object of a few words, among them a text and a list of pairs of keys and its values."""
    values, old = after.values, before.values
    if values is None or old is None or set(after.keys) != {"word"} or values.items is None:
        return False
    if JsonType.STRING not in values.kinds or JsonType.STRING in old.kinds or JsonType.ARRAY not in values.items.kinds:
        return False
    # Keys of ids tell that these are no entries of the map; where they may be words, the pairs do.
    parts = values.items.items
    are_pairs = parts is not None and {JsonType.STRING, *old.kinds} <= parts.kinds
    is_small = sum(after.keys.values()) <= _MOST_TAGGED * after.count(JsonType.OBJECT)
    return set(before.keys) <= ID_FORMS or (are_pairs and is_small)


def _has_other_key_field(before: Shape, after: Shape, field: str) -> bool:
    """Whether a field that never repeated its record's key always does now, and the one that did no longer does."""
    if before.keyed.get(field) or not before.keyed.get("*"):
        return False
    old_field = _key_field(before)
    if old_field:
        renamed = field not in _record_fields(before) and old_field not in _record_fields(after)
        return not renamed and not after.keyed.get(old_field)
    values = before.values
    known = values is not None and (
        field in values.fields or (values.items is not None and field in values.items.fields)
    )
    return known and "word" not in after.keys  # a word may equal a key by chance, an id does not


def _record_fields(shape: Shape) -> frozenset[str]:
    """Return the names of the fields of a map's records, whether each value is a record or a list of them."""
    values = shape.values
    if values is None:
        return frozenset()
    return frozenset(values.fields) | frozenset(values.items.fields if values.items is not None else ())


def _key_field(shape: Shape) -> str:
    always = [name for name, hits in shape.keyed.items() if name != "*" and hits == shape.keyed["*"]]
    return always[0] if always else ""


def _observe_scale(path: Path, before: Shape, after: Shape) -> Iterator[Observation]:
    old, new = magnitude(before.high), magnitude(after.high)
    if old is None or new is None:
        return
    power = new - old
    factor = round(power)
    small_before = before.enum is not None and len(before.enum) > 1 and after.enum == before.enum
    if not small_before and (_is_exact(power, factor) or _is_other_unit(before, after, power)):
        params = {"as": "scale", "factor": 10.0**factor}
        shown = (f"{before.high:g}", f"{after.high:g}")
        yield Observation("scale", "scaled", path, "number", "number", params=params, count=after.total, shown=shown)


def _is_exact(power: float, factor: int) -> bool:
    return abs(factor) >= 2 and abs(power - factor) < 0.05  # noqa: PLR2004 - two orders of magnitude


def _is_other_unit(before: Shape, after: Shape, power: float) -> bool:
    """Whether few numbers show another unit: fractions as whole hundredths or tenths, or a factor of 1000."""
    fewest, factor = min(before.total, after.total), round(power)
    if before.kinds == {JsonType.NUMBER} or (JsonType.NUMBER in before.kinds and JsonType.NUMBER not in after.kinds):
        many = fewest >= _MANY and abs(power - factor) < _NEAR
        return after.kinds == {JsonType.INTEGER} and (factor == 2 or (factor == 1 and many))  # noqa: PLR2004
    if before.kinds != {JsonType.INTEGER} or after.kinds != before.kinds or fewest < _FEWEST or abs(factor) != 3:  # noqa: PLR2004
        return False
    lows = (before.low, after.low) if factor < 0 else (after.low, before.low)
    highs = (after.high, before.high) if factor < 0 else (before.high, after.high)
    return bool(lows[0] and highs[0] and lows[0] > highs[0] * 10 and lows[1] and abs(power - factor) < _FAR)
