"""Listens to the tracer: fetches what it has added up, from every frame in which the extension runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.launched.session import Session
from driftwright.snapshot.capture.worlds import extension_id

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

MAX_UNITS = 16 * 1024 * 1024
_LOOKS = 30  # for the tracer, once the page is there
_PAUSE = 100.0  # milliseconds between two looks


class Listener:
    """Fetches what the tracer has added up, from every frame in which the extension runs."""

    def __init__(self, session: Session, deadline: Deadline, handle: str, copy: Path) -> None:
        """Begin to listen.

        Raises:
            BlindFault: The page ended meanwhile, or its time is up.
        """
        from playwright.sync_api import Error

        self._session = session
        self._deadline = deadline
        self._call = f"typeof {handle} === 'function' ? {handle}() : null"
        self._origin = f"chrome-extension://{extension_id(copy)}"
        self._contexts: dict[str, None] = {}
        self._latest: dict[str, str] = {}
        self._of_workers: dict[str, str] = {}
        try:
            self._protocol = self._open_protocol()
        except Error as error:  # a script that never ends was quicker
            raise session.fault(error) from None

    def _open_protocol(self) -> CDPSession:
        page = self._session.page
        protocol = page.context.new_cdp_session(page)
        protocol.on("Runtime.executionContextCreated", self._created)
        protocol.on("Runtime.executionContextDestroyed", self._destroyed)
        protocol.on("Runtime.executionContextsCleared", lambda _: self._contexts.clear())
        protocol.send("Runtime.enable")
        return protocol

    @property
    def has_heard(self) -> bool:
        """Whether the tracer has run in any document so far."""
        return bool(self._latest)

    def wait(self) -> None:
        """Wait a little until the tracer runs.

        Raises:
            BlindFault: The page ended meanwhile.
        """
        for _ in range(_LOOKS):
            self.fetch()
            if self.has_heard:
                return
            self._session.pause(_PAUSE)

    def fetch(self) -> None:
        """Take what has been added up so far; a later text of the same document replaces an earlier one.

        Raises:
            BlindFault: The page ended meanwhile.
        """
        from playwright.sync_api import Error

        self._ask_workers()
        for context in tuple(self._contexts):
            asked = {"expression": self._call, "uniqueContextId": context, "returnByValue": True}
            try:
                answer = self._protocol.send("Runtime.evaluate", {**asked, "timeout": self._deadline.milliseconds()})
            except Error as error:
                if "closed" not in str(error) and "context" in str(error).lower():
                    continue  # it went with its document
                raise self._session.fault(error) from None
            self._keep(answer["result"].get("value"), self._latest)

    def texts(self) -> tuple[str, ...]:
        """The latest text of each document."""
        return tuple(self._latest.values())

    def texts_of_workers(self) -> tuple[str, ...]:
        """The latest text of each run of the extension's service worker."""
        return tuple(self._of_workers.values())

    def _ask_workers(self) -> None:
        from playwright.sync_api import Error

        for worker in self._session.page.context.service_workers:
            if not worker.url.startswith(f"{self._origin}/"):
                continue
            try:
                self._keep(worker.evaluate(self._call), self._of_workers)
            except Error as error:
                if not self._session.page.is_closed():
                    continue  # the browser ends workers that have nothing to do
                raise self._session.fault(error) from None

    def _keep(self, text: Any, latest: dict[str, str]) -> None:
        if isinstance(text, str) and len(text) <= MAX_UNITS:
            latest[str(json.loads(text)["world"])] = text

    def _created(self, event: dict[str, Any]) -> None:
        if event["context"]["origin"] == self._origin:
            self._contexts[event["context"]["uniqueId"]] = None

    def _destroyed(self, event: dict[str, Any]) -> None:
        self._contexts.pop(event.get("executionContextUniqueId", ""), None)
