"""What every format says in the same words: order, sentences and the escaping of foreign text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import zip_longest
from json import dumps
from typing import Any, NamedTuple

from driftwright.base.errors import visible
from driftwright.base.terms import SEVERITY

Record = Mapping[str, Any]  # one report-v1 record, or a part of it, as it came from JSON

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
    """Return foreign text on one line, as no terminal and no build log takes it for a command.

    GitHub's runner obeys `::command::` behind any white space at the start of a line, where our words may leave this
    text, so a colon that comes first is written as an escape; `visible` does so with its older `##[command]`.
    """
    shown = visible(text)
    return shown.replace(":", "\\u003a", 1) if shown.lstrip().startswith(":") else shown


def cut(text: str, limit: int) -> str:
    """Return foreign text, inert, with at most `limit` characters of it and a note of how many are left out."""
    shown = inert(text[:limit])
    return shown if len(text) <= limit else f"{shown}... (+{len(text) - limit} characters)"


def headline(record: Record) -> str:
    """Return the one sentence that says what was found."""
    blind = record["capture"]["blind"]
    if blind:
        return f"The capture could not see the page: {inert(blind['what'])}."
    counts = record["summary"]
    total = _plural(counts["facts"], "derived fact")
    if not counts["facts"]:
        return "No derived fact was judged."
    if set_aside(record):
        return f"Of {total}, {_clauses(counts)}."
    if counts["intact"] == counts["facts"]:
        return (
            f"All {total} still give the right answer." if counts["facts"] > 1 else "The derived fact is still right."
        )
    clauses = [
        f"{counts[verdict]} {_be(counts[verdict], past=verdict == 'unseen')} {VERDICT_WORDS[verdict]}"
        for verdict in ("broken", "degraded", "unseen")
        if counts[verdict]
    ]
    return f"Of {total}, {', '.join(clauses)}{_rest(counts)}."


def ranked(record: Record) -> list[Record]:
    """Return the derived facts, the most severe first and otherwise as the report lists them."""
    return sorted(record["facts"], key=lambda fact: -SEVERITY.index(fact["verdict"]))


def hurt(record: Record) -> list[Record]:
    """Return the derived facts that are not intact and count, the most severe first."""
    return [fact for fact in ranked(record) if fact["verdict"] != "intact" and not fact.get("suppressed")]


def set_aside(record: Record) -> list[Record]:
    """Return the derived facts whose finding is suppressed: they are hurt, and do not count."""
    return [fact for fact in ranked(record) if fact.get("suppressed")]


def suppressed_says(part: Record) -> str:
    """Return why a fact, a finding or a change does not count, and until when; empty while it counts."""
    mark = part.get("suppressed")
    return f"suppressed until {mark['expires']}: {mark['reason']}" if mark else ""


def findings(fact: Record) -> list[tuple[str, str]]:
    """Return the fingerprint of each finding of a fact, and what it stands for in words."""
    return [(one["fingerprint"], _finding_says(one)) for one in fact.get("findings", ())]


def _finding_says(one: Record) -> str:
    where = f"{one['store']}:{one['path']}" if one["store"] else one["path"]
    return ", ".join(filter(None, (f"{one['rule']} at {where}", suppressed_says(one))))


def readers(change: Record) -> list[str]:
    """Return who reads where a change is; a fact that only falls back to reading there is marked."""
    first = change.get("read_first", change["read_by"])
    return [name if name in first else f"{name} (beside its first source)" for name in change["read_by"]]


def sightings(fact: Record) -> list[Record]:
    """Return how often the capture showed each path at which a fact's reading ends."""
    return list(fact.get("evidence_seen", ()))


def wrong(record: Record) -> list[Record]:
    """Return the derived facts that are known to be hurt, the most severe first; an heir stands under its root."""
    known = [fact for fact in hurt(record) if fact["verdict"] != "unseen"]
    shown = {fact["name"] for fact in known}
    return [fact for fact in known if fact.get("inherits") not in shown]


def heirs(record: Record, fact: Record) -> list[Record]:
    """Return the derived facts that inherit the break of `fact`, because they take its answers as parameters."""
    own = [other for other in record["facts"] if other.get("inherits") == fact["name"]]
    return hurt({"facts": own})  # the few are ranked, not all of them for each fact anew


def proposals(record: Record) -> list[Record]:
    """Return the confirmed patches of reading code."""
    return list(record.get("proposals", ()))


def proposal_says(proposal: Record) -> str:
    """Return what a patch mends, and how that is known."""
    left = f"; more is needed for {', '.join(proposal['leaves'])}" if proposal["leaves"] else ""
    return f"mends {', '.join(proposal['mends'])}, confirmed by {_plural(proposal['confirmed_by'], 'answer')}{left}"


def patch_lines(proposal: Record) -> list[str]:
    """Return the lines of a patch."""
    lines: list[str] = proposal["diff"].removesuffix("\n").split("\n")
    return lines


def unseen(record: Record) -> list[Record]:
    """Return the derived facts of which the capture showed no evidence."""
    return [fact for fact in record["facts"] if fact["verdict"] == "unseen"]


def unseen_by_next(record: Record) -> Mapping[str, list[Record]]:
    """Return the unseen derived facts by what to do about them, so that one advice stands once."""
    groups: dict[str, list[Record]] = {}
    for fact in unseen(record):
        groups.setdefault(fact["next"], []).append(fact)
    return groups


def missing(fact: Record) -> str:
    """Return the paths of an unseen fact that no evidence was found for."""
    return ", ".join(fact["unseen"]["paths"]) if fact["unseen"] else str(fact["says"])


def sound(record: Record) -> list[Record]:
    """Return the derived facts that are intact."""
    return [fact for fact in record["facts"] if fact["verdict"] == "intact"]


def alerts(record: Record) -> list[Record]:
    """Return the changes that some derived fact reads."""
    return [change for change in record["changes"] if change["read_by"]]


def ledger(record: Record) -> list[Record]:
    """Return the changes that no derived fact reads; they are never alerts."""
    return [change for change in record["changes"] if not change["read_by"]]


def causes(record: Record, fact: Record) -> list[Record]:
    """Return the changes that cause the verdict of `fact`, in its own order."""
    by_id = {change["id"]: change for change in record["changes"]}
    return [by_id[name] for name in fact["because"] if name in by_id]


def where(change: Record) -> str:
    """Return the store and path of a change, and where it went."""
    at = f"{change['store']}:{change['path']}"
    return f"{at} -> {change['to']}" if change["to"] else at


def effect_says(fact: Record) -> str:
    """Return what happened to the first source, in words."""
    return "not shown by the capture" if fact["verdict"] == "unseen" else EFFECT_WORDS[fact["effect"]]


def fallback_says(fact: Record) -> str:
    """Return what the extension works with now, and what it loses by it."""
    now = fact["fallback"]
    if fact["verdict"] == "unseen" and now["right"] is None:
        return "not judged"
    if now["source"] is None or now["level"] == "unavailable":
        return f"no source is left{_loss(now)}"
    proof = {True: "and is right", False: "and is wrong", None: "without proof that it is right"}[now["right"]]
    verb = "answers" if now["level"] == "full" else "takes over"
    return f"{now['source']} {verb}, {proof}{_loss(now)}"


def answers(fact: Record) -> tuple[str, str] | None:
    """Return the answers before and after the change; None if nothing was executed."""
    evidence = fact["evidence"]
    if not evidence:
        return None
    before = evidence["before"]["text"] if evidence["before"] else "unknown"
    after = evidence["error"] or (evidence["after"]["text"] if evidence["after"] else "no answer")
    return before, after


def effect_lines(fact: Record, most: int) -> Iterator[tuple[str, str]]:
    """Yield what a fact suffers and how that shows, each with its label; at most `most` differences of the stores."""
    yield "effect", f"{effect_says(fact)} ({BASIS_WORDS[fact['basis']]})"
    pair = answers(fact)
    if pair:
        yield "answer", f"{pair[0]} -> {pair[1]} ({setting(fact['evidence'])})"
        yield from (("differs", line) for line in differences(fact["evidence"])[:most])


def differences(evidence: Record) -> list[str]:
    """Return what the stores before and after differ in, a line each."""
    return [_difference(one) for one in evidence.get("differences", ())]


def _difference(one: Record) -> str:
    match one["what"]:
        case "added":
            return f"added {one['at']}: {one['after']}"
        case "removed":
            return f"removed {one['at']}: {one['before']}"
    return f"{one['what']} {one['at']}: {one['before']} -> {one['after']}"


def setting(evidence: Record) -> str:
    """Return in which stores, for which parameters and in which time zone an effect shows."""
    params = (f"{name} = {value}" for name, value in evidence["param"].items())
    zone = evidence.get("zone", "UTC")
    return ", ".join((f"moment {evidence['moment']}", *params, *(() if zone == "UTC" else (f"time zone {zone}",))))


def drifted_stores(record: Record) -> list[Record]:
    """Return the stores that are not as they were accepted."""
    return [store for store in record["stores"] if store["distance"] or store["found"] in ("elsewhere", "unreadable")]


def version_says(store: Record) -> str:
    """Return which version a store is nearest to, and how far from it."""
    before, after = version_parts(store)
    return f"{before}{'' if store['distance'] is None else store['distance']}{after}"


def version_parts(store: Record) -> tuple[str, str]:
    """Return what `version_says` says before and after the distance; the first ends without one if none is known."""
    if store["resolved"] is None:
        away = "" if store["distance"] is None else "; distance "
        return f"no published version is near (accepted: {store['accepted']}{away}", f"){mixed(store)}"
    drift = "" if store["resolved"] == store["accepted"] else f" (accepted: {store['accepted']})"
    return f"{store['resolved']}, distance ", f"{drift}{mixed(store)}"


def mixed(store: Record) -> str:
    """What tells apart the records of a store that holds several shapes side by side."""
    cohorts = [f"{one['path']}: {', '.join(map(_group_says, one['groups']))}" for one in store.get("cohorts", ())]
    return f"; mixed shapes at {'; '.join(cohorts)}" if cohorts else ""


def _group_says(group: Record) -> str:
    marks = [
        f"{word} {', '.join(names)}" for word, names in (("with", group["has"]), ("without", group["lacks"])) if names
    ]
    return f"{_plural(group['records'], 'record')} {' and '.join(marks)}"


def found_says(store: Record) -> str:
    """Return where a store was found, or what became of it."""
    at = store["found_at"]
    return f"elsewhere: {at['area']} / {at['key']}{_in(at['where'])}" if at else str(store["found"])


def _in(where: str) -> str:
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


def _clauses(counts: Record) -> str:
    words = {"broken": "broken", "degraded": "degraded", "unseen": "not seen", "suppressed": "suppressed"}
    clauses = [
        f"{counts[key]} {_be(counts[key], past=key == 'unseen')} {word}" for key, word in words.items() if counts[key]
    ]
    return f"{', '.join(clauses)}{_rest(counts)}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _be(count: int, *, past: bool) -> str:
    if past:
        return "was" if count == 1 else "were"
    return "is" if count == 1 else "are"


def _rest(counts: Record) -> str:
    return f" and {counts['intact']} {_be(counts['intact'], past=False)} intact" if counts["intact"] else ""


def _loss(now: Record) -> str:
    return f"; lost: {now['lost']}" if now["lost"] else ""
