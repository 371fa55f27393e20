"""What code that is no JavaScript is instead, and how a module that cannot be used is mended."""

from __future__ import annotations

import re

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
_OF_PAGES = re.compile(r"\b(?:\w+) is not defined$")


def dialect_of(text: str, line: int) -> str:
    """Return what a text that is no JavaScript is instead: `TypeScript`, or nothing that is known.

    Args:
        text: The text.
        line: The line, from 1, at which it ceases to be JavaScript.
    """
    near = "\n".join(text.split("\n")[max(line - _NEAR, 0) : line])
    return "TypeScript" if _TYPES.search(_COMMENTS.sub("", near)) else ""


MEND_EXPORTS = "write export const name = (data) => ..."
"""How a module without exports is mended."""


def mend_thrown(thrown: str) -> str:
    """Return how a module is mended that throws when it is loaded."""
    if _OF_PAGES.search(thrown):
        return "readers run without a page: leave out of this file what asks for one"
    return "correct the JavaScript"
