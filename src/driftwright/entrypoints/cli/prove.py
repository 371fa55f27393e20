"""The command that proves contracts: prove."""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path as File

from driftwright import __version__
from driftwright.authoring import COUNTED, NAME, Disagreement, Proving, disagreements, ground, reads_lock
from driftwright.authoring import prove_contracts as proven
from driftwright.base.errors import visible
from driftwright.base.files import write_atomically
from driftwright.entrypoints.cli.exits import DRIFT, INTACT
from driftwright.entrypoints.cli.output import folder_for_output
from driftwright.entrypoints.cli.terminal import progress, progress_done
from driftwright.impact import Engine
from driftwright.report import Record
from driftwright.workspace import NAME as VERSIONS
from driftwright.workspace import find_workspace, versions_lock


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
    _tell(_record(proving, weak, fresh=fresh), options)
    return INTACT if fresh and not proving.fails else DRIFT


def _tell(record: Record, options: argparse.Namespace) -> None:
    for name in options.format or ["text"]:
        text = _RENDERERS[name](record)
        if options.output:
            write_atomically(folder_for_output(File(options.output)) / FILES[name], text)
        else:
            print(text, end="")
    if options.output:
        print(options.output)


def _record(proving: Proving, weak: Sequence[Disagreement], *, fresh: bool) -> Record:
    summary = {
        "proven": fresh and not proving.fails,
        "mutations": len(proving.cells),
        "breaks": len(proving.breaks),
        "noticed": sum(proving.noticed_by.values()),
        "noticed_by": proving.noticed_by,
        "unnoticed": len(proving.unnoticed),
        "unshowable": len(proving.unshowable),
        "score": _floored(proving.score),
        "noticed_share": _floored(proving.noticed_share),
        "counted": COUNTED,
        "wrong_fallbacks": len(proving.wrong),
        "unaware_fallbacks": len(proving.unaware),
        "lock_is_fresh": fresh,
    }
    cells = [{**dataclasses.asdict(cell), "breaks": cell.breaks, "fails": cell.fails} for cell in proving.cells]
    notes = [{**dataclasses.asdict(one), "path": str(one.path), "says": one.says} for one in weak]
    tool = {"name": "driftwright", "version": __version__}
    return {"tool": tool, "summary": summary, "cells": cells, "disagreements": notes}


def _floored(share: float) -> float:
    """Return a share with three decimals, rounded down: only a whole one is shown as 1."""
    return math.floor(share * 1000) / 1000


def _json(record: Record) -> str:
    return json.dumps(record, indent=2) + "\n"


def _text(record: Record) -> str:
    cells, summary = record["cells"], record["summary"]
    first = sorted((cell for cell in cells if cell["breaks"]), key=lambda cell: not cell["fails"])
    by = ", ".join(f"{count} by {name}" for name, count in summary["noticed_by"].items() if count)
    lines = [
        f"{'rule':<24} {'fact':<24} {'effect':<12} {'noticed by':<10} {'fallback':<12} where",
        *map(_line, first),
        "",
        f"{summary['mutations']} mutations, {summary['breaks']} break an answer; mutation score {summary['score']:.3f}",
        f"{summary['noticed']} are noticed" + (f": {by}" if by else ""),
        f"{summary['unnoticed']} would go unnoticed, {summary['wrong_fallbacks']} leave a wrong fallback",
        f"{summary['unshowable']} nothing can show, {summary['unaware_fallbacks']} are served as a smaller store",
        f"counted: {COUNTED}",
    ]
    lines += [visible(f"note: {one['says']}") for one in record["disagreements"]]
    if not summary["lock_is_fresh"]:
        lines.append(f"contracts/{NAME} is not fresh: run prove --write-lock and review what changed")
    return "\n".join(lines) + "\n"


def _line(cell: Record) -> str:
    mark = "  <- FAILS" if cell["fails"] else ""
    how = f" ({cell['how']})" if cell["how"] else ""
    return visible(
        f"{cell['rule']:<24} {cell['fact']:<24} {cell['effect']:<12} {cell['noticed']:<10} {cell['fallback']:<12} "
        f"{cell['store']}:{cell['path']}{how}{mark}"
    )


def _html(record: Record) -> str:
    from driftwright.report import render_proof

    return render_proof(record)


_RENDERERS = {"text": _text, "json": _json, "html": _html}
FILES = {"text": "prove.txt", "json": "prove.json", "html": "prove.html"}
