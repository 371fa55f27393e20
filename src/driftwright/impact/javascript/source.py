"""Turn a file of reading code into one plain script: types blanked, imports bundled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from driftwright.base.errors import InputFault
from driftwright.impact.javascript import commonjs, syntax
from driftwright.impact.javascript.dialect import dialect_of
from driftwright.impact.javascript.esbuild import GET_IT, bundle
from driftwright.impact.javascript.language import Language, language_of, parsed
from driftwright.impact.javascript.nodes import walk
from driftwright.impact.javascript.source_map import SourceMap
from driftwright.impact.javascript.syntax import Objection
from driftwright.impact.javascript.typescript import blanked

if TYPE_CHECKING:
    from tree_sitter import Node

_MODULE = "module.exports"
# Under this symbol, react.js gives functions that use hooks as functions that can be called.
_RENDERED = "driftwright.rendered"
_MARKS = (b"require", b"</", b"/>")


@dataclass(frozen=True, slots=True)
class Plain:
    """Reading code that V8 can run.

    Args:
        body: Statements in classic JavaScript.
        tree: The syntax tree of the code with its exports.
        exports: What each exported name is called in the body.
        functions: Those exports that may be functions.
        places: Where the lines of the body come from; None where they are those of the file.
        is_common: Whether the body writes to `module.exports`.
    """

    body: str
    tree: Node
    exports: dict[str, str]
    functions: tuple[str, ...]
    places: SourceMap | None = None
    is_common: bool = False


def plain(text: str, file: str, inner: str = "") -> Plain:
    """Return a module as V8 can run it.

    Args:
        text: Its source.
        file: Its file, as messages name it: what it imports is sought from there.
        inner: A function at its top that is asked for whether or not it is exported; empty for none.

    Raises:
        InputFault: It does not parse, awaits at the top level, or imports what is not there; or it has to be bundled
            and there is no esbuild.
    """
    language = language_of(file)
    source = text.encode("utf-8", "surrogatepass")
    code, tree, reason = _read(source, text, language)
    if reason is not None and not reason.links:
        raise _refused(reason, file, text, tree)
    common = commonjs.exported(tree) if not language.has_types and commonjs.is_commonjs(tree) else None
    if reason is None:
        return _alone(code, tree, common, inner)
    made = bundle(_exposing(text, tree, common, inner), file, language)
    if made is None:
        folder = "in the folder of its package.json"
        raise InputFault(
            reason.what,
            file,
            f"{reason.line}:{reason.column}",
            f"esbuild makes it one plain file: {GET_IT}, {folder}",
        )
    return _bundled(made.text, made.places, common, inner)


def _read(source: bytes, text: str, language: Language) -> tuple[str, Node, Objection | None]:
    """Return code without its types, its tree, and the objection to running it; one that links can be bundled away."""
    tree = parsed(source, language)
    if not language.has_types:
        return text, tree, _first(syntax.objections(tree), _of_pages(tree))
    wrong = next(syntax.objections(tree), None) if tree.has_error else None
    if wrong is not None:
        # The grammar may be older than the language: whoever compiles it knows.
        return text, tree, replace(wrong, what=wrong.what.replace("JavaScript", language.name), links=True)
    result = blanked(tree, source)
    after = parsed(result.text.encode("utf-8", "surrogatepass"))
    if result.compiled:
        return result.text, after, replace(result.compiled[0], links=True)
    objection = _first(syntax.objections(after), _of_pages(after))
    if objection is not None and after.has_error:
        objection = replace(objection, links=True)
    return result.text, after, objection


def _of_pages(tree: Node) -> tuple[Objection, ...]:
    """Return what only a bundler can make JavaScript of: elements in the code, other files that are required."""
    if not any(mark in (tree.text or b"") for mark in _MARKS):
        return ()
    objections = []
    for node in walk(tree):
        if node.type in ("jsx_element", "jsx_self_closing_element"):
            objections.append(syntax.objection(node, "is JSX", "", links=True))
        elif commonjs.requires(node):
            objections.append(syntax.objection(node, "requires another file", "", links=True))
    return tuple(objections[:1])


def _first(*several: Iterable[Objection]) -> Objection | None:
    """Return the first objection that nothing mends, else the first at all."""
    all_objections = [objection for objections in several for objection in objections]
    return next(
        (objection for objection in all_objections if not objection.links),
        min(all_objections, key=lambda objection: (objection.line, objection.column), default=None),
    )


def _refused(reason: Objection, file: str, text: str, tree: Node) -> InputFault:
    place = f"{reason.line}:{reason.column}"
    dialect = dialect_of(text, reason.line) if tree.has_error else ""
    if dialect:
        return InputFault(f"is {dialect}", file, place, "name the file so that it ends in .ts")
    return InputFault(reason.what, file, place, reason.mend)


def _alone(code: str, tree: Node, common: dict[str, str] | None, inner: str) -> Plain:
    source = code.encode("utf-8", "surrogatepass")
    exported = syntax.exports(tree, source)
    names = dict(exported.bindings)
    functions = exported.functions
    if common is not None:
        names = {name: f"{_MODULE}{access}" for name, access in common.items()}
        functions = tuple(names)
    if inner and inner not in names and inner in syntax.top_level_functions(tree):
        names[inner] = inner
        functions = (*functions, inner)
    return Plain(exported.body, tree, names, functions, is_common=common is not None)


def _exposing(text: str, tree: Node, common: dict[str, str] | None, inner: str) -> str:
    """Return a module that exports a function at its top, too."""
    if not inner or inner not in syntax.top_level_functions(tree):
        return text
    if common is not None:
        return text if inner in common else f"{text}\nmodule.exports.{inner} = {inner};\n"
    return (
        text if inner in dict(syntax.exports(tree, tree.text or b"").bindings) else f"{text}\nexport {{ {inner} }};\n"
    )


def _bundled(text: str, places: SourceMap | None, common: dict[str, str] | None, inner: str) -> Plain:
    source = text.encode("utf-8", "surrogatepass")
    tree = parsed(source)
    exported = syntax.exports(tree, source)
    names = dict(exported.bindings)
    functions = exported.functions
    if common is not None:
        whole = names.get("default", "undefined")
        names = {name: f"{whole}{access}" for name, access in common.items()}
        if inner and inner not in names:
            names[inner] = f"{whole}[{inner!r}]"
        functions = tuple(names)
    if _RENDERED in text:
        names = {name: f'globalThis[Symbol.for("{_RENDERED}")]({local})' for name, local in names.items()}
    return Plain(exported.body, tree, names, functions, places)
