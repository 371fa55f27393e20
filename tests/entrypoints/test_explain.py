"""Explaining findings, and what the machine tells of itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kit.program import Program
from kit.settings import RIGHT, settings

BROKEN = Path(__file__).parents[1] / "samples" / "broken.report.json"


@pytest.fixture
def report(tmp_path: Path) -> dict[str, object]:
    """A report that a run left in its usual folder."""
    (tmp_path / "driftwright-out").mkdir()
    shutil.copy(BROKEN, tmp_path / "driftwright-out" / "report.json")
    found: dict[str, object] = json.loads(BROKEN.read_text(encoding="utf-8"))
    return found


def test_a_finding_is_told_with_cause_answer_fallback_and_what_to_do(report: dict, program: Program) -> None:  # type: ignore[type-arg]
    fact = next(fact for fact in report["facts"] if fact["findings"] and fact["fallback"]["source"])
    done = program("explain", fact["findings"][0]["fingerprint"])
    assert done.code == 0, done.stderr
    for said in (fact["name"], fact["next"], fact["fallback"]["source"], report["changes"][0]["message"]):
        assert said in done.stdout
    assert (
        f"answer: {fact['evidence']['before']['text']} before, {fact['evidence']['after']['text']} now" in done.stdout
    )
    assert f"driftwright suppress {fact['findings'][0]['fingerprint']}" in done.stdout


def test_facts_and_changes_have_fingerprints_too(report: dict, program: Program) -> None:  # type: ignore[type-arg]
    fact = next(fact for fact in report["facts"] if fact["findings"])
    change = report["changes"][0]
    assert fact["name"] in program("explain", fact["fingerprint"]).stdout
    told = program("explain", change["fingerprint"], "--report", "driftwright-out/report.json").stdout
    assert f"cause: {change['rule']} at {change['store']}:{change['path']}" in told


def test_an_inherited_break_is_explained_by_the_change_of_its_root(
    tmp_path: Path,
    report: dict,  # type: ignore[type-arg]
    program: Program,
) -> None:
    fact = next(fact for fact in report["facts"] if fact["findings"])
    fact["because"].append("fact:another")
    (tmp_path / "driftwright-out" / "report.json").write_text(json.dumps(report), "utf-8")
    done = program("explain", fact["findings"][0]["fingerprint"])
    assert (done.code, done.stderr) == (0, "")
    assert report["changes"][0]["message"] in done.stdout


def test_an_unknown_name_gets_the_nearest(report: dict, program: Program) -> None:  # type: ignore[type-arg]
    known = next(fact for fact in report["facts"] if fact["findings"])["findings"][0]["fingerprint"]
    near = known[:-1] + ("0" if known[-1] != "0" else "1")
    for name, said in ((near, f"did you mean {known!r}?"), ("modrated_count", "did you mean 'moderated_count'?")):
        done = program("explain", name)
        assert done.code == 2
        assert said in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "text", ["{}", '{"schema_version": "report-v1"}', "[", '{"schema_version": "report-v1", "facts": 3}']
)
def test_what_is_no_report_is_named(tmp_path: Path, program: Program, text: str) -> None:
    (tmp_path / "report.json").write_text(text, encoding="utf-8")
    done = program("explain", "0123456789ab", "--report", "report.json")
    assert done.code == 2
    assert "report.json" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert program("explain", "0123456789ab", "--report", "nowhere").code == 2


def test_the_doctor_covers_everything_and_names_nobody(tmp_path: Path, program: Program) -> None:
    found = json.loads(program("doctor", "--json").stdout)
    assert {"driftwright", "python", "system", "browser", "workspace", "contracts", "stores", "targets"} <= found.keys()
    assert found["workspace"] == "built in"
    assert found["profiles"] == "none"
    (tmp_path / "contracts").mkdir()
    (tmp_path / "schemas").mkdir()
    mine = program("doctor", "--json")
    assert json.loads(mine.stdout)["workspace"] == "the current folder"
    assert str(tmp_path) not in mine.stdout
    named = program("--workspace", str(tmp_path), "doctor", "--json")
    assert str(tmp_path) not in named.stdout


def test_a_migration_is_told_with_what_it_moves_and_keeps(tmp_path: Path, program: Program) -> None:
    home = settings(tmp_path / "market", RIGHT)
    assert "envelope" in program("--workspace", str(home), "explain").stdout.partition("migrations:")[2]
    told = program("--workspace", str(home), "explain", "envelope")
    assert (told.code, told.stderr) == (0, "")
    assert "moves: settings v1; panel v1" in told.stdout
    assert "settings.theme               enveloped.state.theme (newest where several meet)" in told.stdout
