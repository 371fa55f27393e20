"""The command that says which facts may move on: readiness."""

from __future__ import annotations

import argparse
import json
from typing import Any

from driftwright.base.errors import visible
from driftwright.entrypoints.cli.job import folder_of_history, open_history
from driftwright.history import Promotion, promotions
from driftwright.workspace import find_workspace, load_facts

FORMAT = "readiness-v1"


def readiness(options: argparse.Namespace) -> int:
    """Say of every derived fact whether it may move on to its next phase, and what is missing."""
    workspace = find_workspace(options.workspace)
    facts = load_facts(workspace.contracts)
    with open_history(folder_of_history(options.history)) as history:
        runs = history.runs(options.target)
    found = promotions(facts, runs, workspace.gates)
    if options.format == "json":
        print(json.dumps(_record(found, len(runs)), indent=2))
    else:
        print("\n".join(map(visible, _lines(found, len(runs)))))
    return 0


def _record(found: tuple[Promotion, ...], runs: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "runs": runs,
        "facts": [
            {
                "name": one.fact,
                "phase": str(one.phase),
                "next": str(one.next) if one.next else None,
                "may_move": one.may_move,
                "runs": one.record.runs,
                "days": one.record.days,
                "agreed": one.record.agreed,
                "compared": one.record.compared,
                "agreement": one.record.agreement,
                "last_seen": one.record.last_seen.isoformat() if one.record.last_seen else None,
                "last_break": one.record.last_break.isoformat() if one.record.last_break else None,
                "asked": [
                    {"what": a.what, "needs": a.needs, "has": a.has, "passed": a.passed, "says": a.says}
                    for a in one.asked
                ],
            }
            for one in found
        ],
    }


def _lines(found: tuple[Promotion, ...], runs: int) -> list[str]:
    width = max(len(one.fact) for one in found)
    lines = [f"{runs} runs; a blind run, and one that did not see a fact, count as nothing", ""]
    lines.append(f"{'fact':<{width}}  {'phase':<8}  {'next':<7}  runs  days  agreement")
    for one in found:
        rate = one.record.agreement
        told = "-" if rate is None else f"{rate:.3f} of {one.record.compared}"
        answer = _answer(one)
        lines.append(
            f"{one.fact:<{width}}  {one.phase:<8}  {one.next or '-':<7}  {one.record.runs:>4}  {one.record.days:>4}  "
            f"{told:<14}  {answer}"
        )
    movable = [one.fact for one in found if one.may_move]
    lines += ["", f"may move on: {', '.join(movable) or 'none'}"]
    if movable:
        lines.append("to move one, write its next phase into contracts/<fact>.toml and review what users will see")
    return lines


def _answer(one: Promotion) -> str:
    if one.next is None:
        return "at its last phase"
    return "may move" if one.may_move else "; ".join(asked.says for asked in one.asked if not asked.passed)
