"""Prove a workspace: the mutation results, the readers that disagree, and whether the lock of reads is up to date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path as File

from driftwright.authoring.lock import NAME, reads_lock
from driftwright.authoring.migrations.prove import USUAL, prove_migration
from driftwright.authoring.prove.disagreements import disagreements
from driftwright.authoring.prove.gaps import find_gaps
from driftwright.authoring.prove.prove import load_workspace, prove_contracts
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
    file = workspace.contracts / NAME
    fresh = file.exists() and read_text(file) == reads_lock(loaded)
    proving = prove_contracts(loaded, progress)
    differ = tuple(disagreements(engine, loaded.facts, loaded.moments, loaded.generalise))
    migrations = tuple(
        prove_migration(migration, engine, loaded.facts, made_up, progress)
        for migration in load_migrations(workspace.migrations, loaded.stores)
    )
    names = tuple(profile.moment for profile in loaded.profiles)
    gaps = find_gaps(loaded, proving.cells)
    return WorkspaceProof(proving, differ, gaps, fresh, migrations=migrations, profiles=names)
