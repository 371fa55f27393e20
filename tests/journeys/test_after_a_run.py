"""What `run` does after judging, and the commands on the history: run as users run them."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from driftwright.base.errors import BlindFault, InputFault, MachineFault
from driftwright.entrypoints.cli.history import _table, duration
from driftwright.entrypoints.cli.job import Job, finish
from driftwright.history.alert.channel import channel
from driftwright.history.alert.past import past_of
from driftwright.history.run import Run, as_record, run_of
from driftwright.history.runs import History
from driftwright.history.sent import Sent, sent_record
from driftwright.verdict.reported import blind_report
from kit.program import Program
from kit.stored import read
from kit.stories import BLIND, GOOD, HURT, MORE, a_run, story

FAULT = BlindFault("the page asked for a login", "standin.toml", "login-wall", "sign in")


def kept(folder: Path, *runs: Run) -> None:
    with History(folder / "history") as history:
        for run in runs:
            history.add(run)


def aged(hours: float, number: int, says: Any = GOOD, target: str = "shop") -> Run:
    when = datetime.now(UTC) - timedelta(hours=hours)
    return replace(a_run(number, says), recorded_at=when.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), target=target)


def test_history_is_a_table_of_runs_without_colour_off_a_terminal(tmp_path: Path, program: Program) -> None:
    kept(tmp_path / "out", *story(GOOD, HURT, BLIND, MORE), a_run(5, GOOD))
    done = program("history", "out", "--limit", "4")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "run  time (UTC)           target  verdict   facts hurt",
        "2    2026-03-01 02:00:00  shop    degraded  1 of 3: count",
        "3    2026-03-01 03:00:00  shop    blind     saw nothing: bot-wall",
        "4    2026-03-01 04:00:00  shop    degraded  2 of 3: count, outcome",
        "5    2026-03-01 05:00:00  shop    intact    0 of 3",
    ]
    assert program("history", "out/history", "--limit", "4").stdout == done.stdout


def test_history_as_json_holds_what_the_table_holds(tmp_path: Path, program: Program) -> None:
    kept(tmp_path, *story(GOOD, HURT), replace(a_run(3, GOOD), target="other"))
    found = json.loads(program("history", ".", "--format", "json", "--target", "shop").stdout)
    assert found["format"] == "history-v1"
    assert [(run["sequence"], run["verdict"], run["target"]) for run in found["runs"]] == [
        (1, "intact", "shop"), (2, "degraded", "shop")
    ]  # fmt: skip


def test_history_as_json_is_the_whole_history(tmp_path: Path, program: Program) -> None:
    kept(tmp_path, *[a_run(number, GOOD) for number in range(1, 31)])
    with History(tmp_path / "history") as history:
        runs = history.runs()
        sent = Sent("webhook", "key", 2, active=True, run=runs[1].id)
        history.mark(sent)
    whole = json.loads(program("history", ".", "--format", "json").stdout)
    assert whole["runs"] == [{"sequence": run.sequence, **json.loads(json.dumps(as_record(run)))} for run in runs]
    assert whole["sent"] == [sent_record(sent)]
    newest = json.loads(program("history", ".", "--format", "json", "--limit", "3").stdout)
    assert (newest["runs"], newest["sent"]) == (whole["runs"][-3:], [])
    assert len(program("history", ".").stdout.splitlines()) == 21


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (("history", "nowhere"), "nowhere: no history; name the output folder of a run, or its history folder"),
        (("history", "out", "--target", "x"), "--target: no run of the target 'x'; targets in this history: shop"),
        (("history", "out", "--limit", "0"), "--limit: not a number of runs; ask for 1 or more"),
        (("heartbeat", "nowhere", "--max-age", "1h"), "nowhere: no history"),
        (("heartbeat", "out", "--max-age", "soon"), "--max-age: no duration; write 90m, 36h or 2d"),
        (("alert", "--history", "nowhere", "--dry-run"), "nowhere: no history"),
        (("alert", "--history", "out", "--alert", "webhook"), "DRIFTWRIGHT_WEBHOOK_URL: no address for the webhook"),
        (
            ("alert", "--history", "out", "--dry-run", "--report", "a.json"),
            "a.json:/tool: a report-v1 document with something missing",
        ),
    ],
)
def test_what_is_not_there_is_one_line_and_exits_2(
    tmp_path: Path, program: Program, command: tuple[str, ...], line: str
) -> None:
    kept(tmp_path / "out", a_run(1, GOOD))
    (tmp_path / "a.json").write_text('{"schema_version": "report-v1"}', "utf-8")
    done = program(*command)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"driftwright: {line}")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "nowhere").exists()


def test_a_heartbeat_tells_both_running_and_seeing(tmp_path: Path, program: Program) -> None:
    kept(tmp_path, aged(50, 1), aged(40, 2), aged(3, 3, BLIND))
    done = program("heartbeat", ".", "--max-age", "36h")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout == "shop: last ran 3 hours ago (blind: bot-wall), last saw the page 40 hours ago\n"
    done = program("heartbeat", ".", "--max-age", "36h", "--seeing")
    assert (done.code, done.stdout) == (1, "")
    assert done.stderr.endswith(
        "last saw the page 40 hours ago; more than 36 hours is too old: look whether the job still runs\n"
    )
    assert program("heartbeat", ".", "--max-age", "2d", "--seeing").code == 0
    assert program("heartbeat", ".", "--max-age", "90m").code == 1


def test_a_heartbeat_counts_every_target_and_no_run_of_the_future(tmp_path: Path, program: Program) -> None:
    kept(tmp_path, aged(50, 1, target="quiet"), aged(1, 2), aged(1, 3, BLIND, target="dark"))
    assert program("heartbeat", ".", "--max-age", "36h").code == 1
    assert program("heartbeat", ".", "--max-age", "36h", "--target", "shop").code == 0
    dark = program("heartbeat", ".", "--max-age", "36h", "--target", "dark", "--seeing")
    assert (dark.code, "never saw the page" in dark.stderr) == (1, True)
    kept(tmp_path, aged(-5, 4))
    done = program("heartbeat", ".", "--max-age", "36h", "--target", "shop")
    assert (done.code, "in the future" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("text", "hours"), [("90m", 1.5), ("36h", 36), ("2d", 48), ("1d12h", 36), ("3600s", 1), ("1w", 168), ("1.5h", 1.5)]
)
def test_durations_are_read(text: str, hours: float) -> None:
    assert duration(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "36", "h", "-1h", "1y", "0h", "1h!", "1 h", "9" * 12 + "h", "99999999w", "1hh"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InputFault, match="write 90m, 36h or 2d"):
        duration(text)


def test_a_blind_run_is_recorded_too_and_its_report_has_a_past(tmp_path: Path) -> None:
    kept(tmp_path, replace(a_run(1, GOOD), target="standin"))
    done = finish(blind_report(FAULT, "standin", "worked", "1"), Job(tmp_path, tmp_path / "history"))
    written = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert done.past is not None
    assert [(run["verdict"], run["blind"]) for run in written["past"]["runs"]] == [
        ("intact", ""),
        ("blind", "login-wall"),
    ]
    assert written["past"]["last_good"] == a_run(1, GOOD).recorded_at
    assert [(alert["status"], alert["title"]) for alert in written["past"]["alerts"]] == [
        ("waiting", "standin cannot be seen")
    ]


def test_a_history_that_cannot_be_kept_keeps_nobody_from_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "history").write_text("a file where the folder should be", "utf-8")
    with pytest.raises(InputFault, match="name another folder"):
        finish(blind_report(FAULT, "standin", "worked", "1"), Job(tmp_path, tmp_path / "history"))
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["past"] is None
    assert "login-wall" in capsys.readouterr().out


def test_reports_that_cannot_be_written_are_printed_and_the_run_is_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("a file where the folder should be", "utf-8")
    with pytest.raises(InputFault, match="cannot be made a folder"):
        finish(blind_report(FAULT, "standin", "worked", "1"), Job(tmp_path / "out", tmp_path / "history"))
    with History(tmp_path / "history") as history:
        assert [run.blind for run in history.runs()] == ["login-wall"]
    assert "login-wall" in capsys.readouterr().out


def test_a_channel_that_fails_is_the_last_fault_of_a_run_that_did_all_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hook = channel("webhook", {"DRIFTWRIGHT_WEBHOOK_URL": "http://127.0.0.1:9/"})
    job = Job(tmp_path, tmp_path / "history", (hook,))
    report = blind_report(FAULT, "standin", "worked", "1")
    finish(report, job)  # nothing to tell yet
    with pytest.raises(MachineFault, match="the webhook did not answer"):
        finish(report, job)
    with History(tmp_path / "history") as history:
        assert len(history.runs()) == 2
        assert history.sent("webhook") == {}
    assert len(json.loads((tmp_path / "report.json").read_text("utf-8"))["past"]["runs"]) == 2
    assert "reports and snapshot" in capsys.readouterr().out


def test_a_dry_run_prints_no_line_that_a_runner_obeys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from driftwright.entrypoints.cli.job import channels_of

    options = SimpleNamespace(alert=["github", "apprise"], repo=None, dry_run=True)
    job = Job(tmp_path, tmp_path / "history", channels_of(options), dry=True)  # type: ignore[arg-type]
    hostile = BlindFault(
        "::error::owned\n::set-output name=x::y\n##[add-mask]z\x1b[31m", "f", "login-wall", "@everyone"
    )
    for _ in range(2):
        finish(blind_report(hostile, "standin", "worked", "1"), job)
    out = capsys.readouterr().out
    assert out.count("would tell") == 4
    assert "  event: new\n  title: driftwright: standin cannot be seen\n" in out
    assert not re.search(r"^\s*::|##\[|\x1b", out, re.MULTILINE)


def test_colour_marks_the_verdict_alone() -> None:
    plain, coloured = ("\n".join(_table(story(GOOD, HURT, BLIND), coloured=colour)) for colour in (False, True))
    assert re.sub(r"\x1b\[\d*m", "", coloured) == plain
    assert re.findall(r"\x1b\[(\d+)m(\w+)", coloured) == [("32", "intact"), ("33", "degraded"), ("35", "blind")]


def test_an_issue_gets_the_report_of_the_newest_run_alone(tmp_path: Path, program: Program) -> None:
    report = json.loads((Path(__file__).parents[1] / "samples" / "broken.report.json").read_text("utf-8"))
    runs = [run_of(read(report)), run_of(read(report))]
    with History(tmp_path / "history") as history:
        past = past_of([history.add(run) for run in runs])
    command = ("alert", "--history", ".", "--dry-run")
    for when, wanted in ((past.runs[-1].recorded_at, True), (past.runs[0].recorded_at, False)):
        seen = {**asdict(past), "runs": [{**asdict(past.runs[-1]), "recorded_at": when}]}
        (tmp_path / "report.json").write_text(json.dumps({**report, "past": seen}), "utf-8")
        done = program(*command)
        assert (done.code, done.stderr) == (0, "")
        assert done.stdout.count("  event: new\n") == 2
        assert ("| ## ❌ Broken" in done.stdout) is wanted
