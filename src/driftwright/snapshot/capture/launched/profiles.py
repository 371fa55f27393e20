"""Temporary browser profiles: each is held for as long as its run lives, and what a killed run left is removed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from driftwright.snapshot.capture.deadline import end_browser

if TYPE_CHECKING:
    from filelock import FileLock

_PREFIX = "driftwright-profile-"
_HELD = "held-by-a-run"  # a file that is locked for as long as the run lives, however it ends
_OVER_OPEN_FILES = os.name == "posix"  # whether a folder may go while a file in it is open


@dataclass(frozen=True, slots=True)
class TemporaryProfile:
    """A profile of a run's own, which nobody else may look into.

    Args:
        folder: The folder.
        lock: The lock that is held on it; None where files cannot be locked.
    """

    folder: Path
    lock: FileLock | None

    def remove(self) -> None:
        """Remove it with all that is in it."""
        if self.lock is not None and not _OVER_OPEN_FILES:
            self.lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.lock is not None:
            self.lock.release()


def fresh_profile() -> TemporaryProfile:
    """Make a profile, after those are removed that runs which were killed have left: raw storage lies in them."""
    for folder in _abandoned_profiles():
        end_browser(folder)
        shutil.rmtree(folder, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))  # with mode 0700
    return TemporaryProfile(folder, _lock_file(folder / _HELD, make=True))


def _abandoned_profiles() -> Iterator[Path]:
    own = os.geteuid() if hasattr(os, "geteuid") else None
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            about = folder.lstat()
            if folder.is_symlink() or not folder.is_dir() or own not in (None, about.st_uid):
                continue
            lock = _lock_file(folder / _HELD, make=False)
            if lock is not None:
                try:
                    yield folder
                finally:
                    lock.release()


def _lock_file(file: Path, *, make: bool) -> FileLock | None:
    """Lock a file; None when somebody else has it locked, it is not there, or files cannot be locked here."""
    from filelock import FileLock, Timeout

    if file.is_symlink() or (not make and not file.is_file()):
        return None
    # No other kind of lock where the file system has none: that kind would outlive a killed run.
    lock = FileLock(file, timeout=0, mode=0o600, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except (Timeout, OSError, NotImplementedError):
        return None
    return lock
