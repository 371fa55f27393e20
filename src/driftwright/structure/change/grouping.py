"""Grouping: one cause that shows at many positions becomes one observation."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path
from driftwright.base.terms import JsonType
from driftwright.structure.change.likeness import likeness
from driftwright.structure.change.observe import Observation, unique_field
from driftwright.structure.change.place import Pairing, Spot
from driftwright.structure.shape import Shape

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ALIKE = 0.5
_FEWEST = 3
_SHORT = 2
_MOST_WORDS = 4
_SAME = 0.7


def grouped(observed: list[Observation], pairing: Pairing, before: Shape) -> tuple[list[Observation], Pairing]:
    """Return the observations and the pairing with every common cause told once."""
    observed, pairing = _normalised(observed, pairing, before)
    pairing = _merged(pairing)
    pairing = _minified(pairing)
    pairing = replace(pairing, moves=tuple(_restyled(pairing.moves)))
    return observed, _parted(_dissolved(_enumerated(pairing), before), before)


# An envelope and what else was on it


def _dissolved(pairing: Pairing, before: Shape) -> Pairing:
    """What went with an envelope of which nothing is left was taken away with it, and not by itself.

    A record that keeps any other field of its own was no envelope, and a list or a record is no mark on one: what was
    lost there is told apart.
    """
    for move in pairing.moves:
        around = before.at(move.path.parent)
        if move.happened != "unwrapped" or around is None or around.values is not None:
            continue
        beside = [spot for spot in pairing.gone if spot.path.parent == move.path.parent]
        dropped = [spot for spot in beside if not spot.shape.kinds & {JsonType.OBJECT, JsonType.ARRAY}]
        if not dropped or {move.path.name, *(spot.path.name for spot in beside)} != set(around.fields):
            continue
        names = sorted(spot.path.name for spot in dropped)
        params = {"name": move.path.name, "dropped": names}
        adds = f"; gone with the envelope: {', '.join(names)}"
        told = replace(move, path=move.path.parent, to=None, params=params, named=move.path, adds=adds)
        moves = tuple(told if other is move else other for other in pairing.moves)
        return replace(pairing, moves=moves, gone=tuple(spot for spot in pairing.gone if spot not in dropped))
    return pairing


# One style of names for another


def _restyled(moves: Sequence[Observation]) -> Iterator[Observation]:
    """Renames of one record that all follow one rule of writing are one change of style."""
    done: set[Path] = set()
    for parent, found in _renames(moves).items():
        for style, write in _STYLES.items():
            followed = [move for move in found if move.path not in done and write(move.path.name) == _new_name(move)]
            if len(followed) < _FEWEST:
                continue
            done |= {move.path for move in followed}
            names = {move.path.name: _new_name(move) for move in followed}
            shown = (f"{len(names)} names as they were", f"{style} names")
            seen = max(move.seen for move in followed)
            yield Observation("place", "restyled", parent, params={"names": names}, seen=seen, shown=shown)
    yield from (move for move in moves if move.path not in done)


def _renames(moves: Sequence[Observation]) -> Mapping[Path, list[Observation]]:
    by_parent: defaultdict[Path, list[Observation]] = defaultdict(list)
    for move in moves:
        if move.happened == "renamed":
            by_parent[move.path.parent].append(move)
    return by_parent


def _new_name(move: Observation) -> str:
    return str(move.params["name"])


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _camel(name: str) -> str:
    first, *others = _words(name) or [name]
    return first + "".join(map(str.capitalize, others))


_STYLES: Mapping[str, Callable[[str], str]] = {
    "snake_case": lambda name: "_".join(_words(name)),
    "camelCase": _camel,
    "kebab-case": lambda name: "-".join(_words(name)),
    "PascalCase": lambda name: "".join(map(str.capitalize, _words(name))),
    "lowercase": str.lower,
    "UPPER_CASE": lambda name: "_".join(_words(name)).upper(),
}


def _minified(pairing: Pairing) -> Pairing:
    """Renames of one record to names of a letter or two are one minification; which is which is only guessed."""
    moves, gone, new = list(pairing.moves), list(pairing.gone), list(pairing.new)
    for parent, found in _renames(pairing.moves).items():
        short = [move for move in found if len(_new_name(move)) <= _SHORT]
        long = [move for move in short if len(move.path.name) > _SHORT]
        if len(long) <= _FEWEST or len(short) * 2 < len(found):
            continue
        rest = [spot for spot in gone if spot.path.parent == parent]
        left = [spot for spot in new if spot.path.parent == parent and len(spot.path.name) <= _SHORT]
        names = {move.path.name: _new_name(move) for move in short}
        names |= {old.path.name: to.path.name for old, to in zip(rest, left, strict=False)}
        shown = (f"{len(names)} names in words", "names of a letter or two")
        told = Observation("place", "minified", parent, params={"names": names}, seen=short[0].seen, shown=shown)
        moves = [move for move in moves if move not in short] + [told]
        gone = [spot for spot in gone if spot.path.name not in names or spot.path.parent != parent]
        new = [spot for spot in new if spot.path.name not in names.values() or spot.path.parent != parent]
    return Pairing(tuple(moves), tuple(gone), tuple(new))


# Two slices into one


def _merged(pairing: Pairing) -> Pairing:
    """Maps that are gone, while a new map beside them holds the values of each in a field of its own."""
    for spot in pairing.new:
        records = spot.shape.values
        if records is None or not records.fields:
            continue
        names: dict[str, str] = {}
        for old in pairing.gone:
            values = old.shape.values
            if old.path.parent == spot.path.parent and values is not None:
                field = _most_alike(values, {n: p for n, p in records.fields.items() if n not in names.values()})
                names |= {old.path.name: field} if field else {}
        if len(names) >= 2:  # noqa: PLR2004 - one slice alone would be a rename
            return _without(pairing, spot, names, records.seen)
    return pairing


def _without(pairing: Pairing, spot: Spot, names: Mapping[str, str], seen: int) -> Pairing:
    parent = spot.path.parent
    params = {"into": spot.path.name, "names": dict(names)}
    shown = (" and ".join(sorted(names)), str(spot.path))
    told = Observation("place", "merged", parent, to=spot.path, params=params, seen=seen, shown=shown)
    gone = tuple(old for old in pairing.gone if old.path.parent != parent or old.path.name not in names)
    return Pairing((*pairing.moves, told), gone, tuple(other for other in pairing.new if other is not spot))


def _most_alike(one: Shape, others: Mapping[str, Shape]) -> str:
    ranked = sorted((-likeness(one, part), name) for name, part in others.items())
    return ranked[0][1] if ranked and -ranked[0][0] >= _ALIKE else ""


# Records into a map of their own


def _normalised(observed: list[Observation], pairing: Pairing, before: Shape) -> tuple[list[Observation], Pairing]:
    """Records that became ids, while a new map holds the records themselves."""
    for item in observed:
        if item.happened != "retyped" or item.before != "object" or item.path.last not in (EACH_ITEM, EACH_VALUE):
            continue
        records = before.at(item.path)
        home = next((spot for spot in pairing.new if records and _holds(spot.shape, records)), None)
        if records is None or home is None or item.after not in ("string", "integer"):
            continue
        params = {"field": unique_field(records)}
        told = Observation("place", "normalised", item.path, "object", item.after, home.path, params, item.seen)
        rest = tuple(spot for spot in pairing.new if spot is not home)
        return [other for other in observed if other is not item] + [told], replace(pairing, new=rest)
    return observed, pairing


def _holds(shape: Shape, records: Shape) -> bool:
    return shape.values is not None and likeness(shape.values, records) >= _ALIKE


# A flag into words


def _enumerated(pairing: Pairing) -> Pairing:
    """The only flag that is gone, while the only new field beside it holds a few words."""
    moves, gone, new = list(pairing.moves), list(pairing.gone), list(pairing.new)
    for parent in sorted({spot.path.parent for spot in gone}):
        flags = [s for s in gone if s.path.parent == parent and s.shape.kinds == {JsonType.BOOLEAN}]
        words = [s for s in new if s.path.parent == parent and isinstance(s.path.last, Key) and _is_words(s.shape)]
        always = [flag for flag in flags if flag.share >= 1.0]
        flags = always if len(always) == 1 and all(word.share >= 1.0 for word in words) else flags
        if len(flags) != 1 or len(words) != 1:
            continue
        (flag,), (word,) = flags, words
        params = {"name": word.path.name, "words": sorted(map(str, word.shape.enum or ())), "from": "boolean"}
        told = Observation(
            "place", "enumerated", flag.path, "boolean", "string", word.path, params | {"as": "string"}, word.shape.seen
        )
        moves, gone, new = [*moves, told], [s for s in gone if s is not flag], [s for s in new if s is not word]
    return Pairing(tuple(moves), tuple(gone), tuple(new))


def _is_words(shape: Shape) -> bool:
    few = shape.enum is not None and 0 < len(shape.enum) <= _MOST_WORDS
    return few and shape.kinds == {JsonType.STRING} and set(shape.forms) <= {"word"}


# Records that a flag told apart, into a container of their own


def _parted(pairing: Pairing, before: Shape) -> Pairing:
    """The flag that every record had is gone, while a new container holds records of that very kind without it."""
    for flag in pairing.gone:
        parent = flag.path.parent
        records, true = before.at(parent), flag.shape.true
        if parent.last not in (EACH_ITEM, EACH_VALUE) or records is None or flag.share < 1.0:
            continue
        if flag.shape.kinds != {JsonType.BOOLEAN} or not 0 < true < flag.shape.seen or len(records.fields) <= _FEWEST:
            continue
        rest = replace(records, fields={name: part for name, part in records.fields.items() if name != flag.path.name})
        home = next((spot for spot in pairing.new if _holds_as(parent, spot.shape, rest)), None)
        if home is None:
            continue
        # The fewer ones were taken out: which value they had is told by how many there were.
        params = {"flag": flag.path.name, "is": true * 2 <= flag.shape.seen}
        adds = f"; only the records that {flag.path.name} told apart"
        kinds = ("one container of records", "two, and no flag")
        told = Observation(
            "place", "moved", parent, *kinds, to=home.path, params=params, seen=home.shape.seen, adds=adds
        )
        gone = tuple(spot for spot in pairing.gone if spot is not flag)
        return Pairing((*pairing.moves, told), gone, tuple(spot for spot in pairing.new if spot is not home))
    return pairing


def _holds_as(parent: Path, shape: Shape, records: Shape) -> bool:
    held = shape.items if parent.last == EACH_ITEM else shape.values
    return held is not None and held.seen > 0 and likeness(records, held) >= _SAME
