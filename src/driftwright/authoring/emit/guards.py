"""Schemas of stores as validators: each version's schema without its words, and what holds a value against it.

Nothing generates code of a schema, neither here nor where the guard runs: what checks is one function for all versions.
A compiled validator of each version would be far larger, and its messages would hold names of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from driftwright.authoring.emit.names import camel, pascal, version_name
from driftwright.authoring.emit.part import Import, Part
from driftwright.base.shared_text import SharedText
from driftwright.workspace import Node, Store, Version, follow_reference, referred

_SCHEMAS = frozenset({"additionalProperties", "contains", "items", "not", "propertyNames"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_MAPS = frozenset({"properties", "patternProperties"})
_CHECKED_WORDS = """
    type enum const required minProperties maxProperties minItems maxItems uniqueItems minLength maxLength
    pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
"""
_CHECKED = frozenset(_CHECKED_WORDS.split())
_OPEN: Mapping[str, Any] = {"items": True, "additionalProperties": True, "required": [], "uniqueItems": False}


def guards_part(stores: Mapping[str, Store]) -> Part:
    """Return the part `guards`: a validator for each version of each store, and all published ones of each store."""
    schemas = {
        guard_name(store, version): checked_schema(store, version)
        for store in stores.values()
        for version in versions_of(store)
    }
    shared = SharedText("$part", list(schemas.values()))
    guards = [
        f"const {name} = /* @__PURE__ */ $guard({shared.expression(schema)});" for name, schema in schemas.items()
    ]
    lines = [*shared.declarations, *guards]
    return Part("guards", "\n".join(lines), {name: name for name in schemas}, (Import("guard", {"guard": "$guard"}),))


def guards_types(stores: Mapping[str, Store]) -> str:
    """Return the types of the part `guards`."""
    lines = ['import type * as stores from "./types.js";', 'import type { Guard } from "./types.js";', ""]
    for store in stores.values():
        for version in versions_of(store):
            kind = version_name(store.name, version.name)
            lines.append(f"/** {store.owner} {version.name}. */")
            lines.append(f"export declare const {guard_name(store, version)}: Guard<stores.{kind}>;")
    return "\n".join([*lines, ""])


def versions_of(store: Store) -> tuple[Version, ...]:
    """Return all versions of a store: the published ones first, oldest first."""
    return (*store.versions, *store.alternatives)


def guard_name(store: Store, version: Version) -> str:
    """Return what the guard of a version is called: `sessionV6`."""
    return camel(store.name) + pascal(version.name)


def schema_of(store: Store, version: Version) -> Node:
    """Return the schema of what a reader meets: of an entry, where a store has many keys."""
    root = follow_reference(Node(version.schema, version.schema, version.file))
    return (root.values() or root) if store.placeholder else root


def checked_schema(store: Store, version: Version) -> Any:
    """Return a version's schema with nothing in it but what a value can violate; local references are written out."""
    return _checked(schema_of(store, version))


def _checked(node: Node) -> dict[str, Any]:
    made = dict(_members(node))
    if "$ref" in node.schema:
        made = {**made, "allOf": [_checked(referred(node)), *made.get("allOf", ())]}
    return made


def _members(node: Node) -> Iterator[tuple[str, Any]]:
    for keyword, value in node.schema.items():
        if keyword in _OPEN and value == _OPEN[keyword] and isinstance(value, type(_OPEN[keyword])):
            continue
        if keyword in _CHECKED:
            yield keyword, value
        elif keyword in _SCHEMAS:
            yield keyword, _below(node, keyword)
        elif keyword in _LISTS:
            yield keyword, [_below(node, keyword, number) for number in range(len(value))]
        elif keyword in _MAPS:
            yield keyword, {name: _below(node, keyword, name) for name in value}


def _below(node: Node, *keys: str | int) -> Any:
    child: Any = node.schema
    for key in keys:
        child = child[key]
    return child if isinstance(child, bool) else _checked(node.below(*keys))
