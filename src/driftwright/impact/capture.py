"""Run readers, invariants and agreements on the captured store itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from driftwright.base.path import StorePath
from driftwright.impact.javascript import Answer, Engine, Read
from driftwright.impact.judge import failed
from driftwright.impact.readers import CompiledFact, Reader
from driftwright.impact.reads import Generaliser
from driftwright.impact.shrink import shrunk_result
from driftwright.impact.situation import Situation, calls
from driftwright.impact.window import within
from driftwright.workspace import Agreement, Window

_FIELD_OF_ITEMS = 2
"""Steps of a field of the records of a list or map, as `[]/name`."""


@dataclass(frozen=True, slots=True)
class Held:
    """Whether an invariant or an agreement held on a capture.

    Args:
        name: Its name.
        held: Whether it held; None when it could not be decided on the capture.
        shows: The smallest situation that breaks it; None while it holds.
        says: The difference, in a few words.
    """

    name: str
    held: bool | None
    shows: Situation | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class CaptureRun:
    """The results of the invariants and agreements of one fact on a capture.

    Args:
        invariants: Whether each held.
        agreements: Whether each held.
    """

    invariants: tuple[Held, ...]
    agreements: tuple[Held, ...]


def _never(_: Any) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a reader does on known-good stores.

    Args:
        answers: Its answers.
        present: The paths that it found present.
        is_changed: Whether a path lies where a change was found.
    """

    answers: tuple[Answer, ...]
    present: frozenset[StorePath]
    is_changed: Callable[[Any], bool] = _never


def run_on_capture(engine: Engine, fact: CompiledFact, captured: Sequence[Situation]) -> CaptureRun:
    """Run a fact's invariants and agreements on a capture.

    Args:
        engine: V8.
        fact: The fact.
        captured: The capture, once for each binding of its parameters.
    """
    return CaptureRun(
        invariants=tuple(_invariant(engine, name, holds, captured) for name, holds in fact.holds.items()),
        agreements=agreements_on(engine, fact, captured),
    )


def agreements_on(engine: Engine, fact: CompiledFact, captured: Sequence[Situation]) -> tuple[Held, ...]:
    """Return whether each agreement of a fact holds in captured situations."""
    by_source: dict[tuple[str, Window | None], Sequence[Answer]] = {}  # several agreements compare with one source
    return tuple(_agreement(engine, fact, captured, agreement, by_source) for agreement in fact.fact.agreements)


_NEVER_GOOD = frozenset({"undefined", "NaN"})


def is_odd(answer: Answer, good: Sequence[Answer]) -> bool:
    """Whether an answer is, or holds, undefined or NaN where no known-good answer ever did."""
    if failed(answer) or not good:
        return False
    usual = {kind for other in good for kinds in other.shape.values() for kind in kinds}
    types = {kind for kinds in answer.shape.values() for kind in kinds}
    return bool((types & _NEVER_GOOD) - usual)


def other_branch(answers: Sequence[Answer], reads: Sequence[Read], baseline: Baseline, generalise: Generaliser) -> bool:
    """Whether the reader answers as before, but found a path that it had never asked for or never found before."""
    if not answers or any(failed(answer) or is_odd(answer, baseline.answers) for answer in answers):
        return False
    usual = {answer.type for answer in baseline.answers if not answer.empty}
    usual = usual or {answer.type for answer in baseline.answers}
    if any(not answer.empty and answer.type in usual for answer in answers):
        return bool(_new_places(reads, baseline, generalise))
    return finds_elsewhere(reads, baseline, generalise)


def finds_elsewhere(reads: Sequence[Read], baseline: Baseline, generalise: Generaliser) -> bool:
    """Whether the reader found in new places every field of items that it found last in old ones, as `[]/name`."""
    present = baseline.present
    last = [path for path in present if not any(other != path and _lies_below(other, path) for other in present)]
    new_fields = {path.path.steps[-_FIELD_OF_ITEMS:] for path in _new_places(reads, baseline, generalise)}
    return bool(last) and all(
        len(path.path.steps) > 1 and path.path.steps[-_FIELD_OF_ITEMS:] in new_fields for path in last
    )


def _lies_below(place: StorePath, other: StorePath) -> bool:
    return place.store == other.store and place.path.within(other.path)


def _new_places(reads: Sequence[Read], baseline: Baseline, generalise: Generaliser) -> set[StorePath]:
    """Return where a reader found something that it had not found before, but for where the structure changed."""
    present = {generalise(read.path) for read in reads if read.present and read.asked != "keys"}
    return {path for path in present - baseline.present if not baseline.is_changed(path)}


def smallest_throw(engine: Engine, reader: Reader, captured: Sequence[Situation]) -> tuple[Situation, Answer] | None:
    """Return the smallest captured situation in which a reader throws, with its answer; None when it throws in none."""
    outcomes = engine.run(reader.program, calls(reader.function, captured)) if captured else ()
    pairs = zip(captured, (outcome.answer for outcome in outcomes), strict=True)
    thrown = next((pair for pair in pairs if failed(pair[1])), None)
    if thrown is None:
        return None

    def still(candidates: Sequence[Situation]) -> list[tuple[Situation, Answer] | None]:
        outcomes = engine.run(reader.program, calls(reader.function, candidates))
        pairs = [(candidate, outcome.answer) for candidate, outcome in zip(candidates, outcomes, strict=True)]
        return [pair if pair[1].same_as(thrown[1]) else None for pair in pairs]

    return shrunk_result(thrown, still, lambda pair: pair[0])


def _invariant(engine: Engine, name: str, holds: Reader, captured: Sequence[Situation]) -> Held:
    if not captured:
        return Held(name, held=None)
    outcomes = engine.run(holds.program, calls(holds.function, captured))
    broken = [pair for pair in zip(captured, outcomes, strict=True) if is_false(pair[1].answer)]
    if not broken:
        # An invariant that throws says nothing: the structure it speaks of is not there.
        confirmed = any(outcome.answer.text == "true" for outcome in outcomes)
        return Held(name, held=True if confirmed else None)

    def still(candidates: Sequence[Situation]) -> list[Situation | None]:
        tried = engine.run(holds.program, calls(holds.function, candidates))
        return [c if is_false(o.answer) else None for c, o in zip(candidates, tried, strict=True)]

    return Held(name, held=False, shows=shrunk_result(broken[0][0], still, lambda situation: situation))


def is_false(answer: Answer) -> bool:
    """Whether an invariant answered false; one that throws has not answered."""
    return answer.kind == "value" and answer.text == "false"


def _agreement(
    engine: Engine,
    fact: CompiledFact,
    captured: Sequence[Situation],
    agreement: Agreement,
    by_source: dict[tuple[str, Window | None], Sequence[Answer]],
) -> Held:
    left, right = (fact.derive.get(name) for name in agreement.between)
    windowed = [window for situation in captured if (window := within(agreement.window, situation)) is not None]
    if left is None or right is None or not windowed:
        return Held(agreement.name, held=None)
    chosen = [window.situation for window in windowed]
    for name, reader in zip(agreement.between, (left, right), strict=True):
        if (name, agreement.window) not in by_source:
            by_source[name, agreement.window] = _answers(engine, reader, chosen)
    answers = zip(*(by_source[name, agreement.window] for name in agreement.between), windowed, strict=True)
    pairs = [(answer, other, window) for answer, other, window in answers if speaks(answer) and speaks(other)]
    if not pairs:
        return Held(agreement.name, held=None)
    unlike = next((pair for pair in pairs if not pair[0].same_as(pair[1])), None)
    if unlike is None:
        return Held(agreement.name, held=True)
    first, second, window = unlike
    window_says = f", over {agreement.window.name}: {window.says}" if agreement.window else ""
    return Held(agreement.name, held=False, says=f"{first.preview} against {second.preview}{window_says}")


def _answers(engine: Engine, reader: Reader, chosen: Sequence[Situation]) -> list[Answer]:
    return [outcome.answer for outcome in engine.run(reader.program, calls(reader.function, chosen))]


def speaks(answer: Answer) -> bool:
    """Whether the answer of a source can be compared with another."""
    return answer.kind == "value" and answer.type != "null"
