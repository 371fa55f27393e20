"""Each verb once as users run it: a process of its own, in a folder, with an exit code.

What else there is to ask of a verb is asked within the process of the tests, which costs a tenth of the time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from driftwright.entrypoints.cli.parser import build_parser
from driftwright.entrypoints.cli.reference import _commands
from driftwright.history.runs import History
from kit.program import Program
from kit.project import write_few_facts
from kit.shop import write_shop
from kit.stories import HURT, story

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
SNAPSHOT = str(TESTS / "standin.snapshot.json")

Given = Callable[[Path], tuple[str, ...]]


def _history(folder: Path) -> None:
    with History(folder / "history") as history:
        for run in story(HURT, HURT):
            history.add(run)


def _with_history(*command: str) -> Given:
    def given(folder: Path) -> tuple[str, ...]:
        _history(folder)
        return command

    return given


def _diff(folder: Path) -> tuple[str, ...]:
    write_shop(folder)
    return "diff", "friday.json", "renamed.json", "--consumer", "readers.js"


def _report(folder: Path) -> tuple[str, ...]:
    shutil.copy(TESTS / "samples" / "broken.report.json", folder / "report.json")
    return "report", ".", "--format", "markdown"


def _suppress(*command: str) -> Given:
    def given(folder: Path) -> tuple[str, ...]:
        shutil.copy(TESTS / "samples" / "broken.report.json", folder / "report.json")
        contracts = folder / "contracts"
        contracts.mkdir()
        (folder / "schemas").mkdir()
        for fact in json.loads((folder / "report.json").read_text())["facts"]:
            (contracts / f"{fact['name']}.toml").touch()
        return (*command, "--reason", "known", "--report", ".")

    return given


def _scan(folder: Path) -> tuple[str, ...]:
    (folder / "secrets").write_text("a-secret-of-ours\n")
    (folder / "log.txt").write_text("it says a-secret-of-ours here")
    return "scan", "log.txt", "--secrets", "secrets"


def _saved(folder: Path) -> tuple[str, ...]:
    (folder / "s.json").write_text(json.dumps({"useMediaStore": json.dumps({"state": {}, "version": 0})}))
    return "probe", "standin", "--from", "session=s.json"


def _captures(folder: Path) -> tuple[str, ...]:
    shutil.copy(SNAPSHOT, folder / "one.snapshot.json")
    return "cohorts", "."


def _always(*command: str) -> Given:
    return lambda _: command


# Each: what is laid out and asked, the exit code, and a part of what is said.
ALONE: dict[str, tuple[Given, int, str]] = {
    "check": (_always("check", SNAPSHOT), 0, "INTACT"),
    "diff": (_diff, 1, "shippedOrders"),
    "report": (_report, 0, "Broken"),
    "scan": (_scan, 1, "log.txt"),
    "explain": (_always("explain", "flag-became-number"), 0, "flag-became-number:"),
    "doctor": (_always("doctor"), 0, "standin"),
    "history": (_with_history("history", "."), 0, "degraded"),
    "alert": (_with_history("alert", "--history", ".", "--dry-run", "--alert", "github", "--repo", "a/b"), 0, "would"),
    "heartbeat": (_with_history("heartbeat", ".", "--max-age", "1h"), 1, "too old"),
    "readiness": (_with_history("readiness", "--history", "."), 0, "count"),
    "baseline": (_suppress("baseline"), 0, "suppressions.toml"),
    "emit": (_always("emit", "--out", "shipped"), 0, f"{len(list((ROOT / 'contracts').glob('*.toml')))} facts"),
    "suppress": (_suppress("suppress", "0123456789ab"), 2, "no finding"),
    "schema": (_always("schema", "contract"), 0, '"$schema"'),
    "cohorts": (_captures, 0, "no shape that at least 5 users"),
    "completion": (_always("completion", "bash"), 0, "driftwright"),
    "probe": (_saved, 0, "standin.snapshot.json"),
}
TOGETHER = ("init", "prove", "accept")  # from nothing to an adopted drift
IN_A_BROWSER = ("run", "trace")


def test_no_verb_is_left_out() -> None:
    assert {*_commands(build_parser())} == {*ALONE, *TOGETHER, *IN_A_BROWSER}


@pytest.mark.parametrize("verb", ALONE)
def test_a_verb_ends_with_its_exit_code_and_says_its_word(process: Program, tmp_path: Path, verb: str) -> None:
    given, code, says = ALONE[verb]
    done = process(*given(tmp_path))
    assert done.code == code, done.stderr
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_from_two_saved_stores_to_an_adopted_drift(process: Program, program: Program, tmp_path: Path) -> None:
    write_shop(tmp_path)
    days = ("--snapshot", "monday.json", "--snapshot", "friday.json")
    assert process("init", "drift", *days, "--readers", "readers.js", "--key", "shop").code == 0
    here = ("--workspace", "drift")
    renamed = ("--store", "shop=renamed.json")
    assert program(*here, "check", *renamed).code == 1
    accepted = process(*here, "accept", *renamed, "--apply")
    assert accepted.code == 0, accepted.stdout + accepted.stderr
    assert program(*here, "check", *renamed).code == 0
    proven = process(*here, "prove", "--format", "json")
    assert proven.stderr == ""
    assert json.loads(proven.stdout)["summary"]["lock_is_fresh"] is True


@pytest.mark.browser("shared")
@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        (("run", "standin", "--output", "out"), 0, "INTACT"),
        pytest.param(
            ("trace", str(ROOT / "probes" / "standin" / "extension"), "--target", "standin", "--seconds", "0.5"),
            *(0, ""),
            marks=pytest.mark.nightly,  # the trial of the wheel traces in a process of its own
        ),
    ],
    ids=IN_A_BROWSER,
)
def test_a_verb_starts_a_browser_of_its_own(
    process: Program, tmp_path: Path, command: tuple[str, ...], code: int, says: str
) -> None:
    done = process("--workspace", str(write_few_facts(tmp_path / "few")), *command)
    assert done.code == code, done.stderr
    assert says in done.stdout
    assert {*tmp_path.iterdir()} > {tmp_path / "few"}
