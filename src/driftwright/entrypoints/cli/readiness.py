"""The command readiness: which facts may move on to their next phase."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import visible
from driftwright.base.terms import Phase
from driftwright.entrypoints.cli.job import open_history
from driftwright.history import Promotion, find_history, promotions
from driftwright.workspace import START, Fact, find_workspace, load_facts

FORMAT = "readiness-v1"


def readiness(options: argparse.Namespace) -> int:
    """Say of every derived fact whether it may move on to its next phase, and what is missing."""
    workspace = find_workspace(options.workspace)
    if options.profiles:
        from driftwright.entrypoints.cli.sessions import session_lines

        print("\n".join(map(visible, session_lines(workspace, tuple(map(File, options.profiles))))))
        return 0
    facts = load_facts(workspace.contracts)
    with open_history(find_history(options.history)) as history:
        runs = history.runs(options.target)
    results = promotions(facts, runs, workspace.gates)
    fields = _fields(facts, results)
    if options.format == "json":
        print(json.dumps(_record(results, len(runs), fields), indent=2))
    else:
        lines = [*_lines(results, len(runs)), *_field_lines(fields)]
        if workspace.built_in:
            lines.append(f"{workspace.built_in_says}; {START}")
        print("\n".join(map(visible, lines)))
    return 0


@dataclass(frozen=True, slots=True)
class _Field:
    """A field that the consumer stores itself, and whether it can be derived instead.

    Args:
        name: Its name.
        fact: The derived fact that says the same.
        stays: Whether it has to be stored as before.
        why: Why it stays; else empty.
    """

    name: str
    fact: str
    stays: bool
    why: str


def _fields(facts: Sequence[Fact], results: Sequence[Promotion]) -> tuple[_Field, ...]:
    """Return the fields that contracts name: past its first phase, or where it may move on, a fact can replace its."""
    fields = []
    for fact, promotion in zip(facts, results, strict=True):
        if fact.field:
            ready = fact.phase is not Phase.VALIDATE or promotion.may_move
            why = fact.stays or ("" if ready else _answer(promotion))
            fields.append(_Field(fact.field, fact.name, bool(why), why))
    return tuple(sorted(fields, key=lambda field: (field.stays, field.name)))


def _field_lines(fields: Sequence[_Field]) -> list[str]:
    if not fields:
        return []
    lines = ["", "fields of your own:"]
    for field in fields:
        says = f"stays: {field.why}" if field.stays else f"can be derived, as {field.fact}"
        lines.append(f"  {field.name}  {says}")
    return lines


def _record(results: tuple[Promotion, ...], runs: int, fields: Sequence[_Field]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "runs": runs,
        "fields": [dataclasses.asdict(field) for field in fields],
        "facts": [
            {
                "name": promotion.fact,
                "phase": str(promotion.phase),
                "next": str(promotion.next) if promotion.next else None,
                "may_move": promotion.may_move,
                "runs": promotion.record.runs,
                "days": promotion.record.days,
                "agreed": promotion.record.agreed,
                "compared": promotion.record.compared,
                "agreement": promotion.record.agreement,
                "differing": [{"what": difference, "runs": times} for difference, times in promotion.record.differing],
                "last_seen": promotion.record.last_seen.isoformat() if promotion.record.last_seen else None,
                "last_break": promotion.record.last_break.isoformat() if promotion.record.last_break else None,
                "asked": [
                    {
                        "what": condition.what,
                        "needs": condition.needs,
                        "has": condition.has,
                        "passed": condition.passed,
                        "says": condition.says,
                    }
                    for condition in promotion.asked
                ],
            }
            for promotion in results
        ],
    }


def _lines(results: tuple[Promotion, ...], runs: int) -> list[str]:
    width = max(len(promotion.fact) for promotion in results)
    lines = [f"{runs} runs; a blind run, and one that did not see a fact, count as nothing", ""]
    lines.append(f"{'fact':<{width}}  {'phase':<8}  {'next':<7}  runs  days  agreement")
    for promotion in results:
        record = promotion.record
        rate = record.agreement
        agreement = "-" if rate is None else f"{rate:.3f} of {record.compared}"
        answer = _answer(promotion)
        lines.append(
            f"{promotion.fact:<{width}}  {promotion.phase:<8}  {promotion.next or '-':<7}  "
            f"{record.runs:>4}  {record.days:>4}  "
            f"{agreement:<14}  {answer}"
        )
    movable = [promotion.fact for promotion in results if promotion.may_move]
    lines += ["", f"may move on: {', '.join(movable) or 'none'}"]
    if movable:
        lines.append("to move one, write its next phase into contracts/<fact>.toml and review what users will see")
    return lines


def _answer(promotion: Promotion) -> str:
    if promotion.next is None:
        return "at its last phase"
    if promotion.may_move:
        return "may move"
    return "; ".join(condition.says for condition in promotion.asked if not condition.passed)
