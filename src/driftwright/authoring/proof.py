"""Prove a workspace: the mutation results, the readers that disagree, and whether the lock of reads is up to date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path as File

from driftwright.authoring.lock import NAME, reads_lock
from driftwright.authoring.migrations.prove import USUAL, prove_migration
from driftwright.authoring.prove.disagreements import disagreements
from driftwright.authoring.prove.gaps import find_gaps
from driftwright.authoring.prove.prove import LoadedWorkspace, accepted_by, load_workspace, prove_contracts
from driftwright.base.files import read_text
from driftwright.impact import Engine
from driftwright.report import WorkspaceProof
from driftwright.workspace import Workspace, load_migrations


def prove_workspace(
    workspace: Workspace,
    engine: Engine,
    progress: Callable[[str], None],
    made_up: int = USUAL,
    profiles: Sequence[File] = (),
) -> WorkspaceProof:
    """Replay every mutation on every known-good store, report which ones would be noticed, and prove the migrations.

    Args:
        workspace: The contracts and schemas.
        engine: V8.
        progress: Called with a short phrase at each stage.
        made_up: How many profiles to make up for each migration, beside those of its witnesses.
        profiles: Files of profiles that the contracts are proved on, beside those that the workspace keeps.

    Raises:
        InputFault: A contract, schema or reader is not what it should be.
    """
    loaded = load_workspace(workspace, engine, profiles)
    fresh = _is_fresh(loaded, workspace)
    proving = prove_contracts(loaded, progress)
    differ = tuple(disagreements(engine, loaded.facts, loaded.moments, loaded.generalise))
    migrations = tuple(
        prove_migration(migration, engine, loaded.facts, made_up, progress)
        for migration in load_migrations(workspace.migrations, loaded.stores)
    )
    names = tuple(profile.moment for profile in loaded.profiles)
    gaps = find_gaps(loaded, proving.cells)
    return WorkspaceProof(proving, differ, gaps, fresh, migrations=migrations, profiles=names)


def with_acceptances(
    proof: WorkspaceProof, workspace: Workspace, engine: Engine, profiles: Sequence[File] = ()
) -> WorkspaceProof:
    """Return a proof with what the contracts accept by now; acceptances are all that may have changed since.

    Args:
        proof: The proof.
        workspace: The workspace, read anew.
        engine: V8.
        profiles: As `prove_workspace` was given them.

    Raises:
        InputFault: A contract is not what it should be.
    """
    loaded = load_workspace(workspace, engine, profiles)
    facts = {fact.fact.name: fact.fact for fact in loaded.facts}
    cells = tuple(accepted_by(facts[cell.fact], cell) for cell in proof.proving.cells)
    proving = replace(proof.proving, cells=cells)
    return replace(proof, proving=proving, gaps=find_gaps(loaded, cells), lock_is_fresh=_is_fresh(loaded, workspace))


def _is_fresh(loaded: LoadedWorkspace, workspace: Workspace) -> bool:
    file = workspace.contracts / NAME
    return file.exists() and read_text(file) == reads_lock(loaded)
