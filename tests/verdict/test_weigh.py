"""Weighing: what a replay predicts, held against what the reader does on the later document; what chance explains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from driftwright.base.path import Path
from driftwright.base.terms import Effect, Verdict
from driftwright.impact.assess import Impact, Proof
from driftwright.impact.javascript import Answer, Engine
from driftwright.impact.situation import DOCUMENT, Situation
from driftwright.structure.change.chance import by_chance, may_be_missing
from driftwright.structure.change.model import make_change
from driftwright.verdict.weigh import is_partial, is_refuted, no_answer, signs
from kit.trials import judged

Document = dict[str, Any]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


def answer(text: str, kind: str = "string", *, empty: bool = False, **shape: tuple[str, ...]) -> Answer:
    return Answer("value", kind, text, text, empty=empty, size=None, shape={"/": (kind,), **shape})


def test_an_answer_of_the_same_kind_has_no_sign() -> None:
    assert signs(answer("3", "integer"), answer("2.5", "number")) == frozenset()
    assert signs(answer('"a"'), answer('"b"')) == frozenset()


def test_each_way_of_being_worse_is_a_sign() -> None:
    three, nothing = answer("3", "integer"), Answer("undefined", "undefined", "", "", empty=True, size=None, shape={})
    assert signs(three, nothing) == {"absent", "empty"}
    assert signs(three, answer("0", "integer", empty=True)) == {"empty"}
    assert signs(three, answer('"3"')) == {"type"}
    assert signs(three, Answer("throws", "", "E", "E", empty=False, size=None, shape={})) == {"throws"}
    assert signs(answer('"Ann"'), answer('"guest"'), frozenset({"guest"})) == {"default"}


def test_a_prediction_that_must_show_and_does_not_is_refuted() -> None:
    before, sound, empty = answer("[1]", "array"), answer("[2]", "array"), answer("[]", "array", empty=True)
    assert is_refuted([empty], before, sound)
    assert not is_refuted([empty], before, empty), "it does show"
    assert not is_refuted([sound], before, answer("[3]", "array")), "another value need not show"
    assert not is_refuted([], before, sound), "nothing was predicted"


@pytest.mark.parametrize(
    ("before", "after", "odd", "chance"),
    [
        (4, 7, 1, True),
        (1, 1, 1, True),
        (20, 20, 10, False),
        (3, 3, 3, False),
        (2, 3, 3, True),
        (4, 4, 4, False),
        (0, 9, 9, True),
    ],
)
def test_few_odd_values_may_lie_on_one_side_by_chance(before: int, after: int, odd: int, chance: bool) -> None:  # noqa: FBT001
    assert by_chance(before, after, odd) is chance


def test_one_record_proves_no_absence_and_several_do() -> None:
    assert may_be_missing(1, 1, 1)
    assert not may_be_missing(4, 4, 4)


@pytest.mark.parametrize(
    "reader",
    [
        *("() => undefined", "() => NaN", "() => null", "(d) => d.no.such"),
        *("() => () => 1", "function* () { yield 1 }", "(d) => [1].values()"),
    ],
)
def test_no_answer_before_is_never_called_intact(engine: Engine, reader: str) -> None:
    found = judged(engine, reader, {"a": 1}, {"a": 2})
    assert found.verdict is Verdict.UNSEEN
    assert found.says == no_answer(found.before) != ""


def test_a_lone_record_without_a_field_is_unseen_and_with_other_names_broken(engine: Engine) -> None:
    before = {"user": {"name": "Ann", "phone": "+15550100"}}
    reader = "(d) => d.user.phone ?? null"
    assert judged(engine, reader, before, {"user": {"name": "Ben"}}).verdict is Verdict.UNSEEN
    rewritten = {"user": {"name": "Ben", "contacts": [{"kind": "mail", "value": "b@example.test"}]}}
    assert judged(engine, reader, before, rewritten).verdict is Verdict.BROKEN


def test_what_some_known_good_documents_lack_is_no_break(engine: Engine) -> None:
    before, after = {"cart": {"coupon": "SAVE5", "items": [1]}}, {"cart": {"items": [1, 2]}}
    reader = "(d) => d.cart.coupon ? 'with ' + d.cart.coupon : 'plain'"
    found = judged(engine, reader, before, after, {"cart": {"items": [3]}}, {"cart": {"coupon": "X1", "items": []}})
    assert found.verdict is Verdict.INTACT


def test_an_absence_in_records_of_another_kind_is_none(engine: Engine) -> None:
    tests = [{"status": "failed", "message": f"no {n}"} if n % 3 == 0 else {"status": "passed"} for n in range(9)]
    later = [{"status": "passed"} for _ in range(12)]
    reader = "(d) => d.tests.filter((t) => t.message).map((t) => t.message)"
    assert judged(engine, reader, {"tests": tests}, {"tests": later}).verdict is Verdict.UNSEEN


def test_a_word_in_another_style_is_another_spelling_however_rare(engine: Engine) -> None:
    def nodes(word: str) -> Document:
        return {"content": [{"type": "heading"}, {"type": word, "size": 2}, {"type": "image"}, {"type": "heading"}]}

    reader = "(d) => d.content.filter((n) => n.type === 'side_note').length"
    assert judged(engine, reader, nodes("side_note"), nodes("sideNote")).verdict is Verdict.BROKEN
    assert judged(engine, reader, nodes("side_note"), nodes("image")).verdict is not Verdict.BROKEN


def test_a_known_word_in_place_of_another_is_other_data(engine: Engine) -> None:
    before = {"runs": [{"state": "failed", "id": n} for n in range(5)]}
    after = {"runs": [{"state": "passed", "id": n} for n in range(5)]}
    reader = "(d) => d.runs.filter((r) => r.state === 'failed').length"
    assert judged(engine, reader, before, after).verdict is not Verdict.BROKEN


def test_whole_numbers_that_become_fractions_break_nobody(engine: Engine) -> None:
    assert judged(engine, "(d) => d.zoom", {"zoom": 1}, {"zoom": 1.5}).verdict is Verdict.INTACT


def test_other_data_is_told_as_other_data(engine: Engine) -> None:
    found = judged(engine, "(d) => d.items.length", {"items": [1, 2]}, {"items": [1, 2, 3]})
    assert (found.verdict, found.says) == (Verdict.INTACT, "same structure; it answers 2 -> 3 for other data")


RECORD = st.fixed_dictionaries(
    {"id": st.integers(1, 999), "word": st.sampled_from(["red", "blue"]), "price": st.integers(1, 99)},
    optional={"note": st.sampled_from(["a", "bc"])},
)
FEW = 2
READERS = (
    "(d) => d.items.reduce((sum, item) => sum + item.price, 0)",
    "(d) => d.items.filter((item) => item.word === 'red').length",
    "(d) => d.items.map((item) => item.note ?? '-').join()",
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(RECORD, min_size=1, max_size=9), after=st.lists(RECORD, min_size=1, max_size=9))
@example(
    before=[{"id": 1, "word": "red", "price": 1}],
    after=[{"id": 2, "word": "red", "price": 1}, {"id": 3, "word": "red", "price": 90}],
)
@example(
    before=[{"id": 1, "word": "red", "price": 1}, {"id": 1, "word": "red", "price": 1, "note": "a"}],
    after=[{"id": 1, "word": "red", "price": 1}] * 5,
)
def test_other_records_of_the_same_structure_never_break_a_reader(
    engine: Engine, before: list[Document], after: list[Document]
) -> None:
    # A field that all of several records had and none has now is what a lost one looks like, whoever made them.
    is_lost = all("note" in record for record in before) and not any("note" in record for record in after)
    assume(len(before) <= FEW or not is_lost)
    for reader in READERS:
        found = judged(engine, reader, {"items": before}, {"items": after})
        assert found.verdict in (Verdict.INTACT, Verdict.UNSEEN), (reader, found.says)


def test_a_reader_that_throws_at_a_record_without_its_field_is_broken_however_few_records_had_it(
    engine: Engine,
) -> None:
    lines = [{"level": 30, "text": f"step {n}"} for n in range(12)]
    before = [*lines, {"level": 50, "text": "no", "trace": "pay\nmain"}]
    after = [*lines, {"level": 50, "text": "no", "problem": {"trace": "pay\nmain"}}]
    reader = "(d) => d.lines.filter((line) => line.level >= 50).map((line) => line.trace.split('\\n')[0])"
    assert judged(engine, reader, {"lines": before}, {"lines": after}).verdict is Verdict.BROKEN
    asked = "(d) => d.byId['pump-7'].name"
    known = {"byId": {f"pump-{n}": {"name": f"Pump {n}"} for n in range(4, 12)}}
    fewer = {"byId": {f"pump-{n}": {"name": f"Pump {n}"} for n in range(4, 6)}}
    assert judged(engine, asked, known, fewer).verdict is Verdict.UNSEEN


@pytest.mark.parametrize(("known", "verdict"), [(4, Verdict.UNSEEN), (60, Verdict.BROKEN)])
def test_some_nulls_among_a_few_records_may_be_chance(engine: Engine, known: int, verdict: Verdict) -> None:
    before = [{"form": f"f{n}", "fault": {"codes": [f"E{n}", "E1"]}} for n in range(known)]
    after = [{"form": "g1", "fault": {"codes": ["E4"]}}, {"form": "g2", "fault": None}, {"form": "g3", "fault": None}]
    reader = "(d) => d.sent.flatMap((form) => form.fault.codes ?? [])"
    tolerant = "(d) => d.sent.filter((form) => form.fault?.codes.includes('E1')).length"
    assert judged(engine, reader, {"sent": before}, {"sent": after}).verdict is Verdict.BROKEN  # it throws
    assert judged(engine, tolerant, {"sent": before}, {"sent": after}).verdict is verdict


def test_one_value_in_all_records_of_a_session_was_seen_once(engine: Engine) -> None:
    def lines(user: str | None) -> Document:
        return {"lines": [{"at": n, "user": user} for n in range(8)]}

    reader = "(d) => [...new Set(d.lines.map((line) => line.user))]"
    assert judged(engine, reader, lines("u1"), lines(None)).verdict is not Verdict.BROKEN
    several = {"lines": [{"at": n, "user": f"u{n}"} for n in range(8)]}
    assert judged(engine, reader, several, lines(None)).verdict is Verdict.BROKEN


def test_a_few_entries_of_several_kinds_that_are_a_list_now_are_the_items_of_that_list(engine: Engine) -> None:
    def part(name: str, size: int) -> Document:
        return {"name": name, "size": size, "uses": ["base"], "entry": False}

    before = {"made": {"main.js": part("main", 900), "style.css": ".a{}", "extra.js": part("extra", 40)}}
    after = {"made": [part("main", 800), part("extra", 50), {"name": "style", "source": ".a{}"}]}
    either = "(d) => (Array.isArray(d.made) ? d.made : Object.values(d.made)).flatMap((made) => made.uses ?? []).length"
    named = "(d) => d.made['main.js'].size"
    assert judged(engine, either, before, after).verdict is Verdict.INTACT
    assert judged(engine, named, before, after).verdict is Verdict.BROKEN


def test_a_record_that_became_a_pair_is_no_group_of_records(engine: Engine) -> None:
    before = {"posts": [{"key": f"p{n}", "value": {"title": f"t{n}"}} for n in range(3)]}
    after = {"posts": [[f"p{n}", {"title": f"t{n}", "ttl": 60}] for n in range(4)]}
    assert judged(engine, "(d) => d.posts.length", before, after).verdict is Verdict.INTACT
    assert judged(engine, "(d) => d.posts.map((p) => p.value.title)", before, after).verdict is Verdict.BROKEN


def test_names_that_other_known_records_have_are_no_sign_of_another_program(engine: Engine) -> None:
    before: Document = {
        "profile": {"values": {"name": "Ann"}, "failed": True, "errors": {"name": "taken"}},
        "order": {"values": {"item": "lamp"}, "active": "item"},
    }
    after: Document = {
        "profile": {"values": {"name": "Bea"}},
        "order": {"values": {"item": "rug"}, "failed": True, "errors": {"item": "none left"}},
    }
    reader = "(d) => d.order.active || null"
    assert judged(engine, reader, before, after).verdict is Verdict.UNSEEN
    after["order"]["focused"] = "item"
    assert judged(engine, reader, before, after).verdict is Verdict.BROKEN, "a name that no record had"


def test_a_yes_that_stays_a_yes_was_not_turned_by_what_befell_other_records(engine: Engine) -> None:
    note, person = {"at": 1, "types": {"at": "date"}}, {"name": "Ann"}
    late = {"name": "Cleo", "since": 5, "types": {"since": "date"}}
    before = {"tables": [{"name": "notes", "rows": [note]}, {"name": "people", "rows": [person]}]}
    after = {"tables": [{"name": "notes", "rows": [note] * 4}, {"name": "people", "rows": [person, late]}]}
    reader = "(d) => d.tables.find((t) => t.name === 'notes').rows.every((r) => r.types && r.types.at === 'date')"
    assert judged(engine, reader, before, after).verdict is Verdict.INTACT


def test_a_null_that_only_other_values_explain_is_unseen(engine: Engine) -> None:
    reader = "(d) => (d.who.includes('@') ? d.who : null)"
    verdict = judged(engine, reader, {"who": "ann@example.test", "n": 1}, {"who": "18ed16d874032-0b62", "n": 2})
    assert verdict.verdict is Verdict.UNSEEN


def test_the_only_entry_of_what_may_be_a_map_has_another_key_in_another_session(engine: Engine) -> None:
    reader = "(d) => d.timers.checkout ?? 0"
    before, other_key = {"timers": {"checkout": 1712651400102}}, {"timers": {"search": 1712824205700}}
    assert judged(engine, reader, before, other_key).verdict is Verdict.UNSEEN
    other_kind = {"timers": {"checkoutStart": "2024-04-09"}}
    assert judged(engine, reader, before, other_kind).verdict is Verdict.BROKEN


def test_an_answer_of_stand_ins_alone_is_never_intact(engine: Engine) -> None:
    reader = "(d) => d.steps.filter((s) => s.key === 'color').map((s) => s.value ?? '?')"
    before = {
        "steps": [{"key": "color", "value": "red"}, {"key": "size", "value": 4}, {"key": "color", "value": "blue"}]
    }
    after = {"steps": [{"key": "color"}, {"key": "size", "value": 5}, {"key": "color"}]}
    assert judged(engine, reader, before, after).verdict in (Verdict.UNSEEN, Verdict.BROKEN)


def test_records_that_stood_in_two_places_and_are_all_there_were_not_taken_away(engine: Engine) -> None:
    rows = {f"pack-{n}": {"version": f"{n}.0.1", "home": f"https://pack.example/{n}"} for n in range(5)}
    before = {"format": 2, "packages": rows, "dependencies": rows}
    reader = "(d) => Object.keys(d.dependencies || {}).length"
    assert judged(engine, reader, before, {"format": 2, "packages": rows}).verdict is Verdict.BROKEN
    fewer = {name: row for name, row in rows.items() if name != "pack-0"}
    assert judged(engine, reader, before, {"format": 2, "packages": fewer}).verdict is Verdict.UNSEEN


@pytest.mark.parametrize(
    ("before", "after", "partly"),
    [
        (answer('"Harbor"'), answer("17", "integer"), False),
        (answer("17", "integer"), answer('"17"'), False),
        (answer("17", "integer"), answer("9", "integer"), True),
        (answer('["Harbor","Mill"]', "array"), answer('["Harbor",17]', "array"), True),
    ],
)
def test_a_single_value_that_is_of_another_type_on_replay_is_wrong_as_a_whole(
    before: Answer, after: Answer, *, partly: bool
) -> None:
    """Of a list some items may be hurt; a name that is a number is hurt however few records have changed."""
    change = make_change(("presence", "optional"), Path.parse("/rows/[]/name"), ("always", "in 2 of 3"), {"share": 0.3})
    assert change is not None
    situation = Situation("before", {DOCUMENT: {}})
    impact = Impact(Effect.SILENT, (change,), Proof(situation, situation, before, after), (), 1)
    # The later store itself holds something of the old type where the reader looks for it.
    assert is_partial(impact, before, before) is partly
