"""Searches the other frames and tabs of a page for stores that the page itself does not hold.

A frame of the page's origin shares the page's storage, so it shows nothing new; a frame of another origin and another
tab have storage of their own, and a sandboxed frame has none that anybody could open: it is named, not taken for empty.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from driftwright.snapshot.capture.elsewhere import MOST, gathered
from driftwright.snapshot.capture.worlds import ThrewError, Worlds
from driftwright.snapshot.model import AreaView
from driftwright.workspace import origin_of

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame, Page

    from driftwright.snapshot.capture.deadline import Deadline
    from driftwright.snapshot.capture.launched.session import Session
    from driftwright.snapshot.capture.request import AreaReading

_PATIENCE = 2000.0  # milliseconds that one of them may take


def found_elsewhere(
    session: Session, deadline: Deadline, reading: AreaReading, views: Iterable[AreaView]
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
            return worlds.evaluate(call, world, min(_PATIENCE, deadline.milliseconds_left()))
        return None

    places = (
        (where, partial(asked, worlds, world))
        for where, worlds, world in _places(session, reading.target.origin)
        if not deadline.passed
    )
    return gathered(places, reading, views)


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
