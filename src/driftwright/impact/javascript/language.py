"""The languages that reading code is written in, by the endings of its files, and the parser of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    Args:
        name: As messages name it.
        loader: What esbuild calls it.
        has_types: Whether types may stand in it, which are no JavaScript.
    """

    name: str
    loader: str
    has_types: bool = False


JAVASCRIPT = Language("JavaScript", "jsx")
TYPESCRIPT = Language("TypeScript", "ts", has_types=True)
TSX = Language("TypeScript", "tsx", has_types=True)
_BY_ENDING = {".ts": TYPESCRIPT, ".mts": TYPESCRIPT, ".cts": TYPESCRIPT, ".tsx": TSX}


def language_of(file: str) -> Language:
    """Return the language of a file by its ending; JavaScript for every ending that is not TypeScript's."""
    return _BY_ENDING.get(PurePath(file).suffix.lower(), JAVASCRIPT)


def parsed(source: bytes, language: Language = JAVASCRIPT) -> Node:
    """Return the root of the syntax tree of `source`, errors included."""
    return _parser(language).parse(source).root_node


@cache
def _parser(language: Language) -> Parser:
    from tree_sitter import Language as Grammar
    from tree_sitter import Parser

    if not language.has_types:
        import tree_sitter_javascript

        return Parser(Grammar(tree_sitter_javascript.language()))
    import tree_sitter_typescript

    is_tsx = language is TSX
    return Parser(
        Grammar(tree_sitter_typescript.language_tsx() if is_tsx else tree_sitter_typescript.language_typescript())
    )
