"""The short report of one item; a whole one is what `driftwright check` writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from driftwright.report import (
    ChangeFound,
    FactFound,
    Record,
    Report,
    causes,
    cut,
    effect_lines,
    fallback_says,
    record,
    where,
)

_LONGEST = 400  # characters of one foreign text
_MOST = 10  # causes, and differences, that are written out


def fact_lines(report: Report, fact: FactFound) -> Iterator[str]:
    """Yield what became of one derived fact: cause, effect, evidence, fallback, next action."""
    whole = record(report)
    found = next(one for one in whole["facts"] if one["name"] == fact.name)
    yield f"{found['verdict'].upper()} {cut(found['name'], _LONGEST)}: {cut(found['title'], _LONGEST)}"
    for label, text in _parts(whole, found):
        if text:
            yield f"  {label:<9} {cut(text, _LONGEST)}"


def _parts(whole: Record, fact: Record) -> Iterator[tuple[str, str]]:
    yield "says", fact["says"]
    for change in causes(whole, fact)[:_MOST]:
        yield "cause", f"{change['rule']}: {change['message']} [{where(change)}]"
    yield from effect_lines(fact, _MOST)
    for held in (*fact["invariants"], *fact["agreements"]):
        if held["held"] is False:
            yield "fails", held["name"]
    yield "shown in", fact["shown"]
    yield "fallback", fallback_says(fact)
    yield "next", fact["next"]


def unnoticed_lines(changes: Sequence[ChangeFound]) -> Iterator[str]:
    """Yield the changes of level break that no derived fact notices."""
    yield f"{len(changes)} of level break that no derived fact notices"
    for change in changes[:_MOST]:
        yield f"  {change.rule} at {cut(f'{change.store}:{change.path}', _LONGEST)}: {cut(change.message, _LONGEST)}"
    if len(changes) > _MOST:
        yield f"  {len(changes) - _MOST} more: driftwright check"
