"""Dormant branches: what a reader would do with a value that BEFORE happens not to hold.

BEFORE shows one plan, `free`; the reader asks whether it is `pro`. In AFTER the plan became a record, and `pro` stands
in it: the answer that was right on BEFORE is wrong now, although no replay on BEFORE's own values can show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from driftwright.base.path import Path, StorePath, leaves, values_at
from driftwright.base.terms import JsonType
from driftwright.impact.javascript import Answer, Engine
from driftwright.impact.judge import failed
from driftwright.impact.readers import Reader
from driftwright.impact.situation import DOCUMENT, Situation, calls
from driftwright.structure import Change, Shape, edit_at

_MOST = 40
_MOST_HELD = 2000
_STRANGE = "zz~"
_STRANGE_NUMBER = 7
_ASPECTS = frozenset({"type", "place", "existence", "form"})


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known about one reader and two documents.

    Args:
        shape: The shape before.
        after: The whole document after.
        paths: What the reader reads.
        changes: The changes that it reads, and that are sure and whole.
        store: The store that the documents are of.
    """

    shape: Shape
    after: Any
    paths: Sequence[Path]
    changes: Sequence[Change]
    store: str = DOCUMENT


def situations_with_new_values(engine: Engine, reader: Reader, good: Situation, scene: Scene) -> Iterator[Situation]:
    """Yield known-good documents with a value that AFTER holds and that the reader's source provides for.

    Args:
        engine: V8.
        reader: The reader.
        good: A situation that it is right on.
        scene: What is known about both.
    """
    answer = engine.run(reader.program, calls(reader.function, [good]))[0].answer
    for path in scene.paths:
        if any(c.rule.is_removal or c.rule.is_move for c in scene.changes if path.within(c.path)):
            yield from _with_other_values(engine, reader, good, StorePath(scene.store, path), answer)
        part = scene.shape.at(path)
        held = _new_values(path, scene) if part is not None else frozenset()
        values = [*_others(part, reader.literals, held)] if part is not None and held else []
        situations = [_with(good, scene.store, path, value) for value in values]
        outcomes = engine.run(reader.program, calls(reader.function, situations)) if situations else ()
        strange = outcomes[-1].answer if len(outcomes) > 1 else answer
        for situation, outcome in zip(situations, outcomes, strict=True):
            # Who merely hands the value on does so with any: only another answer than to both tells that it is named.
            changed = outcome.answer
            if (
                not failed(changed)
                and not changed.same_as(answer)
                and not changed.same_as(strange)
                and changed.type != "array"
            ):
                yield situation


def _with_other_values(
    engine: Engine, reader: Reader, good: Situation, place: StorePath, before: Answer
) -> Iterator[Situation]:
    """Yield known-good situations with another value at a place, where the reader does not answer as `before`."""
    changed = with_other_values(good, place, reader.literals)
    outcomes = engine.run(reader.program, calls(reader.function, changed)) if changed else ()
    for situation, outcome in zip(changed, outcomes, strict=True):
        if not failed(outcome.answer) and not outcome.answer.same_as(before):
            yield situation


def with_other_values(good: Situation, place: StorePath, literals: frozenset[str]) -> list[Situation]:
    """Return situations with other values where a field holds what may change nothing in a reader's answer.

    A flag that is false, a count of 0, a text that is the reader's own default, a word that it does not ask for, or an
    empty object leave its answer as it is when they are gone, and so may a full list of which it asks whether it is
    empty, and numbers of which one is the greatest without them: another value tells whether the field decides.

    Args:
        good: The situation.
        place: The field.
        literals: The texts that stand in the reader's source.

    Returns:
        No situation when the field is not there, or holds values of several types.
    """
    values = list(values_at(good.stores.get(place.store), place.path))
    return [_with(good, place.store, place.path, other) for other in _other_values(values, literals)]


def _other_values(values: Sequence[Any], literals: frozenset[str]) -> list[Any]:
    """Return values unlike some values that are all of one type."""
    if not values:
        return []
    if all(isinstance(value, bool) for value in values):
        return [not values[0]] if len(set(values)) == 1 else [True, False]
    if all(type(value) in (int, float) and value == 0 for value in values):
        return [_STRANGE_NUMBER]
    if all(type(value) in (int, float) for value in values):
        return [max(values) + _STRANGE_NUMBER]
    if all(isinstance(value, dict) and not value for value in values):
        return [{_STRANGE: _STRANGE_NUMBER}]
    if all(isinstance(value, list) and value for value in values):
        return [[]]
    if not all(isinstance(value, str) for value in values):
        return []
    if all(value == "" or value in literals for value in values):
        return [_STRANGE]
    return sorted(literals - set(values))[:_MOST] if len(set(values)) == 1 else []


def _new_values(path: Path, scene: Scene) -> frozenset[Any]:
    """Return the texts and flags that AFTER holds at the places to which the changes around a path lead."""
    places = {
        change.to or change.path
        for change in scene.changes
        if change.rule.aspect in _ASPECTS and path.within(change.path)
    }
    values = (value for place in places for value in values_at(scene.after, place))
    held = (leaf for value in values for leaf in leaves(value) if isinstance(leaf, (str, bool)))
    return frozenset(islice(held, _MOST_HELD))


def _others(part: Shape, named: frozenset[str], held: frozenset[Any]) -> Iterator[Any]:
    """Yield the values of AFTER for a place that did not show them before; a word that no reader names comes last."""
    flags = {value for value in held if isinstance(value, bool)}
    if part.kinds == {JsonType.BOOLEAN} and part.true in (0, part.count(JsonType.BOOLEAN)):
        yield from flags - {part.true > 0} if len(flags) == 1 else ()
    elif part.kinds == {JsonType.STRING} and set(part.forms) == {"word"} and part.enum:
        yield from islice(sorted((named & held) - part.enum), _MOST)
        yield _STRANGE


def _with(good: Situation, store: str, path: Path, value: Any) -> Situation:
    document, _ = edit_at(good.stores[store], path, lambda _: value)
    return replace(good, stores={**good.stores, store: document})
