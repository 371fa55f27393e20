"""Weighing: what a replay predicts, held against what the reader does on the later document; what chance explains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from driftwright.base.terms import Verdict
from driftwright.impact.javascript import Answer, Engine
from driftwright.impact.javascript.program import module
from driftwright.structure.change.chance import by_chance, may_be_missing
from driftwright.verdict.diff import diff_documents
from driftwright.verdict.reader_verdict import ReaderVerdict
from driftwright.verdict.weigh import is_refuted, no_answer, signs

Document = dict[str, Any]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


def judged(engine: Engine, reader: str, before: Any, after: Any, *known: Any) -> ReaderVerdict:
    program = module(f"export const read = {reader};", "readers.js")
    (verdict,) = diff_documents(before, after, program, engine, known).readers
    return verdict


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
    for reader in READERS:
        found = judged(engine, reader, {"items": before}, {"items": after})
        assert found.verdict in (Verdict.INTACT, Verdict.UNSEEN), (reader, found.says)
