"""A lock between processes, which ends with the process that holds it, even if that is killed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path as File

from driftwright.base.errors import InputFault, MachineFault
from driftwright.base.files import unwritable

_WAIT = 120.0  # seconds that a process waits for the one before it


@contextlib.contextmanager
def hold_lock(file: File, other: str) -> Iterator[None]:
    """Hold the lock of a file, which is made if missing and never removed.

    Args:
        file: The lock file.
        other: What another process does while it holds the lock, for the fault: "sending".

    Raises:
        InputFault: The file is a symbolic link or no plain file, or nothing may be written there.
        MachineFault: The disk fails, or another process holds it longer than the time limit.
    """
    from filelock import FileLock, Timeout

    if file.is_symlink():
        raise InputFault("a symbolic link", str(file), "", "remove it; links are not written through")
    if file.exists() and not file.is_file():
        raise InputFault("no plain file", str(file), "", "remove it")
    # No other kind of lock where the file system has none: that kind outlives a killed run and stops all later ones.
    lock = FileLock(file, timeout=_WAIT, poll_interval=0.05, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        raise MachineFault(f"another run is {other}", str(file), "", "wait for it to end") from None
    except OSError as error:
        raise unwritable(error, file, "make the folder writable, or name another one") from None
    try:
        yield
    finally:
        lock.release()
