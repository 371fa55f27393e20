"""Walk a schema: its named fields, map values and list items, with local references followed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from driftwright.base.errors import InputFault
from driftwright.base.toml import suggestion

MAX_DEPTH = 64

_PLAIN = """
$schema $id $defs $ref $comment title description default examples deprecated readOnly
type enum const format anyOf oneOf allOf not properties required additionalProperties propertyNames patternProperties
minProperties maxProperties items prefixItems contains minItems maxItems uniqueItems
minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern
"""
_OWN = "x-key-space x-references x-key-equals x-redact x-order x-unique x-since x-source"
KEYWORDS = frozenset((_PLAIN + _OWN).split())
REDACTIONS = ("keep", "pseudonym", "mask")
SOURCES = ("capture", "code", "document", "tool", "guess")
"""What a field may be known from: a capture, code that writes or reads it, a text, another program, or nothing."""
_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")


@dataclass(frozen=True, slots=True)
class Node:
    """One position of a schema, references followed.

    Args:
        schema: The keywords at this position.
        root: The whole document, for local references.
        file: The schema's file, for messages.
        pointer: JSON Pointer of the position in the file.
        depth: How many references and steps led here.
    """

    schema: Mapping[str, Any]
    root: Mapping[str, Any]
    file: str
    pointer: str = ""
    depth: int = 0

    def fields(self) -> dict[str, Node]:
        """The declared named fields."""
        return {name: follow_reference(self.below("properties", name)) for name in self.schema.get("properties", {})}

    def values(self) -> Node | None:
        """The declaration of a map's values, when the position is declared a map."""
        if "x-key-space" not in self.schema:
            return None
        if isinstance(self.schema.get("additionalProperties"), Mapping):
            return follow_reference(self.below("additionalProperties"))
        return None

    def items(self) -> Node | None:
        """The declaration of a list's items."""
        return follow_reference(self.below("items")) if isinstance(self.schema.get("items"), Mapping) else None

    def types(self) -> tuple[str, ...]:
        """The declared JSON types; empty when any is allowed."""
        declared = self.schema.get("type", ())
        return (declared,) if isinstance(declared, str) else tuple(declared)

    def fault(self, problem: str, keyword: str = "", mend: str = "") -> InputFault:
        """The fault for this position, or for one of its keywords."""
        return InputFault(problem, self.file, f"{self.pointer}/{keyword}" if keyword else self.pointer or "/", mend)

    def below(self, *keys: str | int) -> Node:
        """The position further down, with its own reference not yet followed."""
        child: Any = self.schema
        for key in keys:
            child = child[key]
        pointer = self.pointer + "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)
        return Node(child, self.root, self.file, pointer, self.depth + 1)


def follow_reference(raw: Node) -> Node:
    """Follow a position's local reference; what stands beside `$ref` holds besides, and goes first where both speak.

    Raises:
        InputFault: It refers to something that is not in the same file, or nests without end.
    """
    if raw.depth > MAX_DEPTH:
        raise raw.fault(f"nested or referring to itself more than {MAX_DEPTH} times", mend="remove the $ref loop")
    if "$ref" not in raw.schema:
        return raw
    target = follow_reference(referred(raw))
    beside = {name: value for name, value in raw.schema.items() if name != "$ref"}
    return replace(target, schema=_joined(target.schema, beside)) if beside else target


def _joined(schema: Mapping[str, Any], beside: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the keywords of a definition with those beside the reference to it; fields are joined in the same way."""
    joined = {**schema, **beside}
    fields = dict(schema.get("properties", {}))
    for name, field in beside.get("properties", {}).items():
        held = fields.get(name)
        fields[name] = _joined(held, field) if isinstance(held, Mapping) and isinstance(field, Mapping) else field
    if fields:
        joined["properties"] = fields
    required = [*schema.get("required", ()), *beside.get("required", ())]
    return {**joined, "required": list(dict.fromkeys(required))} if required else joined


def referred(node: Node) -> Node:
    """The position that a position's `$ref` names.

    Raises:
        InputFault: It is not in the same file.
    """
    target = node.schema["$ref"]
    return Node(_resolved(node, target), node.root, node.file, str(target).removeprefix("#"), node.depth + 1)


def check_keywords(node: Node) -> None:
    """Check that a position uses known keywords, each of a form that can be read.

    Raises:
        InputFault: It does not; the mend suggests the nearest known word.
    """
    for name in node.schema:
        if name not in KEYWORDS:
            raise node.fault(f"unknown keyword {name!r}", mend=suggestion(name, KEYWORDS) or "see schemas/README.md")
    for name in ("properties", "patternProperties", "$defs"):
        if not isinstance(node.schema.get(name, {}), Mapping):
            raise node.fault("must be an object of schemas", name, "name each schema")
    for name in ("required", "enum"):
        if not isinstance(node.schema.get(name, []), list):
            raise node.fault("must be a list", name, "write it in [ ]")
    if not all(isinstance(name, str) for name in node.schema.get("required", [])):
        raise node.fault("must be a list of names", "required", "name the fields as texts")
    if not isinstance(node.schema.get("type", ""), str | list):
        raise node.fault("must be a type, or a list of them", "type", f"types: {', '.join(_TYPES)}")
    for kind in node.types():
        if kind not in _TYPES:
            raise node.fault(
                f"unknown type {kind!r}", "type", suggestion(str(kind), _TYPES) or f"types: {', '.join(_TYPES)}"
            )
    if node.schema.get("x-redact", "mask") not in REDACTIONS:
        raise node.fault("no such redaction", "x-redact", f"use one of {', '.join(REDACTIONS)}")
    _check_sources(node)


_SOURCE = re.compile(rf"(?:{'|'.join(SOURCES)}): \S")


def _check_sources(node: Node) -> None:
    """Check that `x-source` names at least one source, each by its kind, so that no guess passes for an observation."""
    if "x-source" not in node.schema:
        return
    named = node.schema["x-source"]
    if not isinstance(named, list) or not named or not all(isinstance(n, str) and _SOURCE.match(n) for n in named):
        mend = f"write a list such as ['code: release 1.2']; kinds: {', '.join(SOURCES)}"
        raise node.fault("names no source", "x-source", mend)


def _resolved(node: Node, target: object) -> Mapping[str, Any]:
    if not isinstance(target, str) or not target.startswith("#"):
        raise node.fault("refers outside its own file", "$ref", "nothing is fetched: copy it into $defs")
    value: Any = node.root
    for part in target.removeprefix("#").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(value, Mapping) or key not in value:
            raise node.fault(f"{target} is not in this file", "$ref", "mend the reference")
        value = value[key]
    if not isinstance(value, Mapping):
        raise node.fault(f"{target} is not a schema", "$ref", "mend the reference")
    return value
