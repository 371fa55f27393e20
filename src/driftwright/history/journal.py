"""The journal that earlier versions kept beside the database; its entries are imported once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path as File

from driftwright.base.errors import InputFault, MachineFault
from driftwright.history.queries import all_sent, insert_run, insert_sent, run_ids
from driftwright.history.run import Run, from_record
from driftwright.history.sent import FORMAT as SENT
from driftwright.history.sent import Sent, sent_from

JOURNAL = "history.jsonl"


def take_over(connection: sqlite3.Connection, file: File) -> None:
    """Import the entries of the journal that the database lacks; the journal is not changed.

    Entries were written to the journal first, so after a kill an entry may be in the journal alone.

    Args:
        connection: The database, within a transaction.
        file: The journal; it may be missing.

    Raises:
        InputFault: It is a symbolic link.
        MachineFault: It cannot be read.
    """
    if file.is_symlink():
        raise InputFault("a symbolic link", str(file), "", "remove it; a journal is read where it lies")
    if file.exists() and not file.is_file():
        raise InputFault("no file", str(file), "", "remove it; a journal is read where it lies")
    ids = run_ids(connection)
    current = {(sent.channel, sent.key): (sent.run, sent.active) for sent in all_sent(connection)}
    newest: dict[tuple[str, str], Sent] = {}
    for entry in _entries(file):
        if isinstance(entry, Sent):
            newest[entry.channel, entry.key] = entry
        elif entry.id not in ids:
            ids.add(entry.id)
            insert_run(connection, entry)
    for place, sent in newest.items():
        if current.get(place) != (sent.run, sent.active):
            insert_sent(connection, sent)


def _entries(file: File) -> Iterator[Run | Sent]:
    """Yield the entries in their order; a line that is neither a run nor a sending is skipped.

    The last line may be torn: what was being written then was never acknowledged.
    """
    if file.exists() and not file.is_file():  # to open a pipe would wait for whoever writes to it
        raise InputFault("no plain file", str(file), "", "remove it; the history goes on without")
    try:
        with file.open("rb") as lines:
            for line in lines:
                try:
                    record = json.loads(line)
                    is_sent = isinstance(record, dict) and record.get("format") == SENT
                    yield sent_from(record) if is_sent else from_record(record)
                except (ValueError, TypeError, RecursionError):
                    continue
    except FileNotFoundError:
        return
    except OSError as error:
        raise MachineFault(f"cannot be read ({error.strerror})", str(file), "", "make it readable") from None
