"""The causes of a report: told once, below the headline, with the state of the mend."""

from __future__ import annotations

import copy
from typing import Any

from driftwright.report.formats.causes import causes_of, hurts_says, mend_says, plain, says, short_place, within
from driftwright.report.model import Report
from kit.samples import sample
from kit.stored import read, render

PATCH = {
    "change": "c1",
    "file": "contracts/a.js",
    "diff": "--- a/contracts/a.js\n+++ b/contracts/a.js\n@@ -1 +1 @@\n-old\n+new\n",
    "confirmed_by": 3,
    "mends": ["fact_0"],
    "leaves": [],
    "then": "accept it",
}


def _record(because: list[list[str]], **change: Any) -> dict[str, Any]:
    """A report of broken facts, each with the ids of the changes that cause it; these differ in their place alone."""
    record = sample("broken")
    fact = next(fact for fact in record["facts"] if fact["verdict"] == "broken")
    record["facts"] = [{**copy.deepcopy(fact), "name": f"fact_{at}", "because": ids} for at, ids in enumerate(because)]
    names = sorted({name for ids in because for name in ids}) or ["c1"]
    record["changes"] = [
        {**record["changes"][0], "id": name, "path": f"/list/{{}}/{name}", "to": None, "read_by": [], **change}
        for name in names
    ]
    return record


def _says(record: dict[str, Any]) -> list[str]:
    return [f"{plain(says(cause))}; {hurts_says(cause)}; {mend_says(cause)}" for cause in causes_of(read(record))]


def _told(report: Report) -> list[list[str]]:
    return [[fact.name for fact in cause.facts] for cause in causes_of(report)]


def test_one_change_is_one_cause_however_many_facts_it_hurts() -> None:
    record = _record([["c1"]] * 7, to="/list/{}/new", path="/list/{}/old", message="/list/{}/old moved to /list/{}/new")
    assert _says(record) == ["`old` moved to `new`; hurts 7 facts; no patch, mend it by hand"]
    record["proposals"] = [PATCH]
    assert _says(record) == ["`old` moved to `new`; hurts 7 facts; patch ready"]
    record["proposals"] = [{**PATCH, "leaves": ["fact_1"]}]
    assert _says(record) == ["`old` moved to `new`; hurts 7 facts; patch ready for 1 of 2 facts"]
    for form in ("text", "markdown", "html"):
        assert render(record, form).count("/list/{}/old moved to /list/{}/new") <= 2, "in the cause, and in the table"


def test_a_fallback_that_serves_is_said_and_one_that_answers_nothing_is_not() -> None:
    record = _record([["c1"], ["c1"]])
    record["facts"][0]["fallback"] = {"level": "unavailable", "source": "nothing", "lost": None, "right": True}
    assert _says(record)[0].endswith("no patch, mend it by hand")
    for fact in record["facts"]:
        fact["verdict"] = "degraded"
    assert _says(record)[0].endswith("no patch, a fallback serves")


def test_changes_that_hurt_the_same_facts_are_one_cause() -> None:
    ids = [f"c{at}" for at in range(72)]
    record = _record([ids, ids], message="a field has another name")
    assert _says(record) == [
        "`site`: a field has another name and 71 more changes; hurts 2 facts; no patch, mend it by hand"
    ]


def test_a_fact_of_two_causes_stands_under_one_and_both_are_told() -> None:
    report = read(_record([["c1"], ["c1", "c2"], ["c2"]]))
    assert _told(report) == [["fact_0", "fact_1"], ["fact_2"]]
    assert [cause.hurts for cause in causes_of(report)] == [2, 2]


def test_a_fact_without_a_change_of_its_own_belongs_to_the_one_that_it_reads() -> None:
    record = _record([["c1"], []], read_by=["fact_0", "fact_1"])
    assert _told(read(record)) == [["fact_0", "fact_1"]]
    record["facts"][1]["basis"] = "invariant"
    assert _told(read(record)) == [["fact_0"], ["fact_1"]]


def test_places_that_end_alike_are_told_apart() -> None:
    (change,) = read(_record([["c1"]], path="/a/{}/x", to="/b/{}/x", message="/a/{}/x moved to /b/{}/x")).changes
    assert short_place(change) == "/a/{}/x \u2192 /b/{}/x"
    (whole,) = read(_record([["c1"]], path="/", message="/ was a map and is now a list")).changes
    assert short_place(whole) == "site:/"


def test_facts_beyond_the_room_are_counted() -> None:
    causes = causes_of(read(_record([["c1"], ["c1"], ["c2"], ["c2"]])))
    kept, left = within(causes, 3)
    assert ([len(cause.facts) for cause in kept], left) == ([2, 1], 1)


def test_no_fact_is_lost_that_has_the_name_of_another() -> None:
    record = _record([["c1"], [], ["c2"]])
    for fact in record["facts"]:
        fact["name"] = "same"
    assert sorted(map(len, _told(read(record)))) == [1, 1, 1]


def test_what_is_intact_has_no_cause() -> None:
    assert [_told(read(sample(name))) for name in ("intact", "unseen", "blind")] == [[], [], []]


def test_a_typical_drift_fits_a_screen_of_a_terminal() -> None:
    record = _record([["c1"]] * 5, message="/list/{}/c1 is now called /list/{}/c2", to="/list/{}/c2")
    assert len(render(record, "text").splitlines()) <= 45
