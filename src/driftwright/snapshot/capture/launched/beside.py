"""Hands the world in which a page is read what that world cannot see by itself, before anything is hidden there.

DevTools alone have the document as it was served. Its text is handed to a world of our own in the page that it came
from, and is kept nowhere: the redactor runs there on it, as on everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from driftwright.base.terms import Area
from driftwright.snapshot.capture.answer import MAX_UNITS, giving_call
from driftwright.snapshot.capture.window import SECONDS, bring_globals
from driftwright.snapshot.capture.worlds import ThrewError

if TYPE_CHECKING:
    from driftwright.snapshot.capture.deadline import Deadline
    from driftwright.snapshot.capture.launched.session import Session
    from driftwright.snapshot.capture.request import AreaReading


def hand_over(session: Session, deadline: Deadline, reading: AreaReading, world: Mapping[str, Any]) -> None:
    """Hand a world what lies in the areas beside storage in which a store should lie.

    Args:
        session: The browser.
        deadline: By when everything is done.
        reading: What is looked for.
        world: Where the page is read.
    """
    if Area.PAGE_JSON in reading.beside:
        _give(session, deadline, world, Area.PAGE_JSON, _served(session))
    hand_over_anew(session, deadline, reading, world)


def hand_over_anew(session: Session, deadline: Deadline, reading: AreaReading, world: Mapping[str, Any]) -> None:
    """Hand a world anew what may have changed since it was handed it."""
    if Area.WINDOW not in reading.beside:
        return

    def hear(expression: str) -> Any:
        return session.worlds.evaluate(expression, world, deadline.milliseconds())

    def tell(expression: str) -> Any:
        patience = min(SECONDS * 1000, deadline.milliseconds())
        return session.worlds.evaluate(expression, session.worlds.main(), patience)

    bring_globals(reading.policy, hear, tell, ThrewError)


def _served(session: Session) -> Any:
    text = session.worlds.served_document()
    if text is None:
        return {"denied": "NotText"}
    return text if len(text) <= MAX_UNITS else {"denied": "oversize"}


def _give(session: Session, deadline: Deadline, world: Mapping[str, Any], area: Area, held: Any) -> None:
    session.worlds.evaluate(giving_call(area, held), world, deadline.milliseconds())
