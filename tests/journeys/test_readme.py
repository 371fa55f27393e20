"""The README: short, true to the letter where it shows the program, and without a dead link."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from kit.program import Program
from kit.project import ROOT

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
SHOWN = re.findall(r"^```console\n\$ (.*?)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)")


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_what_the_readme_shows_is_what_the_program_prints(
    program: Program, tmp_path: Path, command: str, output: str
) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    words = shlex.split(command)
    assert words[0] == "driftwright"
    done = program(*words[1:])
    assert (done.stdout, done.stderr) == (output, "")
    assert f"The exit code is {done.code} " in TEXT


def test_the_readme_shows_something() -> None:
    assert len(SHOWN) >= 1
    assert set(FILES) == {"before.json", "after.json", "readers.js"}


def test_the_readme_is_read_in_three_minutes() -> None:
    prose = re.sub(r"^```.*?^```$|^    [^\n]*$", "", TEXT, flags=re.MULTILINE | re.DOTALL)
    assert len(prose.split()) <= 3 * 260, "a person reads some 260 words a minute"


def test_every_word_is_defined_before_the_readme_uses_it() -> None:
    for word in ("reader", "fact", "fallback", "witness", "moment", "target", "probe", "snapshot"):
        found = re.search(rf"\*\*{word}s?\*\*", TEXT)
        assert found, word
        first = re.search(rf"(?<![\w/-]){word}(?:s|es)?(?![\w.-])", TEXT)
        assert first
        assert first.start() >= found.start(), word


def _headings(page: Path) -> set[str]:
    texts = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in texts}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_leads_nowhere(page: Path) -> None:
    told = re.sub(r"<!-- \[\[\[cog.*?\]\]\] -->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for file, heading in LINK.findall(told):
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), file
        if heading and there.suffix == ".md":
            assert heading in _headings(there), f"{file}#{heading}"
