"""Standard streams that are closed, full, left by their reader, or of few letters: none changes what a command does.

A verdict is told by the exit code as well, and reports and alerts go other ways; so what cannot be printed is dropped,
and only a disk that is full is told, when all else is done.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer

_LAST = 2  # standard error


class Output(io.FileIO):
    """A standard stream to which writing never fails.

    Attributes:
        problem: Why something could not be written; empty when all was, or when its reader has gone.
    """

    problem: str = ""

    def write(self, data: Buffer) -> int:
        """Write, or from the first failure on let everything go to nowhere."""
        try:
            return super().write(data) or 0
        except OSError as error:
            if error.errno != errno.EPIPE:  # a reader that went away, as `head` does, has had what it wanted
                self.problem = error.strerror or type(error).__name__
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return memoryview(data).nbytes


def open_standard_streams() -> Output:
    """Open what is closed of the three streams to nowhere, and let the other two take every letter; the output.

    A file that is opened later must not get the number of a standard stream: whatever is printed would go into it.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= _LAST:
        pass
    os.close(number)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it stays open as long as the program
    output = Output(1, "wb", closefd=False)
    sys.stdout = _texts(output, sys.stdout)
    sys.stderr = _texts(Output(2, "wb", closefd=False), sys.stderr)
    return output


def _texts(output: Output, before: TextIO | None) -> TextIO:
    """Return a stream of texts; a letter that its encoding does not have becomes an escape."""
    if os.name == "nt" and isinstance(before, io.TextIOWrapper) and before.isatty():
        before.reconfigure(errors="backslashreplace")  # a console of Windows takes texts, and no bytes of them
        return before
    encoding = before.encoding if before is not None else "utf-8"
    live = output.fileno() == _LAST or output.isatty()
    return io.TextIOWrapper(io.BufferedWriter(output), encoding, "backslashreplace", line_buffering=live)
