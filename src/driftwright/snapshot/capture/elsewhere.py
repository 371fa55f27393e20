"""Stores that lie in another frame or tab of the page, and not where they should."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, TypeAlias

from driftwright.base.errors import BlindFault
from driftwright.snapshot.capture.answer import PAGE_AREAS, answer_text, views_elsewhere
from driftwright.snapshot.capture.request import AreaReading
from driftwright.snapshot.model import AreaView

MOST = 20  # frames and tabs that are looked into


# A frame or tab: its name, and what evaluates an expression in a world of our own there; None is no answer.
Place: TypeAlias = "tuple[str, Callable[[str], Any]]"


def gathered(places: Iterable[Place], reading: AreaReading, views: Iterable[AreaView]) -> tuple[AreaView, ...]:
    """Return the views of `places` with the stores that `views` lack; the places are not read when none is lacking."""
    lacking = reading.declared_in(PAGE_AREAS) - {entry.store for view in views for entry in view.entries}
    if not lacking:
        return ()
    call = reading.call(PAGE_AREAS, lacking)
    wanted = {store["area"] for store in reading.policy["stores"] if store["name"] in lacking}
    found_views: list[AreaView] = []
    for where, asked in islice(places, MOST):
        with contextlib.suppress(BlindFault):
            answer_views = views_elsewhere(answer_text(asked(call), reading.target.file), where, reading.target.file)
            # How many other keys it holds, and which areas nobody misses a store in, is not our business.
            found_views += (view for view in answer_views if view.entries or (view.denied and view.area in wanted))
    return tuple(found_views)
