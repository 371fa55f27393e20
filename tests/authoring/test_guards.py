"""Guards: what they accept is what JSON Schema accepts, for every keyword that a schema may use; no value is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftwright.authoring.emit.guards import _checked
from driftwright.authoring.emit.part import part_of, written_part
from driftwright.impact.javascript.parts import resolver_source
from driftwright.impact.javascript.process import Process
from driftwright.workspace.schemas.nodes import KEYWORDS, Node
from kit.examples import examples
from kit.project import ROOT

Ask = Callable[[Any, Any], Any]
NAMES = st.sampled_from(["a", "b", "id", "__proto__", "constructor", "toString", "\u2028", "é"])
TEXTS = st.one_of(NAMES, st.sampled_from(["", "ab", "abc", "😀", "😀😀", "12", "x-1"]))
NUMBERS = st.one_of(st.integers(-4, 12), st.sampled_from([0.5, 1.0, 2.5, -0.0]))
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(NAMES, below, max_size=4)),
    max_leaves=8,
)
PATTERNS = st.sampled_from(["^a", "b$", "^[a-z]+$", "\\d", "^x\\-", "."])
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
SMALL = st.integers(0, 3)


def _schemas(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A few keywords each, so that neither everything nor nothing is accepted."""
    listed = st.lists(below, min_size=1, max_size=2)
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": st.one_of(TYPES, st.lists(TYPES, min_size=1, max_size=3, unique=True)),
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "const": VALUES,
        **dict.fromkeys(("anyOf", "oneOf", "allOf", "prefixItems"), listed),
        **dict.fromkeys(("not", "additionalProperties", "propertyNames", "items", "contains"), below),
        "properties": st.dictionaries(NAMES, below, max_size=3),
        "patternProperties": st.dictionaries(PATTERNS, below, max_size=2),
        "required": st.lists(NAMES, max_size=2, unique=True),
        **dict.fromkeys(("minProperties", "maxProperties", "minItems", "maxItems", "minLength", "maxLength"), SMALL),
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), NUMBERS),
        "uniqueItems": st.booleans(),
        "multipleOf": st.integers(1, 4),
        "pattern": PATTERNS,
    }
    assert set(keywords) == KEYWORDS - SAYING_NOTHING, "a keyword that a schema may use is not tried"
    few = st.sets(st.sampled_from(sorted(keywords)), min_size=1, max_size=3)
    return few.flatmap(lambda names: st.fixed_dictionaries({name: keywords[name] for name in names}))


SAYING_NOTHING = {"$schema", "$id", "$defs", "$ref", "$comment", "title", "description", "default", "examples"}
SAYING_NOTHING |= {"deprecated", "readOnly", "format", *(name for name in KEYWORDS if name.startswith("x-"))}
SCHEMAS = st.recursive(st.booleans(), _schemas, max_leaves=4)


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    process = Process(1 << 29, "UTC")
    parts = [part_of("resolver", resolver_source()), written_part("same"), written_part("guard")]
    plain = "\n".join(part.plain("globalThis.$parts") for part in parts)
    process.evaluate(f"globalThis.$parts = {{}};\n{plain}\n''", 30)

    def asked(schema: Any, value: Any) -> Any:
        held = f"JSON.parse({json.dumps(json.dumps(schema))}), JSON.parse({json.dumps(json.dumps(value))})"
        call = '(schema, value) => globalThis.$parts.guard.guard(schema)["~standard"].validate(value).issues ?? []'
        return json.loads(process.evaluate(f"JSON.stringify(({call})({held}))", 10))

    yield asked
    process.close()


@settings(max_examples=examples(400))
@given(schema=SCHEMAS, value=VALUES)
def test_a_guard_accepts_what_the_schema_accepts(ask: Ask, schema: Any, value: Any) -> None:
    whole = {"$ref": "#/$defs/it", "$defs": {"it": schema}}
    held = _checked(Node(whole, whole, "x")) if isinstance(schema, dict) else schema
    expected = jsonschema_rs.Draft202012Validator(whole).is_valid(value)
    assert (ask(held, value) == []) is expected


@settings(max_examples=examples(60))
@given(schema=SCHEMAS, value=VALUES)
def test_an_issue_names_a_place_of_the_value_and_no_more_than_the_schema_says(
    ask: Ask, schema: Any, value: Any
) -> None:
    held = _checked(Node(schema, schema, "x")) if isinstance(schema, dict) else schema
    for issue in ask(held, value):
        at = value
        for step in issue["path"][:-1]:
            at = at[step]
        assert issue["message"] == "is required" or not issue["path"] or _holds(at, issue["path"][-1])
        assert issue["message"].split(" ")[0] in ("is", "violates")


def _holds(value: Any, step: Any) -> bool:
    return step in value if isinstance(value, dict) else 0 <= step < len(value)


def test_guards_of_the_repository_accept_every_known_good_store(ask: Ask) -> None:
    seen = 0
    for file in sorted((ROOT / "schemas").glob("*/*/*.schema.json")):
        schema = json.loads(file.read_text())
        for witness in sorted((file.parent / file.name.removesuffix(".schema.json")).glob("*.witness.json")):
            assert ask(_checked(Node(schema, schema, "x")), json.loads(witness.read_text())) == [], witness
            seen += 1
    assert seen > 50
