"""Windows: the part of a store that a consumer's own counters count, as the records since its session began."""

from __future__ import annotations

import re
from dataclasses import dataclass

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Path, StorePath
from driftwright.base.toml import Table

_PLACE = re.compile(r"([^\s:]+):(/\S*)\Z")
_MEND = "write 'STORE:/PATH'; a step {PARAMETER} stands for the parameter's value"


@dataclass(frozen=True, slots=True)
class Window:
    """The records of a store from a moment on.

    Args:
        name: What it holds, in words.
        records: The records that have a time, as a path that ends in `[]` or `{}`; the others are in no window.
        time: The field of such a record that holds its time: an ISO 8601 text with its zone, or an epoch.
        since: Where the moment is told from which on records count: the latest time at any of these places is taken, as
            a session that ended later than it began counts from its end. Where they hold none, nobody knows what is
            in the window.
    """

    name: str
    records: StorePath
    time: str
    since: tuple[StorePath, ...]


def windows_of(table: Table) -> dict[str, Window]:
    """Return the windows that a contract declares, by their names.

    Raises:
        InputFault: A place is none, or two windows have one name.
    """
    windows: dict[str, Window] = {}
    for part in table.tables("window"):
        window = _window(part)
        if window.name in windows:
            raise part.fault("two windows have one name", "name", "rename one")
        windows[window.name] = window
    return windows


def window_named(table: Table, windows: dict[str, Window]) -> Window | None:
    """Return the window that a source or an agreement names; None where it names none.

    Raises:
        InputFault: The contract declares no such window.
    """
    name = table.text("window", "")
    if name and name not in windows:
        known = ", ".join(windows) or "none; add a [[window]]"
        raise table.fault(f"no window {name!r}", "window", f"windows: {known}")
    return windows.get(name)


def _window(table: Table) -> Window:
    name, records, time = table.text("name"), _place(table, "records", table.text("records")), table.text("time")
    since = tuple(_place(table, "since", text) for text in table.texts("since"))
    table.close()
    if records.path.last not in (EACH_ITEM, EACH_VALUE):
        raise table.fault("names no records", "records", "end the path in /[] (items) or /{} (values of a map)")
    if not since:
        raise table.fault("'since' is missing", "", 'add since = ["STORE:/PATH"], where the moment is told')
    return Window(name, records, time, since)


def _place(table: Table, name: str, text: str) -> StorePath:
    match = _PLACE.match(text)
    if match is None:
        raise table.fault("not a place in a store", name, _MEND)
    return StorePath(match[1], Path.parse(match[2]))
