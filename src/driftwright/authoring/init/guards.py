"""Write guards: JavaScript functions that are true while a store has the types that a reader relies on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, Step, StorePath
from driftwright.impact import Engine, Reader, Seen, Situation, calls, module, variations
from driftwright.structure import DELETE, Shape, edit_at, shape_rows
from driftwright.verdict import signs

_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")
_MOST_FIELDS = 200
_TYPEOF = {"integer": "number", "number": "number", "NaN": "number", "string": "string", "boolean": "boolean"}


@dataclass(slots=True)
class _Place:
    """One position that a reader reads, and the positions below it."""

    observation: Seen | None = None
    below: dict[Step, _Place] = field(default_factory=dict)

    def at(self, path: Path) -> _Place:
        place = self
        for step in path.steps:
            place = place.below.setdefault(step, _Place())
        return place


def guard(stores: Sequence[str], conditions: Sequence[str]) -> str:
    """Return the source of a function of the stores: true while all conditions hold."""
    return f"({{ {', '.join(stores)} }}) =>\n  " + " &&\n  ".join(conditions or ["true"])


def guard_conditions(store: str, reads: Mapping[StorePath, Seen]) -> tuple[str, ...]:
    """Return the conditions, in JavaScript, under which every read finds the types of known-good stores.

    They are plain code with plain names, so that a patch of the reader for a renamed field fits them as well.
    """
    root = _Place()
    for read, observation in reads.items():
        if read.store == store and observation.present:
            root.at(read.path).observation = observation
    types = root.observation.types if root.observation else frozenset({"object"})
    return tuple(_write_inner_conditions(store, root, types, 0))


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
    lines = (f"export const c{number} = ({{ {store} }}) => {text};\n" for number, text in enumerate(conditions))
    program = module("".join(lines), "guard.js")
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
        for number, text in enumerate(conditions)
        if all(outcome.answer.text == "true" for outcome in engine.run(program, calls(f"c{number}", sound)))
    )


def _thinned(document: Any, shape: Shape) -> Iterator[Any]:
    """Yield the document without one field in all records, for each field that all of them have."""
    for row in islice(shape_rows(shape), _MOST_FIELDS):
        if isinstance(row.path.last, Key) and shape.at(row.path.parent) is not None:
            yield edit_at(document, row.path, lambda _: DELETE)[0]


def _write_conditions(value: str, place: _Place, depth: int) -> Iterator[str]:
    types = place.observation.types if place.observation else frozenset()
    plain = sorted({_TYPEOF[kind] for kind in types if kind in _TYPEOF})
    is_container = any(kind in types for kind in ("object", "array"))
    if plain and not is_container:
        tests = [f'typeof {value} === "{kind}"' for kind in plain]
        yield _allow_absent(value, place, " || ".join(tests), alone=len(tests) == 1)
        return
    inner = " && ".join(_write_inner_conditions(value, place, types, depth))
    if inner:
        yield _allow_absent(value, place, inner, alone="&&" not in inner)


def _write_inner_conditions(value: str, place: _Place, types: frozenset[str], depth: int) -> Iterator[str]:
    if place.below.get(EACH_ITEM) or "array" in types:
        yield f"Array.isArray({value})"
    elif place.below.get(EACH_VALUE):
        yield f'typeof {value} === "object" && !Array.isArray({value})'
    elif "object" in types:
        yield f'typeof {value} === "object"'
    for step, below in place.below.items():
        if isinstance(step, Key):
            reached = f"{value}.{step.name}" if _PLAIN.match(step.name) else f"{value}[{json.dumps(step.name)}]"
            yield from _write_conditions(reached, below, depth)
            continue
        each = f"item{depth or ''}" if step == EACH_ITEM else f"entry{depth or ''}"
        inner = " && ".join(_write_conditions(each, below, depth + 1))
        if inner:
            over = value if step == EACH_ITEM else f"Object.values({value})"
            yield f"{over}.every(({each}) => {inner})"


def _allow_absent(value: str, place: _Place, condition: str, *, alone: bool) -> str:
    """Return the condition, also true where an optional value is absent or a nullable one is null."""
    ways = []
    if place.observation and place.observation.presence != "always":
        ways.append(f"{value} === undefined")
    if place.observation and "null" in place.observation.types:
        ways.append(f"{value} === null")
    if not ways:
        return condition if alone or " || " not in condition else f"({condition})"
    return f"({' || '.join(ways)} || {condition if alone else f'({condition})'})"
