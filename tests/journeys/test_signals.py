"""Signals at many points of a run: nothing raw and nothing half is left, and the next run goes on."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from driftwright.history.runs import History
from kit.examples import examples
from kit.once import Made
from kit.program import environment, run_here
from kit.shop import PRIVATE, begin_shop, renamed

pytestmark = pytest.mark.own_engines

SEED = 20261129
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGKILL")
RUN = ("--workspace", "drift", "run", "shop", "--from", "session=saved.json", "--output", "out")

# One process imports everything and runs once; each point is a fork of it, which signals itself when it comes there. A
# point is the number of something that the interpreter reports: a file opened, renamed or removed, a process started.
FORKS = """
import json, os, signal, sys
from pathlib import Path
POINTS, RUN = json.loads(sys.argv[1]), json.loads(sys.argv[2])
KINDS = {"open", "os.rename", "os.remove", "os.mkdir", "subprocess.Popen", "sqlite3.connect", "fcntl.flock"}
seen, at, number = 0, -1, 0
def count(event, words):
    global seen
    if event in KINDS:
        seen += 1
        if seen == at:
            os.kill(os.getpid(), number)
sys.addaudithook(count)
from driftwright.entrypoints.cli import main
os.chdir("warm")
null = os.open(os.devnull, os.O_RDWR)
kept = os.dup(1)
os.dup2(null, 1)
main(RUN)
seen = 0
main(RUN)
count_of_all, seen = seen, 0
sys.stdout.flush()
os.chdir("..")
codes = []
for place, (share, name) in enumerate(POINTS):
    child = os.fork()
    if child == 0:
        os.chdir(str(place))
        os.dup2(null, 2)
        sys.argv[1:] = RUN
        from driftwright.__main__ import program
        for one in ("SIGINT", "SIGTERM", "SIGHUP"):
            signal.signal(getattr(signal, one), signal.default_int_handler if one == "SIGINT" else signal.SIG_DFL)
        seen, at, number = 0, 1 + int(share * count_of_all), int(getattr(signal, name))
        program()
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
os.write(kept, json.dumps([count_of_all, codes]).encode())
os._exit(0)
"""


def _make(folder: Path) -> None:
    begin_shop(folder)
    (folder / "saved.json").write_text(json.dumps({"shop": json.dumps(renamed(5))}))


def _points(count: int) -> list[tuple[float, str]]:
    draw = random.Random(SEED)  # noqa: S311 - the same every time
    return [(draw.random(), SIGNALS[number % len(SIGNALS)]) for number in range(count)]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks of an interpreter are sound on Linux")
def test_whenever_a_signal_comes_nothing_raw_and_nothing_half_is_left(made_once: Made, tmp_path: Path) -> None:
    whole = made_once("workspace and release of a shop, for signals", _make)
    points = _points(examples(5))
    for name in ("warm", *map(str, range(len(points)))):
        shutil.copytree(whole, tmp_path / name)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", FORKS, json.dumps(points), json.dumps(RUN)],
        cwd=tmp_path,
        env=environment(tmp_path, TMPDIR=str(temporary)),
        capture_output=True,
        check=False,
        timeout=60 + 10 * len(points),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    in_all, codes = json.loads(done.stdout)
    assert in_all > len(SIGNALS)
    wrong = []
    for number, ((share, name), code) in enumerate(zip(points, codes, strict=True)):
        value = int(getattr(signal, name))
        ended = {-value} if name == "SIGKILL" else {128 + value}
        if code not in {*ended, 1}:  # the verdict, where the point lies behind the end
            wrong.append((number, share, name, f"exit {code}"))
        wrong += [(number, share, name, problem) for problem in _left(tmp_path / str(number), whole, killed=code < 0)]
    assert wrong == [], f"seed {SEED}"
    assert list(temporary.iterdir()) == []
    assert sum(code != 1 for code in codes) > len(codes) // 2, "most points lie within the run"


def _left(folder: Path, whole: Path, *, killed: bool) -> list[str]:
    """What a run that was ended should not have left."""
    given = {file.relative_to(whole) for file in whole.rglob("*")}
    made = [file for file in folder.rglob("*") if file.is_file() and file.relative_to(folder) not in given]
    problems = [f"raw: {file.name}" for file in made for word in PRIVATE if word.encode() in file.read_bytes()]
    for file in made:
        if file.name.startswith(".") and not killed:
            problems.append(f"half a file: {file.name}")
        if file.suffix == ".json" and not file.name.startswith("."):
            json.loads(file.read_bytes())
    if (folder / "out" / "history").exists():
        with History(folder / "out" / "history") as history:
            if history.put_aside or len(history.runs()) > 1 or history.odd:
                problems.append("the history")
    return problems


def test_the_run_after_a_kill_goes_on(made_once: Made, tmp_path: Path) -> None:
    shutil.copytree(made_once("workspace and release of a shop, for signals", _make), tmp_path, dirs_exist_ok=True)
    (tmp_path / "out" / "history").mkdir(parents=True)
    (tmp_path / "out" / ".report.json.half").write_text("{")
    (tmp_path / "out" / "history" / "sending.lock").write_text("")
    done = run_here(tmp_path, *RUN)
    assert (done.code, done.stderr) == (1, "")
