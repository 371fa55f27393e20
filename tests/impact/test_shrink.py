"""Shrinking: as small as can be, in few calls whatever the size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from driftwright.impact.shrink import shrunk_result
from driftwright.impact.situation import DOCUMENT, Situation

LEAVES = st.integers(0, 9)
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from("abcdef"), inner, max_size=5)
)


def _leaves(value: Any) -> list[int]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in _leaves(part)]
    return [leaf for part in value for leaf in _leaves(part)] if isinstance(value, list) else [value]


class _Asked:
    """Shows its effect while the document holds two sevens; counts how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, candidates: Sequence[Situation]) -> list[Situation | None]:
        self.times += 1
        return [one if _leaves(one.stores[DOCUMENT]).count(7) >= 2 else None for one in candidates]


def _smallest(document: Any) -> tuple[Any, int]:
    asked = _Asked()
    result = shrunk_result(Situation("before", {DOCUMENT: document}), asked, lambda situation: situation)
    return result.stores[DOCUMENT], asked.times


@given(DOCUMENTS)
def test_nothing_more_can_be_left_out(document: Any) -> None:
    smallest, _ = _smallest([7, document, {"a": [7]}])
    assert _leaves(smallest) == [7, 7]


def test_a_thousand_records_take_as_few_calls_as_fifty() -> None:
    def records(count: int) -> Any:
        return {"records": [{"id": 1, "value": 7 if number in (3, 11) else 0, "note": 2} for number in range(count)]}

    few, many = _smallest(records(50)), _smallest(records(1000))
    assert few[0] == many[0] == {"records": [{"value": 7}, {"value": 7}]}
    assert many[1] <= 4 * few[1]
