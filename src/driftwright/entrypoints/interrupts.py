"""Ctrl-C: the program ends with one line, and not in the middle of an import.

Modules that are written in C may crash when their import is interrupted, and classes that are half made raise other
errors than the interruption; so it waits until the import is over, which is no time for a person.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from types import FrameType

INTERRUPTED = 130
"""What a command exits with that was interrupted, as shells number it."""
_WAIT = 0.02  # seconds
_IMPORT = "<frozen importlib"


def wait_for_imports() -> None:
    """Let an interruption of this process wait until no import is under way; where it is ignored, it stays so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def tell_interrupted() -> int:
    """Say that the program was interrupted, and return its exit code."""
    sys.stderr.write("driftwright: interrupted\n")
    return INTERRUPTED


def _interrupt(_: int, frame: FrameType | None) -> None:
    if _is_importing(frame):
        again = threading.Timer(_WAIT, _interrupt_again)
        again.daemon = True
        again.start()
    else:
        raise KeyboardInterrupt


def _interrupt_again() -> None:
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGINT)  # it also wakes what waits for input
    else:
        _thread.interrupt_main()


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(_IMPORT):
            return True
        frame = frame.f_back
    return False
