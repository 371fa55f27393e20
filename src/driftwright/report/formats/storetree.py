"""The tree of a store for the page: which positions drifted, how, and how often each is present."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from driftwright.report.model import Report
from driftwright.report.store import NodeFound, StoreFound


@dataclass(frozen=True, slots=True)
class Row:
    """One position.

    Args:
        pointer: JSON Pointer of the position in the report.
        node: The position, as the report has it.
        name: Its last step.
        mark: `added`, `removed`, `retyped`, `rarer` or `changed`; empty where it did not drift.
        other: `now ...` or `was ...` with its new or old place, if a change moved it; else empty.
    """

    pointer: str
    node: NodeFound
    name: str
    mark: str
    other: str


def rows_of(report: Report, number: int) -> tuple[Row, ...]:
    """Return the positions of the store with this index in the report."""
    tree = report.stores[number].tree
    if not tree:
        return ()
    moves = {change.id: (change.path, change.to) for change in report.changes if change.to and change.to != change.path}
    head = f"/stores/{number}/tree/nodes"
    return tuple(
        Row(f"{head}/{index}", node, _last_step(node.path), mark_of(node), _other_name(node, moves))
        for index, node in enumerate(tree.nodes)
    )


def drifted_rows(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the positions that drifted, and the positions that contain them."""
    marked = [row.node.path for row in rows if row.mark]
    return tuple(row for row in rows if row.mark or any(_contains(row.node.path, path) for path in marked))


def mark_of(node: NodeFound) -> str:
    """Return in one word how a position drifted; empty where it did not, or where the capture could not show it."""
    before, now = node.before, node.now
    if not node.changes:
        return ""
    if not before.seen:
        return "added"
    if not now.seen:
        return "removed" if now.of else ""
    if node.types_before != node.types_now:
        return "retyped"
    return "rarer" if now.seen * before.of < before.seen * now.of else "changed"


def drifted_trees(report: Report) -> Iterator[tuple[StoreFound, tuple[Row, ...], tuple[Row, ...]]]:
    """Yield each store that drifted, with the rows of `drifted_rows` and with all its rows."""
    for number, store in enumerate(report.stores):
        rows = rows_of(report, number)
        drifted = drifted_rows(rows)
        if drifted:
            yield store, drifted, rows


def _last_step(path: str) -> str:
    return path.rpartition("/")[2] or "/"


def _other_name(node: NodeFound, moves: Mapping[str, tuple[str, str]]) -> str:
    for path, to in (moves[name] for name in node.changes if name in moves):
        near = path.rpartition("/")[0] == to.rpartition("/")[0]
        if node.path == path:
            return f"now {_last_step(to) if near else to}"
        if node.path == to:
            return f"was {_last_step(path) if near else path}"
    return ""


def row_says(row: Row) -> str:
    """Return how a position drifted and how often it was there, before and now."""
    before, now = row.node.before, row.node.now
    presence = f"{before.seen}/{before.of} -> {now.seen}/{now.of}"
    other = f" ({row.other})" if row.other else ""
    return f"{row.node.path} {row.mark}{other}, {types_say(row.node)}, there {presence}"


def types_say(node: NodeFound) -> str:
    """Return the types of a position, before and now where they differ."""
    before, now = (" or ".join(types) or "nothing" for types in (node.types_before, node.types_now))
    return before if before == now or not node.now.seen else f"{before} -> {now}"


def _contains(outer: str, inner: str) -> bool:
    return inner != outer and inner.startswith(f"{outer.rstrip('/')}/")
