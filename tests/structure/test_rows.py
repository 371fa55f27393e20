"""The positions where two shapes differ, beside what DeepDiff says of the same tables."""

from __future__ import annotations

from typing import Any

from deepdiff import DeepDiff
from hypothesis import given
from hypothesis import strategies as st

from driftwright.structure.change import rows as table
from driftwright.structure.shape.folding import fold
from driftwright.structure.shape.model import shape_rows

NAMES = st.sampled_from(["a", "version", "{}", "[]", "a/b", "~", "", "__own", "11111111-1111-4111-8111-111111111111"])
LEAVES = st.one_of(
    st.none(), st.booleans(), st.sampled_from([0, 1, 1.0, 99, 10**9, 0.5, "", "word", "7", "2026-01-01"])
)
VALUES = st.recursive(
    LEAVES, lambda below: st.lists(below, max_size=4) | st.dictionaries(NAMES, below, max_size=4), max_leaves=16
)


@given(st.lists(VALUES, min_size=1, max_size=3), st.lists(VALUES, min_size=1, max_size=3))
def test_the_differing_aspects_are_those_that_deepdiff_finds(before: list[Any], after: list[Any]) -> None:
    old, new = table._aspect_table(fold(before)), table._aspect_table(fold(after))
    found = DeepDiff(old, new, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False)
    expected: dict[str, set[str]] = {}
    for items in found.values():
        for item in items:
            where = item.path(output_format="list")
            expected.setdefault(where[0], set()).add(where[1] if len(where) > 1 else "here")
    assert table.differing_paths(fold(before), fold(after)) == expected


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_every_position_of_a_shape_is_a_row_of_its_table(column: list[Any]) -> None:
    shape = fold(column)
    assert table._aspect_table(shape).keys() == {str(row.path) for row in shape_rows(shape)}
    assert table.differing_paths(shape, shape) == {}
