"""Broken surroundings: closed or full streams, folders that are gone, links and pipes where files should be."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from driftwright.base.errors import InputFault, MachineFault
from driftwright.base.files import unwritable, write_together
from kit.examples import usually
from kit.once import Made
from kit.program import Program, environment
from kit.shop import begin_shop, renamed

RUN = ("--workspace", "drift", "run", "shop", "--from", "session=saved.json", "--output", "out")
CHECK = ("--workspace", "drift", "check", "--store", "shop=new.json")
FORMATS = ("--format", "json", "--format", "html", "--format", "junit")


def _make(folder: Path) -> None:
    begin_shop(folder)
    (folder / "new.json").write_text(json.dumps(renamed(5)))
    (folder / "saved.json").write_text(json.dumps({"shop": json.dumps(renamed(5))}))


@pytest.fixture(scope="module")
def whole(made_once: Made) -> Path:
    """A workspace of a shop and a release that breaks it, made once."""
    return made_once("workspace and release of a shop", _make)


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A folder with links to it, in which things are written."""
    for part in whole.iterdir():
        (tmp_path / part.name).symlink_to(part)
    return tmp_path


def _shell(folder: Path, *arguments: str, streams: str = "", **more: str) -> tuple[int, str, str]:
    """Run the program by a shell, which closes or turns its streams; exit code, output and errors."""
    command = f'exec "$0" -m driftwright "$@" {streams}'
    done = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, *arguments],
        cwd=folder,
        env=environment(folder, **more),
        capture_output=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("streams", usually([">&-", "<&- >&- 2>&-"], ["<&- >&- 2>&-"]))
def test_closed_streams_keep_the_exit_code_of_the_verdict(folder: Path, streams: str) -> None:
    code, _, errors = _shell(folder, *RUN, streams=streams)
    assert (code, errors) == (1, "")
    # What was printed went nowhere, not into a file that took the number of a closed stream.
    assert json.loads((folder / "out" / "report.json").read_text())["verdict"] == "broken"
    assert (folder / "out" / "history" / "history.sqlite3").read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&-", "2>/dev/full"])
def test_closed_streams_keep_the_exit_code_of_bad_input(folder: Path, streams: str) -> None:
    code, output, errors = _shell(folder, "diff", "nothing", "new.json", streams=streams)
    assert (code, output) == (2, "")
    assert errors == ("" if "2>" in streams else "driftwright: nothing: no such file; check the path\n")


def test_a_full_output_is_told_when_all_else_is_done(folder: Path) -> None:
    code, _, errors = _shell(folder, *RUN, streams=">/dev/full")
    (line,) = errors.splitlines()
    assert (code, line.partition(" (")[0]) == (4, "driftwright: standard output cannot be written")
    assert (folder / "out" / "report.html").exists()


def test_a_reader_that_goes_away_keeps_nobody_from_being_judged(folder: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "driftwright", *RUN]
    done = subprocess.run(
        command, cwd=folder, env=environment(folder), stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def test_an_output_of_few_letters_shows_the_others_as_escapes(tmp_path: Path) -> None:
    for name, value in (("before", 1), ("after", "x")):
        document = {"items": [{"名字": value, "a": "x", "b": True}] * 2}
        (tmp_path / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    code, output, errors = _shell(tmp_path, "diff", "before.json", "after.json", PYTHONIOENCODING="latin-1")
    assert (code, errors) == (0, "")
    assert "/items/[]/\\u540d\\u5b57" in output


def test_a_working_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    command = 'cd gone && rmdir ../gone && exec "$0" -m driftwright check a.json'
    done = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        check=False,
    )
    (line,) = done.stderr.decode().splitlines()
    assert (done.returncode, line.partition(" (")[0]) == (2, "driftwright: the folder this runs in is gone")


# ---- where something else lies than should


def _link(file: Path) -> None:
    file.symlink_to(file.parent.parent / "elsewhere")


def _dangling(file: Path) -> None:
    file.symlink_to("nowhere")


def _plain(file: Path) -> None:
    file.write_text("")


def _pipe(file: Path) -> None:
    os.mkfifo(file)


@pytest.mark.parametrize(
    "lying",
    usually(
        [(name, lie) for name in ("report.json", "report.html") for lie in (Path.mkdir, _link, _dangling)],
        [("report.json", Path.mkdir), ("report.html", _link), ("report.html", _dangling)],
    ),
)
def test_one_bad_file_keeps_no_other_from_being_written(
    folder: Path, program: Program, lying: tuple[str, Callable[[Path], None]]
) -> None:
    name, lie = lying
    (folder / "elsewhere").mkdir()
    (folder / "all").mkdir()
    lie(folder / "all" / name)
    done = program(*CHECK, "--output", "all", *FORMATS)
    (line,) = done.stderr.splitlines()
    assert (done.code, name in line) == (2, True)
    others = {"report.json", "report.html", "report.junit.xml"} - {name}
    assert {file.name for file in (folder / "all").iterdir() if file.is_file() and not file.is_symlink()} == others
    assert list((folder / "elsewhere").iterdir()) == []


PLACES = [
    ("history", _link),
    ("history", _dangling),
    ("history", _plain),
    ("history", _pipe),
    ("history/history.sqlite3", _pipe),
    ("history/history.sqlite3-journal", _pipe),
    ("history/history.sqlite3-wal", _pipe),
    ("history/history.jsonl", _pipe),
    ("history/sending.lock", _pipe),
]
"""What lies where the history should: in every check each kind of thing once, and a pipe for a second file."""


@pytest.mark.parametrize(
    "lying",
    usually(PLACES, [*PLACES[:3], ("history/history.sqlite3", _pipe), PLACES[-1]]),
)
def test_what_lies_where_the_history_should_is_refused_and_the_report_is_there(
    folder: Path, program: Program, lying: tuple[str, Callable[[Path], None]]
) -> None:
    place, lie = lying
    (folder / "elsewhere").mkdir()
    file = folder / "out" / place
    file.parent.mkdir(parents=True)
    lie(file)
    alert = {"DRIFTWRIGHT_WEBHOOK_URL": "http://127.0.0.1:1/"}
    done = program(*RUN, "--alert", "webhook", **alert)
    assert done.code == 2
    (line,) = done.stderr.splitlines()
    assert place.rpartition("/")[2] in line
    assert json.loads((folder / "out" / "report.json").read_text())["verdict"] == "broken"
    assert list((folder / "elsewhere").iterdir()) == []


def test_a_pipe_where_the_summary_should_be_is_refused(folder: Path, program: Program) -> None:
    _pipe(folder / "summary")
    done = program(*RUN, "--summary", GITHUB_STEP_SUMMARY="summary")
    assert (done.code, done.stderr) == (2, "driftwright: summary: no plain file; let GITHUB_STEP_SUMMARY name a file\n")


def test_a_pipe_is_no_file_to_be_written_together_with_others(tmp_path: Path) -> None:
    _pipe(tmp_path / "pipe")
    with pytest.raises(InputFault, match="no file"):
        write_together({tmp_path / "a": "new", tmp_path / "pipe": "new"})
    assert not (tmp_path / "a").exists()


def test_who_names_a_place_that_may_not_be_written_is_told_apart_from_a_disk_that_fails() -> None:
    for code in (errno.EACCES, errno.EROFS, errno.EPERM, errno.ENOTDIR):
        assert type(unwritable(OSError(code, "no"), Path("x"), "")) is InputFault
    for code in (errno.ENOSPC, errno.EIO, errno.EDQUOT):
        assert type(unwritable(OSError(code, "no"), Path("x"), "")) is MachineFault


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write to every folder")
def test_a_folder_that_may_only_be_read_is_told_and_the_report_is_printed(folder: Path, program: Program) -> None:
    (folder / "out").mkdir(mode=0o555)
    done = program(*RUN)
    (line,) = done.stderr.splitlines()
    assert (done.code, "cannot be written" in line) == (2, True)
    assert "BROKEN" in done.stdout


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a place in which nobody, not even root, can make a folder")
def test_a_place_in_which_nothing_can_be_made_is_told(folder: Path, program: Program) -> None:
    done = program(*RUN[:-1], "/proc/self/out")
    (line,) = done.stderr.splitlines()
    assert (done.code, line.partition(" (")[0]) == (2, "driftwright: /proc/self/out: cannot be made a folder")
    assert folder.is_dir()
