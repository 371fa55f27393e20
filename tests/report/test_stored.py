"""A stored report: what is written is read back as the same value, and what is no report is refused by its place."""

from __future__ import annotations

import ast
import copy
import dataclasses
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftwright.base.errors import InputFault
from driftwright.base.terms import Effect, Quality, Verdict
from driftwright.report.fact import Evidence, FactFound, InvariantFound
from driftwright.report.formats import FORMATS, render
from driftwright.report.formats.json import ordered
from driftwright.report.model import Blind, CaptureFacts, ChangeFound, Past, ProposalFound, Report
from driftwright.report.store import StoreFound
from driftwright.report.stored import record, report_of
from driftwright.snapshot.file import read_snapshot
from driftwright.verdict.check import check_snapshot
from driftwright.workspace.folders import find_workspace
from kit.pages import full
from kit.samples import NAMES, sample
from kit.stored import read

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "driftwright" / "report"


def again(report: Report) -> Report:
    """Write a report as JSON and read it."""
    return report_of(json.loads(json.dumps(record(report))))


# ---- written and read


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_read_and_written_unchanged(name: str) -> None:
    for stored in (sample(name), full(name)):
        report = read(stored)
        assert again(report) == report
        assert json.dumps(ordered(record(report))) == json.dumps(ordered(stored))


def test_what_a_check_found_survives_being_stored() -> None:
    report = check_snapshot(read_snapshot(ROOT / "tests" / "standin.snapshot.json"), find_workspace(str(ROOT)))
    assert len(report.facts) > 10
    assert again(report) == report
    for form in FORMATS:
        assert render(again(report), form) == render(report, form)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
OBJECTS = st.dictionaries(st.text(), JSON, max_size=2)
FACTS = st.builds(
    FactFound,
    verdict=st.sampled_from([verdict for verdict in Verdict if verdict is not Verdict.BLIND]),  # only a capture is
    evidence=st.none() | st.builds(Evidence, param=OBJECTS, store=OBJECTS, store_before=st.none() | OBJECTS),
    invariants=st.lists(st.builds(InvariantFound, shows=st.none() | OBJECTS), max_size=1).map(tuple),
)


@settings(deadline=None)  # a test asserts no time
@given(
    st.builds(
        Report,
        capture=st.builds(CaptureFacts, blind=st.none() | st.builds(Blind)),
        stores=st.lists(st.builds(StoreFound), max_size=1).map(tuple),
        changes=st.lists(st.builds(ChangeFound), max_size=1).map(tuple),
        facts=st.lists(FACTS, max_size=1).map(tuple),
        notes=st.lists(st.text()).map(tuple),
        proposals=st.lists(st.builds(ProposalFound), max_size=1).map(tuple),
        past=st.none() | st.builds(Past),
    )
)
def test_any_report_survives_being_stored(report: Report) -> None:
    assert again(report) == report
    assert again(report).summary == report.summary
    assert again(report).verdict is report.verdict


def test_the_totals_follow_from_the_facts() -> None:
    report = read(sample("broken"))
    assert dataclasses.asdict(report.summary) == sample("broken")["summary"]
    assert report.verdict is Verdict.BROKEN
    forged = {**sample("broken"), "verdict": "intact", "summary": dict.fromkeys(sample("broken")["summary"], 0)}
    assert read(forged) == report


def test_what_an_earlier_version_did_not_write_is_filled_in() -> None:
    old = sample("broken")
    for change in old["changes"]:
        del change["read_first"], change["suppressed"]
    assert [change.read_first for change in read(old).changes] == [tuple(c["read_by"]) for c in old["changes"]]
    assert {change.suppressed for change in read(old).changes} == {None}


# ---- refused


def places(value: Any, at: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield each field of a record: its place, what holds it, and its name there."""
    if isinstance(value, dict):
        for name in value:
            yield f"{at}/{name}", value, name
            yield from places(value[name], f"{at}/{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, f"{at}/{number}")


BROKEN = json.dumps(full("broken"))
TYPED = {
    re.sub(r"/\d+", "/*", place): place
    for place, *_ in places(json.loads(BROKEN))
    if not place.startswith("/summary")
    and place not in ("/schema_version", "/verdict")
    and not re.search(r"/(param|store|store_before|shows)/", place)
}
"""One place of each kind whose type the model closes; what follows from the rest is not looked at."""


@pytest.mark.parametrize("place", TYPED.values(), ids=TYPED)
def test_a_part_of_another_type_is_refused_by_its_place(place: str) -> None:
    for wrong in (7.5, [{"a text of a page": "another"}]):  # no part is a fraction, and no list holds such a thing
        stored = json.loads(BROKEN)
        held, name = next((held, name) for at, held, name in places(stored) if at == place)
        held[name] = wrong
        with pytest.raises(InputFault, match="something missing or of another type") as fault:
            report_of(stored, "report.json")
        assert fault.value.place.startswith(place)
        assert "text of a page" not in str(fault.value)


@pytest.mark.parametrize(
    ("place", "word"),
    [("verdict", "fine"), ("verdict", "blind"), ("effect", "gone"), ("basis", "\ud800"), ("phase", "")],
)
def test_a_word_that_the_format_does_not_know_is_refused(place: str, word: str) -> None:
    stored = sample("broken")
    stored["facts"][3][place] = word
    with pytest.raises(InputFault, match="report-v1 document with something missing or of another type") as fault:
        report_of(stored, "report.json")
    assert fault.value.place in (f"/facts/3/{place}", "")
    assert not word or word not in str(fault.value)


@pytest.mark.parametrize("name", ["tool", "verdict", "summary", "capture", "stores", "changes", "facts", "notes"])
def test_a_report_without_one_of_its_parts_is_none(name: str) -> None:
    stored = sample("broken")
    del stored[name]
    with pytest.raises(InputFault, match="with something missing"):
        report_of(stored, "report.json")


@pytest.mark.parametrize(("part", "name"), [("facts", "title"), ("changes", "id"), ("stores", "found")])
def test_a_part_without_one_of_its_own_is_refused_by_its_place(part: str, name: str) -> None:
    stored = sample("broken")
    del stored[part][1][name]
    with pytest.raises(InputFault, match="something missing") as fault:
        report_of(stored, "report.json")
    assert fault.value.place == f"/{part}/1"


@pytest.mark.parametrize("stored", [None, [], 7, "report-v1", {}, {"schema_version": "report-v2"}])
def test_what_is_no_report_is_refused(stored: Any) -> None:
    with pytest.raises(InputFault, match="not a report-v1 document"):
        report_of(stored, "report.json")


def test_reading_changes_nothing_of_what_is_read() -> None:
    stored = sample("broken")
    before = copy.deepcopy(stored)
    read(stored)
    assert stored == before


# ---- what the formats take


def test_no_renderer_takes_a_report_as_a_mapping() -> None:
    """The JSON formats alone write records, which they call by that name."""
    loose = []
    for file in sorted((SOURCES / "formats").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                told = {each.arg: ast.unparse(each.annotation) for each in node.args.args if each.annotation}
                named = ("report", "record", "fact", "change", "store", "capture", "evidence", "cell", "proof")
                loose += [f"{file.stem}.{node.name}({n}: {t})" for n, t in told.items() if n in named and "Any" in t]
                if node.name.startswith("render") and file.stem != "__init__":
                    assert next(iter(told.values())) in ("Report", "WorkspaceProof", "Cohorts", "Overview"), (
                        file.name,
                        node.name,
                    )
    assert loose == []


def test_only_who_reads_a_stored_report_pays_for_it() -> None:
    code = (
        "import sys\nfrom driftwright.report import render, report_of\nfrom driftwright.report.stored import record\n"
        "sys.exit('msgspec' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_closed_words_are_words_of_the_package() -> None:
    report = read(sample("broken"))
    assert {type(fact.effect) for fact in report.facts} == {Effect}
    assert {type(fact.fallback.level) for fact in report.facts} == {Quality}
