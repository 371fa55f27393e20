"""The temporal contract without a browser: each rule on made-up samples, and what its breaking costs by execution."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import driftwright
from driftwright.base.errors import InputFault
from driftwright.base.terms import Area, Basis, Effect, Verdict
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.readers import compile_fact
from driftwright.impact.situation import moments as known_moments
from driftwright.report.fact import FactFound
from driftwright.report.model import Report
from driftwright.report.stored import record
from driftwright.snapshot.file import read_snapshot
from driftwright.snapshot.model import AreaView
from driftwright.snapshot.watch import Sample, Watch
from driftwright.verdict.breach import Breach, Judgement, Moment, judge
from driftwright.verdict.check import check_snapshot
from driftwright.verdict.over_time import check_watch, with_behaviour
from driftwright.workspace.contract import load_facts
from driftwright.workspace.folders import find_workspace
from driftwright.workspace.schemas.load import load_stores
from driftwright.workspace.time_rule import KINDS, check_rules, load_rules

ROOT = Path(__file__).resolve().parents[2]
WORKSPACE = find_workspace(str(ROOT))
RULES = {rule.name: rule for rule in load_rules(ROOT / "contracts" / "temporal")}
SNAPSHOT = read_snapshot(Path(__file__).parents[1] / "standin.snapshot.json")

LISTED = "a video is listed only when it has ended"
ALWAYS = "every listed video has progress 100 all the time"
LATEST = "of the refused videos of an image only the latest stays"
GONE = "refused videos are gone after a reload"
KEPT = "finished videos are still there after a reload"
FEWER = "the videos of an image never become fewer while the page is open"

Lists = dict[str, list[dict[str, Any] | None]]


def done(name: str) -> dict[str, Any]:
    """A finished video."""
    return {"videoId": name, "progress": 100, "moderated": False, "mediaUrl": "https://masked.example/x", "more": 1}


def refused(name: str) -> dict[str, Any]:
    """A refused video."""
    return {**done(name), "moderated": True, "mediaUrl": ""}


def running(name: str, progress: Any = 40) -> dict[str, Any]:
    """A video in the making."""
    return {**done(name), "progress": progress, "mediaUrl": ""}


def store(**lists: Sequence[dict[str, Any] | None]) -> dict[str, Any]:
    """The site's store with these lists."""
    return {"state": {"videoByMediaId": {name: list(held) for name, held in lists.items()}}, "version": 1}


def moments(*samples: Any) -> tuple[Moment, ...]:
    """Samples of 100 ms; a number among them is the page from there on."""
    made: list[Moment] = []
    page = 0
    for sample in samples:
        if isinstance(sample, int):
            page = sample
        else:
            made.append(Moment(100 * len(made), page, sample))
    return tuple(made)


def judged(name: str, *samples: Any) -> Judgement:
    (found,) = judge([RULES[name]], {"site": moments(*samples)})
    return found


# Each rule: samples that break it, at which time; and samples as like as can be that do not.
FIRING: dict[str, tuple[int, list[Any]]] = {
    LISTED: (100, [store(P=[]), store(P=[running("a")]), store(P=[done("a")])]),
    ALWAYS: (100, [store(P=[done("a")]), store(P=[running("a", 99)])]),
    LATEST: (200, [store(P=[]), store(P=[refused("a")]), store(P=[refused("a"), refused("b")])]),
    GONE: (200, [store(P=[refused("a")]), 1, store(P=[refused("a")]), store(P=[refused("a"), done("b")])]),
    KEPT: (100, [store(P=[done("a"), done("b")]), 1, store(P=[done("b")])]),
    FEWER: (100, [store(P=[done("a"), done("b")]), store(P=[done("b")])]),
}
NEAR_MISS: dict[str, list[Any]] = {
    LISTED: [store(P=[running("z")]), store(P=[running("z"), None]), store(P=[running("z"), done("a")])],
    ALWAYS: [store(P=[]), store(P=[None]), store(P=[done("a")])],
    LATEST: [store(P=[refused("a")]), store(P=[done("c"), refused("b")], Q=[refused("d")])],
    GONE: [store(P=[refused("a"), done("b")]), 1, store(P=[refused("a"), done("b")]), store(P=[done("b")])],
    KEPT: [store(P=[done("a"), refused("b")]), 1, None, store(P=[done("a")])],
    FEWER: [store(P=[done("a"), refused("b")]), store(P=[done("a"), refused("c")]), 1, store(P=[done("a")])],
}


def test_every_rule_of_the_contract_has_both_cases_and_every_kind_is_used() -> None:
    assert set(FIRING) == set(NEAR_MISS) == set(RULES)
    assert {rule.kind for rule in RULES.values()} == set(KINDS)


@pytest.mark.parametrize("name", FIRING)
def test_a_rule_fires_with_the_sample_that_shows_it(name: str) -> None:
    at, samples = FIRING[name]
    breach = judged(name, *samples).breach
    assert breach is not None
    assert breach.at_ms == at
    shown = json.dumps([breach.store, breach.before])
    assert "videoByMediaId" in shown
    assert "mediaUrl" not in shown, "the smallest part speaks of nothing that the rule does not"
    assert "more" not in shown


@pytest.mark.parametrize("name", NEAR_MISS)
def test_a_near_miss_is_an_occasion_and_no_breach(name: str) -> None:
    found = judged(name, *NEAR_MISS[name])
    assert found.occasions > 0
    assert found.breach is None


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(
    "samples",
    [[], [None, None], [store()], [{"state": {"videoByMediaId": {"P": {"items": [1]}}}}], ["text", 1, [1, 2]]],
    ids=["no sample", "no store", "no list", "another structure", "no object"],
)
def test_what_was_not_shown_was_no_occasion(name: str, samples: list[Any]) -> None:
    assert judged(name, *samples) == Judgement(RULES[name], 0, None)


@pytest.mark.parametrize("progress", ["40", None, True, [40]])
def test_a_field_of_another_form_is_a_change_of_structure_and_no_breach(progress: Any) -> None:
    assert judged(ALWAYS, store(P=[running("a", progress)])) == Judgement(RULES[ALWAYS], 0, None)
    assert judged(LISTED, store(P=[]), store(P=[running("a", progress)])).occasions == 0
    renamed = {"videoId": "a", "percent": 40}
    assert judged(LISTED, store(P=[]), store(P=[renamed])).occasions == 0


def test_true_is_not_one_and_a_record_without_an_id_is_nobody() -> None:
    both = [{**done("a"), "moderated": 1}, {**done("b"), "moderated": 1}]
    assert judged(LATEST, store(P=both)).occasions == 0
    nobody = {"progress": 40, "moderated": True}
    assert judged(LISTED, store(P=[]), store(P=[nobody])).occasions == 0
    assert judged(GONE, store(P=[nobody]), 1, store(P=[nobody])).occasions == 0


def test_the_smallest_part_is_the_list_and_the_fields_that_the_rule_speaks_of() -> None:
    breach = judged(LISTED, store(P=[done("a")], Q=[]), store(P=[done("a"), running("b")], Q=[])).breach
    assert breach is not None
    assert breach.store == {"state": {"videoByMediaId": {"P": [{"videoId": "b", "progress": 40}]}}}


def test_one_cause_is_one_breach() -> None:
    samples = moments(store(P=[]), store(P=[running("a")]))
    broken = [one.rule.name for one in judge(list(RULES.values()), {"site": samples}) if one.breach is not None]
    assert broken == [LISTED]


# ---- what it costs, by execution


def _areas(document: dict[str, Any]) -> tuple[AreaView, ...]:
    (view,) = (view for view in SNAPSHOT.areas if view.area is Area.SESSION)
    entries = tuple(replace(one, value=document) if one.store == "site" else one for one in view.entries)
    return (replace(view, entries=entries),)


def _site() -> dict[str, Any]:
    (found,) = (one.value for view in SNAPSHOT.areas for one in view.entries if one.store == "site")
    assert isinstance(found, dict)
    return copy.deepcopy(found)


def _watched(*documents: tuple[int, dict[str, Any]], left_out: int = 0) -> tuple[Report, dict[str, FactFound]]:
    """Judge a watch whose end is the saved capture, and whose samples are these, with their pages."""
    samples = tuple(Sample(100 * number, page, _areas(one)) for number, (page, one) in enumerate(documents))
    watch = Watch(100, 100 * len(samples), len(samples), 0, samples, SNAPSHOT)
    with Engine() as engine:
        report = check_watch(replace(watch, left_out=left_out), WORKSPACE, "a.watch.json", lambda _: None, engine)
    schema = json.loads(
        (Path(driftwright.__file__).parent / "report" / "formats" / "report-v1.schema.json").read_text()
    )
    jsonschema.Draft202012Validator(schema).validate(record(report))
    return report, {fact.name: fact for fact in report.facts}


def _with_last(edit: dict[str, Any] | None) -> dict[str, Any]:
    """The saved store with the newest video of every image edited, or without it."""
    document = _site()
    for name, held in document["state"]["videoByMediaId"].items():
        last = [] if edit is None else [{**held[-1], **edit}]
        document["state"]["videoByMediaId"][name] = [*held[:-1], *last]
    return document


def test_a_generation_that_ended_well_is_intact() -> None:
    report, facts = _watched((0, _with_last(None)), (0, _site()))
    assert report.verdict is Verdict.INTACT
    assert {held.name: held.held for held in facts["credits_used"].invariants}[LISTED] is True
    assert any(note.startswith("site: the watch had no occasion") and GONE in note for note in report.notes)


def test_listing_what_is_unfinished_breaks_the_counts_though_the_end_is_as_ever() -> None:
    report, facts = _watched((0, _with_last(None)), (0, _with_last({"progress": 40, "mediaUrl": ""})))
    assert report.changes == ()
    for name in ("credits_used", "unmoderated_count"):
        fact = facts[name]
        assert (fact.verdict, fact.effect, fact.basis) == (Verdict.DEGRADED, Effect.SILENT, Basis.INVARIANT)
        assert fact.fallback.source == "session record"
        assert fact.fallback.right is True
        assert fact.evidence is not None
        assert fact.evidence.before != fact.evidence.after
        (broken,) = (held for held in fact.invariants if held.held is False)
        assert broken.name == LISTED
        assert broken.shows is not None
        (attempts,) = broken.shows["site"]["state"]["videoByMediaId"].values()
        assert [attempt["progress"] for attempt in attempts] == [40]
        assert [finding.path for finding in fact.findings] == [LISTED]
        assert LISTED in fact.says
        assert "100 ms" in fact.says
    assert facts["parent_image_url"].verdict is Verdict.INTACT
    assert [note for note in report.notes if "100 ms" in note and LISTED in note]


def test_a_failure_that_survives_a_reload_is_felt_by_who_counts_failures() -> None:
    report, facts = _watched((0, _site()), (1, _site()))
    assert report.verdict in (Verdict.DEGRADED, Verdict.BROKEN)
    felt = facts["moderated_count"]
    assert felt.effect is Effect.SILENT
    assert GONE in [held.name for held in felt.invariants if held.held is False]
    assert facts["parent_image_of_video"].verdict is Verdict.INTACT


def test_what_was_not_kept_is_told() -> None:
    report, _ = _watched((0, _with_last(None)), (0, _site()), left_out=7)
    assert [note for note in report.notes if note.startswith("7 changes were seen and not kept")]


def test_without_a_temporal_contract_only_the_end_is_judged_and_that_is_told(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts", ignore=shutil.ignore_patterns("temporal"))
    bare = replace(WORKSPACE, contracts=tmp_path / "contracts")
    with Engine() as engine:
        report = check_watch(Watch(100, 0, 1, 0, (), SNAPSHOT), bare, None, lambda _: None, engine)
    assert report.verdict is Verdict.INTACT
    assert [note for note in report.notes if "only the end of the watch was judged" in note]


def test_a_watch_of_nothing_is_unseen_not_fine() -> None:
    report, facts = _watched((0, _site()), (0, _site()))
    assert report.verdict is Verdict.UNSEEN
    quiet = facts["credits_used"]
    assert quiet.verdict is Verdict.UNSEEN
    assert quiet.unseen is not None
    assert quiet.unseen.to_see.startswith("Make a video of an image while the watch runs")
    assert facts["parent_image_url"].verdict is Verdict.INTACT, "no rule of behaviour protects it"


def test_every_fact_that_a_rule_protects_by_name_feels_its_replay() -> None:
    """A rule whose breaking no fact feels would protect nothing."""
    stores = load_stores(WORKSPACE.schemas)
    facts = [compile_fact(fact) for fact in load_facts(WORKSPACE.contracts)]
    good = known_moments(stores, {key: one.latest for key, one in stores.items()})
    with Engine() as engine:
        report = check_snapshot(SNAPSHOT, WORKSPACE, engine=engine)
        for name, rule in RULES.items():
            found = with_behaviour(report, engine, facts, good, [Judgement(rule, 1, Breach(0, 0, {}))])
            felt = {fact.name for fact in found.facts if fact.effect is not Effect.SAME}
            named = {
                fact.fact.name
                for fact in facts
                if {each.name for each in fact.fact.invariants}.intersection(rule.invariants)
            }
            assert set(rule.facts) <= felt <= named.union(rule.facts), name
            assert felt, name


# ---- the file

GOOD = """
store = "site"
records = "/state/videoByMediaId/{}/[]"
id = "videoId"
[[rule]]
name = "one"
kind = "always"
then = { progress = 100 }
invariants = ["no unfinished video is listed"]
"""


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('kind = "always"', 'kind = "alwais"', "rule[1].kind: 'alwais' is not one of"),
        ("then =", "than =", "rule[1]: unknown key 'than'"),
        ("then = { progress = 100 }", "", "rule[1].then: `then` and the kind always do not fit"),
        ('"always"', '"at-most"\nmost = 1', "rule[1].then: `then` and the kind at-most do not fit"),
        ("100 }", "100 }\nmost = 2", "rule[1].most: `most` and the kind always do not fit"),
        ("progress = 100", "progress = [100]", "rule[1].then.progress: not the value of a field"),
        ("invariants", "# invariants", "rule[1]: it protects nothing"),
        ("invariants = [", 'facts = ["credits_used"] # [', "rule[1].replay: facts without a replay"),
        ("/{}/[]", "/{}/[]/x", "records: not the records of a list or a map"),
        ('"/state', '"state', "records: not a path"),
        ('store = "site"', "", " 'store' is missing"),
        (
            "no unfinished video",
            "no unfinishd video",
            "rule[1].invariants: nothing is called 'no unfinishd video is listed'",
        ),
        ('store = "site"', 'store = "post"', "store: nothing is called 'post'"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert GOOD.count(before) == 1
    (tmp_path / "site.toml").write_text(GOOD.replace(before, after))
    with pytest.raises(InputFault) as fault:
        check_rules(load_rules(tmp_path), ("site",), {"credits_used": frozenset({"no unfinished video is listed"})})
    assert f"{tmp_path / 'site.toml'}:{message}" in str(fault.value)


def test_the_file_as_it_stands_is_read(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(GOOD)
    (rule,) = load_rules(tmp_path)
    assert (rule.store, rule.id, rule.kind, rule.then) == ("site", "videoId", "always", {"progress": 100})
    assert load_rules(tmp_path / "none") == ()
