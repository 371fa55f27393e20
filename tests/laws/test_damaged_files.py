"""Files that a person, a merge or a full disk damaged: a line names the file, and none is a fault of the program."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from kit.examples import NIGHTLY
from kit.once import Made
from kit.program import Program, run_here
from kit.shop import begin_shop, renamed, write_shop


def _after(data: bytes, more: bytes) -> bytes:
    return data[:7] + more + data[7:]


def _as_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _as_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "not UTF-8": lambda file: file.write_bytes(_after(file.read_bytes(), b"\xe4")),
    "cut": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "empty": lambda file: file.write_bytes(b""),
    "null": lambda file: file.write_bytes(b"null"),
    "a list": lambda file: file.write_bytes(b"[]"),
    "an object": lambda file: file.write_bytes(b"{}"),
    "no number": lambda file: file.write_bytes(b'{"a": NaN}'),
    "other types": lambda file: file.write_bytes(b"title = 1\nname = 2\n[source]\n[tool]\n"),
    "a folder": _as_folder,
    "a pipe": _as_pipe,
}
OF_WORKSPACE = (
    ("--workspace", "drift", "check", "--store", "shop=friday.json"),
    ("--workspace", "drift", "prove"),
    ("--workspace", "drift", "run", "shop", "--from", "session=saved.json", "--output", "out"),
    ("--workspace", "drift", "accept", "--store", "shop=friday.json", "--dry-run"),
)
OF_RUN = (
    ("report", "out", "--format", "html"),
    ("history", "out"),
    ("heartbeat", "out", "--max-age", "2d"),
    ("alert", "--history", "out", "--dry-run"),
    ("--workspace", "drift", "check", "out/shop.snapshot.json"),
    ("--workspace", "drift", "run", "shop", "--from", "session=saved.json", "--output", "out"),
)


def _make(folder: Path) -> None:
    begin_shop(folder)
    (folder / "drift" / "driftwright.toml").write_text('[severity]\nfield-added = "note"\n')
    (folder / "drift" / "suppressions.toml").write_text("")
    (folder / "saved.json").write_text(json.dumps({"shop": json.dumps(renamed(5))}))
    assert run_here(folder, *OF_RUN[-1]).code == 1


@pytest.fixture(scope="module")
def whole(made_once: Made) -> Path:
    """A workspace and what a run left, made once."""
    return made_once("workspace and run of a shop", _make)


def _asked(whole: Path) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    """Yield file, damage and command; in every check each file with a few damages, each by a few commands in turn."""
    turn = count()
    files = sorted(file.relative_to(whole) for file in whole.rglob("*") if file.is_file())
    for file in (file for file in files if file.parts[0] in ("drift", "out") and file.suffix != ".lock"):
        for name in DAMAGES:
            for command in OF_WORKSPACE if file.parts[0] == "drift" else OF_RUN:
                if NIGHTLY or next(turn) % 29 == 0:
                    yield file, name, command


def test_a_damaged_file_is_named_in_one_line_or_taken_for_what_it_still_is(
    whole: Path, tmp_path: Path, program: Program
) -> None:
    wrong, refused = [], 0
    for file, name, command in _asked(whole):
        for part in ("drift", "out"):
            shutil.rmtree(tmp_path / part, ignore_errors=True)
        shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
        DAMAGES[name](tmp_path / file)
        done = program(*command)
        refused += done.code == 2
        lines = done.stderr.splitlines()
        says_where = (
            file.name in lines[0] and all(line.startswith("driftwright: ") for line in lines) if lines else False
        )
        if done.code == 4 or (done.code == 2 and not says_where):
            wrong.append((str(file), name, command, done.code, done.stderr))
    assert wrong == []
    assert refused > (25 if NIGHTLY else 10)


def test_a_pipe_that_somebody_writes_to_is_read(tmp_path: Path, program: Program) -> None:
    write_shop(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    text = (tmp_path / "friday.json").read_bytes()
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(text,))
    writer.start()
    piped = program("diff", "monday.json", "pipe", "--consumer", "readers.js")
    writer.join()
    named = program("diff", "monday.json", "friday.json", "--consumer", "readers.js")
    assert (piped.code, piped.stdout) == (named.code, named.stdout)
