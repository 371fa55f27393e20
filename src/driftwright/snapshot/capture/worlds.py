"""The JavaScript worlds of a page, over the DevTools protocol; the redactor runs in an isolated one."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from driftwright.snapshot.capture.responses import ENABLE, EVENTS, text_of_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import BrowserContext, Frame, Page

    from driftwright.snapshot.capture.responses import ResponseLog

_WORLD = "driftwright"


class ThrewError(Exception):
    """The evaluated code threw; what it threw may hold page text and is not kept."""


class Worlds:
    """The execution contexts of a page's main frame."""

    def __init__(self, context: BrowserContext, page: Page | Frame) -> None:
        """Follow the contexts of `page`, or of a frame in a process of its own, from now on."""
        self._page = page
        self._contexts: dict[str, Mapping[str, Any]] = {}
        self._session = context.new_cdp_session(page)
        self._session.on("Runtime.executionContextCreated", self._created)
        self._session.on("Runtime.executionContextDestroyed", self._destroyed)
        self._session.on("Runtime.executionContextsCleared", lambda _: self._contexts.clear())
        self._session.send("Runtime.enable")

    def evaluate(self, expression: str, world: Mapping[str, Any], milliseconds: float) -> Any:
        """Evaluate in `world` and return the plain value.

        Raises:
            ThrewError: The code threw, or did not end within `milliseconds`.
        """
        asked = {"expression": expression, "returnByValue": True, "awaitPromise": True, "timeout": milliseconds}
        answer = self._session.send("Runtime.evaluate", {**asked, **world})
        if "exceptionDetails" in answer:
            raise ThrewError
        return answer["result"].get("value")

    def main(self) -> Mapping[str, Any]:
        """The page's own world; what comes from it is the page's word alone."""
        return {}

    def isolated(self, frame: str | None = None) -> Mapping[str, Any]:
        """A world of our own, in the main frame or another: same document and storage, none of the page's overrides."""
        frame = frame or self._main_frame()
        made = self._session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": _WORLD})
        return {"contextId": made["executionContextId"]}

    def extension(self, identity: str) -> Mapping[str, Any] | None:
        """The world of the extension's content script on the page, or None while there is none."""
        origin = f"chrome-extension://{identity}"
        frame = self._main_frame()
        for unique, context in self._contexts.items():
            if context["origin"] == origin and context.get("auxData", {}).get("frameId") == frame:
                return {"uniqueContextId": unique}
        return None

    def follow_responses(self, log: ResponseLog) -> None:
        """Keep in `log` the answers that the page gets, of which the browser keeps the bodies."""

        def note(event: str, details: Mapping[str, Any]) -> None:
            due = log.note_event(event, details)
            if due is not None:
                log.keep(due, self._body(due))

        for event in EVENTS:
            self._session.on(event, partial(note, event))

    def _body(self, request: str) -> Mapping[str, Any] | None:
        """The body of an answer, at once: the browser forgets it with the page that asked for it."""
        from playwright.sync_api import Error

        try:
            return self._session.send("Network.getResponseBody", {"requestId": request})
        except Error:
            return None

    def browser_version(self) -> str:
        """Version number of the running browser."""
        return str(self._session.send("Browser.getVersion")["product"]).rpartition("/")[2]

    def keep_bodies(self) -> None:
        """Let the browser keep for us, from now on, what the page is answered: its document as well."""
        self._session.send("Network.enable", dict(ENABLE))

    def served_document(self) -> str | None:
        """The text of the page's document as it was served; None where the browser has kept none.

        Of a page that is loaded since `keep_bodies` it keeps one; its request bears the name of the load.
        """
        frame = self._session.send("Page.getFrameTree")["frameTree"]["frame"]
        return text_of_body(self._body(frame["loaderId"]))

    def frames(self) -> list[str]:
        """Ids of the frames below the main one that live in the page's own process."""
        return list(frame_ids(self._session.send("Page.getFrameTree")["frameTree"]))[1:]

    def _main_frame(self) -> str:
        return str(self._session.send("Page.getFrameTree")["frameTree"]["frame"]["id"])

    def _created(self, event: dict[str, Any]) -> None:
        context = event["context"]
        self._contexts[context["uniqueId"]] = context

    def _destroyed(self, event: dict[str, Any]) -> None:
        self._contexts.pop(event.get("executionContextUniqueId", ""), None)


def frame_ids(tree: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids of all frames of a protocol's frame tree, the outermost first."""
    yield str(tree["frame"]["id"])
    for child in tree.get("childFrames", ()):
        yield from frame_ids(child)


def extension_id(folder: Path) -> str:
    """Return the id that Chromium gives the unpacked extension: from its manifest's key, else from its path."""
    manifest = json.loads(folder.joinpath("manifest.json").read_text(encoding="utf-8-sig"))
    key = manifest.get("key") if isinstance(manifest, dict) else None
    seed = base64.b64decode(key) if isinstance(key, str) else str(folder.resolve()).encode()
    return "".join("abcdefghijklmnop"[int(digit, 16)] for digit in hashlib.sha256(seed).hexdigest()[:32])
