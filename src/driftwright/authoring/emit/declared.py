"""JSON Schemas as types of TypeScript."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from driftwright.authoring.emit.names import is_identifier
from driftwright.workspace import Node, follow_reference

_TYPES: Mapping[str, str] = {
    "null": "null",
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "string": "string",
}
_ALL = "unknown"


def type_of(schema: Mapping[str, Any], root: Mapping[str, Any], file: str, indent: str = "") -> str:
    """Return the type of the values that a schema allows; what TypeScript cannot say is left out.

    Args:
        schema: The keywords of one position.
        root: The whole schema, for local references.
        file: Its file, for messages.
        indent: What stands before each line but the first.
    """
    return _type(follow_reference(Node(schema, root, file)), indent)


def comment(lines: list[str], indent: str = "") -> str:
    """Return lines as a comment that editors show; empty without any."""
    comment_lines = [line.replace("*/", "*\\/") for text in lines for line in text.splitlines() if line]
    if not comment_lines:
        return ""
    if len(comment_lines) == 1:
        return f"{indent}/** {comment_lines[0]} */\n"
    return "".join([f"{indent}/**\n", *(f"{indent} * {line}\n" for line in comment_lines), f"{indent} */\n"])


def literal_type(value: Any) -> str:
    """Return the type of a constant: of its parts, not of this very value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return f"readonly {_grouped(_union(map(literal_type, value)) if value else _ALL)}[]"
        case dict():
            fields = "; ".join(f"readonly {_name(name)}: {literal_type(part)}" for name, part in value.items())
            return f"{{ {fields} }}" if fields else "Readonly<Record<string, unknown>>"
        case _:
            return _ALL


def _type(node: Node, indent: str) -> str:
    schema = node.schema
    if "const" in schema:
        return _exact(schema["const"])
    if "enum" in schema:
        return _union(map(_exact, schema["enum"]))
    several = [*_combined(node, indent)]
    own = _of_types(node, indent)
    parts = [part for part in (own, *several) if part != _ALL]
    return " & ".join(map(_grouped, parts)) if len(parts) > 1 else parts[0] if parts else _ALL


def _combined(node: Node, indent: str) -> Iterator[str]:
    for keyword in ("anyOf", "oneOf"):
        if keyword in node.schema:
            yield _union(_below(node, indent, keyword, n) for n in range(len(node.schema[keyword])))
    for number in range(len(node.schema.get("allOf", ()))):
        yield _below(node, indent, "allOf", number)


def _below(node: Node, indent: str, *keys: str | int) -> str:
    child: Any = node.schema
    for key in keys:
        child = child[key]
    if isinstance(child, bool):
        return _ALL if child else "never"
    return _type(follow_reference(node.below(*keys)), indent)


def _of_types(node: Node, indent: str) -> str:
    types = node.types() or (("object",) if "properties" in node.schema else ())
    if not types:
        return _ALL
    return _union(_of_type(node, kind, indent) for kind in types)


def _of_type(node: Node, kind: str, indent: str) -> str:
    if kind == "array":
        return _list(node, indent)
    return _record(node, indent) if kind == "object" else _TYPES[kind]


def _list(node: Node, indent: str) -> str:
    items = _below(node, indent, "items") if "items" in node.schema else _ALL
    if "prefixItems" not in node.schema:
        return f"{_grouped(items)}[]"
    places = [f"{_grouped(_below(node, indent, 'prefixItems', n))}?" for n in range(len(node.schema["prefixItems"]))]
    further_items = [] if items == "never" else [f"...{_grouped(items)}[]"]
    return f"[{', '.join([*places, *further_items])}]"


def _record(node: Node, indent: str) -> str:
    inner = indent + "  "
    lines = []
    required = set(node.schema.get("required", ()))
    for name in node.schema.get("properties", {}):
        below = node.schema["properties"][name]
        comment_lines = (
            [str(below[word]) for word in ("title", "description") if word in below] if isinstance(below, dict) else []
        )
        mark = "" if name in required else "?"
        lines.append(
            f"{comment(comment_lines, inner)}{inner}{_name(name)}{mark}: {_below(node, inner, 'properties', name)};\n"
        )
    if lines:
        return "{\n" + "".join(lines) + indent + "}"
    # What no key is declared for may be missing.
    values = _below(node, indent, "additionalProperties") if "additionalProperties" in node.schema else _ALL
    return f"Record<string, {values if values == _ALL else f'{values} | undefined'}>"


def _union(types: Iterator[str] | map[str]) -> str:
    different = list(dict.fromkeys(types))
    return _ALL if not different or _ALL in different else " | ".join(different)


def _grouped(text: str) -> str:
    return f"({text})" if " | " in text or " & " in text else text


def _exact(value: Any) -> str:
    return json.dumps(value) if value is None or isinstance(value, (str, bool, int, float)) else literal_type(value)


def _name(name: str) -> str:
    return name if is_identifier(name) else json.dumps(name)
