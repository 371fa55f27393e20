"""The proof of a workspace: the matrix of mutations, contracts that read strangely, and whether the lock is fresh."""

from __future__ import annotations

from collections.abc import Callable

from driftwright.authoring.lock import NAME, reads_lock
from driftwright.authoring.prove.disagreements import disagreements
from driftwright.authoring.prove.prove import ground, prove_contracts
from driftwright.impact import Engine
from driftwright.report import WorkspaceProof
from driftwright.workspace import Workspace


def prove_workspace(workspace: Workspace, engine: Engine, progress: Callable[[str], None]) -> WorkspaceProof:
    """Replay every rule on every known-good store, and see who would notice.

    Args:
        workspace: The contracts and schemas.
        engine: V8.
        progress: Called with a short phrase at each stage.

    Raises:
        InputFault: A contract, schema or reader is not what it should be.
    """
    on = ground(workspace, engine)
    file = workspace.contracts / NAME
    fresh = file.is_file() and file.read_text(encoding="utf-8") == reads_lock(on)
    proving = prove_contracts(on, progress)
    return WorkspaceProof(proving, tuple(disagreements(engine, on.facts, on.moments, on.generalise)), fresh)
