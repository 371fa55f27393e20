"""The story from a snapshot to a report: saved captures with one thing changed, judged by the contracts."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from driftwright.base.errors import BlindFault
from driftwright.base.terms import Area, Basis, Effect, Quality, Verdict
from driftwright.report.fact import FactFound
from driftwright.report.formats import json as machine
from driftwright.report.model import Report
from driftwright.report.stored import record
from driftwright.snapshot.file import read_snapshot
from driftwright.snapshot.model import AreaView, Entry, Snapshot
from driftwright.verdict.check import check_snapshot
from driftwright.verdict.reported import blind_report
from driftwright.workspace.folders import find_workspace
from kit.market import captured, contract, market, orders
from kit.project import judged_by_few

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = read_snapshot(Path(__file__).parents[1] / "standin.snapshot.json")
WORKSPACE = find_workspace(str(ROOT))
SCHEMA = jsonschema.Draft202012Validator(machine.schema())

Edit = Callable[[Entry], Entry | None]


def _captured(store: str, edit: Edit) -> Snapshot:
    """The saved capture with the entries of one store edited, or gone."""
    views = []
    for view in SNAPSHOT.areas:
        entries = [edit(entry) if entry.store == store else entry for entry in view.entries]
        views.append(AreaView(view.area, tuple(entry for entry in entries if entry), view.others, view.denied))
    return replace(SNAPSHOT, areas=tuple(views))


def _site(edit: Callable[[dict[str, Any]], Any]) -> Snapshot:
    def changed(entry: Entry) -> Entry:
        value = copy.deepcopy(entry.value)
        edit(value)
        return replace(entry, value=value)

    return _captured("site", changed)


def _attempts(edit: Callable[[dict[str, Any]], object]) -> Snapshot:
    def each(value: dict[str, Any]) -> None:
        for held in value["state"]["videoByMediaId"].values():
            for attempt in held:
                edit(attempt)

    return _site(each)


def _judged(snapshot: Snapshot) -> tuple[Report, dict[str, FactFound]]:
    report = judged_by_few(snapshot, "attempt_outcomes", file="a.snapshot.json")
    SCHEMA.validate(record(report))
    return report, {fact.name: fact for fact in report.facts}


def _found(report: Report, name: str) -> str:
    (store,) = (store for store in report.stores if store.name == name)
    return store.found


def test_the_saved_capture_is_intact() -> None:
    report = check_snapshot(SNAPSHOT, WORKSPACE)
    SCHEMA.validate(record(report))
    facts = {fact.name: fact for fact in report.facts}
    assert report.verdict is Verdict.INTACT
    assert report.changes == ()
    assert {fact.effect for fact in facts.values()} == {Effect.SAME}
    assert {held.held for fact in facts.values() for held in fact.invariants} == {True}
    assert {found.held for fact in facts.values() for found in fact.agreements} <= {True, None}
    assert [store.name for store in report.stores if store.violations] == []


def test_every_stage_is_told_and_the_order_is_the_same_each_time() -> None:
    stages: list[str] = []
    first = record(check_snapshot(SNAPSHOT, WORKSPACE, None, stages.append))
    assert stages[0] == "comparing shapes"
    assert len(stages) == 2 + len(first["facts"])
    assert record(check_snapshot(SNAPSHOT, WORKSPACE)) == first


def test_a_numeric_flag_breaks_the_strict_reader_and_not_the_truthy_one() -> None:
    report, facts = _judged(_attempts(lambda attempt: attempt.update(moderated=int(attempt["moderated"]))))
    (change,) = report.changes
    assert (change.rule, change.path) == ("flag-became-number", "/state/videoByMediaId/{}/[]/moderated")
    assert facts["moderated_count"].verdict is Verdict.INTACT
    strict = facts["unmoderated_count"]
    assert (strict.verdict, strict.effect, strict.basis) == (Verdict.DEGRADED, Effect.SILENT, Basis.REPLAY)
    assert strict.because == (change.id,)
    assert strict.fallback.right is True
    assert set(change.read_by) >= {"moderated_count", "unmoderated_count"}


def _without(snapshot: Snapshot, *stores: str) -> Snapshot:
    areas = (
        replace(view, entries=tuple(entry for entry in view.entries if entry.store not in stores))
        for view in snapshot.areas
    )
    return replace(snapshot, areas=tuple(areas))


def test_a_fallback_is_not_promised_from_a_store_that_the_capture_looked_for_and_lacks() -> None:
    numeric = _attempts(lambda attempt: attempt.update(moderated=int(attempt["moderated"])))
    _, facts = _judged(numeric)
    there = facts["unmoderated_count"]
    assert (there.verdict, there.fallback.source, there.fallback.right) == (Verdict.DEGRADED, "session record", True)
    _, facts = _judged(_without(numeric, "session", "sessions"))
    lacking = facts["unmoderated_count"]
    assert lacking.verdict is Verdict.BROKEN
    assert lacking.fallback.level is Quality.UNAVAILABLE
    (session,) = (source for source in lacking.sources if source.name == "session record")
    assert session.state == "unavailable"


def test_a_store_that_is_not_there_is_unseen_not_drift() -> None:
    report, facts = _judged(_captured("site", lambda _: None))
    assert _found(report, "site") == "missing"
    assert report.verdict is Verdict.UNSEEN
    assert report.changes == ()
    for fact in facts.values():
        assert fact.verdict is Verdict.UNSEEN
        assert fact.unseen is not None
        assert fact.unseen.to_see


def test_an_empty_store_is_unseen() -> None:
    report, facts = _judged(_site(lambda value: [part.clear() for part in value["state"].values()]))
    assert report.verdict is Verdict.UNSEEN
    for fact in facts.values():
        assert fact.verdict is Verdict.UNSEEN


@pytest.mark.parametrize(
    ("form", "rule"),
    [("json-in-text", "store-encoded-twice"), ("text", "store-unreadable")],
)
def test_a_store_that_is_no_json_is_a_change(form: str, rule: str) -> None:
    report, facts = _judged(_captured("site", lambda entry: replace(entry, form=form, value=None)))
    assert _found(report, "site") == "unreadable"
    assert [change.rule for change in report.changes] == [rule]
    assert report.verdict is Verdict.BROKEN
    assert facts["unmoderated_count"].effect is not Effect.SAME


def test_a_store_that_was_not_looked_at_to_its_end_is_unseen_and_no_drift() -> None:
    report, facts = _judged(_captured("site", lambda entry: replace(entry, form="oversize", value=None)))
    assert _found(report, "site") == "too-large"
    assert report.changes == ()
    assert report.verdict is Verdict.UNSEEN
    assert [note.partition(":")[0] for note in report.notes if "than a capture looks" in note] == ["site"]
    unseen = facts["unmoderated_count"].unseen
    assert unseen is not None
    assert unseen.paths == ("site:/",)
    assert unseen.to_see.startswith("site: nested deeper, or larger, than a capture looks")


def test_a_store_beside_one_past_a_limit_is_judged_as_ever() -> None:
    report, facts = _judged(_captured("session", lambda entry: replace(entry, form="oversize", value=None)))
    assert report.changes == ()
    assert _found(report, "session") == "too-large"
    assert not any(read.startswith("session:") for fact in facts.values() for read in fact.reads)
    assert {fact.verdict for fact in facts.values()} == {Verdict.INTACT}


def test_a_store_in_another_area_is_found_and_its_values_are_not_compared() -> None:
    views = []
    (moved,) = (entry for view in SNAPSHOT.areas for entry in view.entries if entry.store == "site")
    for view in SNAPSHOT.areas:
        kept = tuple(entry for entry in view.entries if entry.store != "site")
        views.append(replace(view, entries=(*kept, moved) if view.area is Area.LOCAL else kept))
    report, facts = _judged(replace(SNAPSHOT, areas=tuple(views)))
    assert _found(report, "site") == "elsewhere"
    assert [change.rule for change in report.changes] == ["store-moved"]
    assert all(fact.effect is Effect.UNAVAILABLE for fact in facts.values())


def test_a_change_that_no_fact_reads_goes_to_the_ledger() -> None:
    report, facts = _judged(_attempts(lambda attempt: attempt.pop("modelName")))
    assert [(change.rule, change.read_by) for change in report.changes] == [("field-removed", ())]
    assert report.verdict is Verdict.INTACT
    assert all(fact.because == () for fact in facts.values())


def test_two_changes_at_once_are_told_apart_by_what_each_does() -> None:
    def both(attempt: dict[str, Any]) -> None:
        attempt["moderated"] = int(attempt["moderated"])
        attempt["videoUuid"] = attempt.pop("videoId")

    report, facts = _judged(_attempts(both))
    ids = {change.rule: change.id for change in report.changes}
    assert set(ids) == {"flag-became-number", "field-renamed"}
    assert facts["credits_used"].because == (ids["field-renamed"],)
    assert facts["attempt_outcomes"].because == (ids["flag-became-number"],)


def test_the_extension_s_own_store_is_judged_too() -> None:
    report, facts = _judged(_captured("session", lambda entry: replace(entry, value={**entry.value, "more": 1})))
    (store,) = (store for store in report.stores if store.name == "session")
    assert store.distance == 1
    assert [(change.rule, change.store) for change in report.changes] == [("field-added", "session")]
    assert {fact.verdict for fact in facts.values()} == {Verdict.INTACT}


def test_sources_that_disagree_are_a_note_and_no_break() -> None:
    def more(entry: Entry) -> Entry:
        value = copy.deepcopy(entry.value)
        for session in value["state"]["sessionByMediaId"].values():
            session["videosGenerated"] = 90
        return replace(entry, value=value)

    report, facts = _judged(_captured("sessions", more))
    assert report.verdict is Verdict.INTACT
    # No session has ended, and the record of a session alone tells no moment at which it began.
    assert [found.held for found in facts["unmoderated_count"].agreements] == [None, False]
    assert [note for note in report.notes if note.startswith("unmoderated_count:") and "does not hold" in note]


def test_a_blind_capture_is_neither_fine_nor_drift() -> None:
    fault = BlindFault("the page never became ready", "https://shop.test", "ready", "look at the page")
    report = blind_report(fault, "shop", "worked", "1.0")
    assert report.verdict is Verdict.BLIND
    written = record(report)
    assert written["capture"]["blind"] == {
        "reason": "ready",
        "what": "the page never became ready",
        "mend": "look at the page",
    }
    assert (written["facts"], written["changes"]) == ([], [])


def test_a_first_source_that_is_hurt_is_no_fallback_of_itself(tmp_path: Path) -> None:
    """No known-good order is lost, so that on those the reader answers as before, and rightly."""
    lost = contract('({shop}) => shop.orders.some((order) => order.stage === "lost")', "", "boolean")
    workspace = market(tmp_path, lost=lost)
    drifted = orders(stage=lambda order: {"name": "lost" if order["paid"] else order["stage"]})
    (fact,) = check_snapshot(captured(drifted), workspace).facts
    assert (fact.verdict, fact.effect) == (Verdict.BROKEN, Effect.SILENT)
    assert fact.fallback.right is False
    assert [source.state for source in fact.sources] == ["wrong"]
    assert "until then the fallback serves" not in fact.next
