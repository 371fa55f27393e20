"""One tab of a browser that somebody uses, over the DevTools protocol: it is read, and nothing in it is changed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.base.errors import BlindFault, InputFault
from driftwright.base.terms import STORAGE, Area
from driftwright.snapshot.capture.answer import FORGET, PAGE_AREAS, literal
from driftwright.snapshot.capture.attached.devtools import DevTools, RefusedError, part
from driftwright.snapshot.capture.attached.endpoint import find_endpoints
from driftwright.snapshot.capture.attached.websocket import ClosedError
from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.request import AreaReading, CaptureRequest
from driftwright.snapshot.capture.worlds import extension_id
from driftwright.workspace import Target, origin_of

_MOST_FRAMES = 1000
PATIENCE = 2000.0  # milliseconds that a frame may take that is looked at by the way


@contextlib.contextmanager
def connected(where: str, deadline: Deadline) -> Iterator[DevTools]:
    """Connect to the browser that `where` names: a port, a loopback URL, or `auto`.

    Raises:
        InputFault: There is none on this machine, or what is there answers like none.
        BlindFault: The browser refuses what it is asked for.
    """
    try:
        with _reached(where, deadline) as browser:
            yield browser
    except RefusedError:
        problem = "the browser refuses to be read"
        raise BlindFault(problem, deadline.file, "crash", "look at which browser answers at that port") from None


def _reached(where: str, deadline: Deadline) -> DevTools:
    for address in find_endpoints(where, deadline):
        with contextlib.suppress(OSError, ClosedError):
            return DevTools(address, deadline)
    mend = "start it with --remote-debugging-port=9222 and a --user-data-dir of its own"
    raise InputFault("no browser answers there", "--attach", where, mend)


def tabs_of(browser: DevTools, target: Target) -> list[str]:
    """Return the ids of the tabs of the page's origin."""
    infos = part(browser.ask("Target.getTargets"), list, "targetInfos")
    # By their ids, for the browser tells them in the order of their last use: a number must mean the same next time.
    return sorted(
        part(info, str, "targetId")
        for info in infos
        if part(info, str, "type") == "page" and _origin(part(info, str, "url")) == target.origin
    )


def _origin(url: str) -> str:
    try:
        return origin_of(url)
    except ValueError:  # no address at all
        return ""


@contextlib.contextmanager
def attached(browser: DevTools, target: Target, tab: str) -> Iterator[str]:
    """Attach to a tab, and let go of it afterwards.

    Raises:
        BlindFault: It is gone.
    """
    try:
        session = part(browser.ask("Target.attachToTarget", targetId=tab, flatten=True), str, "sessionId")
    except RefusedError:
        raise BlindFault("the tab was closed meanwhile", target.file, "crash", "open it again") from None
    try:
        yield session
    finally:
        with contextlib.suppress(RefusedError, BlindFault):
            browser.ask("Target.detachFromTarget", sessionId=session)


def chosen_tab(tabs: list[str], target: Target, number: int | None) -> str:
    """Choose a tab; it is named by its number alone, for titles and paths are private.

    Raises:
        BlindFault: None is open.
        InputFault: It is not clear which one is meant.
    """
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
class Tab:
    """An attached tab; without a `repr`, for the request holds the salt."""

    browser: DevTools
    session: str
    request: CaptureRequest
    extension: str

    def evaluate(self, expression: str, world: Mapping[str, Any], milliseconds: float) -> Any:
        """Evaluate in `world` and return the plain value; what it throws may hold page text and is not kept."""
        parameters = {"expression": expression, "returnByValue": True, "awaitPromise": True, "timeout": milliseconds}
        answer = self.browser.ask("Runtime.evaluate", self.session, **parameters, **world)
        if "exceptionDetails" in answer:
            raise RefusedError
        return part(answer, dict, "result").get("value")

    @property
    def beside(self) -> tuple[Area, ...]:
        """The areas beside storage in which a store should lie that is looked for here."""
        return AreaReading(self.request.target, self.request.policy, self.request.salt).beside

    def document(self) -> tuple[str, str]:
        """The tab's own frame, and the document that is loaded in it: another after every load."""
        frame = part(self._tree(), dict, "frame")
        return part(frame, str, "id"), part(frame, str, "loaderId")

    def frames(self) -> list[str]:
        """Ids of the frames that live in the tab's process, the page's own first."""
        return list(_frame_ids(self._tree()))

    def _tree(self) -> Mapping[str, Any]:
        return part(self.browser.ask("Page.getFrameTree", self.session), dict, "frameTree")

    def isolated(self, frame: str) -> Mapping[str, Any]:
        """A world of our own in a frame."""
        made = self.browser.ask("Page.createIsolatedWorld", self.session, frameId=frame, worldName="driftwright")
        return {"contextId": part(made, int, "executionContextId")}

    def asked(self, frame: str, deadline: Deadline, call: str) -> Any:
        """Evaluate in a world of our own in a frame and leave nothing there; None when it does not answer."""
        with contextlib.suppress(RefusedError):
            world = self.isolated(frame)
            value = self.evaluate(call, world, min(PATIENCE, deadline.milliseconds()))
            self.evaluate(FORGET, world, deadline.milliseconds())
            return value
        return None

    def world(self, deadline: Deadline) -> tuple[Mapping[str, Any], tuple[Area, ...]]:
        """Return where to read, and what can be read there."""
        frame = self.frames()[0]
        if not self.extension and self.request.target.extension is None:
            return self.isolated(frame), (*PAGE_AREAS, *self.beside)
        self.browser.ask("Runtime.enable", self.session)
        try:
            worlds = [world for (of, _), world in self.browser.contexts.items() if of == self.session]
        finally:
            self.browser.ask("Runtime.disable", self.session)  # what the page logs is none of our business
        scripts = [
            world for world in worlds if world["origin"].startswith("chrome-extension://") and world["frame"] == frame
        ]
        for world in scripts:
            place = {"uniqueContextId": world["uniqueId"]}
            if self._is_ours(world["origin"].removeprefix("chrome-extension://"), place, deadline):
                return place, (*STORAGE, *self.beside)
        problem = "the extension runs no content script in that tab"
        mend = "reload the tab once by hand, or give --extension with the id that chrome://extensions shows"
        raise BlindFault(problem, self.request.target.file, "extension-not-loaded", mend)

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


def _frame_ids(tree: object) -> Iterator[str]:
    """Yield the ids of the frames of a tree, the outermost first."""
    trees = [tree]
    for _ in range(_MOST_FRAMES):
        if not trees:
            return
        tree = trees.pop()
        yield part(tree, str, "frame", "id")
        below = part(tree, dict).get("childFrames", [])
        trees += reversed(part(below, list))
