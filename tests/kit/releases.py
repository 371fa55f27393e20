"""The releases of the stand-in, each run once by `driftwright run` in a real browser, however many tests look at it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from driftwright.snapshot.file import read_snapshot
from driftwright.snapshot.model import Snapshot
from kit.once import Made
from kit.program import run_here

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = "standin.snapshot.json"


@dataclass(frozen=True, slots=True)
class Run:
    """What one `driftwright run` left behind."""

    code: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return loaded

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        return {fact["name"]: fact for fact in self.report["facts"]}

    @property
    def snapshot(self) -> Snapshot:
        return read_snapshot(self.folder / SNAPSHOT)

    def everything(self) -> str:
        files = sorted(file for file in self.folder.rglob("*") if file.is_file())
        texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
        return "\n".join([self.stdout, self.stderr, *texts])


Releases: TypeAlias = Callable[[str], Run]
"""A release by its name; the empty name is today's."""


def run_standin(folder: Path, *options: str, workspace: Path = ROOT, state: Path | None = None) -> Run:
    """Run the scheduled job on the stand-in; what it leaves goes to the folder's `out`."""
    output = folder / "out"
    command = ("--workspace", str(workspace), "run", "standin", "--output", str(output), *options)
    done = run_here(folder, *command, XDG_STATE_HOME=str(state or folder / "state"))
    return Run(done.code, done.stdout, done.stderr, output)


def releases(made_once: Made) -> Releases:
    """Return the releases, which share one salt as the captures of one machine do."""

    def make(name: str, folder: Path) -> None:
        state = made_once("state of the releases", lambda _: None)
        done = run_standin(folder, *(("--drift", name) if name else ()), state=state)
        (folder / "done.json").write_text(json.dumps([done.code, done.stdout, done.stderr]), encoding="utf-8")

    def run(name: str) -> Run:
        folder = made_once(f"release {name or 'of today'}", partial(make, name))
        code, stdout, stderr = json.loads((folder / "done.json").read_text(encoding="utf-8"))
        return Run(code, stdout, stderr, folder / "out")

    return run
