"""Accept what fails a proof, each with a reason, in the contracts themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as File

from driftwright.base.errors import InputFault, visible
from driftwright.base.files import read_text, write_together
from driftwright.base.toml import quoted
from driftwright.report import Cell, WorkspaceProof
from driftwright.workspace import Workspace

EVERYTHING = "all"
"""The word for all that fails."""


def accept_breaks(proof: WorkspaceProof, names: Sequence[str], reason: str, workspace: Workspace) -> tuple[Cell, ...]:
    """Write into the contracts that some of what fails a proof is accepted, and return it.

    Args:
        proof: The proof that it fails.
        names: What: fingerprints, names of facts (all that fails of them), or `all`.
        reason: Why it is accepted.
        workspace: The workspace.

    Raises:
        InputFault: The reason is empty, or nothing that fails has such a name.
        MachineFault: A contract cannot be written; none was changed.
    """
    if not reason.strip():
        raise InputFault("the reason is empty", "--reason", "", "say why the contracts may live with it")
    failing = {cell.fingerprint: cell for cell in proof.proving.fails}
    for name in names:
        if name != EVERYTHING and name not in failing and name not in {cell.fact for cell in failing.values()}:
            mend = f"it fails by {', '.join(failing) or 'nothing'}"
            raise InputFault(f"nothing that fails is called {name!r}", "--accept", "", mend)
    chosen = [cell for cell in failing.values() if {EVERYTHING, cell.fingerprint, cell.fact} & set(names)]
    texts: dict[File, str] = {}
    for cell in chosen:
        file = workspace.contracts / f"{cell.fact}.toml"
        texts[file] = (texts.get(file) or read_text(file)).rstrip("\n") + "\n" + _entry(cell, reason)
    write_together(texts)
    return tuple(chosen)


def _entry(cell: Cell, reason: str) -> str:
    why = quoted(visible(" ".join(reason.split())))
    return (
        f"\n[[accepted]]\nrule   = {quoted(cell.rule)}\nat     = {quoted(cell.at)}\n"
        f'effect = "{cell.effect}"\nreason = {why}\n'
    )
