"""The migrations as one plain script: the functions that `prove` held its laws against, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from driftwright.authoring.migrations.mover import USUAL_ORDER
from driftwright.impact import compile_code
from driftwright.workspace import Code, Migration

MIGRATIONS = "migrations.js"
"""The file of the package that gives the migrations as `globalThis.driftwrightMigrations`."""


@dataclass(slots=True)
class _Scripts:
    """The files of code that migrations name, each once, by the name of a constant."""

    names: dict[str, str] = field(default_factory=dict)

    def function(self, code: Code) -> str:
        """Return an expression for a function."""
        reader = compile_code(code)
        name = self.names.setdefault(reader.program.script, f"$code{len(self.names)}")
        return f"{name}[{json.dumps(reader.function)}]"


def migrations_script(migrations: Sequence[Migration]) -> str:
    """Return a script that gives, by the name of each migration, its functions `move`, `apply` and, if any, `back`."""
    scripts = _Scripts()
    members = [f"{json.dumps(migration.name)}: {{ {_functions(migration, scripts)} }}," for migration in migrations]
    lines = [f"const {name} = {script};" for script, name in scripts.names.items()]
    body = "\n".join([f"const $usual = {USUAL_ORDER};", *lines, "return {", *members, "};"])
    return f'globalThis.driftwrightMigrations = (() => {{\n"use strict";\n{body}\n}})();\n'


def _functions(migration: Migration, scripts: _Scripts) -> str:
    return ", ".join(f"{name}: {text}" for name, text in _texts(migration, scripts))


def _texts(migration: Migration, scripts: _Scripts) -> Iterator[tuple[str, str]]:
    yield "move", scripts.function(migration.move)
    yield "apply", scripts.function(migration.apply) if migration.apply is not None else "$usual"
    if migration.back is not None:
        yield "back", scripts.function(migration.back)
