"""The package that `emit` makes of the repository's contracts, and what reads it: Node, the bundler, the compiler."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

from driftwright.base.files import write_atomically
from driftwright.entrypoints.emitting import emitted
from driftwright.workspace import Workspace, workspace_in

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "tests" / "published" / "node_modules"  # by `npm ci --prefix tests/published`
NAME = "my-contracts"
_HOMES = {
    "site": "grok/useMediaStore/v1",
    "session": "grok-auto-retry/session/v6",
    "sessions": "grok-auto-retry/sessions/v5",
    "post": "grok-auto-retry/post/v3",
}
STORES = tuple(_HOMES)
"""The stores that the repository's contracts read."""


def install(project: Path, workspace: Workspace | None = None) -> Path:
    """Emit a workspace's package, the repository's unless another is given, into a project; return its folder."""
    folder = project / "node_modules" / NAME
    source = workspace or workspace_in(ROOT)
    emitted(source, folder, NAME, "" if workspace else "standin").write(folder)
    return folder


def link(consumer: Path, folder: Path, *modules: str) -> None:
    """Give a folder the package of a consumer, and modules that are installed for tests."""
    held = folder / "node_modules"
    held.mkdir()
    (held / NAME).symlink_to(consumer / "node_modules" / NAME)
    for module in modules:
        (held / module).symlink_to(MODULES / module)


def moment(name: str) -> dict[str, Any]:
    """Return the known-good stores of a moment, by their names."""
    folders = {store: ROOT / "schemas" / home for store, home in _HOMES.items()}
    return {store: json.loads((folder / f"{name}.witness.json").read_text()) for store, folder in folders.items()}


def node(project: Path, script: str, values: object = None, *options: str) -> Any:
    """Run an ES module in Node, in a project; return what it hands to `answer`.

    No text can be made code of there, as under a strict content security policy. `values` is its input, as JSON. Each
    call has files of its own, for several workers run modules in the project that they share.
    """
    own = uuid4().hex
    module, given, answer = (project / f"{own}.{name}" for name in ("mjs", "given.json", "answer.json"))
    head = (
        'import { readFileSync, writeFileSync } from "node:fs";\n'
        f'const given = JSON.parse(readFileSync("{given.name}", "utf8"));\n'
        f'const answer = (value) => writeFileSync("{answer.name}", JSON.stringify(value));\n'
    )
    write_atomically(module, head + script)
    write_atomically(given, json.dumps(values))
    command = ["node", "--disallow-code-generation-from-strings", *options, module.name]
    done = subprocess.run(
        command, cwd=project, capture_output=True, text=True, check=False, env=_environment(), timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(answer.read_text("utf-8"))


def bundled(project: Path, script: str) -> str:
    """Return an ES module with all that it imports, bundled and minified by esbuild as a consumer does it."""
    esbuild = next(MODULES.glob("@esbuild/*/bin/esbuild"))
    command = [str(esbuild), "--bundle", "--minify", "--format=esm", "--log-level=error"]
    done = subprocess.run(command, input=script, cwd=project, capture_output=True, text=True, check=True)
    return done.stdout


def compiled(project: Path, *files: str) -> list[str]:
    """Compile files with `tsc --strict`; return a line for each error."""
    options = {
        "strict": True,
        "noUncheckedIndexedAccess": True,
        "exactOptionalPropertyTypes": True,
        "skipLibCheck": False,
        "module": "nodenext",
        "target": "es2022",
        "lib": ["es2023", "dom"],
        "types": [],
        "noEmit": True,
    }
    config = {"compilerOptions": options, "files": list(files)}
    write_atomically(project / "tsconfig.json", json.dumps(config))
    compiler = MODULES / "typescript" / "bin" / "tsc"
    assert compiler.is_file(), "run npm ci --prefix tests/published"
    command = ["node", str(compiler), "-p", "tsconfig.json", "--pretty", "false"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    errors = [line for line in done.stdout.splitlines() if ": error TS" in line]
    assert bool(errors) == bool(done.returncode), done.stdout + done.stderr
    return errors


def _environment() -> dict[str, str]:
    return {**os.environ, "TZ": "UTC"}
