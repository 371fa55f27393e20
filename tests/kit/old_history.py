"""A history as earlier versions left it: a database of their second format, and a journal of JSON lines beside it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from driftwright.history.database import MIGRATIONS
from driftwright.history.journal import JOURNAL
from driftwright.history.run import Run, as_record
from driftwright.history.runs import NAME
from driftwright.history.sent import Sent, sent_record

OLD_VERSION = 2


def write_old_history(
    folder: Path, runs: Sequence[Run], sent: Sequence[Sent] = (), journal: Sequence[Run | Sent] | None = None
) -> None:
    """Write it.

    Args:
        folder: Where to.
        runs: The runs in the database.
        sent: What was sent, in the database.
        journal: The entries of the journal; None for those of the database.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries: Sequence[Run | Sent] = [*runs, *sent] if journal is None else journal
    records = [as_record(entry) if isinstance(entry, Run) else sent_record(entry) for entry in entries]
    (folder / JOURNAL).write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    database = sqlite3.connect(folder / NAME)
    with database:
        for step in MIGRATIONS[:OLD_VERSION]:
            database.executescript(step)
        database.execute(f"PRAGMA user_version = {OLD_VERSION}")
        for run in runs:
            row = (run.id, run.recorded_at, run.target, run.state, run.verdict, run.blind, run.digest)
            database.execute("INSERT INTO run VALUES (NULL,?,?,?,?,?,?,?,?)", (*row, json.dumps(as_record(run))))
        database.execute(
            "INSERT INTO finding SELECT sequence, 'f', 'count', 'field-renamed', 's', '/a', 'broken', 'silent' FROM run"
        )
        database.execute("INSERT INTO shape SELECT sequence, 's', 'v1', 'v1', 0 FROM run")
        for message in sent:
            columns = (message.channel, message.key, message.sequence, message.active, message.run)
            database.execute("INSERT INTO sent (channel, key, sequence, active, run) VALUES (?,?,?,?,?)", columns)
        database.execute("INSERT INTO journal VALUES (1, 1)")
    database.close()
