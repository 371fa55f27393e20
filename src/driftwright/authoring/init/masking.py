"""Find the values that a capture must keep because a reader would answer otherwise without them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.authoring.init.draft import Draft
from driftwright.authoring.init.readers import Module
from driftwright.base.forms import text_form
from driftwright.base.jsontext import json_text
from driftwright.base.path import Path
from driftwright.base.terms import JsonType
from driftwright.impact import Answer, Argument, Call, Engine
from driftwright.structure import shape_rows

_MOST = 24
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
_EXACT = ("boolean", "integer", "null")
Hide = Callable[[dict[str, Any]], Sequence[Any]]

_AnswerForm = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Masked:
    """The paths to keep, the documents as a capture shows them, and the facts that still answer otherwise."""

    kept: frozenset[Path]
    documents: tuple[Any, ...]
    differ: tuple[str, ...]


def masked(draft: Draft, readers: Module, hide: Hide, engine: Engine) -> Masked:
    """Find the smallest set of paths that a capture must keep for the readers to answer alike.

    Args:
        draft: The draft of the schema.
        readers: The readers.
        hide: Takes a schema and returns the draft's documents, redacted as the schema says.
        engine: V8.
    """
    right = _answers(draft, readers, draft.documents, engine)
    rough = {name: list(map(_drop_numbers, answers)) for name, answers in right.items()}

    def try_kept(kept: frozenset[Path]) -> tuple[tuple[Any, ...], tuple[str, ...]]:
        documents = tuple(hide(draft.schema(kept)))
        now = _answers(draft, readers, documents, engine)
        return documents, tuple(name for name in right if right[name] != now[name])

    kept: frozenset[Path] = frozenset()
    documents, differ = try_kept(kept)
    if not differ:
        return Masked(kept, documents, ())

    def find_hurt() -> tuple[str, ...]:
        now = _answers(draft, readers, documents, engine)
        return tuple(name for name in right if rough[name] != list(map(_drop_numbers, now[name])))

    kept = frozenset(_candidate_paths(draft, readers))
    documents, differ = try_kept(kept)
    # Halves first, then smaller parts: most of the paths are needed by nobody.
    size = max(1, len(kept) // 2)
    while True:
        for some in _parts(sorted(kept), size):
            fewer = try_kept(kept - some)
            if set(fewer[1]) <= set(differ):
                kept, (documents, differ) = kept - some, fewer
        if size == 1:
            break
        size //= 2
    return Masked(kept, documents, find_hurt())


def _parts(paths: Sequence[Path], size: int) -> Iterator[frozenset[Path]]:
    for start in range(0, len(paths), size):
        yield frozenset(paths[start : start + size])


def _candidate_paths(draft: Draft, readers: Module) -> Iterator[Path]:
    """Yield the paths with a small set of words or numbers, one of which is a literal in the code."""
    numbers = {float(text) for text in _NUMBER.findall(readers.text)}
    for row in shape_rows(draft.shape):
        values = row.shape.enum or frozenset()
        texts = {value for value in values if isinstance(value, str)}
        if (texts and texts & readers.program.literals and all(_is_word(text) for text in texts)) or (
            JsonType.INTEGER in row.shape.kinds and {float(v) for v in values if not isinstance(v, str)} & numbers
        ):
            yield row.path


def _is_word(text: str) -> bool:
    return len(text) <= _MOST and text_form(text) in ("word", "empty", "boolean")


def _answers(
    draft: Draft, readers: Module, documents: Sequence[Any], engine: Engine
) -> dict[str, list[Counter[_AnswerForm]]]:
    """Return by fact the answers on each document, counted because the order of ids does not matter."""
    return {
        reader.name: [
            Counter(
                _answer_form(outcome.answer)
                for outcome in engine.run(
                    readers.program,
                    [
                        Call(
                            reader.call,
                            Argument(stores={draft.store: json_text(document)}, places=draft.places, params=params),
                        )
                        for params in (
                            [{reader.takes.name: value} for value in dict.fromkeys(reader.takes.values(document))]
                            if reader.takes
                            else [{}]
                        )
                    ],
                )
            )
            for document in documents
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
