"""Reads one tab of a browser that somebody uses: nothing is reloaded, answered, opened or ended there."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from driftwright.capture.answer import (
    FORGET,
    PAGE_AREAS,
    UNCHANGED,
    answer_text,
    check_denied,
    literal,
    provenance_of,
    reading_call,
    redaction_of,
    views_of,
)
from driftwright.capture.deadline import Deadline
from driftwright.capture.devtools import DevTools, RefusedError
from driftwright.capture.elsewhere import Place, gathered
from driftwright.capture.endpoint import find_endpoints
from driftwright.capture.probe import CaptureRequest
from driftwright.capture.reading import Reading
from driftwright.capture.target import Target, origin_of
from driftwright.capture.websocket import ClosedError
from driftwright.capture.worlds import extension_id, frame_ids
from driftwright.errors import BlindFault, InputFault
from driftwright.snapshot import AreaView, Snapshot
from driftwright.terms import Area

WAY = "attached"
SECONDS = 10.0  # at most: somebody waits, and a tab that is busy or behind a dialog is not worth more
PATIENCE = 2000.0  # milliseconds that another frame or tab may take
PAUSE = 0.05  # seconds between two readings, of which the last two agree


@dataclass(frozen=True, slots=True)
class Attachment:
    """Which browser, and what of it.

    Args:
        where: A port, a loopback URL, or `auto`.
        tab: Which of several tabs of the page's origin, from 1; None when there is one.
        extension: Id of the installed extension; empty for the target's own.
    """

    where: str
    tab: int | None = None
    extension: str = ""


def attach(request: CaptureRequest, attachment: Attachment) -> Snapshot:
    """Read the storage of an open tab.

    Raises:
        InputFault: The browser is not on this machine, or it is not clear which tab is meant.
        BlindFault: The tab could not be seen; its place is the reason's word.
    """
    target = request.target
    state, _ = target.walk(request.state)
    deadline = Deadline.after(min(SECONDS, target.deadline), target.file)
    request.progress("attaching to the browser")
    with _connected(attachment.where, deadline) as browser:
        tabs = _tabs(browser, target)
        chosen = _chosen(tabs, target, attachment.tab)
        request.progress("reading the storage")
        with _attached(browser, target, chosen) as session:
            tab = _Tab(browser, session, request, attachment.extension)
            areas = _settled(tab, deadline)
            others = [one for one in tabs if one != chosen]
            areas += gathered(_places(tab, others, deadline), Reading(target, request.policy, request.salt), areas)
        product = browser.ask("Browser.getVersion")["product"]
    provenance = provenance_of(target, state, product.replace("/", " "), WAY)
    return Snapshot(provenance, redaction_of(request.policy), areas)


def _connected(where: str, deadline: Deadline) -> DevTools:
    for address in find_endpoints(where):
        with contextlib.suppress(OSError, ClosedError):
            return DevTools(address, deadline)
    mend = "start it with --remote-debugging-port=9222 and a --user-data-dir of its own"
    raise InputFault("no browser answers there", "--attach", where, mend)


def _tabs(browser: DevTools, target: Target) -> list[str]:
    """Return the ids of the tabs of the page's origin."""
    found = browser.ask("Target.getTargets")["targetInfos"]
    # By their ids, for the browser tells them in the order of their last use: a number must mean the same next time.
    return sorted(one["targetId"] for one in found if one["type"] == "page" and origin_of(one["url"]) == target.origin)


@contextlib.contextmanager
def _attached(browser: DevTools, target: Target, tab: str) -> Iterator[str]:
    """Attach to a tab, and let go of it afterwards."""
    try:
        session: str = browser.ask("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
    except RefusedError:
        raise BlindFault("the tab was closed meanwhile", target.file, "crash", "open it again") from None
    try:
        yield session
    finally:
        with contextlib.suppress(RefusedError, BlindFault):
            browser.ask("Target.detachFromTarget", sessionId=session)


def _places(tab: _Tab, others: list[str], deadline: Deadline) -> Iterator[Place]:
    """Yield the frames of the tab, and the other tabs of its origin."""
    for number, frame in enumerate(tab.frames()[1:], 1):
        yield f"frame {number}", partial(tab.asked, frame, deadline)
    for number, other in enumerate(others, 1):
        with (
            contextlib.suppress(BlindFault, RefusedError),
            _attached(tab.browser, tab.request.target, other) as session,
        ):
            beside = replace(tab, session=session)
            yield f"tab {number}", partial(beside.asked, beside.frames()[0], deadline)


def _chosen(tabs: list[str], target: Target, number: int | None) -> str:
    """Choose a tab; it is named by its number alone, for titles and paths are private."""
    if not tabs:
        mend = "open the page in that browser and sign in there"
        raise BlindFault(f"no tab of {target.origin} is open", target.file, "wrong-origin", mend)
    if number is None and len(tabs) > 1:
        mend = f"choose one with --tab 1 to --tab {len(tabs)}, or close the others"
        raise InputFault(f"{len(tabs)} tabs of {target.origin} are open", "--attach", "", mend)
    if number is not None and not 1 <= number <= len(tabs):
        raise InputFault(f"no tab {number}", "--tab", "", f"tabs of {target.origin}: 1 to {len(tabs)}")
    return tabs[(number or 1) - 1]


@dataclass(frozen=True, slots=True, repr=False)
class _Tab:
    """An attached tab; without a `repr`, for the request holds the salt."""

    browser: DevTools
    session: str
    request: CaptureRequest
    extension: str

    def evaluate(self, expression: str, world: Mapping[str, Any], milliseconds: float) -> Any:
        """Evaluate in `world` and return the plain value; what it throws may hold page text and is not kept."""
        told = {"expression": expression, "returnByValue": True, "awaitPromise": True, "timeout": milliseconds}
        answer = self.browser.ask("Runtime.evaluate", self.session, **told, **world)
        if "exceptionDetails" in answer:
            raise RefusedError
        return answer["result"].get("value")

    def frames(self) -> list[str]:
        """Ids of the frames that live in the tab's process, the page's own first."""
        return list(frame_ids(self.browser.ask("Page.getFrameTree", self.session)["frameTree"]))

    def isolated(self, frame: str) -> Mapping[str, Any]:
        """A world of our own in a frame."""
        made = self.browser.ask("Page.createIsolatedWorld", self.session, frameId=frame, worldName="driftwright")
        return {"contextId": made["executionContextId"]}

    def asked(self, frame: str, deadline: Deadline, call: str) -> Any:
        """Evaluate in a world of our own in a frame and leave nothing there; None when it does not answer."""
        with contextlib.suppress(RefusedError):
            world = self.isolated(frame)
            told = self.evaluate(call, world, min(PATIENCE, deadline.milliseconds()))
            self.evaluate(FORGET, world, deadline.milliseconds())
            return told
        return None

    def world(self, deadline: Deadline) -> tuple[Mapping[str, Any], tuple[Area, ...]]:
        """Return where to read, and what can be read there."""
        frame = self.frames()[0]
        if not self.extension and self.request.target.extension is None:
            return self.isolated(frame), PAGE_AREAS
        self.browser.ask("Runtime.enable", self.session)
        try:
            worlds = [world for (of, _), world in self.browser.contexts.items() if of == self.session]
        finally:
            self.browser.ask("Runtime.disable", self.session)  # what the page logs is none of our business
        scripts = [
            world
            for world in worlds
            if world["origin"].startswith("chrome-extension://") and world.get("auxData", {}).get("frameId") == frame
        ]
        for world in scripts:
            found = {"uniqueContextId": world["uniqueId"]}
            if self._is_ours(world["origin"].removeprefix("chrome-extension://"), found, deadline):
                return found, tuple(Area)
        what = "the extension runs no content script in that tab"
        mend = "reload the tab once by hand, or give --extension with the id that chrome://extensions shows"
        raise BlindFault(what, self.request.target.file, "extension-not-loaded", mend)

    def _is_ours(self, identity: str, world: Mapping[str, Any], deadline: Deadline) -> bool:
        """Whether it is the extension that was named, or the target's: by its id, else by the name it has."""
        if self.extension:
            return identity == self.extension
        folder = self.request.target.extension
        if folder is None or identity == extension_id(folder):
            return folder is not None
        name = json.loads((folder / "manifest.json").read_text(encoding="utf-8-sig")).get("name", "")
        asked = f"chrome.runtime.getManifest().name === {literal(str(name))}"
        with contextlib.suppress(RefusedError):
            return self.evaluate(asked, world, deadline.milliseconds()) is True
        return False


def _settled(tab: _Tab, deadline: Deadline) -> tuple[AreaView, ...]:
    """Read until two readings in a row are the same: a store in mid-write is not evidence."""
    file = tab.request.target.file
    text = ""
    try:
        world, areas = tab.world(deadline)
        call = reading_call(tab.request.policy, tab.request.salt, areas)
        try:
            while not deadline.passed:
                if text and tab.evaluate(UNCHANGED, world, deadline.milliseconds()) is True:
                    views = views_of(text, tab.request.target.origin, file)
                    check_denied(views, tab.request.policy, file)
                    return views
                text = answer_text(tab.evaluate(call, world, deadline.milliseconds()), file)
                time.sleep(PAUSE)
        finally:
            with contextlib.suppress(RefusedError, BlindFault):
                tab.evaluate(FORGET, world, deadline.milliseconds())
    except RefusedError:
        raise BlindFault("the tab went elsewhere while it was read", file, "crash", "run it again") from None
    raise BlindFault("the storage never came to rest", file, "not-ready", "wait until the page is done") from None
