"""Migrations and their laws as lines of text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from driftwright.report import LawProved, MigrationProved, cut
from driftwright.workspace import MERGES, Migration

_MOST = 4_000
"""Characters of one shown document; the JSON has all of it."""


def migration_lines(migration: Migration) -> Iterator[str]:
    """Yield what a migration moves, keeps and drops."""
    versions = (f"{moved.store.name} {', '.join(v.name for v in moved.versions)}" for moved in migration.moved)
    yield f"{migration.name}: {migration.title} ({migration.kind})"
    yield ""
    yield f"moves: {'; '.join(versions)}"
    if migration.read:
        yield f"reads: {', '.join(store.name for store in migration.read)}"
    yield f"writes: {', '.join(store.name for store in migration.to)}"
    yield f"way back: {'declared' if migration.back is not None else 'none'}"
    yield "keeps:"
    for kept in migration.keep:
        yield f"  {kept!s:<28} {kept.target} ({MERGES[migration.class_of(kept)]} where several meet)"
    for field, reason in migration.dropped.items():
        yield f"drops {field}: {reason}"
    yield "driftwright prove holds its laws against it"


def law_lines(migration: MigrationProved) -> Iterator[str]:
    """Yield what became of each law of a migration, a failed one with the smallest profile that shows it."""
    yield ""
    tried = f"{migration.witnesses} profiles of witnesses and {migration.generated} made up"
    yield f"migration {migration.name} ({migration.kind}): {len(migration.laws)} laws on {tried}"
    for law in migration.laws:
        yield f"  {law.number} {law.name:<16} {_result(law)}"
        yield from _shown(law)


def _result(law: LawProved) -> str:
    if law.holds:
        return f"holds on {law.tried}"
    return f"FAILS on {law.failed} of {law.tried}" if law.failed else "FAILS: no profile puts it to the test"


def _shown(law: LawProved) -> Iterator[str]:
    if law.shown is None:
        return
    yield f"    the law: {law.says}"
    yield f"    {law.shown.says}{f', after {law.shown.drift}' if law.shown.drift else ''}"
    yield from _documents("before", law.shown.before)
    yield from _documents("after ", law.shown.after)


def _documents(when: str, stores: Mapping[str, Any]) -> Iterator[str]:
    for name, document in stores.items():
        yield f"    {when} {name} = {cut(json.dumps(document, ensure_ascii=False), _MOST)}"
