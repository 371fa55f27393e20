"""The history of a workspace: its runs and what was sent about them, in one SQLite database."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path as File
from types import TracebackType
from typing import Self

from driftwright.base.errors import InputFault, MachineFault
from driftwright.base.files import sync_folder, unwritable
from driftwright.history import queries
from driftwright.history.database import open_database, writing
from driftwright.history.run import Run
from driftwright.history.sent import Sent

NAME = "history.sqlite3"


class History:
    """The runs of a workspace; use it with `with`.

    Args:
        folder: Its folder; made if missing.

    Attributes:
        put_aside: New path of the database file if it was damaged when opened; else None. The content of a damaged file
            is not in this history.
        odd: The numbers of rows that were found to be no runs, and set aside: they are read no more.
    """

    def __init__(self, folder: File) -> None:
        self._file = folder / NAME
        self.put_aside: File | None = None
        self.odd: list[int] = []

    def __enter__(self) -> Self:
        """Open it; a file of an earlier version is migrated, and a damaged file is put aside.

        Raises:
            InputFault: The folder or a file is a symbolic link, may not be written, or a newer driftwright made it.
            MachineFault: The disk is full or fails.
        """
        folder = self._file.parent
        if folder.is_symlink():  # whoever can put a link there must not choose where runs are written to
            raise InputFault(
                "a symbolic link", str(folder), "", "name the folder itself; links are not written through"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(error, folder, "name another folder") from None
        self._database, self.put_aside = open_database(self._file)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._database.close()

    def add(self, run: Run) -> Run:
        """Record a run; when this returns, it survives a kill and a power cut.

        Returns:
            The run with its number.

        Raises:
            MachineFault: The disk is full or another process holds the history too long; the history is unchanged.
        """
        with self._transaction("the run cannot be recorded"):
            return queries.insert_run(self._database, run)

    def mark(self, sent: Sent) -> None:
        """Record what was sent to a channel; it replaces the earlier entry of that channel and alert.

        Raises:
            MachineFault: The disk is full or another process holds the history too long; the history is unchanged.
        """
        with self._transaction("what was sent cannot be recorded"):
            queries.insert_sent(self._database, sent)

    def sent(self, channel: str) -> Mapping[str, Sent]:
        """Return what was last sent to a channel about each alert, by the alert's key."""
        return {sent.key: sent for sent in self.all_sent() if sent.channel == channel}

    def all_sent(self) -> tuple[Sent, ...]:
        """Return what was last sent to each channel about each alert, by channel and key."""
        with self._reading():
            return queries.all_sent(self._database)

    def targets(self) -> tuple[str, ...]:
        """The targets of which there are runs."""
        return tuple(sorted({run.target for run in self.runs()}))

    def runs(self, target: str | None = None, limit: int | None = None) -> tuple[Run, ...]:
        """Return the newest runs, oldest first.

        Args:
            target: Only those of this target.
            limit: At most so many; all when None.
        """
        while True:
            with self._reading():
                runs, odd = queries.newest_runs(self._database, target, limit)
            new = [number for number in odd if number not in self.odd]
            self.odd += new
            if not new:
                return runs
            try:
                with self._transaction("an odd row cannot be set aside"):
                    queries.set_aside(self._database, new)
            except MachineFault:  # whoever may only read is told of it each time
                return runs

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """Tell what only reading shows of a damaged file."""
        try:
            yield
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            mend = "move it away; a new history begins"
            raise InputFault("the history cannot be read", str(self._file), "", mend) from None

    @contextlib.contextmanager
    def _transaction(self, problem: str) -> Iterator[None]:
        """Run the body in one transaction, and sync it to the disk."""
        try:
            with writing(self._database):
                yield
        except sqlite3.Error:
            raise MachineFault(problem, str(self._file), "", "free space, or wait for the other process") from None
        # A transaction ends when SQLite deletes its journal. Were that there again after a power cut, it would take
        # back what was kept. `synchronous = EXTRA` syncs as well, but refuses what is kept already if the disk says no.
        sync_folder(self._file.parent)
