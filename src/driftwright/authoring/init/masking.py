"""What a capture may keep: the few values without which a reader would answer otherwise, found by running it."""

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

_Told = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Masked:
    """What may be kept, the documents as a capture would show them, and the readers that notice the difference."""

    kept: frozenset[Path]
    documents: tuple[Any, ...]
    differ: tuple[str, ...]


def masked(of: Draft, readers: Module, hide: Hide, engine: Engine) -> Masked:
    """Find the least that a capture must keep for the readers to answer alike.

    Args:
        of: The draft of the schema.
        readers: The readers.
        hide: Hides the draft's documents as a schema says.
        engine: V8.
    """
    right = _answers(of, readers, of.documents, engine)
    rough = {name: list(map(_roughly, told)) for name, told in right.items()}

    def tried(kept: frozenset[Path]) -> tuple[tuple[Any, ...], tuple[str, ...]]:
        documents = tuple(hide(of.schema(kept)))
        now = _answers(of, readers, documents, engine)
        return documents, tuple(name for name in right if right[name] != now[name])

    kept: frozenset[Path] = frozenset()
    documents, differ = tried(kept)
    if not differ:
        return Masked(kept, documents, ())

    def hurt() -> tuple[str, ...]:
        now = _answers(of, readers, documents, engine)
        return tuple(name for name in right if rough[name] != list(map(_roughly, now[name])))

    kept = frozenset(_candidates(of, readers))
    documents, differ = tried(kept)
    for path in sorted(kept):
        fewer = tried(kept - {path})
        if set(fewer[1]) <= set(differ):
            kept, (documents, differ) = kept - {path}, fewer
    return Masked(kept, documents, hurt())


def _candidates(of: Draft, readers: Module) -> Iterator[Path]:
    """Yield where a small set of words or numbers stands, one of which the code itself speaks of."""
    numbers = {float(text) for text in _NUMBER.findall(readers.text)}
    for row in shape_rows(of.shape):
        values = row.shape.enum or frozenset()
        texts = {value for value in values if isinstance(value, str)}
        if (texts and texts & readers.program.literals and all(_is_word(text) for text in texts)) or (
            JsonType.INTEGER in row.shape.kinds and {float(v) for v in values if not isinstance(v, str)} & numbers
        ):
            yield row.path


def _is_word(text: str) -> bool:
    return len(text) <= _MOST and text_form(text) in ("word", "empty", "boolean")


def _answers(of: Draft, readers: Module, documents: Sequence[Any], engine: Engine) -> dict[str, list[Counter[_Told]]]:
    """Return what every reader answers on each document, whatever the order of the ids it is asked about."""
    return {
        one.name: [
            Counter(
                _told(done.answer)
                for done in engine.run(
                    readers.program,
                    [
                        Call(one.call, Argument(stores={of.store: json_text(document)}, params=params))
                        for params in (
                            [{one.takes.name: value} for value in dict.fromkeys(one.takes.values(document))]
                            if one.takes
                            else [{}]
                        )
                    ],
                )
            )
            for document in documents
        ]
        for one in readers.readers
    }


def _roughly(told: Counter[_Told]) -> Counter[_Told]:
    """Leave out what numbers say: a sum of made-up numbers is another sum."""
    rough: Counter[_Told] = Counter()
    for one, times in told.items():
        rough[one[:-1]] += times
    return rough


def _told(answer: Answer) -> _Told:
    """What of an answer must stay: what kind it is and how much; what it says only where it can say nothing private."""
    exact = answer.text if answer.type in _EXACT else ""
    return answer.kind, answer.type, answer.empty, answer.size, exact
