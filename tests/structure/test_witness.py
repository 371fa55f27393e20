"""Witnesses: small documents that still show what the whole one shows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.structure import features
from driftwright.structure.shape.folding import fold, layout_of
from driftwright.structure.shape.model import Shape, shape_rows
from driftwright.structure.witness import make_witness

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 200),
    st.floats(-9.0, 9.0, allow_nan=False).map(lambda value: round(value, 1)),
    st.sampled_from(["open", "done", "", "2026-03-01T10:00:00Z", "two words", "true", "17"]),
)
NAMES = st.sampled_from(["title", "state", "votes", "done", "closed", "{}", ""])
RECORDS = st.recursive(
    st.dictionaries(NAMES, SCALARS, max_size=5),
    lambda below: st.dictionaries(NAMES, st.one_of(SCALARS, below, st.lists(st.one_of(SCALARS, below), max_size=8))),
    max_leaves=12,
)


def summary(shape: Shape) -> dict[str, tuple[set[str], set[str], Any]]:
    """What a witness must keep at each position: the types, the forms of texts, and the values of an enumeration."""
    return {
        str(row.path): (set(map(str, row.shape.types)), set(row.shape.forms), row.shape.enum)
        for row in shape_rows(shape)
    }


@given(st.lists(RECORDS, max_size=14))
def test_a_witness_shows_every_path_type_form_and_enumeration_value(document: list[Any]) -> None:
    whole = fold([document])
    small = fold([make_witness(document, whole)], layout_of(whole))
    expected, found = summary(whole), summary(small)
    assert found.keys() == expected.keys()
    for path, (types, forms, enumeration) in expected.items():
        assert found[path][0] == types, path
        assert found[path][1] == forms, path
        if enumeration is not None:
            assert found[path][2] == enumeration, path


@given(st.lists(RECORDS, max_size=8))
def test_a_witness_of_a_witness_is_as_small(document: list[Any]) -> None:
    shape = fold([document])
    once = make_witness(document, shape)
    assert make_witness(once, shape) == once


@given(st.lists(RECORDS, max_size=14))
def test_a_witness_is_the_same_in_runs_of_any_length(document: list[Any]) -> None:
    shape = fold([document])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(features, "RUN", 2)
        assert make_witness(document, shape) == make_witness_in_one_run(document, shape)


def make_witness_in_one_run(document: list[Any], shape: Shape) -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(features, "RUN", 1_000_000)
        return make_witness(document, shape)


def test_what_only_one_of_thousands_shows_is_kept() -> None:
    usual = [{"sensor": "roof", "state": ("on", "off")[number % 2], "celsius": 20} for number in range(5000)]
    odd: dict[int, dict[str, Any]] = {
        4321: {"state": "stuck"},
        4400: {"celsius": 99},
        4500: {"celsius": -7},
        4600: {"battery": 3},
    }
    document = [{**reading, **odd.get(number, {})} for number, reading in enumerate(usual)]
    small = make_witness(document, fold([document]))
    assert len(small) < 12
    assert all(document[number] in small for number in odd)


def test_a_thousand_alike_records_become_a_few() -> None:
    document = {"readings": [{"sensor": "roof", "celsius": 20 + number % 7} for number in range(1000)]}
    small = make_witness(document, fold([document]))
    assert len(small["readings"]) == 7
    assert {reading["celsius"] for reading in small["readings"]} == set(range(20, 27))


def test_the_odd_one_out_of_an_inner_list_is_kept() -> None:
    room = {
        "title": "Roof",
        "messages": [{"text": "hello there", "pinned": False}] * 9 + [{"text": None, "pinned": True}],
    }
    document = {"rooms": [room, room]}
    small = make_witness(document, fold([document]))
    assert small["rooms"][0]["messages"][-1] == {"text": None, "pinned": True}
    assert len(small["rooms"][0]["messages"]) < 10


def test_keys_that_a_reader_asks_for_by_name_are_kept() -> None:
    ids = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(50)]
    document = {"shelf": {key: {"pages": 100, "title": "Reed"} for key in ids}}
    pinned = frozenset({ids[40]})
    shape = fold([document], pinned=pinned)
    assert ids[40] in make_witness(document, shape, pinned)["shelf"]
    assert ids[40] not in make_witness(document, fold([document]))["shelf"]


def test_a_null_of_a_map_does_not_stand_for_one_of_a_list() -> None:
    """Where both stand at one place, each has what it shows kept."""
    document = [{"done": {"{}": None}}, {"done": [False, False, False, None]}]
    assert make_witness(document, fold([document])) == document


def test_a_value_that_shows_late_is_kept() -> None:
    """However many records before it showed nothing new."""
    document: list[dict[str, Any]] = [
        {"n": number % 50, "on": False, "text": "word", "at": None} for number in range(900)
    ]
    document += [
        {"n": -1, "on": True, "text": "2026-03-01T10:00:00Z", "at": None},
        {"n": 0.5, "on": True, "text": "word"},
    ]
    assert make_witness(document, fold([document]))[-2:] == document[-2:]


def test_the_document_itself_is_not_touched() -> None:
    document = {"list": [{"n": number} for number in range(30)]}
    make_witness(document, fold([document]))
    assert len(document["list"]) == 30
