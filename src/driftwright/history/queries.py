"""Queries that read and write runs and sendings; the caller holds the transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from driftwright.history.row_digest import digest_of
from driftwright.history.run import Run, as_record, from_record
from driftwright.history.sent import Sent

_RUN = "sequence, id, target, record, digest"
_SENT = "channel, key, sequence, active, run"


def insert_run(connection: sqlite3.Connection, run: Run) -> Run:
    """Insert a run as the newest, and return it with its number."""
    record = json.dumps(as_record(run), separators=(",", ":"), ensure_ascii=True)
    row = (run.id, run.target, record)
    sequence = int(connection.execute("INSERT INTO run (id, target, record) VALUES (?, ?, ?)", row).lastrowid or 0)
    connection.execute("UPDATE run SET digest = ? WHERE sequence = ?", (digest_of((sequence, *row)), sequence))
    return replace(run, sequence=sequence)


def insert_sent(connection: sqlite3.Connection, sent: Sent) -> None:
    """Write what was sent to a channel; it replaces the earlier entry of that channel and alert."""
    row = (sent.channel, sent.key, sent.sequence, int(sent.active), sent.run)
    insert = f"INSERT OR REPLACE INTO sent ({_SENT}, digest) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - ours
    connection.execute(insert, (*row, digest_of(row)))


def newest_runs(
    connection: sqlite3.Connection, target: str | None, limit: int | None
) -> tuple[tuple[Run, ...], tuple[int, ...]]:
    """Return the newest runs of a target, or of all, oldest first, and the numbers of the rows that are no runs."""
    rows = connection.execute(
        f"SELECT {_RUN} FROM run WHERE ?1 IS NULL OR target = ?1 ORDER BY sequence DESC LIMIT ?2",  # noqa: S608 - ours
        (target, -1 if limit is None else limit),
    ).fetchall()
    runs, odd = list[Run](), list[int]()
    for sequence, name, of, record, digest in reversed(rows):
        try:
            run = from_record(json.loads(record), sequence)
        except (ValueError, TypeError, RecursionError):
            odd.append(sequence)
            continue
        if (run.id, run.target) == (name, of) and digest == digest_of((sequence, name, of, record)):
            runs.append(run)
        else:
            odd.append(sequence)
    return tuple(runs), tuple(odd)


def set_aside(connection: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Move rows of the runs to where nobody reads them, as they are."""
    marks = [(number,) for number in numbers]
    connection.executemany("INSERT INTO odd SELECT sequence, id, target, record FROM run WHERE sequence = ?", marks)
    connection.executemany("DELETE FROM run WHERE sequence = ?", marks)


def run_ids(connection: sqlite3.Connection) -> set[str]:
    """Return the ids of all runs."""
    return {name for (name,) in connection.execute("SELECT id FROM run")}


def all_sent(connection: sqlite3.Connection) -> tuple[Sent, ...]:
    """Return what was last sent to each channel about each alert; a row that is not as it was written tells nothing."""
    rows = connection.execute(f"SELECT {_SENT}, digest FROM sent ORDER BY channel, key")  # noqa: S608 - as above
    kinds = [str, str, int, int, str]
    sound = (row for *row, digest in rows if list(map(type, row)) == kinds and digest == digest_of(row))
    return tuple(Sent(channel, key, sequence, bool(active), run) for channel, key, sequence, active, run in sound)
