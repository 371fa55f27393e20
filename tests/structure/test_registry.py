"""The registry of rules, held against the rule files and the cases: every rule fires where it should and only there."""

from __future__ import annotations

import json
import string
from pathlib import Path as File
from typing import Any

import pytest

from driftwright.base.errors import InputFault
from driftwright.base.path import Path
from driftwright.base.terms import Area, Level
from driftwright.snapshot.model import AreaView, Entry, Provenance, Redaction, Snapshot
from driftwright.structure.replay import apply
from driftwright.structure.rules.registry import ASPECTS, FOLDER, OPERATORS, Rule, _load, load_rules, rule_for
from driftwright.verdict.diff import structural_changes
from driftwright.verdict.observe import observe_store
from driftwright.workspace.schemas.load import Store, load_stores
from kit.cases import ALL, Case

RULES = load_rules()
NOT_BETWEEN_DOCUMENTS = {
    "store": "a document has no key and no storage area: these are seen in snapshots",
    "moment": "two moments of one page: an invariant of a contract sees it",
}
KNOWN_KEYS = {"what", "fires", "path", "to", "replays", "why", "also", "reverse"}
PLACEHOLDERS = {"path", "to", "before", "after"}


FIRING = [case for case in ALL if case.fires]
NEAR = [case for case in ALL if not case.fires]
VISIBLE = [rule for rule in RULES.values() if rule.aspect not in NOT_BETWEEN_DOCUMENTS]


# The rule files


def test_every_rule_file_is_loaded_under_its_own_name() -> None:
    assert set(RULES) == {file.stem for file in FOLDER.glob("*.toml")}
    assert all(name == rule.id for name, rule in RULES.items())


def test_no_two_rules_have_one_title_or_one_condition() -> None:
    titles = [rule.title for rule in RULES.values()]
    conditions = [(r.aspect, r.happened, r.before, r.after) for r in RULES.values()]
    assert len(set(titles)) == len(titles)
    assert len(set(conditions)) == len(conditions)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_file_is_whole(rule: Rule) -> None:
    """It says what happened and why it matters, in the closed vocabularies, and is the one for its observation."""
    fields = {name for _, name, _, _ in string.Formatter().parse(rule.message) if name}
    assert fields <= PLACEHOLDERS
    assert rule.message.format(path="/a", to="/b", before="x", after="y").strip()
    assert len(rule.why.split()) >= 3
    assert not rule.title.endswith(".")
    assert not rule.inverse or rule.inverse in RULES
    assert rule.supersedes <= set(RULES)
    assert rule.id not in rule.supersedes
    kinds = {"null", "boolean", "integer", "number", "string", "array", "object"}
    assert rule.aspect in ASPECTS
    assert rule.operator in OPERATORS
    assert rule.before | rule.after <= kinds
    assert 0 < rule.alpha < 1
    assert rule.minimum >= 1
    for before in rule.before or {""}:
        for after in rule.after or {""}:
            assert rule_for(rule.aspect, rule.happened, before, after) is rule


def test_a_break_has_a_replay_and_a_note_has_none() -> None:
    for rule in RULES.values():
        if rule.level is Level.BREAK:
            assert rule.operator != "none", rule.id
        if rule.level is Level.NOTE:
            assert rule.operator == "none", rule.id


def test_every_operator_is_used_and_has_one_function() -> None:
    assert set(OPERATORS) == {rule.operator for rule in RULES.values()}
    assert set(apply._OPERATORS) == set(OPERATORS)
    assert len(set(apply._OPERATORS.values())) == len(OPERATORS)
    assert len(set(OPERATORS)) == len(OPERATORS)


def test_every_aspect_is_used() -> None:
    assert {rule.aspect for rule in RULES.values()} == set(ASPECTS)


def test_an_observation_that_no_rule_names_has_none() -> None:
    assert rule_for("place", "vanished") is None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('id = "another"', "is not the file's name"),
        ('level = "fatal"', "is not one of note, warn, break"),
        ('[replay]\noperator = "explode"', "is not one of"),
        ('colour = "red"', "unknown key 'colour'"),
    ],
)
def test_a_rule_file_that_is_wrong_is_refused_with_its_place(tmp_path: File, line: str, says: str) -> None:
    good = (FOLDER / "field-removed.toml").read_text("utf-8")
    key = line.splitlines()[-1].partition(" =")[0]
    kept = [text for text in good.splitlines() if not text.startswith((f"{key} ", line.splitlines()[0]))]
    file = tmp_path / "field-removed.toml"
    file.write_text("\n".join([*kept, line] if line.startswith("[") else [line, *kept]), "utf-8")
    with pytest.raises(InputFault, match=says) as caught:
        _load(file)
    assert str(file) in str(caught.value)


# The cases


def test_a_rule_has_a_case_that_fires_and_a_near_miss() -> None:
    visible = {rule.id for rule in VISIBLE}
    assert visible - {case.rule for case in FIRING} == set()
    assert visible - {case.rule for case in NEAR} == set()


def test_every_case_belongs_to_a_rule_and_says_what_it_shows() -> None:
    known = {rule.id for rule in VISIBLE}
    for case in ALL:
        assert case.rule in known, case
        assert set(case.description) <= KNOWN_KEYS, case
        assert json.dumps(case.before) != json.dumps(case.after), case
        assert {"what", "path"} <= set(case.description), case
        assert ("replays" in case.description) == case.fires, case
        assert bool(case.description.get("why")) == (case.description.get("replays") is False), case


def test_no_two_cases_are_told_alike() -> None:
    told = [case.description["what"] for case in ALL]
    assert len(set(told)) == len(told)


def _of(cases: list[Case], rule: Rule) -> list[Case]:
    found = [case for case in cases if case.rule == rule.id]
    assert found, "a rule without a case"
    return found


@pytest.mark.parametrize("rule", VISIBLE, ids=lambda rule: rule.id)
def test_a_rule_is_right_in_all_its_cases(rule: Rule) -> None:
    _fires_at_its_path_and_stays_silent_at_a_near_miss(rule)
    _nothing_else_breaks_than_a_case_says(rule)
    _a_document_differs_in_nothing_from_itself(rule)
    _the_way_back_is_reported_as_the_inverse(rule)
    _the_message_is_filled_in_and_holds_no_text_of_the_store(rule)


def _fires_at_its_path_and_stays_silent_at_a_near_miss(rule: Rule) -> None:
    for case in _of(FIRING, rule):
        found = [(str(change.path), str(change.to or "")) for change in case.changes() if change.rule.id == rule.id]
        assert found == [(case.description["path"], case.description.get("to", ""))], case.name
    for case in _of(NEAR, rule):
        assert rule.id not in {change.rule.id for change in case.changes()}, case.name


def _nothing_else_breaks_than_a_case_says(rule: Rule) -> None:
    for case in _of(ALL, rule):
        others = [c for c in case.changes() if c.rule.level is Level.BREAK and c.rule.id != rule.id]
        found = sorted(f"{change.rule.id} {change.path}" for change in others)
        assert found == sorted(case.description.get("also", [])), case.name


def _a_document_differs_in_nothing_from_itself(rule: Rule) -> None:
    for case in _of(ALL, rule):
        for document in (case.before, case.after):
            assert structural_changes(document, document) == (), case.name


def _the_way_back_is_reported_as_the_inverse(rule: Rule) -> None:
    for case in _of(FIRING, rule):
        back = {change.rule.id for change in structural_changes(case.after, case.before)}
        waived = case.description.get("reverse", {}).get("waived", "")
        if waived:
            assert rule.inverse, f"{case.name}: a waiver of nothing"
            assert rule.inverse not in back, f"{case.name}: a stale waiver"
        elif rule.inverse:
            assert rule.inverse in back, case.name


def _the_message_is_filled_in_and_holds_no_text_of_the_store(rule: Rule) -> None:
    for case in _of(FIRING, rule):
        secrets = {text for text in texts(case.before) | texts(case.after) if " " in text}
        for change in case.changes():
            assert str(change.path) in change.message or "{path}" not in change.rule.message, case.name
            told = change.message + change.before + change.after
            assert not [text for text in secrets if text in told], case.name


def texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(texts, value.values()))
    if isinstance(value, list):
        return set().union(*map(texts, value))
    return {value} if isinstance(value, str) else set()


# Rules about whole stores, seen in a snapshot

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"theme": {"type": "string"}, "volume": {"type": "number"}},
    "required": ["theme", "volume"],
}
GOOD = {"theme": "dark", "volume": 0.5}


@pytest.fixture
def player(tmp_path: File) -> Store:
    folder = tmp_path / "radio" / "player"
    (folder / "v1").mkdir(parents=True)
    (folder / "store.toml").write_text('name = "player"\ntitle = "The player"\narea = "local"\nkey = "radio-player"\n')
    (folder / "v1.schema.json").write_text(json.dumps(SCHEMA))
    (folder / "v1" / "one.witness.json").write_text(json.dumps(GOOD))
    return load_stores(tmp_path)["player"]


def seen(area: Area, key: str, form: str, value: Any) -> Snapshot:
    entry = Entry(key=key, store="player", ids={}, size=40, form=form, value=value)
    provenance = Provenance("radio", "ready", "https://radio.example", "Chromium 140", "2026-03-01T10:00:00Z", "0")
    return Snapshot(provenance, Redaction("r", "p"), (AreaView(area, (entry,), 3),))


@pytest.mark.parametrize(
    ("area", "key", "form", "value", "fires"),
    [
        (Area.LOCAL, "radio-player", "json", GOOD, ""),
        (Area.LOCAL, "radio-player", "json", {"theme": "light", "volume": 1}, ""),
        (Area.SESSION, "radio-player", "json", GOOD, "store-moved"),
        (Area.LOCAL, "radio-player-user4", "json", GOOD, "store-key-renamed"),
        (Area.LOCAL, "radio-player", "json-in-text", GOOD, "store-encoded-twice"),
        (Area.LOCAL, "radio-player", "text", None, "store-unreadable"),
    ],
)
def test_a_rule_about_a_store_fires_and_stays_silent(  # noqa: PLR0913, PLR0917 - what a snapshot shows of one store
    player: Store, area: Area, key: str, form: str, value: Any, fires: str
) -> None:
    found = observe_store(seen(area, key, form, value), player).comparison.changes
    assert [change.rule.id for change in found] == ([fires] if fires else [])
    assert all((change.store, change.path) == ("player", Path()) for change in found)


def test_a_store_that_is_not_there_is_missing_and_no_change_is_made_up(player: Store) -> None:
    empty = seen(Area.LOCAL, "radio-player", "json", GOOD)
    gone = Snapshot(empty.provenance, empty.redaction, (AreaView(Area.LOCAL, (), 3),))
    observed = observe_store(gone, player)
    assert observed.state == "missing"
    assert observed.comparison.changes == ()


@pytest.mark.parametrize("happened", ["missing", "appeared"])
def test_what_becomes_of_a_whole_store_has_a_rule(happened: str) -> None:
    rule = rule_for("store", happened)
    assert rule is not None
    assert rule.id == f"store-{happened}"
