"""Living with findings: all of them adopted as a baseline, one suppressed, and what comes of it later."""

from __future__ import annotations

import json
import shutil
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kit.once import Made
from kit.program import Program, run_here
from kit.shop import begin_shop

HERE = ("--workspace", "drift")
RENAMED = ("check", "--store", "shop=renamed.json", "--format", "json", "--output", "driftwright-out")


def _make(folder: Path) -> None:
    begin_shop(folder)
    assert run_here(folder, *HERE, *RENAMED).code == 1


@pytest.fixture
def drifted(made_once: Made, tmp_path: Path) -> Path:
    """The folder of a shop whose field was renamed, with the report of it."""
    shutil.copytree(made_once("shop with a report of a renamed field", _make), tmp_path, dirs_exist_ok=True)
    return tmp_path


def _entries(folder: Path) -> list[dict[str, Any]]:
    return list(tomllib.loads((folder / "drift" / "suppressions.toml").read_text())["suppress"])


def _findings(folder: Path) -> list[str]:
    report = json.loads((folder / "driftwright-out" / "report.json").read_text())
    return [finding["fingerprint"] for fact in report["facts"] for finding in fact["findings"]]


def test_a_baseline_takes_all_present_findings_and_a_new_one_counts(program: Program, drifted: Path) -> None:
    done = program(*HERE, "baseline", "--reason", "known in May", "--expires", "2999-06-30")
    assert (done.code, done.stderr) == (0, "")
    assert {entry["fingerprint"] for entry in _entries(drifted)} >= set(_findings(drifted))
    assert {(entry["reason"], entry["expires"].isoformat()) for entry in _entries(drifted)} == {
        ("known in May", "2999-06-30")
    }
    assert program(*HERE, *RENAMED, "--strict").code == 0
    again = program(*HERE, "baseline", "--reason", "known in May")
    assert (again.code, "nothing to suppress" in again.stdout) == (0, True)
    shop = json.loads((drifted / "renamed.json").read_text())
    (drifted / "renamed.json").write_text(json.dumps({**shop, "orders": {}}))
    assert program(*HERE, *RENAMED).code != 0, "what was not there yet is no part of the baseline"


def test_one_finding_is_suppressed_and_the_file_keeps_what_it_says(program: Program, drifted: Path) -> None:
    first, *others = _findings(drifted)
    file = drifted / "drift" / "suppressions.toml"
    odd = 'why: "it"\\ ]] [[suppress]]\n# x\x7f'
    assert program(*HERE, "suppress", first, "--reason", odd).code == 0
    (entry,) = _entries(drifted)
    last = datetime.now(UTC).date() + timedelta(days=90)
    assert (entry["fingerprint"], entry["expires"]) == (first, last)
    assert entry["reason"].startswith('why: "it"\\ ]] [[suppress]] # x')
    file.write_text("# ours, by hand\n" + file.read_text())
    assert program(*HERE, "suppress", others[0], "--reason", "that too").code == 0
    assert file.read_text().startswith("# ours, by hand\n")
    assert [entry["fingerprint"] for entry in _entries(drifted)] == [first, others[0]]


def test_what_has_expired_is_written_anew_once(program: Program, drifted: Path) -> None:
    first, *_ = _findings(drifted)
    file = drifted / "drift" / "suppressions.toml"
    file.write_text(f'[[suppress]]\nfingerprint = "{first}"\nreason = "then"\nexpires = 2020-01-01\n')
    assert program(*HERE, "baseline", "--reason", "now").code == 0
    entries = _entries(drifted)
    assert [entry["reason"] for entry in entries if entry["fingerprint"] == first] == ["now"]
    assert program(*HERE, *RENAMED).code == 0


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("suppress", "0123456789ab", "--reason", "x"), "no finding '0123456789ab' in the report"),
        (("baseline", "--reason", " "), "the reason is empty"),
        (("baseline", "--reason", "x", "--expires", "2020-01-01"), "2020-01-01 has passed"),
        (("baseline", "--reason", "x", "--expires", "soon"), "'soon' is no day"),
        (("baseline", "--reason", "x", "--report", "nowhere"), "no report with findings"),
    ],
)
def test_what_cannot_be_suppressed_is_one_line(
    program: Program, drifted: Path, command: tuple[str, ...], says: str
) -> None:
    done = program(*HERE, *command)
    assert (done.code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr
    assert not (drifted / "drift" / "suppressions.toml").exists()


def test_no_report_of_other_contracts_and_no_built_in_workspace(program: Program, drifted: Path) -> None:
    mine = program("baseline", "--reason", "x")
    assert (mine.code, "no workspace here to suppress findings in" in mine.stderr) == (2, True)
    (drifted / "drift" / "contracts" / "shipped_orders.toml").unlink()
    other = program(*HERE, "baseline", "--reason", "x")
    assert (other.code, "which is not here" in other.stderr) == (2, True)
