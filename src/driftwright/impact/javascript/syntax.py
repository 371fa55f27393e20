"""The syntax of reading code: its exports, its literal texts, and what cannot be run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from driftwright.impact.javascript.nodes import column_of, edited, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_FUNCTION_SCOPES = frozenset(
    {
        "arrow_function",
        "function_expression",
        "function_declaration",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
    }
)
# What surely is no function; a call or a name may yield one.
_NO_FUNCTION = frozenset(
    {
        "array",
        "binary_expression",
        "class",
        "class_declaration",
        "false",
        "new_expression",
        "null",
        "number",
        "object",
        "regex",
        "string",
        "template_string",
        "true",
        "unary_expression",
        "undefined",
    }
)
_NAMES = frozenset({"property_identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"})
_PLAIN_PATTERN = re.compile(r"[^\\^$.|?*+()\[\]{}]+")
_NO_LETTERS = re.compile(r"\\.|\[[^\]]*\]|[A-Za-z0-9_$]+[?*+{]")
"""What of a pattern stands for other characters, or may be missing: escapes, classes, and what is repeated."""
_WORD_IN_PATTERN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{3,}")
_USES = frozenset({"identifier", "shorthand_property_identifier"})
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_CODE_POINT = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})")


@dataclass(frozen=True, slots=True)
class Objection:
    """Why code cannot be run, and where; line and column count from 1, the column in characters.

    Args:
        what: What is wrong.
        line: Where.
        column: Where in that line.
        mend: What to do.
        links: Whether it is a link to another file.
    """

    what: str
    line: int
    column: int
    mend: str
    links: bool = False


@dataclass(frozen=True, slots=True)
class Exports:
    """A module's body without its export syntax, the local name behind each export, and which are functions."""

    body: str
    bindings: tuple[tuple[str, str], ...]
    functions: tuple[str, ...]


def objections(tree: Node) -> Iterator[Objection]:
    """Yield what keeps the code from being run: bad syntax, a link to another file, an `await` at the top level."""
    if tree.has_error:
        yield _syntax_error(tree)
    for node in walk(tree):
        outer = node.parent
        if node.type == "import_statement" or (node.type == "export_statement" and node.child_by_field_name("source")):
            yield objection(node, "imports another file", "write the path as a plain text", links=True)
        elif node.type == "import" and outer is not None and outer.type in ("call_expression", "meta_property"):
            problem = "uses import inside an expression"
            yield objection(node, problem, "write the path as a plain text", links=True)
        elif (node.type == "await_expression" or _is_for_await(node)) and not _in_function(node):
            yield objection(node, "awaits at the top level", "move the await into an async function")


def is_one_function(tree: Node) -> bool:
    """Whether the code is one function in parentheses and nothing else."""
    statements = _without_comments(tree)
    if [node.type for node in statements] != ["expression_statement"]:
        return False
    inside = _without_comments(statements[0])
    if [node.type for node in inside] != ["parenthesized_expression"]:
        return False
    return [node.type in ("arrow_function", "function_expression") for node in _without_comments(inside[0])] == [True]


def literals(tree: Node, without: frozenset[int] = frozenset()) -> frozenset[str]:
    """Return the texts, the property names and the patterns of plain letters that stand in the code.

    Args:
        tree: The syntax tree of the code.
        without: Lines, from 1, that do not count.
    """
    texts = set()
    for node in walk(tree):
        if node.start_point.row + 1 in without:
            continue
        if node.type in _NAMES:
            texts.add(text_of(node))
        elif node.type == "string" or (node.type == "template_string" and not _has_substitution(node)):
            texts.add("".join(_unescaped(part) for part in node.named_children))
        elif node.type == "regex_pattern":
            texts |= _words_of_pattern(text_of(node))
    return frozenset(texts)


def _words_of_pattern(pattern: str) -> set[str]:
    """Return a pattern of plain letters, or the words that stand in another one outside of its classes and escapes."""
    if _PLAIN_PATTERN.fullmatch(pattern):
        return {pattern}
    return set(_WORD_IN_PATTERN.findall(_NO_LETTERS.sub(" ", pattern)))


def literals_of(tree: Node, name: str, without: frozenset[int] = frozenset()) -> frozenset[str]:
    """Return the texts and the property names that stand in what a name of the top level is bound to, or uses.

    Args:
        tree: The root of a module's syntax tree.
        name: A name that a statement of the top level declares, or the one that stands for the default export.
        without: Lines, from 1, that do not count.
    """
    declaring: dict[str, list[Node]] = {}
    texts: set[str] = set()
    for statement in tree.named_children:
        if statement.child_by_field_name("value") is not None:
            continue  # a default export without a name, which nothing else uses
        names = [*_declared(statement.child_by_field_name("declaration") or statement)]
        for declared in names or [""]:  # what declares nothing may change whatever is declared
            declaring.setdefault(declared, []).append(statement)
    if name not in declaring:
        return literals(tree, without)
    waiting, met = [*declaring[name], *declaring.get("", ())], set()
    while waiting:
        statement = waiting.pop()
        if statement.id in met:
            continue
        met.add(statement.id)
        texts |= literals(statement, without)
        used = {text_of(node) for node in walk(statement) if node.type in _USES}
        waiting += [other for text in used for other in declaring.get(text, ())]
    return frozenset(texts)


def exports(tree: Node, source: bytes) -> Exports:
    """Return the code as the body of a function, and what it exports."""
    edits: list[tuple[int, int, str]] = []
    bindings: list[tuple[str, str]] = []
    default = _fresh_name(source)
    for node in tree.named_children:
        if node.type == "hash_bang_line":
            edits.append((node.start_byte, node.end_byte, ""))
        elif node.type == "export_statement":
            edits.extend(_edits(node, default))
            bindings.extend(_bindings(node, default))
    values = _top_level_values(tree, default)
    functions = tuple(name for name, local in bindings if values.get(local, "unknown") not in _NO_FUNCTION)
    return Exports(edited(source, edits), tuple(bindings), functions)


def top_level_names(tree: Node) -> frozenset[str]:
    """Return the names that statements at the top of a module's body declare."""
    return frozenset(name for statement in tree.named_children for name in _declared(statement))


def top_level_functions(tree: Node) -> frozenset[str]:
    """Return the names at the top of a module that may be functions, exported or not."""
    return frozenset(name for name, kind in _top_level_values(tree, "").items() if kind not in _NO_FUNCTION)


def _fresh_name(source: bytes) -> str:
    name = "$default"
    while name.encode() in source:
        name += "$"
    return name


def _edits(node: Node, default: str) -> Iterator[tuple[int, int, str]]:
    """Yield the edits that make an export statement a plain one; each keeps the columns behind it where possible."""
    declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
    if declaration is not None:
        yield node.start_byte, declaration.start_byte, ""
    elif value is not None:
        yield node.start_byte, value.start_byte, f"let {default} ="
        # An anonymous function declaration needs no semicolon, but the assignment that it becomes does.
        yield node.end_byte, node.end_byte, ";"
    else:
        yield node.start_byte, node.end_byte, ""


def _bindings(node: Node, default: str) -> Iterator[tuple[str, str]]:
    declaration = node.child_by_field_name("declaration")
    is_default = any(child.type == "default" for child in node.children)
    if declaration is not None:
        for local in _declared(declaration):
            yield ("default" if is_default else local), local
    elif is_default:
        yield "default", default
    for clause in node.named_children:
        for specifier in clause.named_children if clause.type == "export_clause" else ():
            inner = specifier.child_by_field_name("name")
            outer = specifier.child_by_field_name("alias") or inner
            if inner is not None and outer is not None:
                yield _name(outer), text_of(inner)


def _declared(declaration: Node) -> Iterator[str]:
    """Yield the names that a declaration binds."""
    name = declaration.child_by_field_name("name")
    if name is not None:
        yield text_of(name)
    for declarator in declaration.named_children:
        target = declarator.child_by_field_name("name") if declarator.type == "variable_declarator" else None
        for node in walk(target) if target is not None else ():
            if node.type in ("identifier", "shorthand_property_identifier_pattern"):
                yield text_of(node)


def _top_level_values(tree: Node, default: str) -> dict[str, str]:
    """Return the syntactic type of what each top-level name is bound to."""
    values: dict[str, str] = {}
    for statement in tree.named_children:
        value = statement.child_by_field_name("value") if statement.type == "export_statement" else None
        if value is not None:
            values[default] = values.get(text_of(value), value.type) if value.type == "identifier" else value.type
        declaration = statement.child_by_field_name("declaration") or statement
        name = declaration.child_by_field_name("name")
        if name is not None:
            values[text_of(name)] = declaration.type
        for declarator in declaration.named_children:
            bound = declarator.child_by_field_name("value") if declarator.type == "variable_declarator" else None
            target = declarator.child_by_field_name("name")
            if bound is not None and target is not None:
                values[text_of(target)] = bound.type
    return values


def _syntax_error(tree: Node) -> Objection:
    wrong = next(node for node in walk(tree) if node.is_error or node.is_missing)
    if wrong.is_missing:
        return objection(wrong, f"is no valid JavaScript: {wrong.type} is missing", "correct the JavaScript")
    # The parser skips what it could not place; the last part of that is nearest to the mistake.
    while wrong.children:
        wrong = wrong.children[-1]
    return objection(wrong, "is no valid JavaScript", "correct the JavaScript")


def objection(node: Node, problem: str, mend: str, *, links: bool = False) -> Objection:
    """Return an objection to a node, at its place."""
    return Objection(problem, node.start_point.row + 1, column_of(node), mend, links)


def _is_for_await(node: Node) -> bool:
    return node.type == "for_in_statement" and any(child.type == "await" for child in node.children)


def _in_function(node: Node) -> bool:
    outer = node.parent
    while outer is not None:
        if outer.type in _FUNCTION_SCOPES:
            return True
        outer = outer.parent
    return False


def _has_substitution(node: Node) -> bool:
    return any(child.type == "template_substitution" for child in node.named_children)


def _without_comments(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type != "comment"]


def _name(node: Node) -> str:
    return "".join(_unescaped(part) for part in node.named_children) if node.type == "string" else text_of(node)


def _unescaped(node: Node) -> str:
    text = text_of(node)
    if node.type != "escape_sequence":
        return text
    if code := _CODE_POINT.fullmatch(text):
        return chr(int(code[1] or code[2] or code[3], 16))
    return _ESCAPES.get(text[1:], text[1:])
