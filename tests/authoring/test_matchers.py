"""The emitted hooks for tests and reports: what is told of a store that breaks the contract, and of a lesser source."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from driftwright.authoring.prove.prove import load_workspace
from driftwright.base.terms import Effect
from driftwright.impact.assess import effect_on
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.situation import situations
from driftwright.structure import MISSING
from driftwright.workspace import workspace_in
from kit.emitted import ROOT, STORES, install, link, moment, node
from kit.market import contract, market
from kit.parity import mutations_of

LAWFUL = {"store-missing", "entries-dropped", "entries-emptied"}  # what the site may write itself
ACTIVE = "/state/activeSessionMediaId"  # which need not be there

REPORTED = """
import { createReporter } from "my-contracts/report";
import * as facts from "my-contracts/facts";
const events = [];
const tell = (event) => {
  events.push(event);
  throw new Error("nobody's concern");
};
const reporter = createReporter({ tell });
const made = { id: "v", videoId: "v", parentPostId: "p", progress: 100, moderated: false };
const attempt = { ...made, mediaUrl: "https://a/secret.mp4", imageReference: "https://a/canary.jpg" };
const image = { id: "p", mediaUrl: "https://a/secret.jpg" };
const site = { state: { imageByMediaId: { p: [image] }, videoByMediaId: { p: [attempt] } } };
const session = { videosGenerated: 5, secret: "canary" };
reporter.ask(facts.parentImageUrl, { site }, { parent: "p" });
const hostile = { get state() { throw new SyntaxError("canary of the page"); } };
reporter.ask(facts.unmoderatedCount, { site: hostile, session, sessions: null }, { parent: "p" });
const class_ = { get state() { throw { name: "canary", toString: () => "canary" }; } };
reporter.ask(facts.unmoderatedCount, { site: class_, session, sessions: null }, { parent: "p" });
const counted = [0, 0.005, 0.01, 0.5].map((random) => {
  const told = [];
  const sampling = createReporter({ tell: (event) => told.push(event), sample: 0.01, random: () => random });
  sampling.ask(facts.unmoderatedCount, { site: null, session, sessions: null }, { parent: "p" });
  return told.length;
});
answer([events, counted]);
"""


def test_step_downs_and_disagreements_are_told_sampled_and_without_a_value(consumer: Path) -> None:
    events, counted = node(consumer, REPORTED)
    assert [event["event"] for event in events] == ["disagreement", "step-down", "step-down"]
    differ, thrown, strange = events
    assert differ["between"] == ["image record", "image reference of its videos"]
    assert differ["agreement"] == "the videos name the image's address"
    assert thrown["passed"] == [{"source": "site store", "why": "needs throws SyntaxError"}]
    assert strange["passed"] == [{"source": "site store", "why": "needs throws something"}]
    assert not re.search(r"canary|secret|5", json.dumps(events))
    assert counted == [1, 1, 0, 0]


VITEST = """
import * as chai from "chai";
import { JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";
import { toKeepContract } from "my-contracts/matchers";
chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);
chai.expect.extend(chai.expect, { toKeepContract });
const told = (judge) => {
  try {
    judge(chai.expect);
    return "";
  } catch (error) {
    return error.message;
  }
};
const renamed = JSON.parse(JSON.stringify(given).replaceAll('"moderated":', '"isModerated":'));
answer([
  told((expect) => expect(given).toKeepContract()),
  told((expect) => expect({ site: given.site }).toKeepContract()),
  told((expect) => expect(renamed).toKeepContract()),
  told((expect) => expect(renamed).toKeepContract({ facts: ["videoGroup"] })),
  told((expect) => expect(given).not.toKeepContract()),
  told((expect) => expect({}).toKeepContract()),
  told((expect) => expect({ sight: 1 }).toKeepContract()),
  told((expect) => expect(given).toKeepContract({ facts: ["videosGenerted"] })),
]);
"""


def test_a_store_in_a_test_is_judged_by_guard_invariants_and_facts(consumer: Path, tmp_path: Path) -> None:
    link(consumer, tmp_path, "chai", "@vitest")
    kept, alone, renamed, guarded, not_kept, empty, strange, misspelt = node(tmp_path, VITEST, moment("several"))
    assert kept == alone == ""
    assert "site:/state/videoByMediaId/" in renamed
    assert "/0/moderated is required" in renamed
    assert "unmoderatedCount parent=" in renamed
    assert "unmoderatedCount" not in guarded
    assert "is required" in guarded, "the guard judges the store, whichever facts are asked"
    assert not_kept == "the contract is kept"
    assert "nothing is judged" in empty
    assert "no store sight" in strange
    assert "no fact videosGenerted" in misspelt


def test_every_known_good_moment_keeps_the_contract(consumer: Path) -> None:
    names = sorted(file.name.partition(".")[0] for file in (ROOT / "schemas/grok/useMediaStore/v1").iterdir())
    assert len(names) > 5
    script = 'import { problemsOf } from "my-contracts/matchers";\nanswer(given.map((stores) => problemsOf(stores)));'
    assert node(consumer, script, [moment(name) for name in names]) == [[] for _ in names]


def test_a_fact_is_asked_for_the_answers_of_another_and_for_the_entries_of_a_store_of_many_keys(
    consumer: Path, tmp_path: Path
) -> None:
    first = contract("({shop}) => shop.orders.find((order) => order.paid)?.number", "", "string")
    note = "({shop, number}) => shop.orders.find((order) => order.number === number).note"
    params = 'params = { number = "each answer of fact:first" }\n'
    workspace = market(tmp_path / "drift", first=first, note=params + contract(note, "", "string"))
    install(tmp_path, workspace)
    script = 'import { problemsOf } from "my-contracts/matchers";\nanswer(given.map((stores) => problemsOf(stores)));'
    order = {"number": "n", "paid": True, "stage": "open", "note": "x"}
    kept, broken = node(tmp_path, script, [{"shop": {"orders": [order]}}, {"shop": {"orders": [{**order, "note": 1}]}}])
    assert kept == []
    assert broken == ["shop:/orders/0/note is not of type string", "note number=n: shop violates type"]
    several = moment("several")
    (parent,) = list(several["session"])[:1]
    several["session"][parent]["videosGenerated"] = "2"
    (problem,) = node(consumer, script, [several])[0]
    assert problem == f"session:/{parent}/videosGenerated is not of type integer"


@pytest.mark.nightly
def test_a_matcher_tells_every_mutation_that_changes_an_answer_but_for_lawful_states(consumer: Path) -> None:
    with Engine() as engine:
        loaded = load_workspace(workspace_in(ROOT), engine)
        changes = [
            change
            for change in mutations_of(loaded)
            if any(
                effect_on(engine, fact.primary, situations(fact.fact, loaded.moments), change) is not Effect.SAME
                for fact in loaded.facts
            )
        ]
        cases = [
            [
                {name: None if way.stores[name] is MISSING else way.stores[name] for name in STORES}
                for moment in loaded.moments
                for way in moment.after([change])[0]
            ]
            for change in changes
        ]
    counting = "answer(given.map((ways) => ways.map((one) => problemsOf(one).length)));"
    script = f'import {{ problemsOf }} from "my-contracts/matchers";\n{counting}'
    counted = node(consumer, script, cases)
    silent = [change for change, problems in zip(changes, counted, strict=True) if not any(problems)]
    assert len(changes) > 150
    assert [str(c.path) for c in silent if c.rule.id not in LAWFUL and str(c.path) != ACTIVE] == []
