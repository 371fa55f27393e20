"""Hands the world in which a page is read what that world cannot see by itself, before anything is hidden there.

DevTools alone have the document as it was served, and what the page was answered. These texts are handed to a world of
our own in the page that they came to, and are kept nowhere: the redactor runs there on them, as on everything else.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from driftwright.base.terms import Area
from driftwright.snapshot.capture.answer import MAX_UNITS, giving_call
from driftwright.snapshot.capture.window import SECONDS, bring_globals
from driftwright.snapshot.capture.worlds import ThrewError

if TYPE_CHECKING:
    from driftwright.snapshot.capture.deadline import Deadline
    from driftwright.snapshot.capture.launched.session import Session
    from driftwright.snapshot.capture.request import AreaReading, CaptureRequest


_PATIENCE = 3.0  # seconds in which an answer that is a store may still come
_PAUSE = 50.0  # milliseconds between two looks whether it has


def wait_for_answers(session: Session, deadline: Deadline, request: CaptureRequest) -> None:
    """Wait a little for the answers that are stores, where the page's steps have not waited for them.

    Raises:
        BlindFault: The page ended meanwhile.
    """
    log = session.responses
    if log is None:
        return
    request.progress("waiting for what the page is answered")
    end = time.monotonic() + min(_PATIENCE, deadline.milliseconds_left() / 1000 / 2)
    while not log.is_complete() and time.monotonic() < end:
        session.pause(_PAUSE)


def hand_over(session: Session, deadline: Deadline, reading: AreaReading, world: Mapping[str, Any]) -> None:
    """Give a JavaScript world the contents of the areas beside storage that declare a store.

    Args:
        session: The browser.
        deadline: By when everything is done.
        reading: What is looked for.
        world: Where the page is read.
    """
    if Area.PAGE_JSON in reading.beside:
        _give(session, deadline, world, Area.PAGE_JSON, _served(session))
    if Area.RESPONSE in reading.beside and session.responses is not None:
        _give(session, deadline, world, Area.RESPONSE, session.responses.entries())
    hand_over_anew(session, deadline, reading, world)


def hand_over_anew(session: Session, deadline: Deadline, reading: AreaReading, world: Mapping[str, Any]) -> None:
    """Hand a world again those areas that may have changed since they were last handed to it."""
    if Area.WINDOW not in reading.beside:
        return

    def evaluate_in_reader(expression: str) -> Any:
        return session.worlds.evaluate(expression, world, deadline.milliseconds())

    def evaluate_in_page(expression: str) -> Any:
        patience = min(SECONDS * 1000, deadline.milliseconds())
        return session.worlds.evaluate(expression, session.worlds.main(), patience)

    bring_globals(reading.policy, evaluate_in_reader, evaluate_in_page, ThrewError)


def _served(session: Session) -> Any:
    text = session.worlds.served_document()
    if text is None:
        return {"denied": "NotKept"}
    return text if len(text) <= MAX_UNITS else {"denied": "oversize"}


def _give(session: Session, deadline: Deadline, world: Mapping[str, Any], area: Area, held: Any) -> None:
    session.worlds.evaluate(giving_call(area, held), world, deadline.milliseconds())
