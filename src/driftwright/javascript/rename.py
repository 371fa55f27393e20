"""Rewrite reading code so that it also looks where a property went, and still where it was."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from driftwright.javascript.syntax import parsed

if TYPE_CHECKING:
    from tree_sitter import Node

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
# Where `a ?? b` may stand without parentheses.
_ROOMY = frozenset(
    {
        "arguments",
        "expression_statement",
        "parenthesized_expression",
        "return_statement",
        "template_substitution",
        "variable_declarator",
    }
)
_WRITTEN = frozenset({"assignment_expression", "augmented_assignment_expression", "update_expression"})
_ACCESS = ("member_expression", "subscript_expression")


@dataclass(frozen=True, slots=True)
class Detour:
    """What code asks for, and where it stands now; both counted from the record that both places share.

    Args:
        old: The names that lead to the old place. Empty for whatever is asked for by a key that the code computes.
        new: The names that lead to the new place. Empty when it is that record itself.
        inside: Whether `new` is counted from the old place itself, as for a list that stands in a page now.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    inside: bool = False


def looking_in_both(text: str, detour: Detour, *, exact: bool = False) -> str:
    """Return code that finds a property in its new place or, failing that, in its old one.

    Args:
        text: A module or an inline function.
        detour: What moved.
        exact: Whether a null in the new place counts as found; the code is longer then.
    """
    text = text.removeprefix("\ufeff")
    source = text.encode("utf-8", "surrogatepass")
    return _Rewriter(source, detour, exact, []).text_of(parsed(source))


@dataclass(frozen=True, slots=True)
class _Rewriter:
    source: bytes
    detour: Detour
    exact: bool
    helpers: list[str]

    def text_of(self, node: Node) -> str:
        """Return the new text of a node."""
        special = self._access(node) or self._test(node) or self._pattern(node)
        if special is not None:
            return special
        parts, at = [], node.start_byte
        for child in node.children:
            parts += [self._raw(at, child.start_byte), self.text_of(child)]
            at = child.end_byte
        tail = self._raw(at, len(self.source) if node.parent is None else node.end_byte)
        head = self._raw(0, node.start_byte) if node.parent is None else ""
        return "".join((head, *parts, tail))

    def _raw(self, start: int, end: int) -> str:
        return self.source[start:end].decode("utf-8", "surrogatepass")

    def _access(self, node: Node) -> str | None:
        if node.type not in _ACCESS or _is_written(node) or _is_called(node):
            return None
        holder = self._holder(node)
        if holder is None:
            return None
        old = self._holding(node, holder)
        record = self.text_of(holder)
        if self.detour.inside:
            new = old + _steps(self.detour.new, optional=True)
        else:
            first = node if len(self.detour.old) < 2 else _first_access(node, holder)  # noqa: PLR2004
            loose = _is_optional(first) or not self.detour.new
            new = record + _steps(self.detour.new[:1], optional=loose) + _steps(self.detour.new[1:], optional=True)
        return self._either(node, new, old)

    def _holder(self, node: Node) -> Node | None:
        """The record from which the names of the old place are asked for; None when this access is another one."""
        if not self.detour.old:
            index = node.child_by_field_name("index")
            computed = index is not None and index.type in ("identifier", "member_expression")
            return node.child_by_field_name("object") if computed else None
        here: Node | None = node
        for name in reversed(self.detour.old):
            if here is None or here.type not in _ACCESS or _asked(here) != name:
                return None
            here = here.child_by_field_name("object")
        return here

    def _holding(self, node: Node, holder: Node) -> str:
        """The access as it was written, its innermost record rewritten."""
        return self.text_of(holder) + self._raw(holder.end_byte, node.end_byte)

    def _either(self, node: Node, new: str, old: str) -> str:
        first, second = (new, old) if self.detour.new else (old, new)
        either = f"{first} !== undefined ? {first} : {second}" if self.exact else f"{first} ?? {second}"
        outer = node.parent
        body = outer is not None and outer.type == "arrow_function" and outer.child_by_field_name("body") == node
        if outer is not None and (body or outer.type in _ROOMY):
            return either
        return f"({either}){_going_on(node)}"

    def _test(self, node: Node) -> str | None:
        """`"old" in record` asks for either name."""
        if node.type != "binary_expression" or len(self.detour.old) != 1 or self.detour.inside:
            return None
        left, operator = node.child_by_field_name("left"), node.child_by_field_name("operator")
        right = node.child_by_field_name("right")
        if left is None or right is None or operator is None or operator.type != "in" or len(self.detour.new) != 1:
            return None
        if _plain_string(left) != self.detour.old[0]:
            return None
        record = self.text_of(right)
        return f"({json.dumps(self.detour.new[0])} in {record} || {json.dumps(self.detour.old[0])} in {record})"

    def _pattern(self, node: Node) -> str | None:
        """`{ old }` takes the new name first and gives it to the old one as its default."""
        outer = node.parent
        if outer is None or outer.type != "object_pattern" or len(self.detour.old) != 1:
            return None
        if self.detour.inside or not self.detour.new or _bound(node) != self.detour.old[0]:
            return None
        target, default = _parts(node)
        kept = self._helper()
        nested = kept + (f" = {self.text_of(default)}" if default is not None else "")
        for depth, name in enumerate(reversed(self.detour.new)):
            nested = f"{_key(name)}: {nested}" if not depth else f"{_key(name)}: {{ {nested} }} = {{}}"
        named = f"{_key(self.detour.old[0])}: {self.text_of(target)}" if target is not None else self.detour.old[0]
        return f"{nested}, {named} = {kept}"

    def _helper(self) -> str:
        """A name that nothing else in the code has, for what a pattern took from the new place."""
        stem = self.detour.new[-1] if _NAME.fullmatch(self.detour.new[-1]) else "moved"
        number = len(self.helpers) + 1
        name = f"${stem}{number if number > 1 else ''}"
        while name.encode() in self.source:
            name = f"${name}"
        self.helpers.append(name)
        return name


def _steps(names: tuple[str, ...], *, optional: bool) -> str:
    mark = "?." if optional else ""
    return "".join(f"{mark or '.'}{name}" if _NAME.fullmatch(name) else f"{mark}[{json.dumps(name)}]" for name in names)


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else json.dumps(name)


def _asked(node: Node) -> str | None:
    """The property that an access names; None when the code computes it."""
    name = node.child_by_field_name("property")
    if name is not None:
        return _text(name)
    index = node.child_by_field_name("index")
    return _plain_string(index) if index is not None else None


def _plain_string(node: Node) -> str | None:
    if node.type != "string" or any(part.type != "string_fragment" for part in node.named_children):
        return None
    return "".join(map(_text, node.named_children))


def _first_access(node: Node, holder: Node) -> Node:
    here = node
    while (below := here.child_by_field_name("object")) is not None and below != holder:
        here = below
    return here


def _going_on(node: Node) -> str:
    """What must follow the parentheses, so that a chain that ended early without them still does."""
    outer = node.parent
    if outer is None or outer.type not in _ACCESS or outer.child_by_field_name("object") != node or _is_optional(outer):
        return ""
    here: Node | None = node
    while here is not None and here.type in (*_ACCESS, "call_expression"):
        if _is_optional(here):
            return "?" if outer.type == "member_expression" else "?."
        here = here.child_by_field_name("object") or here.child_by_field_name("function")
    return ""


def _is_optional(node: Node) -> bool:
    return any(child.type == "optional_chain" for child in node.children)


def _is_written(node: Node) -> bool:
    outer = node.parent
    if outer is None:
        return False
    if outer.type == "unary_expression":
        return any(child.type == "delete" for child in outer.children)
    target = outer.child_by_field_name("left") or outer.child_by_field_name("argument")
    return outer.type in _WRITTEN and target == node


def _is_called(node: Node) -> bool:
    outer = node.parent
    return outer is not None and outer.type == "call_expression" and outer.child_by_field_name("function") == node


def _bound(node: Node) -> str | None:
    """The property that one part of a destructuring pattern takes."""
    if node.type == "shorthand_property_identifier_pattern":
        return _text(node)
    key = node.child_by_field_name("left" if node.type == "object_assignment_pattern" else "key")
    if key is None:
        return None
    return _plain_string(key) if key.type == "string" else _text(key)


def _parts(node: Node) -> tuple[Node | None, Node | None]:
    """What the taken property is bound to, when that is not its own name, and the default."""
    if node.type == "object_assignment_pattern":
        return None, node.child_by_field_name("right")
    value = node.child_by_field_name("value")
    if value is not None and value.type == "assignment_pattern":
        return value.child_by_field_name("left"), value.child_by_field_name("right")
    return value, None


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
