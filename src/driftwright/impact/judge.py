"""Compare two answers of one reader, and name the effect."""

from __future__ import annotations

from driftwright.base.terms import Effect
from driftwright.impact.javascript import Answer

SEVERITY = (Effect.SAME, Effect.UNAVAILABLE, Effect.SILENT, Effect.THROWS)


def effect_of(before: Answer, after: Answer) -> Effect:
    """Return what a change did to one answer."""
    if failed(after):
        return Effect.SAME if failed(before) else Effect.THROWS
    if before.same_as(after):
        return Effect.SAME
    return Effect.UNAVAILABLE if absent(after) and not absent(before) else Effect.SILENT


def failed(answer: Answer) -> bool:
    """Whether the reader threw, or had to be stopped."""
    return answer.kind in ("throws", "stopped")


def absent(answer: Answer) -> bool:
    """Whether the answer is null, undefined or NaN."""
    return answer.kind == "undefined" or answer.type in ("null", "undefined", "NaN")


def worse(effects: list[Effect]) -> Effect:
    """Return the worst of several effects."""
    return max(effects, key=SEVERITY.index, default=Effect.SAME)
