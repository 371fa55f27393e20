"""Build the tree of a store for a report: every position with its accepted and its captured shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from driftwright.base.path import EACH_ITEM, EACH_VALUE, ROOT, Path, Step
from driftwright.base.terms import JsonType
from driftwright.report import NodeFound, Presence, TreeFound
from driftwright.structure import EMPTY, Layout, Shape

MOST_NODES = 400

Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Side:
    shape: Shape
    of: int

    @property
    def presence(self) -> Presence:
        return Presence(self.shape.total, self.of)

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(sorted(str(kind.value) for kind, times in self.shape.types.items() if times))


def tree_of(sides: tuple[Shape, Shape], layout: Layout, changes: Names, reads: Names) -> TreeFound:
    """Return the tree of a store: its accepted and its captured shape side by side.

    Args:
        sides: The shape of the known-good stores, and that of the capture.
        layout: The layout of the accepted version; a new name outside it is listed only where a change names it.
        changes: Ids of changes, by their paths.
        reads: Names of facts, by the paths at which their reading ends.
    """
    usual, now = sides
    changed = _with_parents(changes)
    whole = list(_walk_both(ROOT, _Side(usual, usual.total), _Side(now, now.total)))
    named = [
        NodeFound(
            path=str(path),
            depth=len(path.steps),
            types_before=before.types,
            types_now=after.types,
            before=before.presence,
            now=after.presence,
            changes=tuple(changes.get(str(path), ())),
            read_by=tuple(reads.get(str(path), ())),
        )
        for path, before, after in whole
        if before.shape.total or str(path) in changed or layout.at(path) is not None
    ]
    kept = _limit_nodes(named, changed, _with_parents(reads))
    return TreeFound(kept, len(whole) - len(kept))


def grouped(pairs: Iterable[tuple[str, str]]) -> Names:
    """Return the names by path; the path `/x/` is written as `/x`."""
    groups: dict[str, list[str]] = {}
    for path, name in pairs:
        groups.setdefault(str(Path.parse(path.removesuffix("/"))), []).append(name)
    return groups


def _limit_nodes(nodes: Sequence[NodeFound], changed: frozenset[str], read: frozenset[str]) -> tuple[NodeFound, ...]:
    """Return at most `MOST_NODES` nodes in tree order; changed ones are kept first, then read ones, then the rest."""
    ranked = sorted(range(len(nodes)), key=lambda at: (nodes[at].path not in changed, nodes[at].path not in read, at))
    return tuple(nodes[at] for at in sorted(ranked[:MOST_NODES]))


def _with_parents(names: Names) -> frozenset[str]:
    paths: set[str] = set()
    for text in names:
        steps = Path.parse(text).steps
        paths.update(str(Path(steps[:length])) for length in range(len(steps) + 1))
    return frozenset(paths)


def _walk_both(path: Path, before: _Side, after: _Side) -> Iterator[tuple[Path, _Side, _Side]]:
    yield path, before, after
    for name in dict.fromkeys((*before.shape.fields, *after.shape.fields)):
        yield from _walk_both(path / name, _field_side(before.shape, name), _field_side(after.shape, name))
    parts: tuple[tuple[Step, Shape | None, Shape | None], ...] = (
        (EACH_VALUE, before.shape.values, after.shape.values),
        (EACH_ITEM, before.shape.items, after.shape.items),
    )
    for step, usual, now in parts:
        if usual is not None or now is not None:
            yield from _walk_both(Path((*path.steps, step)), _part_side(usual), _part_side(now))


def _field_side(shape: Shape, name: str) -> _Side:
    return _Side(shape.fields.get(name, EMPTY), shape.count(JsonType.OBJECT))


def _part_side(part: Shape | None) -> _Side:
    return _Side(part or EMPTY, part.total if part else 0)
