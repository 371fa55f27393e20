"""Walks the sources of a fact whose readers are not all JavaScript: by the rules of `resolver.js`, on their answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from driftwright.impact.javascript.call import Argument, Call, FactProgram, FactSource
from driftwright.impact.javascript.outcome import Answer, Outcome, Resolved
from driftwright.impact.javascript.plan import Reading, Walking, Work
from driftwright.impact.javascript.program import Program

Execute = Callable[[Sequence[Work]], Sequence[Outcome | Resolved]]
_NUMBERS = frozenset({"integer", "number"})
_NO_VALUE = frozenset({"null", "undefined", "NaN"})
_INFINITE = frozenset({"Infinity", "-Infinity"})


def walk_sources(execute: Execute, work: Walking) -> tuple[Resolved, ...]:
    """Return for each argument the first source that can be trusted.

    Args:
        execute: Runs work.
        work: The walks.
    """
    walks = [_Walk(argument) for argument in work.calls]
    for source in work.fact.sources:
        waiting = [walk for walk in walks if walk.end is None]
        if not waiting:
            break
        _try(execute, source, work.fact.result, waiting)
    return tuple(walk.resolved() for walk in walks)


class _Walk:
    def __init__(self, argument: Argument) -> None:
        self.argument = argument
        self.tried: list[tuple[str, str]] = []
        self.end: Resolved | None = None

    def resolved(self) -> Resolved:
        nothing = Answer("value", "null", "null", "null", empty=True, size=None, shape={"/": ("null",)})
        return self.end or Resolved(nothing, "", "unavailable", "", tuple(self.tried))


def _try(execute: Execute, source: FactSource, result: Mapping[str, Any], waiting: Sequence[_Walk]) -> None:
    name = source.name or source.level

    def take(walk: _Walk, answer: Answer) -> None:
        walk.end = Resolved(answer, name, source.level, source.lost, tuple(walk.tried))

    if source.derive is None:
        # A constant needs no reader: the resolver itself says what it is.
        (constant,) = execute([Walking(FactProgram((source,)), [Argument()])])
        for walk in waiting:
            take(walk, constant.answer)
        return
    if source.needs is not None:
        for walk, answer in _answers(execute, source.needs, waiting):
            why = "needs is not true" if answer.text != "true" else ""
            _pass(walk, name, f"needs throws {answer.text}" if answer.kind == "throws" else why)
    trusted = [walk for walk in waiting if walk.end is None and (not walk.tried or walk.tried[-1][0] != name)]
    for walk, answer in _answers(execute, source.derive, trusted):
        why = f"throws {answer.text}" if answer.kind == "throws" else _objection(answer, result)
        if why:
            _pass(walk, name, why)
        else:
            take(walk, answer)


def _pass(walk: _Walk, name: str, why: str) -> None:
    if why:
        walk.tried.append((name, why))


def _answers(execute: Execute, reader: tuple[Program, str], waiting: Sequence[_Walk]) -> list[tuple[_Walk, Answer]]:
    """Return what a reader answers in each walk; a walk in which it does not end goes no further."""
    program, function = reader
    done = execute([Reading(program, [Call(function, walk.argument) for walk in waiting])]) if waiting else ()
    answers = [(walk, outcome.answer) for walk, outcome in zip(waiting, done, strict=True)]
    for walk, answer in answers:
        if answer.kind == "stopped":
            walk.end = Resolved(answer, "", "", "")
    return [(walk, answer) for walk, answer in answers if walk.end is None]


def _objection(answer: Answer, result: Mapping[str, Any]) -> str:
    """Return why an answer is no right result; the empty text when it is one."""
    if answer.kind == "undefined" or answer.type in _NO_VALUE:
        return f"gives {answer.text}"
    if answer.type == "promise":
        return "gives a promise; sources are synchronous"
    broken = next((rule for rule, holds in _HOLDS.items() if rule in result and not holds(answer, result[rule])), "")
    return f"violates {broken}" if broken else ""


def is_of(kind: str, text: str, types: str | Sequence[str]) -> bool:
    """Whether a value of a type and a text is of one of some types of JSON Schema."""
    named = [types] if isinstance(types, str) else types
    return any(kind in _NUMBERS and text not in _INFINITE if type_ == "number" else kind == type_ for type_ in named)


def _number(answer: Answer) -> float | None:
    return float(answer.text) if answer.type in _NUMBERS else None


def _at_least(answer: Answer, least: Any) -> bool:
    number = _number(answer)
    return number is None or number >= least


def _at_most(answer: Answer, most: Any) -> bool:
    number = _number(answer)
    return number is None or number <= most


def _is_long_enough(answer: Answer, least: Any) -> bool:
    return answer.type != "string" or len(json.loads(answer.text)) >= least


def _is_one_of(answer: Answer, held: Any) -> bool:
    if answer.type not in ("string", "boolean", *_NUMBERS):
        return not isinstance(held, list)
    value = json.loads(answer.text) if answer.text not in _INFINITE else answer.text
    return not isinstance(held, list) or any(
        value == item and isinstance(value, bool) == isinstance(item, bool) for item in held
    )


def _holds_items(answer: Answer, items: Any) -> bool:
    if answer.type != "array" or "type" not in items:
        return True
    return all(is_of(kind, "", items["type"]) for kind in answer.shape.get("/[]", ()))


_HOLDS: Mapping[str, Callable[[Answer, Any], bool]] = {
    "type": lambda answer, types: is_of(answer.type, answer.text, types),
    "minimum": _at_least,
    "maximum": _at_most,
    "minLength": _is_long_enough,
    "enum": _is_one_of,
    "items": _holds_items,
}
