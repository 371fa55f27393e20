"""Compare two shapes of one store and name each change by its rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path
from driftwright.base.terms import JsonType
from driftwright.structure.change.chance import (
    ALPHA,
    absence_may_replace_nulls,
    is_surely_absent,
    may_be_omitted_default,
    new_empty_value,
    nulls_may_replace_absence,
)
from driftwright.structure.change.grouping import group_causes
from driftwright.structure.change.model import Change, Comparison, in_order
from driftwright.structure.change.nesting import locate_nesting
from driftwright.structure.change.observe import Observation, observe
from driftwright.structure.change.place import Pairing, UnpairedField, find_moves
from driftwright.structure.change.rows import differing_paths
from driftwright.structure.rules import rule_for
from driftwright.structure.shape import Layout, Shape

_OPTIONAL_SHARE = 0.5


def compare(before: Shape, after: Shape, declared: Layout | None = None, store: str = "") -> Comparison:
    """Compare an accepted shape with an observed one.

    Args:
        before: The accepted shape.
        after: The observed shape.
        declared: What the schema declares: what it allows is no change, and an absent field that it does not require is
            weak evidence.
        store: The store's name, for the changes.
    """
    different = {Path.parse(text): aspects for text, aspects in differing_paths(before, after).items()}
    # What befell all entries of a map may have befallen the map.
    looked_at = {*different, *(path.parent for path in different if path.last == EACH_VALUE)}
    both = [path for path in looked_at if before.at(path) is not None and after.at(path) is not None]
    observations = [
        locate_nesting(item, after) if item.happened == "nested" else item
        for path in sorted(both)
        for item in _observe_at(path, before, after, declared)
    ]
    retyped = {item.path for item in observations if item.aspect in ("type", "place")}
    gone = [field for field in _one_sided_fields(different, before, after) if not _is_below(field.path, retyped)]
    new = [field for field in _one_sided_fields(different, after, before) if not _is_below(field.path, retyped)]
    observations, pairing = group_causes(observations, find_moves(gone, new), before)
    tagged = {item.path for item in observations if item.happened == "map-to-tagged"}
    observations = [item for item in observations if not _is_below(item.path, tagged)]
    unseen = set(_emptied_containers(before, after))
    observations += [item for item in pairing.moves if not _is_below(item.path, unseen)]
    observations += list(_additions(pairing.new, declared))
    for item in _removals(pairing, before, after, declared):
        if isinstance(item, Path):
            unseen.add(item)
        else:
            observations.append(item)
    observations += list(_presence_changes(different, before, after, declared))
    changes = _drop_superseded(list(_name_changes(observations, store)))
    return Comparison(in_order(changes), tuple(sorted(unseen)))


def _is_below(path: Path, tops: set[Path]) -> bool:
    return any(path.within(top) and path != top for top in tops)


def _declared_at(path: Path, declared: Layout | None) -> Layout | None:
    return declared.at(path) if declared is not None else None


def _observe_at(path: Path, before: Shape, after: Shape, declared: Layout | None) -> Iterator[Observation]:
    old, new = before.at(path), after.at(path)
    assert old is not None and new is not None  # noqa: S101, PT018 - the caller chose paths that both have
    holder, now = before.at(path.parent), after.at(path.parent)
    is_filler = bool(path.steps and holder and now and nulls_may_replace_absence(path.name, holder, now))
    for item in observe(path, old, new, _declared_at(path, declared)):
        are_empties = "empty" in old.forms and "empty" not in new.forms
        if item.happened == "nullable" and are_empties and _may_all_be_empty(old, new):
            yield replace(item, params={"as": "empty"})
        elif is_filler and now and item.happened == "nullable":
            # When some records still lack the field, the nulls may be rare, and nothing shows where they are.
            yield replace(item, params={"as": "absent" if now.presence(path.name) >= 1.0 else "anywhere"})
        else:
            yield item
        if item.happened == "ended" and new_empty_value(old, new) == "":
            yield from _filled_with_empty_value(path, old, new)
    if path.name == "version" and old.enum and new.enum and old.enum != new.enum:
        shown = (", ".join(map(str, sorted(old.enum, key=str))), ", ".join(map(str, sorted(new.enum, key=str))))
        yield Observation("value", "version", path, shown=shown)


def _may_all_be_empty(before: Shape, after: Shape) -> bool:
    """Whether so many nulls may all stand for texts that were empty; some texts beside them show which do."""
    share = before.forms["empty"] / before.total
    return after.count(JsonType.NULL) < after.total or share**after.total > ALPHA


def _one_sided_fields(different: Mapping[Path, frozenset[str]], here: Shape, there: Shape) -> Iterator[UnpairedField]:
    """Yield the topmost fields that only the shape `here` has, where `there` has records that could have them."""
    for path in sorted(different):
        shape = here.at(path)
        if shape is None or there.at(path) is not None or not path.steps:
            continue
        parent = there.at(path.parent)
        if parent is not None and isinstance(path.last, Key) and parent.count(JsonType.OBJECT):
            holder = here.at(path.parent)
            yield UnpairedField(path, shape, holder.presence(path.name) if holder is not None else 1.0)


def _emptied_containers(before: Shape, after: Shape) -> Iterator[Path]:
    """Yield what is inside containers that held something before and are empty now: nothing is known of it."""
    stack: list[tuple[Path, Shape, Shape]] = [(Path(), before, after)]
    while stack:
        path, old, new = stack.pop()
        for step, had, has in ((EACH_VALUE, old.values, new.values), (EACH_ITEM, old.items, new.items)):
            if had is None or not had.total:
                continue
            if has is not None and has.total:
                stack.append((Path((*path.steps, step)), had, has))
            elif new.kinds & {JsonType.OBJECT, JsonType.ARRAY} and new.kinds <= old.kinds and not new.fields:
                yield Path((*path.steps, step))
        stack += [(path / name, part, new.fields[name]) for name, part in old.fields.items() if name in new.fields]


def _removals(pairing: Pairing, before: Shape, after: Shape, declared: Layout | None) -> Iterator[Observation | Path]:
    rule = rule_for("existence", "removed")
    alpha = rule.alpha if rule else 0.05
    lost = [(field, field.path.parent) for field in pairing.gone] + list(_lost_in_envelopes(pairing, before, after))
    for field, home in lost:
        parent, now = before.at(field.path.parent), after.at(home)
        if parent is None or now is None:
            continue
        records = now.count(JsonType.OBJECT)
        share = parent.presence(field.path.name)
        had, of = field.shape.total, parent.count(JsonType.OBJECT)
        holder = _declared_at(field.path.parent, declared)
        if holder is not None and field.path.name in holder.fields and field.path.name not in holder.required:
            had, share = min(had, int(of * _OPTIONAL_SHARE)), min(share, _OPTIONAL_SHARE)
        if not is_surely_absent(had, of, records, alpha) or (
            declared is None and may_be_omitted_default(field.shape, records, alpha, share)
        ):
            yield field.path
            continue
        shown = (f"{field.shape.total} of {parent.count(JsonType.OBJECT)} records", f"0 of {records} records")
        yield Observation("existence", "removed", field.path, params={"share": 1.0}, count=records, shown=shown)


def _lost_in_envelopes(pairing: Pairing, before: Shape, after: Shape) -> Iterator[tuple[UnpairedField, Path]]:
    """Yield the fields that an envelope held and that are not where its content is now, each with that place."""
    for move in pairing.moves:
        if move.happened != "unwrapped":
            continue
        home = move.path if move.to is None else move.to
        envelope = home / str(move.params.get("name", move.path.name))
        held, now = before.at(envelope), after.at(home)
        for name, part in held.fields.items() if held is not None and now is not None else ():
            if now is not None and name not in now.fields and (held is None or held.values is None):
                yield UnpairedField(envelope / name, part), home


def _additions(new: Sequence[UnpairedField], declared: Layout | None) -> Iterator[Observation]:
    for field in new:
        if _declared_at(field.path, declared) is not None:
            continue  # the schema knew it; only the witnesses did not show it
        kinds = ", ".join(sorted(field.shape.kinds)) or "null"
        yield Observation("existence", "added", field.path, count=field.shape.total, shown=("absent", kinds))


def _presence_changes(
    different: Mapping[Path, frozenset[str]], before: Shape, after: Shape, declared: Layout | None
) -> Iterator[Observation]:
    for path, aspects in sorted(different.items()):
        if "presence" not in aspects:
            continue
        old, new = before.at(path.parent), after.at(path.parent)
        if old is None or new is None:
            continue
        was, now = old.presence(path.name), new.presence(path.name)
        shown = (_share_text(old, path.name), _share_text(new, path.name))
        records = new.count(JsonType.OBJECT)
        holder = _declared_at(path.parent, declared)
        declared_optional = holder is not None and path.name in holder.fields and path.name not in holder.required
        if was == 1.0 and now < 1.0 and not declared_optional:
            absent = records - round(now * records)
            params = {
                "share": 1.0 - now,
                **_omitted_value(old.fields.get(path.name), new.fields.get(path.name), absent),
            }
            yield Observation("presence", "optional", path, params=params, count=records, shown=shown)
        elif was < 1.0 and now == 1.0 and not declared_optional:
            yield Observation("presence", "required", path, count=records, shown=shown)
            yield from _filled_with_empty_value(path, old.fields.get(path.name), new.fields.get(path.name))


def _filled_with_empty_value(path: Path, before: Shape | None, after: Shape | None) -> Iterator[Observation]:
    """Yield the change of a field that now has an empty value where it was left out."""
    value = new_empty_value(before, after) if before is not None and after is not None else None
    if value is not None and after is not None:
        params = {"as": "filled", "value": value}
        shown = ("left out", json.dumps(value))
        yield Observation("form", "reformed", path, "left out", "filled", params=params, count=after.total, shown=shown)


def _omitted_value(before: Shape | None, after: Shape | None, absent: int) -> dict[str, Any]:
    """Return `omitted`, the one value that is now left out, when exactly one old value is no longer written."""
    if before is None or after is None:
        return {}
    if absence_may_replace_nulls(before, after, absent):
        return {"omitted": None}
    if before.kinds == {JsonType.BOOLEAN} and after.kinds == {JsonType.BOOLEAN}:
        if after.true == after.total:
            return {"omitted": False}
        return {"omitted": True} if after.true == 0 else {}
    if len(before.kinds) == 1 and before.kinds == after.kinds and before.empty and not after.empty:
        return {"omitted": [] if JsonType.ARRAY in before.kinds else {}}
    if before.enum and after.enum is not None and len(before.enum - after.enum) == 1:
        return {"omitted": next(iter(before.enum - after.enum))}
    return {}


def _share_text(shape: Shape, name: str) -> str:
    part = shape.fields.get(name)
    return f"{part.total if part else 0} of {shape.count(JsonType.OBJECT)} records"


def _name_changes(observed: Sequence[Observation], store: str) -> Iterator[Change]:
    for item in observed:
        rule = rule_for(item.aspect, item.happened, item.before, item.after)
        if rule is None or item.count < rule.minimum:
            continue
        before, after = item.shown if any(item.shown) else (item.before, item.after)
        message = rule.message.format(path=item.named or item.path, to=item.to, before=before, after=after)
        yield Change(rule, store, item.path, item.to, before, after, message + item.adds, item.params)


def _drop_superseded(changes: list[Change]) -> Iterator[Change]:
    for change in changes:
        if not any(change.rule.id in other.rule.supersedes and other.path == change.path for other in changes):
            yield change
