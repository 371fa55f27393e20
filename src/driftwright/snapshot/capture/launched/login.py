"""Browser profiles in which a person signs in once by hand, for use by later captures."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from driftwright.base.errors import BlindFault, InputFault, MachineFault
from driftwright.snapshot.capture.launched.browser import (
    browser_environment,
    fenced_arguments,
    find_browser,
    safe_arguments,
)
from driftwright.workspace import Target

_TRUSTED = 0o700


def profile_folder(state: Path, target: Target) -> Path:
    """Return the folder of the target's profile; it need not be there.

    Args:
        state: Where the workspace keeps what is its own.
        target: The page.
    """
    return state / "profiles" / target.name / "profile"


def checked_profile(folder: Path, file: str) -> Path:
    """Return the profile if a capture may use it.

    Raises:
        InputFault: There is none, or others can read it.
        BlindFault: A browser has it open.
    """
    if not folder.is_dir():
        raise InputFault(
            "there is no profile yet", file, "profile", "sign in once with `driftwright probe TARGET --login`"
        )
    _check_private(folder)
    if _is_open(folder):
        problem = "the profile is open in another browser"
        raise BlindFault(problem, file, "profile-busy", "close the window that --login opened, and try again")
    return folder


def login(target: Target, folder: Path) -> None:
    """Open the page in a window of the profile, and wait until the person closes it.

    The browser is started plainly: nothing drives it and nothing listens.

    Raises:
        InputFault: The folder is inside a repository, or others can read it.
        BlindFault: A browser has the profile open.
        MachineFault: There is no display or no browser.
    """
    if not _has_display():
        mend = "run it where you can see a window, or use --attach or --snippet with the browser you have"
        raise MachineFault("there is no display to sign in at", "--login", "", mend)
    _make(folder)
    checked_profile(folder, target.file)
    browser = find_browser(for_extension=target.extension is not None)
    arguments = [
        f"--user-data-dir={folder}",
        "--no-first-run",
        "--no-default-browser-check",
        *safe_arguments(),
        *fenced_arguments(),
    ]
    if target.extension:
        arguments += [f"--disable-extensions-except={target.extension}", f"--load-extension={target.extension}"]
    try:
        subprocess.run(  # noqa: S603 - the user's own browser, no shell
            [browser.path, *arguments, target.url],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=browser_environment(),
        )
    except OSError:
        raise MachineFault(f"the browser {browser.path} did not start", "", "", "start it by hand to see why") from None


def _make(folder: Path) -> None:
    inside = next((home for home in folder.resolve().parents if (home / ".git").exists()), None)
    if inside is not None:
        mend = "set XDG_STATE_HOME to a folder outside"
        raise InputFault("the profile would lie inside a repository", str(folder), "", mend)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=_TRUSTED)
        folder.mkdir(exist_ok=True, mode=_TRUSTED)
    except OSError as error:
        raise MachineFault(f"cannot be made ({error.strerror})", str(folder), "", "check its permissions") from None


def _check_private(folder: Path) -> None:
    if folder.is_symlink():
        raise InputFault("the profile is a symbolic link", str(folder), "", "remove it and sign in again")
    if os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        raise InputFault(
            "the profile is open to other users", str(folder), "", "run `chmod 700` on it, or sign in again"
        )


def _is_open(folder: Path) -> bool:
    """Whether a live browser holds the profile: Chromium leaves a link named after its host and process."""
    try:
        pid = int(str((folder / "SingletonLock").readlink()).rpartition("-")[2])
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return pid > 0


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
