"""Provided for: readers that were written for the new structure as well as for the old one."""

from __future__ import annotations

from collections.abc import Sequence

from driftwright.base.path import StorePath
from driftwright.structure import Change
from driftwright.verdict.reader_runs import ReaderRuns


def asks_for_words(runs: ReaderRuns, changes: Sequence[Change]) -> bool:
    """Whether the reader asked all along for the words that stand for a flag now, of which replay only guesses."""
    return bool(changes) and all(
        change.rule.operator == "enumerate-flag"
        and change.to is not None
        and runs.reads.get(StorePath(change.store, change.to)) is False
        for change in changes
    )


def is_provided_for(runs: ReaderRuns, changes: Sequence[Change]) -> bool:
    """Whether beside what changed the capture has a word of the reader's source that no known store has.

    Who asks for `list === 'bullet'` beside `bullet` was written for the new structure, too.
    """
    for change in changes:
        before, after = runs.views[change.store].shapes
        for read, there in runs.reads.items():
            path = runs.stores[read.store].whole(read.path)
            if not there or read.store != change.store or path.parent != change.path.parent:
                continue
            old, new = before.at(path), after.at(path)
            words = (new.enum or frozenset()) - ((old.enum or frozenset()) if old else frozenset()) if new else ()
            if runs.reader.literals & {word for word in words if isinstance(word, str)}:
                return True
    return False
