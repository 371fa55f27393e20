"""Words, order and escaping that all formats share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from itertools import zip_longest
from json import dumps
from typing import NamedTuple

from driftwright.base.errors import visible
from driftwright.base.terms import SEVERITY, Verdict
from driftwright.report.fact import (
    DifferenceShown,
    Evidence,
    FactFound,
    FallbackFound,
    FindingFound,
)
from driftwright.report.model import ChangeFound, ProposalFound, Report, Summary
from driftwright.report.store import CohortGroup, StoreFound

EFFECT_WORDS: Mapping[str, str] = {
    "same": "still right",
    "silent": "silently wrong",
    "throws": "throws an error",
    "unavailable": "gives no answer",
}

BASIS_WORDS: Mapping[str, str] = {
    "replay": "the changes were executed on known-good data",
    "capture": "the reader was run on the captured store itself",
    "invariant": "a declared invariant fails on the capture",
    "agreement": "two sources disagree about one moment",
    "trace": "this rests on the trace of reads alone; nothing could be executed",
    "none": "there is no evidence",
}

VERDICT_WORDS: Mapping[str, str] = {
    "intact": "intact",
    "degraded": "degraded",
    "broken": "broken",
    "unseen": "not seen",
    "blind": "blind",
}


MOST_LINES = 400  # lines of one value that are compared; the cost grows with their product


class Row(NamedTuple):
    """One line of two texts side by side.

    Args:
        same: Whether both sides hold the same line.
        before: The line before; None where it has none.
        after: The line after; None where it has none.
    """

    same: bool
    before: str | None
    after: str | None


def inert(text: str) -> str:
    """Return foreign text on one line, so that no terminal and no build log takes it for a command.

    GitHub's runner obeys `::command::` behind any white space at the start of a line, and this text may come first on a
    line, so a colon that comes first is written as an escape; `visible` does so with its older `##[command]`.
    """
    shown = visible(text)
    return shown.replace(":", "\\u003a", 1) if shown.lstrip().startswith(":") else shown


def cut(text: str, limit: int) -> str:
    """Return foreign text, inert, with at most `limit` characters of it and a note of how many are left out."""
    shown = inert(text[:limit])
    return shown if len(text) <= limit else f"{shown}... (+{len(text) - limit} characters)"


def headline(report: Report) -> str:
    """Return the result of the report in one sentence."""
    blind = report.capture.blind
    if blind:
        return f"The capture could not see the page: {inert(blind.what)}."
    counts = report.summary
    total = _plural(counts.facts, "derived fact")
    if not counts.facts:
        return "No derived fact was judged."
    if counts.intact == counts.facts:
        return f"All {total} still give the right answer." if counts.facts > 1 else "The derived fact is still right."
    return f"Of {total}, {_clauses(counts)}."


def ranked(facts: Iterable[FactFound]) -> list[FactFound]:
    """Return derived facts, the most severe first and otherwise as they are listed."""
    return sorted(facts, key=lambda fact: -SEVERITY.index(fact.verdict))


def hurt(facts: Iterable[FactFound]) -> list[FactFound]:
    """Return those of some derived facts that are not intact and count, the most severe first."""
    return [fact for fact in ranked(facts) if fact.verdict is not Verdict.INTACT and not fact.suppressed]


def set_aside(report: Report) -> list[FactFound]:
    """Return the derived facts that are suppressed, the most severe first."""
    return [fact for fact in ranked(report.facts) if fact.suppressed]


def suppressed_says(part: FactFound | FindingFound | ChangeFound) -> str:
    """Return why a fact, a finding or a change does not count, and until when; empty while it counts."""
    mark = part.suppressed
    return f"suppressed until {mark.expires}: {mark.reason}" if mark else ""


def findings(fact: FactFound) -> list[tuple[str, str]]:
    """Return the fingerprint of each finding of a fact, and its rule and place in words."""
    return [(finding.fingerprint, _finding_says(finding)) for finding in fact.findings]


def _finding_says(finding: FindingFound) -> str:
    where = f"{finding.store}:{finding.path}" if finding.store else finding.path
    return ", ".join(filter(None, (f"{finding.rule} at {where}", suppressed_says(finding))))


def readers(change: ChangeFound) -> list[str]:
    """Return the facts that read at a change; those that read there only in a fallback are marked."""
    first = change.read_first
    return [name if name in first else f"{name} (beside its first source)" for name in change.read_by]


def wrong(report: Report) -> list[FactFound]:
    """Return the derived facts that are known to be hurt, the most severe first; without heirs of a listed fact."""
    judged = [fact for fact in hurt(report.facts) if fact.verdict is not Verdict.UNSEEN]
    shown = {fact.name for fact in judged}
    return [fact for fact in judged if fact.inherits not in shown]


def heirs(report: Report, fact: FactFound) -> list[FactFound]:
    """Return the derived facts that inherit the break of `fact`, because they take its answers as parameters."""
    return hurt(other for other in report.facts if other.inherits == fact.name)


def proposal_says(proposal: ProposalFound) -> str:
    """Return which facts a patch mends, and how many answers confirm it."""
    left = f"; more is needed for {', '.join(proposal.leaves)}" if proposal.leaves else ""
    return f"mends {', '.join(proposal.mends)}, confirmed by {_plural(proposal.confirmed_by, 'answer')}{left}"


def patch_lines(proposal: ProposalFound) -> list[str]:
    """Return the lines of a patch."""
    return proposal.diff.removesuffix("\n").split("\n")


def unseen(report: Report) -> list[FactFound]:
    """Return the derived facts of which the capture showed no evidence."""
    return [fact for fact in report.facts if fact.verdict is Verdict.UNSEEN]


def unseen_by_next(report: Report) -> Mapping[str, list[FactFound]]:
    """Return the unseen derived facts by what to do about them, so that each advice is shown once."""
    groups: dict[str, list[FactFound]] = {}
    for fact in unseen(report):
        groups.setdefault(fact.next, []).append(fact)
    return groups


def missing(fact: FactFound) -> str:
    """Return the paths of an unseen fact that no evidence was found for."""
    return ", ".join(fact.unseen.paths) if fact.unseen else str(fact.says)


def sound(report: Report) -> list[FactFound]:
    """Return the derived facts that are intact."""
    return [fact for fact in report.facts if fact.verdict is Verdict.INTACT]


def alerts(report: Report) -> list[ChangeFound]:
    """Return the changes that some derived fact reads."""
    return [change for change in report.changes if change.read_by]


def ledger(report: Report) -> list[ChangeFound]:
    """Return the changes that no derived fact reads; they never raise an alert."""
    return [change for change in report.changes if not change.read_by]


def causes(report: Report, fact: FactFound) -> list[ChangeFound]:
    """Return the changes that cause the verdict of `fact`, in its own order."""
    by_id = {change.id: change for change in report.changes}
    return [by_id[name] for name in fact.because if name in by_id]


def where(change: ChangeFound) -> str:
    """Return the store and path of a change, and the new path if it moved."""
    place = f"{change.store}:{change.path}"
    return f"{place} -> {change.to}" if change.to else place


def effect_says(fact: FactFound) -> str:
    """Return the effect on the first source, in words."""
    return "not shown by the capture" if fact.verdict is Verdict.UNSEEN else EFFECT_WORDS[fact.effect]


def fallback_says(fact: FactFound) -> str:
    """Return which source serves now, and what is lost with it."""
    now = fact.fallback
    if fact.verdict is Verdict.UNSEEN and now.right is None:
        return "not judged"
    if now.source is None or now.level == "unavailable":
        return f"no source is left{_loss_says(now)}"
    proof = {True: "and is right", False: "and is wrong", None: "without proof that it is right"}[now.right]
    verb = "takes over" if now.level != "full" else "answers" if now.right else "still answers"
    return f"{now.source} {verb}, {proof}{_loss_says(now)}"


def answers(fact: FactFound) -> tuple[str, str] | None:
    """Return the answers before and after the change; None if nothing was executed."""
    evidence = fact.evidence
    if not evidence:
        return None
    before = evidence.before.text if evidence.before else "unknown"
    after = evidence.error or (evidence.after.text if evidence.after else "no answer")
    return before, after


def effect_lines(fact: FactFound, most: int) -> Iterator[tuple[str, str]]:
    """Yield effect, answers and at most `most` differences of the stores of a fact, each with its label."""
    yield "effect", f"{effect_says(fact)} ({BASIS_WORDS[fact.basis]})"
    pair = answers(fact)
    if pair and fact.evidence:
        yield "answer", f"{pair[0]} -> {pair[1]} ({setting(fact.evidence)})"
        yield from (("differs", line) for line in differences(fact.evidence)[:most])


def failed_checks(fact: FactFound) -> Iterator[tuple[str, str | None]]:
    """Yield the name of each invariant and agreement that does not hold; of an agreement also what its sources say."""
    yield from ((check.name, None) for check in fact.invariants if check.held is False)
    yield from ((check.name, check.says) for check in fact.agreements if check.held is False)


def differences(evidence: Evidence) -> list[str]:
    """Return the differences of the stores before and after, one line each."""
    return [_difference_says(difference) for difference in evidence.differences]


def _difference_says(difference: DifferenceShown) -> str:
    match difference.what:
        case "added":
            return f"added {difference.at}: {difference.after}"
        case "removed":
            return f"removed {difference.at}: {difference.before}"
    return f"{difference.what} {difference.at}: {difference.before} -> {difference.after}"


def setting(evidence: Evidence) -> str:
    """Return in which stores, for which parameters and in which time zone an effect shows."""
    params = (f"{name} = {value}" for name, value in evidence.param.items())
    zone = evidence.zone
    return ", ".join((f"moment {evidence.moment}", *params, *(() if zone == "UTC" else (f"time zone {zone}",))))


def drifted_stores(report: Report) -> list[StoreFound]:
    """Return the stores that differ from their accepted version or are not in their place."""
    return [store for store in report.stores if store.distance or store.found in ("elsewhere", "unreadable")]


def version_says(store: StoreFound) -> str:
    """Return the nearest version of a store, and the distance from it."""
    before, after = version_parts(store)
    return f"{before}{'' if store.distance is None else store.distance}{after}"


def version_parts(store: StoreFound) -> tuple[str, str]:
    """Return the text of `version_says` before and after the distance; the distance may be unknown."""
    if store.resolved is None:
        away = "" if store.distance is None else "; distance "
        return f"no published version is near (accepted: {store.accepted}{away}", f"){mixed(store)}"
    drift = "" if store.resolved == store.accepted else f" (accepted: {store.accepted})"
    return f"{store.resolved}, distance ", f"{drift}{mixed(store)}"


def mixed(store: StoreFound) -> str:
    """Return in words the groups of records of a store that holds records of several shapes; else empty."""
    cohorts = [f"{cohort.path}: {', '.join(map(_group_says, cohort.groups))}" for cohort in store.cohorts]
    return f"; mixed shapes at {'; '.join(cohorts)}" if cohorts else ""


def _group_says(group: CohortGroup) -> str:
    marks = [f"{word} {', '.join(names)}" for word, names in (("with", group.has), ("without", group.lacks)) if names]
    return f"{_plural(group.records, 'record')} {' and '.join(marks)}"


def found_says(store: StoreFound) -> str:
    """Return where a store was found, or why it was not."""
    place = store.found_at
    return f"elsewhere: {place.area} / {place.key}{_in_frame(place.where)}" if place else str(store.found)


def _in_frame(where: str) -> str:
    return f" in {where}" if where else ""


def side_by_side(before: object, after: object) -> list[Row]:
    """Return two JSON values as lines side by side, the changed ones opposite each other."""
    left, right = _json_lines(before), _json_lines(after)
    rows: list[Row] = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        rows += (Row(kind == "equal", *pair) for pair in zip_longest(left[a:b], right[c:d]))
    return rows


def _json_lines(value: object) -> list[str]:
    lines = [] if value is None else dumps(value, indent=2, ensure_ascii=False).split("\n")
    extra = len(lines) - MOST_LINES
    return lines if extra <= 0 else [*lines[:MOST_LINES], f"... (+{extra} lines)"]


def _clauses(counts: Summary) -> str:
    worded = (
        (counts.broken, "broken"),
        (counts.degraded, "degraded"),
        (counts.unseen, "not seen"),
        (counts.suppressed, "suppressed"),
    )
    clauses = [f"{count} {_verb(count, past=word == 'not seen')} {word}" for count, word in worded if count]
    return f"{', '.join(clauses)}{_intact_clause(counts)}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _verb(count: int, *, past: bool) -> str:
    if past:
        return "was" if count == 1 else "were"
    return "is" if count == 1 else "are"


def _intact_clause(counts: Summary) -> str:
    return f" and {counts.intact} {_verb(counts.intact, past=False)} intact" if counts.intact else ""


def _loss_says(now: FallbackFound) -> str:
    return f"; lost: {now.lost}" if now.lost else ""
