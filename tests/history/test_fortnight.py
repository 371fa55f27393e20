"""A fortnight of a profile whose own counters begin anew with every session: who may move on, and what stays stored."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from driftwright.entrypoints.cli import main
from driftwright.history.promotion import Promotion, promotions
from driftwright.history.run import as_record, from_record, run_of
from driftwright.history.runs import History
from driftwright.report.model import Report
from driftwright.snapshot.documents import documents_of
from driftwright.snapshot.file import read_snapshot
from driftwright.snapshot.model import Entry, Snapshot
from driftwright.verdict.check import check_snapshot
from driftwright.workspace.contract import load_facts
from driftwright.workspace.folders import GATES, find_workspace
from driftwright.workspace.schemas.load import load_stores

ROOT = Path(__file__).resolve().parents[2]
PROFILE = ROOT / "profiles" / "standin-ended.snapshot.json"
FIRST = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


def _miscounted(entry: Entry) -> Entry:
    """The grouped sessions count five videos after their end, of which the site knows nothing."""
    if entry.store != "sessions":
        return entry
    value = copy.deepcopy(entry.value)
    for session in value["state"]["sessionByMediaId"].values():
        session["videosGenerated"] = 5
    return replace(entry, value=value)


def _as_it_is(entry: Entry) -> Entry:
    return entry


def _judged(change: Callable[[Entry], Entry]) -> Report:
    snapshot = read_snapshot(PROFILE)
    areas = tuple(replace(area, entries=tuple(map(change, area.entries))) for area in snapshot.areas)
    return check_snapshot(Snapshot(snapshot.provenance, snapshot.redaction, areas), find_workspace(str(ROOT)))


def _fortnight(folder: Path, report: Report) -> dict[str, Promotion]:
    with History(folder) as history:
        for half_day in range(28):
            history.add(run_of(report, FIRST + timedelta(hours=12 * half_day)))
        runs = history.runs()
    return {found.fact: found for found in promotions(load_facts(ROOT / "contracts"), runs, GATES)}


def test_zero_beside_three_agrees_over_the_window_and_may_move_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _fortnight(tmp_path / "history", _judged(_as_it_is))
    videos = found["unmoderated_count"]
    assert videos.may_move
    assert (videos.record.agreed, videos.record.compared) == (56, 56)
    assert found["credits_used"].may_move
    assert not found["video_group"].may_move, "the sessions remember videos that the site has dropped"
    assert main(["--workspace", str(ROOT), "readiness", "--history", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "videosGenerated  can be derived, as unmoderated_count" in told
    assert "videoGroup  stays: " in told
    assert "the grouped sessions agree on the videos (28x)" in told
    assert "originalMediaId  stays: where the site's store is late" in told


def test_a_counter_that_is_wrong_may_not_and_is_told_with_its_figures(tmp_path: Path) -> None:
    report = _judged(_miscounted)
    found = _fortnight(tmp_path / "history", report)["unmoderated_count"]
    assert not found.may_move
    assert (found.record.agreed, found.record.compared) == (28, 56)
    assert found.record.differing == (("the grouped sessions agree on the number of videos: 0 against 5", 28),)
    (asked,) = (one for one in found.asked if not one.passed)
    assert asked.says.endswith("; the grouped sessions agree on the number of videos: 0 against 5 (28x)")


def test_the_history_keeps_counts_of_what_differs_and_nothing_else_that_was_captured() -> None:
    report = _judged(_as_it_is)
    run = run_of(report)
    (group,) = (fact for fact in run.facts if fact.name == "video_group")
    names = ("the post record agrees on the videos", "the grouped sessions agree on the videos")
    assert group.differing == names, "its answers are ids"
    stored = json.loads(json.dumps(as_record(run)))
    assert from_record(stored) == run
    for fact in stored["facts"]:
        del fact["differing"]  # as earlier versions wrote it
    assert {fact.differing for fact in from_record(stored).facts} == {()}


def test_a_profile_is_told_session_by_session_and_no_value_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stores = load_stores(ROOT / "schemas")
    documents: dict[str, Any] = copy.deepcopy(dict(documents_of(read_snapshot(PROFILE).areas, stores.values())))
    for images in documents["site"]["state"]["imageByMediaId"].values():
        images[0]["originalPrompt"] = "nobody may read this"
    texts = {stores[name].key: json.dumps(documents[name]) for name in ("site", "sessions")}
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"session": texts}), encoding="utf-8")
    assert main(["--workspace", str(ROOT), "readiness", "--profiles", str(file)]) == 0
    told = capsys.readouterr().out
    mine = told[told.index("mine.json: sessions, site") :]
    assert "2 beside 0               agrees       the same over the attempts of the grouped session: 0 of 2" in mine
    assert "the session record gives nothing" in mine
    assert "nobody may read this" not in told
    assert not [image for image in documents["site"]["state"]["videoByMediaId"] if image in told]
