"""Find the values that a capture must keep because a reader would answer otherwise without them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.authoring.init.draft import Draft
from driftwright.authoring.init.readers import Module, joined
from driftwright.base.forms import text_form
from driftwright.base.jsontext import json_text
from driftwright.base.path import Path, StorePath
from driftwright.base.terms import JsonType
from driftwright.impact import Answer, Argument, Call, Engine
from driftwright.structure import shape_rows

_MOST = 24
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
_EXACT = ("boolean", "integer", "null")
Hide = Callable[[Draft, dict[str, Any]], Sequence[Any]]

_AnswerForm = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Masked:
    """The paths to keep in each store, and the facts that still answer otherwise."""

    kept: frozenset[StorePath]
    differ: tuple[str, ...]

    def of(self, store: str) -> frozenset[Path]:
        """Return the paths to keep in one store."""
        return frozenset(place.path for place in self.kept if place.store == store)


def masked(drafts: Sequence[Draft], readers: Module, hide: Hide, engine: Engine) -> Masked:
    """Find the smallest set of paths that a capture must keep for the readers to answer alike.

    Args:
        drafts: The draft of each store's schema.
        readers: The readers.
        hide: Takes a draft and its schema, and returns its documents, redacted as the schema says.
        engine: V8.
    """
    right = _answers(drafts, readers, engine)
    rough = {name: list(map(_drop_numbers, answers)) for name, answers in right.items()}

    made: dict[tuple[str, frozenset[Path]], Draft] = {}  # most tries change what is kept of one store alone

    def hidden_draft(draft: Draft, kept: frozenset[Path]) -> Draft:
        if (draft.store, kept) not in made:
            made[draft.store, kept] = replace(draft, documents=tuple(hide(draft, draft.schema(kept))))
        return made[draft.store, kept]

    def try_kept(kept: frozenset[StorePath]) -> tuple[tuple[Draft, ...], tuple[str, ...]]:
        hidden = tuple(hidden_draft(draft, Masked(kept, ()).of(draft.store)) for draft in drafts)
        now = _answers(hidden, readers, engine)
        return hidden, tuple(name for name in right if right[name] != now[name])

    kept: frozenset[StorePath] = frozenset()
    hidden, differ = try_kept(kept)
    if not differ:
        return Masked(kept, ())

    def find_hurt() -> tuple[str, ...]:
        now = _answers(hidden, readers, engine)
        return tuple(name for name in right if rough[name] != list(map(_drop_numbers, now[name])))

    kept = frozenset(place for draft in drafts for place in _candidate_paths(draft, readers))
    hidden, differ = try_kept(kept)
    # Halves first, then smaller parts: most of the paths are needed by nobody.
    size = max(1, len(kept) // 2)
    while True:
        for some in _parts(sorted(kept), size):
            fewer = try_kept(kept - some)
            if set(fewer[1]) <= set(differ):
                kept, (hidden, differ) = kept - some, fewer
        if size == 1:
            break
        size //= 2
    return Masked(kept, find_hurt())


def _parts(paths: Sequence[StorePath], size: int) -> Iterator[frozenset[StorePath]]:
    for start in range(0, len(paths), size):
        yield frozenset(paths[start : start + size])


def _candidate_paths(draft: Draft, readers: Module) -> Iterator[StorePath]:
    """Yield the paths with a small set of words or numbers, one of which is a literal in the code."""
    numbers = {float(text) for text in _NUMBER.findall(readers.text)}
    for row in shape_rows(draft.shape):
        values = row.shape.enum or frozenset()
        texts = {value for value in values if isinstance(value, str)}
        if (texts and texts & readers.program.literals and all(_is_word(text) for text in texts)) or (
            JsonType.INTEGER in row.shape.kinds and {float(v) for v in values if not isinstance(v, str)} & numbers
        ):
            yield StorePath(draft.store, row.path)


def _is_word(text: str) -> bool:
    return len(text) <= _MOST and text_form(text) in ("word", "empty", "boolean")


def _answers(drafts: Sequence[Draft], readers: Module, engine: Engine) -> dict[str, list[Counter[_AnswerForm]]]:
    """Return by fact the answers on each document, counted because the order of ids does not matter."""
    places = {name: place for draft in drafts for name, place in draft.places.items()}
    moments = [({name: json_text(document) for name, document in held.items()}, held) for held in joined(drafts)]
    return {
        reader.name: [
            Counter(
                _answer_form(outcome.answer)
                for outcome in engine.run(
                    readers.program,
                    [
                        Call(reader.call, Argument(stores=texts, places=places, params=params))
                        for params in reader.params(held)
                    ],
                )
            )
            for texts, held in moments
        ]
        for reader in readers.readers
    }


def _drop_numbers(answers: Counter[_AnswerForm]) -> Counter[_AnswerForm]:
    """Return answers without exact values: a sum of pseudonymous numbers is another sum."""
    rough: Counter[_AnswerForm] = Counter()
    for answer, times in answers.items():
        rough[answer[:-1]] += times
    return rough


def _answer_form(answer: Answer) -> _AnswerForm:
    """Return what of an answer must not change: kind, type and size, and the value of booleans, integers and null."""
    exact = answer.text if answer.type in _EXACT else ""
    return answer.kind, answer.type, answer.empty, answer.size, exact
