"""What earlier answers said, and answers as tables."""

from __future__ import annotations

import errno
from pathlib import Path as File

from driftwright.base.errors import InputFault
from driftwright.base.files import sync_file, write_by
from driftwright.base.jsontext import parse_json_file
from driftwright.report import Cohorts
from driftwright.verdict.cohorts.extras import duckdb

_COLUMNS = (
    "shape varchar, known boolean, stores varchar, changes bigint, breaks varchar, day varchar, users bigint, "
    "share double"
)


def alerted_in(file: str) -> frozenset[str]:
    """Return the ids of the shapes that an earlier answer told of, from its JSON.

    Raises:
        InputFault: It is no such answer.
    """
    document = parse_json_file(File(file))
    shapes = document.get("shapes") if isinstance(document, dict) else None
    if not isinstance(shapes, list) or not all(isinstance(shape, dict) for shape in shapes):
        raise InputFault("not an answer of cohorts", file, "/shapes", "name a .json that cohorts wrote")
    return frozenset(str(shape.get("id", "")) for shape in shapes)


def write_parquet(cohorts: Cohorts, file: File) -> None:
    """Write the shapes by day as a table: one row for each shape and day.

    Raises:
        InputFault: DuckDB is not installed, or nothing may be written there.
        MachineFault: The disk is full.
    """
    rows = [
        (
            *(shape.id, shape.known, ", ".join(shape.stores), len(shape.changes)),
            *(", ".join(fact.name for fact in shape.facts), day.day, day.users, day.share),
        )
        for shape in cohorts.shapes
        for day in shape.days
    ]
    engine = duckdb()

    def write(temporary: File) -> None:
        try:
            database.execute("copy (select * from told order by all) to ? (format parquet)", [str(temporary)])
        except engine.Error:
            raise OSError(errno.EIO, "not writable") from None
        sync_file(temporary)

    with engine.connect(":memory:") as database:
        database.execute(f"create table told ({_COLUMNS})")
        if rows:
            database.executemany("insert into told values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        write_by(file, write)
