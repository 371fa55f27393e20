"""The process that holds V8: code that it evaluates may hang or kill it, and no other process.

Run as a script. Frames on standard input: 4 bytes length, 8 bytes deadline in seconds (a double), then the code as
UTF-8. Frames on standard output: 1 byte status, 4 bytes length, then the text as UTF-8. It ends at the end of input.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py_mini_racer import MiniRacer

REQUEST = struct.Struct("<Id")
REPLY = struct.Struct("<cI")
VALUE, DEADLINE, MEMORY, SYNTAX, THROWN = b"v", b"t", b"m", b"s", b"e"

# V8 maps its own code, tables and stacks beside the heap that we bound; measured need is below 300 MB.
_BESIDE_THE_HEAP = 1 << 30


def serve(heap: int) -> None:
    """Evaluate what comes in until the input ends.

    Args:
        heap: The most that the JavaScript heap may take, in bytes.
    """
    bound(heap)
    from py_mini_racer import DEFAULT_V8_FLAGS, MiniRacer, init_mini_racer

    init_mini_racer(flags=(*DEFAULT_V8_FLAGS, "--allow-natives-syntax"))
    v8 = MiniRacer()
    v8.set_hard_memory_limit(heap)
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        length, deadline = REQUEST.unpack(head)
        status, text = evaluated(v8, requests.read(length).decode(), deadline)
        payload = text.encode("utf-8", "replace")
        replies.write(REPLY.pack(status, len(payload)) + payload)
        replies.flush()


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
        return THROWN, str(error)


def bound(heap: int) -> None:
    """Bound what lies outside the JavaScript heap too (array buffers), and write no core dumps, where that is known."""
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
