"""Single nodes of the syntax tree: the property of an access, the parts of a destructuring pattern."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from driftwright.impact.javascript.nodes import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
"""What may follow a dot."""

ACCESS = ("member_expression", "subscript_expression")
"""The nodes that ask for one property."""

_WRITTEN = frozenset({"assignment_expression", "augmented_assignment_expression", "update_expression"})


def steps(names: tuple[str, ...], *, optional: bool) -> str:
    """Write the accesses that follow one another, each of them optional or none."""
    mark = "?." if optional else ""
    return "".join(f"{mark or '.'}{name}" if NAME.fullmatch(name) else f"{mark}[{json.dumps(name)}]" for name in names)


def key_text(name: str) -> str:
    """Write a property of a pattern."""
    return name if NAME.fullmatch(name) else json.dumps(name)


def asked(node: Node) -> str | None:
    """Return the name of the property that is accessed; None when the code computes it."""
    name = node.child_by_field_name("property")
    if name is not None:
        return text_of(name)
    index = node.child_by_field_name("index")
    return plain_string(index) if index is not None else None


def plain_string(node: Node) -> str | None:
    """Return the text of a string literal; None for anything else, and where it has escapes."""
    if node.type != "string" or any(part.type != "string_fragment" for part in node.named_children):
        return None
    return "".join(map(text_of, node.named_children))


def first_access(node: Node, holder: Node) -> Node:
    """Return the innermost access of a chain, the one that asks the holder itself."""
    access = node
    while (below := holder_of(access)) is not None and below != holder:
        access = below
    return access


def holder_of(access: Node) -> Node | None:
    """Return what is asked by an access, without the `!` of TypeScript behind it."""
    holder = access.child_by_field_name("object")
    while holder is not None and holder.type == "non_null_expression":
        holder = holder.named_children[0]
    return holder


def optional_chain_sign(node: Node) -> str:
    """Return `?`, `?.` or an empty text: what must follow added parentheses to keep an optional chain optional."""
    outer = node.parent
    while outer is not None and outer.type == "non_null_expression":
        outer = outer.parent
    if outer is None or outer.type not in ACCESS or holder_of(outer) != node or is_optional(outer):
        return ""
    current: Node | None = node
    while current is not None and current.type in (*ACCESS, "call_expression"):
        if is_optional(current):
            return "?" if outer.type == "member_expression" else "?."
        current = holder_of(current) or current.child_by_field_name("function")
    return ""


def is_optional(node: Node) -> bool:
    """Whether an access or a call begins with `?.`."""
    return any(child.type == "optional_chain" for child in node.children)


def is_written(node: Node) -> bool:
    """Whether the node is assigned to or deleted."""
    outer = node.parent
    if outer is None:
        return False
    if outer.type == "unary_expression":
        return any(child.type == "delete" for child in outer.children)
    target = outer.child_by_field_name("left") or outer.child_by_field_name("argument")
    return outer.type in _WRITTEN and target == node


def is_assigned(pattern: Node) -> bool:
    """Whether a pattern assigns to existing names, so that it cannot declare new ones."""
    current: Node | None = pattern
    while current is not None and (current.type.endswith("pattern") or current.type == "object_assignment_pattern"):
        current = current.parent
    return current is not None and current.type in _WRITTEN


def is_called(node: Node) -> bool:
    """Whether the node is called as a method."""
    outer = node.parent
    return outer is not None and outer.type == "call_expression" and outer.child_by_field_name("function") == node


def bound(node: Node) -> str | None:
    """Return the property that one part of a destructuring pattern takes."""
    if node.type == "shorthand_property_identifier_pattern":
        return text_of(node)
    key = node.child_by_field_name("left" if node.type == "object_assignment_pattern" else "key")
    if key is None:
        return None
    return plain_string(key) if key.type == "string" else text_of(key)


def parts(node: Node) -> tuple[Node | None, Node | None]:
    """Return what the taken property is bound to, when that is not its own name, and the default."""
    if node.type == "object_assignment_pattern":
        return None, node.child_by_field_name("right")
    value = node.child_by_field_name("value")
    if value is not None and value.type == "assignment_pattern":
        return value.child_by_field_name("left"), value.child_by_field_name("right")
    return value, None
