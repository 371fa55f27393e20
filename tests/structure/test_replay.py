"""Replay: a change found between two documents, done to the first one, makes the second one."""

from __future__ import annotations

import copy
import json
import time
import tomllib
from pathlib import Path as File
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from driftwright.base.path import EACH_ITEM, EACH_VALUE, ROOT, Path
from driftwright.structure.change.model import Change
from driftwright.structure.replay.apply import MISSING, apply_change, apply_changes
from driftwright.structure.replay.convert import conversions
from driftwright.structure.replay.edit import edit_at
from driftwright.structure.rules.registry import OPERATORS, load_rules
from driftwright.verdict.diff import structural_changes

CASES = [
    folder
    for folder in sorted((File(__file__).parents[1] / "cases").glob("*/*"))
    if tomllib.loads((folder / "case.toml").read_text("utf-8"))["fires"]
]
RULES = load_rules()


def same(one: Any, other: Any) -> bool:
    """Whether JavaScript could not tell the two apart: 1.0 is 1, but true is not 1; the order of keys counts not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def change(rule: str, path: str, to: str | None = None, **params: Any) -> Change:
    """A change as the comparison would make it; a parameter whose name is a word of Python ends with `_`."""
    named = {name.removesuffix("_"): value for name, value in params.items()}
    return Change(RULES[rule], "", Path.parse(path), Path.parse(to) if to else None, "", "", "", named)


def only(document: Any, done: Change) -> Any:
    result = apply_changes(document, [done])
    assert result.missed == ()
    assert len(result.documents) == 1
    return result.documents[0]


# Round trips


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_the_change_that_was_found_makes_the_second_document_of_the_first(folder: File) -> None:
    before, after = (json.loads((folder / name).read_text("utf-8")) for name in ("before.json", "after.json"))
    told = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    untouched = copy.deepcopy(before)
    result = apply_changes(before, structural_changes(before, after))
    assert same(before, untouched)
    reached = not result.missed and any(same(document, after) for document in result.documents)
    assert reached == told["replays"], told.get("why", "")


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_change_that_fits_nowhere_is_missed_and_changes_nothing(folder: File) -> None:
    before, after = (json.loads((folder / name).read_text("utf-8")) for name in ("before.json", "after.json"))
    found = [
        one for one in structural_changes(before, after) if one.rule.operator != "none" and len(one.path.steps) > 1
    ]
    elsewhere = {"weather": {"sky": "clear", "wind": 4}}
    result = apply_changes(elsewhere, found)
    assert result.missed == tuple(sorted(found, key=lambda one: -len(one.path.steps)))
    assert result.documents == (elsewhere,)
    assert all(apply_change(elsewhere, one) == () for one in found)


# Laws

NAMES = st.text(max_size=4)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2))
RECORDS = st.lists(st.dictionaries(NAMES, VALUES, max_size=4), min_size=1, max_size=5)


@given(RECORDS, NAMES)
def test_removing_a_field_and_putting_it_back_restores_the_document(records: list[dict[str, Any]], name: str) -> None:
    records[0][name] = records[0].get(name)
    had = [(number, record[name]) for number, record in enumerate(records) if name in record]
    gone = only(records, Change(RULES["field-removed"], "", ROOT / EACH_ITEM / name, None, "", "", "", {"share": 1.0}))
    assert all(name not in record for record in gone)
    for number, value in had:
        gone[number][name] = value
    assert same(gone, records)


@given(RECORDS, NAMES, NAMES)
def test_renaming_there_and_back_restores_the_document(records: list[dict[str, Any]], name: str, to: str) -> None:
    records = [{key: value for key, value in record.items() if key != to} for record in records]
    records[0][name] = True
    assume(name != to)
    there = Change(RULES["field-renamed"], "", ROOT / EACH_ITEM / name, None, "", "", "", {"name": to})
    back = Change(RULES["field-renamed"], "", ROOT / EACH_ITEM / to, None, "", "", "", {"name": name})
    moved = only(records, there)
    assert all(name not in record for record in moved)
    assert same(only(moved, back), records)
    assert [list(record) for record in only(moved, back)] == [list(record) for record in records]


@given(RECORDS)
def test_nesting_wraps_every_item_and_loses_none(records: list[dict[str, Any]]) -> None:
    nested = only({"list": records}, change("list-nested", "/list"))["list"]
    assert all(len(item) == 1 for item in nested)
    assert [item[0] for item in nested] == records


@given(RECORDS)
def test_no_operator_touches_the_document_it_is_given(records: list[dict[str, Any]]) -> None:
    document = {"list": records, "map": {"k1": records}}
    text = json.dumps(document)
    for done in EVERY_OPERATOR:
        for path in ("/list", "/list/[]", "/map", "/map/{}"):
            moved = Change(done.rule, "", Path.parse(path), done.to, "", "", "", done.params)
            apply_changes(document, [moved])
            assert json.dumps(document) == text, done.rule.operator


EVERY_OPERATOR = [
    change("field-added", "/a"),
    change("store-missing", "/"),
    change("store-encoded-twice", "/"),
    change("field-removed", "/a", share=1.0),
    change("field-became-optional", "/a", share=0.5),
    change("field-renamed", "/a", name="b"),
    change("field-moved", "/a", "/elsewhere/a"),
    change("envelope-unwrapped", "/a"),
    change("envelope-wrapped", "/a", "/wrapped", names=["list"], into="wrapped"),
    change("record-became-its-child", "/a", field="list"),
    change("field-became-nullable", "/a", share=0.5),
    change("list-got-null-items", "/a/[]"),
    change("type-changed", "/a", as_="string"),
    change("list-became-map", "/a", key_field="id"),
    change("names-changed-style", "/a", names={"liked": "is_liked"}),
    change("flag-became-enum", "/a", name="state", words=["off", "on"], as_="string", from_="boolean"),
    change("slices-merged", "/a", names={"plays": "p", "tags": "t"}, into="both"),
    change("records-became-references", "/a/[]", "/records", field="id"),
    change("map-became-tagged-entries", "/a"),
    change("order-reversed", "/a"),
    change("items-reordered", "/a", order=[1, 0]),
    change("items-repeated", "/a"),
    change("flag-inverted", "/a"),
    change("list-became-page", "/a", field="items", beside=["next"]),
    change("list-became-single", "/a"),
    change("list-nested", "/a"),
    change("map-became-list", "/a", form="entries"),
    change("keys-changed-space", "/a", field="id"),
    change("keys-changed-form", "/a", form="hex"),
    change("unfinished-listed", "/a", set={"done": False}, fresh=["id"]),
    change("entries-dropped", "/a", keep="last"),
    change("entries-emptied", "/a"),
]


def test_every_operator_is_among_the_examples() -> None:
    assert {done.rule.operator for done in EVERY_OPERATOR} == set(OPERATORS)


@pytest.mark.parametrize(
    ("done", "document"),
    [
        (change("field-renamed", "/[]/liked", name="loved"), [{"title": "Quarry"}]),
        (change("field-moved", "/a/b", "/c/b"), {"a": {}, "c": {}}),
        (change("envelope-unwrapped", "/a"), {"b": 1}),
        (change("envelope-wrapped", "/", "/w", names=["x"], into="w"), {"b": 1}),
        (change("record-became-its-child", "/", field="items"), {"b": 1}),
        (change("keys-changed-form", "/", form="hex"), {}),
        (change("keys-changed-space", "/", field="id"), {}),
        (change("list-nested", "/"), []),
        (change("list-got-null-items", "/[]"), []),
        (change("unfinished-listed", "/[]", set={"done": False}), []),
        (change("list-became-map", "/"), {"not": "a list"}),
        (change("map-became-list", "/"), ["no map"]),
        (change("field-became-optional", "/[]/done", share=0.5, omitted=False), [{"done": True}]),
        (change("text-emptied", "/[]", as_="empty"), [1, None]),
        (change("entries-dropped", "/", keep="last"), ["alone"]),
        (change("entries-dropped", "/", keep="first"), {"alone": 1}),
        (change("entries-emptied", "/"), []),
        (change("entries-emptied", "/[]"), [{}, "text"]),
    ],
    ids=lambda value: value.rule.id if isinstance(value, Change) else "",
)
def test_where_there_is_nothing_to_change_the_change_is_missed(done: Change, document: Any) -> None:
    assert apply_changes(document, [done]).missed == (done,)
    assert apply_change(document, done) == ()


# Together


def test_changes_at_several_depths_are_made_deepest_first() -> None:
    before = {"state": {"tracks": [{"title": "Low Tide", "liked": True}, {"title": "Quarry", "liked": False}]}}
    changes = [
        change("field-renamed", "/state", name="data"),
        change("list-became-page", "/state/tracks", field="items", beside=[]),
        change("field-removed", "/state/tracks/[]/title", share=1.0),
        change("flag-became-number", "/state/tracks/[]/liked", as_="integer", from_="boolean", high=1),
    ]
    expected = {"data": {"tracks": {"items": [{"liked": 1}, {"liked": 0}]}}}
    for order in (changes, changes[::-1]):
        result = apply_changes(before, order)
        assert result.missed == ()
        assert [same(document, expected) for document in result.documents] == [True]


def test_where_a_change_has_two_ways_each_is_a_document() -> None:
    done = change("flag-became-text", "/[]/open", as_="string", from_="boolean", words=["off", "on"])
    ways = apply_changes([{"open": True}, {"open": False}], [done]).documents
    assert [[item["open"] for item in way] for way in ways] == [["off", "on"], ["on", "off"]]


def test_every_way_holds_all_the_other_changes_too() -> None:
    two_ways = change("field-became-optional", "/[]/photo", share=0.5)
    one_way = change("field-renamed", "/[]/name", name="title")
    for order in ([two_ways, one_way], [one_way, two_ways]):
        ways = apply_changes([{"name": "a", "photo": "x"}, {"name": "b", "photo": "y"}], order).documents
        assert [[sorted(item) for item in way] for way in ways] == [
            [["title"], ["photo", "title"]],
            [["photo", "title"], ["title"]],
        ]


@pytest.mark.parametrize(
    ("done", "places", "old", "new"),
    [
        (change("field-renamed", "/[]/a", name="b", share=0.3), 3, {"a": 1}, {"b": 1}),
        (change("field-renamed", "/[]/a", name="b", share=0.9), 1, {"a": 1}, {"b": 1}),
        (change("number-became-text", "/[]/a", as_="string", from_="integer", share=0.5), 4, {"a": 1}, {"a": "1"}),
        (change("list-became-page", "/[]/a", field="items", share=0.5), 2, {"a": [1]}, {"a": {"items": [1]}}),
        (change("list-became-single", "/[]/a", share=0.5), 3, {"a": [1]}, {"a": 1}),
        (change("field-became-nullable", "/[]/a", share=0.5), 3, {"a": 1}, {"a": None}),
        (change("field-became-optional", "/[]/a", share=0.5), 3, {"a": 1}, {}),
    ],
)
def test_a_partial_change_leaves_every_other_record_as_it_was(done: Change, places: int, old: Any, new: Any) -> None:
    before = [copy.deepcopy(old) for _ in range(places)]
    first, second = apply_changes(before, [done]).documents
    assert first == [new if place % 2 == 0 else old for place in range(places)]
    assert second == [old if place % 2 == 0 else new for place in range(places)]


def test_records_that_a_partial_change_does_not_fit_are_not_counted() -> None:
    done = change("field-renamed", "/{}/[]/a", name="b", share=0.5)
    before = {"x": [{"a": 1}], "y": [{"c": 0}, {"a": 2}], "z": []}
    assert apply_changes(before, [done]).documents == (
        {"x": [{"b": 1}], "y": [{"c": 0}, {"a": 2}], "z": []},
        {"x": [{"a": 1}], "y": [{"c": 0}, {"b": 2}], "z": []},
    )
    assert apply_changes({"x": [{"c": 0}]}, [done]).missed == (done,)


def test_a_partial_change_begins_anew_in_every_way_of_another() -> None:
    open_ways = change("flag-became-text", "/open", as_="string", from_="boolean", words=["off", "on"])
    part = change("field-renamed", "/list/[]/a", name="b", share=0.5)
    before = {"open": True, "list": [{"a": 1}, {"a": 2}, {"a": 3}]}
    for order in ([open_ways, part], [part, open_ways]):
        assert [[min(item) for item in way["list"]] for way in apply_changes(before, order).documents] == [
            ["b", "a", "b"],
            ["a", "b", "a"],
        ]


def test_a_partial_change_of_one_kind_does_not_leave_out_defaults_by_turns() -> None:
    done = change("field-became-optional", "/[]/f", share=0.5, omitted=False)
    assert only([{"f": False}, {"f": False}, {"f": True}], done) == [{}, {}, {"f": True}]


NEST = {
    "items": [[["a"], ["b"]], [["c"]]],
    "whole": [[["a", "b"]], [["c"]]],
    "groups": [[["a", "b"]], [["c"]]],
}


@pytest.mark.parametrize("how", NEST)
def test_a_list_is_nested_where_and_how_the_change_says(how: str) -> None:
    done = change("list-nested", "/[]", ways=[{"at": "/[]", "how": how, "size": 2}])
    assert only([["a", "b"], ["c"]], done) == NEST[how]


def test_a_nesting_that_may_be_at_two_levels_is_replayed_at_each() -> None:
    places = [{"at": "/", "how": "whole", "size": 0}, {"at": "/[]", "how": "items", "size": 0}]
    done = change("list-nested", "/", ways=places)
    assert apply_changes([["a", "b"], []], [done]).documents == ([[["a", "b"], []]], [[["a"], ["b"]], []])


def test_a_part_that_fits_is_replayed_and_the_rest_is_missed() -> None:
    fits, misses = change("field-removed", "/a", share=1.0), change("field-removed", "/b/c", share=1.0)
    result = apply_changes({"a": 1, "d": 2}, [misses, fits])
    assert result.documents == ({"d": 2},)
    assert result.missed == (misses,)


def test_a_store_that_is_gone_stays_gone() -> None:
    result = apply_changes({"a": 1}, [change("store-missing", "/"), change("field-removed", "/a", share=1.0)])
    assert result.documents == (MISSING,)
    assert apply_changes(MISSING, [change("field-removed", "/a", share=1.0)]).documents == (MISSING,)


# What single operators do


@pytest.mark.parametrize(
    ("done", "before", "after"),
    [
        (change("store-encoded-twice", "/"), {"a": 1}, '{"a":1}'),
        (change("field-became-optional", "/[]/f", share=0.5, omitted=False), [{"f": False}, {"f": 0}], [{}, {"f": 0}]),
        (change("field-became-nullable", "/[]/f", share=1.0), [{"f": 1}, {}], [{"f": None}, {}]),
        (change("field-moved", "/a/b", "/c/d"), {"a": {"b": 1}, "c": {}}, {"a": {}, "c": {"d": 1}}),
        (change("field-moved", "/a/b", "/new/b"), {"a": {"b": 1}}, {"a": {}, "new": {"b": 1}}),
        (change("field-moved", "/m/{}/a", "/m/{}/in/a"), {"m": {"k": {"a": 1}}}, {"m": {"k": {"in": {"a": 1}}}}),
        (change("envelope-unwrapped", "/a"), {"a": {"x": 1}, "b": 2}, {"b": 2, "x": 1}),
        (
            change("list-became-map", "/", key_field="id"),
            [{"id": "p"}, {"id": "q"}],
            {"p": {"id": "p"}, "q": {"id": "q"}},
        ),
        (change("list-became-map", "/", key_field=""), ["x", "y"], {"0": "x", "1": "y"}),
        (change("list-became-single", "/[]"), [[1, 2], []], [1, None]),
        (change("map-became-list", "/", form="values"), {"p": 1, "q": 2}, [1, 2]),
        (change("map-became-list", "/", form="entries"), {"p": 1}, [["p", 1]]),
        (
            change("keys-changed-space", "/", field="by"),
            {"p": [{"by": "a"}, None, {"by": "b"}]},
            {"a": [{"by": "a"}], "b": [{"by": "b"}]},
        ),
        (change("keys-changed-form", "/", form="hex"), {"a-b": 1}, {"ab": 1}),
        (change("keys-changed-form", "/", form="prefixed"), {"ab": 1}, {"x:ab": 1}),
        (
            change("keys-changed-form", "/", form="counted", by=-1),
            {"1": "a", "2": "b", "x": 0},
            {"0": "a", "1": "b", "x": 0},
        ),
        (
            change("keys-changed-form", "/a", form="suffix", suffix="-v2", followed=True),
            {"a": {"k": 1}, "b": ["k"]},
            {"a": {"k-v2": 1}, "b": ["k-v2"]},
        ),
        (change("text-changed-form", "/[]", as_="percent"), ["a/b c", "(é)", None], ["a%2Fb%20c", "(%C3%A9)", None]),
        (change("text-changed-form", "/[]", as_="percent-decoded"), ["a%2Fb%20c", "%C3%A9", 5], ["a/b c", "é", 5]),
        (change("text-emptied", "/[]", as_="empty"), ["a", None], ["", None]),
        (change("entries-dropped", "/", keep="last"), [1, 2, 3], [2, 3]),
        (change("entries-dropped", "/", keep="first"), [1, 2, 3], [1, 2]),
        (change("entries-dropped", "/a", keep="last"), {"a": {"p": 1, "q": 2}}, {"a": {"q": 2}}),
        (change("entries-emptied", "/{}"), {"p": [1], "q": {"r": 2}, "s": 3}, {"p": [], "q": {}, "s": 3}),
        (change("value-changed-scale", "/[]", as_="scale", factor=0.01), [100, True, 50], [1, True, 0.5]),
        (
            change("scalar-became-object", "/p", as_="object", field="amount", fields=["amount", "unit"]),
            {"p": 3},
            {"p": {"amount": 3, "unit": None}},
        ),
        (
            change("unfinished-listed", "/[]", set={"done": False}, fresh=["id"]),
            [{"id": "abcdefgh", "done": True}],
            [{"id": "abcdefgh", "done": True}, {"id": "abcdf0f0", "done": False}],
        ),
        (
            change("text-changed-form", "/t", as_="form", form="time-local"),
            {"t": "2026-03-01T10:00:00Z"},
            {"t": "2026-03-01T10:00:00"},
        ),
        (
            change("text-changed-form", "/t", as_="form", form="path"),
            {"t": "https://a.example/b/c.jpg"},
            {"t": "b/c.jpg"},
        ),
        (
            change("text-became-number", "/t", as_="integer", from_="string", high=1772359200),
            {"t": "2026-03-01T10:00:00Z"},
            {"t": 1772359200},
        ),
        (
            change("text-became-flag", "/[]", as_="boolean", from_="string"),
            ["true", "false", "0", ""],
            [True, False, False, False],
        ),
        (change("whole-became-fraction", "/n", as_="number", from_="integer", high=0.9), {"n": 90}, {"n": 0.9}),
    ],
    ids=lambda value: value.rule.id if isinstance(value, Change) else "",
)
def test_what_an_operator_does(done: Change, before: Any, after: Any) -> None:
    assert same(only(before, done), after)


def test_a_hole_comes_first_and_last() -> None:
    ways = apply_changes({"list": [1, 2], "empty": []}, [change("list-got-null-items", "/list/[]")]).documents
    assert [way["list"] for way in ways] == [[None, 1, 2], [1, 2, None]]


def test_equal_ids_stay_equal_when_they_become_numbers() -> None:
    done = change("text-became-number", "/[]", as_="integer", from_="string", high=10**6)
    one, other, third = only(["id-a", "id-b", "id-a"], done)
    assert one == third != other
    assert all(isinstance(number, int) for number in (one, other))


@pytest.mark.parametrize(
    ("path", "hits"), [("/", 1), ("/a", 1), ("/a/{}", 2), ("/a/{}/n", 1), ("/l/[]", 3), ("/l/[]/n", 0), ("/x/y", 0)]
)
def test_an_edit_counts_where_it_was_made(path: str, hits: int) -> None:
    document = {"a": {"p": {"n": 1}, "q": 2}, "l": [1, 2, 3]}
    assert edit_at(document, Path.parse(path), lambda value: [value])[1] == hits
    assert edit_at(document, Path.parse(path), lambda value: value) == (document, 0)


def test_an_edit_in_a_map_reaches_every_value() -> None:
    result, hits = edit_at({"p": 1, "q": 2}, ROOT / EACH_VALUE, lambda value: value * 2)
    assert (result, hits) == ({"p": 2, "q": 4}, 2)


# What the two shapes tell an operator


def test_an_object_becomes_the_field_that_the_plain_value_resembles() -> None:
    before = {"posts": [{"author": {"handle": "ines_w", "age": 31}}, {"author": {"handle": "dov", "age": 40}}]}
    after = {"posts": [{"author": 31}, {"author": 40}]}
    (found,) = structural_changes(before, after)
    assert found.rule.id == "object-became-scalar"
    assert only(before, found) == after


def test_a_larger_unit_divides_by_the_ratio_of_the_largest_numbers() -> None:
    before = {"sales": [{"price": 1999}, {"price": 450}]}
    after = {"sales": [{"price": 19.99}, {"price": 4.5}]}
    assert apply_changes(before, structural_changes(before, after)).documents == (after,)


def test_another_name_and_another_type_at_once_are_replayed_together() -> None:
    before = {"tracks": [{"title": "Low Tide", "playCount": 3}, {"title": "Quarry Song", "playCount": 12}]}
    after = {"tracks": [{"title": "Low Tide", "playCounts": "3"}, {"title": "Quarry Song", "playCounts": "12"}]}
    found = structural_changes(before, after)
    assert {done.rule.id for done in found} == {"field-renamed", "number-became-text"}
    assert apply_changes(before, found).documents == (after,)


def test_normalising_loses_no_record_and_keeps_the_order() -> None:
    document = {"queue": [{"id": "b", "n": 1}, {"id": "a", "n": 2}], "more": 1}
    moved = only(document, change("records-became-references", "/queue/[]", "/records", field="id"))
    assert moved["queue"] == ["b", "a"]
    assert [moved["records"][key] for key in moved["queue"]] == document["queue"]


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.dictionaries(NAMES, VALUES, max_size=4))
def test_merging_maps_loses_nothing(plays: dict[str, Any], tags: dict[str, Any]) -> None:
    document = {"plays": plays, "tags": tags}
    done = change("slices-merged", "/", "/both", names={"plays": "p", "tags": "t"}, into="both")
    both = only(document, done)["both"]
    assert same({key: held["p"] for key, held in both.items() if "p" in held}, plays)
    assert same({key: held["t"] for key, held in both.items() if "t" in held}, tags)


@given(st.lists(st.booleans(), min_size=1))
def test_inverting_twice_and_reversing_twice_restore(flags: list[bool]) -> None:
    document = {"flags": [{"on": flag} for flag in flags]}
    inverted = change("flag-inverted", "/flags/[]/on")
    assert only(only(document, inverted), inverted) == document
    turned = apply_changes(
        apply_changes(document, [change("order-reversed", "/flags")]).documents[0], [change("order-reversed", "/flags")]
    )
    assert turned.documents == (document,)


def test_a_list_of_entries_becomes_the_map_that_it_stands_for() -> None:
    ids = [f"{number}1111111-1111-4111-8111-111111111111" for number in (3, 4)]
    before = {"tracks": [[key, {"plays": number}] for number, key in enumerate(ids)]}
    after = {"tracks": {key: {"plays": number} for number, key in enumerate(ids)}}
    (found,) = structural_changes(before, after)
    assert found.rule.id == "list-became-map"
    assert only(before, found) == after


# Values at the border of what a calendar or a number can hold


ODD_TIMES = [
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999-23:59",
    "9999-12-31T23:59:59",
    "0001-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00",
    "0000-00-00T00:00:00Z",
    "2026-02-30T10:00:00Z",
    "2026-06-30T23:59:60Z",
    "2026-06-30T24:00:00Z",
    "2026-06-30T10:00:00+24:00",
    "-271821-04-20T00:00:00Z",
]
ODD_NUMBERS = [8.64e15, 9.99e15, 9.99e11, 9.99e14, 1e308, -1e308, 10**307, -8.64e15, 0]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Midway"])
def test_a_time_or_number_at_the_border_is_converted_or_left(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: tuple[dict[str, Any], ...] = (
        {"as": "integer", "high": 1.7e12},
        {"as": "number", "high": 1.7e9, "was": 1.7e12},
        {"as": "string", "from": "integer", "forms": ["time-utc"]},
        {"as": "string", "from": "number", "forms": ["local-date"]},
        {"as": "scale", "factor": 1000},
        {"as": "scale", "factor": 1e300},
        *({"as": "form", "form": form} for form in ("time-offset", "time-utc", "date", "digits", "local-date")),
    )
    values = (*ODD_TIMES, *ODD_NUMBERS, "9" * 400, "1.5e400", "1." + "9" * 400)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        made = [conversion(value) for params in wanted for conversion in conversions(params) for value in values]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert json.loads(json.dumps(made, allow_nan=False)) == made


def test_a_time_without_a_zone_is_the_same_number_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    (conversion,) = conversions({"as": "integer", "high": 1.7e12})
    made = set()
    for zone in ("UTC", "America/St_Johns"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        made.add(conversion("2026-03-04T05:06:07"))
    monkeypatch.undo()
    time.tzset()
    assert made == {1_772_600_767_000}
