"""The history's SQLite file: opened, migrated step by step, and put aside when it is damaged.

It keeps SQLite's rollback journal: one file that is unchanged between two writes can be copied, cached and read on any
file system, which a write-ahead log and its shared memory cannot.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path as File

from driftwright.base.errors import InputFault, MachineFault
from driftwright.history.journal import JOURNAL, take_over
from driftwright.history.lock import hold_lock
from driftwright.history.row_digest import digest_of

# Each step leads from the version of its index to the next; steps are added, never changed.
MIGRATIONS = (
    """
    CREATE TABLE run (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        recorded_at TEXT NOT NULL,
        target TEXT NOT NULL,
        state TEXT NOT NULL,
        verdict TEXT NOT NULL,
        blind TEXT NOT NULL,
        digest TEXT NOT NULL,
        record TEXT NOT NULL
    );
    CREATE INDEX run_of_target ON run (target, sequence);
    CREATE TABLE finding (
        sequence INTEGER NOT NULL REFERENCES run (sequence) ON DELETE CASCADE,
        fingerprint TEXT NOT NULL,
        fact TEXT NOT NULL,
        rule TEXT NOT NULL,
        store TEXT NOT NULL,
        path TEXT NOT NULL,
        verdict TEXT NOT NULL,
        effect TEXT NOT NULL,
        PRIMARY KEY (sequence, fingerprint)
    );
    CREATE INDEX finding_by_fingerprint ON finding (fingerprint, sequence);
    CREATE TABLE shape (
        sequence INTEGER NOT NULL REFERENCES run (sequence) ON DELETE CASCADE,
        store TEXT NOT NULL,
        found TEXT NOT NULL,
        version TEXT NOT NULL,
        distance INTEGER NOT NULL,
        PRIMARY KEY (sequence, store)
    );
    """,
    """
    CREATE TABLE sent (
        channel TEXT NOT NULL,
        key TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        active INTEGER NOT NULL,
        run TEXT NOT NULL,
        PRIMARY KEY (channel, key)
    );
    CREATE TABLE journal (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        size INTEGER NOT NULL
    );
    """,
    """
    DROP TABLE journal;
    DROP TABLE finding;
    DROP TABLE shape;
    CREATE TABLE kept (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        target TEXT NOT NULL,
        record TEXT NOT NULL
    );
    INSERT INTO kept SELECT sequence, id, target, record FROM run ORDER BY sequence;
    DROP TABLE run;
    ALTER TABLE kept RENAME TO run;
    CREATE INDEX run_of_target ON run (target, sequence);
    """,
    """
    CREATE TABLE odd (
        sequence INTEGER PRIMARY KEY,
        id,
        target,
        record
    );
    """,
    """
    ALTER TABLE run ADD COLUMN digest TEXT NOT NULL DEFAULT '';
    ALTER TABLE sent ADD COLUMN digest TEXT NOT NULL DEFAULT '';
    UPDATE run SET digest = digest_of(sequence, id, target, record);
    UPDATE sent SET digest = digest_of(channel, key, sequence, active, run);
    """,
)
VERSION = len(MIGRATIONS)
_COLUMNS = {
    "run": "sequence, id, target, record, digest",
    "sent": "channel, key, sequence, active, run, digest",
    "odd": "sequence, id, target, record",
}
_WITHOUT_JOURNAL = 3  # the first version that keeps everything in the database
_NAMED_WRONGLY = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
_WAIT = 60.0  # seconds that a writer waits for the others


def open_database(file: File) -> tuple[sqlite3.Connection, File | None]:
    """Open the file and bring it to the newest version; a damaged one is put aside first.

    Returns:
        The database, and the new path of a damaged file; None when the file was not damaged.

    Raises:
        InputFault: It is a symbolic link, nothing may be written there, or a newer driftwright made it.
        MachineFault: The disk is full or fails.
    """
    if file.is_symlink():
        raise InputFault("a symbolic link", str(file), "", "name the file itself; links are not written through")
    for part in (file, *_beside(file)):  # SQLite would wait for who writes to a pipe
        if part.exists() and not part.is_file():
            raise InputFault("no file", str(part), "", "remove it; a new history begins")
    try:
        return _connect(file), None
    except sqlite3.OperationalError as error:
        raise _database_fault(file, error) from None
    except sqlite3.DatabaseError:
        pass
    try:
        with hold_lock(file.with_name("opening.lock"), "putting a damaged history aside"):
            # Another process may have done it meanwhile, and what it has written since must not go as well.
            try:
                return _connect(file), None
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                damaged_file = _put_aside(file)
            return _connect(file), damaged_file
    except sqlite3.Error as error:
        raise _database_fault(file, error) from None


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Run the body in one write transaction; an exception rolls it back."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _connect(file: File) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_WAIT, isolation_level=None)
    try:
        # A row that something damaged is told as an odd one; it must not keep the others from being read.
        connection.text_factory = _text
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA trusted_schema = OFF")
        _migrate(connection, file)
        _check(connection)
    except UnicodeDecodeError:  # what SQLite says of a damaged name holds its bytes
        connection.close()
        raise sqlite3.DatabaseError from None
    except BaseException:
        connection.close()
        raise
    return connection


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _check(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise sqlite3.DatabaseError
    try:
        for table, columns in _COLUMNS.items():
            connection.execute(f"SELECT {columns} FROM {table} LIMIT 0")  # noqa: S608 - ours
    except sqlite3.OperationalError as error:
        if str(error).startswith("no such"):  # a damaged name of a table or column is sound for SQLite
            raise sqlite3.DatabaseError from None
        raise


def _migrate(connection: sqlite3.Connection, file: File) -> None:
    if _version(connection) == VERSION:
        return
    with writing(connection):  # another process may have come first
        version = _version(connection)
        if version > VERSION:
            raise InputFault("made by a newer driftwright", str(file), f"version {version}", "upgrade driftwright")
        connection.create_function("digest_of", -1, lambda *values: digest_of(values), deterministic=True)
        for step in MIGRATIONS[version:]:
            for statement in filter(None, map(str.strip, step.split(";"))):
                connection.execute(statement)
        if version < _WITHOUT_JOURNAL:
            take_over(connection, file.with_name(JOURNAL))
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _beside(file: File) -> tuple[File, ...]:
    """The files that SQLite may have beside the database."""
    return tuple(file.with_name(file.name + ending) for ending in ("-journal", "-wal", "-shm"))


def _put_aside(file: File) -> File:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    try:
        for part in (*_beside(file), file):
            target = part.with_name(f"{part.name}.damaged-{stamp}")
            if part.exists():
                part.replace(target)
    except OSError as error:
        raise _database_fault(file, error) from None
    return target


def _database_fault(file: File, error: Exception) -> InputFault | MachineFault:
    problem = "the history cannot be opened" if "open" in str(error) else "the history cannot be used"
    kind = InputFault if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NAMED_WRONGLY else MachineFault
    return kind(problem, str(file), "", "check the folder, its rights and the space that is left")
