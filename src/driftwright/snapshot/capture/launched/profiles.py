"""Temporary browser profiles: each is held for as long as its run lives, and what a killed run left is removed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from driftwright.snapshot.capture.deadline import end_browser

_PREFIX = "driftwright-profile-"
_HELD = "held-by-a-run"  # a file that is locked for as long as the run lives, however it ends


@dataclass(frozen=True, slots=True)
class TemporaryProfile:
    """A profile of a run's own, which nobody else may look into.

    Args:
        folder: The folder.
        handle: The open file that is locked; None where files cannot be.
    """

    folder: Path
    handle: int | None

    def remove(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.handle is not None:
            os.close(self.handle)


def fresh_profile() -> TemporaryProfile:
    """Make a profile, after those are removed that runs which were killed have left: raw storage lies in them."""
    for folder in _forsaken():
        end_browser(folder)
        shutil.rmtree(folder, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))  # with mode 0700
    return TemporaryProfile(folder, _held(folder / _HELD, make=True))


def _forsaken() -> Iterator[Path]:
    own = os.geteuid() if hasattr(os, "geteuid") else None
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            about = folder.lstat()
            if folder.is_symlink() or not folder.is_dir() or about.st_uid != own:
                continue
            handle = _held(folder / _HELD, make=False)
            if handle is not None:
                yield folder
                os.close(handle)


def _held(file: Path, *, make: bool) -> int | None:
    """Lock a file; None when somebody else has it locked, it is not there, or files cannot be locked here."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        handle = os.open(file, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | (os.O_CREAT if make else 0), 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
