"""Provided for: readers that were written for the new structure as well as for the old one."""

from __future__ import annotations

from collections.abc import Sequence

from driftwright.base.path import StorePath
from driftwright.base.terms import JsonType
from driftwright.impact import Outcome
from driftwright.structure import Change, Shape
from driftwright.verdict.reader_runs import ReaderRuns


def asks_for_words(runs: ReaderRuns, changes: Sequence[Change]) -> bool:
    """Whether the reader asked all along for the words that stand for a flag now, of which replay only guesses."""
    return bool(changes) and all(
        change.rule.operator == "enumerate-flag" and _is_asked_all_along(runs, change) for change in changes
    )


def _is_asked_all_along(runs: ReaderRuns, change: Change) -> bool:
    """Whether the reader asks for the new place of what changed, and no known store has anything there."""
    return change.to is not None and runs.reads.get(StorePath(change.store, change.to)) is False


def is_provided_for(runs: ReaderRuns, changes: Sequence[Change]) -> bool:
    """Whether beside what changed the capture has a word of the reader's source that no known store has.

    Who asks for `list === 'bullet'` beside `bullet` was written for the new structure, too.
    """
    for change in changes:
        before, after = runs.views[change.store].shapes
        if _is_asked_all_along(runs, change) and runs.reader.literals & _words(after.at(change.to or change.path)):
            return True
        for read, there in runs.reads.items():
            path = runs.stores[read.store].whole(read.path)
            if not there or read.store != change.store or path.parent != change.path.parent:
                continue
            old, new = (_words(shape.at(path)) for shape in (before, after))
            # A field none of whose words the reader knew is compared with none: that an id is `map` now is chance.
            is_compared = before.at(path) is None or not old.isdisjoint(runs.reader.literals)
            if is_compared and runs.reader.literals & (new - old):
                return True
    return False


def _words(shape: Shape | None) -> frozenset[str]:
    """Return the words of an enumeration; none of what is none."""
    enum = shape.enum if shape is not None else None
    return frozenset(word for word in enum or () if isinstance(word, str))


def holds_known_states(runs: ReaderRuns, outcome: Outcome) -> bool:
    """Whether a capture only has another mix of states that known stores have, in a structure without a change.

    Args:
        runs: What the reader read on known-good stores.
        outcome: Its run on the capture.

    Returns:
        True when all flags that the reader reads were both true and false before, at least one is left with one of the
        two now, and nothing is missing or changed where it reads.
    """
    if runs.changes or any(runs.reads.get(path) for path in runs.paths_read(outcome, present=False)):
        return False
    is_of_one = False
    for place in runs.paths_read(outcome, present=True):
        path = runs.stores[place.store].whole(place.path)
        old, new = (shape.at(path) for shape in runs.views[place.store].shapes)
        if old is None or new is None or not new.kinds <= old.kinds:
            return False
        if new.kinds == {JsonType.BOOLEAN}:
            if _states(old) < 2:  # noqa: PLR2004 - true and false
                return False
            is_of_one = is_of_one or _states(new) == 1
    return is_of_one


def _states(flag: Shape) -> int:
    """Return how many of true and false a flag was."""
    return (flag.true > 0) + (flag.true < flag.count(JsonType.BOOLEAN))


def holds_little(runs: ReaderRuns) -> bool:
    """Whether each store that a reader reads holds so little now that nothing follows from what it lacks."""
    read = (runs.stores[name].contents for name in {read.store for read in runs.reads})
    return all(contents is not None and contents.holds_little for contents in read)
