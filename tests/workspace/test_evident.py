"""What a shape proves about validity, beside the validator that everybody trusts."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.structure.shape.folding import fold
from driftwright.structure.shape.model import Layout
from driftwright.workspace.schemas.evident import evidently_valid

NAMES = st.sampled_from(
    ["a", "b", "id", "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([0.5, 1.0, -2.5]), st.sampled_from(["", "a", "word"])
)
VALUES = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=4) | st.dictionaries(NAMES, below, max_size=4), max_leaves=20
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "type": TYPES | st.lists(TYPES, min_size=1, max_size=6, unique=True),
    "enum": st.lists(SCALARS, min_size=1, max_size=6, unique_by=repr),
    "minimum": st.integers(-3, 3),
    "maximum": st.integers(-3, 3),
    "minLength": st.integers(0, 2),
    "maxLength": st.integers(0, 4),
    "required": st.lists(NAMES, max_size=2, unique=True),
    "x-key-space": st.just("anything"),
    "title": st.just("a title"),
}
SCHEMAS: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.fixed_dictionaries({}, optional=PLAIN),
    lambda below: st.fixed_dictionaries(
        {},
        optional={
            **PLAIN,
            "properties": st.dictionaries(NAMES, below, max_size=3),
            "additionalProperties": below,
            "items": below,
            "not": below,
            "anyOf": st.lists(below, min_size=1, max_size=2),
        },
    ),
    max_leaves=8,
)
LAYOUTS = st.recursive(
    st.builds(Layout, kind=st.sampled_from(["", "map", "record"])),
    lambda below: st.builds(
        Layout,
        kind=st.sampled_from(["", "map", "record"]),
        fields=st.dictionaries(NAMES, below, max_size=3),
        values=st.none() | below,
        items=st.none() | below,
    ),
    max_leaves=6,
)


@given(SCHEMAS, st.lists(VALUES, min_size=1, max_size=6), LAYOUTS)
def test_what_is_evident_is_valid(schema: Any, values: list[Any], layout: Layout) -> None:
    if evidently_valid(schema, fold(values, layout)):
        validator = jsonschema.Draft202012Validator(schema)
        assert all(validator.is_valid(value) for value in values)


RECORD = {
    "type": "object",
    "required": ["id", "at"],
    "properties": {"id": {"type": "string", "minLength": 1}, "at": {"type": ["number", "null"], "minimum": 0}},
}
STORE = {
    "type": "object",
    "properties": {
        "version": {"type": "integer", "enum": [0, 1]},
        "records": {"type": "object", "x-key-space": "record", "additionalProperties": RECORD},
        "order": {"type": "array", "items": {"type": "string", "enum": ["first", "last"]}},
    },
}
LAYOUT = Layout(kind="record", fields={"records": Layout(kind="map", values=Layout(kind="record"))})


def document() -> dict[str, Any]:
    records = {f"r{number}": {"id": f"r{number}", "at": number} for number in range(2_000)}
    return {"version": 1, "records": records, "order": ["first", "last", "first"]}


def test_an_ordinary_valid_store_is_evidently_valid() -> None:
    assert evidently_valid(STORE, fold([document()], LAYOUT))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("version",), 2),
        (("version",), True),
        (("version",), 0.5),
        (("records", "r1234", "id"), ""),
        (("records", "r1234", "at"), -1),
        (("records", "r1234", "at"), "1"),
        (("records", "r1234"), {"id": "r1234"}),
        (("records", "r1234"), []),
        (("order",), ["first", "middle"]),
        (("order",), ["first", None]),
    ],
)
def test_one_wrong_value_among_thousands_is_never_evidently_valid(place: tuple[str, ...], value: Any) -> None:
    wrong = document()
    holder = wrong
    for name in place[:-1]:
        holder = holder[name]
    holder[place[-1]] = value
    assert not jsonschema.Draft202012Validator(STORE).is_valid(wrong)
    assert not evidently_valid(STORE, fold([wrong], LAYOUT))


@pytest.mark.parametrize(
    "schema",
    [{"pattern": "a"}, {"$ref": "#"}, {"minimum": "1"}, {"minimum": True}, {"minLength": "1"}, {"enum": 1}, "x", False],
)
def test_what_it_does_not_know_is_left_to_the_validator(schema: Any) -> None:
    assert not evidently_valid(schema, fold(["a", 1]))
