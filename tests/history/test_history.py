"""The history loses nothing: not to a kill, not to a full disk, not to a crowd, not to a damaged file."""

from __future__ import annotations

import json
import os
import platform
import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.errors import InputFault, MachineFault
from driftwright.entrypoints.cli import job
from driftwright.entrypoints.cli.job import open_history
from driftwright.entrypoints.cli.output import read_report
from driftwright.history.database import MIGRATIONS, VERSION
from driftwright.history.journal import JOURNAL
from driftwright.history.row_digest import digest_of
from driftwright.history.run import FindingState, Run, as_record, run_of
from driftwright.history.runs import NAME, History
from driftwright.history.sent import Sent
from kit.examples import NIGHTLY
from kit.old_history import write_old_history
from kit.stored import read

ROOT = Path(__file__).resolve().parents[1]
BROKEN = json.loads((ROOT / "samples" / "broken.report.json").read_text("utf-8"))
BLIND = json.loads((ROOT / "samples" / "blind.report.json").read_text("utf-8"))
CROWD = 24 if NIGHTLY else 6  # processes that write at once, of which most of the cost is their start


def a_run(report: Any = BROKEN) -> Run:
    return run_of(read(report), datetime(2026, 3, 1, 12, 0, tzinfo=UTC))


def test_a_run_keeps_the_verdicts_and_nothing_that_was_seen(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        kept = history.add(a_run())
        (found,) = history.runs()
    assert found == kept
    assert (found.sequence, found.verdict, found.target) == (1, BROKEN["verdict"], BROKEN["capture"]["target"])
    assert [fact.name for fact in found.facts] == [fact["name"] for fact in BROKEN["facts"]]
    hurt = {
        fact["name"] for fact in BROKEN["facts"] if fact["verdict"] in ("broken", "degraded") and not fact["inherits"]
    }
    assert {finding.fact for finding in found.findings} == hurt
    evidence = [fact["evidence"] for fact in BROKEN["facts"] if fact["evidence"]]
    assert evidence
    (file,) = tmp_path.iterdir()
    text = file.read_bytes().decode("latin-1")
    assert found.id in text
    assert not any(str(value) in text for one in evidence for value in one["param"].values())


def test_a_blind_run_has_its_reason_and_no_finding(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        kept = history.add(a_run(BLIND))
    assert (kept.verdict, kept.blind, kept.findings) == ("blind", BLIND["capture"]["blind"]["reason"], ())


def test_runs_come_oldest_first_and_by_target(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        for target in ("one", "two", "one", "one"):
            history.add(run_of(read({**BROKEN, "capture": {**BROKEN["capture"], "target": target}})))
        assert [run.sequence for run in history.runs()] == [1, 2, 3, 4]
        assert [run.sequence for run in history.runs("one", 2)] == [3, 4]
        assert history.runs("three") == ()


DAMAGES = [b"garbage that is no database at all" * 40, None]


def damaged(folder: Path, damage: bytes | None) -> bytes:
    """Overwrite a history, or cut it short; return what it is then."""
    with History(folder) as history:
        for _ in range(3):
            history.add(a_run())
    file = folder / NAME
    file.write_bytes(damage if damage is not None else file.read_bytes()[:5000])
    return file.read_bytes()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_put_aside_as_it_is_and_a_new_one_begins(tmp_path: Path, damage: bytes | None) -> None:
    left = damaged(tmp_path, damage)
    with History(tmp_path) as history:
        aside = history.put_aside
        assert aside is not None
        assert aside.name.startswith(f"{NAME}.damaged-")
        assert aside.read_bytes() == left
        assert history.runs() == ()
        added = history.add(a_run())
        assert added.sequence == 1
    with History(tmp_path) as history:
        assert history.put_aside is None
        assert history.runs() == (added,)


def test_a_damaged_file_is_said_in_one_line_and_the_run_is_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged(tmp_path, DAMAGES[0])
    with open_history(tmp_path) as history:
        history.add(a_run())
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"driftwright: {tmp_path / NAME}: damaged, and put aside as {NAME}.damaged-")
    with open_history(tmp_path) as history:
        assert len(history.runs()) == 1
    assert capsys.readouterr().err == ""


def test_many_that_find_the_same_damage_put_it_aside_once_and_nothing_else(tmp_path: Path) -> None:
    left = damaged(tmp_path, DAMAGES[0])
    writers = [writer(tmp_path, 24 // CROWD) for _ in range(CROWD)]
    told = [line for one in writers for line in one.communicate(timeout=120)[0].split()]
    assert [one.returncode for one in writers] == [0] * CROWD
    (aside,) = tmp_path.glob(f"{NAME}.damaged-*")
    assert aside.read_bytes() == left
    with History(tmp_path) as history:
        assert {run.id for run in history.runs()} == set(told)
    assert len(told) == 24


def test_an_empty_file_is_a_history_without_runs(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"")
    with History(tmp_path) as history:
        assert (history.put_aside, history.runs()) == (None, ())


def test_a_newer_file_is_left_as_it_is(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / NAME) as database:
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(InputFault, match="newer driftwright"), History(tmp_path):
        pass
    assert (tmp_path / NAME).read_bytes() == before


@pytest.mark.parametrize("name", [NAME, JOURNAL])
def test_links_are_not_written_through(tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious", "utf-8")
    (tmp_path / name).symlink_to(elsewhere)
    with pytest.raises(InputFault, match="symbolic link"), History(tmp_path) as history:
        history.add(a_run())
    assert elsewhere.read_text("utf-8") == "precious"


WRITER = """
import json, sys
from pathlib import Path
from driftwright.history.run import run_of
from driftwright.history.runs import History
from driftwright.history.sent import Sent
from driftwright.report import report_of
report = report_of(json.loads(Path(sys.argv[2]).read_text("utf-8")))
with History(Path(sys.argv[1])) as history:
    for _ in range(int(sys.argv[3])):
        run = history.add(run_of(report))
        history.mark(Sent("webhook", run.id, run.sequence, True, run.id))
        print(run.id, flush=True)
"""


def writer(folder: Path, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), str(ROOT / "samples" / "broken.report.json"), str(times)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent / "src")}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_a_crowd_of_writers_loses_nothing(tmp_path: Path) -> None:
    writers = [writer(tmp_path, 96 // CROWD) for _ in range(CROWD)]
    told = [line for one in writers for line in one.communicate(timeout=120)[0].split()]
    assert [one.returncode for one in writers] == [0] * CROWD
    assert len(told) == 96
    with History(tmp_path) as history:
        runs = history.runs()
        sent = history.sent("webhook")
    assert {run.id for run in runs} == set(told)
    assert [run.sequence for run in runs] == list(range(1, 97))
    assert {key: one.sequence for key, one in sent.items()} == {run.id: run.sequence for run in runs}


def test_a_kill_at_any_moment_loses_no_acknowledged_run(tmp_path: Path) -> None:
    chance = random.Random(3)  # noqa: S311 - moments to kill at
    told: set[str] = set()
    for _ in range(12 if NIGHTLY else 6):
        one = writer(tmp_path, 10_000)
        assert one.stdout is not None
        told.add(one.stdout.readline().strip())
        time.sleep(chance.random() * 0.05)
        one.send_signal(signal.SIGKILL)
        out, _ = one.communicate(timeout=30)
        told |= {line for line in out.split("\n") if len(line) == 32}
    with History(tmp_path) as history:
        kept = [run.id for run in history.runs()]
        assert told <= set(history.sent("webhook"))
    assert told <= set(kept)
    assert len(kept) == len(set(kept))
    assert not list(tmp_path.glob("*.damaged-*"))


def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        kept = [history.add(a_run())]
        history._database.execute(f"PRAGMA max_page_count = {_pages(history)}")
        with pytest.raises(MachineFault, match="free space"):  # noqa: PT012 - which of them fails is not told
            for _ in range(50):
                kept.append(history.add(a_run()))  # noqa: PERF401 - what is kept before the one that fails counts
        with pytest.raises(MachineFault, match="free space"):
            history.mark(Sent("webhook", "k" * 100_000, 1, active=True, run=kept[0].id))
        assert history.sent("webhook") == {}
        history._database.execute("PRAGMA max_page_count = 1000000")
        assert history.runs() == tuple(kept)
        assert history.add(a_run()).id == history.runs()[-1].id


def _pages(history: History) -> int:
    return int(history._database.execute("PRAGMA page_count").fetchone()[0])


def test_a_finding_is_known_by_its_fingerprint() -> None:
    findings = a_run().findings
    assert all(isinstance(finding, FindingState) for finding in findings)
    assert len({finding.fingerprint for finding in findings}) == len(findings)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the system calls are told apart by the numbers of x86-64")
@pytest.mark.parametrize("before", ["", "old"])
@pytest.mark.parametrize("how", ["kill", "full"])
def test_every_single_write_may_be_the_last_or_find_the_disk_full(how: str, before: str) -> None:
    """At each write: nothing that was acknowledged is lost, nothing that was refused is kept, no file is damaged.

    In every check at each third write, see `kit.write_points`. Also while a history of an earlier version, and the
    journal beside it, is brought up to date.
    """
    environment = {**os.environ, "PYTHONPATH": f"{ROOT.parent / 'src'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "kit.write_points", how, before, "each" if NIGHTLY else "third"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["points"] >= 200
    assert found["tried"] >= found["points"] // (1 if NIGHTLY else 3)


def a_sending(key: str, run: Run, *, active: bool = True) -> Sent:
    return Sent("webhook", key, run.sequence, active, run.id)


def test_the_last_word_to_a_channel_is_what_counts_and_channels_do_not_mix(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        first, second = history.add(a_run()), history.add(a_run())
        history.mark(a_sending("one", first))
        history.mark(a_sending("one", second, active=False))
        history.mark(Sent("github:a/b", "two", 1, active=True, run=first.id))
        assert history.sent("webhook") == {"one": a_sending("one", second, active=False)}
        assert set(history.sent("github:a/b")) == {"two"}
        assert history.sent("apprise") == {}
        assert history.runs() == (first, second)


def test_what_earlier_versions_kept_is_taken_over_without_loss_and_once(tmp_path: Path) -> None:
    runs = [a_run() for _ in range(5)]
    sent = [Sent("webhook", f"key{number}", 1, active=True, run=runs[0].id) for number in range(3)]
    ended = replace(sent[1], active=False)
    # A kill left two runs and two sendings in the journal alone; the database knows one that the journal lost.
    write_old_history(tmp_path, runs[:3], sent[:2], journal=[*runs[1:3], sent[0], sent[1], *runs[3:], ended, sent[2]])
    journal = (tmp_path / JOURNAL).read_bytes()
    with History(tmp_path) as history:
        assert [replace(run, sequence=0) for run in history.runs()] == runs
        assert [run.sequence for run in history.runs()] == [1, 2, 3, 4, 5]
        assert history.sent("webhook") == {"key0": sent[0], "key1": ended, "key2": sent[2]}
        tables = history._database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        assert [name for (name,) in tables] == ["odd", "run", "sent", "sqlite_sequence"]
        assert history.add(a_run()).sequence == 6
    assert (tmp_path / JOURNAL).read_bytes() == journal
    (tmp_path / JOURNAL).write_text(json.dumps(as_record(a_run())), "utf-8")
    with History(tmp_path) as history:
        assert len(history.runs()) == 6


def test_a_journal_whose_database_is_lost_is_taken_over(tmp_path: Path) -> None:
    runs = [a_run() for _ in range(3)]
    told = a_sending("one", runs[0])
    write_old_history(tmp_path, runs, [told, replace(told, active=False)][1:], journal=[*runs, told])
    (tmp_path / NAME).write_bytes(b"no database" * 500)
    with History(tmp_path) as history:
        assert history.put_aside is not None
        assert [replace(run, sequence=0) for run in history.runs()] == runs
        assert history.sent("webhook") == {"one": told}


def test_a_history_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    run = a_run()
    with sqlite3.connect(tmp_path / NAME) as database:
        database.executescript(MIGRATIONS[0])
        database.execute("PRAGMA user_version = 1")
    database.close()
    (tmp_path / JOURNAL).write_text(json.dumps(as_record(run)) + "\n", "utf-8")
    with History(tmp_path) as history:
        assert history.runs() == (replace(run, sequence=1),)
        history.mark(a_sending("one", run))
        assert set(history.sent("webhook")) == {"one"}


@pytest.mark.parametrize(
    "line",
    [
        b"null",
        b"[]",
        b'{"format":"sent-v1"}',
        b'{"format":"sent-v1","channel":1,"key":"k"}',
        b'{"format":"x-v9"}',
        b'{"format":"run-v1","id":"torn',
        b"[" * 100_000,
        b"\xff\x00",
    ],
)
def test_a_line_of_the_journal_that_says_nothing_is_passed_over(tmp_path: Path, line: bytes) -> None:
    first, second = a_run(), a_run()
    write_old_history(tmp_path, [], journal=[first])
    with (tmp_path / JOURNAL).open("ab") as stream:
        stream.write(line + b"\n" + json.dumps(as_record(second)).encode())  # the last line has no end
    with History(tmp_path) as history:
        assert [run.id for run in history.runs()] == [first.id, second.id]
        assert history.sent("webhook") == {}


def test_a_crowd_that_opens_an_old_history_at_once_takes_it_over_once(tmp_path: Path) -> None:
    runs = [a_run() for _ in range(4)]
    write_old_history(tmp_path, runs[:2], journal=runs)
    writers = [writer(tmp_path, 1) for _ in range(CROWD)]
    told = [line for one in writers for line in one.communicate(timeout=120)[0].split()]
    assert [one.returncode for one in writers] == [0] * CROWD
    with History(tmp_path) as history:
        kept = [run.id for run in history.runs()]
    assert kept[:4] == [run.id for run in runs]
    assert sorted(kept[4:]) == sorted(told)


# ---- rows that are no runs


def _spoil(folder: Path, sequence: int, spoil: Any, *, digest: bool = True) -> None:
    """Change the record of a run; with its digest, as who knows how it is made."""
    database = sqlite3.connect(folder / NAME)
    with database:
        ((text,),) = database.execute("SELECT record FROM run WHERE sequence = ?", (sequence,)).fetchall()
        database.execute("UPDATE run SET record = ? WHERE sequence = ?", (spoil(text), sequence))
        if digest:
            (row,) = database.execute("SELECT sequence, id, target, record FROM run WHERE sequence = ?", (sequence,))
            database.execute("UPDATE run SET digest = ? WHERE sequence = ?", (digest_of(row), sequence))
    database.close()


def _edited(edit: Any) -> Any:
    def spoil(text: str) -> str:
        record = json.loads(text)
        edit(record)
        return json.dumps(record)

    return spoil


ODD_ROWS: dict[str, Any] = {
    "a distance that is none": _edited(lambda row: row["stores"][0].update(distance={"a": 1})),
    "a flag as a distance": _edited(lambda row: row["stores"][0].update(distance=True)),
    "a list for a fact's name": _edited(lambda row: row["facts"][0].update(name=["x"])),
    "agreements of texts": _edited(lambda row: row["facts"][0].update(agreements=["1", "2"])),
    "facts as an object": _edited(lambda row: row.update(facts={"a": 1})),
    "a row that is a text": _edited(lambda row: row.update(findings=["x"])),
    "a time that is none": _edited(lambda row: row.update(recorded_at="yesterday")),
    "a time without a zone": _edited(lambda row: row.update(recorded_at="2026-01-01T00:00:00")),
    "the run of another target": _edited(lambda row: row.update(target="elsewhere")),
    "cut": lambda text: text[: len(text) // 2],
    "deep": lambda _: "[" * 100_000,
    "bytes": lambda _: b"\xff\xfe",
    "a number": lambda _: 5,
}


@pytest.mark.parametrize("name", ODD_ROWS)
def test_an_odd_row_is_set_aside_named_once_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    with History(tmp_path) as history:
        kept = [history.add(a_run()) for _ in range(3)]
    _spoil(tmp_path, 2, ODD_ROWS[name])
    for told in (True, False):
        with open_history(tmp_path) as history:
            assert history.targets() == (kept[0].target,)
            assert history.runs() == (kept[0], kept[2])
            assert history.runs(kept[0].target, 2) == (kept[0], kept[2])
        error = capsys.readouterr().err
        assert (f"{NAME}:run 2: no record of a run" in error) is told
        assert error.count("\n") == int(told)
    with History(tmp_path) as history:
        assert history.add(a_run()).sequence == 4
    database = sqlite3.connect(tmp_path / NAME)
    assert database.execute("SELECT sequence FROM odd").fetchall() == [(2,)]
    database.close()


@pytest.mark.parametrize("name", ["record", "sequence", "sent"])
def test_a_damaged_name_of_a_table_or_a_column_is_a_damaged_file(tmp_path: Path, name: str) -> None:
    with History(tmp_path) as history:
        history.add(a_run())
    file = tmp_path / NAME
    file.write_bytes(file.read_bytes().replace(name.encode(), b"x" * len(name)))
    with History(tmp_path) as history:
        assert history.put_aside is not None
        assert (history.runs(), history.all_sent()) == ((), ())


def _other_verdict(text: str) -> str:
    record = json.loads(text)
    record["verdict"] = "intact"
    return json.dumps(record, separators=(",", ":"))


def test_a_row_that_is_sound_and_not_as_it_was_written_is_odd_as_well(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        kept = [history.add(a_run()) for _ in range(4)]
        history.mark(Sent("webhook", "a", 1, active=True, run="x"))
    _spoil(tmp_path, 2, _other_verdict, digest=False)
    database = sqlite3.connect(tmp_path / NAME)
    with database:
        database.execute("UPDATE run SET sequence = 9 WHERE sequence = 3")
        database.execute("UPDATE sent SET sequence = 4")
    database.close()
    with History(tmp_path) as history:
        assert history.runs() == (kept[0], kept[3])
        assert history.odd == [2, 9]
        assert history.all_sent() == ()


def test_a_history_of_nothing_but_odd_rows_has_no_target(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        history.add(a_run())
    _spoil(tmp_path, 1, ODD_ROWS["cut"])
    with open_history(tmp_path) as history:
        assert (history.targets(), history.runs()) == ((), ())


def test_an_odd_sending_is_as_if_it_had_not_been(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        history.mark(Sent("webhook", "a", 1, active=True, run="x"))
        history.mark(Sent("webhook", "b", 1, active=True, run="x"))
    database = sqlite3.connect(tmp_path / NAME)
    with database:
        database.execute("UPDATE sent SET sequence = 'soon' WHERE key = 'a'")
    database.close()
    with History(tmp_path) as history:
        assert [sent.key for sent in history.all_sent()] == ["b"]


def test_the_report_is_written_before_anything_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Any:
        assert (tmp_path / "report.json").is_file()
        raise RuntimeError

    monkeypatch.setattr(job, "record_report", fails)
    with pytest.raises(RuntimeError):
        job.finish(read(BROKEN), job.Job(tmp_path, tmp_path / "history"))
    assert read_report(tmp_path / "report.json").verdict == BROKEN["verdict"]


def test_the_report_that_stays_has_its_past(tmp_path: Path) -> None:
    for _ in range(2):
        report = job.finish(read(BROKEN), job.Job(tmp_path, tmp_path / "history"))
    assert report.past is not None
    assert read_report(tmp_path / "report.json").past == report.past
