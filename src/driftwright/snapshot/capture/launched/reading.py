"""One reading of the storage areas: the redactor runs in the browser, and only its text comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from driftwright.base.errors import BlindFault
from driftwright.base.terms import STORAGE, Area
from driftwright.snapshot.capture.answer import (
    EXTENSION_AREAS,
    PAGE_AREAS,
    UNCHANGED,
    answer_text,
    check_denied,
    views_of,
)
from driftwright.snapshot.capture.asking import CutOffError, ask, not_asked
from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.launched.beside import hand_over, hand_over_anew
from driftwright.snapshot.capture.launched.session import Session
from driftwright.snapshot.capture.request import AreaReading
from driftwright.snapshot.capture.worlds import ThrewError, Worlds, extension_id
from driftwright.snapshot.model import AreaView
from driftwright.workspace import Target

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from driftwright.snapshot.answers import RawAnswers

SCRIPT_AREAS = tuple(area for area in STORAGE if area is not Area.EXTENSION_SESSION)
"""The areas that content scripts may open."""
_SCRIPT_LOOKS = 20  # for the content script's world, before the longer way is taken
_SCRIPT_PAUSE = 100.0  # milliseconds between two of them


def read_areas(session: Session, deadline: Deadline, reading: AreaReading) -> tuple[str, tuple[AreaView, ...]]:
    """Read all areas once; return the redactor's text and what it says.

    Raises:
        BlindFault: The page, its storage or the extension could not be looked at.
    """
    from playwright.sync_api import Error

    try:
        texts = _texts(session, deadline, reading)
    except Error as error:
        raise session.fault(error) from None
    except ThrewError:
        problem = "the redactor did not end well in the page"
        raise BlindFault(problem, reading.target.file, "crash", "run it again") from None
    views = tuple(view for text, origin in texts for view in views_of(text, origin, reading.target.file))
    check_denied(views, reading.policy, reading.target.file)
    return "\n".join(text for text, _ in texts), views


def is_unchanged(session: Session, deadline: Deadline, reading: AreaReading) -> bool:
    """Whether all areas are still as the last reading found them; nothing but the answer leaves the browser.

    Raises:
        BlindFault: The page ended meanwhile.
    """
    from playwright.sync_api import Error

    extension = reading.target.extension
    try:
        world = _world(session, reading)
        hand_over_anew(session, deadline, reading, world)
        if session.worlds.evaluate(UNCHANGED, world, deadline.milliseconds()) is not True:
            return False
        page = _open_extension_page(session, extension_id(extension)) if extension else None
        if page is None:  # it was not needed
            return True
        own = Worlds(session.page.context, page)
        return own.evaluate(UNCHANGED, own.main(), deadline.milliseconds()) is True
    except Error as error:
        raise session.fault(error) from None
    except ThrewError:
        return False


def ask_readers(
    session: Session, deadline: Deadline, reading: AreaReading, views: Sequence[AreaView]
) -> RawAnswers | None:
    """Ask the readers about what the last reading found, where it was read.

    Args:
        session: The browser.
        deadline: By when everything is done.
        reading: The reading.
        views: What of it is shown.
    """
    from playwright.sync_api import Error

    if reading.readers is None:
        return None
    _, far_areas = _halves(reading)
    if any(view.entries and view.area in far_areas for view in views):
        return not_asked(reading.readers, "the stores were read in two worlds, and no reader sees both")

    def evaluate(expression: str, milliseconds: float) -> Any:
        try:
            return session.worlds.evaluate(expression, world, min(milliseconds, deadline.milliseconds()))
        except (Error, ThrewError, BlindFault):
            raise CutOffError from None

    try:
        world = _world(session, reading)
    except (Error, ThrewError):
        return not_asked(reading.readers, "the page went elsewhere before the readers were asked")
    return ask(reading.readers, views, evaluate)


def _halves(reading: AreaReading) -> tuple[tuple[Area, ...], tuple[Area, ...]]:
    """Return the areas that are read in the page, and those that take a page of the extension's own."""
    if reading.target.extension is None:
        return (*PAGE_AREAS, *reading.beside), ()
    here, far_areas = (SCRIPT_AREAS, (Area.EXTENSION_SESSION,)) if reading.scripted else (PAGE_AREAS, EXTENSION_AREAS)
    return (*here, *reading.beside), far_areas


def runs_script(session: Session, target: Target) -> bool:
    """Whether the extension's content script shows itself on the page; waits a little for it.

    Raises:
        BlindFault: The page crashed meanwhile.
    """
    from playwright.sync_api import Error

    if target.extension is None:
        return False
    identity = extension_id(target.extension)
    try:
        for _ in range(_SCRIPT_LOOKS):
            if session.worlds.extension(identity) is not None:
                return True
            session.pause(_SCRIPT_PAUSE)
    except Error as error:
        raise session.fault(error) from None
    return False


def _world(session: Session, reading: AreaReading) -> Mapping[str, Any]:
    """Return where the page is read: in the content script's world, which sees all areas, or in one of our own."""
    if reading.target.extension is None or not reading.scripted:
        return session.worlds.isolated()
    world = session.worlds.extension(extension_id(reading.target.extension))
    if world is None:  # the page went elsewhere under our hands
        raise ThrewError
    return world


def _texts(session: Session, deadline: Deadline, reading: AreaReading) -> list[tuple[str, str]]:
    """Return the redactor's texts, each with the origin it must come from."""
    target, worlds, world = reading.target, session.worlds, _world(session, reading)
    hand_over(session, deadline, reading, world)
    areas, far_areas = _halves(reading)
    if target.extension is None:
        return [(_text(worlds, reading.call(areas, reading.names), world, deadline, target), target.origin)]

    def read_here(names: frozenset[str]) -> str:
        return _text(worlds, reading.call(areas, names), world, deadline, target)

    far = reading.declared_in(far_areas)
    text = read_here(reading.names - far)
    missing = reading.names - far - _store_names(text)
    if reading.scripted and not far and not missing:
        return [(text, target.origin)]
    # Before anything is called gone, every area is searched for it; what one half holds the other does not miss.
    identity = extension_id(target.extension)
    other = _from_extension_page(session, deadline, reading, identity, reading.call(far_areas, far | missing))
    if far - _store_names(other[0]):
        text = read_here(reading.names - _store_names(other[0]))
    return [(text, target.origin), other]


def _store_names(text: str) -> frozenset[str]:
    return frozenset(entry["store"] for view in json.loads(text)["areas"] for entry in view["entries"])


def _from_extension_page(
    session: Session, deadline: Deadline, reading: AreaReading, identity: str, call: str
) -> tuple[str, str]:
    """Read the extension's storage on a page of its own: the way that needs no content script."""
    from playwright.sync_api import Error

    context = session.page.context
    try:
        page = _open_extension_page(session, identity)
        if page is None:  # it stays open for the next reading
            page = context.new_page()
            page.goto(_extension_address(identity), timeout=deadline.milliseconds())
        worlds = Worlds(context, page)
        return _text(worlds, call, worlds.main(), deadline, reading.target), f"chrome-extension://{identity}"
    except Error:
        problem = "the browser did not load the extension"
        mend = "check its manifest in chrome://extensions"
        raise BlindFault(problem, reading.target.file, "extension-not-loaded", mend) from None


def _open_extension_page(session: Session, identity: str) -> Page | None:
    return next((page for page in session.page.context.pages if page.url == _extension_address(identity)), None)


def _extension_address(identity: str) -> str:
    return f"chrome-extension://{identity}/manifest.json"


def _text(worlds: Worlds, call: str, world: Mapping[str, Any], deadline: Deadline, target: Target) -> str:
    return answer_text(worlds.evaluate(call, world, deadline.milliseconds()), target.file)
