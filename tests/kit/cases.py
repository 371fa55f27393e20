"""The cases of the rules: two documents each, and what is to be found between them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from driftwright.structure.change.model import Change
from driftwright.verdict.diff import structural_changes

CASES = File(__file__).parents[1] / "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """Two documents and what is to be found between them."""

    rule: str
    name: str
    before: Any
    after: Any
    description: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.rule}/{self.name}"

    @property
    def fires(self) -> bool:
        return bool(self.description["fires"])

    def changes(self) -> tuple[Change, ...]:
        return structural_changes(self.before, self.after)


def read_case(folder: File) -> Case:
    before, after = (json.loads((folder / name).read_text("utf-8")) for name in ("before.json", "after.json"))
    description = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    return Case(folder.parent.name, folder.name, before, after, description)


ALL = [read_case(file.parent) for file in sorted(CASES.glob("*/*/case.toml"))]
