"""Counts of records that were not kept: written, read again, and taken into a shape."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.base.errors import InputFault
from driftwright.structure.compared import StoreDocuments
from driftwright.structure.shape.counted import shape_of_record, shape_record
from driftwright.structure.shape.folding import fold, layout_of
from driftwright.structure.shape.model import Layout
from driftwright.structure.shape.widening import with_counts

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-1, 1) | st.sampled_from(["", "ab", "2024-01-02"])
DOCUMENTS = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.sampled_from("abcd"), below, max_size=4),
    max_leaves=12,
)


@given(st.lists(DOCUMENTS, max_size=4))
def test_a_shape_is_read_as_it_was_written(column: list[Any]) -> None:
    shape = fold(column)
    assert shape_of_record(json.loads(json.dumps(shape_record(shape))), "v1.shape.json") == shape


@pytest.mark.parametrize(
    "record",
    [
        3,
        {"types": {"colour": 1}},
        {"types": {"object": -1}},
        {"types": {"object": True}},
        {"types": {"object": 1}, "fields": []},
        {"types": {"string": 1}, "enum": [[]]},
        {"types": {"string": 1}, "enum": list("abcdefghijklmnop")},
        {"types": {"integer": 1}, "low": "1"},
        {"types": {"object": 1}, "values": {"types": {"object": 1}, "odd": 1}},
    ],
)
def test_what_is_no_shape_is_refused_with_its_place(record: Any) -> None:
    with pytest.raises(InputFault, match=r"v1\.shape\.json.*/shape.*not a shape"):
        shape_of_record(record, "v1.shape.json")


@given(st.lists(DOCUMENTS, min_size=1, max_size=3), st.lists(DOCUMENTS, max_size=3))
def test_the_counts_of_more_records_keep_every_share_between_0_and_1(kept: list[Any], more: list[Any]) -> None:
    layout = layout_of(fold([*kept, *more]))
    widened = with_counts(fold(kept, layout), fold([*kept, *more], layout))
    assert all(0.0 <= widened.presence(name) <= 1.0 for name in widened.fields)
    assert widened.total == len(kept) + len(more)


@given(st.lists(DOCUMENTS, min_size=1, max_size=3), st.lists(DOCUMENTS, max_size=3))
def test_under_one_layout_the_counts_are_those_of_all_records(kept: list[Any], more: list[Any]) -> None:
    records: list[Any] = [{"part": value} for value in (*kept, *more)]
    layout = Layout(kind="record", fields={"part": layout_of(fold([*kept, *more]))})
    everything = fold(records, layout)
    assert with_counts(fold(records[: len(kept)], layout), everything).types == everything.types


def _trips(count: int, *, lacking: int) -> dict[str, Any]:
    """Trips of which the last `lacking` have no fare."""
    fares: list[dict[str, Any]] = [{"fare": number} for number in range(count - lacking)] + [{}] * lacking
    return {"trips": [{"city": f"c{number}", **fare} for number, fare in enumerate(fares)]}


def test_a_field_that_is_rare_among_all_records_is_not_gone_where_few_lack_it() -> None:
    kept, later, layout = _trips(4, lacking=0), _trips(8, lacking=8), Layout()
    alone = StoreDocuments("", (kept,), later, layout).compared().comparison
    assert [change.rule.id for change in alone.changes] == ["field-removed"]
    counted = fold([kept, _trips(400, lacking=380)], layout_of(fold([kept])))
    among_all = StoreDocuments("", (kept,), later, layout, counted=counted).compared().comparison
    assert among_all.changes == ()
    assert [str(path) for path in among_all.unseen] == ["/trips/[]/fare"]


def test_a_field_that_all_of_many_records_had_is_gone_where_one_lacks_it() -> None:
    kept, later, layout = _trips(1, lacking=0), _trips(1, lacking=1), Layout()
    counted = fold([kept, _trips(400, lacking=0)], layout_of(fold([kept])))
    (change,) = StoreDocuments("", (kept,), later, layout, counted=counted).compared().comparison.changes
    assert (change.rule.id, change.before) == ("field-removed", "401 of 401 records")
