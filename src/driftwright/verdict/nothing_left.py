"""Nothing left: whether other data are why a reader finds nothing, and whether it would notice that nothing is left."""

from __future__ import annotations

from driftwright.base.path import Key, Path, records_in
from driftwright.base.terms import JsonType
from driftwright.impact import Outcome
from driftwright.structure import Change, by_chance, is_inside_text
from driftwright.verdict.contents import Contents
from driftwright.verdict.reader_runs import SURE, ReaderRuns
from driftwright.verdict.weigh import no_answer

_SEVERAL = 3
"""So many records show which names all of them have."""


def says_nothing_left(runs: ReaderRuns, outcome: Outcome) -> str:
    """Return why a reader answers as before by chance; empty where it does not.

    Args:
        runs: What the reader read on known-good stores.
        outcome: Its run on the capture.
    """
    is_chance = finds_nothing_left(runs, outcome)
    return "AFTER has nothing of what it reads any more: that it answers as before is chance" if is_chance else ""


def says_other_things(runs: ReaderRuns, outcome: Outcome) -> str:
    """Return why a reader that goes through a container takes other things for what it holds; empty where not.

    Args:
        runs: What the reader read on known-good stores.
        outcome: Its run on the capture.
    """
    if lists_other_things(runs):
        return "AFTER has a list where a map was that it goes through, and other things in it"
    return "AFTER has other names in the records whose names it counts" if counts_other_names(runs, outcome) else ""


def finds_nothing_left(runs: ReaderRuns, outcome: Outcome) -> bool:
    """Whether a reader finds nothing on the capture, and what it always found is surely elsewhere or gone.

    Args:
        runs: What the reader read on known-good stores.
        outcome: Its run on the capture.
    """
    missed, held = (set(runs.paths_read(outcome, present=present)) for present in (False, True))
    if not runs.known or any(
        not any(path.store == lost.store and lost.path.within(path.path) for lost in missed) for path in held
    ):
        return False  # it found more than what only leads to something that is missing
    always = set.intersection(*(set(runs.paths_read(run, present=True)) for run in runs.known))
    moved = [change for change in runs.changes if change.rule.aspect in SURE and not runs.is_weak(change)]
    return any(
        path.store == change.store and runs.stores[path.store].whole(path.path) == change.path
        for path in always
        for change in moved
        if not any(place.path == change.to for place in held)  # it went to where that is now
    )


def lists_other_things(runs: ReaderRuns) -> bool:
    """Whether a map whose keys the reader lists is a list now, and holds what none of its entries was.

    Who counts the keys of a map counts the items of a list as well, and is right as long as they are the entries.
    """
    for name, view in runs.views.items():
        for path in runs.listed(name):
            before, after = (shape.at(path) for shape in view.shapes)
            values, items = before.values if before else None, after.items if after else None
            if values is None or items is None:
                continue
            odd = sum(items.count(kind) for kind in items.kinds - values.kinds)
            if not by_chance(values.total, items.total, odd):
                return True
    return False


def counts_other_names(runs: ReaderRuns, outcome: Outcome) -> bool:
    """Whether a reader counts names of records, and all later records have so many names more, or fewer, as it counts.

    Args:
        runs: What the reader read on known-good stores.
        outcome: Its run on the capture.
    """
    answers = {run.answer.text for run in runs.known if not no_answer(run.answer)}
    counts = [*answers, outcome.answer.text]
    if len(answers) != 1 or not all(map(str.isdecimal, counts)):
        return False
    more = int(counts[1]) - int(counts[0])
    for name in runs.views:
        contents = runs.stores[name].contents
        if more and contents is not None and any(more == _more_names(contents, path) for path in runs.listed(name)):
            return True
    return False


def _more_names(contents: Contents, path: Path) -> int:
    """Return how many names more all later records have than all known ones; 0 without a new one that no data made."""
    before, after = records_in(contents.known, path), records_in([contents.later], path)
    if len(before) < _SEVERAL or not after:
        return 0
    always, always_now = (frozenset.intersection(*map(frozenset, side)) for side in (before, after))
    held, held_now = (frozenset().union(*side) for side in (before, after))
    new, lost = always_now - held - contents.all_known_names, always - held_now
    # A key with a digit in it is an entry of its own.
    return len(new) - len(lost) if new and not any(map(str.isdigit, "".join(new))) else 0


def is_null_of_data(runs: ReaderRuns, outcome: Outcome) -> bool:
    """Whether the data alone explain a null: a stored null, or one by which the reader answers other values.

    Args:
        runs: What the reader read on known-good stores.
        outcome: Its run on the capture, which answers null.
    """
    if runs.lists_other_keys:
        return False
    if runs.changes:
        # Other names of entries change nothing, as long as each entry has all that the reader asks it for.
        are_names = all(change.rule.happened == "renamed" and runs.is_weak(change) for change in runs.changes)
        return are_names and not any(runs.paths_read(outcome, present=False))
    reads = [read for read in outcome.reads if read.present and runs.of_store(read.path)]
    texts = (runs.stores[runs.generalise(read.path).store].text_paths for read in reads)
    is_stored = any(texts) or any("null" in read.types for read in reads)
    return is_stored or not (runs.loses_reads(outcome) or runs.words.are_lost())


def retypes_reads(runs: ReaderRuns, *, but_coded: bool = False) -> bool:
    """Whether a path that a reader reads holds values of another type only, which other data do not explain.

    Args:
        runs: What the reader read on known-good stores.
        but_coded: Whether JSON texts that are parsed now do not count.
    """
    return any(
        (change.rule.aspect, change.rule.happened) == ("type", "retyped")
        and change.params.get("share", 1.0) >= 1.0
        and _may_be_asked_for(runs, change)
        and not runs.is_weak(change)
        and not (but_coded and _was_coded(runs, change))
        for change in runs.changes
    )


def _may_be_asked_for(runs: ReaderRuns, change: Change) -> bool:
    """Whether a reader that reads a JSON text may ask for what stands in it: it has to name a field for that."""
    texts = runs.stores[change.store].text_paths
    is_inside = any(
        read.store == change.store and read.path != change.path and is_inside_text(change.path, read.path, texts)
        for read in runs.reads
    )
    return not is_inside or not isinstance(change.path.last, Key) or change.path.name in runs.reader.literals


def _was_coded(runs: ReaderRuns, change: Change) -> bool:
    part = runs.views[change.store].shapes[0].at(change.path)
    return part is not None and part.kinds == {JsonType.STRING} and part.forms.keys() <= {"json", "empty"}
