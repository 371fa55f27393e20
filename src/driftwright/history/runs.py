"""What was: every run, kept in an embedded database with a journal beside it from which it can be rebuilt."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path as File
from types import TracebackType
from typing import Self, TypeVar

from driftwright.base.errors import MachineFault
from driftwright.history.database import connected, writing
from driftwright.history.journal import Journal
from driftwright.history.run import FactState, FindingState, Run, StoreState, as_record, from_record, run_of
from driftwright.history.sent import Sent

__all__ = ["FactState", "FindingState", "History", "Run", "Sent", "StoreState", "run_of"]

NAME = "history.sqlite3"
JOURNAL = "history.jsonl"
_Entry = TypeVar("_Entry", Run, Sent)


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
        return self._kept(run, self._insert, "the run cannot be recorded")

    def mark(self, sent: Sent) -> None:
        """Remember what a channel was told; a later word about the same alert takes the place of the earlier.

        Raises:
            MachineFault: The disk is full or another process holds the history too long; then it is as it was.
        """
        self._kept(sent, self._upsert, "what was sent cannot be recorded")

    def sent(self, channel: str) -> Mapping[str, Sent]:
        """Return the last thing that a channel was told about each alert, by the alert's key."""
        rows = self._database.execute(
            "SELECT channel, key, sequence, active, run FROM sent WHERE channel = ?", (channel,)
        )
        return {key: Sent(name, key, sequence, bool(active), run) for name, key, sequence, active, run in rows}

    def targets(self) -> tuple[str, ...]:
        """The targets of which there are runs."""
        return tuple(name for (name,) in self._database.execute("SELECT DISTINCT target FROM run ORDER BY target"))

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

    def _kept(self, entry: _Entry, keep: Callable[[_Entry], _Entry], what: str) -> _Entry:
        """Write an entry to the journal and the database, or to neither."""
        written: list[tuple[int, int]] = []

        def undo() -> None:
            for sizes in written:
                self._journal.cut(sizes)

        try:
            with writing(self._database, undo):
                # First: what a kill leaves in the journal alone is taken over at the next opening.
                written.append(self._journal.append(entry))
                self._knows(written[0])
                return keep(entry)
        except sqlite3.Error:
            raise MachineFault(what, str(self._file), "", "free space, or wait for the other process") from None

    def _knows(self, sizes: tuple[int, int]) -> None:
        """Remember that the database knows the journal up to here, unless it did not know what stood before."""
        before, after = sizes
        if before == self._known_size():
            self._database.execute("INSERT OR REPLACE INTO journal VALUES (1, ?)", (after,))

    def _known_size(self) -> int:
        row = self._database.execute("SELECT size FROM journal").fetchone()
        return int(row[0]) if row else 0

    def _take_over(self) -> None:
        if self._known_size() == self._journal.size():
            return  # a journal of a year takes seconds to read
        with writing(self._database):
            size = self._journal.size()
            for entry in self._unknown():
                if isinstance(entry, Run):
                    self._insert(entry)
                else:
                    self._upsert(entry)
            self._database.execute("INSERT OR REPLACE INTO journal VALUES (1, ?)", (size,))

    def _unknown(self) -> Iterator[Run | Sent]:
        """Yield what the journal says last and the database does not know."""
        known = {name for (name,) in self._database.execute("SELECT id FROM run")}
        told: dict[tuple[str, str], Sent] = {}
        for entry in self._journal.entries():
            if isinstance(entry, Sent):
                told[entry.channel, entry.key] = entry
            elif entry.id not in known:
                known.add(entry.id)
                yield entry
        rows = self._database.execute("SELECT channel, key, run, active FROM sent")
        kept = {(channel, key): (run, bool(active)) for channel, key, run, active in rows}
        for place, sent in told.items():
            if kept.get(place) != (sent.run, sent.active):
                yield sent

    def _upsert(self, sent: Sent) -> Sent:
        self._database.execute(
            "INSERT OR REPLACE INTO sent (channel, key, sequence, active, run) VALUES (?,?,?,?,?)",
            (sent.channel, sent.key, sent.sequence, sent.active, sent.run),
        )
        return sent

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
