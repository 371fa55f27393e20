"""Compatibility of two schemas: executed on examples, never derived."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftwright.base.errors import InputFault
from driftwright.workspace.schemas.compat import compatibility
from kit.program import Program

TEXT = {"type": "string"}
RECORD = {"type": "object", "properties": {"id": TEXT, "done": {"type": "boolean"}}, "required": ["id"]}

WIDENED = [
    (TEXT, {"type": ["string", "null"]}),
    (TEXT, {}),
    ({"type": "integer", "maximum": 20}, {"type": "integer", "maximum": 21}),
    ({"type": "integer", "multipleOf": 6}, {"type": "integer", "multipleOf": 4}),
    ({"enum": ["a", "b"]}, {"enum": ["a", "b", "c"]}),
    ({"type": "string", "maxLength": 5}, {"type": "string", "maxLength": 9}),
    ({"type": "string", "pattern": "^a+$"}, {"type": "string", "pattern": "^(ab){3}$"}),
    (RECORD, {**RECORD, "required": []}),
    (RECORD, {**RECORD, "properties": {"id": TEXT, "done": {"type": "integer"}}}),
    ({"type": "array", "items": TEXT}, {"type": "array", "items": {"type": ["string", "null"]}}),
    ({"type": "array", "maxItems": 3}, {"type": "array", "maxItems": 4}),
    ({"type": "object", "additionalProperties": False}, {"type": "object", "additionalProperties": TEXT}),
    ({"minimum": 5, "exclusiveMinimum": True, "type": "number"}, {"minimum": 5, "type": "number"}),
    ({"$defs": {"x": TEXT}, "$ref": "#/$defs/x"}, {"$defs": {"x": {"type": "integer"}}, "$ref": "#/$defs/x"}),
]


@pytest.mark.parametrize(("before", "after"), WIDENED)
def test_a_widened_schema_breaks_and_the_example_proves_it(before: Any, after: Any) -> None:
    found = compatibility(before, after)
    assert found.breaks
    if "exclusiveMinimum" not in before:
        assert jsonschema_rs.Draft202012Validator(after).is_valid(found.example)
        assert not jsonschema_rs.Draft202012Validator(before).is_valid(found.example)


@pytest.mark.parametrize(("before", "after"), WIDENED)
def test_identity_breaks_nothing(before: Any, after: Any) -> None:
    assert not compatibility(before, before).breaks
    assert not compatibility(after, after).breaks


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"type": ["string", "null"]}, TEXT),
        ({**RECORD, "required": []}, RECORD),
        ({"enum": ["a", "b", "c"]}, {"enum": ["a"]}),
        ({"type": "number"}, {"type": "integer"}),
        (TEXT, False),
        (TEXT, {"allOf": [TEXT, {"minLength": 2}]}),
        ({"title": "clip", **TEXT}, {"title": "video", **TEXT}),
    ],
)
def test_what_is_no_longer_admitted_hurts_no_reader(before: Any, after: Any) -> None:
    found = compatibility(before, after)
    assert not found.breaks
    assert found.example is None


kinds = st.lists(st.sampled_from(["null", "boolean", "integer", "string", "array", "object"]), min_size=1, unique=True)


@given(kinds, kinds)
def test_types_alone_break_exactly_when_a_new_one_is_there(before: list[str], after: list[str]) -> None:
    assert compatibility({"type": before}, {"type": after}).breaks == bool(set(after) - set(before))


def test_what_is_no_schema_is_refused() -> None:
    with pytest.raises(InputFault, match="AFTER: not a valid JSON Schema"):
        compatibility({}, {"type": "text"})


def test_the_command_says_what_the_later_schema_admits(tmp_path: Path, program: Program) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(json.dumps(RECORD))
    after.write_text(json.dumps({**RECORD, "required": []}))
    done = program("diff", str(before), str(after), "--schemas", "--format", "json")
    assert done.code == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["breaks"] is True
    assert "id" not in told["example"]
    back = program("diff", str(after), str(before), "--schemas")
    assert back.code == 0, back.stderr
