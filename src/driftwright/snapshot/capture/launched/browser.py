"""Find a Chromium on this machine that fits."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from driftwright.base.errors import MachineFault

VARIABLE = "DRIFTWRIGHT_CHROMIUM"
_ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_INSTALLED = {
    "darwin": (
        "Applications/Chromium.app/Contents/MacOS/Chromium",
        "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
    "win32": ("Chromium/Application/chrome.exe", "Google/Chrome/Application/chrome.exe"),
}
_VERSION_BESIDE = re.compile(r"(\d+\.\d+\.\d+\.\d+)(?:\.manifest)?")
_GET_ONE = "run `playwright install chromium`, or install the Debian package `chromium`"
# Who the user is, where the system's parts, fonts, screens and temporary files are, and in which language and zone.
_NEEDED = frozenset(
    [
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TZDIR",
        "TMPDIR",
        "TMP",
        "TEMP",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "DBUS_SESSION_BUS_ADDRESS",
        "LD_LIBRARY_PATH",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "GDK_BACKEND",
        "CHROME_DEVEL_SANDBOX",
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "COMSPEC",
        "PATHEXT",
        "APPDATA",
        "LOCALAPPDATA",
        "PROGRAMDATA",
        "PROGRAMFILES",
        "USERPROFILE",
        "USERNAME",
        "HOMEDRIVE",
        "HOMEPATH",
    ]
)
_NEEDED_KINDS = ("LC_", "XDG_", "FONTCONFIG_")
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})  # without who signs in to them
_LAST_BRANDED = 136  # later branded builds ignore --load-extension


@dataclass(frozen=True, slots=True)
class Browser:
    """A Chromium that can be launched.

    Args:
        path: Its program file.
        version: Name and version as it tells them, such as `Chromium 140.0.7339.80`.
        branded: Whether it is Google Chrome, which loads no unpacked extension from version 137 on.
    """

    path: Path
    version: str
    branded: bool

    @property
    def loads_extensions(self) -> bool:
        """Whether it obeys `--load-extension`."""
        major = re.search(r"(\d+)\.", self.version)
        return not self.branded or major is None or int(major[1]) <= _LAST_BRANDED


def find_browser(*, for_extension: bool = False, bundled: Path | None = None) -> Browser:
    """Return the first usable browser: the named one, Playwright's own, then the system's.

    Args:
        for_extension: Whether an unpacked extension is going to be loaded.
        bundled: Where Playwright would keep its own Chromium, downloaded or not.

    Raises:
        MachineFault: There is none, the named one does not start, or none can load an extension.
    """
    named = os.environ.get(VARIABLE, "")
    if named:
        browsers = [_ask_version(Path(named))]
        if browsers[0] is None:
            raise MachineFault("the named browser does not start", VARIABLE, "", f"name another program, or {_GET_ONE}")
    else:
        browsers = [_ask_version(path) for path in _candidates(bundled)]
    usable = [browser for browser in browsers if browser]
    if not usable:
        raise MachineFault("no Chromium on this machine", "", "", f"{_GET_ONE}, or set {VARIABLE}")
    fitting = [browser for browser in usable if browser.loads_extensions or not for_extension]
    if not fitting:
        problem = f"{usable[0].version} ignores --load-extension, as branded Chrome does from 137 on"
        raise MachineFault(problem, "", "", f"use Chromium: {_GET_ONE}")
    return fitting[0]


def ask_ahead() -> None:
    """Start asking the browsers of this machine for their versions, so that a later `find_browser` is fast."""
    threading.Thread(target=lambda: [_ask_version(path) for path in _candidates(None)], daemon=True).start()


def safe_arguments() -> tuple[str, ...]:
    """Return `--no-sandbox` for root alone, under whom Chromium has no sandbox to offer."""
    return () if has_sandbox() else ("--no-sandbox",)


def has_sandbox() -> bool:
    """Whether a browser of this user runs in its sandbox: it has none to offer to root."""
    return not hasattr(os, "geteuid") or os.geteuid() != 0


def fenced_arguments() -> tuple[str, ...]:
    """Return what keeps the browser from asking hosts past the rules for names: calls between pages, and guesses."""
    policy = "disable_non_proxied_udp"
    return (
        f"--force-webrtc-ip-handling-policy={policy}",
        f"--webrtc-ip-handling-policy={policy}",
        "--dns-prefetch-disable",
    )


def browser_environment() -> dict[str, str]:
    """Return the variables that a browser needs of this process's own; no token of anybody is among them."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _NEEDED or name.startswith(_NEEDED_KINDS) or (name.lower() in _PROXIES and "@" not in value)
    }


def _candidates(bundled: Path | None) -> list[Path]:
    on_path = [Path(program) for name in _ON_PATH if (program := shutil.which(name))]
    return [path for path in ([bundled] if bundled else []) if path.is_file()] + on_path + list(_installed())


def _installed() -> Iterator[Path]:
    """Yield the browsers that lie where a system keeps them, and on no search path."""
    tops: list[str] = []
    if sys.platform == "darwin":
        tops = ["/", os.path.expanduser("~")]  # noqa: PTH111 - which fails for whoever has no home
    elif sys.platform == "win32":
        tops = [os.environ.get(name, "") for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
    places = [Path(top) / name for top in tops if top for name in _INSTALLED.get(sys.platform, ())]
    yield from (path for path in places if path.is_file())


def _ask_version(path: Path) -> Browser | None:
    """Ask a program for its version; None when it does not answer like a browser."""
    try:
        return _run_version(path, path.stat().st_mtime_ns)
    except OSError:
        return None


def _written_version(path: Path) -> Browser | None:
    """Return a browser's version from the folder beside its program: on Windows, asking the program opens a window."""
    for beside in path.parent.iterdir():
        match = _VERSION_BESIDE.fullmatch(beside.name)
        if match:
            branded = path.parent.parent.name == "Chrome" and path.parent.parent.parent.name == "Google"
            return Browser(path, f"{'Google Chrome' if branded else 'Chromium'} {match[1]}", branded)
    return None


@lru_cache(maxsize=32)
def _run_version(path: Path, _changed: int) -> Browser | None:
    if sys.platform == "win32":
        return _written_version(path)
    try:
        answer = subprocess.run(  # noqa: S603 - the user's own browser, no shell
            [path, "--version"], capture_output=True, text=True, timeout=15, check=False, env=browser_environment()
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    match = re.search(r"(Google Chrome(?: for Testing)?|Chromium)\S* (\d+\.[\d.]+)", answer.stdout)
    if answer.returncode != 0 or not match:
        return None
    return Browser(path, f"{match[1]} {match[2]}", branded=match[1] == "Google Chrome")
