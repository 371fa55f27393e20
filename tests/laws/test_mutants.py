"""Mutants of every kind of file that is read: taken for what they still are, or refused in one line.

No mutant is a fault of the program, and no line repeats what stands in the file. In every check some thousands are
given to the functions that read files, and some hundreds to whole commands; ten times as many of both at night.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pytest

from driftwright.base.errors import Fault
from driftwright.base.jsontext import parse_json_file
from driftwright.entrypoints.cli.output import read_report
from driftwright.history.alert.life import life
from driftwright.history.alert.past import past_of
from driftwright.history.journal import JOURNAL
from driftwright.history.row_digest import digest_of
from driftwright.history.run import as_record
from driftwright.history.runs import NAME, History
from driftwright.history.sent import Sent, sent_record
from driftwright.impact.readers import load_readers
from driftwright.report.formats import render
from driftwright.snapshot.capture.traced.traced_copy import load_extension
from driftwright.snapshot.fields import FieldReader
from driftwright.snapshot.file import areas_of, read_snapshot
from driftwright.snapshot.read import read_any
from driftwright.snapshot.watch import Sample, Watch, write_watch
from driftwright.structure.shape import fold
from driftwright.verdict.triage import load_triage
from driftwright.workspace.contract import load_fact
from driftwright.workspace.folders import find_workspace
from driftwright.workspace.schemas.load import load_stores
from driftwright.workspace.suppressions import load_suppressions
from driftwright.workspace.target.target import load_target
from driftwright.workspace.time_rule import load_rules
from kit.examples import examples
from kit.mutants import mutants
from kit.once import Made
from kit.program import Program, run_here
from kit.shop import begin_shop, renamed
from kit.stories import HURT, a_run

SEED = "20261129"
AT_FUNCTIONS, AT_COMMANDS = 1_900, 120  # in every check, over all kinds of files

FACT = """\
title = "Orders"
result = { type = "integer", minimum = 0 }
shown = "the badge"

[[source]]
name = "shop"
level = "full"
derive = "({shop}) => Object.keys(shop.orders).length"

[[source]]
level = "unavailable"
value = 0

[[invariant]]
name = "every order has an id"
holds = "({shop}) => Object.values(shop.orders).every((order) => order.id)"
"""
TARGET = """\
title = "Shop"
url = "https://shop.example/"
stores = ["shop"]
deadline = 30
ready = "() => true"
login = ["https://login.example/*"]

[[state]]
name = "used"
what = "somebody ordered"
default = true
must = ["shop:/orders"]
steps = [{ click = "button" }, { reload = true }]

[[state]]
name = "new"
what = "nobody was here"
may_lack = ["shop:/"]
"""
RULE = """\
store = "shop"
records = "/carts/current/items/[]"
id = "sku"

[[rule]]
name = "a finished order stays"
kind = "kept-on-reload"
where = { gift = false }
facts = ["orders"]
replay = { operator = "truncate", rule = "entries-dropped", at = "shop:/carts/{}", keep = "last" }
to_see = "Reload the page"

[[rule]]
name = "one gift at most"
kind = "at-most"
where = { gift = true }
most = 1
unless = ["a finished order stays"]
invariants = ["every order has an id"]
to_see = "Order two gifts"
"""
SUPPRESSED = """\
[[suppress]]
fingerprint = "9e9be8a7af34"
reason = "known"
expires = 2027-01-01

[[suppress]]
fingerprint = "9e9be8a7af35"
reason = "known as well"
expires = 2027-01-02
"""
SETTINGS = """\
contracts = "contracts"
schemas = "schemas"

[severity]
field-added = "note"

[promotion.derive]
days = 7
runs = 10
agreement = 0.99
quiet = 7
"""
MANIFEST = {
    "manifest_version": 3,
    "name": "Cart",
    "version": "1",
    "content_scripts": [{"js": ["a.js"], "matches": ["*"]}],
}


def _make(folder: Path) -> None:
    begin_shop(folder)
    (folder / "saved.json").write_text(json.dumps({"shop": json.dumps(renamed(5))}))
    run = ("--workspace", "drift", "run", "shop", "--from", "session=saved.json", "--output", "out")
    assert run_here(folder, *run).code == 1
    for name, text in {
        "fact": FACT,
        "target": TARGET,
        "rule": RULE,
        "suppressed": SUPPRESSED,
        "settings": SETTINGS,
    }.items():
        (folder / f"{name}.toml").write_text(text)
    snapshot = read_snapshot(folder / "out" / "shop.snapshot.json")
    write_watch(
        Watch(200, 900, 4, 0, (Sample(0, 0, snapshot.areas), Sample(400, 0, snapshot.areas)), snapshot),
        folder / "shop.watch.json",
    )
    runs = [a_run(number, HURT) for number in range(1, 4)]
    sent = sent_record(Sent("webhook", "key", 2, active=True, run=runs[1].id))
    (folder / "journal.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in (*map(as_record, runs), sent)))
    with History(folder / "past") as history:
        for run_ in runs:
            history.add(run_)
    (folder / "run.json").write_text(json.dumps(as_record(runs[0])))
    shutil.copy(folder / "out" / "shop.snapshot.json", folder / "out" / "whole.json")
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))


@pytest.fixture(scope="module")
def whole(made_once: Made) -> Path:
    """One file of every kind, made once."""
    return made_once("one file of every kind", _make)


# ---- how each kind of file is read


def _history(folder: Path) -> None:
    with History(folder) as history:
        runs = history.runs()
        history.all_sent()
    life(runs)
    past_of(runs)


def _row(file: Path) -> None:
    """Read a run's record from where it lies: a row of the database."""
    folder = file.parent / "rows"
    shutil.copytree(file.parent / "past", folder, dirs_exist_ok=True)
    text = file.read_bytes().decode("utf-8", "replace")
    with sqlite3.connect(folder / NAME) as database:
        database.execute("UPDATE run SET record = ? WHERE sequence = 2", (text,))
        (row,) = database.execute("SELECT sequence, id, target, record FROM run WHERE sequence = 2")
        database.execute("UPDATE run SET digest = ? WHERE sequence = 2", (digest_of(row),))
    database.close()
    _history(folder)


def _journal(file: Path) -> None:
    folder = file.parent / "journal"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(file, folder / JOURNAL)
    _history(folder)


def _database(file: Path) -> None:
    folder = file.parent
    for left in folder.glob("*.damaged-*"):
        left.unlink()
    _history(folder)


def _sealed(file: Path) -> None:
    """Read a snapshot whose digest was made to fit, as somebody who means harm would do."""
    with contextlib.suppress(ValueError, RecursionError, Fault, LookupError, TypeError):
        document = json.loads(file.read_bytes())
        areas = areas_of(FieldReader("x"), document, "")
        digest = replace(read_snapshot(file.with_name("whole.json")), areas=areas).digest
        file.write_text(json.dumps({**document, "digest": digest}))
    read_any(str(file))


def _settings(file: Path) -> None:
    folder = file.parent / "drift"
    shutil.copy(file, folder / "driftwright.toml")
    load_triage(find_workspace(str(folder)))


def _rule(file: Path) -> None:
    folder = file.parent / "rules"
    folder.mkdir(exist_ok=True)
    shutil.copy(file, folder / "orders.toml")
    load_rules(folder)


def _told(file: Path) -> None:
    report = read_report(file)
    render(report, "text")


def _folded(file: Path) -> None:
    fold([parse_json_file(file)])


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file.

    Args:
        file: Where one lies.
        written: How it is written.
        read: Reads it, as the program does.
        share: How many of the mutants it gets, beside the others.
    """

    file: str
    written: str
    read: Callable[[Path], object]
    share: int = 4


def _stores(file: Path) -> None:
    folder = next(parent for parent in file.parents if parent.name == "schemas")
    load_stores(folder)


KINDS: dict[str, Kind] = {
    "contract": Kind("fact.toml", "toml", load_fact),
    "target": Kind("target.toml", "toml", load_target),
    "rule of time": Kind("rule.toml", "toml", _rule),
    "suppressions": Kind("suppressed.toml", "toml", load_suppressions),
    "settings": Kind("settings.toml", "toml", _settings, 2),
    "store": Kind("drift/schemas/*/shop/store.toml", "toml", _stores, 2),
    "schema": Kind("drift/schemas/*/shop/v1.schema.json", "json", _stores, 3),
    "known-good store": Kind("drift/schemas/*/shop/v1/*.witness.json", "json", _stores, 3),
    "lock of versions": Kind("drift/schemas/versions.lock.json", "json", _stores, 2),
    "snapshot": Kind("out/shop.snapshot.json", "json", lambda file: read_any(str(file))),
    "snapshot with a digest that fits": Kind("out/shop.snapshot.json", "json", _sealed),
    "watch": Kind("shop.watch.json", "json", lambda file: read_any(str(file))),
    "report": Kind("out/report.json", "json", _told),
    "document": Kind("friday.json", "json", _folded),
    "readers": Kind("readers.js", "js", load_readers),
    "manifest": Kind("manifest.json", "json", lambda file: load_extension(file.parent), 2),
    "run": Kind("run.json", "json", _row, 2),
    "journal": Kind("journal.jsonl", "jsonl", _journal, 2),
    "history": Kind("past/history.sqlite3", "sqlite", _database, 2),
}


def _file(folder: Path, kind: Kind) -> Path:
    return min(folder.glob(kind.file))


def _counted(all_in_all: int) -> Iterator[tuple[str, int]]:
    shares = sum(kind.share for kind in KINDS.values())
    for name, kind in KINDS.items():
        yield name, -(-examples(all_in_all) * kind.share // shares)


@pytest.mark.parametrize(("name", "count"), list(_counted(AT_FUNCTIONS)))
def test_a_mutant_of_a_file_is_read_or_refused_in_one_line(whole: Path, tmp_path: Path, name: str, count: int) -> None:
    kind = KINDS[name]
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    file = _file(tmp_path, kind)
    before = file.read_bytes()
    kind.read(file)  # as it is, it is read: else every mutant would be refused for the same reason
    wrong, refused = [], 0
    for number, mutant in enumerate(islice(mutants(before, kind.written, f"{SEED} {name}"), count)):
        file.write_bytes(mutant)
        try:
            kind.read(file)
        except Fault as fault:
            refused += 1
            if type(fault).__name__ != "InputFault" or "lighthouse" in str(fault):
                wrong.append((number, str(fault)[:200]))
        except Exception as error:  # noqa: BLE001 - whatever it is, it would be a fault of the program
            wrong.append((number, f"{type(error).__name__}: {error}"[:200]))
    assert wrong == [], f"seed {SEED}, {len(wrong)} of {count}"
    assert refused > 0 or name in ("run", "journal", "history")  # odd rows are set aside, a damaged file put aside


COMMANDS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("drift/contracts/revenue.toml", "toml", "contract", ("--workspace", "drift", "explain")),
    (
        "drift/contracts/revenue.toml",
        "toml",
        "contract",
        ("--workspace", "drift", "check", "--store", "shop=friday.json"),
    ),
    (
        "drift/schemas/*/shop/v1.schema.json",
        "json",
        "schema",
        ("--workspace", "drift", "check", "--store", "shop=friday.json"),
    ),
    ("drift/schemas/*/shop/v1/*.witness.json", "json", "store", ("--workspace", "drift", "prove")),
    ("drift/contracts/reads.lock.json", "json", "lock", ("--workspace", "drift", "prove")),
    (
        "drift/probes/shop.toml",
        "toml",
        "target",
        ("--workspace", "drift", "probe", "shop", "--from", "session=saved.json", "--out", "x.json"),
    ),
    (
        "saved.json",
        "json",
        "saved storage",
        ("--workspace", "drift", "probe", "shop", "--from", "session=saved.json", "--out", "x.json"),
    ),
    ("friday.json", "json", "document", ("diff", "monday.json", "friday.json")),
    ("monday.json", "json", "document", ("diff", "monday.json", "friday.json", "--consumer", "readers.js")),
    ("friday.json", "json", "document", ("--workspace", "drift", "check", "--store", "shop=friday.json")),
    ("readers.js", "js", "readers", ("diff", "monday.json", "friday.json", "--consumer", "readers.js")),
    ("out/shop.snapshot.json", "json", "snapshot", ("--workspace", "drift", "check", "out/shop.snapshot.json")),
    ("out/report.json", "json", "report", ("report", "out", "--format", "html")),
    ("out/history/history.sqlite3", "sqlite", "history", ("history", "out")),
    ("out/history/history.sqlite3", "sqlite", "history", ("heartbeat", "out", "--max-age", "2d")),
)


@pytest.mark.parametrize("number", range(len(COMMANDS)), ids=lambda number: f"{COMMANDS[number][2]}-{number}")
def test_a_command_ends_with_a_mutant_as_with_bad_input_or_with_a_verdict(
    whole: Path, tmp_path: Path, program: Program, number: int
) -> None:
    place, written, name, command = COMMANDS[number]
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    file = min(tmp_path.glob(place))
    before = file.read_bytes()
    wrong = []
    count = max(
        1, examples(AT_COMMANDS) // len(COMMANDS) // (8 if "prove" in command else 1)
    )  # which replays everything
    for mutant in islice(mutants(before, written, f"{SEED} {number}"), count):
        file.write_bytes(mutant)
        done = program(*command)
        lines = done.stderr.splitlines()
        told = all(line.startswith("driftwright: ") for line in lines)
        told &= len(lines) == 1 if done.code == 2 and "history" not in place else len(lines) <= 2
        if done.code == 4 or not told or "Traceback" in done.stderr:
            wrong.append((done.code, done.stderr[-300:]))
        if "history" in place:
            for left in file.parent.iterdir():
                left.unlink()
    assert wrong == [], f"seed {SEED}, {name}"
