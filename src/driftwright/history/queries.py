"""Queries that read and write runs and sendings; the caller holds the transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from driftwright.history.run import Run, as_record, from_record
from driftwright.history.sent import Sent

_SENT = "channel, key, sequence, active, run"


def insert_run(connection: sqlite3.Connection, run: Run) -> Run:
    """Insert a run as the newest, and return it with its number."""
    record = json.dumps(as_record(run), separators=(",", ":"), ensure_ascii=True)
    cursor = connection.execute("INSERT INTO run (id, target, record) VALUES (?, ?, ?)", (run.id, run.target, record))
    return replace(run, sequence=int(cursor.lastrowid or 0))


def insert_sent(connection: sqlite3.Connection, sent: Sent) -> None:
    """Write what was sent to a channel; it replaces the earlier entry of that channel and alert."""
    row = (sent.channel, sent.key, sent.sequence, sent.active, sent.run)
    connection.execute(f"INSERT OR REPLACE INTO sent ({_SENT}) VALUES (?, ?, ?, ?, ?)", row)  # noqa: S608 - ours


def newest_runs(
    connection: sqlite3.Connection, target: str | None, limit: int | None
) -> tuple[tuple[Run, ...], tuple[int, ...]]:
    """Return the newest runs of a target, or of all, oldest first, and the numbers of the rows that are no runs."""
    rows = connection.execute(
        "SELECT sequence, id, target, record FROM run WHERE ?1 IS NULL OR target = ?1 ORDER BY sequence DESC LIMIT ?2",
        (target, -1 if limit is None else limit),
    ).fetchall()
    runs, odd = list[Run](), list[int]()
    for sequence, name, of, record in reversed(rows):
        try:
            run = from_record(json.loads(record), sequence)
        except (ValueError, TypeError, RecursionError):
            odd.append(sequence)
            continue
        if (run.id, run.target) == (name, of):
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
    """Return what was last sent to each channel about each alert."""
    rows = connection.execute(f"SELECT {_SENT} FROM sent ORDER BY channel, key")  # noqa: S608 - as above
    kinds = [str, str, int, int, str]
    sound = (row for row in rows if list(map(type, row)) == kinds)
    return tuple(Sent(channel, key, sequence, bool(active), run) for channel, key, sequence, active, run in sound)
