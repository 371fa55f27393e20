"""Compare the sources of a fact session by session, and say where they differ and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from driftwright.impact.capture import speaks
from driftwright.impact.javascript import Answer, Engine
from driftwright.impact.readers import CompiledFact, Reader
from driftwright.impact.situation import Situation, calls
from driftwright.impact.window import within
from driftwright.workspace import Agreement

_COUNTS = frozenset({"integer", "number", "boolean", "object"})
_NAME = re.compile(r'"((?:[^"\\]|\\.)*)":')


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sources of a fact in one situation.

    Args:
        agreement: The name of their agreement.
        first: What the one answers about all there is, if it counts; else of what kind and size its answer is.
        second: The same of the other.
        agrees: Whether they agree over the window of the agreement; None where nothing could be compared.
        why: Why they differ all the same, why they do not, or why nothing could be compared.
    """

    agreement: str
    first: str
    second: str
    agrees: bool | None
    why: str


def compare_sources(engine: Engine, fact: CompiledFact, situation: Situation) -> Iterator[Compared]:
    """Yield how the sources of a fact agree in one situation."""
    for agreement in fact.fact.agreements:
        first, second = (fact.derive.get(name) for name in agreement.between)
        if first is not None and second is not None:
            yield _compare(engine, agreement, (first, second), situation)


def _compare(engine: Engine, agreement: Agreement, readers: tuple[Reader, Reader], situation: Situation) -> Compared:
    left, right = readers
    first, second = (_answer(engine, reader, situation) for reader in readers)

    def compared(agrees: bool | None, why: str) -> Compared:  # noqa: FBT001 - three values
        return Compared(agreement.name, shown(first, left), shown(second, right), agrees, why)

    silent = next(
        (name for name, answer in zip(agreement.between, (first, second), strict=True) if not speaks(answer)), ""
    )
    if silent:
        return compared(None, f"the {silent} gives nothing")
    windowed = within(agreement.window, situation)
    if windowed is None:
        return compared(None, "no moment is told since when it counts")
    first_answer, other = first, second
    if agreement.window is not None:
        first_answer, other = (_answer(engine, reader, windowed.situation) for reader in readers)
    over = f" over {agreement.window.name}: {windowed.says}" if agreement.window else ""
    if first_answer.same_as(other):
        return compared(agrees=True, why=f"the same{over}")
    return compared(agrees=False, why=f"{shown(first_answer, left)} against {shown(other, right)}{over}")


def _answer(engine: Engine, reader: Reader, situation: Situation) -> Answer:
    (outcome,) = engine.run(reader.program, calls(reader.function, [situation]))
    return outcome.answer


def shown(answer: Answer, reader: Reader) -> str:
    """Return the text of an answer of counts; of any other only its size or type, as it may hold private words.

    Args:
        answer: The answer.
        reader: Whose it is: the names that stand in its code may be told.
    """
    types = {kind for kinds in answer.shape.values() for kind in kinds}
    if answer.kind == "value" and types and types <= _COUNTS and _names_in(answer) <= reader.literals:
        return answer.preview
    return f"{answer.size} items" if answer.size is not None else answer.type or answer.kind


def _names_in(answer: Answer) -> frozenset[str]:
    return frozenset(_NAME.findall(answer.text))
