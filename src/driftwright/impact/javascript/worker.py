"""The process that holds V8: code that it evaluates may hang or kill it, and no other process.

Run as a script. Frames on standard input: 1 byte kind, 4 bytes length, 8 bytes deadline in seconds (a double), then
UTF-8: code to evaluate; or, to keep a text, an expression of an object and a number in one line, then the text, which
becomes the member of that number and need not be parsed as code. Frames on standard output: 1 byte status, 4 bytes
length, then the text as UTF-8. It ends at the end of input.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys
from contextlib import suppress
from pathlib import Path
from runpy import run_path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from py_mini_racer import MiniRacer

REQUEST = struct.Struct("<cId")
REPLY = struct.Struct("<cI")
_SET_FLAGS = "_ZN2v82V818SetFlagsFromStringEPKc"  # v8::V8::SetFlagsFromString(char const*)
# Flags can be set later, and what is compiled stays so: compiled again, the drain would not parse.
_CHANGEABLE = ("--no-freeze-flags-after-init", "--no-flush-bytecode")
EVALUATE, KEEP = b"e", b"k"
VALUE, DEADLINE, MEMORY, SYNTAX, THROWN = b"v", b"t", b"m", b"s", b"e"

_WARM_UP = 30.0  # seconds

# V8 maps its own code, tables and stacks beside the heap that we bound; measured need is below 300 MB.
_BESIDE_THE_HEAP = 1 << 30


def serve(heap: int) -> None:
    """Evaluate what comes in until the input ends.

    Args:
        heap: The most that the JavaScript heap may take, in bytes.
    """
    bound(heap)
    v8 = started()
    v8.set_hard_memory_limit(heap)
    evaluated(v8, "''", _WARM_UP)  # whatever a first evaluation loads or starts is there before nothing may be opened
    # By its place, for to import the package would take longer than V8 does to start.
    run_path(str(Path(__file__).parent.with_name("confinement.py")))["confine"]()
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        kind, length, deadline = REQUEST.unpack(head)
        source = requests.read(length).decode()
        status, text = kept(v8, source, deadline) if kind == KEEP else evaluated(v8, source, deadline)
        payload = text.encode("utf-8", "replace")
        replies.write(REPLY.pack(status, len(payload)) + payload)
        replies.flush()


def started() -> MiniRacer:
    """Start V8 with a global `driftwrightDrain`, which runs all jobs of promises at once.

    It takes a syntax that nobody else may use: with it a reader that evaluates text could look into V8, or end it. So
    the syntax is known for this one function, which is compiled at once and kept, and for nothing after it. Where that
    cannot be had, V8 never knows it, and no promise settles.
    """
    from py_mini_racer import DEFAULT_V8_FLAGS, MiniRacer, init_mini_racer

    set_flags = _flags_setter()
    if set_flags is None:
        init_mini_racer(flags=DEFAULT_V8_FLAGS)
        return MiniRacer()
    init_mini_racer(flags=(*DEFAULT_V8_FLAGS, "--allow-natives-syntax", *_CHANGEABLE))
    v8 = MiniRacer()
    v8.eval("globalThis.driftwrightDrain = () => %PerformMicrotaskCheckpoint(); driftwrightDrain()")
    set_flags(b"--no-allow-natives-syntax")
    return v8


def _flags_setter() -> Callable[[bytes], None] | None:
    """Return V8's own function that sets its flags; None where the library does not show it."""
    import py_mini_racer

    for file in Path(py_mini_racer.__file__).parent.glob("libmini_racer.*"):
        with suppress(OSError, AttributeError):
            setter = ctypes.CDLL(str(file))[_SET_FLAGS]
            setter.argtypes, setter.restype = [ctypes.c_char_p], None
            return setter
    return None


def evaluated(v8: MiniRacer, code: str, deadline: float) -> tuple[bytes, str]:
    """Evaluate `code` for at most `deadline` seconds; the status says how it ended."""
    from py_mini_racer import JSEvalException, JSOOMException, JSParseException, JSTimeoutException

    try:
        return VALUE, str(v8.eval(code, timeout_sec=deadline))
    except JSTimeoutException:
        return DEADLINE, ""
    except JSOOMException:
        return MEMORY, ""
    except JSParseException as error:
        return SYNTAX, str(error)
    except JSEvalException as error:
        # Our own code throws no null: it is what is read of an evaluation that was ended in the middle.
        return (DEADLINE, "") if str(error) == "null" else (THROWN, str(error))


def kept(v8: MiniRacer, text_at_place: str, deadline: float) -> tuple[bytes, str]:
    """Put a text into V8 as the member of an object; the object needs at most `deadline` seconds to be found."""
    from py_mini_racer import JSEvalException, JSOOMException, JSTimeoutException

    place, _, text = text_at_place.partition("\n")
    holder, number = place.split(" ")
    try:
        shelf: Any = v8.eval(holder, timeout_sec=deadline)
        shelf[int(number)] = text
    except JSTimeoutException:
        return DEADLINE, ""
    except JSOOMException:
        return MEMORY, ""
    except JSEvalException as error:
        return THROWN, str(error)
    return VALUE, ""


def bound(heap: int) -> None:
    """Bound what lies outside the JavaScript heap too (array buffers), and write no core dumps, where that is known."""
    if sys.platform == "win32":
        return
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        limit = heap * 2 + _BESIDE_THE_HEAP
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it, and is not to take that for a crash
    with suppress(KeyboardInterrupt, BrokenPipeError):
        serve(int(sys.argv[1]))
    os._exit(0)  # leave V8's threads behind: nothing is left to save
