"""Tables of fingerprints: the count of the engine is that of a slow exact one, and what is odd is set aside."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from driftwright.base.errors import InputFault
from driftwright.report import CohortFact, Cohorts, CohortShape, DayShare
from driftwright.snapshot import fingerprint_areas
from driftwright.verdict.cohorts import extras
from driftwright.verdict.cohorts.files import fingerprint_seen
from driftwright.verdict.cohorts.folded import Sighting, outline_id
from driftwright.verdict.cohorts.kept import write_parquet
from driftwright.verdict.cohorts.table import fold_table
from kit.many_users import drawn, fingerprint


def write_table(file: Path, count: int, shapes: int) -> Counter[tuple[int, str, str, str]]:
    """Write so many fingerprints, and return how many there are of each kind: the slow exact count."""
    exact: Counter[tuple[int, str, str, str]] = Counter()
    lines: dict[tuple[int, str, str, str, int], str] = {}
    with file.open("w") as out:
        for user in drawn(count, shapes, seed=3):
            if user not in lines:
                lines[user] = json.dumps(fingerprint(*user), separators=(",", ":")) + "\n"
            out.write(lines[user])
            exact[user[:4]] += 1
    return exact


def assert_counted(file: Path, exact: Counter[tuple[int, str, str, str]]) -> None:
    folded = fold_table(str(file))
    ids = {
        number: outline_id(fingerprint_seen(fingerprint_areas(fingerprint(number, "2026-06-01")["areas"], "")))
        for number, *_ in exact
    }
    assert len(set(ids.values())) == len(ids)
    assert folded.counts == {Sighting(ids[number], *labels): users for (number, *labels), users in exact.items()}
    assert folded.odd.count == 0


def test_a_table_is_counted_as_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "told.jsonl"
    assert_counted(file, write_table(file, 2_000, 8))


@pytest.mark.nightly
def test_a_million_fingerprints_are_counted_as_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "told.jsonl"
    exact = write_table(file, 1_000_000, 40)
    assert_counted(file, exact)


def test_parquet_holds_fingerprints_in_one_column_and_no_other_is_read(tmp_path: Path) -> None:
    lines, table = tmp_path / "told.jsonl", tmp_path / "told.parquet"
    exact = write_table(lines, 50, 3)
    with extras.duckdb().connect(":memory:") as database:
        database.execute(
            "copy (select json::varchar as fingerprint, 'x' as userid from read_json_objects(?)) to ? (format parquet)",
            [str(lines), str(table)],
        )
        database.execute("copy (select 1 as other) to ? (format parquet)", [str(tmp_path / "other.parquet")])
    assert_counted(table, exact)
    with pytest.raises(InputFault, match=r"other\.parquet: not a table of fingerprints; .* column fingerprint"):
        fold_table(str(tmp_path / "other.parquet"))


ODD = {
    "{not json": "not JSON",
    "[1, 2]": "not a fingerprint",
    '{"format": "snapshot-v1"}': "not a fingerprint",
    json.dumps(fingerprint(0, "2026-13-77")): "a day that cannot be",
    json.dumps(fingerprint(0, "2999-01-01")): "a day that cannot be",
    json.dumps(fingerprint(0, "2026-06-01", "<b>")): "a label that is none",
    json.dumps(fingerprint(0, "2026-06-01", "", "DEU")): "a label that is none",
    json.dumps({"x": "y" * 10_000}): "longer than any fingerprint",
}


def test_odd_rows_are_set_aside_and_each_kind_is_named_once(tmp_path: Path) -> None:
    file = tmp_path / "told.jsonl"
    sound = json.dumps(fingerprint(0, "2026-06-01"))
    file.write_text("\n".join([sound, *ODD, sound]) + "\n")
    folded = fold_table(str(file))
    assert sum(folded.counts.values()) == 2
    assert folded.odd.count == len(ODD)
    assert len(folded.odd.named) == len(set(ODD.values()))
    assert f"{file}:2: not JSON (rows: 1)" in folded.odd.named


def test_a_fingerprint_whose_areas_are_odd_is_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "told.jsonl"
    bad = fingerprint(0, "2026-06-01")
    bad["areas"][0]["shapes"] = {"site": {"o": "many"}}
    deep = fingerprint(1, "2026-06-01")
    deep["areas"][0]["shapes"]["site"] = json.loads('{"a":1,"l":' * 100 + "{}" + "}" * 100)
    file.write_text("\n".join(map(json.dumps, (bad, deep, fingerprint(0, "2026-06-01")))))
    folded = fold_table(str(file))
    assert (sum(folded.counts.values()), folded.odd.count) == (1, 2)


def test_a_name_that_looks_like_a_count_makes_another_shape(tmp_path: Path) -> None:
    file = tmp_path / "told.jsonl"
    rows = []
    for name in ('a":1', 'a":2', "a1", "a2"):
        row = fingerprint(0, "2026-06-01")
        row["areas"][0]["shapes"]["site"] = {"o": 1, "p": {name: {"i": 1}}}
        rows.append(json.dumps(row))
    file.write_text("\n".join(rows))
    assert len(fold_table(str(file)).outlines) == 4


def test_what_is_missing_is_one_line_that_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "told.jsonl"
    file.write_text("{}\n")
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(InputFault, match=r"needs duckdb, which is not installed; .*driftwright\[cohorts\]"):
        fold_table(str(file))


def out_there() -> Cohorts:
    days = (DayShare("2026-03-01", 6, 0.5), DayShare("2026-03-02", 7, 0.25))
    facts = (CohortFact("total", "broken"),)
    shape = CohortShape("0123456789ab", known=False, stores=("cart v1",), changes=(), facts=facts,
        users=13, most=7, share=0.3, since=days[0].day, days=days, by=())  # fmt: skip
    return Cohorts((), days[0].day, days[-1].day, 40, (shape,), (), (), (), 0, 0)


def test_the_answer_as_a_table_has_a_row_for_each_shape_and_day(tmp_path: Path) -> None:
    write_parquet(out_there(), tmp_path / "new" / "shapes.parquet")
    with extras.duckdb().connect(":memory:") as database:
        database.execute("select shape, breaks, day, users, share from read_parquet(?)", [str(tmp_path / "new" / "*")])
        rows = database.fetchall()
    assert rows == [
        ("0123456789ab", "total", "2026-03-01", 6, 0.5),
        ("0123456789ab", "total", "2026-03-02", 7, 0.25),
    ]
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["shapes.parquet"]


def test_a_table_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("kept")
    (tmp_path / "shapes.parquet").symlink_to(tmp_path / "other")
    with pytest.raises(InputFault, match=r"shapes\.parquet: a symbolic link"):
        write_parquet(out_there(), tmp_path / "shapes.parquet")
    assert (tmp_path / "other").read_text() == "kept"
