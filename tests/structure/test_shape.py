"""Shapes: what folding counts, and the laws of merging."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from driftwright.base.forms import text_form
from driftwright.base.jsontext import json_text
from driftwright.base.path import Path
from driftwright.base.terms import JsonType
from driftwright.structure.change.compare import compare
from driftwright.structure.shape.folding import fold, layout_of
from driftwright.structure.shape.merging import merge, merge_all
from driftwright.structure.shape.model import EMPTY, MAX_ENUMERATION, Layout, Shape, shape_rows

UUIDS = [f"{number:08x}-1111-4222-8333-444444444444" for number in range(600)]

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=30)
)
ODD_NAMES = st.one_of(
    st.text(max_size=5),
    st.sampled_from(["__proto__", "", '"', "'", "line\nbreak", "{}", "[]", "a/b", "~2", "constructor", UUIDS[0], "17"]),
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda below: st.one_of(st.lists(below, max_size=5), st.dictionaries(ODD_NAMES, below, max_size=5)),
    max_leaves=20,
)
COLUMNS = st.lists(DOCUMENTS, max_size=5)

# Everything that is an object is declared here, so that no decision is left to what a column happens to hold.
TRIP = Layout(kind="record", fields={"city": Layout(), "days": Layout(), "stops": Layout(items=Layout())})
DECLARED = Layout(kind="record", fields={"trips": Layout(kind="map", values=TRIP), "name": Layout()})
TRIPS = st.fixed_dictionaries({}, optional={"city": SCALARS, "days": SCALARS, "stops": st.lists(SCALARS, max_size=3)})
BOOKS = st.one_of(
    SCALARS,
    st.fixed_dictionaries(
        {}, optional={"trips": st.dictionaries(ODD_NAMES, st.one_of(TRIPS, SCALARS), max_size=3), "name": SCALARS}
    ),
)


@given(COLUMNS, COLUMNS)
def test_merging_is_commutative(one: list[Any], other: list[Any]) -> None:
    assert merge(fold(one), fold(other)) == merge(fold(other), fold(one))


@given(COLUMNS, COLUMNS, COLUMNS)
def test_merging_is_associative(one: list[Any], two: list[Any], three: list[Any]) -> None:
    first, second, third = fold(one), fold(two), fold(three)
    assert merge(merge(first, second), third) == merge(first, merge(second, third))


@given(COLUMNS)
def test_the_empty_shape_is_neutral(column: list[Any]) -> None:
    shape = fold(column)
    assert merge(EMPTY, shape) == merge(shape, EMPTY) == shape


@given(st.lists(BOOKS, max_size=6), st.lists(BOOKS, max_size=6))
def test_folding_together_is_folding_apart_and_merging(one: list[Any], other: list[Any]) -> None:
    assert fold([*one, *other], DECLARED) == merge(fold(one, DECLARED), fold(other, DECLARED))


@given(st.lists(BOOKS, max_size=6))
def test_the_order_of_a_column_does_not_matter(column: list[Any]) -> None:
    assert fold(column, DECLARED) == fold(column[::-1], DECLARED)


def test_merging_nothing_is_the_empty_shape() -> None:
    assert merge_all([]) == EMPTY == fold([])


@given(DOCUMENTS)
def test_any_json_can_be_folded_and_differs_in_nothing_from_itself(document: Any) -> None:
    shape = fold([document])
    again = fold([document], layout_of(shape))
    assert compare(shape, again).changes == ()
    assert len({str(row.path) for row in shape_rows(shape)}) == len(list(shape_rows(shape)))


@given(DOCUMENTS, DOCUMENTS)
@example({"n": 10**400}, {"n": 3})
@example({"n": 3}, {"n": float("inf")})
@example({"n": 1e-320}, {"n": 1e300})
def test_any_two_documents_can_be_compared(before: Any, after: Any) -> None:
    shape = fold([before])
    for change in compare(shape, fold([after], layout_of(shape))).changes:
        assert change.message


@given(st.lists(st.dictionaries(st.sampled_from("abc"), SCALARS), min_size=1, max_size=20))
def test_presence_is_the_share_of_records_that_have_a_field(records: list[dict[str, Any]]) -> None:
    shape = fold(records, Layout(kind="record"))
    for name in "abc":
        expected = sum(name in record for record in records)
        assert shape.presence(name) == expected / len(records)
        assert (shape.fields[name].total if name in shape.fields else 0) == expected
    assert shape.count(JsonType.OBJECT) == shape.total == len(records)
    assert shape.empty == sum(not record for record in records)


@given(st.lists(SCALARS, max_size=30))
def test_every_value_is_counted_under_one_type(column: list[Any]) -> None:
    shape = fold(column)
    assert sum(shape.types.values()) == shape.total == len(column)
    assert sum(shape.forms.values()) == shape.count(JsonType.STRING)
    assert shape.true == sum(value is True for value in column)
    numbers = [value for value in column if isinstance(value, (int, float)) and not isinstance(value, bool)]
    assert (shape.low, shape.high) == ((min(numbers), max(numbers)) if numbers else (None, None))


@given(st.lists(st.integers(-(2**53), 2**53), min_size=1))
def test_a_whole_float_folds_as_the_integer(numbers: list[int]) -> None:
    assert fold(numbers) == fold([float(number) for number in numbers])


def test_a_fraction_is_no_integer() -> None:
    assert fold([1, 1.0, 1.5]).types == {JsonType.INTEGER: 2, JsonType.NUMBER: 1}


def test_a_flag_is_no_number() -> None:
    shape = fold([True, 1])
    assert shape.types == {JsonType.BOOLEAN: 1, JsonType.INTEGER: 1}
    assert shape.enum == frozenset({1})


BOOK = {"title": "Reed", "pages": 40}


@pytest.mark.parametrize(
    ("document", "is_map"),
    [
        ({UUIDS[0]: BOOK}, True),
        (dict.fromkeys(UUIDS[:500], BOOK), True),
        ({"7": 1}, True),
        ({"title": "Reed"}, False),
        ({f"field{chr(97 + n % 26)}{chr(97 + n // 26)}": n for n in range(500)}, False),
        ({"panel": {"width": 3, "open": True}}, False),
        ({"reed": BOOK, "salt": BOOK}, True),
        ({"reed": BOOK, "salt": BOOK, "count": 2}, False),
        ({}, False),
    ],
    ids=[
        "one id",
        "many ids",
        "one number",
        "one word",
        "many words",
        "one record",
        "two alike",
        "two and a count",
        "none",
    ],
)
def test_map_or_record_is_decided_by_the_keys_and_never_by_their_number(document: Any, *, is_map: bool) -> None:
    shape = fold([document])
    assert (shape.values is not None) == is_map
    assert bool(shape.fields) == (not is_map and bool(document))


@pytest.mark.parametrize("kind", ["map", "record"])
def test_what_is_declared_is_not_guessed(kind: str) -> None:
    document = {UUIDS[0]: BOOK, "title": BOOK}
    shape = fold([document], Layout(kind=kind))
    assert (shape.values is not None) == (kind == "map")
    assert set(shape.fields) == (set() if kind == "map" else set(document))


def test_the_same_layout_gives_the_same_kinds_on_another_capture() -> None:
    before = fold([{"shelf": {"reed": BOOK, "salt": BOOK}}])
    after = fold([{"shelf": {"reed": BOOK}}], layout_of(before))
    assert after.fields["shelf"].values is not None


NAMES = ["__proto__", "", '"', "'", "line\nbreak", "{}", "[]", "a/b", "~0", "constructor", "\u202e", "root['x']"]


@pytest.mark.parametrize("name", NAMES)
def test_a_field_of_any_name_is_folded_found_and_compared(name: str) -> None:
    before = fold([{name: 1, "other": "x y"}])
    after = fold([{name: "one of them", "other": "x y"}], layout_of(before))
    path = Path() / name
    found = before.at(path)
    assert found is not None
    assert found.types == {JsonType.INTEGER: 1}
    assert [(change.rule.id, change.path) for change in compare(before, after).changes] == [
        ("number-became-text", path)
    ]


def forms(texts: list[str]) -> Mapping[str, int]:
    return fold(texts).forms


def test_a_long_column_has_the_same_forms_as_its_texts_one_by_one() -> None:
    texts = [
        text
        for n in range(300)
        for text in (UUIDS[n], f"2026-03-01T10:00:{n % 60:02}Z", f"https://pictures.example/{n}.jpg", "", "open")
    ]
    assert forms(texts) == dict(Counter(map(text_form, texts)))


@given(st.permutations([*["true"] * 40, *["open"] * 410, *["2026-03-01"] * 60, *["wait"] * 3]))
def test_a_form_is_not_lost_in_a_long_column(texts: list[str]) -> None:
    assert set(forms(texts)) == {"boolean", "word", "date"} or {"boolean"} <= set(map(text_form, texts))
    assert sum(forms(texts).values()) <= len(texts) + 16


def test_an_enumeration_ends_where_it_is_no_longer_small() -> None:
    words = [f"w{chr(97 + n)}" for n in range(MAX_ENUMERATION + 1)]
    assert fold(words[:MAX_ENUMERATION] * 9).enum == frozenset(words[:MAX_ENUMERATION])
    assert fold(words).enum is None
    assert merge(fold(words), fold(["open"])).enum is None
    assert merge(fold(words[:7]), fold(words[7:])).enum is None


def test_the_field_that_repeats_its_map_key_is_counted() -> None:
    shelf = {key: {"id": key, "other": UUIDS[0]} for key in UUIDS[:4]}
    keyed = fold([shelf]).keyed
    assert (keyed["id"], keyed["*"], keyed["other"]) == (4, 4, 1)


def test_a_key_that_a_reader_asks_for_is_folded_as_a_field_too() -> None:
    shelf = {key: {"pages": number} for number, key in enumerate(UUIDS[:4])}
    shape = fold([shelf], pinned=frozenset({UUIDS[2]}))
    assert set(shape.fields) == {UUIDS[2]}
    assert shape.fields[UUIDS[2]].fields["pages"].high == 2
    assert shape.values is not None
    assert shape.values.total == 4


def position(shape: Shape, text: str) -> Shape:
    found = shape.at(Path.parse(text))
    assert found is not None, text
    return found


def test_a_small_store_in_full() -> None:
    store = {"rooms": {UUIDS[0]: [{"name": "roof", "open": True}, None], UUIDS[1]: []}, "version": 2}
    shape = fold([store])
    assert [str(row.path) for row in shape_rows(shape)] == [
        "/",
        "/rooms",
        "/rooms/{}",
        "/rooms/{}/[]",
        "/rooms/{}/[]/name",
        "/rooms/{}/[]/open",
        "/version",
    ]
    assert position(shape, "/rooms").keys == {"uuid": 2}
    assert position(shape, "/rooms/{}").empty == 1
    assert position(shape, "/rooms/{}/[]").types == {JsonType.OBJECT: 1, JsonType.NULL: 1}
    assert position(shape, "/rooms/{}/[]/open").true == 1
    assert shape.at(Path.parse("/rooms/{}/[]/gone/deeper")) is None
    assert json_text(sorted(position(shape, "/version").enum or ())) == "[2]"


def test_records_that_repeat_their_keys_are_entries_of_a_map() -> None:
    one = {"ord_9f2c": {"id": "ord_9f2c", "total": 3}}
    two = {**one, "ord_11aa": {"id": "ord_11aa", "total": 4}}
    assert fold([one, two]).values is not None
    assert fold([one]).values is not None
    assert fold([{"cart": {"type": "cart"}, "user": {"type": "user"}}]).values is None
    assert fold([{"page2": {"id": "page1"}}]).values is None
