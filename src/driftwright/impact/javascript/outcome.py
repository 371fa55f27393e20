"""The outcome of running a reader: its answer, and what it read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

EACH_ITEM = -1
"""Stands in a read's path for every index of a list."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader answered. Two answers are the same when `kind` and `text` are.

    Args:
        kind: `value`, `undefined`, `throws` or `stopped`.
        type: null, boolean, integer, number, NaN, string, array, object, undefined, function, symbol or bigint;
            empty when there is no answer.
        text: The whole answer, keys sorted, in which undefined, NaN, -0, Infinity, holes, dates, maps, sets, a URL and
            its parameters are told apart; for `throws` the error's name and message, for `stopped` one of `deadline`,
            `memory`, `stack`, `crash` and `not run`.
        preview: The beginning of `text`, at most 200 characters.
        empty: Whether it is null, undefined, "", 0, NaN, or has no items.
        size: How many items or keys; None for a scalar.
        shape: The types seen at each path of the answer (`/`, `/[]`, `/{}`, `/[]/{}`), sorted.
    """

    kind: str
    type: str
    text: str
    preview: str
    empty: bool
    size: int | None
    shape: Mapping[str, tuple[str, ...]]

    def same_as(self, other: Answer) -> bool:
        """Whether this answer equals `other`: the same kind and the same text."""
        return (self.kind, self.text) == (other.kind, other.text)


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader asked for at one position.

    Args:
        path: Concrete keys from the root (the store's name first, where stores are given); every index of a list is
            `EACH_ITEM`.
        times: How often it asked.
        present: How often it was there.
        types: How often each type was seen, `absent` among them.
        asked: `get` a value, `has` it, or `keys` of the object (or the length of the list) at `path`.
    """

    path: tuple[str | int, ...]
    times: int
    present: int
    types: Mapping[str, int]
    asked: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call: the answer, and the reads when it was traced."""

    answer: Answer
    reads: tuple[Read, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """One walk down the sources of a fact.

    Args:
        answer: The value of the source that was taken.
        source: Its name; empty when none could be taken.
        level: full, degraded or unavailable.
        lost: What is lost with it, in words.
        tried: The sources passed over before it, each with the reason.
    """

    answer: Answer
    source: str
    level: str
    lost: str
    tried: tuple[tuple[str, str], ...] = ()


_STOPS = {
    "deadline": "does not end in the time that a reader is given",
    "memory": "takes more memory than a reader is given",
    "stack": "calls itself without end",
    "crash": "ends the process that it runs in",
}


def stopped(why: str) -> Answer:
    """Return the answer of a call that was cut off."""
    return Answer("stopped", "", why, _STOPS.get(why, why), empty=False, size=None, shape=MappingProxyType({}))


def answer(record: Mapping[str, Any]) -> Answer:
    """Return the answer that `answer.js` described."""
    shape = {path: tuple(types) for path, types in record["shape"].items()}
    return Answer(**{**record, "shape": MappingProxyType(shape)})


def outcome(record: Mapping[str, Any]) -> Outcome:
    """Return the outcome that `runtime.js` described."""
    reads = tuple(
        Read(tuple(path), times, present, MappingProxyType(types), asked)
        for path, asked, times, present, types in record.get("reads", ())
    )
    return Outcome(answer(record["answer"]), reads)


def resolved(record: Mapping[str, Any]) -> Resolved:
    """Return the walk that `resolver.js` described."""
    walk = record.get("resolved")
    if walk is None:
        return Resolved(answer(record["answer"]), "", "", "")
    tried = tuple((step["source"], step["why"]) for step in walk["tried"])
    return Resolved(answer(record["answer"]), walk["source"], walk["level"], walk["lost"], tried)
