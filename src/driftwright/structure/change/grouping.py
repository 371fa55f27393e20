"""Group the observations that have one common cause into one observation."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path
from driftwright.base.terms import JsonType
from driftwright.structure.change.likeness import likeness
from driftwright.structure.change.observe import Observation, unique_field
from driftwright.structure.change.place import Pairing, UnpairedField
from driftwright.structure.shape import Shape

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ALIKE = 0.5
_FEWEST = 3
_MOST_LETTERS = 2
_MOST_WORDS = 4
_SAME_SHAPE = 0.7


def group_causes(observed: list[Observation], pairing: Pairing, before: Shape) -> tuple[list[Observation], Pairing]:
    """Return the observations and the pairing, with one observation instead of the several that one cause gave.

    Args:
        observed: What happened at the positions that both shapes have.
        pairing: The fields that only one shape has.
        before: The whole shape before.
    """
    observed, pairing = _group_normalised_records(observed, pairing, before)
    pairing = _group_merged_maps(pairing)
    pairing = _group_minified_names(pairing)
    pairing = replace(pairing, moves=tuple(_group_restyled_names(pairing.moves)))
    return observed, _group_split_records(_group_envelope_losses(_group_flags_as_words(pairing), before), before)


# An envelope and the other fields on it


def _group_envelope_losses(pairing: Pairing, before: Shape) -> Pairing:
    """Count the plain fields that an envelope had beside its content as a part of its unwrapping.

    A record that keeps any other field was no envelope; a list or record that is gone stays a loss of its own.
    """
    for move in pairing.moves:
        around = before.at(move.path.parent)
        if move.happened != "unwrapped" or around is None or around.values is not None:
            continue
        beside = [field for field in pairing.gone if field.path.parent == move.path.parent]
        dropped = [field for field in beside if not field.shape.kinds & {JsonType.OBJECT, JsonType.ARRAY}]
        if not dropped or {move.path.name, *(field.path.name for field in beside)} != set(around.fields):
            continue
        names = sorted(field.path.name for field in dropped)
        params = {"name": move.path.name, "dropped": names}
        adds = f"; gone with the envelope: {', '.join(names)}"
        unwrapping = replace(move, path=move.path.parent, to=None, params=params, named=move.path, adds=adds)
        moves = tuple(unwrapping if other is move else other for other in pairing.moves)
        return replace(pairing, moves=moves, gone=tuple(field for field in pairing.gone if field not in dropped))
    return pairing


# One style of names for another


def _group_restyled_names(moves: Sequence[Observation]) -> Iterator[Observation]:
    """Yield the moves, with the renames within one record that follow one naming style as one change of style."""
    done: set[Path] = set()
    for parent, renames in _renames_by_parent(moves).items():
        for style, write in _STYLES.items():
            followed = [move for move in renames if move.path not in done and write(move.path.name) == _new_name(move)]
            if len(followed) < _FEWEST:
                continue
            done |= {move.path for move in followed}
            names = {move.path.name: _new_name(move) for move in followed}
            shown = (f"{len(names)} names as they were", f"{style} names")
            count = max(move.count for move in followed)
            yield Observation("place", "restyled", parent, params={"names": names}, count=count, shown=shown)
    yield from (move for move in moves if move.path not in done)


def _renames_by_parent(moves: Sequence[Observation]) -> Mapping[Path, list[Observation]]:
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


def _group_minified_names(pairing: Pairing) -> Pairing:
    """Make one minification of the renames within one record to names of one or two letters; the pairs are guessed."""
    moves, gone, new = list(pairing.moves), list(pairing.gone), list(pairing.new)
    for parent, renames in _renames_by_parent(pairing.moves).items():
        short = [move for move in renames if len(_new_name(move)) <= _MOST_LETTERS]
        long = [move for move in short if len(move.path.name) > _MOST_LETTERS]
        if len(long) <= _FEWEST or len(short) * 2 < len(renames):
            continue
        unpaired = [field for field in gone if field.path.parent == parent]
        left = [field for field in new if field.path.parent == parent and len(field.path.name) <= _MOST_LETTERS]
        names = {move.path.name: _new_name(move) for move in short}
        names |= {old.path.name: to.path.name for old, to in zip(unpaired, left, strict=False)}
        shown = (f"{len(names)} names in words", "names of a letter or two")
        minified = Observation("place", "minified", parent, params={"names": names}, count=short[0].count, shown=shown)
        moves = [move for move in moves if move not in short] + [minified]
        gone = [field for field in gone if field.path.name not in names or field.path.parent != parent]
        new = [field for field in new if field.path.name not in names.values() or field.path.parent != parent]
    return Pairing(tuple(moves), tuple(gone), tuple(new))


# Two slices into one


def _group_merged_maps(pairing: Pairing) -> Pairing:
    """Make one merge of the maps that are gone when a new map beside them holds the values of each in one field."""
    for field in pairing.new:
        records = field.shape.values
        if records is None or not records.fields:
            continue
        names: dict[str, str] = {}
        for old in pairing.gone:
            values = old.shape.values
            if old.path.parent == field.path.parent and values is not None:
                name = _most_alike(values, {n: p for n, p in records.fields.items() if n not in names.values()})
                names |= {old.path.name: name} if name else {}
        if len(names) >= 2:  # noqa: PLR2004 - one slice alone would be a rename
            return _with_merged_maps(pairing, field, names, records.total)
    return pairing


def _with_merged_maps(pairing: Pairing, field: UnpairedField, names: Mapping[str, str], count: int) -> Pairing:
    parent = field.path.parent
    params = {"into": field.path.name, "names": dict(names)}
    shown = (" and ".join(sorted(names)), str(field.path))
    merged = Observation("place", "merged", parent, to=field.path, params=params, count=count, shown=shown)
    gone = tuple(old for old in pairing.gone if old.path.parent != parent or old.path.name not in names)
    return Pairing((*pairing.moves, merged), gone, tuple(other for other in pairing.new if other is not field))


def _most_alike(shape: Shape, others: Mapping[str, Shape]) -> str:
    ranked = sorted((-likeness(shape, part), name) for name, part in others.items())
    return ranked[0][1] if ranked and -ranked[0][0] >= _ALIKE else ""


# Records into a map of their own


def _group_normalised_records(
    observed: list[Observation], pairing: Pairing, before: Shape
) -> tuple[list[Observation], Pairing]:
    """Make one change of the records that became ids and the new map that holds the records."""
    for item in observed:
        if item.happened != "retyped" or item.before != "object" or item.path.last not in (EACH_ITEM, EACH_VALUE):
            continue
        records = before.at(item.path)
        home = next((field for field in pairing.new if records and _holds_records(field.shape, records)), None)
        if records is None or home is None or item.after not in ("string", "integer"):
            continue
        params = {"field": unique_field(records)}
        normalised = Observation("place", "normalised", item.path, "object", item.after, home.path, params, item.count)
        new_fields = tuple(field for field in pairing.new if field is not home)
        return [other for other in observed if other is not item] + [normalised], replace(pairing, new=new_fields)
    return observed, pairing


def _holds_records(shape: Shape, records: Shape) -> bool:
    return shape.values is not None and likeness(shape.values, records) >= _ALIKE


# A flag into words


def _group_flags_as_words(pairing: Pairing) -> Pairing:
    """Make one change of the only flag that is gone and the only new field beside it, which holds a few words."""
    moves, gone, new = list(pairing.moves), list(pairing.gone), list(pairing.new)
    for parent in sorted({field.path.parent for field in gone}):
        flags = [s for s in gone if s.path.parent == parent and s.shape.kinds == {JsonType.BOOLEAN}]
        words = [s for s in new if s.path.parent == parent and isinstance(s.path.last, Key) and _is_words(s.shape)]
        always = [flag for flag in flags if flag.share >= 1.0]
        flags = always if len(always) == 1 and all(word.share >= 1.0 for word in words) else flags
        if len(flags) != 1 or len(words) != 1:
            continue
        (flag,), (word,) = flags, words
        if (flag.share < 1.0) is not (word.share < 1.0):
            continue  # what only some records had is not what all have now
        params = {"name": word.path.name, "words": sorted(map(str, word.shape.enum or ())), "from": "boolean"}
        enumerated = Observation(
            "place",
            "enumerated",
            flag.path,
            "boolean",
            "string",
            word.path,
            params | {"as": "string"},
            word.shape.total,
        )
        moves, gone, new = [*moves, enumerated], [s for s in gone if s is not flag], [s for s in new if s is not word]
    return Pairing(tuple(moves), tuple(gone), tuple(new))


def _is_words(shape: Shape) -> bool:
    few = shape.enum is not None and 0 < len(shape.enum) <= _MOST_WORDS
    return few and shape.kinds == {JsonType.STRING} and set(shape.forms) <= {"word"}


# Records that a flag told apart, in a container of their own


def _group_split_records(pairing: Pairing, before: Shape) -> Pairing:
    """Make one move of a flag that every record had and the new container that holds such records without it."""
    for flag in pairing.gone:
        parent = flag.path.parent
        records, true = before.at(parent), flag.shape.true
        if parent.last not in (EACH_ITEM, EACH_VALUE) or records is None or flag.share < 1.0:
            continue
        if flag.shape.kinds != {JsonType.BOOLEAN} or not 0 < true < flag.shape.total or len(records.fields) <= _FEWEST:
            continue
        record_without_flag = replace(
            records, fields={name: part for name, part in records.fields.items() if name != flag.path.name}
        )
        home = next(
            (field for field in pairing.new if _holds_same_records(parent, field.shape, record_without_flag)), None
        )
        if home is None:
            continue
        # The fewer ones were taken out: which value they had is known by how many there were.
        params = {"flag": flag.path.name, "is": true * 2 <= flag.shape.total}
        adds = f"; only the records that {flag.path.name} told apart"
        kinds = ("one container of records", "two, and no flag")
        moved = Observation(
            "place", "moved", parent, *kinds, to=home.path, params=params, count=home.shape.total, adds=adds
        )
        gone = tuple(field for field in pairing.gone if field is not flag)
        return Pairing((*pairing.moves, moved), gone, tuple(field for field in pairing.new if field is not home))
    return pairing


def _holds_same_records(parent: Path, shape: Shape, records: Shape) -> bool:
    held = shape.items if parent.last == EACH_ITEM else shape.values
    return held is not None and held.total > 0 and likeness(records, held) >= _SAME_SHAPE
