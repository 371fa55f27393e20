"""The drawing of changes, reads, facts and their sources: positions of its boxes and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from driftwright.report.fact import FactFound, SourceFound
from driftwright.report.formats import view
from driftwright.report.formats.causes import short_place
from driftwright.report.model import ChangeFound, Report

WIDTH, HEIGHT = 236, 38  # of one box, in the drawing's units; about a pixel each on a wide screen
_GAP, _ROW, _BLOCK, _HEAD = 52, 46, 20, 26
MOST_SOURCES = 5
_DEAD = ("wrong", "unavailable")
COLUMNS = ("What changed", "What is read there", "What is worked out", "Who answers, in order")


@dataclass(frozen=True, slots=True)
class Box:
    """One box.

    Args:
        x: Left edge.
        y: Upper edge.
        name: Its label, in bold.
        note: The text below the label.
        kind: `change`, `path`, `fact` or `source`.
        tone: A verdict; `active` or `dead` for a source; else empty.
    """

    x: int
    y: int
    name: str
    note: str
    kind: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line from the right edge of a box to the left edge of another.

    Args:
        x1: Where it begins.
        y1: Where it begins.
        x2: Where it ends.
        y2: Where it ends.
        tone: `dead`, `active` or empty.
    """

    x1: int
    y1: int
    x2: int
    y2: int
    tone: str


@dataclass(frozen=True, slots=True)
class Graph:
    """The drawing.

    Args:
        width: Its width.
        height: Its height.
        boxes: The boxes, column by column.
        lines: The lines, those of sources that answer now last.
        left_out: How many hurt facts are not drawn.
    """

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Route:
    """The changes and reads that lead to one fact, as a row of the equivalent table.

    Args:
        fact: The fact.
        changes: The changes that cause its verdict.
        reads: Paths that it reads at those changes; else the first paths that it reads.
    """

    fact: FactFound
    changes: tuple[ChangeFound, ...]
    reads: tuple[str, ...]


def routes(report: Report) -> tuple[Route, ...]:
    """Return the route to each fact that is known to be hurt, the most severe first."""
    return tuple(_route(report, fact) for fact in view.hurt(report.facts) if fact.verdict != "unseen")


def draw(hurt_routes: Sequence[Route], most: int) -> Graph:
    """Return the drawing of the first `most` routes.

    Args:
        hurt_routes: The routes, the most severe first.
        most: Highest number of facts to draw.
    """
    drawn_routes = hurt_routes[:most]
    heights = [max(1, len(_sources(route.fact))) * _ROW + _BLOCK for route in drawn_routes]
    tops = [_HEAD + sum(heights[:index]) for index in range(len(heights))]
    middles = [top + (height - _BLOCK - _ROW) // 2 for top, height in zip(tops, heights, strict=True)]
    facts = [
        replace(_box(2, y, route.fact.title, route.fact.name, "fact"), tone=route.fact.verdict)
        for y, route in zip(middles, drawn_routes, strict=True)
    ]
    paths = _place_boxes(
        1,
        _group_heights((read, y) for y, route in zip(middles, drawn_routes, strict=True) for read in route.reads),
        "path",
    )
    change_by_id = {change.id: change for route in drawn_routes for change in route.changes}
    reached = [(change.id, paths[read].y) for route in drawn_routes for change in route.changes for read in route.reads]
    changes = {
        name: _label_change(box, change_by_id[name])
        for name, box in _place_boxes(0, _group_heights(reached), "change").items()
    }
    sources = [list(_stack_sources(route.fact, top)) for route, top in zip(drawn_routes, tops, strict=True)]
    boxes = (*changes.values(), *paths.values(), *facts, *(box for column in sources for box in column))
    lines = (
        *_lines_to_paths(drawn_routes, changes, paths),
        *_lines_to_facts(drawn_routes, paths, facts),
        *(_connect(fact, box, box.tone) for fact, column in zip(facts, sources, strict=True) for box in column),
    )
    height = max((box.y + HEIGHT for box in boxes), default=0) + 4
    ordered = tuple(sorted(lines, key=lambda line: line.tone == "active"))
    return Graph(4 * WIDTH + 3 * _GAP, height, boxes, ordered, len(hurt_routes) - len(drawn_routes))


def source_tone(fact: FactFound, source: SourceFound) -> str:
    """Return `active` for the source that answers now, `dead` for one that cannot, else nothing."""
    now = fact.fallback.source
    if source.name == now or (now is None and source.level == "unavailable"):
        return "active"
    return "dead" if source.state in _DEAD else ""


def _route(report: Report, fact: FactFound) -> Route:
    changes = tuple(view.causes(report, fact))
    places = [f"{change.store}:{change.path}" for change in changes]
    near = [read for read in fact.reads if any(_overlaps(read, place) for place in places)]
    return Route(fact, changes, tuple(near or fact.reads[:3]))


def _overlaps(read: str, place: str) -> bool:
    inner, outer = (f"{text.rstrip('/')}/" for text in (read, place))
    return inner.startswith(outer) or outer.startswith(inner)


def _sources(fact: FactFound) -> tuple[SourceFound, ...]:
    return fact.sources[:MOST_SOURCES]


def _stack_sources(fact: FactFound, top: int) -> Iterator[Box]:
    for number, source in enumerate(_sources(fact)):
        tone = source_tone(fact, source)
        note = f"answers now, {source.state}" if tone == "active" else source.state
        note = f"{source.level}: {note}"
        if tone == "active" and source.level == "unavailable":
            note = "shown now: no answer is left"
        name = f"{number + 1}. {source.name or 'no source'}"
        yield replace(_box(3, top + number * _ROW, name, note, "source"), tone=tone)


def _group_heights(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    heights: dict[str, list[int]] = {}
    for name, y in pairs:
        heights.setdefault(name, []).append(y)
    return heights


def _place_boxes(column: int, targets: dict[str, list[int]], kind: str) -> dict[str, Box]:
    """Return boxes one below the other, each near the mean height of the boxes that it leads to.

    Args:
        column: Number of the column, from 0.
        targets: By the name of each box, the upper edges of the boxes that it leads to.
        kind: Kind of the boxes.
    """
    placed: dict[str, Box] = {}
    free = _HEAD
    for name, heights in sorted(targets.items(), key=lambda item: sum(item[1]) / max(1, len(item[1]))):
        y = max(free, round(sum(heights) / max(1, len(heights))))
        last = name.rstrip("/").rpartition("/")[2]
        placed[name] = _box(column, y, last.rpartition(":")[2] or name, name, kind)
        free = y + _ROW
    return placed


def _box(column: int, y: int, name: str, note: str, kind: str) -> Box:
    return Box(column * (WIDTH + _GAP), y, name, note, kind)


def _label_change(box: Box, change: ChangeFound) -> Box:
    return replace(box, name=f"{change.id}: {change.title}", note=short_place(change))


def _lines_to_paths(drawn_routes: Iterable[Route], changes: dict[str, Box], paths: dict[str, Box]) -> Iterator[Line]:
    pairs = {(change.id, read): None for route in drawn_routes for change in route.changes for read in route.reads}
    for name, read in pairs:
        yield _connect(changes[name], paths[read], "dead")


def _lines_to_facts(drawn_routes: Sequence[Route], paths: dict[str, Box], facts: Sequence[Box]) -> Iterator[Line]:
    for route, fact in zip(drawn_routes, facts, strict=True):
        for read in route.reads:
            yield _connect(paths[read], fact, "dead" if route.changes else "")


def _connect(left: Box, right: Box, tone: str) -> Line:
    return Line(left.x + WIDTH, left.y + HEIGHT // 2, right.x, right.y + HEIGHT // 2, tone)
