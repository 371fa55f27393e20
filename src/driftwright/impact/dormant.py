"""Dormant branches: what a reader would do with a value that BEFORE happens not to hold.

BEFORE shows one plan, `free`; the reader asks whether it is `pro`. In AFTER the plan became a record, and `pro` stands
in it: the answer that was right on BEFORE is wrong now, although no replay on BEFORE's own values can show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from driftwright.base.path import Path, leaves, values_at
from driftwright.base.terms import JsonType
from driftwright.impact.javascript import Engine
from driftwright.impact.judge import failed
from driftwright.impact.readers import Reader
from driftwright.impact.situation import DOCUMENT, Situation, calls
from driftwright.structure import Change, Shape, edit_at

_MOST = 40
_MOST_HELD = 2000
_STRANGE = "zz~"
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
