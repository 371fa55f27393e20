"""What the browsers of a test do, seen from outside: their processes, and the sockets that these hold."""

from __future__ import annotations

import contextlib
import re
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from driftwright.snapshot.capture.deadline import _processes


def ours() -> list[tuple[int, str]]:
    """Processes on a profile below the folder for temporary files, which is the run's own."""
    mark = f"--user-data-dir={tempfile.gettempdir()}"
    return [(pid, line) for pid, line in _processes() if mark in line]


def lineage(pid: int) -> set[int]:
    """A process and all those that it comes from."""
    processes: set[int] = set()
    with contextlib.suppress(OSError):
        while pid > 0:
            processes.add(pid)
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return processes


@dataclass(slots=True)
class Traffic:
    """What the browser's processes were seen to do while they ran.

    Args:
        looks: How often they were looked at while one ran.
        listening: Ports on which one of them listened.
        peers: Addresses to which one of them had a connection.
    """

    looks: int = 0
    listening: set[str] = field(default_factory=set)
    peers: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Look at all sockets of our processes once."""
        for pid, _ in ours():
            self.looks += 1
            held = _sockets(pid)
            with contextlib.suppress(OSError):
                for line in _connections(pid):
                    parts = line.split()
                    if parts[9] in held and parts[3] == "0A":
                        self.listening.add(parts[1])
                    elif parts[9] in held:
                        self.peers.add(parts[2])


def _sockets(pid: int) -> set[str]:
    inodes: set[str] = set()
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                match = re.fullmatch(r"socket:\[(\d+)\]", str(link.readlink()))
                if match:
                    inodes.add(match[1])
    return inodes


def _connections(pid: int) -> list[str]:
    texts = [Path(f"/proc/{pid}/net/{kind}").read_text() for kind in ("tcp", "tcp6")]
    return [line for text in texts for line in text.splitlines()[1:]]


@contextlib.contextmanager
def watched(traffic: Traffic) -> Iterator[None]:
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.15):
            traffic.look()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
