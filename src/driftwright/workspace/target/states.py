"""Page states: which paths a capture of each state must show, and which may be missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path as File

from driftwright.base.path import Path, StorePath
from driftwright.base.toml import Table, read_table

_PLACE = re.compile(r"([^\s:]+):(/.*)(?<!\s)\Z")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a page state shows.

    Args:
        name: The state.
        what: The state in words.
        must: What every capture of it shows; without it the page was not in that state.
        may_lack: What a capture of it need not show: its absence there is no drift.
    """

    name: str
    what: str
    must: tuple[StorePath, ...] = ()
    may_lack: tuple[StorePath, ...] = ()


def expectation(table: Table) -> Expectation:
    """Read what the table of a page state says of it; its other keys are left to others.

    Raises:
        InputFault: A place is not one, or stands on both sides.
    """
    expected = Expectation(table.text("name"), table.text("what"), _places(table, "must"), _places(table, "may_lack"))
    for place in expected.may_lack:
        if any(shown.store == place.store and shown.path.within(place.path) for shown in expected.must):
            raise table.fault(f"{place} must be shown and need not be", "may_lack", "keep it on one side")
    return expected


def expectations(file: File) -> tuple[Expectation, ...]:
    """Return the page states of a target's file; its other tables are not checked.

    Raises:
        InputFault: The file or one of its states is malformed.
    """
    return tuple(map(expectation, read_table(file).tables("state")))


def sought_stores(file: File) -> tuple[str, ...]:
    """Return the names of the stores that a target's page is searched for, whatever else stands in its file.

    Raises:
        InputFault: The file is malformed.
    """
    return read_table(file).texts("stores")


def _places(table: Table, name: str) -> tuple[StorePath, ...]:
    places = []
    for text in table.texts(name):
        match = _PLACE.match(text)
        if match is None:
            raise table.fault(f"{text!r} is not a place", name, 'write "store:/path", with {} for each value of a map')
        places.append(StorePath(match[1], Path.parse(match[2])))
    return tuple(places)
