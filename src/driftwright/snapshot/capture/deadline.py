"""The deadline of a capture, and the watchdog that kills a browser at its end."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from driftwright.snapshot.capture.blindness import blind

_LISTS = ("ps", "-axo", "pid=,command=")
_LISTS_ON_WINDOWS = (
    *("powershell", "-NoProfile", "-NonInteractive", "-Command"),
    "Get-CimInstance Win32_Process | ForEach-Object { '{0} {1}' -f $_.ProcessId, $_.CommandLine }",
)
_LIST_SECONDS = 15
_AT_ONCE = getattr(signal, "SIGKILL", signal.SIGTERM)
GRACE = 0.8  # seconds after the deadline in which an orderly end is still hoped for


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock by which everything is done.

    Args:
        ends: That moment, in seconds.
        file: The target's file, for the message.
    """

    ends: float
    file: str

    @classmethod
    def after(cls, seconds: float, file: str) -> Deadline:
        """Return the deadline `seconds` from now."""
        return cls(time.monotonic() + seconds, file)

    @property
    def passed(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.ends

    def seconds(self) -> float:
        """Return the seconds that are left.

        Raises:
            BlindFault: None are.
        """
        left = self.ends - time.monotonic()
        if left <= 0:
            raise blind("timeout", self.file)
        return left

    def milliseconds(self, at_most: float = 60_000.0) -> float:
        """Return the milliseconds that are left, never more than `at_most`."""
        return max(1.0, min(self.seconds() * 1000, at_most))

    def milliseconds_left(self) -> float:
        """Return the milliseconds that are left, at least 1, so that one more call can tell why time ran out."""
        return max(1.0, (self.ends - time.monotonic()) * 1000)


class Watchdog:
    """Kills the browser of one profile when its time is up: a call into a busy page cannot be given up otherwise."""

    def __init__(self, profile: Path, seconds: float) -> None:
        """Start watching; `profile` is the temporary folder that marks the browser's processes as ours."""
        self.has_killed = False
        self._profile = profile
        self._timer = threading.Timer(seconds, self._end_browser)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Stop watching."""
        self._timer.cancel()
        self._timer.join()  # a timer that fires already must not kill what comes after it

    def _end_browser(self) -> None:
        self.has_killed = True
        end_browser(self._profile)


def end_browser(profile: Path) -> None:
    """Kill every process that was started on `profile`, a temporary folder of ours, and nothing else."""
    for pid in _processes_on(profile):
        with contextlib.suppress(OSError):
            os.kill(pid, _AT_ONCE)


def is_in_use(profile: Path) -> bool:
    """Whether a browser runs on `profile`."""
    return any(True for _ in _processes_on(profile))


def _processes_on(profile: Path) -> Iterator[int]:
    # Whole: `kept-2` is not `kept`. Windows quotes what holds a space.
    mark = re.compile(rf'--user-data-dir="?{re.escape(str(profile))}(?=["\s]|$)')
    for pid, arguments in _processes():
        if mark.search(arguments) and pid != os.getpid():
            yield pid


def _processes() -> Iterator[tuple[int, str]]:
    """Yield every process's id and command line."""
    folder = Path("/proc")
    if not folder.joinpath("self", "cmdline").exists():
        yield from _listed_processes()
        return
    for entry in folder.iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                arguments = entry.joinpath("cmdline").read_bytes().replace(b"\0", b" ")
                yield int(entry.name), arguments.decode(errors="replace")


def _listed_processes() -> Iterator[tuple[int, str]]:
    """Do the same where there is no /proc, by the system's own program."""
    command = _LISTS_ON_WINDOWS if sys.platform == "win32" else _LISTS
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        listed = subprocess.run(  # noqa: S603 - one of the two above
            command, capture_output=True, text=True, errors="replace", timeout=_LIST_SECONDS, check=False
        )
        for line in listed.stdout.splitlines():
            pid, _, arguments = line.strip().partition(" ")
            if pid.isdecimal():
                yield int(pid), arguments
