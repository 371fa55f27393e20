"""A runtime in a process of its own: an evaluation with a time limit answers, or raises with why it was stopped."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from driftwright.base.errors import MachineFault
from driftwright.impact.javascript import worker

# How long after the deadline a process that does not even answer is ended, in seconds.
_GRACE = 0.3
# The first answer waits for the start of an interpreter and of V8.
_START = 30.0
# Where an interpreter finds its library and its packages; no token of anybody is to lie beside a reader.
_NEEDED = frozenset(
    [
        *("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "HOME"),
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "APPDATA", "USERPROFILE"),
    ]
)


# Not frozen: a context manager that an exception passes through sets its traceback.
@dataclass(eq=False)
class Stopped(Exception):
    """An evaluation that was cut off.

    Args:
        why: `deadline`, `memory` or `crash`.
        alive: Whether the process still holds what was defined before.
    """

    why: str
    alive: bool


@dataclass(eq=False)
class Refused(Exception):
    """Code that V8 does not parse, with V8's own message."""

    message: str


@dataclass(frozen=True, slots=True)
class Worker:
    """What a process runs.

    Args:
        script: A file of ours, which is given the memory that it may take, in bytes.
        name: What messages call it.
        mend: What to do where it does not start.
        arguments: What the file is given besides.
    """

    script: Path
    name: str
    mend: str
    arguments: tuple[str, ...] = ()


V8 = Worker(Path(worker.__file__), "the JavaScript engine", "reinstall the package mini-racer")


class Process:
    """One process of a runtime; it starts at once and is ready at the first evaluation.

    Args:
        memory: The most that the heap of readers may take, in bytes.
        zone: The time zone that readers see, by its IANA name.
        runs: What it runs: V8 with one isolate, if nothing else is said.
    """

    def __init__(self, memory: int, zone: str, runs: Worker = V8) -> None:
        self._runs = runs
        # One time zone and one language, so that a reader's dates are written alike on every machine.
        inherited = {name: value for name, value in os.environ.items() if name in _NEEDED}
        spoken = {"LC_ALL": "en_US.UTF-8", "LANG": "en_US.UTF-8"}
        environment = {**inherited, **spoken, "TZ": zone, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
            [sys.executable, "-P", str(runs.script), str(memory), *runs.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self._ready = False
        # Read by a thread: a pipe cannot be waited for with a time limit on every system.
        self._replies: queue.SimpleQueue[tuple[bytes, bytes] | None] = queue.SimpleQueue()
        threading.Thread(target=_read, args=(self._child.stdout, self._replies), daemon=True).start()

    def evaluate(self, code: str, seconds: float) -> str:
        """Evaluate `code`, which must yield a text, for at most `seconds`.

        Raises:
            Stopped: It took too long or too much, or ended the process.
            Refused: V8 does not parse it.
            MachineFault: It threw, which our own code never should, or V8 does not start.
        """
        return self._value_of(*self._ask(code, seconds))

    def keep(self, holder: str, number: int, text: str, seconds: float) -> None:
        """Make a text the member `number` of the object that the expression `holder` yields, within `seconds`.

        A text that is sent so costs V8 a tenth of what it costs as a literal.

        Raises:
            Stopped: It took too long or too much, or ended the process.
            MachineFault: As `evaluate` does.
        """
        self._value_of(*self._ask(f"{holder} {number}\n{text}", seconds, worker.KEEP))

    def _value_of(self, status: bytes, text: str) -> str:
        match status:
            case worker.VALUE:
                return text
            case worker.DEADLINE:
                raise Stopped("deadline", alive=True)
            case worker.SYNTAX:
                raise Refused(text)
            case worker.MEMORY:
                raise Stopped("memory", alive=False)
            case worker.THROWN:
                raise MachineFault(f"{self._runs.name} failed: {text.splitlines()[0] if text else ''}")
        raise Stopped(text, alive=False)

    def _ask(self, text: str, seconds: float, kind: bytes = worker.EVALUATE) -> tuple[bytes, str]:
        """One exchange; an empty status when the process ended, with the reason as text."""
        if not self._ready:
            self._ready = True
            if self._ask("''", _START)[0] != worker.VALUE:
                raise MachineFault(f"{self._runs.name} does not start", mend=self._runs.mend)
        try:
            return self._exchange(kind, text.encode(), seconds)
        except TimeoutError:
            self._child.kill()
            return b"", "deadline"
        except (BrokenPipeError, EOFError):
            return b"", "crash"

    def _exchange(self, kind: bytes, payload: bytes, seconds: float) -> tuple[bytes, str]:
        requests = self._child.stdin
        if requests is None:
            raise EOFError
        requests.write(worker.REQUEST.pack(kind, len(payload), seconds))
        requests.write(payload)
        requests.flush()
        try:
            reply = self._replies.get(timeout=seconds + _GRACE)
        except queue.Empty:
            raise TimeoutError from None
        if reply is None:
            raise EOFError
        status, text = reply
        return status, text.decode()

    def close(self) -> None:
        """End the process and wait for it."""
        self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:  # bytes that a dead process never took
                    continue


def _read(replies: BinaryIO, answers: queue.SimpleQueue[tuple[bytes, bytes] | None]) -> None:
    """Hand over each answer of a process as it comes, and None when it has ended."""
    try:
        while len(head := replies.read(worker.REPLY.size)) == worker.REPLY.size:
            status, length = worker.REPLY.unpack(head)
            text = replies.read(length)
            if len(text) < length:
                break
            answers.put((status, text))
    except (OSError, ValueError):  # it was closed while it was read
        pass
    answers.put(None)
