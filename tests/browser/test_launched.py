"""The browser that is launched: its sandbox, its environment, its fence, and what is left of it however a run ends."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.errors import InputFault, MachineFault
from driftwright.snapshot.capture.deadline import Deadline, _processes, is_in_use
from driftwright.snapshot.capture.launched.browser import (
    browser_environment,
    fenced_arguments,
    has_sandbox,
    safe_arguments,
)
from driftwright.snapshot.capture.launched.profiles import fresh_profile
from driftwright.snapshot.capture.launched.session import Session
from driftwright.workspace.target.target import load_target
from kit.program import environment
from kit.project import ROOT

pytestmark = pytest.mark.own_driver

linux = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
TARGET = ROOT / "probes" / "standin.toml"


def _session() -> Session:
    target = load_target(TARGET)
    return Session(target, Deadline.after(30, target.file))


@linux
@pytest.mark.browser("shared")
@pytest.mark.usefixtures("nothing_is_left")
def test_the_browser_gets_a_fence_and_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "canary-of-a-token")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:canary@proxy.example")
    with _session():
        own = [pid for pid, line in _processes() if f"--user-data-dir={tempfile.gettempdir()}" in line]
        folders = [Path("/proc", str(pid)) for pid in own]
        lines = [folder.joinpath("cmdline").read_bytes().split(b"\0") for folder in folders]
        held = b"\0".join(folder.joinpath("environ").read_bytes() for folder in folders)
    main = next(line for line in lines if b"--remote-debugging-pipe" in line)
    arguments = [part.decode() for part in main]
    assert set(fenced_arguments()) <= set(arguments)
    assert ("--no-sandbox" in arguments) is not has_sandbox()
    ours = load_target(TARGET).extension
    assert [part for part in arguments if part.startswith("--disable-extensions-except=")] == (
        [f"--disable-extensions-except={ours}"] if ours else []
    )
    assert b"PATH=" in held
    assert b"canary" not in held


@pytest.mark.browser("shared")
@pytest.mark.parametrize(("user", "sandbox"), [(0, False), (1000, True)])
def test_only_root_goes_without_a_sandbox(monkeypatch: pytest.MonkeyPatch, *, user: int, sandbox: bool) -> None:
    from playwright.sync_api import BrowserType, Error

    asked: dict[str, Any] = {}

    def launch(*_: object, **options: Any) -> None:
        asked.update(options)
        raise Error("not now")

    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(BrowserType, "launch_persistent_context", launch)
    with pytest.raises(MachineFault, match="did not start"), _session():
        pass
    assert asked["chromium_sandbox"] is sandbox
    assert "--no-sandbox" not in asked["args"]  # the driver adds it where there is no sandbox
    assert safe_arguments() == (() if sandbox else ("--no-sandbox",))


def test_the_environment_is_a_list_of_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        monkeypatch.delenv(name)
    kept = {"PATH": "/bin", "HOME": "/h", "LC_ALL": "C", "XDG_RUNTIME_DIR": "/r", "http_proxy": "http://p:1"}
    hidden = {"AWS_SECRET_ACCESS_KEY": "x", "MY_VARIABLE": "x", "DRIFTWRIGHT_WEBHOOK": "x", "ALL_PROXY": "http://u:p@h"}
    for name, value in (kept | hidden).items():
        monkeypatch.setenv(name, value)
    assert browser_environment() == kept


# ---- what is left


HOLD = """
import sys, time
from driftwright.snapshot.capture.launched.profiles import fresh_profile
profile = fresh_profile()
(profile.folder / "Default").write_text("raw")
print(profile.folder, flush=True)
time.sleep(60)
"""


@linux
def test_what_a_killed_run_left_is_removed_and_what_a_living_one_holds_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    command = [sys.executable, "-c", HOLD]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as living,
    ):
        assert killed.stdout is not None
        assert living.stdout is not None
        gone, stays = Path(killed.stdout.readline().strip()), Path(living.stdout.readline().strip())
        assert stat.S_IMODE(gone.stat().st_mode) == 0o700
        killed.kill()
        killed.wait()
        assert gone.exists()
        (tmp_path / "driftwright-profile-of-nobody").mkdir()  # without a mark nothing is known of it
        profile = fresh_profile()
        left = {folder.name for folder in tmp_path.iterdir()}
        assert left == {stays.name, profile.folder.name, "driftwright-profile-of-nobody"}
        profile.remove()
        assert not profile.folder.exists()
        living.kill()


# Whoever starts the tests may have the signals ignored, and a process hands that on.
AS_STARTED = """
import signal
for name in ("SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_DFL)
from driftwright.__main__ import program
program()
"""


@linux
@pytest.mark.browser("shared")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_leaves_no_profile_and_no_browser(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    temporary = tmp_path_factory.mktemp("t")  # a short path: the browser puts a socket there
    command = [sys.executable, "-c", AS_STARTED, "--workspace", str(ROOT), "probe", "standin", "--out", "a.json"]
    variables = {**environment(tmp_path), "TMPDIR": str(temporary)}
    with subprocess.Popen(command, cwd=tmp_path, env=variables, stderr=subprocess.PIPE, text=True) as run:
        while not (begun := list(temporary.glob("driftwright-profile-*/Default"))):
            assert run.poll() is None
            time.sleep(0.02)
        run.send_signal(getattr(signal, name))
        _, error = run.communicate(timeout=30)
    assert run.returncode == 128 + getattr(signal, name)
    assert error.splitlines()[-1] == "driftwright: interrupted"
    assert not is_in_use(begun[0].parent)
    assert list(temporary.glob("driftwright-profile-*")) == []


def test_a_served_page_without_its_npm_packages_is_told_before_a_browser_starts(tmp_path: Path) -> None:
    site = tmp_path / "shop"
    site.mkdir()
    (site / "package.json").write_text('{"dependencies": {"left": "1.0.0", "@some/right": "1.0.0"}}')
    (site / "node_modules" / "left").mkdir(parents=True)
    page = tmp_path / "shop.toml"
    page.write_text(
        'title = "Shop"\nurl = "https://shop.test/"\nstores = []\nserve = "shop"\nready = "() => true"\n'
        '[[state]]\nname = "open"\nwhat = "it is open"\ndefault = true\nsteps = []\n'
    )
    target = load_target(page)
    with pytest.raises(InputFault, match=r"not installed: @some/right.*npm ci"), Session(target, Deadline.after(9, "")):
        pass
