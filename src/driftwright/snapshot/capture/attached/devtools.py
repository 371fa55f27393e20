"""A client of the DevTools protocol for a browser that is already running."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any, Self

from driftwright.base.errors import BlindFault
from driftwright.snapshot.capture.attached.websocket import ClosedError, WebSocket
from driftwright.snapshot.capture.deadline import Deadline


class RefusedError(Exception):
    """The browser refused a command; its reason may hold page text and is not kept."""


class DevTools:
    """A browser's DevTools endpoint.

    No domain is enabled that would make the browser wait for us: above all not `Page`, with which open dialogs would
    become ours to answer.
    """

    def __init__(self, address: tuple[str, int, str], deadline: Deadline) -> None:
        """Connect to the host, port and path of `address`.

        Raises:
            OSError: Nothing listens there.
            ClosedError: What listens there is no browser.
        """
        self._deadline = deadline
        self._socket = WebSocket(*address, deadline.seconds())
        self._numbers = itertools.count(1)
        self.contexts: dict[tuple[str, str], Mapping[str, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, method: str, session: str = "", **parameters: object) -> dict[str, Any]:
        """Send one command, to the browser or to one session of it, and return the answer.

        Raises:
            RefusedError: The browser refused it.
            BlindFault: The browser went away or did not answer in time.
        """
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        try:
            self._socket.allow(self._deadline.seconds())
            self._socket.send(json.dumps(message))
            return self._answer(number)
        except TimeoutError:
            problem = "the tab did not answer in time"
            mend = "answer the dialog that may be open in it, and try again"
            raise BlindFault(problem, self._deadline.file, "timeout", mend) from None
        except (OSError, ClosedError):
            problem = "the browser ended meanwhile"
            raise BlindFault(problem, self._deadline.file, "crash", "start it again") from None

    def _answer(self, number: int) -> dict[str, Any]:
        while True:
            message = json.loads(self._socket.receive())
            if message.get("id") == number:
                if "error" in message:
                    raise RefusedError
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)
            self._socket.allow(self._deadline.seconds())

    def _note(self, message: Mapping[str, Any]) -> None:
        """Keep what is told of the JavaScript worlds of a tab; nothing else of what a browser tells is kept."""
        session = message.get("sessionId", "")
        match message.get("method"):
            case "Runtime.executionContextCreated":
                context = message["params"]["context"]
                self.contexts[session, context["uniqueId"]] = context
            case "Runtime.executionContextDestroyed":
                self.contexts.pop((session, message["params"].get("executionContextUniqueId", "")), None)
            case "Inspector.targetCrashed":
                raise BlindFault("the page crashed", self._deadline.file, "crash", "reload it by hand")
