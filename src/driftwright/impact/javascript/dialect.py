"""What a file of readers is written in beside plain ES modules, and how to make one of it."""

from __future__ import annotations

import re
from pathlib import PurePath
from shlex import quote

_TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts")
_JSX = ".jsx"
_COMPILED = ".compiled.js"
# Only asked of what is no JavaScript: declarations of types, and types behind names.
_TYPES = re.compile(
    r"^\s*(?:export\s+|declare\s+)*(?:interface\s+\w+|type\s+\w+\s*(?:<[^=]*>)?\s*=|enum\s+\w+)"
    r"|\)\s*:\s*[A-Za-z_][\w.<>\[\] |]*\s*(?:=>|\{)"
    r"|[\w\])}]\??\s*:\s*(?:string|number|boolean|any|unknown|never|void)\b"
    r"|\bas\s+(?:const|any|unknown|string|number|boolean)\b",
    re.MULTILINE,
)
_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_NEAR = 3  # lines
_COMMON = re.compile(r"\b(?:module\s*\.\s*exports|exports\s*\.\s*\w+\s*=)")
_OF_PAGES = re.compile(r"\b(?:\w+) is not defined$")


def bundling(file: str) -> str:
    """Return how a file of readers is made one plain module."""
    path = PurePath(file)
    made = str(path.with_name(path.stem + _COMPILED))
    return f"npx esbuild {quote(file)} --bundle --format=esm --outfile={quote(made)}"


def dialect_of(file: str, text: str, line: int) -> str:
    """Return what a text that is no JavaScript is instead: `TypeScript`, `JSX`, or nothing that is known.

    Args:
        file: Its file.
        text: The text.
        line: The line, from 1, at which it ceases to be JavaScript.
    """
    ending = PurePath(file).suffix.lower()
    if ending in _TYPESCRIPT:
        return "TypeScript"
    if ending == _JSX:
        return "JSX"
    near = "\n".join(text.split("\n")[max(line - _NEAR, 0) : line])
    return "TypeScript" if _TYPES.search(_COMMENTS.sub("", near)) else ""


def mend_exports(text: str) -> str:
    """Return how a module without exports is mended."""
    if _COMMON.search(text):
        return "it is CommonJS: write export const name = (data) => ... instead of module.exports"
    return "write export const name = (data) => ..."


def mend_thrown(thrown: str) -> str:
    """Return how a module is mended that throws when it is loaded."""
    if _OF_PAGES.search(thrown):
        return "readers run without a page: leave out of this file what asks for one"
    return "correct the JavaScript"
