"""One run of several targets: a folder for each, one overview with a row for each, one history, the worst exit code."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kit.beside import feed, lines, workspace
from kit.canaries import TEXTS, leaks
from kit.program import Program

LOGS = {
    "usual": lines(feed(7, [TEXTS["value"]])).encode(),
    "renamed": lines(feed(7, views="viewCount")).encode(),
    "garbled": b"\xff\xfe{",
}


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A workspace of four targets, all of them logs, of which one is not there and one is no text."""
    made = workspace(tmp_path / "drift", None, ["logged"])
    made.target_file("feed").unlink()
    for name in (*LOGS, "absent"):
        text = f"title = 'A log'\nstores = ['logged']\n[files]\nlogged = '../{name}.ndjson'\n"
        (tmp_path / "drift" / "probes" / f"{name}.toml").write_text(text)
    for name, data in LOGS.items():
        (tmp_path / "drift" / f"{name}.ndjson").write_bytes(data)
    return tmp_path / "out"


def _overview(out: Path) -> dict[str, Any]:
    text = (out / "overview.json").read_text()
    schema = resources.files("driftwright.report").joinpath("formats/overview-v1.schema.json").read_text()
    overview: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(schema)).validate(overview)
    return overview


def _run(program: Program, *arguments: str) -> Any:
    return program("--workspace", "drift", "run", *arguments, "--output", "out")


def test_each_target_has_a_row_a_folder_and_a_place_in_one_history(logs: Path, program: Program) -> None:
    done = _run(program, "usual", "absent", "renamed")
    assert done.code == 1, done
    overview = _overview(logs)
    rows = [(row["target"], row["verdict"], row["counts"]["facts"]) for row in overview["targets"]]
    assert rows == [("usual", "intact", 1), ("absent", "unseen", 1), ("renamed", "broken", 1)]
    assert overview["verdict"] == "broken"
    assert done.stdout.startswith("BROKEN   3 targets: 1 broken, 1 not seen, 1 intact\n")
    assert "cause     `views` is now called `viewCount`" in done.stdout
    for name in ("usual", "absent", "renamed"):
        assert json.loads((logs / name / "report.json").read_text())["capture"]["target"] == name
    page = (logs / "overview.html").read_text()
    assert [f'href="{name}/report.html"' in page for name in ("usual", "absent", "renamed")] == [True] * 3
    assert "<script" not in page
    assert (
        "| `renamed` | broken | 1 broken | `` `views` is now called `viewCount` `` |"
        in (logs / "overview.md").read_text()
    )
    assert not [file for file in logs.rglob("*") if file.is_file() and leaks(file.read_bytes())]
    told = program("history", "out", "--format", "json")
    assert {run["target"] for run in json.loads(told.stdout)["runs"]} == {"usual", "absent", "renamed"}


@pytest.mark.usefixtures("logs")
def test_the_exit_code_is_the_worst_of_all(program: Program) -> None:
    assert _run(program, "usual", "absent").code == 3
    assert _run(program, "absent", "renamed", "--fail-on", "broken").code == 1
    assert _run(program, "usual", "usual").code == 0  # the same one twice is one


def test_what_befalls_one_target_keeps_no_other_from_being_told(logs: Path, program: Program) -> None:
    done = _run(program, "--all")
    assert done.code == 2, done
    assert "garbled.ndjson" in done.stderr
    assert done.stderr.count("\n") == 1
    assert [row["target"] for row in _overview(logs)["targets"]] == ["absent", "renamed", "usual"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no target to look at; name one or several, or --all: absent, garbled, renamed, usual"),
        (("--all", "usual"), "all targets, and some by name"),
        (("usual", "renamed", "--state", "one"), "--state: is for one target alone"),
        (("usual", "none"), "none"),
    ],
)
def test_what_cannot_be_run_is_one_line(logs: Path, program: Program, arguments: tuple[str, ...], said: str) -> None:
    done = _run(program, *arguments)
    assert (done.code, done.stdout, done.stderr.count("\n")) == (2, "", 1), done
    assert said in done.stderr
    assert not logs.exists()
