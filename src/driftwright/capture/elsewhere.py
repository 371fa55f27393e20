"""Looks into the other frames and tabs of a page for stores that the page itself does not hold.

A frame of the page's origin shares the page's storage, so it shows nothing new; a frame of another origin and another
tab have storage of their own, and a sandboxed frame has none that anybody could open: it is named, not taken for empty.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from driftwright.capture.answer import PAGE_AREAS, answer_text, area_views
from driftwright.capture.target import origin_of
from driftwright.capture.worlds import ThrewError, Worlds
from driftwright.errors import BlindFault
from driftwright.snapshot import AreaView

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame, Page

    from driftwright.capture.deadline import Deadline
    from driftwright.capture.reading import Reading
    from driftwright.capture.session import Session

MOST = 20  # frames and tabs that are looked into
_PATIENCE = 2000.0  # milliseconds that one of them may take


# A frame or tab: its name, and what evaluates an expression in a world of our own there; None is no answer.
Place: TypeAlias = "tuple[str, Callable[[str], Any]]"


def found_elsewhere(
    session: Session, deadline: Deadline, reading: Reading, views: Iterable[AreaView]
) -> tuple[AreaView, ...]:
    """Return what other frames and tabs show of the stores that `views` lack.

    Args:
        session: The browser.
        deadline: By when everything is done.
        reading: What is looked for.
        views: What the page itself shows.

    Returns:
        One view for each area of a frame or tab that holds such a store, or that is closed.
    """
    error = _playwright_error()

    def asked(worlds: Worlds, world: Mapping[str, Any], call: str) -> Any:
        with contextlib.suppress(ThrewError, error):
            return worlds.evaluate(call, world, min(_PATIENCE, deadline.rest()))
        return None

    places = (
        (where, partial(asked, worlds, world))
        for where, worlds, world in _places(session, reading.target.origin)
        if not deadline.passed
    )
    return gathered(places, reading, views)


def gathered(places: Iterable[Place], reading: Reading, views: Iterable[AreaView]) -> tuple[AreaView, ...]:
    """Return what `places` show of the stores that `views` lack; nothing is asked of them when none is lacking."""
    lacking = reading.declared_in(PAGE_AREAS) - {entry.store for view in views for entry in view.entries}
    if not lacking:
        return ()
    call = reading.call(PAGE_AREAS, lacking)
    wanted = {store["area"] for store in reading.policy["stores"] if store["name"] in lacking}
    found: list[AreaView] = []
    for where, asked in islice(places, MOST):
        with contextlib.suppress(BlindFault):
            told = area_views(json.loads(answer_text(asked(call), reading.target.file))["areas"], where)
            # How many other keys it holds, and which areas nobody misses a store in, is not our business.
            found += (view for view in told if view.entries or (view.denied and view.area in wanted))
    return tuple(found)


def _playwright_error() -> type[Exception]:
    from playwright.sync_api import Error

    return Error


def _places(session: Session, origin: str) -> Iterator[tuple[str, Worlds, Mapping[str, Any]]]:
    """Yield each other frame and tab: its name, and the world of our own in it."""
    error = _playwright_error()
    context = session.page.context
    number = 0
    for frame in session.worlds.frames():
        number += 1
        with contextlib.suppress(error):
            yield f"frame {number}", session.worlds, session.worlds.isolated(frame)
    for far in _far_frames(session.page):
        number += 1
        with contextlib.suppress(error):
            worlds = Worlds(context, far)
            yield f"frame {number}", worlds, worlds.isolated()
    for place, page in enumerate(_tabs(context, session.page, origin), 1):
        with contextlib.suppress(error):
            worlds = Worlds(context, page)
            yield f"tab {place}", worlds, worlds.isolated()


def _far_frames(page: Page) -> Iterator[Frame]:
    """Yield the frames that the browser keeps in a process of their own."""
    error = _playwright_error()
    for frame in page.frames[1 : MOST + 1]:
        try:
            page.context.new_cdp_session(frame).detach()
        except error:
            continue  # it is part of the page's own process
        yield frame


def _tabs(context: BrowserContext, page: Page, origin: str) -> Iterator[Page]:
    for other in context.pages[:MOST]:
        if other is not page and origin_of(other.url) == origin:
            yield other
