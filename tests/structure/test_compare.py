"""Changes: evidence before judgement, one cause one change, and what cannot be seen is said to be unseen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.base.path import Path
from driftwright.base.terms import JsonType
from driftwright.structure.change.chance import is_surely_absent, may_be_omitted_default
from driftwright.structure.change.compare import compare
from driftwright.structure.change.likeness import likeness, name_likeness
from driftwright.structure.change.model import Comparison
from driftwright.structure.shape.folding import fold, layout_of
from driftwright.structure.shape.model import Layout, Shape


def compared(before: Any, after: Any, declared: Layout | None = None) -> Comparison:
    shape = fold([before], declared or Layout())
    return compare(shape, fold([after], declared or layout_of(shape)), declared)


def found(before: Any, after: Any, declared: Layout | None = None) -> set[tuple[str, str]]:
    return {(change.rule.id, str(change.path)) for change in compared(before, after, declared).changes}


def unseen(before: Any, after: Any, declared: Layout | None = None) -> list[str]:
    return [str(path) for path in compared(before, after, declared).unseen]


RECORD = {"title": "Low Tide", "seconds": 214, "liked": True}


@pytest.mark.parametrize(
    ("had", "of", "now", "sure"),
    [
        (2, 2, 1, True),
        (2, 2, 0, False),
        (1, 2, 5, False),
        (1, 2, 20, False),
        (2, 4, 5, False),
        (5, 10, 5, False),
        (5, 10, 7, True),
        (19, 20, 1, False),
        (39, 40, 1, True),
        (1, 10, 90, False),
    ],
)
def test_an_absence_counts_when_chance_would_hardly_make_it(had: int, of: int, now: int, *, sure: bool) -> None:
    assert is_surely_absent(had, of, now, 0.05) == sure


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_more_records_never_weaken_the_evidence(had: int, lacked: int, now: int) -> None:
    assert is_surely_absent(had, had + lacked, now, 0.05) <= is_surely_absent(had, had + lacked, now + 1, 0.05)


@pytest.mark.parametrize(
    ("column", "absent", "may"),
    [
        ([True, False], 4, True),
        ([True, False], 5, False),
        ([True, True, True, None], 50, True),
        (["open", "open", "open"], 20, True),
        (["open", "open", "open"], 40, False),
        (["open", "done", "open"], 1, True),
        (["open", "done", "open"], 2, False),
        (["open", "done", ""], 1, False),
        (["Low Tide", "Quarry Song", "Low Tide"], 1, False),
        ([1, 2, 1], 1, False),
    ],
)
def test_only_a_flag_or_a_few_words_may_be_left_out_as_a_default(column: list[Any], absent: int, *, may: bool) -> None:
    assert may_be_omitted_default(fold(column), absent, 0.05) == may


def test_a_rare_field_is_not_called_removed_after_a_few_records() -> None:
    before = {"tracks": [{**RECORD, "lyrics": "la la"}, *[RECORD] * 9]}
    assert found(before, {"tracks": [RECORD] * 5}) == set()
    assert unseen(before, {"tracks": [RECORD] * 5}) == ["/tracks/[]/lyrics"]
    assert found(before, {"tracks": [RECORD] * 200}) == {("field-removed", "/tracks/[]/lyrics")}


BOOKED: dict[str, Any] = {"playlists": [{"tracks": [RECORD]}], "shelf": {"7": RECORD}}


@pytest.mark.parametrize(
    ("after", "hidden"),
    [
        ({**BOOKED, "playlists": []}, ["/playlists/[]"]),
        ({**BOOKED, "playlists": [{"tracks": []}]}, ["/playlists/[]/tracks/[]"]),
        ({**BOOKED, "shelf": {}}, ["/shelf/{}"]),
        ({"playlists": [], "shelf": {}}, ["/playlists/[]", "/shelf/{}"]),
    ],
)
def test_below_an_empty_container_everything_is_unseen(after: dict[str, Any], hidden: list[str]) -> None:
    assert found(BOOKED, after) == set()
    assert unseen(BOOKED, after) == hidden


def test_a_list_that_moved_is_no_empty_list() -> None:
    before = {"board": {"issues": [RECORD, RECORD]}, "ui": {"tab": "list"}}
    after = {"board": {}, "ui": {"tab": "list", "issues": [RECORD, RECORD]}}
    assert ("field-moved", "/board/issues") in found(before, after)


def test_one_rename_of_a_nested_record_is_one_change() -> None:
    before = {"tracks": [{"album": {"name": "Quarry Song", "year": 1998}, "n": 1}] * 3}
    after = {"tracks": [{"release": {"name": "Quarry Song", "year": 1998}, "n": 1}] * 3}
    assert found(before, after) == {("field-renamed", "/tracks/[]/album")}


@pytest.mark.parametrize("name", ["a/b", "~", "", "{}", "line\nbreak", "__proto__"])
def test_a_field_of_any_name_is_found_removed_renamed_and_moved(name: str) -> None:
    before = {"rooms": [{name: "Roof garden", "seats": 3}] * 2}
    assert found(before, {"rooms": [{"seats": 3}] * 2}) == {("field-removed", f"{Path.parse('/rooms/[]') / name}")}
    renamed = compared(before, {"rooms": [{f"{name}2": "Roof garden", "seats": 3}] * 2}).changes
    assert [(c.rule.id, c.params["name"]) for c in renamed] == [("field-renamed", f"{name}2")]


def test_two_renames_beside_each_other_are_told_apart_by_their_names() -> None:
    before = {"tracks": [{"isLiked": True, "isHidden": False, "n": 1}] * 3}
    after = {"tracks": [{"liked": True, "hidden": False, "n": 1}] * 3}
    changes = compared(before, after).changes
    assert {(str(c.path), str(c.to)) for c in changes} == {
        ("/tracks/[]/isLiked", "/tracks/[]/liked"),
        ("/tracks/[]/isHidden", "/tracks/[]/hidden"),
    }


def test_a_type_change_hides_what_was_below() -> None:
    before = {"author": {"name": "Ada Byron", "born": 1815}}
    assert found(before, {"author": "Ada Byron"}) == {("object-became-scalar", "/author")}


A, B, C = RECORD, {**RECORD, "seconds": 96}, {**RECORD, "seconds": 187}


@pytest.mark.parametrize(
    ("before", "after", "path", "ways"),
    [
        # One level before: who is alone in each list?
        ([A, B, C], [[A], [B], [C]], "/", ["items /"]),
        ([A, B, C], [[A, B, C]], "/", ["whole /"]),
        ([A, B, C], [[A]], "/", ["whole /", "items /"]),
        ([A, B, C], [[A, B], [C]], "/", ["groups /"]),
        ([A, None], [[A], [None]], "/", ["items /"]),
        ([A, B, C], [A, [B], C], "/", ["items /"]),
        # An empty list tells: wrapped as a whole it would be a list of an empty one, and by its items it stays empty.
        ({"r": {"7": [A, B], "8": [], "9": [C]}}, {"r": {"7": [[A]], "8": [], "9": [[C]]}}, "/r/{}", ["items /r/{}"]),
        ({"r": {"7": [A, B], "8": [], "9": [C]}}, {"r": {"7": [[A]], "8": [[]], "9": [[C]]}}, "/r/{}", ["whole /r/{}"]),
        ({"r": {"7": [A, B], "9": [C]}}, {"r": {"7": [[A]], "9": [[C]]}}, "/r/{}", ["whole /r/{}", "items /r/{}"]),
        # Two levels before: three places at which a third may have come in.
        ([[A, B], [C]], [[[A, B], [C]]], "/", ["whole /"]),
        ([[A, B], [C]], [[[A, B]], [[C]]], "/[]", ["whole /[]"]),
        ([[A, B], [C]], [[[A], [B]], [[C]]], "/[]", ["items /[]"]),
        ([[A, B], [C]], [[[A], [B]]], "/", ["whole /", "items /[]"]),
        ([[A], [B]], [[[A]]], "/", ["whole /", "whole /[]", "items /[]"]),
        ([[A, B], [C]], [[[A, B], [C]], [[A]]], "/", ["groups /", "groups /[]"]),
        ([[A, B], [C]], [[[A, B], [C]], []], "/[]", ["groups /[]"]),
    ],
)
def test_the_level_at_which_a_list_was_nested_is_told_by_counts(
    before: Any, after: Any, path: str, ways: list[str]
) -> None:
    (change,) = [one for one in compared(before, after).changes if one.rule.id == "list-nested"]
    assert str(change.path) == path
    assert [f"{way['how']} {way['at']}" for way in change.params["ways"]] == ways
    assert ("the counts do not tell" in change.message) == (len(ways) > 1)


@given(st.lists(st.lists(st.lists(st.sampled_from([A, B, C]), max_size=3), max_size=3), min_size=1, max_size=3))
def test_the_level_that_is_true_is_always_among_the_levels_told(lists: Any) -> None:
    leaves = [record for outer in lists for inner in outer for record in inner]
    if not leaves:
        return
    nested = {
        "whole /": [lists],
        "whole /[]": [[outer] for outer in lists],
        "whole /[]/[]": [[[inner] for inner in outer] for outer in lists],
        "items /[]/[]": [[[[record] for record in inner] for inner in outer] for outer in lists],
    }
    for true, after in nested.items():
        (change,) = [one for one in compared(lists, after).changes if one.rule.id == "list-nested"]
        assert true in {f"{way['how']} {way['at']}" for way in change.params["ways"]}


WRAPPED: dict[str, Any] = {"state": {"tracks": [A, B], "volume": 7}, "version": 3}


@pytest.mark.parametrize(
    ("extra", "after", "changes"),
    [
        ({}, {"tracks": [A, B], "volume": 7}, {("envelope-unwrapped", "/")}),
        ({}, {"tracks": [A, B], "volume": 7, "version": 3}, {("envelope-unwrapped", "/state")}),
        # The record around it stays, so its version did not go with an envelope.
        (
            {"owner": "Ada"},
            {"tracks": [A, B], "volume": 7, "owner": "Ada"},
            {("envelope-unwrapped", "/state"), ("field-removed", "/version")},
        ),
        # A list is no mark on an envelope: that it is gone is told by itself.
        (
            {"queue": [A]},
            {"tracks": [A, B], "volume": 7},
            {("envelope-unwrapped", "/"), ("field-removed", "/queue")},
        ),
        ({}, {"tracks": [A, B]}, {("envelope-unwrapped", "/"), ("field-removed", "/state/volume")}),
    ],
)
def test_what_goes_with_an_envelope_is_one_cause_and_what_else_goes_is_another(
    extra: dict[str, Any], after: Any, changes: set[tuple[str, str]]
) -> None:
    assert found({**WRAPPED, **extra}, after) == changes


def test_an_envelope_that_took_its_marks_along_names_them() -> None:
    (change,) = compared(WRAPPED, WRAPPED["state"]).changes
    assert change.params == {"name": "state", "dropped": ["version"]}
    assert "version" in change.message


@pytest.mark.parametrize(
    ("after", "share"),
    [(["214", 96, 187, 96], 0.25), (["214", "96", None, "96"], 1.0), (["214", "96", None, 187], 2 / 3)],
)
def test_a_part_of_the_values_with_another_type_is_a_share(after: list[Any], share: float) -> None:
    changes = compared({"seconds": [214, 96, 187, 96]}, {"seconds": after}).changes
    (change,) = [one for one in changes if one.rule.id == "number-became-text"]
    assert change.params["share"] == pytest.approx(share)


def test_a_part_of_the_lists_as_pages_is_a_share() -> None:
    rooms = [{"id": number, "tracks": [A, B]} for number in range(4)]
    paged = [{**room, "tracks": {"items": [A], "next": None}} for room in rooms]
    (some,) = compared({"rooms": rooms}, {"rooms": [*rooms[:3], *paged[3:]]}).changes
    assert (some.rule.id, some.params["share"]) == ("list-became-page", 0.25)
    (every,) = compared({"rooms": rooms}, {"rooms": paged}).changes
    assert (every.rule.id, "share" in every.params) == ("list-became-page", False)


def test_changes_at_two_depths_are_both_found() -> None:
    before = {"state": {"rooms": [{"name": "Roof garden", "seats": 3}] * 2}}
    after = {"data": {"rooms": [{"name": "Roof garden", "seats": "3"}] * 2}}
    assert ("field-renamed", "/state") in found(before, after)


DECLARED = Layout(
    kind="record",
    fields={
        "tracks": Layout(
            items=Layout(
                kind="record",
                fields={
                    "title": Layout(types=frozenset({JsonType.STRING, JsonType.NULL})),
                    "seconds": Layout(types=frozenset({JsonType.NUMBER})),
                    "lyrics": Layout(types=frozenset({JsonType.STRING})),
                    "liked": Layout(types=frozenset({JsonType.BOOLEAN})),
                },
                required=frozenset({"title", "liked"}),
            )
        )
    },
)


@pytest.mark.parametrize(
    ("after", "changes"),
    [
        ({**RECORD, "title": None}, set()),
        ({**RECORD, "lyrics": "la la la"}, set()),
        ({**RECORD, "mood": "calm sea"}, {("field-added", "/tracks/[]/mood")}),
        ({"title": "Low Tide", "liked": True}, set()),
        ({"title": "Low Tide", "seconds": 214}, {("field-removed", "/tracks/[]/liked")}),
        ({**RECORD, "seconds": "214"}, {("number-became-text", "/tracks/[]/seconds")}),
        ({**RECORD, "liked": None}, {("field-became-nullable", "/tracks/[]/liked")}),
    ],
    ids=["null allowed", "known optional", "unknown field", "optional absent", "required flag gone", "type", "null"],
)
def test_what_the_schema_allows_is_no_change(after: dict[str, Any], changes: set[tuple[str, str]]) -> None:
    assert found({"tracks": [RECORD]}, {"tracks": [after]}, DECLARED) == changes


def test_a_required_field_that_is_left_out_once_is_optional_now() -> None:
    before = {"tracks": [RECORD] * 3}
    after = {"tracks": [RECORD, RECORD, {"title": "Low Tide", "seconds": 9}]}
    changes = compared(before, after, DECLARED).changes
    assert [(c.rule.id, c.before, c.after) for c in changes] == [
        ("field-became-optional", "3 of 3 records", "2 of 3 records")
    ]


def test_a_store_of_a_name_gives_its_name_to_its_changes() -> None:
    one, other = fold([{"n": 1}]), fold([{"n": "one two"}])
    assert [change.store for change in compare(one, other, store="basket").changes] == ["basket"]


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("liked", "isLiked", 0.8, 1.0),
        ("createdAt", "created_at", 0.9, 1.0),
        ("videoUrl", "mediaUrl", 0.4, 0.9),
        ("title", "seconds", 0.0, 0.4),
        ("same", "same", 1.0, 1.0),
    ],
)
def test_names_are_alike_by_words_and_letters(one: str, other: str, least: float, most: float) -> None:
    assert least <= name_likeness(one, other) <= most
    assert name_likeness(one, other) == name_likeness(other, one)


COLUMNS = st.lists(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4)),
        lambda below: st.one_of(
            st.lists(below, max_size=3), st.dictionaries(st.sampled_from("abc"), below, max_size=3)
        ),
        max_leaves=8,
    ),
    max_size=4,
).map(fold)


@given(COLUMNS, COLUMNS)
def test_likeness_is_a_share_and_the_same_both_ways(one: Shape, other: Shape) -> None:
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, other) == pytest.approx(likeness(other, one))


def test_nothing_is_alike_to_nothing() -> None:
    assert likeness(fold([]), fold([1])) == 0.0
    assert likeness(fold(["x y"]), fold([1])) == 0.0
