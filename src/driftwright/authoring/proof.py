"""The proof of a workspace: the matrix of mutations, contracts that read strangely, and whether the lock is fresh."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from driftwright import __version__
from driftwright.authoring.lock import NAME, reads_lock
from driftwright.authoring.prove.disagreements import Disagreement, disagreements
from driftwright.authoring.prove.prove import COUNTED, Proving, ground, prove_contracts
from driftwright.impact import Engine
from driftwright.workspace import Workspace


@dataclass(frozen=True, slots=True)
class WorkspaceProof:
    """What came of proving the contracts of a workspace.

    Args:
        proving: Every mutation of every known-good store, and who notices it.
        disagreements: Comparisons in the readers that no schema bears out.
        lock_is_fresh: Whether the lock of reads is as the readers read today.
    """

    proving: Proving
    disagreements: tuple[Disagreement, ...]
    lock_is_fresh: bool

    @property
    def proven(self) -> bool:
        """Whether no break would go unnoticed, no fallback would answer wrongly, and the lock is fresh."""
        return self.lock_is_fresh and not self.proving.fails

    @property
    def score(self) -> float:
        """Share of the breaks that something could show that something notices, from 0 to 1."""
        return self.proving.score


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


def proof_record(proof: WorkspaceProof) -> dict[str, Any]:
    """Return a proof as the plain values that its formats are written from."""
    proving = proof.proving
    summary = {
        "proven": proof.proven,
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
        "lock_is_fresh": proof.lock_is_fresh,
    }
    cells = [{**dataclasses.asdict(cell), "breaks": cell.breaks, "fails": cell.fails} for cell in proving.cells]
    notes = [{**dataclasses.asdict(one), "path": str(one.path), "says": one.says} for one in proof.disagreements]
    tool = {"name": "driftwright", "version": __version__}
    return {"tool": tool, "summary": summary, "cells": cells, "disagreements": notes}


def _floored(share: float) -> float:
    """Return a share with three decimals, rounded down: only a whole one is shown as 1."""
    return math.floor(share * 1000) / 1000
