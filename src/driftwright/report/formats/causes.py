"""The causes of all wrong facts: each once, with the facts that it hurts and whether a patch mends it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from driftwright.base.terms import SEVERITY, Basis, Verdict
from driftwright.report.fact import FactFound
from driftwright.report.formats import view
from driftwright.report.model import ChangeFound, ProposalFound, Report

_ROOT = "/"


class Piece(NamedTuple):
    """A part of a sentence: words of ours, or a name from the store, which is shown as code."""

    text: str
    name: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause, and what it does.

    Args:
        changes: The changes that hurt the same facts, in the report's order; empty where no change is the cause.
        facts: The facts that are told under it, the most severe first; a fact of two causes stands under the worse one.
        hurts: How many facts it hurts, with those that are told elsewhere and those that inherit it.
        proposals: The patches that answer its changes.
    """

    changes: tuple[ChangeFound, ...]
    facts: tuple[FactFound, ...]
    hurts: int
    proposals: tuple[ProposalFound, ...] = ()


def causes_of(report: Report) -> tuple[Cause, ...]:
    """Return the causes of all that is wrong in a report, the worst first; each wrong fact stands under one of them."""
    wrong = view.wrong(report)
    by_fact, heirs = _changes_by_fact(report, wrong), _heirs(report)
    groups = _groups(report, by_fact)
    shown_facts: set[int] = set()
    causes = []
    for numbers, changes in sorted(groups.items(), key=lambda item: _rank([wrong[number] for number in item[0]])):
        facts = tuple(wrong[number] for number in sorted(numbers - shown_facts))
        shown_facts |= numbers
        ids = {change.id for change in changes}
        proposals = tuple(proposal for proposal in report.proposals if proposal.change in ids)
        causes.append(Cause(changes, facts, _hurts([wrong[number] for number in numbers], heirs), proposals))
    alone: dict[str, list[FactFound]] = {}
    for fact, names in zip(wrong, by_fact, strict=True):
        if not names:
            alone.setdefault(fact.says, []).append(fact)
    causes += (Cause((), tuple(facts), _hurts(facts, heirs)) for facts in alone.values())
    return tuple(sorted(causes, key=lambda cause: _severity(cause.facts)))


def _changes_by_fact(report: Report, wrong: Sequence[FactFound]) -> Sequence[Collection[str]]:
    """Return the ids of the changes that hurt each fact.

    A fact that was executed and shows no single change, such as one whose guard alone refuses the store, belongs to the
    change that it reads, where that is a cause of others.
    """
    known = {change.id: change for change in report.changes}
    own = [tuple(name for name in fact.because if name in known) for fact in wrong]
    causal = dict.fromkeys(name for ids in own for name in ids)
    return [
        ids or tuple(name for name in causal if fact.basis is Basis.REPLAY and fact.name in known[name].read_by)[:1]
        for fact, ids in zip(wrong, own, strict=True)
    ]


def _groups(report: Report, by_fact: Sequence[Collection[str]]) -> dict[frozenset[int], tuple[ChangeFound, ...]]:
    """Return the changes by the numbers of the facts that they hurt: those that hurt the same facts are one cause."""
    hurt: dict[str, set[int]] = {}
    for number, ids in enumerate(by_fact):
        for name in ids:
            hurt.setdefault(name, set()).add(number)
    groups: dict[frozenset[int], tuple[ChangeFound, ...]] = {}
    for change in report.changes:
        if change.id in hurt:
            numbers = frozenset(hurt[change.id])
            groups[numbers] = (*groups.get(numbers, ()), change)
    return groups


def _rank(facts: Sequence[FactFound]) -> tuple[int, int]:
    return _severity(facts), -len(facts)


def _severity(facts: Sequence[FactFound]) -> int:
    return -max((SEVERITY.index(fact.verdict) for fact in facts), default=-1)


def _heirs(report: Report) -> Mapping[str, set[str]]:
    """Return by the name of each fact the names of those that inherit its break and count."""
    heirs: dict[str, set[str]] = {}
    for fact in view.hurt(report.facts):
        if fact.inherits:
            heirs.setdefault(fact.inherits, set()).add(fact.name)
    return heirs


def _hurts(facts: Collection[FactFound], heirs: Mapping[str, set[str]]) -> int:
    return len(facts) + len({heir for fact in facts for heir in heirs.get(fact.name, ())})


def within(causes: Sequence[Cause], most: int) -> tuple[tuple[Cause, ...], int]:
    """Return the causes with at most `most` facts in all, and how many facts are left out."""
    room, kept, left = most, list[Cause](), 0
    for cause in causes:
        facts = cause.facts[:room]
        left += len(cause.facts) - len(facts)
        if facts or (not cause.facts and room):
            kept.append(replace(cause, facts=facts))
        room -= len(facts)
    return tuple(kept), left


def others(report: Report, fact: FactFound, cause: Cause) -> list[ChangeFound]:
    """Return the further changes that hurt a fact of a cause, which are told elsewhere."""
    return [change for change in view.causes(report, fact) if change not in cause.changes]


def says(cause: Cause) -> tuple[Piece, ...]:
    """Return what the cause is, in one short sentence whose places are names without the way to them."""
    if not cause.changes:
        return (Piece(_open_ended(cause.facts[0].says) if cause.facts else "no single change explains it"),)
    first, *more = cause.changes
    more_changes = f" and {len(more)} more change{'' if len(more) == 1 else 's'}" if more else ""
    return (*_change_says(first), Piece(more_changes)) if more_changes else _change_says(first)


def plain(pieces: Iterable[Piece]) -> str:
    """Return the pieces of a sentence as plain text."""
    return "".join(f"`{piece.text}`" if piece.name else piece.text for piece in pieces)


def short_place(change: ChangeFound) -> str:
    """Return the place of a change by its last names, and the new place where it moved."""
    if not change.to:
        return f"{change.store}:{change.path}" if change.store else change.path
    names = _short_names(change)
    return f"{names[change.path]} \u2192 {names[change.to]}"


def _change_says(change: ChangeFound) -> tuple[Piece, ...]:
    message = _open_ended(change.message)
    names = {name: short for name, short in _short_names(change).items() if name in message}
    if not names:
        start = (Piece(change.store, name=True), Piece(": ")) if change.store else ()
        return (*start, Piece(message))
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    parts = re.split(f"({pattern})", message)
    return tuple(Piece(names[part], name=True) if part in names else Piece(part) for part in parts if part)


def _open_ended(sentence: str) -> str:
    """Return a sentence without its full stop, for more is said behind it."""
    return sentence.removesuffix(".")


def _short_names(change: ChangeFound) -> dict[str, str]:
    """Return the places of a change by their texts, each shortened as far as they still differ."""
    places = [place for place in (change.path, change.to) if place and place != _ROOT]
    short = {place: _last_name(place) for place in places}
    return short if len(set(short.values())) == len(short) else {place: place for place in places}


def _last_name(place: str) -> str:
    """Return the end of a path, from its last field name on."""
    steps = place.split("/")
    last = max((number for number, step in enumerate(steps) if step not in ("", "{}", "[]")), default=0)
    return "/".join(steps[last:])


def hurts_says(cause: Cause) -> str:
    """Return how many facts the cause hurts, in words."""
    return f"hurts {cause.hurts} fact{'' if cause.hurts == 1 else 's'}"


def mend_says(cause: Cause) -> str:
    """Return the state of the mend, in words."""
    if cause.proposals:
        mended = {name for proposal in cause.proposals for name in proposal.mends}
        left = {name for proposal in cause.proposals for name in proposal.leaves} - mended
        return f"patch ready for {len(mended)} of {len(mended | left)} facts" if left else "patch ready"
    served = [fact.verdict is Verdict.DEGRADED for fact in cause.facts]
    return "no patch, a fallback serves" if served and all(served) else "no patch, mend it by hand"


def shared_next(cause: Cause) -> tuple[str, ...]:
    """Return what to do about the facts of a cause, each advice once."""
    return tuple(dict.fromkeys(fact.next for fact in cause.facts))


def next_says(cause: Cause) -> str:
    """Return what to do about a cause, in one sentence."""
    if cause.proposals:
        return "apply the patch, or let driftwright accept --apply do it"
    return next(iter(shared_next(cause)), "")
