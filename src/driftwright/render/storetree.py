"""The tree of a store for the page: which positions drifted, in what way, and how often each was there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from driftwright.render.view import Record


@dataclass(frozen=True, slots=True)
class Row:
    """One position.

    Args:
        pointer: JSON pointer of the position in the report.
        node: The position, as the report has it.
        name: Its last step.
        mark: `added`, `removed`, `retyped`, `rarer` or `changed`; empty where it is as it was.
    """

    pointer: str
    node: Record
    name: str
    mark: str


def rows_of(record: Record, number: int) -> tuple[Row, ...]:
    """Return the positions of a report's store, by its number."""
    tree = record["stores"][number]["tree"]
    if not tree:
        return ()
    nodes = enumerate(tree["nodes"])
    return tuple(
        Row(f"/stores/{number}/tree/nodes/{at}", node, node["path"].rpartition("/")[2] or "/", mark_of(node))
        for at, node in nodes
    )


def drifted(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the positions that drifted, and what they lie in."""
    marked = [row.node["path"] for row in rows if row.mark]
    return tuple(row for row in rows if row.mark or any(_holds(row.node["path"], path) for path in marked))


def mark_of(node: Record) -> str:
    """Return how a position drifted, in one word; empty where it is as it was or nothing could show it."""
    before, now = node["before"], node["now"]
    if not node["changes"]:
        return ""
    if not before["seen"]:
        return "added"
    if not now["seen"]:
        return "removed" if now["of"] else ""
    if node["types_before"] != node["types_now"]:
        return "retyped"
    return "rarer" if now["seen"] * before["of"] < before["seen"] * now["of"] else "changed"


def told(record: Record) -> Iterator[tuple[Record, tuple[Row, ...]]]:
    """Yield each store that drifted with the positions that did, and what they lie in."""
    for number, store in enumerate(record["stores"]):
        found = drifted(rows_of(record, number))
        if found:
            yield store, found


def says(row: Row) -> str:
    """Return how a position drifted and how often it was there, before and now."""
    before, now = row.node["before"], row.node["now"]
    seen = f"{before['seen']}/{before['of']} -> {now['seen']}/{now['of']}"
    return f"{row.node['path']} {row.mark}, {types_say(row.node)}, there {seen}"


def types_say(node: Record) -> str:
    """Return the types of a position, before and now where they differ."""
    before, now = (" or ".join(node[name]) or "nothing" for name in ("types_before", "types_now"))
    return before if before == now or not node["now"]["seen"] else f"{before} -> {now}"


def _holds(outer: str, inner: str) -> bool:
    return inner != outer and inner.startswith(f"{outer.rstrip('/')}/")
