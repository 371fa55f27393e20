"""What was: every run, kept in an embedded database with a journal beside it from which it can be rebuilt."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path as File
from types import TracebackType
from typing import Self

from driftwright.errors import MachineFault
from driftwright.history.database import connected, writing
from driftwright.history.journal import Journal
from driftwright.history.run import FactState, FindingState, Run, StoreState, as_record, from_record, run_of

__all__ = ["FactState", "FindingState", "History", "Run", "StoreState", "run_of"]

NAME = "history.sqlite3"
JOURNAL = "history.jsonl"


class History:
    """The runs of a workspace; use it with `with`.

    Args:
        folder: Where it lies; made when it is not there.
    """

    def __init__(self, folder: File) -> None:
        self._file = folder / NAME
        self._journal = Journal(folder / JOURNAL)

    def __enter__(self) -> Self:
        """Open it; what the journal knows and the database does not is taken over.

        Raises:
            InputFault: A file is a symbolic link, or a newer driftwright made it.
            MachineFault: The folder cannot be written to, or the disk is full.
        """
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = f"the folder cannot be made ({error.strerror})"
            raise MachineFault(what, str(self._file.parent), "", "name another folder") from None
        self._database = connected(self._file)
        try:
            self._take_over()
        except BaseException:
            self._database.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._database.close()

    def add(self, run: Run) -> Run:
        """Record a run; when this returns, neither a kill nor a power cut takes it away.

        Returns:
            The run with its number.

        Raises:
            MachineFault: The disk is full or another process holds the history too long; then it is as it was.
        """
        try:
            with writing(self._database):
                # First: what a kill leaves in the journal alone is taken over at the next opening.
                before = self._journal.append(run)
                try:
                    return self._insert(run)
                except sqlite3.Error:
                    self._journal.cut(before)
                    raise
        except sqlite3.Error:
            what = "the run cannot be recorded"
            raise MachineFault(what, str(self._file), "", "free space, or wait for the other process") from None

    def runs(self, target: str | None = None, limit: int | None = None) -> tuple[Run, ...]:
        """Return the newest runs, oldest first.

        Args:
            target: Only those of this target.
            limit: At most so many; all when None.
        """
        found = self._database.execute(
            "SELECT sequence, record FROM run WHERE ?1 IS NULL OR target = ?1 ORDER BY sequence DESC LIMIT ?2",
            (target, -1 if limit is None else limit),
        ).fetchall()
        return tuple(from_record(json.loads(record), sequence) for sequence, record in reversed(found))

    def _take_over(self) -> None:
        known = {name for (name,) in self._database.execute("SELECT id FROM run")}
        if all(run.id in known for run in self._journal.runs()):
            return
        with writing(self._database):
            known = {name for (name,) in self._database.execute("SELECT id FROM run")}
            for run in self._journal.runs():
                if run.id not in known:
                    known.add(run.id)
                    self._insert(run)

    def _insert(self, run: Run) -> Run:
        record = json.dumps(as_record(run), separators=(",", ":"), ensure_ascii=True)
        row = (run.id, run.recorded_at, run.target, run.state, run.verdict, run.blind, run.digest, record)
        cursor = self._database.execute(
            "INSERT INTO run (id, recorded_at, target, state, verdict, blind, digest, record) VALUES (?,?,?,?,?,?,?,?)",
            row,
        )
        sequence = int(cursor.lastrowid or 0)
        self._database.executemany(
            "INSERT OR IGNORE INTO finding VALUES (?,?,?,?,?,?,?,?)",
            [(sequence, f.fingerprint, f.fact, f.rule, f.store, f.path, f.verdict, f.effect) for f in run.findings],
        )
        self._database.executemany(
            "INSERT OR IGNORE INTO shape VALUES (?,?,?,?,?)",
            [(sequence, s.name, s.found, s.version, s.distance) for s in run.stores],
        )
        return replace(run, sequence=sequence)
