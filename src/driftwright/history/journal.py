"""The journal beside the history: one line a run, appended and synced, from which the history can be rebuilt."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as File

from driftwright.errors import InputFault, MachineFault
from driftwright.history.run import Run, as_record, from_record


@dataclass(frozen=True, slots=True)
class Journal:
    """An append-only file of JSON lines; whoever appends holds the database's write lock.

    Args:
        file: The file; it need not be there yet.
    """

    file: File

    def append(self, run: Run) -> int:
        """Write one run behind all others, and wait until the disk has it; return how long the file was before.

        Raises:
            InputFault: The file is a symbolic link.
            MachineFault: The disk is full or the file cannot be written to; then it holds what it held.
        """
        if self.file.is_symlink():
            raise InputFault("a symbolic link", str(self.file), "", "remove it; links are not written through")
        line = json.dumps(as_record(run), separators=(",", ":"), ensure_ascii=True) + "\n"
        try:
            with self.file.open("ab") as stream:
                whole = stream.tell()
                try:
                    _written(stream.fileno(), (b"" if self._ends_well(whole) else b"\n") + line.encode())
                    os.fsync(stream.fileno())
                except OSError:
                    os.ftruncate(stream.fileno(), whole)  # a half line is no run
                    raise
                return whole
        except OSError as error:
            what = f"cannot be written ({error.strerror})"
            raise MachineFault(what, str(self.file), "", "free space, or name another folder") from None

    def cut(self, size: int) -> None:
        """Take back what was appended since the file was `size` bytes long."""
        with contextlib.suppress(OSError):
            os.truncate(self.file, size)

    def runs(self) -> Iterator[Run]:
        """Yield the runs in the order in which they were written; a line that is no run is passed over.

        The last line may be torn: the run that was being written then was never acknowledged.
        """
        try:
            lines = self.file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            what = f"cannot be read ({error.strerror})"
            raise MachineFault(what, str(self.file), "", "make it readable") from None
        for line in lines:
            try:
                yield from_record(json.loads(line))
            except (ValueError, RecursionError):
                continue

    def _ends_well(self, size: int) -> bool:
        """Whether the file ends with a whole line; a line that was torn by a power cut stays by itself."""
        if size == 0:
            return True
        with self.file.open("rb") as stream:
            stream.seek(size - 1)
            return stream.read(1) == b"\n"


def _written(handle: int, data: bytes) -> None:
    """Write all of `data`; the system may take less at once."""
    while data:
        data = data[os.write(handle, data) :]
