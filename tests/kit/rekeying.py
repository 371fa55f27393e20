"""The re-keying of this repository's workspace, as it is and made wrong, each wrong one in a single way."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from driftwright.authoring.migrations.prove import prove_migration
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.readers import CompiledFact, compile_fact
from driftwright.report.migration import MigrationProved
from driftwright.workspace.code import Code
from driftwright.workspace.contract import load_facts
from driftwright.workspace.migration import Migration
from driftwright.workspace.migration_file import load_migrations
from driftwright.workspace.schemas.load import load_stores

ROOT = Path(__file__).resolve().parents[2]
NAME = "session_by_parent"
SOURCE = ROOT / "migrations" / f"{NAME}.ts"


@cache
def right() -> Migration:
    """The migration that the workspace has."""
    (migration,) = (
        migration
        for migration in load_migrations(ROOT / "migrations", load_stores(ROOT / "schemas"))
        if migration.name == NAME
    )
    return migration


@cache
def facts() -> tuple[CompiledFact, ...]:
    """The facts of the workspace."""
    return tuple(map(compile_fact, load_facts(ROOT / "contracts")))


def made_wrong(*changes: tuple[str, str]) -> Migration:
    """Return the migration with pieces of its source replaced; only the newest old versions, for tests to be quick."""
    text = SOURCE.read_text("utf-8")
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)

    def code(export: str) -> Code:
        return Code(text, str(SOURCE), "", export)

    migration = right()
    newest = tuple(replace(moved, versions=moved.versions[-1:]) for moved in migration.moved)
    return replace(migration, moved=newest, move=code("toParent"), back=code("toPosts"), apply=code("carryOut"))


def proved(engine: Engine, migration: Migration, count: int = 16) -> MigrationProved:
    """Prove a migration on its witnesses and some made up profiles."""
    return prove_migration(migration, engine, facts(), count)


def broken_laws(proof: MigrationProved) -> set[str]:
    """Return the names of the laws that fail."""
    return {law.name for law in proof.failed}
