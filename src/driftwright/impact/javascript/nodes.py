"""Nodes of a syntax tree: their text, all that is below them, their place, and a source with some of them rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

Edit = tuple[int, int, str]
"""The first byte of what is replaced, the one after its last, and what stands there then."""


def text_of(node: Node) -> str:
    """Return the text of a node as it was written."""
    return (node.text or b"").decode("utf-8", "replace")


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, in the order of the source."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(current.children))


def column_of(node: Node) -> int:
    """Return the column of a node, in characters from 1."""
    root = node
    while root.parent is not None:
        root = root.parent
    before = (root.text or b"")[max(node.start_byte - root.start_byte - node.start_point.column, 0) :]
    return len(before[: node.start_point.column].decode("utf-8", "replace")) + 1


def edited(source: bytes, edits: Sequence[Edit]) -> str:
    """Return a source with parts replaced, each filled up with blanks, so that no other part changes its position.

    Args:
        source: The source.
        edits: What is replaced, in order; none may begin within another.
    """
    parts, at = [], 0
    for start, end, new in edits:
        parts.append(source[at:start].decode("utf-8", "surrogatepass"))
        cut = source[start:end].decode("utf-8", "surrogatepass")
        parts.append(new + re.sub(r"[^\n]", " ", cut[len(new) :]) + "\n" * cut[: len(new)].count("\n"))
        at = end
    parts.append(source[at:].decode("utf-8", "surrogatepass"))
    return "".join(parts)
