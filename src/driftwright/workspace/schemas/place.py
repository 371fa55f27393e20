"""Where a store lies: how its key is written in areas that have no plain keys, and which of several it is."""

from __future__ import annotations

import re

from driftwright.base.terms import BESIDE_STORAGE, Area
from driftwright.base.toml import Table

FIRST, LAST, ALL = "first", "last", "all"
_USUAL = {Area.PAGE_JSON: FIRST, Area.RESPONSE: LAST, Area.FILE: LAST}
_NAME = r"[A-Za-z_$][\w$]*"
_WRITTEN = {
    Area.INDEXED_DB: re.compile(r"[^/].*/.+/.+", re.DOTALL),
    Area.PAGE_JSON: re.compile(rf'script#[^\s"]+|script\[type="[^"]+"\]|window(?:\.{_NAME})+'),
    Area.WINDOW: re.compile(rf"{_NAME}(?:\.{_NAME})*"),
    Area.RESPONSE: re.compile(r"(?:[A-Z]+ )?(?:/|https?://[^/\s]+/)\S*"),
    Area.FILE: re.compile(r"[^{}\0]+"),
}
_MEND = {
    Area.INDEXED_DB: "write DATABASE/STORE/KEY; {id} in the place of KEY stands for each record of the object store",
    Area.PAGE_JSON: 'write script#ID, script[type="TYPE"] or window.NAME',
    Area.WINDOW: "write a path of names, such as APP.state",
    Area.RESPONSE: "write /path* of the page's own origin, or a whole URL; GET or another method may stand before it",
    Area.FILE: "write a path or a glob, without braces",
}


def check_place(table: Table, area: Area, key: str) -> None:
    """Refuse a key that names nothing in its area.

    Raises:
        InputFault: It is not written as keys of that area are.
    """
    if area in _WRITTEN and _WRITTEN[area].fullmatch(key) is None:
        raise table.fault(f"{key!r} names nothing in the area {area}", "key", _MEND[area])


def read_take(table: Table, area: Area) -> str:
    """Return which of several is the store: `first`, `last`, `all`, a number from 1, or empty where there is but one.

    Raises:
        InputFault: It is none of these, or the area has one under each key.
    """
    taken = table.value("take")
    if taken is None:
        return _USUAL.get(area, "")
    if area not in BESIDE_STORAGE or area is Area.WINDOW:
        raise table.fault(f"the area {area} has one under each key", "take", "leave it out")
    if taken in (FIRST, LAST, ALL):
        return str(taken)
    if type(taken) is int and taken > 0:
        return str(taken)
    raise table.fault("not one of several", "take", 'write "first", "last", "all" or a number from 1')
