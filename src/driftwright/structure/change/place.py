"""Pair fields that are gone with fields that are new: renames, moves, wraps and unwraps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from driftwright.base.path import EACH_ITEM, Key, Path
from driftwright.base.terms import JsonType
from driftwright.structure.change.likeness import likeness, name_likeness
from driftwright.structure.change.observe import Observation, observe_retyping
from driftwright.structure.shape import Shape, shape_rows

_SAME_NAME = 0.45
_SURE_SHAPE = 0.75
_SURE_NAME = 0.7
_POSSIBLE_SHAPE = 0.45
_SEVERAL = 2
_MANY_FIELDS = 8
_MOST = 0.7
"""So many names, and so large a share of them, tell a container in which the upper ones are others."""
_FEWEST_FIELDS = 3
"""So many fields tell a record that is elsewhere from others."""


@dataclass(frozen=True, slots=True)
class UnpairedField:
    """A field that only one of two shapes has.

    Args:
        path: Its place in that shape.
        shape: What is there.
        share: In what share of the records it is there, from 0 to 1.
    """

    path: Path
    shape: Shape
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Pairing:
    """The fields of two shapes that were paired, and those that were not.

    Args:
        moves: What happened to the paired ones.
        gone: Fields that only the shape before has.
        new: Fields that only the shape after has.
    """

    moves: tuple[Observation, ...]
    gone: tuple[UnpairedField, ...]
    new: tuple[UnpairedField, ...]


def find_moves(gone: Sequence[UnpairedField], new: Sequence[UnpairedField]) -> Pairing:
    """Pair the fields that are gone with the new ones: unwraps and wraps first, then renames, then moves.

    Args:
        gone: Fields that only the shape before has.
        new: Fields that only the shape after has.
    """
    moves: list[Observation] = []
    for find in (_find_unwrapped, _find_wrapped, _find_taken_out, _find_listed, _find_renamed, _find_moved):
        for move, used_gone, used_new in find(gone, new):
            moves.append(move)
            gone = [field for field in gone if field.path not in used_gone]
            new = [field for field in new if field.path not in used_new]
    return Pairing(tuple(moves), tuple(gone), tuple(new))


_Moves = Iterator[tuple[Observation, set[Path], set[Path]]]


def _siblings(fields: Iterable[UnpairedField], parent: Path) -> dict[str, UnpairedField]:
    return {
        field.path.name: field for field in fields if field.path.parent == parent and isinstance(field.path.last, Key)
    }


def _find_unwrapped(gone: Sequence[UnpairedField], new: Sequence[UnpairedField]) -> _Moves:
    for field in gone:
        beside = _siblings(new, field.path.parent)
        shared = [name for name in field.shape.fields if name in beside]
        alike = [name for name in shared if _are_alike(field.shape.fields[name], beside[name].shape)]
        if alike and len(alike) * 2 >= len(field.shape.fields):
            count = beside[alike[0]].shape.total
            kinds = ("one record", f"{len(alike)} of its fields beside it")
            move = Observation("place", "unwrapped", field.path, *kinds, to=field.path.parent, count=count)
            yield move, {field.path}, {beside[name].path for name in alike}
            return


def _find_wrapped(gone: Sequence[UnpairedField], new: Sequence[UnpairedField]) -> _Moves:
    for field in new:
        missing = _siblings(gone, field.path.parent)
        held = [name for name in missing if name in field.shape.fields]
        alike = [name for name in held if _are_alike(missing[name].shape, field.shape.fields[name])]
        if alike:
            params = {"into": field.path.name, "names": sorted(alike)}
            path = missing[alike[0]].path if len(alike) == 1 else field.path.parent
            yield (
                Observation(
                    "place", "wrapped", path, "beside", "inside", to=field.path, params=params, count=field.shape.total
                ),
                {missing[name].path for name in alike},
                {field.path},
            )
            return


def _find_listed(gone: Sequence[UnpairedField], new: Sequence[UnpairedField]) -> _Moves:
    """Find the fields of a record that records in a new list beside them have now, several of them together."""
    for field in new:
        parts = field.shape.items.fields if field.shape.items is not None else {}
        missing = _siblings(gone, field.path.parent) if parts else {}
        alike = [old for name, old in missing.items() if name in parts and _are_alike(old.shape, parts[name])]
        for old in alike if len(alike) >= _SEVERAL else ():
            to = Path((*field.path.steps, EACH_ITEM, Key(old.path.name)))
            yield _make_move(old, field, UnpairedField(to, parts[old.path.name]))


def _find_taken_out(gone: Sequence[UnpairedField], new: Sequence[UnpairedField]) -> _Moves:
    """Find the records that are called otherwise now, and are what a field of theirs was: the rest of them is gone."""
    taken: set[Path] = set()
    for old in gone:
        for name, part in old.shape.fields.items():
            homes = (field for field in _siblings(new, old.path.parent).values() if field.path not in taken)
            home = next((field for field in homes if _is_taken_out(part, old.shape, field.shape)), None)
            if home is None:
                continue
            taken.add(home.path)
            others = sorted(set(old.shape.fields) - {name})
            count = home.shape.total
            shown = ("one record", f"{len(part.fields)} of its fields in its place")
            params = {"name": name, "dropped": others}
            yield (
                Observation("place", "unwrapped", old.path, *shown, params=params, count=count, named=old.path / name),
                {old.path},
                {home.path},
            )
            kinds = (_kinds_text(old.shape), _kinds_text(home.shape))
            params = {"name": home.path.name}
            yield (
                Observation("place", "renamed", old.path, *kinds, to=home.path, params=params, count=count),
                set(),
                set(),
            )
            break


def _is_taken_out(part: Shape, holder: Shape, home: Shape) -> bool:
    if len(part.fields) < _FEWEST_FIELDS or part.kinds != {JsonType.OBJECT}:
        return False
    if (len(holder.fields) - 1) * 2 > len(part.fields):
        return False  # it is one of several things that the record held, not its content
    alike = likeness(part, home)
    return alike >= _SURE_SHAPE and alike > likeness(holder, home)


def _are_alike(shape: Shape, other: Shape) -> bool:
    return shape.kinds == other.kinds or likeness(shape, other) >= _POSSIBLE_SHAPE


def _find_renamed(gone: Sequence[UnpairedField], new: Sequence[UnpairedField]) -> _Moves:
    beside = [(old, other) for old in gone for other in new if old.path.parent == other.path.parent]
    alike = [(old.path, other.path) for old, other in beside if _hold_the_same(old.shape, other.shape)]
    held = Counter(place for _, place in alike)
    # Of several containers that one holds now, it is none by another name.
    same = {pair for pair in alike if held[pair[1]] == 1}
    ranked = sorted(
        (
            (score, str(old.path), str(other.path), old, other)
            for old, other in beside
            if (score := _rename_score(old, other, holds_the_same=(old.path, other.path) in same))
        ),
        key=lambda row: (-row[0], row[1], row[2]),
    )
    taken: set[Path] = set()
    for _, _, _, old, other in ranked:
        if old.path in taken or other.path in taken:
            continue
        taken |= {old.path, other.path}
        params = {"name": other.path.name}
        kinds = (_kinds_text(old.shape), _kinds_text(other.shape))
        count = other.shape.total
        move = Observation("place", "renamed", old.path, *kinds, to=other.path, params=params, count=count)
        yield move, {old.path}, {other.path}
        for retype in observe_retyping(old.path, old.shape, other.shape):
            yield retype, set(), set()


def _both_plain(shape: Shape, other: Shape) -> bool:
    """Whether both hold one kind of plain value each."""
    plain = (len(each.kinds) == 1 and not each.kinds & {JsonType.OBJECT, JsonType.ARRAY} for each in (shape, other))
    return all(plain)


def _kinds_text(shape: Shape) -> str:
    return ", ".join(sorted(shape.kinds)) or "null"


def _rename_score(old: UnpairedField, other: UnpairedField, *, holds_the_same: bool) -> float:
    """Return how likely one name became the other, 0.0 for not at all; unlike shapes need names that are alike."""
    shape = likeness(old.shape, other.shape)
    name = name_likeness(old.path.name, other.path.name)
    if shape == 0.0 and name >= _SURE_NAME and _both_plain(old.shape, other.shape):
        return name  # another name and another type at once: only the name can tell
    if shape < _POSSIBLE_SHAPE and name >= _SURE_NAME and old.shape.kinds == other.shape.kinds == {JsonType.ARRAY}:
        return name  # a list under a name that is hardly another, of records that are
    if shape < _POSSIBLE_SHAPE and holds_the_same:
        return _POSSIBLE_SHAPE + name
    if shape < _POSSIBLE_SHAPE or (shape < _SURE_SHAPE and name < _SAME_NAME):
        return 0.0
    # A field of every record stays in every record: a likely name must not prefer a rare field to it.
    return max(0.01, shape + 2 * name - 2 * abs(old.share - other.share))


def _hold_the_same(shape: Shape, other: Shape) -> bool:
    """Whether two containers hold nearly all the same places, of which some near the top are called otherwise."""
    if not shape.kinds == other.kinds <= {JsonType.OBJECT, JsonType.ARRAY}:
        return False
    names, others = ({row.path.last for row in shape_rows(each)} for each in (shape, other))
    common = sum(1 for name in names & others if isinstance(name, Key))
    return common >= _MANY_FIELDS and common >= _MOST * min(len(names), len(others))


def _find_moved(gone: Sequence[UnpairedField], new: Sequence[UnpairedField]) -> _Moves:
    """Find fields elsewhere: by name and shape, by a large shape alone, or by name where a neighbour went."""
    homes: set[tuple[Path, Path]] = set()
    left = []
    for old in gone:
        pairs = [*_fields_and_their_parts(new)]
        match = next((pair for pair in pairs if _is_moved(old, pair[1])), None)
        match = match or next((pair for pair in pairs if _is_moved_beside(old, *pair)), None)
        if match is None:
            left.append(old)
            continue
        homes.add((old.path.parent, match[1].path.parent))
        yield _make_move(old, *match)
    for old in left:
        # A field that moved along with its neighbours may have changed on the way: name and type are enough.
        for holder, field in _fields_and_their_parts(new):
            is_beside = holder is not field and holder.path.parent == old.path.parent
            same = field.shape.kinds & old.shape.kinds and (
                field.path.name == old.path.name
                or (is_beside and name_likeness(old.path.name, field.path.name) >= _SURE_NAME)
            )
            if same and (old.path.parent, field.path.parent) in homes:
                yield _make_move(old, holder, field)
                break


def _is_moved(old: UnpairedField, new: UnpairedField) -> bool:
    alike = likeness(old.shape, new.shape)
    big = JsonType.OBJECT in old.shape.kinds or JsonType.ARRAY in old.shape.kinds
    same_name = new.path.name == old.path.name
    return (same_name and alike >= _POSSIBLE_SHAPE) or (big and alike >= _SURE_SHAPE and _holds_records(old.shape))


def _is_moved_beside(old: UnpairedField, holder: UnpairedField, new: UnpairedField) -> bool:
    """Whether a field is called a little otherwise now, in a new record beside its old place, and is as it was."""
    if holder is new or holder.path.parent != old.path.parent or old.shape.kinds != new.shape.kinds:
        return False
    if (old.share < 1.0) != (holder.share < 1.0):
        return False  # what every record had is no part of a rare one now
    return likeness(old.shape, new.shape) >= _SURE_SHAPE and name_likeness(old.path.name, new.path.name) >= _SURE_NAME


def _make_move(
    old: UnpairedField, holder: UnpairedField, new: UnpairedField
) -> tuple[Observation, set[Path], set[Path]]:
    kinds = (_kinds_text(old.shape), _kinds_text(new.shape))
    move = Observation("place", "moved", old.path, *kinds, to=new.path, count=new.shape.total)
    return move, {old.path}, {holder.path} if new.path == holder.path else set()


def _fields_and_their_parts(new: Sequence[UnpairedField]) -> Iterator[tuple[UnpairedField, UnpairedField]]:
    """Yield each field with itself, and with each of the fields that it holds."""
    for field in new:
        yield field, field
        for name, part in field.shape.fields.items():
            yield field, UnpairedField(field.path / name, part)


def _holds_records(shape: Shape) -> bool:
    below = shape.values or shape.items
    return bool(below and below.total and (below.fields or (below.items and below.items.fields)))
