"""A small runner of GitHub's workflows: it does their steps in a folder, as far as the templates need."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was run: its name, its exit code and all that it said."""

    name: str
    code: int
    output: str


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs jobs, each in a fresh clone; caches and artifacts are folders beside it.

    Args:
        box: The folder of the runner.
        repository: The repository whose workflows run.
        known: What expressions may ask for, such as `vars.NAME` and `github.token`, by name.
        environment: The variables of the machine.
    """

    box: Path
    repository: Path
    known: dict[str, str]
    environment: Mapping[str, str]
    steps: list[Step] = field(default_factory=list)

    def job(self, file: Path, name: str, without: tuple[str, ...] = ()) -> list[Step]:
        """Run one job of a workflow and return its steps.

        Args:
            file: The workflow.
            name: The job.
            without: Names of steps that a test does itself, or that change the machine.
        """
        workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
        job = workflow["jobs"][name]
        work, temporary = self.box / "work", self.box / "temporary"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        temporary.mkdir(exist_ok=True)
        about = {
            "RUNNER_TEMP": str(temporary),
            "GITHUB_STEP_SUMMARY": str(self.box / "summary.md"),
            "GITHUB_OUTPUT": str(self.box / "output"),
            "CI": "true",
        }
        shared = {
            **self.environment,
            **about,
            **self._filled(workflow.get("env", {})),
            **self._filled(job.get("env", {})),
        }
        done: list[Step] = []
        for step in job["steps"]:
            failed = any(ended.code for ended in done)
            if failed and "always()" not in step.get("if", ""):
                continue
            if step.get("name") in without:
                continue
            if "uses" in step:
                self._use(step["uses"].partition("@")[0], step.get("with", {}), work)
            else:
                done.append(self._run(step, {**shared, **self._filled(step.get("env", {}))}, work))
        for output, text in self._filled(job.get("outputs", {})).items():
            self.known[f"needs.{name}.outputs.{output}"] = text
        return done

    def _run(self, step: Mapping[str, Any], environment: Mapping[str, str], work: Path) -> Step:
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        folder, output = work / step.get("working-directory", "."), Path(environment["GITHUB_OUTPUT"])
        output.write_text("", encoding="utf-8")
        done = subprocess.run(command, cwd=folder, env=dict(environment), capture_output=True, text=True, check=False)
        for line in output.read_text(encoding="utf-8").splitlines():
            name, _, text = line.partition("=")
            self.known[f"steps.{step['id']}.outputs.{name}"] = text
        return Step(step.get("name", ""), done.returncode, done.stdout + done.stderr)

    def _filled(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {
            name: _EXPRESSION.sub(lambda match: self.known.get(match.group(1), ""), str(value))
            for name, value in values.items()
        }

    def _use(self, action: str, options: Mapping[str, Any], work: Path) -> None:
        match action:
            case "actions/checkout":
                subprocess.run(["git", "clone", "--quiet", str(self.repository), str(work)], check=True)
            case "actions/cache/restore" | "actions/download-artifact":
                self._copy(self._shelf(action, options), work / options["path"])
            case "actions/cache/save" | "actions/upload-artifact":
                self._copy(work / options["path"], self._shelf(action, options))
            case "actions/setup-python":
                pass
            case _:
                raise AssertionError(f"the runner knows no {action}")

    def _shelf(self, action: str, options: Mapping[str, Any]) -> Path:
        kind = "cache" if "cache" in action else f"artifact-{options['name']}"
        return self.box / "shelf" / kind

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)


def path_with(folder: Path) -> str:
    """Return a search path on which the programs of a folder come first."""
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
