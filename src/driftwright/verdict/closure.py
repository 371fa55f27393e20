"""Closure: whether the replay makes of known-good stores what the later one is, where a reader reads.

The known-good stores after all changes are folded and held against the later shape. What is still different at a path
that a reader reads was not replayed: it is named, and counts against the share of paths that close. A change that other
data explain as well may be replayed or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from driftwright.base.path import StorePath
from driftwright.impact import touches
from driftwright.report import ClosureFound
from driftwright.structure import MISSING, Change, ComparedStores, apply_changes, compare, fold, layout_of
from driftwright.verdict.reader_runs import ReaderRuns

_Replayed = Mapping[str, Sequence[Change]]
"""By the name of each store, the changes that are replayed on it."""


def closure_of(runs: ReaderRuns) -> ClosureFound:
    """Return how far replaying all changes on known-good stores makes the later store at the paths of one reader.

    Args:
        runs: The reader, with what it reads and the comparison of each store as it sees it.
    """
    paths = _shown(runs)
    by_path = _left_at(paths, {name: view.comparison.changes for name, view in runs.views.items()}, runs)
    if any(by_path):
        # What another session of the same program might show as well needs no change to explain it; replayed, it may
        # make of all values what only some are now. So it is left out, where that leaves less.
        without = _left_at(paths, {name: _needed(view, runs) for name, view in runs.views.items()}, runs)
        by_path = min(by_path, without, key=lambda left: sum(map(bool, left)))
    return _closure(paths, by_path)


def closure_of_stores(runs: ReaderRuns, made: Mapping[str, Sequence[Any]]) -> ClosureFound:
    """Return how far other stores, made of known-good ones, are what the later one is at the paths of one reader.

    Args:
        runs: The reader, with what it reads and the comparison of each store as it sees it.
        made: By the name of each store, the documents that were made.
    """
    paths = _shown(runs)
    left = {name: _weighed(_compared_once(name, documents, runs), runs) for name, documents in made.items()}
    return _closure(
        paths, [[change for change in left.get(read.store, ()) if _lies_at(change, read, runs)] for read in paths]
    )


def _shown(runs: ReaderRuns) -> list[StorePath]:
    """Return the paths that the reader reads and of which the capture shows something."""
    return [read for read, there in runs.reads.items() if there and not _is_unseen(read, runs)]


def _weighed(changes: Iterable[Change], runs: ReaderRuns) -> list[Change]:
    """Return the changes that other data do not explain."""
    return [change for change in changes if not runs.is_weak(change)]


def _closure(paths: Sequence[StorePath], by_path: Sequence[Sequence[Change]]) -> ClosureFound:
    sentences = dict.fromkeys(f"not replayed: {change.message}" for some in by_path for change in some)
    return ClosureFound(len(paths), sum(not some for some in by_path), tuple(sentences))


def _needed(view: ComparedStores, runs: ReaderRuns) -> tuple[Change, ...]:
    return tuple(change for change in view.comparison.changes if not runs.is_weak(change))


def _left_at(paths: Sequence[StorePath], replayed: _Replayed, runs: ReaderRuns) -> list[list[Change]]:
    """Return for each path what is still different there, once the changes of each store were replayed."""
    left = {name: _weighed(_left_once(name, view, replayed[name], runs), runs) for name, view in runs.views.items()}
    return [[change for change in left[read.store] if _lies_at(change, read, runs)] for read in paths]


def _left_once(name: str, view: ComparedStores, replayed: Sequence[Change], runs: ReaderRuns) -> tuple[Change, ...]:
    """Return what is still different in a store, found once for readers that share comparison, changes and stores."""
    held = (situation.stores.get(name) for situation in runs.bound.small)
    documents = {id(document): document for document in held if document is not None}
    key, left = (id(view), tuple(map(id, replayed)), *documents), runs.stores[name].left
    if key not in left:
        left[key] = tuple(_left(name, view, replayed, list(documents.values())))
    return left[key]


def _left(name: str, view: ComparedStores, replayed: Sequence[Change], documents: Sequence[Any]) -> Iterator[Change]:
    """Yield what is still different once some changes were replayed, in the way that leaves the least."""
    changes = [change for change in replayed if change.rule.operator != "none"]
    if not changes:
        return
    after = [apply_changes(document, changes).documents for document in documents]
    ways = max(map(len, after), default=0)
    results = [[some[min(way, len(some) - 1)] for some in after] for way in range(ways)]
    known_changes = {(change.rule.id, change.path) for change in view.comparison.changes}
    # Few records differ in their shares from many: what only the small stores show is no work left undone.
    small = {
        key
        for change in _compared(name, documents, view)
        if (key := (change.rule.id, change.path)) not in known_changes
    }
    left = [
        [change for change in _compared(name, result, view) if (change.rule.id, change.path) not in small]
        for result in results
    ]
    yield from min(left, key=len, default=[])


def _compared_once(name: str, documents: Sequence[Any], runs: ReaderRuns) -> tuple[Change, ...]:
    """Return what is different from the later store, found once for readers that share comparison and documents."""
    view, kept = runs.views[name], tuple({id(document): document for document in documents}.values())
    key, left = ("made", id(view), *map(id, kept)), runs.stores[name].left
    if key not in left:
        left[key] = tuple(_compared(name, kept, view))
    return left[key]


def _compared(name: str, documents: Sequence[Any], view: ComparedStores) -> list[Change]:
    later = view.shapes[1]
    there = [document for document in documents if document is not MISSING]
    shape = fold(there, layout_of(later, pinned=True))
    changes = compare(shape, later, store=name).changes if there else ()
    unseen = view.comparison.unseen
    return [
        change
        for change in changes
        if change.rule.operator != "none" and not any(change.path.within(place) for place in unseen)
    ]


def _lies_at(change: Change, read: StorePath, runs: ReaderRuns) -> bool:
    return touches(read, read.store, change.path, inside_entry=runs.stores[read.store].in_entries)


def _is_unseen(read: StorePath, runs: ReaderRuns) -> bool:
    path = runs.stores[read.store].whole(read.path)
    return any(path.within(place) for place in runs.views[read.store].comparison.unseen)
