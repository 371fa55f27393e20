"""Facts whose parameter is another fact's answer: where it comes from, and how a break is inherited."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import driftwright
from driftwright.base.errors import InputFault
from driftwright.base.terms import Area, Effect, Verdict
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.readers import compile_fact
from driftwright.impact.situation import Situation, situations
from driftwright.report.fact import FactFound
from driftwright.report.formats import render
from driftwright.report.model import Report
from driftwright.report.stored import record
from driftwright.snapshot.file import read_snapshot
from driftwright.snapshot.model import AreaView, Entry, Snapshot
from driftwright.verdict.check import check_snapshot
from driftwright.verdict.inherit import in_order, with_answers
from driftwright.workspace.contract import load_facts
from driftwright.workspace.folders import Workspace, find_workspace
from driftwright.workspace.links import circle

SNAPSHOT = read_snapshot(Path(__file__).parents[1] / "standin.snapshot.json")
SCHEMA = json.loads((Path(driftwright.__file__).parent / "report" / "formats" / "report-v1.schema.json").read_text())
LAYOUT = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["orders", "buyers"],
    "properties": {
        "orders": {
            "type": "object",
            "x-key-space": "order",
            "additionalProperties": {
                "type": "object",
                "required": ["buyer", "total"],
                "properties": {"buyer": {"type": "string"}, "total": {"type": "integer"}},
            },
        },
        "buyers": {
            "type": "object",
            "x-key-space": "buyer",
            "additionalProperties": {
                "type": "object",
                "required": ["city"],
                "properties": {"city": {"type": "string"}},
            },
        },
    },
}
GOOD = {
    "orders": {"o-1": {"buyer": "b-1", "total": 3}, "o-2": {"buyer": "b-2", "total": 4}},
    "buyers": {"b-1": {"city": "Delft"}, "b-2": {"city": "Ghent"}},
}
# The name sorts after those that need it: the order of files must not matter.
BUYER = """
title  = "Buyer of an order"
params = { order = "each key of shop:/orders" }
result = { type = "string", minLength = 1 }

[[source]]
name   = "shop"
level  = "full"
derive = "({ shop, order }) => shop.orders[order]?.buyer ?? null"

[[source]]
level = "unavailable"
value = "nobody"
"""
CITY = """
title  = "City of a buyer"
params = { buyer = "each answer of fact:the_buyer" }
result = { type = "string", minLength = 1 }

[[source]]
name   = "shop"
level  = "full"
derive = "({ shop, buyer }) => shop.buyers[buyer]?.city ?? null"
"""
GREETING = """
title  = "Greeting for a city"
params = { city = "each answer of fact:a_city" }
result = { type = "string" }

[[source]]
level  = "full"
derive = "({ city }) => `Hello ${city}`"
"""
TOTAL = """
title  = "Total of an order"
params = { order = "each key of shop:/orders" }
result = { type = "integer" }

[[source]]
level  = "full"
derive = "({ shop, order }) => shop.orders[order]?.total ?? null"
"""
FACTS = {"the_buyer": BUYER, "a_city": CITY, "a_greeting": GREETING, "total": TOTAL}


def _workspace(folder: Path, facts: dict[str, str]) -> Workspace:
    home = folder / "schemas" / "own" / "shop"
    (home / "v1").mkdir(parents=True)
    (folder / "contracts").mkdir()
    (home / "store.toml").write_text('name = "shop"\ntitle = "Shop"\narea = "local"\nkey = "shop"\n')
    (home / "v1.schema.json").write_text(json.dumps(LAYOUT))
    (home / "v1" / "several.witness.json").write_text(json.dumps(GOOD))
    for name, text in facts.items():
        (folder / "contracts" / f"{name}.toml").write_text(text)
    return find_workspace(str(folder))


def _captured(value: Any) -> Snapshot:
    entry = Entry("shop", "shop", {}, 100, "json", value)
    return replace(SNAPSHOT, areas=(AreaView(Area.LOCAL, (entry,), 0),))


def _changed(**names: str) -> Snapshot:
    """The good store with fields of the orders and buyers renamed."""
    value = json.loads(json.dumps(GOOD))
    for records in value.values():
        for key, held in records.items():
            records[key] = {names.get(name, name): part for name, part in held.items()}
    return _captured(value)


def _judged(snapshot: Snapshot, workspace: Workspace) -> tuple[Report, dict[str, FactFound]]:
    report = check_snapshot(snapshot, workspace)
    jsonschema.Draft202012Validator(SCHEMA).validate(record(report))
    return report, {fact.name: fact for fact in report.facts}


def test_a_parameter_takes_every_answer_of_another_fact(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path, FACTS)
    compiled = [compile_fact(fact) for fact in load_facts(workspace.contracts)]
    with Engine() as engine:
        (moment,) = with_answers(engine, compiled, [Situation("several", {"shop": GOOD})])
    assert moment.answers == {"the_buyer": ("b-1", "b-2"), "a_city": ("Delft", "Ghent")}
    by_name = {fact.fact.name: fact.fact for fact in compiled}
    assert [dict(one.params) for one in situations(by_name["a_city"], [moment])] == [{"buyer": "b-1"}, {"buyer": "b-2"}]
    assert [one.params["city"] for one in situations(by_name["a_greeting"], [moment])] == ["Delft", "Ghent"]


def test_what_stands_in_for_an_answer_is_no_parameter(tmp_path: Path) -> None:
    compiled = [compile_fact(fact) for fact in load_facts(_workspace(tmp_path, FACTS).contracts)]
    with Engine() as engine:
        lost = {"orders": {"o-1": {"total": 3}}, "buyers": {}}
        (moment,) = with_answers(engine, compiled, [Situation("lost", {"shop": lost})])
    assert moment.answers == {"the_buyer": (), "a_city": ()}


def test_facts_are_taken_after_those_that_they_need(tmp_path: Path) -> None:
    compiled = [compile_fact(fact) for fact in load_facts(_workspace(tmp_path, FACTS).contracts)]
    assert [fact.fact.name for fact in in_order(compiled)] == ["the_buyer", "a_city", "a_greeting", "total"]


def test_nothing_is_inherited_while_the_root_is_right(tmp_path: Path) -> None:
    report, facts = _judged(_captured(GOOD), _workspace(tmp_path, FACTS))
    assert report.verdict is Verdict.INTACT
    assert {fact.inherits for fact in facts.values()} == {None}


def test_a_break_is_inherited_all_the_way_and_the_report_shows_its_root_once(tmp_path: Path) -> None:
    report, facts = _judged(_changed(buyer="customer"), _workspace(tmp_path, FACTS))
    (change,) = report.changes
    root = facts["the_buyer"]
    assert (root.verdict, root.effect, root.inherits) == (Verdict.BROKEN, Effect.UNAVAILABLE, None)
    for name in ("a_city", "a_greeting"):
        heir = facts[name]
        assert (heir.verdict, heir.inherits) == (Verdict.BROKEN, "the_buyer")
        assert heir.because == (change.id, "fact:the_buyer")
        assert "the_buyer" in heir.next
        assert "inherits" in heir.says
        assert heir.fingerprint != root.fingerprint
    assert (facts["total"].verdict, facts["total"].inherits) == (Verdict.INTACT, None)
    assert [proposal.mends for proposal in report.proposals] == [("the_buyer",)]
    text = render(report, "text")
    assert text.count("BROKEN   ") == 2  # the verdict of all, and the root
    assert "inherited by a_city: City of a buyer" in text
    assert render(report, "html").count('<article class="card') == 1
    assert "<dt>Inherited by</dt><dd>Greeting for a city" in render(report, "html")
    assert render(report, "markdown").count("**Inherited by:**") == 2


def test_an_heir_with_a_cause_of_its_own_stands_for_itself(tmp_path: Path) -> None:
    report, facts = _judged(_changed(buyer="customer", city="town"), _workspace(tmp_path, FACTS))
    causes = {change.path.rpartition("/")[2]: change.id for change in report.changes}
    assert facts["the_buyer"].because == (causes["buyer"],)
    assert (facts["a_city"].inherits, facts["a_city"].because) == (None, (causes["city"],))
    assert facts["a_greeting"].inherits == "a_city"


def test_an_heir_is_as_grave_as_its_root_and_no_graver(tmp_path: Path) -> None:
    second = BUYER.replace(
        '[[source]]\nlevel = "unavailable"',
        '[[source]]\nname = "any"\nlevel = "degraded"\nlost = "order"\n'
        "derive = \"({ shop, order }) => ({ 'o-1': 'b-1', 'o-2': 'b-2' })[order] ?? null\"\n\n"
        '[[source]]\nlevel = "unavailable"',
    )
    _, facts = _judged(_changed(buyer="customer"), _workspace(tmp_path, {**FACTS, "the_buyer": second}))
    assert facts["the_buyer"].verdict is Verdict.DEGRADED
    assert (facts["a_city"].verdict, facts["a_city"].inherits) == (Verdict.DEGRADED, "the_buyer")


def test_a_circle_is_refused_and_shown(tmp_path: Path) -> None:
    looped = BUYER.replace("each key of shop:/orders", "each answer of fact:a_greeting")
    with pytest.raises(InputFault, match="a_city -> the_buyer -> a_greeting -> a_city"):
        load_facts(_workspace(tmp_path, {**FACTS, "the_buyer": looped}).contracts)


def test_an_unknown_fact_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    misspelt = CITY.replace("fact:the_buyer", "fact:the_buyr")
    with pytest.raises(InputFault, match=r"params\.buyer: unknown fact 'the_buyr'; did you mean 'the_buyer'"):
        load_facts(_workspace(tmp_path, {**FACTS, "a_city": misspelt}).contracts)


@pytest.mark.parametrize("text", ["each answer of fact:", "each answer of the_buyer", "answer of fact:the_buyer"])
def test_another_wording_is_refused_with_the_grammar(tmp_path: Path, text: str) -> None:
    wrong = CITY.replace("each answer of fact:the_buyer", text)
    with pytest.raises(InputFault, match="each answer of fact:NAME"):
        load_facts(_workspace(tmp_path, {**FACTS, "a_city": wrong}).contracts)


def test_circles_are_found_wherever_they_are() -> None:
    assert circle({}) == ()
    assert circle({"a": ("b", "c"), "b": ("d",), "c": ("d",), "d": ()}) == ()
    assert circle({"a": ("a",)}) == ("a", "a")
    assert circle({"a": ("b",), "b": ("c",), "c": ("b",)}) == ("b", "c", "b")
