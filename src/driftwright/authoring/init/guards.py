"""Write guards: functions that are true while a store has the types that a reader relies on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from driftwright.authoring.init.guard_words import Words, words_of
from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, Step, StorePath
from driftwright.impact import Engine, Reader, ReadValues, Situation, calls, compile_module, variations
from driftwright.structure import DELETE, Shape, edit_at, shape_rows
from driftwright.verdict import signs

_MOST_FIELDS = 200


@dataclass(slots=True)
class _Place:
    """One position that a reader reads, and the positions below it."""

    observation: ReadValues | None = None
    below: dict[Step, _Place] = field(default_factory=dict)

    def at(self, path: Path) -> _Place:
        place = self
        for step in path.steps:
            place = place.below.setdefault(step, _Place())
        return place


def guard(stores: Sequence[str], conditions: Sequence[str], words: Words) -> str:
    """Return the source of a function of the stores: true while all conditions hold."""
    return words.function(stores, f"{words.both.rstrip()}\n  ".join(conditions or [words.true]))


def guard_conditions(store: str, reads: Mapping[StorePath, ReadValues], words: Words) -> tuple[str, ...]:
    """Return the conditions, in the words of a language, under which every read finds the types of known-good stores.

    They are plain code with plain names, so that a patch of the reader for a renamed field fits them as well.
    """
    root = _Place()
    for read, observation in reads.items():
        if read.store == store and observation.present:
            root.at(read.path).observation = observation
    types = root.observation.types if root.observation else frozenset({"object"})
    return tuple(_Writer(words).inner_conditions(store, root, types, 0))


def needed_conditions(
    engine: Engine, reader: Reader, good: Sequence[Situation], place: tuple[str, Shape], conditions: Sequence[str]
) -> tuple[str, ...]:
    """Return the conditions that are no stricter than the reader.

    The reader is run on known-good stores with parts of their data left out. Where it still answers soundly, a
    condition that does not hold any more asks for more than the reader needs, and is dropped.

    Args:
        engine: V8.
        reader: The reader.
        good: Known-good situations with its parameters bound.
        place: The store's name, and its shape.
        conditions: The conditions.
    """
    store, shape = place
    if not conditions or not good:
        return tuple(conditions)
    words = words_of(reader.program.language)
    names = [f"c{number}" for number in range(len(conditions))]
    code = "".join(words.exported(name, store, text) for name, text in zip(names, conditions, strict=True))
    program = compile_module(code, words.file).calling([words.called(name, store) for name in names])
    first = good[0]
    varied = [
        replace(first, stores={**first.stores, store: document})
        for document in (*variations(first.stores[store], shape), *_thinned(first.stores[store], shape))
    ]
    before = engine.run(reader.program, calls(reader.function, [first]))[0].answer
    after = [outcome.answer for outcome in engine.run(reader.program, calls(reader.function, varied))]
    sound = [
        situation
        for situation, answer in zip(varied, after, strict=True)
        if not signs(before, answer, reader.program.literals)
    ]
    if not sound:
        return tuple(conditions)
    return tuple(
        text
        for name, text in zip(names, conditions, strict=True)
        if all(
            outcome.answer.text == "true" for outcome in engine.run(program, calls(words.called(name, store), sound))
        )
    )


def _thinned(document: Any, shape: Shape) -> Iterator[Any]:
    """Yield the document without one field in all records, for each field that all of them have."""
    for row in islice(shape_rows(shape), _MOST_FIELDS):
        if isinstance(row.path.last, Key) and shape.at(row.path.parent) is not None:
            yield edit_at(document, row.path, lambda _: DELETE)[0]


@dataclass(frozen=True, slots=True)
class _Writer:
    words: Words

    def conditions(self, value: str, place: _Place, depth: int) -> Iterator[str]:
        types = place.observation.types if place.observation else frozenset()
        tests = self.words.is_scalar(value, sorted(types))
        is_container = any(kind in types for kind in ("object", "array"))
        if tests and not is_container:
            yield self._allow_absent(value, place, self.words.either.join(tests), alone=len(tests) == 1)
            return
        both = self.words.both
        inner = both.join(self.inner_conditions(value, place, types, depth))
        if inner:
            yield self._allow_absent(value, place, inner, alone=both.strip() not in inner)

    def inner_conditions(self, value: str, place: _Place, types: frozenset[str], depth: int) -> Iterator[str]:
        if place.below.get(EACH_ITEM) or "array" in types:
            yield self.words.is_list(value)
        elif place.below.get(EACH_VALUE) or "object" in types:
            yield self.words.is_object(value, is_map=EACH_VALUE in place.below)
        for step, below in place.below.items():
            if isinstance(step, Key):
                is_certain = below.observation is None or below.observation.presence == "always"
                reached = self.words.part(value, step.name, is_certain=is_certain)
                yield from self.conditions(reached, below, depth)
                continue
            each = f"item{depth or ''}" if step == EACH_ITEM else f"entry{depth or ''}"
            inner = self.words.both.join(self.conditions(each, below, depth + 1))
            if inner:
                yield self.words.every(value, each, inner, is_map=step != EACH_ITEM)

    def _allow_absent(self, value: str, place: _Place, condition: str, *, alone: bool) -> str:
        """Return the condition, also true where an optional value is absent or a nullable one is null."""
        observation, either = place.observation, self.words.either
        absent = observation is not None and observation.presence != "always"
        null = observation is not None and "null" in observation.types
        ways = self.words.none(value, absent=absent, null=null)
        if not ways:
            return condition if alone or either not in condition else f"({condition})"
        return f"({either.join([*ways, condition if alone else f'({condition})'])})"
