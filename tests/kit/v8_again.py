"""A process of V8 that can begin anew: another isolate takes two milliseconds, and another process a hundred.

Run as a script, and spoken to like the worker of the package, of which all but the loop is. One kind of frame more:
`n` drops the isolate with all that was evaluated in it, and answers as an evaluation does; `0` when there is no other.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from runpy import run_path
from typing import Any

AGAIN = b"n"
ISOLATES = 32  # made before the process is confined, for an isolate opens what nothing may open later
_DRAIN = "globalThis.driftwrightDrain = () => %PerformMicrotaskCheckpoint(); driftwrightDrain()"


def serve(heap: int, package: Path) -> None:
    """Evaluate what comes in until the input ends, as the package's worker does.

    Args:
        heap: The most that the JavaScript heap may take, in bytes.
        package: The folder of the package's worker.
    """
    worker = run_path(str(package / "javascript" / "worker.py"))
    worker["bound"](heap)
    isolates = [worker["started"]()]
    isolates += _more(worker["_flags_setter"]())
    for v8 in isolates:
        v8.set_hard_memory_limit(heap)
        worker["evaluated"](v8, "''", 30.0)
    v8 = isolates.pop()
    run_path(str(package / "confinement.py"))["confine"]()
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    while len(head := requests.read(worker["REQUEST"].size)) == worker["REQUEST"].size:
        kind, length, deadline = worker["REQUEST"].unpack(head)
        given = requests.read(length).decode()
        if kind == AGAIN:
            v8.close()
            v8 = isolates.pop()
            kind, given = worker["EVALUATE"], str(len(isolates))
        answered = worker["kept"] if kind == worker["KEEP"] else worker["evaluated"]
        status, text = answered(v8, given, deadline)
        payload = text.encode("utf-8", "replace")
        replies.write(worker["REPLY"].pack(status, len(payload)) + payload)
        replies.flush()


def _more(set_flags: Any) -> list[Any]:
    """Make further isolates with the global that `started` gives to its own."""
    from py_mini_racer import MiniRacer

    made = []
    if set_flags is not None:
        set_flags(b"--allow-natives-syntax")
    for _ in range(ISOLATES - 1):
        made.append(MiniRacer())
        if set_flags is not None:
            made[-1].eval(_DRAIN)
    if set_flags is not None:
        set_flags(b"--no-allow-natives-syntax")
    return made


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(KeyboardInterrupt, BrokenPipeError):
        serve(int(sys.argv[1]), Path(sys.argv[2]))
    os._exit(0)
