"""No witness, no verdict: without known-good stores nothing shows what a reader gets right, and nothing is fine.

Every command that judges or adopts ends with exit code 2 or 3 once they are deleted or cannot be read.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from driftwright.base.errors import InputFault
from driftwright.entrypoints.api import check
from driftwright.entrypoints.cli.parser import build_parser
from kit.examples import NIGHTLY
from kit.once import Made
from kit.program import Program, run_here
from kit.shop import begin_shop, renamed, shop


def _make(folder: Path) -> None:
    begin_shop(folder)
    (folder / "drifted.json").write_text(json.dumps({"shop": json.dumps(renamed(5))}))
    (folder / "good.json").write_text(json.dumps({"shop": json.dumps(shop(5))}))
    run = ("--workspace", "drift", "run", "shop", "--from", "session=drifted.json", "--output", "out")
    assert run_here(folder, *run).code == 1


@pytest.fixture
def folder(made_once: Made, tmp_path: Path) -> Path:
    """A shop with its workspace, and what two runs of it left."""
    shutil.copytree(made_once("runs of a shop", _make), tmp_path, dirs_exist_ok=True)
    return tmp_path


def _witnesses(folder: Path) -> list[Path]:
    found = sorted((folder / "drift" / "schemas").rglob("*.witness.json"))
    assert found
    return found


def _delete(file: Path) -> None:
    file.unlink()


def _cut(file: Path) -> None:
    file.write_text(file.read_text()[:40])


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _no_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")


def _folder_instead(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _dangling(file: Path) -> None:
    file.unlink()
    file.symlink_to("nowhere.json")


COMMANDS = (
    "run shop --from session=good.json --output out",
    "run shop --from session=drifted.json --output out",
    "check out/shop.snapshot.json --format json",
    "check --store shop=friday.json",
    "check --store shop=renamed.json --fail-on broken",
    "accept out/shop.snapshot.json",
    "accept --store shop=friday.json",
    "accept --store shop=renamed.json --apply",
    "cohorts out/shop.snapshot.json",
    "prove --write-lock",
)
"""What judges or adopts, on what was right and on what drifted."""
NO_JUDGES = frozenset(
    "alert baseline completion diff doctor emit explain heartbeat history init probe prove readiness report scan "  # noqa: SIM905
    "schema suppress trace".split()
)
"""They judge no store by this workspace; `prove` without options fails by name (`test_gaps`)."""


def test_no_command_is_left_out() -> None:
    verbs = re.findall(r"^    ([a-z]+) ", build_parser().format_help(), re.MULTILINE)
    assert {command.split()[0] for command in COMMANDS} - {"prove"} == set(verbs) - NO_JUDGES


RARE = [pytest.param(one, marks=pytest.mark.nightly) for one in (_empty, _no_text, _folder_instead, _dangling)]


@pytest.mark.parametrize("spoil", [_delete, _cut, *RARE])
def test_without_witnesses_nothing_is_fine(folder: Path, program: Program, spoil: Callable[[Path], None]) -> None:
    for file in _witnesses(folder):
        spoil(file)
    before = _workspace(folder)
    for command in COMMANDS if NIGHTLY or spoil is not _delete else COMMANDS[1::2]:  # each of these runs readers
        done = program("--workspace", "drift", *command.split())
        assert done.code in (2, 3), (command, done)
        told = done.stdout.lower().replace('"intact": 0', "").replace("0 intact", "")
        assert "intact" not in told.replace("(. intact", ""), (command, done.stdout)
        assert "Traceback" not in done.stderr
    for day in ("friday", "renamed"):
        _by_the_library(folder, day)
    assert _workspace(folder) == before, "nothing was adopted"


def _workspace(folder: Path) -> dict[Path, bytes]:
    files = [folder / "readers.js", *(folder / "drift").rglob("*")]
    return {file: file.read_bytes() for file in files if file.is_file()}


def _by_the_library(folder: Path, day: str) -> None:
    try:
        report = check({"shop": folder / f"{day}.json"}, workspace=folder / "drift")
    except InputFault:
        return
    assert report.verdict == "unseen"
    assert report.summary.intact == 0
