"""Variation: the known-good store with data left out; the same structure, and less of it."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from driftwright.impact.variation import variations
from driftwright.structure.shape import fold

STORE = {"items": [{"id": 1, "kind": "a"}, {"id": 2, "kind": "b", "note": "x"}, {"id": 3, "kind": "a"}], "size": 3}


def test_each_item_each_kind_and_each_optional_field_is_left_out() -> None:
    found = variations(STORE, fold([STORE]))
    left = [[item["id"] for item in store["items"]] for store in found]
    assert [2, 3] in left
    assert [1] in left
    assert [] in left
    assert [2] in left, "all of the kind a"
    assert any(store["items"] and all("note" not in item for item in store["items"]) for store in found)


@given(
    st.recursive(
        st.integers() | st.text(max_size=3), lambda part: st.lists(part) | st.dictionaries(st.text(max_size=2), part)
    )
)
def test_a_variation_holds_nothing_new(document: Any) -> None:
    before = copy.deepcopy(document)
    for varied in variations(document, fold([document])):
        assert _leaves(varied) <= _leaves(document)
    assert document == before


def _leaves(value: Any) -> set[Any]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(_leaves, parts)) if isinstance(value, (dict, list)) else {value}
