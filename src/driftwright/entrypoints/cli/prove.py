"""The command that proves contracts: prove."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path as File

from driftwright.authoring import NAME, accept_breaks, prove_workspace, with_acceptances, write_locks
from driftwright.base.errors import InputFault, visible
from driftwright.base.files import write_atomically
from driftwright.entrypoints.cli.exits import DRIFT, INTACT
from driftwright.entrypoints.cli.laws import law_lines
from driftwright.entrypoints.cli.output import folder_for_output
from driftwright.entrypoints.cli.terminal import progress, progress_done
from driftwright.impact import Engine
from driftwright.report import Cell, Notice, WorkspaceProof, proof_record
from driftwright.workspace import own_workspace


def prove(options: argparse.Namespace) -> int:
    """Replay every rule on every known-good store, and show which breaks would go unnoticed."""
    workspace = own_workspace(options.workspace, "prove")
    if options.made_up < 0:
        raise InputFault("there are no fewer profiles than none", "--made-up", "", "give a number from 0")
    profiles = tuple(map(File, options.profiles or ()))
    with Engine() as engine:
        if options.write_lock:
            print("\n".join(map(str, write_locks(workspace, engine))))
            return 0
        proof = prove_workspace(workspace, engine, progress("prove"), options.made_up, profiles)
        progress_done()
        if options.accept:
            for cell in accept_breaks(proof, options.accept, options.reason or "", workspace):
                print(visible(f"accepted {cell.fingerprint} {cell.fact}: {cell.rule} at {cell.at}"))
            proof = with_acceptances(proof, workspace, engine, profiles)
    _write_proof(proof, options)
    return INTACT if proof.proven else DRIFT


def _write_proof(proof: WorkspaceProof, options: argparse.Namespace) -> None:
    where = f"--workspace {options.workspace} " if options.workspace else ""
    for name in options.format or ["text"]:
        text = _text(proof, f"driftwright {where}prove") if name == "text" else _RENDERERS[name](proof)
        if options.output:
            write_atomically(folder_for_output(File(options.output)) / FILES[name], text)
        else:
            print(text, end="")
    if options.output:
        print(options.output)


def _json(proof: WorkspaceProof) -> str:
    return json.dumps(proof_record(proof), indent=2) + "\n"


def _text(proof: WorkspaceProof, command: str) -> str:
    summary = proof.summary
    first = sorted(proof.proving.breaks, key=lambda cell: not cell.fails)
    by = ", ".join(f"{count} by {name}" for name, count in summary.noticed_by.items() if count)
    lines = [
        f"{'rule':<24} {'fact':<24} {'effect':<12} {'noticed by':<10} {'fallback':<12} where",
        *map(_line, first),
        "",
        f"{summary.mutations} mutations, {summary.breaks} break an answer; mutation score {summary.score:.3f}",
        f"{summary.noticed} are noticed" + (f": {by}" if by else ""),
        f"{summary.unnoticed} would go unnoticed, {summary.wrong_fallbacks} leave a wrong fallback",
        f"{summary.unshowable} nothing can show, {summary.unaware_fallbacks} are served as a smaller store",
        f"counted: {summary.counted}",
    ]
    if proof.profiles:
        lines.append(
            f"proved on the known-good stores and on {len(proof.profiles)} profiles: a fallback that is missing"
        )
        lines[-1] += " in one of them is promised nowhere"
    if summary.accepted:
        lines.append(f"{summary.accepted} of these are accepted, each with a reason")
    lines += [visible(f"proves nothing: {gap.fact}: {gap.says}") for gap in proof.gaps]
    lines += [visible(f"note: {disagreement.says}") for disagreement in proof.disagreements]
    if not summary.lock_is_fresh:
        lines.append(f"contracts/{NAME} is not fresh: run prove --write-lock and review what changed")
    lines += [visible(line) for migration in proof.migrations for line in law_lines(migration)]
    lines += map(visible, _to_do(proof, command))
    return "\n".join(lines) + "\n"


def _to_do(proof: WorkspaceProof, command: str) -> Iterator[str]:
    """Yield what is left to be done, a line each, with the command that accepts it instead."""
    failing = {cell.fingerprint: cell for cell in proof.proving.fails}
    if failing:
        yield "to do: add a source that survives it, or an invariant or guard (needs) that tells it; or accept it:"
    for name, cell in failing.items():
        how = "nothing notices" if cell.noticed is Notice.NOTHING else "a source answers wrongly after"
        yield f'  {command} --accept {name} --reason "..."  # {cell.fact}: {how} {cell.rule} at {cell.at}'
    if len(failing) > 1:
        yield f'  {command} --accept all --reason "..."  # all {len(failing)} for one reason'


def _line(cell: Cell) -> str:
    mark = "  <- FAILS" if cell.fails else "  accepted" if cell.accepted else ""
    how = f" ({cell.how})" if cell.how else ""
    how += f" on {cell.profile}" if cell.profile else ""
    return visible(
        f"{cell.rule:<24} {cell.fact:<24} {cell.effect:<12} {cell.noticed:<10} {cell.fallback:<12} "
        f"{cell.store}:{cell.path}{how}{mark}"
    )


def _html(proof: WorkspaceProof) -> str:
    from driftwright.report import render_proof

    return render_proof(proof)


_RENDERERS = {"json": _json, "html": _html}
FILES = {"text": "prove.txt", "json": "prove.json", "html": "prove.html"}
