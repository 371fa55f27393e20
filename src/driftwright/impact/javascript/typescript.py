"""Replace the types of TypeScript by blanks: the rest is JavaScript, with every line and column as before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from driftwright.impact.javascript.nodes import Edit, edited, text_of, walk
from driftwright.impact.javascript.syntax import Objection, objection

if TYPE_CHECKING:
    from tree_sitter import Node

# Types behind names, in whatever place.
_TYPES = frozenset(
    {
        "accessibility_modifier",
        "asserts_annotation",
        "implements_clause",
        "override_modifier",
        "type_annotation",
        "type_arguments",
        "type_parameters",
        "type_predicate_annotation",
    }
)
# Statements, and members of classes, that declare nothing but types.
_DECLARATIONS = frozenset(
    {
        "abstract_method_signature",
        "ambient_declaration",
        "function_signature",
        "index_signature",
        "interface_declaration",
        "method_signature",
        "type_alias_declaration",
    }
)
_NAMED_TYPES = ("interface_declaration", "type_alias_declaration")
# Constructs that are more than types: what they do has to be written as JavaScript.
_COMPILED = {
    "enum_declaration": "declares an enum",
    "decorator": "has a decorator",
    "import_alias": "imports with =",
    "internal_module": "declares a namespace",
    "module": "declares a namespace",
}
_WORDS = frozenset({"abstract", "declare", "readonly", "!", "?"})
_WITH_WORDS = frozenset(
    {
        "abstract_class_declaration",
        "method_definition",
        "non_null_expression",
        "optional_parameter",
        "public_field_definition",
        "variable_declarator",
    }
)
_IDENTIFIERS = frozenset({"identifier", "shorthand_property_identifier", "jsx_identifier"})
_OF_NAMES = ("member_expression", "subscript_expression", "instantiation_expression")
_CALLS = ("call_expression", "member_expression", "subscript_expression")
_ENDS = frozenset({"expression_statement", "lexical_declaration", "return_statement", "variable_declaration"})
# A line that begins so goes on with the line before it, where no semicolon ends that one.
_GOES_ON = re.compile(rb"[^\S\n]*(?://[^\n]*)?\n\s*[(\[`+\-/*.,]")


@dataclass(frozen=True, slots=True)
class Blanked:
    """A module of TypeScript without its types.

    Args:
        text: JavaScript in which every character that was kept stands where it stood.
        compiled: What cannot be blanked, in the order of the source: it has to be compiled.
    """

    text: str
    compiled: tuple[Objection, ...]


def blanked(tree: Node, source: bytes) -> Blanked:
    """Return a module without its types.

    Args:
        tree: Its syntax tree.
        source: Its source.
    """
    blanker = _Blanker(source)
    blanker.visit(tree)
    blanker.drop_unused(tree)
    edits: list[Edit] = []
    for edit in sorted(blanker.edits, key=lambda edit: (edit[0], -edit[1])):
        if not edits or edit[0] >= edits[-1][1]:  # what stands within a blanked statement is blank with it
            edits.append(edit)
    return Blanked(edited(source, edits), tuple(blanker.compiled))


@dataclass(slots=True)
class _Blanker:
    source: bytes
    edits: list[Edit] = field(default_factory=list)
    compiled: list[Objection] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def visit(self, tree: Node) -> None:
        waiting = [tree]
        while waiting:
            node = waiting.pop()
            syntax_name = _COMPILED.get(node.type) or _special(node)
            if syntax_name:
                self.compiled.append(objection(node, syntax_name, "compile it"))
            elif not self._blank(node):
                self._words(node)
                if node.type in _IDENTIFIERS:
                    self.used.add(text_of(node))
                waiting.extend(reversed(self._kept(node)))

    def _blank(self, node: Node) -> bool:
        """Blank a node that is nothing but types; whether it was one."""
        if node.type in _DECLARATIONS or _exports_types(node) or _is_type_link(node) or _is_declared_field(node):
            self._cut(node.start_byte, node.end_byte, ";")
        elif node.type in _TYPES:
            self._cut_type(node)
        else:
            return False
        return True

    def _cut_type(self, node: Node) -> None:
        arrow = node.parent
        after = node.next_sibling
        parameters = node.prev_sibling
        breaks = b"\n" in self.source[node.start_byte : node.end_byte]
        if arrow is None or arrow.type != "arrow_function" or not breaks or after is None or parameters is None:
            self._cut(node.start_byte, node.end_byte)
            return
        # No line may end between the parameters of an arrow function and its arrow: the bracket moves.
        self._cut(parameters.end_byte - 1, parameters.end_byte)
        self._cut(node.start_byte, node.end_byte - 1)
        self.edits.append((node.end_byte - 1, node.end_byte, ")"))

    def _words(self, node: Node) -> None:
        if node.type not in _WITH_WORDS:
            return
        for child in node.children:
            if not child.is_named and child.type in _WORDS:
                self._cut(child.start_byte, child.end_byte)

    def _kept(self, node: Node) -> list[Node]:
        """Blank the types beside an expression or a name; return the child nodes that are still to be visited."""
        children = node.children
        if node.type in ("as_expression", "satisfies_expression"):
            whole = self._with_type(node)
            self._cut(children[0].end_byte, whole.end_byte, self._stop(whole))
            return children[:1]
        if node.type in ("import_specifier", "export_specifier") and any(child.type == "type" for child in children):
            self._cut_of_list(node)
            return []
        if node.type == "import_statement":
            self._cut_typed(node)
            return []  # its names count as used where they are used
        if node.type == "required_parameter" and children[0].type == "this":
            self._cut_of_list(node)
            return []
        return children

    def _with_type(self, node: Node) -> Node:
        """The node with all of the type that ends it: the grammar takes the rest of a name with points for accesses."""
        outer = node
        while (above := outer.parent) is not None and above.type in _OF_NAMES and above.children[0] == outer:
            if above.type != "member_expression" and b"\n" in self.source[outer.end_byte : above.children[1].end_byte]:
                break
            outer = above
        return outer

    def _stop(self, node: Node) -> str:
        """A semicolon where the line would go on in the next one without the type that ends it."""
        above = node.parent
        if above is not None and above.type in _CALLS and above.children[0] == node:
            return ";"  # the grammar takes the next line for more of this one, which behind a type it never is
        outer: Node = node
        while outer.parent is not None and outer.parent.end_byte == node.end_byte and outer.type not in _ENDS:
            outer = outer.parent
        return ";" if outer.type in _ENDS and _GOES_ON.match(self.source, node.end_byte) else ""

    def _cut_typed(self, statement: Node) -> None:
        for node in walk(statement):
            if node.type == "import_specifier" and any(child.type == "type" for child in node.children):
                self._cut_of_list(node)

    def _cut_of_list(self, node: Node) -> None:
        after = node.next_sibling
        end = after.end_byte if after is not None and after.type == "," else node.end_byte
        self._cut(node.start_byte, end)

    def _cut(self, start: int, end: int, new: str = "") -> None:
        self.edits.append((start, end, new))

    def drop_unused(self, tree: Node) -> None:
        """Blank imports of which no name is used but as a type, and exports of names that are types."""
        types = {text_of(name) for node in walk(tree) if node.type in _NAMED_TYPES and (name := _name_of(node))}
        types -= {text_of(name) for node in tree.named_children for name in _values_of(node)}
        for node in tree.named_children:
            if node.type == "import_statement" and not _is_type_link(node):
                names = _imported(node)
                if names is not None and not any(name in self.used for name in names):
                    self._cut(node.start_byte, node.end_byte, ";")
            if node.type == "export_statement" and node.child_by_field_name("source") is None:
                for specifier in (part for part in walk(node) if part.type == "export_specifier"):
                    name = specifier.child_by_field_name("name")
                    is_typed = any(child.type == "type" for child in specifier.children)
                    if name is not None and not is_typed and not _is_type_link(node) and text_of(name) in types:
                        self._cut_of_list(specifier)


def _special(node: Node) -> str:
    """Name what has to be compiled and shows only in its parts; nothing for everything else."""
    if node.type == "import_statement" and any(child.type == "import_require_clause" for child in node.children):
        return "imports with ="
    if node.type in ("required_parameter", "optional_parameter"):
        marks = ("accessibility_modifier", "override_modifier", "readonly")
        return "has a parameter that is a property" if any(child.type in marks for child in node.children) else ""
    if node.type == "export_statement" and any(child.type in ("=", "namespace") for child in node.children):
        return "exports with =" if any(child.type == "=" for child in node.children) else ""
    if node.type == "type_assertion":
        outer = node.parent
        is_body = outer is not None and outer.type == "arrow_function" and node.named_children[-1].type == "object"
        return "asserts the type of an object that a function answers" if is_body else ""
    outer = node.parent
    if node.type == "type_parameters" and outer is not None and outer.type == "arrow_function":
        return "has type parameters of several lines" if b"\n" in (node.text or b"") else ""
    return ""


def _exports_types(node: Node) -> bool:
    if node.type != "export_statement":
        return False
    inner = node.child_by_field_name("declaration") or node.child_by_field_name("value")
    inner = inner or next((child for child in node.named_children if child.type in _DECLARATIONS), None)
    as_namespace = [child.type for child in node.children[1:3]] == ["as", "namespace"]
    return as_namespace or (inner is not None and inner.type in _DECLARATIONS)


def _is_type_link(node: Node) -> bool:
    return node.type in ("import_statement", "export_statement") and any(
        child.type == "type" for child in node.children
    )


def _is_declared_field(node: Node) -> bool:
    return node.type == "public_field_definition" and any(
        child.type in ("declare", "abstract") for child in node.children
    )


def _name_of(node: Node) -> Node | None:
    return node.child_by_field_name("name")


def _values_of(statement: Node) -> Iterator[Node]:
    """Yield the names that a statement at the top gives to values."""
    declaration = statement.child_by_field_name("declaration") or statement
    if declaration.type in _DECLARATIONS or declaration.type == "import_statement":
        return
    name = _name_of(declaration)
    if name is not None:
        yield name
    for declarator in declaration.named_children:
        if declarator.type == "variable_declarator" and (bound := _name_of(declarator)) is not None:
            yield bound


def _imported(statement: Node) -> list[str] | None:
    """Return the names that an import binds; None for one that only runs the other module."""
    if all(child.type != "import_clause" for child in statement.children):
        return None
    names = []
    for node in walk(statement):
        if node.type == "import_specifier":
            local = node.child_by_field_name("alias") or _name_of(node)
            names += [text_of(local)] if local is not None else []
        elif node.type in ("namespace_import", "import_clause"):
            names += [text_of(child) for child in node.named_children if child.type == "identifier"]
    return names
