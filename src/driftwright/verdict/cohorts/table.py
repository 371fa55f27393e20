"""Count tables of fingerprints with DuckDB: JSON lines whose lines are fingerprints, or parquet with such a column.

Users differ in their counts far more than in their structure. DuckDB takes the counts out of the text of each
fingerprint, and groups what is left; only one fingerprint of each group is parsed here.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path as File
from typing import Any

from driftwright.base.errors import Fault, InputFault, MachineFault
from driftwright.base.jsontext import parse_json
from driftwright.snapshot import fingerprint_areas
from driftwright.verdict.cohorts.extras import duckdb, fsspec
from driftwright.verdict.cohorts.files import fingerprint_seen
from driftwright.verdict.cohorts.folded import Folded, Odd, Sighting, merge_folded, odd_input, outline_id

COLUMN = "fingerprint"
"""The column of a parquet file that holds the fingerprints; no other is read."""
TABLE_ENDINGS = (".parquet", ".jsonl", ".ndjson")
_MEMORY = "1200MB"
_LONGEST = 8192  # bytes of one fingerprint; one of ours has 4 KB
_FETCHED = 10_000
MOST_STRUCTURES = 5_000
"""Distinct structures that are looked at, the most frequent first; the rest is set aside."""

# A count stands behind a name. A quote within a name is escaped, so what looks like a count there is left as it is.
_COUNT = r'([^\\])":[0-9]+'
_JSON_LINES = "read_json_objects($file, format = 'newline_delimited', ignore_errors = true)"
_PARQUET = f"(select try_cast({COLUMN} as json) as json from read_parquet($file))"  # noqa: S608 - our own words
# Lines that are the same but for their counts, before anything in them is looked at: that costs least for a row.
_ALIKE = r"""
create temp table alike as
select count(*) as users, max(case when length(json::varchar) <= $longest then json::varchar else '""' end) as line
from {source}
group by case when length(json::varchar) <= $longest then regexp_replace(json::varchar, $count, '\1":', 'g') else '' end
"""
# Every part is checked here, as it comes from anybody: nothing odd gets into a count.
_CHECKED = """
with told as (
    select json_extract_string(line, ['$.format', '$.provenance.way', '$.provenance.taken_at', '$.labels.app',
                                      '$.labels.country']) as said,
           json_extract(line, '$.areas')::varchar as areas, line, {number}
    from {lines}
), checked as (
    select case
        when line is null then 'not JSON'
        when line = '""' then 'longer than any fingerprint'
        when said[1] is distinct from 'snapshot-v1' or said[2] is distinct from 'fingerprint' or areas is null
            then 'not a fingerprint'
        when try_cast(left(said[3], 10) as date) is null or left(said[3], 10) not between '2000-01-01' and $last
            then 'a day that cannot be'
        when not regexp_full_match(coalesce(said[4], ''), '[0-9A-Za-z.+_-]{{0,32}}')
            or not regexp_full_match(coalesce(said[5], ''), '([A-Z][A-Z])?') then 'a label that is none'
        else '' end as odd,
        left(said[3], 10) as day, coalesce(said[4], '') as app, coalesce(said[5], '') as country, areas, {number}
    from told
)
"""
_GROUPED = r"""
create temp table grouped as {checked}
select day, app, country, sum(users)::bigint as users, max(areas) as longest,
       md5(regexp_replace(areas, $count, '\1":', 'g')) as structure
from checked where odd = '' group by day, app, country, structure
"""
_FREQUENT = """
with frequent as (select structure from grouped group by structure order by sum(users) desc, structure limit $most)
select day, app, country, structure, users, longest from grouped semi join frequent using (structure)
"""
_NUMBERED = """
(select case when length(json::varchar) <= $longest then json::varchar when json is not null then '""' end as line,
        row_number() over () as row from {source})
"""
_ODD = "select odd, count(*), min(row) from checked where odd <> '' group by odd order by odd"


def fold_table(name: str) -> Folded:
    """Fold the fingerprints of one table; rows that are none are set aside, each kind named with the first.

    Args:
        name: A `.parquet`, `.jsonl` or `.ndjson` file, or an address that fsspec opens.

    Raises:
        InputFault: There is no such table, it has no such column, or DuckDB is not installed.
        MachineFault: The memory or the disk is full.
    """
    engine = duckdb()
    with tempfile.TemporaryDirectory() as scratch:
        settings = {
            "memory_limit": _MEMORY,
            "threads": os.cpu_count() or 1,
            "temp_directory": scratch,
            # Nothing is fetched that was not named.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with engine.connect(":memory:", config=settings) as database:
            if "://" in name:
                database.register_filesystem(fsspec().filesystem(name.partition("://")[0]))
            elif not File(name).is_file():
                raise InputFault("no such file", name, "", "check the path")
            try:
                return _folded(database, name)
            except engine.OutOfMemoryException:
                raise MachineFault("too little memory to count this table", name, "", "split it") from None
            except engine.Error:
                mend = f"give JSON lines, or parquet with the column {COLUMN}"
                raise InputFault("not a table of fingerprints", name, "", mend) from None


def _folded(database: Any, name: str) -> Folded:
    source = _PARQUET if name.endswith(".parquet") else _JSON_LINES
    parameters = {"file": name, "longest": _LONGEST}
    last = {"last": (datetime.now(UTC).date() + timedelta(days=1)).isoformat()}
    database.execute(_ALIKE.format(source=source), {**parameters, "count": _COUNT})
    checked = _CHECKED.format(number="users", lines="alike")
    database.execute(_GROUPED.format(checked=checked), {**last, "count": _COUNT})
    rows = database.execute(_FREQUENT, {"most": MOST_STRUCTURES})
    structures: dict[str, _Structure] = {}
    while fetched := rows.fetchmany(_FETCHED):
        for day, app, country, structure, users, areas in fetched:
            kept = structures.setdefault(structure, _Structure("", Counter()))
            kept.counts[day, app, country] += users
            if (len(areas), areas) > (len(kept.areas), kept.areas):
                kept.areas = areas
    looked = sum(kept.counts.total() for kept in structures.values())
    everything, sound = database.execute(
        """select (select coalesce(sum(users), 0) from alike)::bigint,
                  (select coalesce(sum(users), 0) from grouped)::bigint"""
    ).fetchone()
    odd = Odd()
    if everything > sound:
        lines = _NUMBERED.format(source=source)
        query = _CHECKED.format(number="row", lines=lines) + _ODD
        for reason, count, first in database.execute(query, {**parameters, **last}).fetchall():
            odd = odd.merged(odd_input(f"{name}:{first}", f"{reason} (rows: {count})", count))
    if rare := sound - looked:
        odd = odd.merged(odd_input(name, f"more than {MOST_STRUCTURES} structures (rows: {rare})", rare))
    return merge_folded([*_parsed(structures.values(), name), Folded(odd=odd)])


@dataclass(slots=True)
class _Structure:
    """The fingerprints that differ in their counts alone.

    Args:
        areas: The longest of them, which has counts of the most digits.
        counts: How many there are by day, version and country.
    """

    areas: str
    counts: Counter[tuple[str, str, str]]


def _parsed(structures: Iterable[_Structure], name: str) -> Iterator[Folded]:
    """Yield each structure, parsed once; the order in which names were written makes no other outline."""
    for structure in structures:
        users = structure.counts.total()
        try:
            areas = fingerprint_seen(fingerprint_areas(parse_json(structure.areas.encode(), name), name))
        except Fault as fault:
            yield Folded(odd=odd_input(name, f"{fault.what} (rows: {users})", users))
            continue
        outline = outline_id(areas)
        counts = {Sighting(outline, *labels): count for labels, count in structure.counts.items()}
        yield Folded({outline: areas}, counts)
