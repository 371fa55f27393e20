"""The journal beside the history: one line a run or sending, synced, from which the history can be rebuilt."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as File

from driftwright.base.errors import InputFault, MachineFault
from driftwright.history.run import Run, as_record, from_record
from driftwright.history.sent import FORMAT as SENT
from driftwright.history.sent import Sent, sent_from, sent_record


@dataclass(frozen=True, slots=True)
class Journal:
    """An append-only file of JSON lines; whoever appends holds the database's write lock.

    Args:
        file: The file; it need not be there yet.
    """

    file: File

    def append(self, entry: Run | Sent) -> tuple[int, int]:
        """Write one entry behind all others, and wait until the disk has it; return the file's size before and after.

        Raises:
            InputFault: The file is a symbolic link.
            MachineFault: The disk is full or the file cannot be written to; then it holds what it held.
        """
        if self.file.is_symlink():
            raise InputFault("a symbolic link", str(self.file), "", "remove it; links are not written through")
        record = as_record(entry) if isinstance(entry, Run) else sent_record(entry)
        line = json.dumps(record, separators=(",", ":"), ensure_ascii=True) + "\n"
        try:
            with self.file.open("ab") as stream:
                whole = stream.tell()
                try:
                    data = (b"" if self._ends_well(whole) else b"\n") + line.encode()
                    _written(stream.fileno(), data)
                    os.fsync(stream.fileno())
                except OSError:
                    os.ftruncate(stream.fileno(), whole)  # a half line is no run
                    raise
                return whole, whole + len(data)
        except OSError as error:
            what = f"cannot be written ({error.strerror})"
            raise MachineFault(what, str(self.file), "", "free space, or name another folder") from None

    def cut(self, sizes: tuple[int, int]) -> None:
        """Take back what `append` wrote, unless another process has written behind it since."""
        before, after = sizes
        with contextlib.suppress(OSError):
            if self.file.stat().st_size == after:
                os.truncate(self.file, before)

    def size(self) -> int:
        """Return how many bytes it has."""
        try:
            return self.file.stat().st_size
        except OSError:
            return 0

    def entries(self) -> Iterator[Run | Sent]:
        """Yield what was written, in its order; a line that is neither a run nor a sending is passed over.

        The last line may be torn: what was being written then was never acknowledged.
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
                record = json.loads(line)
                told = isinstance(record, dict) and record.get("format") == SENT
                yield sent_from(record) if told else from_record(record)
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
