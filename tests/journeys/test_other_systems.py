"""Windows and macOS, simulated: what they lack is not asked for, at no import and by no command that needs no browser.

What cannot be simulated here is not claimed: V8, the browser and the libraries below the package as they are there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from driftwright.impact.javascript import esbuild
from driftwright.snapshot.capture.deadline import is_in_use
from driftwright.snapshot.capture.launched import browser
from kit import other_system
from kit.program import environment
from kit.shop import shop, write_shop

COMMANDS = (
    "init drift --snapshot monday.json --snapshot friday.json --readers readers.js --key shop --url https://shop.example/",
    "--workspace drift check --store shop=friday.json",
    "--workspace drift run shop --from session=all.json --output out",
    "--workspace drift history out",
    "--workspace drift readiness --history out",
    "--workspace drift accept --store shop=renamed.json --apply",
    "--workspace drift check --store shop=renamed.json",
    "diff monday.json renamed.json --consumer readers.js",  # one reader takes an id, which a diff has not
)
EXITS = [0] * (len(COMMANDS) - 1) + [3]


@pytest.mark.parametrize("system", ["win32", pytest.param("darwin", marks=pytest.mark.nightly)])
def test_nothing_that_another_system_lacks_is_asked_for(tmp_path: Path, system: str) -> None:
    write_shop(tmp_path)
    (tmp_path / "all.json").write_text(json.dumps({"shop": json.dumps(shop(5))}))
    script = [sys.executable, other_system.__file__, system, *(f"; {command}" for command in COMMANDS)]
    variables = environment(tmp_path, PYTHONPATH=os.pathsep.join(sys.path))
    done = subprocess.run(script, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    told = done.stderr.splitlines()
    assert "Traceback" not in done.stderr, done.stderr
    assert told[0].endswith(f"on {system}"), "the simulation bites"
    assert int(told[1].removeprefix("modules ")) > 300
    exits = [int(line.removeprefix("exit ")) for line in told if line.startswith("exit ")]
    assert exits == EXITS, done.stderr
    assert "order.state ?? order.status" in (tmp_path / "readers.js").read_text(), "a copy, where no link may be"


def test_a_browser_of_windows_is_not_started_to_be_asked_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would open a window; its version stands beside it."""
    chrome = tmp_path / "Google" / "Chrome" / "Application" / "chrome.exe"
    own = tmp_path / "ms-playwright" / "chrome-win" / "chrome.exe"
    for program, beside in ((chrome, "140.0.7339.80"), (own, "141.0.7390.37.manifest")):
        (program.parent / beside).mkdir(parents=True)
        program.write_text("no program")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    assert browser.find_browser() == browser.Browser(chrome, "Google Chrome 140.0.7339.80", branded=True)
    found = browser.find_browser(bundled=own, for_extension=True)
    assert found == browser.Browser(own, "Chromium 141.0.7390.37", branded=False)


def test_an_installed_browser_of_macos_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "Applications" / "Chromium.app" / "Contents" / "MacOS" / "Chromium"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho Chromium 140.0.7339.80\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert browser.Browser(program, "Chromium 140.0.7339.80", branded=False) in (
        browser._ask_version(path) for path in browser._candidates(None)
    )


@pytest.mark.parametrize(("system", "program"), [("win32", "powershell"), ("darwin", "ps")])
def test_the_processes_of_a_browser_are_found_where_there_is_no_proc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, program: str
) -> None:
    listing = tmp_path / program
    quoted = (
        f'\\"--user-data-dir={tmp_path / "a profile"}\\"'
        if system == "win32"
        else f"--user-data-dir={tmp_path / 'kept-2'}"
    )
    listing.write_text(f'#!/bin/sh\necho "1 /sbin/init"\necho "4711 chrome {quoted} --headless"\necho "odd"\n')
    listing.chmod(0o755)
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(Path, "exists", lambda _: False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert is_in_use(tmp_path / ("a profile" if system == "win32" else "kept-2"))
    assert not is_in_use(tmp_path / "kept")


def test_esbuild_is_found_as_windows_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("platform.machine", lambda: "AMD64")
    monkeypatch.setenv("PATH", "")
    for name in (".bin/esbuild.cmd", "@esbuild/win32-x64/esbuild.exe"):
        program = tmp_path / "node_modules" / name
        program.parent.mkdir(parents=True)
        program.write_text("")
        program.chmod(0o755)
        assert esbuild.find_esbuild(tmp_path / "src") == program, "the program itself before what npm links"
