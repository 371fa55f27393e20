"""What lies in a cache or an artifact can be replaced by others; no verdict becomes fine by it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from driftwright.history.row_digest import digest_of
from driftwright.history.runs import NAME
from kit.examples import NIGHTLY
from kit.program import Program
from kit.shop import begin_shop, renamed, shop


def _emptied(history: Path) -> None:
    shutil.rmtree(history)


def _damaged(history: Path) -> None:
    (history / NAME).write_bytes(b"no database" * 1000)


def _all_fine(history: Path) -> None:
    """As whoever knows how rows are made would write them: all was intact, the store never was, all is told."""
    database = sqlite3.connect(history / NAME)
    with database:
        for sequence, name, target, text in database.execute("SELECT sequence, id, target, record FROM run").fetchall():
            record = json.loads(text)
            record["verdict"] = "intact"
            record["findings"] = []
            for fact in record["facts"]:
                fact.update(verdict="intact", effect="same")
            for store in record["stores"]:
                store.update(found="missing", distance=0)
            row = (sequence, name, target, json.dumps(record, separators=(",", ":")))
            found = (row[3], digest_of(row), sequence)
            database.execute("UPDATE run SET record = ?, digest = ? WHERE sequence = ?", found)
    database.close()


POISONS: tuple[Callable[[Path], None], ...] = (_all_fine, _damaged, _emptied)


def test_no_history_makes_a_drift_fine(tmp_path: Path, program: Program) -> None:
    begin_shop(tmp_path)
    saved = {"good": {"shop": json.dumps(shop(5))}, "drifted": {"shop": json.dumps(renamed(5))}, "gone": {"other": "1"}}
    for name, entries in saved.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(entries))
    run = ("--workspace", "drift", "run", "shop", "--output", "out", "--from")
    assert program(*run, "session=good.json").code == 0
    for poison in POISONS if NIGHTLY else POISONS[:1]:
        poison(tmp_path / "out" / "history")
        assert program(*run, "session=drifted.json").code == 1
        poison(tmp_path / "out" / "history")
        gone = program(*run, "session=gone.json")
        assert gone.code in (1, 3), "not written yet, at the best"
        assert "INTACT" not in gone.stdout


def test_a_snapshot_that_is_not_what_was_captured_is_refused(tmp_path: Path, program: Program) -> None:
    begin_shop(tmp_path)
    (tmp_path / "drifted.json").write_text(json.dumps({"shop": json.dumps(renamed(5))}))
    assert program("--workspace", "drift", "run", "shop", "--output", "out", "--from", "session=drifted.json").code == 1
    (snapshot,) = (tmp_path / "out").glob("*.snapshot.json")
    head, name, tail = snapshot.read_text().rpartition('"state"')
    assert name, "the field of the store that was renamed"
    snapshot.write_text(f'{head}"status"{tail}')
    checked = program("--workspace", "drift", "check", str(snapshot))
    assert (checked.code, checked.stdout, checked.stderr.count("\n")) == (2, "", 1)
    assert "digest" in checked.stderr
