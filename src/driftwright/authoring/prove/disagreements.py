"""Find flags that one reader tests strictly and another loosely, before any change breaks one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftwright.base.path import StorePath
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
class _FactReader:
    """One reader of a fact, and the known-good situations that it is called with."""

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
    flags: dict[StorePath, list[_FactReader]] = {}
    for fact_reader in _list_fact_readers(facts, moments):
        traced = trace(engine, fact_reader.reader, fact_reader.good, generalise)
        for path in (read for read, observation in traced.reads.items() if observation.types == _BOOLEAN):
            flags.setdefault(path, []).append(fact_reader)
    result = []
    for path, fact_readers in sorted(flags.items()):
        if len(fact_readers) > 1:
            result += list(_compare_readers(engine, path, fact_readers))
    return tuple(result)


def _list_fact_readers(facts: Sequence[CompiledFact], moments: Sequence[Situation]) -> Iterator[_FactReader]:
    for fact in facts:
        good = situations(fact.fact, moments)
        for source, reader in fact.derive.items():
            first = source == fact.fact.primary.name
            yield _FactReader(fact.fact.name if first else f"{fact.fact.name} ({source})", reader, good)


def _compare_readers(engine: Engine, path: StorePath, fact_readers: Sequence[_FactReader]) -> Iterator[Disagreement]:
    """Yield the forms of a flag that some readers notice and others do not; readers without effect are left out."""
    depending = [
        fact_reader for fact_reader in fact_readers if any(_notices(engine, fact_reader, path, turn) for turn in _TURNS)
    ]
    for written_as, write in _FORMS.items():
        notice = [fact_reader.name for fact_reader in depending if _notices(engine, fact_reader, path, write)]
        pass_over = [fact_reader.name for fact_reader in depending if fact_reader.name not in notice]
        if notice and pass_over:
            yield Disagreement(path, written_as, tuple(notice), tuple(pass_over))


def _notices(engine: Engine, fact_reader: _FactReader, path: StorePath, write: Callable[[bool], Any]) -> bool:
    """Whether a reader answers otherwise anywhere when the flag is written another way."""
    pairs = [(good, after) for good in fact_reader.good if (after := _rewrite_flag(good, path, write)) is not None]
    run = [situation for pair in pairs for situation in pair]
    outcomes = engine.run(fact_reader.reader.program, calls(fact_reader.reader.function, run)) if run else ()
    answers = [outcome.answer for outcome in outcomes]
    both = zip(answers[::2], answers[1::2], strict=True)
    return any(not failed(before) and effect_of(before, after) is not Effect.SAME for before, after in both)


def _rewrite_flag(good: Situation, path: StorePath, write: Callable[[bool], Any]) -> Situation | None:
    """Return the situation with every flag at a path rewritten; None when there is no flag."""
    document = good.stores.get(path.store)
    changed, hits = edit_at(
        document, good.place_of(path), lambda value: write(value) if isinstance(value, bool) else value
    )
    return replace(good, stores={**good.stores, path.store: changed}) if hits else None
