"""Reads one tab of a running browser: nothing is reloaded, answered, opened or closed there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from driftwright.base.errors import BlindFault
from driftwright.base.terms import Area
from driftwright.snapshot.answers import RawAnswers
from driftwright.snapshot.capture.answer import (
    FORGET,
    UNCHANGED,
    answer_text,
    check_denied,
    giving_call,
    provenance_of,
    reading_call,
    redaction_of,
    views_of,
)
from driftwright.snapshot.capture.asking import CutOffError, Evaluate, ask
from driftwright.snapshot.capture.attached.answers import TabAnswers
from driftwright.snapshot.capture.attached.devtools import RefusedError, part
from driftwright.snapshot.capture.attached.tab import Tab, attached, chosen_tab, connected, tabs_of
from driftwright.snapshot.capture.blindness import blind
from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.elsewhere import Place, gathered
from driftwright.snapshot.capture.rekeying import rekeyer_of
from driftwright.snapshot.capture.request import AreaReading, CaptureRequest
from driftwright.snapshot.capture.window import SECONDS as SECONDS_OF_PAGE
from driftwright.snapshot.capture.window import bring_globals
from driftwright.snapshot.model import AreaView, Snapshot

WAY = "attached"
SECONDS = 10.0  # at most: somebody waits, and a tab that is busy or behind a dialog is not worth more
_MOST_LETTERS = 200  # of a browser's name
PAUSE = 0.05  # seconds between two readings, of which the last two agree


@dataclass(frozen=True, slots=True)
class Attachment:
    """Which tab of which running browser to read.

    Args:
        where: A port, a loopback URL, or `auto`.
        tab: Which of several tabs of the page's origin, from 1; None when there is one.
        extension: Id of the installed extension; empty for the target's own.
    """

    where: str
    tab: int | None = None
    extension: str = ""


def capture_attached(request: CaptureRequest, attachment: Attachment) -> Snapshot:
    """Read the storage of an open tab.

    Raises:
        InputFault: The browser is not on this machine, or it is not clear which tab is meant.
        BlindFault: The tab could not be seen; its place is the reason's word.
    """
    target = request.target
    deadline = Deadline.after(_seconds(request), target.file)
    request.progress("attaching to the browser")
    with rekeyer_of(request) as rekeyer:
        with connected(attachment.where, deadline) as browser:
            tabs = tabs_of(browser, target)
            chosen = chosen_tab(tabs, target, attachment.tab)
            with attached(browser, target, chosen) as session:
                tab = Tab(browser, session, request, attachment.extension)
                snapshot = tab_at_rest(tab, [other for other in tabs if other != chosen], deadline)
        return rekeyer.snapshot(snapshot)


def _seconds(request: CaptureRequest) -> float:
    """Return how long a tab is looked at: for an answer somebody has to use the page first."""
    waits = any(store["area"] == Area.RESPONSE for store in request.policy["stores"])
    return request.target.deadline if waits else min(SECONDS, request.target.deadline)


def tab_at_rest(tab: Tab, others: Sequence[str], deadline: Deadline) -> Snapshot:
    """Read a tab until two readings are the same, and return the snapshot, hidden under the key of pages alone.

    Args:
        tab: The tab.
        others: Ids of the other tabs of its origin, which are searched for stores that it lacks.
        deadline: By when everything is done.

    Raises:
        BlindFault: The tab could not be seen, or never came to rest.
    """
    request = tab.request
    target = request.target
    state, _ = target.walk(request.state)
    request.progress("reading the storage")
    answered = TabAnswers(tab)
    try:
        with answered.followed(deadline):
            areas, answers = _read_at_rest(tab, deadline, answered)
    except RefusedError:
        raise BlindFault("the tab cannot be followed", target.file, "crash", "run it again") from None
    areas += gathered(_places(tab, others, deadline), AreaReading(target, request.policy, request.salt), areas)
    product = part(tab.browser.ask("Browser.getVersion"), str, "product")
    provenance = provenance_of(target, state, product[:_MOST_LETTERS].replace("/", " "), WAY)
    return Snapshot(provenance, redaction_of(request.policy), areas, answers=answers)


def _places(tab: Tab, others: Sequence[str], deadline: Deadline) -> Iterator[Place]:
    """Yield the frames of the tab, and the other tabs of its origin."""
    for number, frame in enumerate(tab.frames()[1:], 1):
        yield f"frame {number}", partial(tab.asked, frame, deadline)
    for number, other in enumerate(others, 1):
        with (
            contextlib.suppress(BlindFault, RefusedError),
            attached(tab.browser, tab.request.target, other) as session,
        ):
            beside = replace(tab, session=session)
            yield f"tab {number}", partial(beside.asked, beside.frames()[0], deadline)


def _evaluating(tab: Tab, world: Mapping[str, Any], deadline: Deadline) -> Evaluate:
    def evaluate(expression: str, milliseconds: float) -> Any:
        try:
            return tab.evaluate(expression, world, min(milliseconds, deadline.milliseconds()))
        except (RefusedError, BlindFault):
            raise CutOffError from None

    return evaluate


def _hand_over(tab: Tab, world: Mapping[str, Any], deadline: Deadline, answered: Any) -> None:
    """Hand the world in which a tab is read what that world cannot see by itself."""
    if answered is not None:
        tab.evaluate(giving_call(Area.RESPONSE, answered), world, deadline.milliseconds())
    if Area.WINDOW not in tab.beside:
        return

    def evaluate_in_reader(expression: str) -> Any:
        return tab.evaluate(expression, world, deadline.milliseconds())

    def evaluate_in_page(expression: str) -> Any:
        return tab.evaluate(expression, {}, min(SECONDS_OF_PAGE * 1000, deadline.milliseconds()))

    bring_globals(tab.request.policy, evaluate_in_reader, evaluate_in_page, RefusedError)


def _read_at_rest(tab: Tab, deadline: Deadline, answered: TabAnswers) -> tuple[tuple[AreaView, ...], RawAnswers | None]:
    """Read until two readings in a row are the same: a store in mid-write is not evidence; then ask the readers."""
    file = tab.request.target.file
    text = ""
    try:
        world, areas = tab.world(deadline)
        call = reading_call(tab.request.policy, tab.request.salt, areas)
        try:
            while not deadline.passed:
                _hand_over(tab, world, deadline, answered.entries())
                if text and tab.evaluate(UNCHANGED, world, deadline.milliseconds()) is True:
                    views = views_of(text, tab.request.target.origin, file)
                    check_denied(views, tab.request.policy, file)
                    return views, ask(tab.request.readers, views, _evaluating(tab, world, deadline))
                text = answer_text(tab.evaluate(call, world, deadline.milliseconds()), file)
                time.sleep(PAUSE)
        finally:
            with contextlib.suppress(RefusedError, BlindFault):
                tab.evaluate(FORGET, world, deadline.milliseconds())
    except RefusedError:
        if deadline.passed:  # the browser has cut off what we evaluated just before we gave it up
            raise blind("timeout", file) from None
        raise BlindFault("the tab went elsewhere while it was read", file, "crash", "run it again") from None
    raise BlindFault("the storage never came to rest", file, "not-ready", "wait until the page is done") from None
