"""The process that runs readers can open, make, end and tell nothing, and inherits no secret."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from driftwright.impact import confinement
from driftwright.impact.javascript.process import Process
from driftwright.impact.python.compiled import module
from driftwright.impact.python.host import Host

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.uname().machine not in ("x86_64", "aarch64"),
    reason="the system calls are fenced on Linux, for two kinds of machine",
)
# What code that broke out of V8 would try; each as the user that runs the tests, root among them.
DEEDS = {
    "read a file": "open('/etc/hostname', 'rb')",
    "write a file": "open('made', 'w')",
    "read a file in the place of an open one": "(os.close(2), open('/etc/hostname', 'rb'))",
    "remove a file": "os.unlink('kept')",
    "rename a file": "os.rename('kept', 'other')",
    "make a folder": "os.mkdir('made')",
    "change who may read a file": "os.chmod('kept', 0o777)",
    "link to a file": "os.symlink('kept', 'made')",
    "list a folder": "os.listdir('.')",
    "ask after a file": "os.stat('kept')",
    "ask another host": "socket.socket()",
    "ask by datagrams": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "ask a program of this machine": "socket.socket(socket.AF_UNIX)",
    "start a process": "os.fork()",
    "become another program": "os.execv('/bin/sh', ['sh', '-c', 'true'])",
    "end the process that started it": "os.kill(os.getppid(), 0)",
    "allow itself more": "resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))",
    "allow itself more by the newer call": "resource.prlimit(0, resource.RLIMIT_NOFILE, (9, 9))",
    "read another process's memory": "called(310, os.getppid(), 0, 0, 0, 0, 0)",
    "trace another process": "called(101, 16, os.getppid(), 0, 0)",
    "do it by a ring": "called(425, 8, 0)",
    "call by the other table of numbers": "called(0x40000000 + 41, 2, 1, 0)",
}
TRY = """
import ctypes, os, resource, runpy, socket, sys, threading
library = ctypes.CDLL(None, use_errno=True)
def called(*words):
    if library.syscall(*words) < 0:
        raise OSError(ctypes.get_errno(), "")
confine = runpy.run_path(sys.argv[1])["confine"]
deeds = eval(sys.argv[2])
confine()
done = []
for name, deed in deeds.items():
    try:
        eval(deed)
    except (OSError, ValueError):  # as Python says that a limit may not be raised
        continue
    done.append(name)
thread = threading.Thread(target=done.append, args=("a thread",))
thread.start()
thread.join()
os.write(1, repr(done).encode())
os._exit(0)
"""


def test_a_confined_process_can_reach_nothing_and_still_works(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    command = [sys.executable, "-c", TRY, str(confinement.__file__), repr(DEEDS)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, b"['a thread']"), done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["kept"]


def test_a_process_that_may_read_can_do_nothing_else_and_still_works(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    trying = TRY.replace("confine()", "confine(reading=True)")
    command = [sys.executable, "-c", trying, str(confinement.__file__), repr(DEEDS)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60)
    reading = ["read a file", "read a file in the place of an open one", "list a folder", "ask after a file"]
    assert (done.returncode, eval(done.stdout or "0")) == (0, [*reading, "a thread"]), done.stderr  # noqa: S307 - our words
    assert [file.name for file in tmp_path.iterdir()] == ["kept"]


LANDLOCK = """
import sys
from driftwright.impact.python.guard import _landlock, readable
_landlock(readable([sys.argv[1]]))
import colorsys, zoneinfo
told = [open(sys.argv[1] + '/kept').read(), str(zoneinfo.ZoneInfo('UTC'))]
for path in ('/etc/hostname', '/proc/self/environ', sys.argv[1] + '/../other'):
    try:
        told.append(open(path).read())
    except PermissionError:
        told.append('refused')
print(told)
"""


def _has_landlock() -> bool:
    return sys.platform.startswith("linux") and int(ctypes.CDLL(None).syscall(444, None, 0, 1)) >= 1


@pytest.mark.skipif(not _has_landlock(), reason="this kernel restricts no reading by folders (Landlock)")
def test_readers_in_python_read_their_own_folder_and_the_library_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "kept").write_text("kept")
    (tmp_path / "other").write_text("other")
    command = [sys.executable, "-c", LANDLOCK, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "['kept', 'UTC', 'refused', 'refused', 'refused']\n", done.stderr


def test_the_process_of_python_readers_is_confined_and_inherits_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "lighthouse")
    program = module("import threading\ndef asked(d): return threading.active_count()", str(tmp_path / "r.py"))
    host = Host(2, 1 << 28, "UTC")
    try:
        assert host.functions(program) == ("asked",)
        folder = Path("/proc") / str(host.start()._child.pid)
        status = [file.read_text() for file in folder.glob("task/*/status")]
        assert status
        assert [text for text in status if "NoNewPrivs:\t1" not in text or "Seccomp:\t2" not in text] == []
        assert b"lighthouse" not in (folder / "environ").read_bytes()
    finally:
        host.close()


def test_what_is_tried_can_be_done_without(tmp_path: Path) -> None:
    """The deeds above are real ones: without the fence most of them succeed, for whoever runs the tests."""
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "free.py").write_text("def confine(): pass\n")
    possible = {
        name: deed for name, deed in DEEDS.items() if name.split()[0] in ("read", "write", "make", "list", "ask")
    }
    command = [sys.executable, "-c", TRY, str(tmp_path / "free.py"), repr(possible)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert len(eval(done.stdout)) >= len(possible) - 1  # noqa: S307 - a list of our own words


def test_readers_run_confined_and_inherit_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "lighthouse")
    process = Process(1 << 28, "UTC")
    try:
        assert process.evaluate("'ready'", 5) == "ready"
        folder = Path("/proc") / str(process._child.pid)
        status = [file.read_text() for file in folder.glob("task/*/status")]
        assert len(status) > 1  # V8 has threads of its own
        assert [text for text in status if "NoNewPrivs:\t1" not in text or "Seccomp:\t2" not in text] == []
        assert b"lighthouse" not in (folder / "environ").read_bytes()
        assert sorted(file.name for file in (folder / "fd").iterdir())[:3] == ["0", "1", "2"]
        assert process.evaluate("new Date(1e12).toLocaleString('de-DE', { timeZone: 'Asia/Tokyo' })", 5) != ""
        process._child.send_signal(signal.SIGTERM)
    finally:
        process.close()
