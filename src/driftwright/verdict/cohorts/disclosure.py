"""What may be told of counts: nothing that speaks of fewer than five users, also not by a difference.

A user is counted once a day, so the users of one day are the unit. Each day has one cell for each shape, version and
country. A cell of fewer than five users is pooled with the other small ones of its day and shape; a pool that is
still too small is dropped. Every figure that is told, of whatever period and by whatever label, is a sum of the cells
that are left: what was dropped is in no total, so no subtraction gives it back. The cells do not depend on what was
asked, so the answers to two questions do not give it either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

LEAST_USERS = 5
FEW = "(few)"
"""Stands for a version and a country that too few users of a day have."""


class Cell(NamedTuple):
    """The users of one day who have one shape, one version and one country."""

    shape: str
    day: str
    app: str
    country: str


def publishable_cells(counts: Mapping[Cell, int]) -> dict[Cell, int]:
    """Return the cells whose counts may be published; small ones are pooled, or left out.

    Args:
        counts: The users of each cell.
    """
    pools: Counter[Cell] = Counter()
    shown_cells: dict[Cell, int] = {}
    for cell, users in counts.items():
        if users >= LEAST_USERS:
            shown_cells[cell] = users
        else:
            pools[Cell(cell.shape, cell.day, FEW, FEW)] += users
    shown_cells |= {cell: users for cell, users in pools.items() if users >= LEAST_USERS}
    return dict(sorted(shown_cells.items()))
