"""Rewrite reading code so that it finds a property at its new place or, failing that, at its old place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from driftwright.impact.javascript.access import (
    ACCESS,
    NAME,
    asked,
    bound,
    first_access,
    holder_of,
    is_assigned,
    is_called,
    is_optional,
    is_written,
    key_text,
    optional_chain_sign,
    parts,
    plain_string,
    steps,
)
from driftwright.impact.javascript.language import language_of, parsed
from driftwright.impact.javascript.nodes import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

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
_OWNS = (".hasOwn", ".hasOwnProperty", ".hasOwnProperty.call")
_ALL = ("Object.values", "Object.entries")
# What stands in every code that asks for a key which it computes, or for all values at once.
_COMPUTED = (b"[", b"Object")
# The parts of a pattern that take one property each; what takes all the rest is none of them.
_TAKES = ("shorthand_property_identifier_pattern", "object_assignment_pattern", "pair_pattern")


@dataclass(frozen=True, slots=True)
class Detour:
    """The old and the new place of a property; both relative to the record that both places share.

    Args:
        old: The names that lead to the old place. Empty for whatever is asked for by a key that the code computes.
        new: The names that lead to the new place. Empty when it is that record itself.
        inside: Whether `new` is counted from the old place itself, as for a list that stands in a page now.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    inside: bool = False


def looking_in_both(text: str, detour: Detour, file: str = "", *, exact: bool = False) -> str:
    """Return code that finds a property in its new place or, failing that, in its old one.

    Args:
        text: A module or an inline function.
        detour: What moved.
        file: Its file, whose ending tells the language that it is written in.
        exact: Whether a null in the new place counts as found; the code is longer then.
    """
    text = text.removeprefix("\ufeff")
    source = text.encode("utf-8", "surrogatepass")
    return _Rewriter(source, detour, exact, []).text_of(parsed(source, language_of(file)))


@dataclass(frozen=True, slots=True)
class _Rewriter:
    source: bytes
    detour: Detour
    exact: bool
    helpers: list[str]

    def text_of(self, node: Node) -> str:
        """Return the new text of a node."""
        if not self._may_ask(node):
            return self._raw(node.start_byte, node.end_byte) if node.parent is not None else self._raw(0, None)
        special = (
            self._access(node) or self._test(node) or self._pattern(node) or self._call(node) or self._not_null(node)
        )
        return self._with_parts(node) if special is None else special

    def _may_ask(self, node: Node) -> bool:
        """Whether the old place can be asked for inside a node: what names nothing of it need not be looked through."""
        words = tuple(name.encode("utf-8", "surrogatepass") for name in self.detour.old[-1:]) or _COMPUTED
        return any(self.source.find(word, node.start_byte, node.end_byte) >= 0 for word in words)

    def _with_parts(self, node: Node) -> str:
        """The node as it is, with whatever is inside it rewritten."""
        pieces, at = [], node.start_byte
        for child in node.children:
            pieces += [self._raw(at, child.start_byte), self.text_of(child)]
            at = child.end_byte
        tail = self._raw(at, None if node.parent is None else node.end_byte)
        head = self._raw(0, node.start_byte) if node.parent is None else ""
        return "".join((head, *pieces, tail))

    def _raw(self, start: int, end: int | None) -> str:
        return self.source[start:end].decode("utf-8", "surrogatepass")

    def _access(self, node: Node) -> str | None:
        if node.type not in ACCESS or is_written(node) or is_called(node):
            return None
        holder = self._holder(node)
        if holder is None:
            return None
        old = self._holding(node, holder)
        record = self.text_of(holder)
        if self.detour.inside:
            new = old + steps(self.detour.new, optional=True)
        else:
            first = node if len(self.detour.old) < 2 else first_access(node, holder)  # noqa: PLR2004
            loose = is_optional(first) or not self.detour.new
            new = record + steps(self.detour.new[:1], optional=loose) + steps(self.detour.new[1:], optional=True)
        return self._either(node, new, old)

    def _not_null(self, node: Node) -> str | None:
        """`record.old!` of TypeScript, where a mark that the chain goes on has to stand behind its own."""
        if node.type != "non_null_expression":
            return None
        inner = self.text_of(node.named_children[0])
        mark = next((mark for mark in (")?.", ")?") if inner.endswith(mark)), ")")[1:]
        return f"{inner.removesuffix(mark)}!{mark}"

    def _holder(self, node: Node) -> Node | None:
        """The record from which the names of the old place are asked for; None when this access is another one."""
        if not self.detour.old:
            index = node.child_by_field_name("index")
            computed = index is not None and index.type in ("identifier", "member_expression")
            return holder_of(node) if computed else None
        access: Node | None = node
        for name in reversed(self.detour.old):
            if access is None or access.type not in ACCESS or asked(access) != name:
                return None
            access = holder_of(access)
        return access

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
        return f"({either}){optional_chain_sign(node)}"

    def _test(self, node: Node) -> str | None:
        """`"old" in record` asks for either name."""
        if node.type != "binary_expression" or len(self.detour.old) != 1 or self.detour.inside:
            return None
        left, operator = node.child_by_field_name("left"), node.child_by_field_name("operator")
        right = node.child_by_field_name("right")
        if left is None or right is None or operator is None or operator.type != "in" or len(self.detour.new) != 1:
            return None
        if plain_string(left) != self.detour.old[0]:
            return None
        record = self.text_of(right)
        return f"({json.dumps(self.detour.new[0])} in {record} || {json.dumps(self.detour.old[0])} in {record})"

    def _call(self, node: Node) -> str | None:
        """Calls that ask for a property by a text, or for all values of a map at once."""
        called, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if node.type != "call_expression" or called is None or arguments is None or not arguments.named_children:
            return None
        if not self.detour.old:
            return self._all_of_map(node, text_of(called))
        last = arguments.named_children[-1]
        if not text_of(called).endswith(_OWNS) or plain_string(last) != self.detour.old[0]:
            return None
        if len(self.detour.old) != 1 or len(self.detour.new) != 1 or self.detour.inside:
            return None
        call, end = self._with_parts(node), self._raw(last.end_byte, node.end_byte)
        start = call.removesuffix(self._raw(last.start_byte, node.end_byte))
        return f"({start}{json.dumps(self.detour.new[0])}{end} || {call})"

    def _all_of_map(self, node: Node, called: str) -> str | None:
        """Rewrite `Object.values(map)` and `Object.entries(map)` of a map whose values moved one step deeper."""
        if called not in _ALL:
            return None
        inner = "one" + steps(self.detour.new, optional=True)
        either = f"{inner} !== undefined ? {inner} : one" if self.exact else f"{inner} ?? one"
        parameter, result = ("(one)", either) if called == _ALL[0] else ("([key, one])", f"[key, {either}]")
        return f"{self._with_parts(node)}.map({parameter} => {result})"

    def _pattern(self, node: Node) -> str | None:
        """A part of a destructuring pattern that takes the old property."""
        outer = node.parent
        if outer is None or outer.type != "object_pattern" or is_assigned(outer):
            return None
        key = node.child_by_field_name("key")
        if not self.detour.old:
            computed = key is not None and key.type == "computed_property_name"
            return self._paged(node, text_of(key)) if computed and key is not None else None
        if len(self.detour.old) != 1 or bound(node) != self.detour.old[0]:
            return None
        if self.detour.inside:
            return self._paged(node, key_text(self.detour.old[0]))
        return self._renamed(node) if self.detour.new else self._unwrapped(node, outer)

    def _paged(self, node: Node, key: str) -> str:
        """`{ list }` takes the property twice: as it is, and as a page of which the list is a part."""
        target, default = parts(node)
        kept = self._helper(self.detour.new[-1])
        named = text_of(node) if node.type.startswith("shorthand") else key
        inner = f"{self.text_of(target) if target is not None else named} = {kept}"
        for name in reversed(self.detour.new):
            inner = f"{{ {key_text(name)}: {inner} }} = {{}}"
        first = f"{key}: {kept}" + (f" = {self.text_of(default)}" if default is not None else "")
        return f"{first}, {key}: {inner}"

    def _unwrapped(self, node: Node, outer: Node) -> str | None:
        """`{ state: { a } }` also takes `a` itself; `{ state }` of something that has a name gets that by default."""
        target, default = parts(node)
        if target is None or target.type != "object_pattern":
            around = outer.parent
            whole = around.child_by_field_name("value") if around is not None else None
            if whole is None or whole.type != "identifier" or default is not None:
                return None
            return f"{text_of(node)} = {text_of(whole)}"
        inside, beside = [], []
        for part in target.named_children:
            name, (to, otherwise) = bound(part), parts(part)
            if name is None or part.type not in _TAKES:
                return None
            kept = self._helper(name)
            inside.append(f"{key_text(name)}: {kept}" + (f" = {self.text_of(otherwise)}" if otherwise else ""))
            beside.append(f"{name if to is None else f'{key_text(name)}: {self.text_of(to)}'} = {kept}")
        first = f"{key_text(self.detour.old[0])}: {{ {', '.join(inside)} }}"
        return ", ".join([f"{first} = {self.text_of(default) if default is not None else '{}'}", *beside])

    def _renamed(self, node: Node) -> str:
        """`{ old }` takes the new name first and gives it to the old one as its default."""
        target, default = parts(node)
        kept = self._helper(self.detour.new[-1])
        nested = kept + (f" = {self.text_of(default)}" if default is not None else "")
        for depth, name in enumerate(reversed(self.detour.new)):
            nested = f"{key_text(name)}: {nested}" if not depth else f"{key_text(name)}: {{ {nested} }} = {{}}"
        named = f"{key_text(self.detour.old[0])}: {self.text_of(target)}" if target is not None else self.detour.old[0]
        return f"{nested}, {named} = {kept}"

    def _helper(self, wanted: str) -> str:
        """A name that nothing else in the code has, for what a pattern took from one of the two places."""
        number = len(self.helpers) + 1
        name = f"${wanted if NAME.fullmatch(wanted) else 'moved'}{number if number > 1 else ''}"
        while name.encode() in self.source:
            name = f"${name}"
        self.helpers.append(name)
        return name
