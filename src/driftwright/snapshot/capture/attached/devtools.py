"""A client of the DevTools protocol for a browser that is already running."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

from driftwright.base.errors import BlindFault, InputFault
from driftwright.snapshot.capture.attached.websocket import ClosedError, WebSocket
from driftwright.snapshot.capture.deadline import Deadline

MOST_CONTEXTS = 10_000  # JavaScript worlds of all tabs, of which a browser may tell without being asked
_Of = TypeVar("_Of")


class RefusedError(Exception):
    """The browser refused a command; its reason may hold page text and is not kept."""


def part(answer: object, kind: type[_Of], *names: str) -> _Of:
    """Return what stands below `names` in an answer.

    Raises:
        InputFault: Nothing of that type does: whatever listens there, it is no browser.
    """
    for name in names:
        answer = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(answer, kind):
        raise InputFault("what answers there is no browser", "--attach", "", "name the DevTools port of a browser")
    return answer


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
        self.contexts: dict[tuple[str, str], Mapping[str, str]] = {}
        self.followed: dict[str, Callable[[str, Mapping[str, Any]], None]] = {}
        """By the session of a tab, what takes note of the answers that it gets."""

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
            message = self._message()
            if message.get("id") == number:
                if "error" in message:
                    raise RefusedError
                return part(message, dict, "result")
            self._note(message)
            self._socket.allow(self._deadline.seconds())

    def _message(self) -> dict[str, Any]:
        try:
            return part(json.loads(self._socket.receive()), dict)
        except (ValueError, RecursionError):
            return part(None, dict)

    def _note(self, message: Mapping[str, Any]) -> None:
        """Note an event: a JavaScript world that was made or ended, a crash, or a response of a followed tab."""
        session = str(message.get("sessionId", ""))
        event = str(message.get("method", ""))
        if session in self.followed and event.startswith("Network."):
            self.followed[session](event, part(message, dict, "params"))
            return
        match message.get("method"):
            case "Runtime.executionContextCreated":
                context = part(message, dict, "params", "context")
                if len(self.contexts) < MOST_CONTEXTS:
                    world = part(context, str, "uniqueId")
                    frame = context["auxData"].get("frameId") if isinstance(context.get("auxData"), dict) else ""
                    context_facts = {"uniqueId": world, "origin": part(context, str, "origin"), "frame": str(frame)}
                    self.contexts[session, world] = context_facts
            case "Runtime.executionContextDestroyed":
                world = str(part(message, dict, "params").get("executionContextUniqueId", ""))
                self.contexts.pop((session, world), None)
            case "Inspector.targetCrashed":
                raise BlindFault("the page crashed", self._deadline.file, "crash", "reload it by hand")
