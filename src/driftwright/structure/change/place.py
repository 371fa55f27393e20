"""Places: fields that are gone and fields that are new, paired into renames, moves, wraps and unwraps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from driftwright.base.path import Key, Path
from driftwright.base.terms import JsonType
from driftwright.structure.change.likeness import likeness, name_likeness
from driftwright.structure.change.observe import Observation, retyped
from driftwright.structure.shape import Shape

_SAME_NAME = 0.45
_SURE_SHAPE = 0.75
_SURE_NAME = 0.7
_POSSIBLE_SHAPE = 0.45


@dataclass(frozen=True, slots=True)
class Spot:
    """A position that only one of two shapes has, with what is there, and in what share of the records it is."""

    path: Path
    shape: Shape
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Pairing:
    """What became of the gone and the new: the moves found, and what is left unpaired."""

    moves: tuple[Observation, ...]
    gone: tuple[Spot, ...]
    new: tuple[Spot, ...]


def pair(gone: Sequence[Spot], new: Sequence[Spot]) -> Pairing:
    """Pair what is gone with what is new: unwraps and wraps, then renames, then moves."""
    moves: list[Observation] = []
    for find in (_unwrapped, _wrapped, _renamed, _moved):
        for move, used_gone, used_new in find(gone, new):
            moves.append(move)
            gone = [spot for spot in gone if spot.path not in used_gone]
            new = [spot for spot in new if spot.path not in used_new]
    return Pairing(tuple(moves), tuple(gone), tuple(new))


_Found = Iterator[tuple[Observation, set[Path], set[Path]]]


def _siblings(spots: Iterable[Spot], parent: Path) -> dict[str, Spot]:
    return {spot.path.name: spot for spot in spots if spot.path.parent == parent and isinstance(spot.path.last, Key)}


def _unwrapped(gone: Sequence[Spot], new: Sequence[Spot]) -> _Found:
    for spot in gone:
        beside = _siblings(new, spot.path.parent)
        shared = [name for name in spot.shape.fields if name in beside]
        alike = [name for name in shared if _match(spot.shape.fields[name], beside[name].shape)]
        if alike and len(alike) * 2 >= len(spot.shape.fields):
            seen = beside[alike[0]].shape.seen
            kinds = ("one record", f"{len(alike)} of its fields beside it")
            move = Observation("place", "unwrapped", spot.path, *kinds, to=spot.path.parent, seen=seen)
            yield move, {spot.path}, {beside[name].path for name in alike}
            return


def _wrapped(gone: Sequence[Spot], new: Sequence[Spot]) -> _Found:
    for spot in new:
        missing = _siblings(gone, spot.path.parent)
        inside = [name for name in missing if name in spot.shape.fields]
        alike = [name for name in inside if _match(missing[name].shape, spot.shape.fields[name])]
        if alike:
            params = {"into": spot.path.name, "names": sorted(alike)}
            path = missing[alike[0]].path if len(alike) == 1 else spot.path.parent
            yield (
                Observation(
                    "place", "wrapped", path, "beside", "inside", to=spot.path, params=params, seen=spot.shape.seen
                ),
                {missing[name].path for name in alike},
                {spot.path},
            )
            return


def _match(one: Shape, other: Shape) -> bool:
    return one.kinds == other.kinds or likeness(one, other) >= _POSSIBLE_SHAPE


def _renamed(gone: Sequence[Spot], new: Sequence[Spot]) -> _Found:
    ranked = sorted(
        (
            (score, str(old.path), str(other.path), old, other)
            for old in gone
            for other in new
            if old.path.parent == other.path.parent and (score := _rename_score(old, other))
        ),
        key=lambda row: (-row[0], row[1], row[2]),
    )
    taken: set[Path] = set()
    for _, _, _, old, other in ranked:
        if old.path in taken or other.path in taken:
            continue
        taken |= {old.path, other.path}
        params = {"name": other.path.name}
        kinds = (_kinds(old.shape), _kinds(other.shape))
        seen = other.shape.seen
        move = Observation("place", "renamed", old.path, *kinds, to=other.path, params=params, seen=seen)
        yield move, {old.path}, {other.path}
        for retype in retyped(old.path, old.shape, other.shape):
            yield retype, set(), set()


def _both_plain(one: Shape, other: Shape) -> bool:
    """Whether both hold one kind of plain value each."""
    plain = (len(shape.kinds) == 1 and not shape.kinds & {JsonType.OBJECT, JsonType.ARRAY} for shape in (one, other))
    return all(plain)


def _kinds(shape: Shape) -> str:
    return ", ".join(sorted(shape.kinds)) or "null"


def _rename_score(old: Spot, other: Spot) -> float:
    """Gate by shape, rank by name: a weak likeness of shape needs a likeness of name."""
    shape = likeness(old.shape, other.shape)
    name = name_likeness(old.path.name, other.path.name)
    if shape == 0.0 and name >= _SURE_NAME and _both_plain(old.shape, other.shape):
        return name  # another name and another type at once: only the name speaks
    if shape < _POSSIBLE_SHAPE or (shape < _SURE_SHAPE and name < _SAME_NAME):
        return 0.0
    # Who was in every record is in every record still: a name alone must not give its place to a rare field.
    return max(0.01, shape + 2 * name - 2 * abs(old.share - other.share))


def _moved(gone: Sequence[Spot], new: Sequence[Spot]) -> _Found:
    """What reappears elsewhere: under its own name, unmistakably by its shape, or along with its neighbour."""
    homes: set[tuple[Path, Path]] = set()
    left = []
    for old in gone:
        found = next((both for both in _everywhere(new) if _is_moved(old, both[1])), None)
        if found is None:
            left.append(old)
            continue
        homes.add((old.path.parent, found[1].path.parent))
        yield _move(old, *found)
    for old in left:
        # What went with its neighbours may have changed on the way: its name and its kind are enough to know it by.
        for other, inside in _everywhere(new):
            same = inside.path.name == old.path.name and inside.shape.kinds & old.shape.kinds
            if same and (old.path.parent, inside.path.parent) in homes:
                yield _move(old, other, inside)
                break


def _is_moved(old: Spot, inside: Spot) -> bool:
    alike = likeness(old.shape, inside.shape)
    big = JsonType.OBJECT in old.shape.kinds or JsonType.ARRAY in old.shape.kinds
    same_name = inside.path.name == old.path.name
    return (same_name and alike >= _POSSIBLE_SHAPE) or (big and alike >= _SURE_SHAPE and _deep(old.shape))


def _move(old: Spot, other: Spot, inside: Spot) -> tuple[Observation, set[Path], set[Path]]:
    kinds = (_kinds(old.shape), _kinds(inside.shape))
    move = Observation("place", "moved", old.path, *kinds, to=inside.path, seen=inside.shape.seen)
    return move, {old.path}, {other.path} if inside.path == other.path else set()


def _everywhere(new: Sequence[Spot]) -> Iterator[tuple[Spot, Spot]]:
    for spot in new:
        yield spot, spot
        for name, part in spot.shape.fields.items():
            yield spot, Spot(spot.path / name, part)


def _deep(shape: Shape) -> bool:
    below = shape.values or shape.items
    return bool(below and below.seen and (below.fields or (below.items and below.items.fields)))
