"""Find the changes between two shapes of one store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path
from driftwright.base.terms import JsonType
from driftwright.structure.change.chance import (
    absent_for_null,
    absent_for_sure,
    filler,
    may_be_left_out,
    null_for_absent,
)
from driftwright.structure.change.grouping import grouped
from driftwright.structure.change.model import Change, Comparison, in_order
from driftwright.structure.change.nesting import located
from driftwright.structure.change.observe import Observation, observe
from driftwright.structure.change.place import Pairing, Spot, pair
from driftwright.structure.change.rows import differing, position
from driftwright.structure.rules import rule_for
from driftwright.structure.shape import Layout, Shape

_OPTIONAL_SHARE = 0.5


def compare(before: Shape, after: Shape, declared: Layout | None = None, store: str = "") -> Comparison:
    """Compare an accepted shape with an observed one.

    Args:
        before: The accepted shape.
        after: The observed shape.
        declared: What the schema declares: what it allows is no change, what it does not require proves little.
        store: The store's name, for the changes.
    """
    different = {position(text): aspects for text, aspects in differing(before, after).items()}
    both = [path for path in different if before.at(path) is not None and after.at(path) is not None]
    observed = [
        located(item, after) if item.happened == "nested" else item
        for path in sorted(both)
        for item in _observe_at(path, before, after, declared)
    ]
    retyped = {item.path for item in observed if item.aspect in ("type", "place")}
    gone = [spot for spot in _one_sided(different, before, after) if not _below(spot.path, retyped)]
    new = [spot for spot in _one_sided(different, after, before) if not _below(spot.path, retyped)]
    observed, pairing = grouped(observed, pair(gone, new), before)
    tagged = {item.path for item in observed if item.happened == "map-to-tagged"}
    observed = [item for item in observed if not _below(item.path, tagged)]
    unseen = set(_emptied(before, after))
    observed += [item for item in pairing.moves if not _below(item.path, unseen)]
    observed += list(_additions(pairing.new, declared))
    for item in _removals(pairing, before, after, declared):
        if isinstance(item, Path):
            unseen.add(item)
        else:
            observed.append(item)
    observed += list(_presence(different, before, after, declared))
    changes = _superseded(list(_named(observed, store)))
    return Comparison(in_order(changes), tuple(sorted(unseen)))


def _below(path: Path, tops: set[Path]) -> bool:
    return any(path.within(top) and path != top for top in tops)


def _declared_at(path: Path, declared: Layout | None) -> Layout | None:
    return declared.at(path) if declared is not None else None


def _observe_at(path: Path, before: Shape, after: Shape, declared: Layout | None) -> Iterator[Observation]:
    old, new = before.at(path), after.at(path)
    assert old is not None and new is not None  # noqa: S101, PT018 - the caller chose paths that both have
    holder, now = before.at(path.parent), after.at(path.parent)
    is_filler = bool(path.steps and holder and now and null_for_absent(path.name, holder, now))
    for item in observe(path, old, new, _declared_at(path, declared)):
        if item.happened == "nullable" and "empty" in old.forms and "empty" not in new.forms:
            yield replace(item, params={"as": "empty"})
        elif is_filler and now and item.happened == "nullable":
            # Where it is left out still, the nulls may be as rare as they were unseen: nothing tells where they stand.
            yield replace(item, params={"as": "absent" if now.presence(path.name) >= 1.0 else "anywhere"})
        else:
            yield item
        if item.happened == "ended" and filler(old, new) == "":
            yield from _filled(path, old, new)
    if path.name == "version" and old.enum and new.enum and old.enum != new.enum:
        shown = (", ".join(map(str, sorted(old.enum, key=str))), ", ".join(map(str, sorted(new.enum, key=str))))
        yield Observation("value", "version", path, shown=shown)


def _one_sided(different: Mapping[Path, frozenset[str]], here: Shape, there: Shape) -> Iterator[Spot]:
    """Yield the topmost positions that only the first shape has, where the second one could have had them."""
    for path in sorted(different):
        shape = here.at(path)
        if shape is None or there.at(path) is not None or not path.steps:
            continue
        parent = there.at(path.parent)
        if parent is not None and isinstance(path.last, Key) and parent.count(JsonType.OBJECT):
            holder = here.at(path.parent)
            yield Spot(path, shape, holder.presence(path.name) if holder is not None else 1.0)


def _emptied(before: Shape, after: Shape) -> Iterator[Path]:
    """Yield the containers that held something before and are there but empty now: below them nothing is known."""
    stack: list[tuple[Path, Shape, Shape]] = [(Path(), before, after)]
    while stack:
        path, old, new = stack.pop()
        for step, had, has in ((EACH_VALUE, old.values, new.values), (EACH_ITEM, old.items, new.items)):
            if had is None or not had.seen:
                continue
            if has is not None and has.seen:
                stack.append((Path((*path.steps, step)), had, has))
            elif new.kinds & {JsonType.OBJECT, JsonType.ARRAY} and new.kinds <= old.kinds and not new.fields:
                yield Path((*path.steps, step))
        stack += [(path / name, part, new.fields[name]) for name, part in old.fields.items() if name in new.fields]


def _removals(pairing: Pairing, before: Shape, after: Shape, declared: Layout | None) -> Iterator[Observation | Path]:
    rule = rule_for("existence", "removed")
    alpha = rule.alpha if rule else 0.05
    lost = [(spot, spot.path.parent) for spot in pairing.gone] + list(_left_inside(pairing, before, after))
    for spot, home in lost:
        parent, now = before.at(spot.path.parent), after.at(home)
        if parent is None or now is None:
            continue
        records = now.count(JsonType.OBJECT)
        share = parent.presence(spot.path.name)
        holder = _declared_at(spot.path.parent, declared)
        if holder is not None and spot.path.name in holder.fields and spot.path.name not in holder.required:
            share = min(share, _OPTIONAL_SHARE)
        if not absent_for_sure(share, records, alpha) or (
            declared is None and may_be_left_out(spot.shape, records, alpha, share)
        ):
            yield spot.path
            continue
        shown = (f"{spot.shape.seen} of {parent.count(JsonType.OBJECT)} records", f"0 of {records} records")
        yield Observation("existence", "removed", spot.path, params={"share": 1.0}, seen=records, shown=shown)


def _left_inside(pairing: Pairing, before: Shape, after: Shape) -> Iterator[tuple[Spot, Path]]:
    """Yield what an envelope held and what is not where its content is now, with that place."""
    for move in pairing.moves:
        if move.happened != "unwrapped":
            continue
        home = move.path if move.to is None else move.to
        envelope = home / str(move.params.get("name", move.path.name))
        held, now = before.at(envelope), after.at(home)
        for name, part in held.fields.items() if held is not None and now is not None else ():
            if now is not None and name not in now.fields and (held is None or held.values is None):
                yield Spot(envelope / name, part), home


def _additions(new: Sequence[Spot], declared: Layout | None) -> Iterator[Observation]:
    for spot in new:
        if _declared_at(spot.path, declared) is not None:
            continue  # the schema knew it; only the witnesses did not show it
        kinds = ", ".join(sorted(spot.shape.kinds)) or "null"
        yield Observation("existence", "added", spot.path, seen=spot.shape.seen, shown=("absent", kinds))


def _presence(
    different: Mapping[Path, frozenset[str]], before: Shape, after: Shape, declared: Layout | None
) -> Iterator[Observation]:
    for path, aspects in sorted(different.items()):
        if "presence" not in aspects:
            continue
        old, new = before.at(path.parent), after.at(path.parent)
        if old is None or new is None:
            continue
        was, now = old.presence(path.name), new.presence(path.name)
        shown = (_share(old, path.name), _share(new, path.name))
        records = new.count(JsonType.OBJECT)
        holder = _declared_at(path.parent, declared)
        declared_optional = holder is not None and path.name in holder.fields and path.name not in holder.required
        if was == 1.0 and now < 1.0 and not declared_optional:
            absent = records - round(now * records)
            params = {"share": 1.0 - now, **_omitted(old.fields.get(path.name), new.fields.get(path.name), absent)}
            yield Observation("presence", "optional", path, params=params, seen=records, shown=shown)
        elif was < 1.0 and now == 1.0 and not declared_optional:
            yield Observation("presence", "required", path, seen=records, shown=shown)
            yield from _filled(path, old.fields.get(path.name), new.fields.get(path.name))


def _filled(path: Path, before: Shape | None, after: Shape | None) -> Iterator[Observation]:
    """What stands now where nothing stood: a value that no record had before."""
    value = filler(before, after) if before is not None and after is not None else None
    if value is not None and after is not None:
        params = {"as": "filled", "value": value}
        shown = ("left out", json.dumps(value))
        yield Observation("form", "reformed", path, "left out", "filled", params=params, seen=after.seen, shown=shown)


def _omitted(before: Shape | None, after: Shape | None, absent: int) -> dict[str, Any]:
    """The one value that is left out now, when the values still written lack exactly one of the old ones."""
    if before is None or after is None:
        return {}
    if absent_for_null(before, after, absent):
        return {"omitted": None}
    if before.kinds == {JsonType.BOOLEAN} and after.kinds == {JsonType.BOOLEAN}:
        if after.true == after.seen:
            return {"omitted": False}
        return {"omitted": True} if after.true == 0 else {}
    if before.enum and after.enum is not None and len(before.enum - after.enum) == 1:
        return {"omitted": next(iter(before.enum - after.enum))}
    return {}


def _share(shape: Shape, name: str) -> str:
    part = shape.fields.get(name)
    return f"{part.seen if part else 0} of {shape.count(JsonType.OBJECT)} records"


def _named(observed: Sequence[Observation], store: str) -> Iterator[Change]:
    for item in observed:
        rule = rule_for(item.aspect, item.happened, item.before, item.after)
        if rule is None or item.seen < rule.minimum:
            continue
        before, after = item.shown if any(item.shown) else (item.before, item.after)
        message = rule.message.format(path=item.named or item.path, to=item.to, before=before, after=after)
        yield Change(rule, store, item.path, item.to, before, after, message + item.adds, item.params)


def _superseded(changes: list[Change]) -> Iterator[Change]:
    for change in changes:
        if not any(change.rule.id in other.rule.supersedes and other.path == change.path for other in changes):
            yield change
