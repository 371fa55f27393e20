"""The command that proves contracts: prove."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Sequence

from driftwright.atomic import write_atomically
from driftwright.cli.terminal import progress, progress_done
from driftwright.errors import visible
from driftwright.javascript import Engine
from driftwright.lint import Disagreement, disagreements
from driftwright.lock import NAME, reads_lock
from driftwright.prove import Cell, Proving, ground
from driftwright.prove import prove as proven
from driftwright.schemas import versions_lock
from driftwright.schemas.published import NAME as VERSIONS
from driftwright.workspace import find_workspace


def prove(options: argparse.Namespace) -> int:
    """Replay every rule on every known-good store, and say what nobody would notice."""
    workspace = find_workspace(options.workspace)
    with Engine() as engine:
        on = ground(workspace, engine)
        lock = reads_lock(on)
        file = workspace.contracts / NAME
        if options.write_lock:
            write_atomically(file, lock)
            versions = workspace.schemas / VERSIONS
            write_atomically(versions, versions_lock(workspace.schemas))
            print(f"{file}\n{versions}")
            return 0
        fresh = file.is_file() and file.read_text(encoding="utf-8") == lock
        proving = proven(on, progress("prove"))
        weak = disagreements(on.engine, on.facts, on.moments, on.generalise)
        progress_done()
    print(_json(proving, weak, fresh=fresh) if options.format == "json" else _text(proving, weak, fresh=fresh))
    return 0 if fresh and not any(cell.fails for cell in proving.cells) else 1


def _json(proving: Proving, weak: Sequence[Disagreement], *, fresh: bool) -> str:
    summary = {
        "mutations": len(proving.cells),
        "breaks": len(proving.breaks),
        "score": round(proving.score, 4),
        "wrong_fallbacks": len(proving.wrong),
        "lock_is_fresh": fresh,
    }
    cells = [dataclasses.asdict(cell) for cell in proving.cells]
    notes = [{**dataclasses.asdict(one), "path": str(one.path), "says": one.says} for one in weak]
    return json.dumps({"summary": summary, "cells": cells, "disagreements": notes}, indent=2)


def _text(proving: Proving, weak: Sequence[Disagreement], *, fresh: bool) -> str:
    lines = [f"{'rule':<24} {'fact':<24} {'effect':<12} {'noticed by':<10} {'fallback':<12} where"]
    lines += [_line(cell) for cell in proving.breaks]
    unnoticed = [cell for cell in proving.breaks if cell.noticed == "nothing"]
    lines += [
        "",
        f"{len(proving.cells)} mutations, {len(proving.breaks)} break an answer; mutation score {proving.score:.3f}",
        f"{len(unnoticed)} would go unnoticed, {len(proving.wrong)} would leave a fallback that answers wrongly",
    ]
    lines += [visible(f"note: {one.says}") for one in weak]
    if not fresh:
        lines.append(f"contracts/{NAME} is not fresh: run prove --write-lock and review what changed")
    return "\n".join(lines)


def _line(cell: Cell) -> str:
    mark = "  <- FAILS" if cell.fails else ""
    how = f" ({cell.how})" if cell.how else ""
    return (
        f"{cell.rule:<24} {cell.fact:<24} {cell.effect:<12} {cell.noticed:<10} {cell.fallback:<12} "
        f"{cell.store}:{cell.path}{how}{mark}"
    )
