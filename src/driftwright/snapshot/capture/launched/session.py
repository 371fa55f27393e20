"""One launched browser with one page: it is opened, brought to a page state, and always ended afterwards."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin

from driftwright.base.errors import MachineFault
from driftwright.base.terms import Area
from driftwright.snapshot.capture.blindness import blind
from driftwright.snapshot.capture.deadline import GRACE, Deadline, Watchdog, end_browser, is_in_use
from driftwright.snapshot.capture.launched import diagnosis
from driftwright.snapshot.capture.launched.arrival import Arrival
from driftwright.snapshot.capture.launched.browser import (
    Browser,
    ask_ahead,
    browser_environment,
    fenced_arguments,
    find_browser,
    has_sandbox,
)
from driftwright.snapshot.capture.launched.profiles import TemporaryProfile, fresh_profile
from driftwright.snapshot.capture.launched.serve import FolderServer, check_packages
from driftwright.snapshot.capture.launched.shared import Running, SharedBrowser
from driftwright.snapshot.capture.responses import ResponseLog
from driftwright.snapshot.capture.worlds import ThrewError, Worlds
from driftwright.workspace import Step, Target

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Playwright

_PAUSE = 20.0  # milliseconds between two looks at a condition
_CLOSING = 5.0  # seconds that an orderly end may take, when the deadline leaves so many
_LAST = 1.4  # seconds after the deadline by which even a disorderly end has begun
_TELLING = 1000.0  # milliseconds that a call must have had, for its being cut off to mean anything
_SHOWN = 100  # characters of a selector or a condition in a message
_LONG = 0.9  # share of the time given, from which on a call counts as cut off


def _shortened(text: str) -> str:
    """Return a selector or a function of the target's own file, short enough for a line."""
    shown = " ".join(text.split())
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 3]}..."


class Session(Arrival):
    """A browser with the target's page; use it with `with`."""

    browser: Browser

    def __init__(
        self, target: Target, deadline: Deadline, kept: Path | None = None, shared: SharedBrowser | None = None
    ) -> None:
        """Prepare; nothing is started before the `with`.

        Args:
            target: The page.
            deadline: By when everything is done.
            kept: The profile to open, which stays; None for one of its own, which goes.
            shared: A browser in which several captures take turns; None for one of its own.
        """
        super().__init__(target, deadline, kept)
        self._shared = None if kept else shared
        self._profile = Path(tempfile.gettempdir())
        self._temporary: TemporaryProfile | None = None
        self._playwright: Playwright | None = None
        self._context: BrowserContext | None = None
        self._foreign = False  # somebody else's browser runs on the profile
        self.responses: ResponseLog | None = None

    def __enter__(self) -> Self:
        """Launch the browser.

        Raises:
            InputFault: The page is served from a folder whose npm packages are not installed.
            MachineFault: There is no browser that fits, or it does not start.
            BlindFault: The profile is open elsewhere, or the time is up.
        """
        check_packages(self._target)
        if self._kept and is_in_use(self._kept):
            raise blind("profile-busy", self._target.file)
        if self._reuse_browser():
            return self
        self._temporary = None if self._kept else fresh_profile()
        self._profile = self._kept or (self._temporary.folder if self._temporary else self._profile)
        try:
            ask_ahead()  # while Playwright's driver starts
            self._playwright = _start_driver()
            self._watchdog = Watchdog(self._profile, self._deadline.seconds() + GRACE)
            self._launch(self._playwright)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End the browser and remove its profile, whatever happened; one that is shared may go on."""
        self._end(may_go_on=kind is None)

    def _reuse_browser(self) -> bool:
        """Go on in the browser that others have used before, where there is one that will do."""
        from playwright.sync_api import Error

        held = self._shared.take(self._target) if self._shared is not None else None
        if held is None or held.context is None or held.browser is None:
            return False
        self._watchdog = Watchdog(held.profile, self._deadline.seconds() + GRACE)
        try:
            self._attach(held.context)
        except Error:
            self._watchdog.stop()
            held.end()
            return False
        self._playwright, self._context, self.browser = held.playwright, held.context, held.browser
        self._profile, self._temporary = held.profile, held.temporary
        return True

    def follow(self, policy: Mapping[str, Any]) -> None:
        """Keep from now on what the page is answered, where a store of `policy` is an answer or in the document."""
        from playwright.sync_api import Error

        log = ResponseLog(policy, self._target.origin)
        try:
            if log.is_needed or any(store["area"] == Area.PAGE_JSON for store in policy["stores"]):
                self.worlds.keep_bodies()
            if log.is_needed:
                self.responses = log
                self.worlds.follow_responses(log)
        except Error as error:
            raise self.fault(error) from None

    def open(self, url: str) -> None:
        """Open the page and wait until it is ready.

        Raises:
            BlindFault: The page is out of reach, elsewhere, or never ready.
        """
        self._go(url)
        self._check_place()
        if self._target.ready:
            self._until(self._target.ready)
        if self._kept:
            self._mark().touch()

    def take(self, step: Step) -> None:
        """Do one step on the page.

        Raises:
            BlindFault: The page does not let it be done in time.
        """
        from playwright.sync_api import Error
        from playwright.sync_api import TimeoutError as PlaywrightTimeout

        try:
            match step.action:
                case "click":
                    self._loads = 0  # it may lead to another page
                    self.page.click(step.argument, timeout=self._deadline.milliseconds())
                case "reload":
                    self._loads = 0
                    self.page.reload(wait_until="load", timeout=self._deadline.milliseconds())
                case "goto":
                    self._go(urljoin(self.page.url, step.argument))
                case _:
                    self._until(step.argument)
        except PlaywrightTimeout as error:
            if step.action in ("reload", "goto"):
                raise self.fault(error) from None
            if not self._is_alive():
                raise blind("hang", self._target.file) from None
            raise self._not_ready(f"the step {step.action} {_shortened(step.argument)} was not possible") from None
        except Error as error:
            raise self.fault(error) from None

    def pause(self, milliseconds: float) -> None:
        """Let the page go on for a while.

        Raises:
            BlindFault: The page ended meanwhile.
        """
        from playwright.sync_api import Error

        try:
            self.page.wait_for_timeout(min(milliseconds, self._deadline.milliseconds_left()))
        except Error as error:
            raise self.fault(error) from None

    def _launch(self, playwright: Playwright) -> None:
        from playwright.sync_api import Error

        extension = self._target.extension
        bundled = Path(playwright.chromium.executable_path)
        self.browser = find_browser(for_extension=extension is not None, bundled=bundled)
        rules = self._shared.rules(self._target) if self._shared else diagnosis.resolver_rules(self._target)
        arguments = [*fenced_arguments()]
        arguments.append(f"--host-resolver-rules={rules}")
        if extension:  # one of the two alone loads nothing
            arguments += [f"--disable-extensions-except={extension}", f"--load-extension={extension}"]
        try:
            self._context = playwright.chromium.launch_persistent_context(
                self._profile,
                executable_path=self.browser.path,
                headless=True,
                chromium_sandbox=has_sandbox(),
                env={**browser_environment()},
                accept_downloads=False,
                args=arguments,
                timeout=self._deadline.milliseconds(),
            )
            self._attach(self._context)
        except Error as error:
            if self._kept and ("ProcessSingleton" in str(error) or "existing browser session" in str(error)):
                self._foreign = True
                raise blind("profile-busy", self._target.file) from None
            if self._deadline.passed:
                raise blind("timeout", self._target.file, detail="the browser was not up by then") from None
            problem = f"the browser {self.browser.path} did not start"
            raise MachineFault(problem, "", "", "start it by hand to see why, or name another one") from None

    def _attach(self, context: BrowserContext) -> None:
        # Without a listener Playwright dismisses every dialog: right here, where nobody is there to answer it.
        if self._target.serve:
            server = FolderServer(self._target.origin, self._target.serve, self._target.routes)
            context.route("**/*", lambda route: server.answer(route))  # noqa: PLW0108 - Playwright marks what it is given
        self.page = context.pages[0] if context.pages else context.new_page()
        self.page.on("crash", self._note_crash)
        self.page.on("request", self._note_request)
        self.page.on("response", self._note_response)
        self.worlds = Worlds(context, self.page)

    def _note_crash(self, _: Page) -> None:
        self._crashed = True
        end_browser(self._profile)  # a call that waits for a dead page would wait for ever

    def _go(self, url: str) -> None:
        from playwright.sync_api import Error

        self._loads = 0
        try:
            response = self.page.goto(url, wait_until="load", timeout=self._deadline.milliseconds())
        except Error as error:
            raise self.fault(error) from None
        if response is not None:
            self._check_answer(response)

    def _until(self, source: str) -> None:
        """Wait until a function of the page's own world is true."""
        from playwright.sync_api import Error

        while not self._deadline.passed:
            began, milliseconds = time.monotonic(), self._deadline.milliseconds_left()
            try:
                answer = self.worlds.evaluate(_in_time(source, milliseconds), self.worlds.main(), milliseconds)
                if answer is True:
                    return
                if answer is None and milliseconds >= _TELLING:
                    raise blind("hang", self._target.file, detail="a promise was not settled")
            except ThrewError:  # what it asks for is not there yet, or it never ends
                took = (time.monotonic() - began) * 1000
                if took >= _LONG * milliseconds and milliseconds >= _TELLING and self._deadline.passed:
                    raise blind("hang", self._target.file) from None
            except Error as error:
                gone = "has been closed" in str(error)
                if gone or "context" not in str(error).lower():  # a navigation took the world away: look again
                    raise self.fault(error) from None
            if not self._deadline.passed:
                self.pause(_PAUSE)
        raise self._not_ready(f"never true: {_shortened(source)}")

    def _end(self, *, may_go_on: bool = False) -> None:
        if self._watchdog is not None:
            self._watchdog.stop()
        if self._foreign:
            with contextlib.suppress(Exception):
                if self._playwright is not None:
                    self._playwright.stop()
            return
        browser = getattr(self, "browser", None)
        running = Running(self._playwright, self._context, self._profile, self._temporary, browser)
        is_sound = may_go_on and not self._crashed and not (self._watchdog and self._watchdog.has_killed)
        if self._shared is not None and is_sound and self._shared.keep(self._target, running):
            return
        left = self._deadline.ends + _LAST - time.monotonic()
        running.end(max(0.2, min(_CLOSING, left)))


def _in_time(source: str, milliseconds: float) -> str:
    """Return the expression that asks a function for true or false, and gives up its promise in time with null."""
    race = f"Promise.race([({source})(), new Promise((end) => setTimeout(end, {milliseconds:.0f}, late))])"
    return (
        f"(async () => {{ const late = {{}}; const found = await {race}; return found === late ? null : !!found; }})()"
    )


def _start_driver() -> Playwright:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise MachineFault("playwright is not installed", "", "", "install driftwright with its dependencies") from None
    try:
        return sync_playwright().start()
    except Error:
        problem = "playwright's driver did not start, or an event loop is already running here"
        raise MachineFault(problem, "", "", "capture from a thread of its own") from None
