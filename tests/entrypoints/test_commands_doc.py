"""The reference of the commands is the command line's own, whole and fresh."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from driftwright.entrypoints.cli.parser import build_parser
from driftwright.entrypoints.cli.reference import reference

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "commands.md"


def test_the_page_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", str(PAGE)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, f"run ci/docs: {done.stdout}{done.stderr}"


def test_every_command_is_on_it_with_an_example_and_every_option() -> None:
    text = reference()
    usage = build_parser().format_usage()
    assert "COMMAND" in usage
    sections = dict(zip(re.findall(r"^## (\S+)$", text, re.MULTILINE), text.split("\n## ")[1:], strict=True))
    assert {"init", "accept", "readiness", "completion", "schema", "check", "run", "explain"} <= sections.keys()
    for name, section in sections.items():
        assert f"usage: driftwright {name}" in section
        assert re.search(r"example:\n  \S", section), name
        assert f"(#{name})" in text
    assert "--store STORE=FILE" in sections["check"]
