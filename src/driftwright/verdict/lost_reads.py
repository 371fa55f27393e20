"""Reads that a capture leaves without a value: counted as the reader made them, whatever its keys are called.

A reader that goes through all keys of an object, or through those that hold a word, meets other keys on the capture.
The records that it finds there are the same to it, so what it asks them for is counted over all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from driftwright.impact import Outcome, Read
from driftwright.structure import may_be_missing

_ANY = "{}"
_ASKED = 2
_Place = tuple[str | int, ...]


@dataclass(slots=True)
class _Count:
    """How often something was asked for at one place, and how often it was there."""

    asked: int = 0
    present: int = 0
    types: set[str] = field(default_factory=set)


def surely_lacks(known: Iterable[Outcome], later: Outcome) -> bool:
    """Whether a reader asks many records for what every known-good one had, and none of them has it.

    Args:
        known: The runs on known-good stores in which the reader answered.
        later: The run on the capture.

    Returns:
        False where so few records may lack it by chance, and of a flag, which may be left out where it is false.
    """
    before, after = _counts(known), _counts([later])
    for place, count in after.items():
        had = before.get(place)
        if count.present or had is None or had.present < had.asked or had.types == {"boolean"}:
            continue
        records = after.get(place[:-1], count).present or count.asked
        # Who tests a field before taking it asks twice for what is there.
        sure = (had.present + 1) // _ASKED
        if not may_be_missing(sure, sure, max(count.asked, records)):
            return True
    return False


def _counts(runs: Iterable[Outcome]) -> dict[_Place, _Count]:
    counts: dict[_Place, _Count] = {}
    for run in runs:
        listed = {read.path for read in run.reads if read.asked == "keys"}
        for read in run.reads:
            if read.asked == "keys" or not read.path:
                continue
            count = counts.setdefault(_place(read, listed), _Count())
            count.asked += read.times
            count.present += read.present
            count.types |= read.types.keys()
    return counts


def _place(read: Read, listed: set[_Place]) -> _Place:
    """Return where something is read, with the keys left open that the reader found by going through an object."""
    return tuple(
        _ANY if isinstance(step, str) and read.path[:number] in listed else step
        for number, step in enumerate(read.path)
    )
