"""The answers that an open tab gets while it is looked at, and that are stores."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from typing import Any

from driftwright.snapshot.capture.attached.devtools import RefusedError
from driftwright.snapshot.capture.attached.tab import Tab
from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.responses import ENABLE, ResponseLog

_PAUSE = 0.05  # seconds between two looks whether an answer has come
_SPARED = 0.25  # share of the time that is left for reading


class TabAnswers:
    """What a tab was answered, from when it was followed."""

    def __init__(self, tab: Tab) -> None:
        """Follow nothing yet."""
        self._tab = tab
        self._log = ResponseLog(tab.request.policy, tab.request.target.origin)
        self._due: list[str] = []

    @contextlib.contextmanager
    def followed(self, deadline: Deadline) -> Iterator[None]:
        """Follow the tab, wait until each store has come or most of the time is up, and let go of it afterwards.

        Raises:
            RefusedError: The browser does not let it be followed.
            BlindFault: It went away.
        """
        if not self._log.is_needed:
            yield
            return
        browser, session = self._tab.browser, self._tab.session
        browser.followed[session] = self._note
        browser.ask("Network.enable", session, **ENABLE)
        try:
            self._wait(deadline)
            yield
        finally:
            with contextlib.suppress(RefusedError):
                browser.ask("Network.disable", session)
            del browser.followed[session]

    def entries(self) -> Any:
        """Return what a world is handed as the area of answers; None where no store is one."""
        return self._log.entries() if self._log.is_needed else None

    def _note(self, event: str, details: Mapping[str, Any]) -> None:
        due = self._log.note_event(event, details)
        if due is not None:
            self._due.append(due)

    def _wait(self, deadline: Deadline) -> None:
        self._tab.request.progress("waiting for what the page is answered: use it, so that it asks")
        end = deadline.ends - _SPARED * deadline.seconds()
        while not self._log.is_complete() and time.monotonic() < end:
            self._tab.browser.ask("Browser.getVersion")  # whatever was told meanwhile is read before the answer
            while self._due:
                self._fetch(self._due.pop(0))
            time.sleep(_PAUSE)

    def _fetch(self, name: str) -> None:
        try:
            body = self._tab.browser.ask("Network.getResponseBody", self._tab.session, requestId=name)
        except RefusedError:  # the browser has it no more
            body = None
        self._log.keep(name, body)
