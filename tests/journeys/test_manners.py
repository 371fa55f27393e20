"""Manners of the command line: help, misspelt words, where an option may stand, and how it ends by Ctrl-C."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import driftwright
from kit.carts import write_workspace
from kit.program import Program, environment


def test_alone_it_prints_the_whole_help_and_exits_2(program: Program) -> None:
    for arguments in ((), ("--workspace", "nowhere")):
        done = program(*arguments)
        assert (done.code, done.stdout) == (2, "")
        assert done.stderr == program("--help").stdout


def test_the_version_has_a_short_option(program: Program) -> None:
    done = program("-V")
    assert (done.code, done.stdout) == (0, f"driftwright {driftwright.__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("chekc",), "invalid command: 'chekc' (did you mean 'check'?)"),
        (("Check",), "did you mean 'check'?"),
        (("frobnicate",), "invalid command: 'frobnicate' (choose from probe, check, diff, "),
        (("check", "a", "--format", "jsn"), "argument --format: invalid choice: 'jsn' (did you mean 'json'?)"),
        (("check", "a", "--format", "pdf"), "(choose from text, concise, json, "),
        (("check", "--formt", "json"), "unrecognized arguments: --formt (did you mean '--format'?)"),
        (("check", "--outptu=a"), "did you mean '--output'?"),
        (("check", "--frobnicate"), "unrecognized arguments: --frobnicate"),
        (("--wrokspace", "here", "check"), "unrecognized arguments: --wrokspace (did you mean '--workspace'?)"),
        (("init", "d", "--snapshot", "a", "--readers", "r", "--area", "lokal"), "did you mean 'local'?"),
    ],
)
def test_a_misspelt_word_is_told_with_what_is_nearest(program: Program, arguments: tuple[str, ...], says: str) -> None:
    done = program(*arguments)
    assert (done.code, done.stdout) == (2, "")
    assert says in done.stderr.splitlines()[-1]
    assert done.stderr.count("did you mean") == says.count("did you mean")


def test_the_workspace_may_be_named_on_either_side_of_the_command(program: Program, tmp_path: Path) -> None:
    write_workspace(tmp_path)
    before, after = program("--workspace", "ws", "explain"), program("explain", "--workspace", "ws")
    assert (before.code, before.stdout) == (after.code, after.stdout)
    assert "Open lines of a cart" in after.stdout
    both = program("--workspace", "nowhere", "explain", "--workspace=ws")
    assert both.stdout == after.stdout, "what stands nearer to the command counts"
    assert program("--workspace", "nowhere", "explain").code == 2


def _run(folder: Path, code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


LATER = """
import os, signal, threading
from driftwright.__main__ import program
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
program()
"""


def test_an_interruption_ends_with_one_line_and_exit_code_130(tmp_path: Path) -> None:
    with _run(tmp_path, LATER, "check", "-") as running:  # it waits for what is pasted
        assert running.stderr is not None
        assert running.wait(timeout=60) == 130
        assert running.stderr.read() == "driftwright: interrupted\n"


HELD = """
import signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from driftwright.entrypoints.interrupts import wait_for_imports
wait_for_imports()
import interrupted_on_import
try:
    time.sleep(60)
except KeyboardInterrupt:
    print(interrupted_on_import.whole)
"""


def test_an_interruption_waits_until_an_import_is_over(tmp_path: Path) -> None:
    (tmp_path / "interrupted_on_import.py").write_text(
        "import signal\nsignal.raise_signal(signal.SIGINT)\nwhole = 'whole'\n"
    )
    with _run(tmp_path, HELD) as running:
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (0, "whole\n", "")


def test_where_an_interruption_is_ignored_it_stays_so(tmp_path: Path) -> None:
    code = (
        "import signal\nfrom driftwright.entrypoints.interrupts import wait_for_imports\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\nwait_for_imports()\n"
        "print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)\n"
    )
    with _run(tmp_path, code) as running:
        assert running.communicate(timeout=60)[0] == "True\n"


def test_a_quiet_command_leaves_its_exit_code_and_its_faults(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"n": 1}')
    (tmp_path / "b.json").write_text('{"n": "1"}')
    (tmp_path / "r.js").write_text("export const next = (d) => d.n + 1;")
    loud = program("diff", "a.json", "b.json", "--consumer", "r.js")
    for words in (("-q", "diff"), ("--quiet", "diff"), ("diff", "-q")):
        done = program(*words, "a.json", "b.json", "--consumer", "r.js")
        assert (done.code, done.stdout, done.stderr) == (loud.code, "", "")
    missing = program("diff", "-q", "a.json", "nowhere.json")
    assert (missing.code, missing.stdout, missing.stderr.count("\n")) == (2, "", 1)
    assert program("-q", "-v", "doctor").code == 2


def test_a_verbose_command_says_what_it_does_and_where_a_fault_arose(program: Program, tmp_path: Path) -> None:
    write_workspace(tmp_path)
    (tmp_path / "cart.json").write_text("{}")
    done = program("--workspace", "ws", "check", "-v", "--store", "cart=cart.json")
    usual = program("--workspace", "ws", "check", "--store", "cart=cart.json")
    assert done.stdout.splitlines()[0] == usual.stdout.splitlines()[0]
    assert usual.stderr == ""
    assert "s in all" in done.stderr.splitlines()[-1]
    assert all(line.startswith("driftwright: ") for line in done.stderr.splitlines())
    (tmp_path / "secret.json").write_text("{canary-of-a-value")
    wrong = program("check", "-v", "--workspace", "ws", "--store", "cart=secret.json")
    assert wrong.code == 2
    assert "jsontext.py" in wrong.stderr
    assert "canary" not in wrong.stderr
