"""What a module of CommonJS exports, told by its source: `module.exports = ...`, `exports.name = ...`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from driftwright.impact.javascript.nodes import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_WHOLE = "module.exports"
_NO_VALUES = frozenset({"object", "string", "number", "array", "null", "true", "false", "undefined"})
_MEMBERS = ("pair", "shorthand_property_identifier", "method_definition")


def is_commonjs(tree: Node) -> bool:
    """Whether a module is one of CommonJS: it writes to `exports` or requires something, and exports no other way."""
    if any(node.type in ("import_statement", "export_statement") for node in tree.named_children):
        return False
    return any(_target(node) is not None or requires(node) or _defined(node) for node in walk(tree))


def requires(node: Node) -> bool:
    """Whether a node is a call of `require`."""
    called = node.child_by_field_name("function") if node.type == "call_expression" else None
    return called is not None and called.type == "identifier" and text_of(called) == "require"


def exported(tree: Node) -> dict[str, str]:
    """Return for each name that a module of CommonJS exports how it is asked of `module.exports`."""
    names: dict[str, str] = {}
    for node in walk(tree):
        target = _target(node)
        value = node.child_by_field_name("right")
        if target == "" and value is not None:
            names.update((name, _access(name)) for name in _keys(value))
            if value.type not in _NO_VALUES:
                names["default"] = ""
        elif target:
            names[target] = _access(target)
        elif name := _defined(node):
            names[name] = _access(name)
    return names


def _target(node: Node) -> str | None:
    """Return the name that an assignment exports, an empty one for the whole module; None for every other node."""
    if node.type != "assignment_expression":
        return None
    left = node.child_by_field_name("left")
    if left is None or left.type != "member_expression":
        return None
    if text_of(left) == _WHOLE:
        return ""
    holder, name = left.child_by_field_name("object"), left.child_by_field_name("property")
    if holder is None or name is None or text_of(holder) not in ("exports", _WHOLE):
        return None
    return text_of(name)


def _defined(node: Node) -> str:
    """Return the name that `Object.defineProperty(exports, "name", ...)` exports; nothing for every other node."""
    called = node.child_by_field_name("function") if node.type == "call_expression" else None
    arguments = node.child_by_field_name("arguments")
    if called is None or arguments is None or text_of(called) != "Object.defineProperty":
        return ""
    first, name = [*arguments.named_children, None, None][:2]
    if first is None or name is None or text_of(first) not in ("exports", _WHOLE) or name.type != "string":
        return ""
    text = text_of(name)[1:-1]
    return "" if text == "__esModule" else text


def _keys(value: Node) -> Iterator[str]:
    for member in value.named_children if value.type == "object" else ():
        name = member.child_by_field_name("key") or member.child_by_field_name("name") or member
        if member.type in _MEMBERS and name.type in ("property_identifier", "shorthand_property_identifier", "string"):
            yield text_of(name)[1:-1] if name.type == "string" else text_of(name)


def _access(name: str) -> str:
    return f"[{json.dumps(name)}]"
