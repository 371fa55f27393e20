"""Readers that disagree: one flag that is read under rules of different strictness, before any change hits it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.base.path import Key, Path, StorePath
from driftwright.base.terms import Effect, JsonType
from driftwright.impact import (
    CompiledFact,
    Engine,
    Generaliser,
    Reader,
    Situation,
    calls,
    effect_of,
    failed,
    situations,
    trace,
)
from driftwright.report import Disagreement
from driftwright.structure import edit_at

_FORMS: Mapping[str, Callable[[bool], Any]] = {
    "the numbers 0 and 1": int,
    "the texts true and false": lambda flag: str(flag).lower(),
}
# Each alone may leave an answer as it is: as many were true as false, all were true, all were false.
_TURNS: tuple[Callable[[bool], Any], ...] = (lambda flag: not flag, lambda _: True, lambda _: False)
_BOOLEAN = frozenset({str(JsonType.BOOLEAN)})


@dataclass(frozen=True, slots=True)
class _Voice:
    """One reader of a fact, and the known-good situations in which it answers."""

    name: str
    reader: Reader
    good: tuple[Situation, ...]


def disagreements(
    engine: Engine, facts: Sequence[CompiledFact], moments: Sequence[Situation], generalise: Generaliser
) -> tuple[Disagreement, ...]:
    """Find by execution the flags that one reader tests strictly and another loosely.

    Args:
        engine: V8.
        facts: The facts; every source with reading code is a reader.
        moments: Known-good stores.
        generalise: Generalises reads.
    """
    flags: dict[StorePath, list[_Voice]] = {}
    for voice in _voices(facts, moments):
        traced = trace(engine, voice.reader, voice.good, generalise)
        for path in (read for read, seen in traced.reads.items() if seen.types == _BOOLEAN):
            flags.setdefault(path, []).append(voice)
    found = []
    for path, voices in sorted(flags.items()):
        if len(voices) > 1:
            found += list(_of_flag(engine, path, voices))
    return tuple(found)


def _voices(facts: Sequence[CompiledFact], moments: Sequence[Situation]) -> Iterator[_Voice]:
    for fact in facts:
        good = situations(fact.fact, moments)
        for source, reader in fact.derive.items():
            first = source == fact.fact.primary.name
            yield _Voice(fact.fact.name if first else f"{fact.fact.name} ({source})", reader, good)


def _of_flag(engine: Engine, path: StorePath, voices: Sequence[_Voice]) -> Iterator[Disagreement]:
    """Only a reader whose answer turns with the flag can disagree; of the others nothing is known."""
    depending = [voice for voice in voices if any(_notices(engine, voice, path, turn) for turn in _TURNS)]
    for written_as, write in _FORMS.items():
        notice = [voice.name for voice in depending if _notices(engine, voice, path, write)]
        pass_over = [voice.name for voice in depending if voice.name not in notice]
        if notice and pass_over:
            yield Disagreement(path, written_as, tuple(notice), tuple(pass_over))


def _notices(engine: Engine, voice: _Voice, path: StorePath, write: Callable[[bool], Any]) -> bool:
    """Whether a reader answers otherwise anywhere when the flag is written another way."""
    pairs = [(good, after) for good in voice.good if (after := _rewritten(good, path, write)) is not None]
    run = [situation for pair in pairs for situation in pair]
    outcomes = engine.run(voice.reader.program, calls(voice.reader.function, run)) if run else ()
    answers = [outcome.answer for outcome in outcomes]
    both = zip(answers[::2], answers[1::2], strict=True)
    return any(not failed(before) and effect_of(before, after) is not Effect.SAME for before, after in both)


def _rewritten(good: Situation, path: StorePath, write: Callable[[bool], Any]) -> Situation | None:
    """The situation with every flag at a path written another way; None when it has none there."""
    document = good.stores.get(path.store)
    entry = good.params.get(good.placeholders.get(path.store, ""), "")
    whole = Path((Key(entry), *path.path.steps)) if path.store in good.placeholders else path.path
    changed, hits = edit_at(document, whole, lambda value: write(value) if isinstance(value, bool) else value)
    return replace(good, stores={**good.stores, path.store: changed}) if hits else None
