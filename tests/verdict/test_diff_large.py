"""Large documents: readers are traced on small ones, and what is said of them is what tracing the whole ones tells."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import pytest

from driftwright.entrypoints.cli import main
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.javascript.program import module
from driftwright.verdict import tracing
from driftwright.verdict.diff import diff_documents

READERS = """
const view = (d) => JSON.parse(d.view);
export const open = (d) => d.tours.filter((tour) => tour.state === "open").length;
export const length = (d) => d.tours.reduce((sum, tour) => sum + tour.stops.length, 0);
export const guides = (d) => d.tours.map((tour) => d.guides[tour.guide].name);
export const zoom = (d) => view(d).map.zoom;
export const rare = (d) => d.tours.filter((tour) => tour.note?.text).length;
export const slow = (d) => view(d).layers.filter((layer) => layer.slow).length;
export const version = (d) => d.version;
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def _document(count: int, *, later: bool) -> dict[str, Any]:
    tours = [
        {
            "id": f"t{number:04}",
            "state": ("open", "full")[number % 2].upper() if later else ("open", "full")[number % 2],
            "guide": f"guide_{number % 5}",
            "stops": {"first": f"Pier {number}"} if later else [f"Pier {number}", "Old Mill"][: 1 + number % 2],
            **({"note": {"text": f"bring {number} hats"}} if number % 7 == 3 else {}),
        }
        for number in range(count)
    ]
    layers = [{"name": f"layer {number}", "slow": number % 3 == 0} for number in range(12)]
    view = {"layers": layers, "camera" if later else "map": {"zoom": 7 + later}}
    guides = {f"guide_{number}": {"name": f"Guide {number}"} for number in range(5)}
    return {"tours": tours, "guides": guides, "view": json.dumps(view), "version": 3}


def test_what_is_traced_on_a_small_document_is_judged_as_on_the_whole_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = module(READERS, "readers.js")
    before, after = _document(90, later=False), _document(80, later=True)
    whole = diff_documents(before, after, program, engine)
    monkeypatch.setattr(tracing, "_LARGE", 1000)
    small = diff_documents(before, after, program, engine)
    assert [(reader.name, reader.verdict, reader.effect, reader.says) for reader in small.readers] == [
        (reader.name, reader.verdict, reader.effect, reader.says) for reader in whole.readers
    ]
    assert [set(reader.reads) for reader in small.readers] == [set(reader.reads) for reader in whole.readers]
    verdicts = {reader.name: str(reader.verdict) for reader in whole.readers}
    hurt = {name for name, verdict in verdicts.items() if verdict == "broken"}
    assert {"open", "length", "zoom"} <= hurt
    assert verdicts["guides"] == verdicts["slow"] == verdicts["version"] == "intact"


def test_a_comparison_says_on_a_terminal_what_it_does(
    tmp_path: File, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name, later in (("before.json", False), ("after.json", True)):
        File(name).write_text(json.dumps(_document(9, later=later)))
    File("readers.js").write_text(READERS)
    command = ["diff", "before.json", "after.json", "--consumer", "readers.js"]
    assert main(command) == 1
    usual = capsys.readouterr()
    assert usual.err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(command) == 1
    shown = capsys.readouterr()
    assert shown.out == usual.out
    *stages, last = shown.err.removeprefix("\r\x1b[2K").split("\r\x1b[2K")
    assert stages == [
        "diff: reading before.json",
        "diff: reading after.json",
        "diff: comparing the documents",
        "diff: running 7 readers",
        *(f"diff: judging {name}" for name in ("open", "length", "guides", "zoom", "rare", "slow", "version")),
    ]
    assert last == ""
