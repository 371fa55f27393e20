"""Which version a store is, shapes side by side in one store, and stores that were begun anew."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftwright.base.path import Path as Place
from driftwright.base.terms import Verdict
from driftwright.report.formats import FORMATS, render
from driftwright.report.model import Report
from driftwright.snapshot.file import read_snapshot
from driftwright.snapshot.model import AreaView, Entry, Snapshot
from driftwright.structure.change.compare import compare
from driftwright.structure.detect.cohorts import Cohort, Group, find_cohorts, merge_partial_renames
from driftwright.structure.shape.folding import fold
from driftwright.verdict.observe import observe_store
from driftwright.workspace.schemas.load import Store
from driftwright.workspace.schemas.resolve import resolve_document
from kit.project import STORES, judged_by_few

SNAPSHOT = read_snapshot(Path(__file__).parents[1] / "standin.snapshot.json")
EVERY = [
    (store, version, moment)
    for store in STORES.values()
    for version in (*store.versions, *store.alternatives)
    for moment in version.witnesses
    if moment != "first-write"
]
ATTEMPT = Place.parse("/state/videoByMediaId/{}/[]")


def _drifted(edit: Callable[[dict[str, Any]], object], store: str = "site") -> Snapshot:
    def changed(entry: Entry) -> Entry:
        if entry.store != store:
            return entry
        value = copy.deepcopy(entry.value)
        edit(value)
        return replace(entry, value=value)

    views = [AreaView(v.area, tuple(map(changed, v.entries)), v.others, v.denied) for v in SNAPSHOT.areas]
    return replace(SNAPSHOT, areas=tuple(views))


def _attempts(value: dict[str, Any]) -> list[dict[str, Any]]:
    return [attempt for held in value["state"]["videoByMediaId"].values() for attempt in held]


def _checked(snapshot: Snapshot, *, patches: bool = False) -> Report:
    return judged_by_few(snapshot, patches=patches)


# ---- versions


@pytest.mark.parametrize(
    ("store", "version", "moment"), EVERY, ids=lambda part: part if isinstance(part, str) else part.name
)
def test_every_witness_is_its_own_version_at_distance_0(store: Store, version: Any, moment: str) -> None:
    found = resolve_document(version.witnesses[moment], store)
    assert (found.version.name if found.version else None, found.distance) == (version.name, 0)


def test_five_shapes_that_all_say_1_are_told_apart() -> None:
    store = STORES["sessions"]
    several = {version.name: version.witnesses["several"] for version in store.versions}
    assert {value["version"] for value in several.values()} == {1}
    found = {name: resolve_document(value, store).version for name, value in several.items()}
    assert {name: version.name if version else None for name, version in found.items()} == {n: n for n in several}


def test_what_is_near_to_nothing_is_unknown_with_its_distance() -> None:
    def other(value: dict[str, Any]) -> None:
        value.clear()
        value.update({f"f{number}": {"g": number} for number in range(30)})

    report = _checked(_drifted(other, "settings"))
    (store,) = (one for one in report.stores if one.name == "settings")
    assert store.resolved is None
    assert store.distance is not None
    assert store.distance > 10
    page = render(report, "text")
    assert f"store     settings: no published version is near (accepted: v4; distance {store.distance})" in page


def test_the_newest_shape_is_not_folded_again() -> None:
    store = STORES["sessions"]
    value = store.latest.witnesses["several"]
    assert resolve_document(value, store, fold([value], store.latest.layout)).version is store.latest


# ---- cohorts


def _half(value: dict[str, Any]) -> None:
    for attempt in _attempts(value)[::2]:
        attempt["wasRefused"] = attempt.pop("moderated")


def test_a_rename_that_only_some_records_have_seen_is_one_finding() -> None:
    report = _checked(_drifted(_half), patches=True)
    (change,) = report.changes
    assert (change.rule, change.path, change.to) == (
        "field-renamed",
        f"{ATTEMPT}/moderated",
        f"{ATTEMPT}/wasRefused",
    )
    assert change.message.endswith("in 3 of 5 records")
    (store,) = (one for one in report.stores if one.cohorts)
    (cohort,) = store.cohorts
    assert (store.name, cohort.path) == ("site", str(ATTEMPT))
    told = [(group.records, group.lacks, group.has) for group in cohort.groups]
    assert told == [(3, ("moderated",), ("wasRefused",)), (2, ("wasRefused",), ("moderated",))]
    assert report.verdict is Verdict.DEGRADED
    assert {proposal.change for proposal in report.proposals} == {change.id}
    for name in FORMATS:
        shown = render(report, name)
        assert "wasRefused" in shown
        told_in_words = "3 records with wasRefused and without moderated" in shown
        assert told_in_words == (name in ("text", "markdown", "html"))


def test_a_field_that_some_records_lost_makes_a_cohort_and_no_rename() -> None:
    report = _checked(_drifted(lambda value: _attempts(value)[0].pop("mediaUrl")))
    assert [change.rule for change in report.changes] == ["field-became-optional"]
    (cohort,) = next(one.cohorts for one in report.stores if one.name == "site")
    assert [(group.records, group.lacks, group.has) for group in cohort.groups] == [
        (4, (), ("mediaUrl",)),
        (1, ("mediaUrl",), ()),
    ]


def test_a_store_whose_records_are_alike_has_no_cohort() -> None:
    report = _checked(SNAPSHOT)
    assert all(one.cohorts == () for one in report.stores)

    def all_of_them(value: dict[str, Any]) -> None:
        for attempt in _attempts(value):
            attempt["wasRefused"] = attempt.pop("moderated")

    renamed = _checked(_drifted(all_of_them))
    assert [change.rule for change in renamed.changes] == ["field-renamed"]
    assert all(one.cohorts == () for one in renamed.stores)


def test_entries_of_several_versions_under_one_key_pattern_are_cohorts() -> None:
    done: list[str] = []

    def first_only(value: dict[str, Any]) -> None:
        if not done:
            done.append("yes")
            value["madeVideos"] = value.pop("videosGenerated")

    observed = observe_store(_drifted(first_only, "session"), STORES["session"])
    assert [change.rule.id for change in observed.comparison.changes] == ["field-renamed"]
    (cohort,) = observed.cohorts
    assert str(cohort.path) == "/{}"
    assert [group.records for group in cohort.groups] == [1, 1]


def _compared(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> tuple[Any, Any]:
    document = {"list": after}
    return document, compare(fold([{"list": before}]), fold([document]))


@pytest.mark.parametrize(
    "after",
    [
        [{"id": 1, "flag": True}, {"id": 2, "mark": True}, {"id": 3}],  # one has neither
        [{"id": 1, "flag": True}, {"id": 2, "mark": True, "flag": True}],  # one has both
        [{"id": 1, "flag": True}, {"id": 2, "mark": "text"}],  # another type
    ],
)
def test_what_is_no_exact_exchange_is_no_rename(after: list[dict[str, Any]]) -> None:
    document, found = _compared([{"id": 1, "flag": True}, {"id": 2, "flag": False}], after)
    assert merge_partial_renames(document, found) == found


def test_an_exact_exchange_is_one_rename_and_two_groups() -> None:
    after = [{"id": 1, "flag": True}, {"id": 2, "flag": False}, {"id": 3, "flagged": True}]
    document, found = _compared([{"id": 1, "flag": True}, {"id": 2, "flag": False}], after)
    assert {change.rule.id for change in found.changes} == {"field-became-optional", "field-added"}
    joined = merge_partial_renames(document, found)
    (change,) = joined.changes
    assert (change.rule.id, str(change.path), str(change.to)) == ("field-renamed", "/list/[]/flag", "/list/[]/flagged")
    assert find_cohorts(document, joined) == (
        Cohort(
            Place.parse("/list/[]"),
            (Group(2, ("flagged",), ("flag",)), Group(1, ("flag",), ("flagged",))),
        ),
    )


# ---- resets


def _emptied(value: dict[str, Any]) -> None:
    value["version"] += 1
    for part in value["state"].values():
        part.clear()


def _begun_anew(value: dict[str, Any]) -> None:
    value["version"] += 1
    value["state"] = {}


@pytest.mark.parametrize("edit", [_emptied, _begun_anew])
def test_a_store_that_the_site_began_anew_is_unseen_and_no_drift(edit: Callable[[dict[str, Any]], None]) -> None:
    report = _checked(_drifted(edit))
    assert report.verdict is Verdict.UNSEEN
    assert [change.rule for change in report.changes] == ["version-changed"]
    assert any(note.startswith("site:") and "probably reset" in note for note in report.notes)
    assert all(fact.unseen and fact.unseen.to_see for fact in report.facts)


def test_another_version_number_over_full_maps_is_no_reset() -> None:
    report = _checked(_drifted(lambda value: value.update(version=value["version"] + 1)))
    assert report.verdict is Verdict.INTACT
    assert not any("reset" in note for note in report.notes)


def test_empty_maps_under_the_same_version_are_no_reset() -> None:
    observed = observe_store(_drifted(lambda value: value["state"].update(videoByMediaId={})), STORES["site"])
    assert observed.reset is False


def test_a_version_bump_does_not_hide_what_else_broke() -> None:
    def both(value: dict[str, Any]) -> None:
        value["version"] += 1
        for attempt in _attempts(value):
            attempt["moderated"] = str(attempt["moderated"])

    report = _checked(_drifted(both))
    assert {change.rule for change in report.changes} == {"version-changed", "flag-became-text"}
    assert report.verdict in (Verdict.DEGRADED, Verdict.BROKEN)
