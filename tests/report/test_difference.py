"""What two documents differ in: told completely, in words, whatever the keys are called."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.report.difference import MOST, Difference, differences

SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": {"b/c": 1}}, {"a": {}}, Difference("removed", "/a/b~1c", "1", None)),
        ({"a": [1]}, {"a": [1, {"x": 2}]}, Difference("added", "/a/1", None, '{"x":2}')),
        ({"a": True}, {"a": False}, Difference("changed", "/a", "true", "false")),
        ({"a": True}, {"a": "true"}, Difference("retyped", "/a", "true", '"true"')),
        ({"a": [False]}, {"a": [0]}, Difference("retyped", "/a/0", "false", "0")),
        ({"a": [{"b": True}]}, {"a": [{"b": 1}]}, Difference("retyped", "/a/0/b", "true", "1")),
        ({"a": "x" * 90}, {}, Difference("removed", "/a", '"' + "x" * 58 + "…", None)),
    ],
)
def test_one_difference_is_told_in_its_own_word(before: Any, after: Any, expected: Difference) -> None:
    assert differences(before, after) == (expected,)


@given(JSON)
def test_a_document_does_not_differ_from_itself(document: Any) -> None:
    assert differences({"store": document}, {"store": document}) == ()


@given(JSON, JSON)
def test_whatever_differs_is_told_and_the_reverse_mirrors_it(before: Any, after: Any) -> None:
    there = differences({"store": before}, {"store": after})
    assert bool(there) == _unlike(before, after)
    assert len(there) <= MOST
    back = differences({"store": after}, {"store": before})
    mirrored = {"added": "removed", "removed": "added", "changed": "changed", "retyped": "retyped"}
    if len(there) < MOST:
        assert {(mirrored[one.what], one.at) for one in there} == {(one.what, one.at) for one in back}


def _unlike(before: Any, after: Any) -> bool:
    """Python takes True for 1; JSON does not."""
    if type(before) is not type(after):
        return True
    if isinstance(before, dict):
        return before.keys() != after.keys() or any(_unlike(before[key], after[key]) for key in before)
    if isinstance(before, list):
        return len(before) != len(after) or any(map(_unlike, before, after))
    return bool(before != after)
