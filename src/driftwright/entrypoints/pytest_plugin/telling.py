"""The short report of one item; a whole one is what `driftwright check` writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from driftwright.report import (
    ChangeFound,
    FactFound,
    Report,
    causes,
    cut,
    effect_lines,
    failed_checks,
    fallback_says,
    where,
)

_LONGEST = 400  # characters of one foreign text
_MOST = 10  # causes, and differences, that are written out


def fact_lines(report: Report, fact: FactFound) -> Iterator[str]:
    """Yield what became of one derived fact: cause, effect, evidence, fallback, next action."""
    yield f"{fact.verdict.upper()} {cut(fact.name, _LONGEST)}: {cut(fact.title, _LONGEST)}"
    for label, text in _parts(report, fact):
        if text:
            yield f"  {label:<9} {cut(text, _LONGEST)}"


def _parts(report: Report, fact: FactFound) -> Iterator[tuple[str, str]]:
    yield "says", fact.says
    for change in causes(report, fact)[:_MOST]:
        yield "cause", f"{change.rule}: {change.message} [{where(change)}]"
    yield from effect_lines(fact, _MOST)
    yield from (("fails", name) for name, _ in failed_checks(fact))
    yield "shown in", fact.shown
    yield "fallback", fallback_says(fact)
    yield "next", fact.next


def unnoticed_lines(changes: Sequence[ChangeFound]) -> Iterator[str]:
    """Yield the changes of level break that no derived fact notices."""
    yield f"{len(changes)} of level break that no derived fact notices"
    for change in changes[:_MOST]:
        yield f"  {change.rule} at {cut(f'{change.store}:{change.path}', _LONGEST)}: {cut(change.message, _LONGEST)}"
    if len(changes) > _MOST:
        yield f"  {len(changes) - _MOST} more: driftwright check"
