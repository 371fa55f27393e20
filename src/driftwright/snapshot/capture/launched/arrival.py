"""Find out why a page is not the one that was asked for: from its address, its answer and whether it responds."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from driftwright.base.errors import BlindFault, Fault
from driftwright.snapshot.capture.blindness import blind
from driftwright.snapshot.capture.deadline import Deadline, Watchdog
from driftwright.snapshot.capture.launched import diagnosis
from driftwright.snapshot.capture.worlds import ThrewError, Worlds
from driftwright.workspace import Target, origin_of

if TYPE_CHECKING:
    from playwright.sync_api import Error, Page, Request, Response

_LOOP = 5  # loads of one page that nobody asked for
_SIGN_OF_LIFE = 700.0  # milliseconds in which a page that is only slow still answers


class Arrival:
    """The state of a page that is being opened; the base class of `Session`."""

    page: Page
    worlds: Worlds

    def __init__(self, target: Target, deadline: Deadline, kept: Path | None) -> None:
        """Prepare; no page is opened yet."""
        self._target = target
        self._deadline = deadline
        self._kept = kept
        self._watchdog: Watchdog | None = None
        self._crashed = False
        self._answered = False  # the page's document has come
        self._asked = target.url  # where the page was last sent
        self._loads = 0  # of the page, since it was sent there

    def fault(self, error: Error) -> Fault:
        """Return the fault that a Playwright error means; the text of the error may hold page text and is not kept."""
        file = self._target.file
        if self._watchdog is not None and self._watchdog.has_killed:  # first: the end that it makes looks like a crash
            return blind("hang" if self._answered else "timeout", file)
        if self._crashed:
            return blind("crash", file)
        if self.is_looping:
            return blind("reload-loop", file)
        if diagnosis.is_download(str(error)):
            return blind("download", file)
        if type(error).__name__ == "TimeoutError":
            return blind("hang" if self._answered and not self._is_alive() else "timeout", file)
        reason = diagnosis.network_reason(str(error))
        if reason is None:
            return blind("crash", file)
        if origin_of(self._asked) != self._target.origin:  # it was sent on, to where we do not go
            login = diagnosis.is_declared_login(self._target, self._asked)
            return self._login() if login else blind("wrong-origin", file)
        return blind(reason[0], file, detail=reason[1])

    @property
    def is_looping(self) -> bool:
        """Whether the page loads itself again and again."""
        return self._loads > _LOOP

    @property
    def has_moved(self) -> bool:
        """Whether the page was loaded anew by itself, and is there to be looked at again."""
        return self._loads > 1 and not self._crashed

    def check_room(self, areas: Collection[str]) -> None:
        """Raise a fault for a storage that is full: the page's writes fail, and its content may be old.

        Raises:
            BlindFault: One of `areas` is full.
        """
        for area, units in self._evaluate(diagnosis.ROOM) or ():
            if area in areas and units >= diagnosis.FULL:
                detail = f"{area} storage, {units:,} of {diagnosis.QUOTA:,} units"
                raise blind("storage-full", self._target.file, detail=detail)

    def _note_request(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self._asked, self._answered = request.url, False
            self._loads += 1

    def _note_response(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self._answered = True

    def _check_answer(self, response: Response) -> None:
        file, status = self._target.file, response.status
        challenge = diagnosis.is_challenge(response.headers)
        if challenge or (diagnosis.may_be_challenge(status) and self._evaluate(diagnosis.CHALLENGE_MARKS)):
            raise blind("bot-wall", file)
        if diagnosis.is_refusal(status):
            self._check_place()
            raise blind("refused", file, detail=f"HTTP {status}")

    def _check_place(self) -> None:
        """Raise a fault when the page is of another origin, or is a login."""
        target, url = self._target, self.page.url
        if diagnosis.is_declared_login(target, url):
            raise self._login()
        if diagnosis.could_be_login(target, url) and self._evaluate(diagnosis.ASKS_PASSWORD):
            raise self._login()
        if origin_of(url) != target.origin:
            raise blind("wrong-origin", target.file)

    def _login(self) -> BlindFault:
        expired = self._kept is not None and self._mark().exists()
        return blind("login-expired" if expired else "login-wall", self._target.file)

    def _mark(self) -> Path:
        """The file by which a kept profile remembers that it has seen the page."""
        name = hashlib.sha256(self._target.origin.encode()).hexdigest()[:16]
        return (self._kept or Path()) / f"driftwright-seen-{name}"

    def _evaluate(self, expression: str) -> Any:
        """Evaluate one of our own expressions in an isolated world; None when it throws."""
        from playwright.sync_api import Error

        try:
            return self.worlds.evaluate(expression, self.worlds.isolated(), self._deadline.milliseconds())
        except ThrewError:
            return None
        except Error as error:
            raise self.fault(error) from None

    def _is_alive(self) -> bool:
        from playwright.sync_api import Error

        try:
            self.page.wait_for_function("() => true", timeout=_SIGN_OF_LIFE)
        except Error:
            return False
        return True

    def _not_ready(self, detail: str) -> BlindFault:
        """Return the fault of a page that is not ready; one that went to a login meanwhile raises that fault."""
        target, url = self._target, self.page.url
        if diagnosis.is_declared_login(target, url):
            return self._login()
        if origin_of(url) != target.origin:
            return blind("wrong-origin", target.file)
        if self.is_looping:
            return blind("reload-loop", target.file)
        return blind("not-ready", target.file, detail=detail)
