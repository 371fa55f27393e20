"""One launched browser on a profile of its own, with one page: opened, walked to a state, surely gone afterwards."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin

from driftwright.capture.browser import Browser, find_browser, safe_arguments
from driftwright.capture.deadline import GRACE, Deadline, Watchdog, end_browser
from driftwright.capture.serve import FolderServer
from driftwright.capture.target import Step, Target, origin_of
from driftwright.capture.worlds import ThrewError, Worlds
from driftwright.errors import BlindFault, Fault, MachineFault

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Error, Page, Playwright, Response

_PAUSE = 50.0  # milliseconds between two looks at a condition
_CLOSING = 5.0  # seconds that an orderly end may take


class Session:
    """A browser with the target's page; use it with `with`."""

    page: Page
    worlds: Worlds
    browser: Browser

    def __init__(self, target: Target, deadline: Deadline) -> None:
        """Prepare; nothing is started before the `with`."""
        self._target = target
        self._deadline = deadline
        self._profile = Path(tempfile.gettempdir())
        self._playwright: Playwright | None = None
        self._context: BrowserContext | None = None
        self._watchdog: Watchdog | None = None
        self._crashed = False

    def __enter__(self) -> Self:
        """Launch the browser.

        Raises:
            MachineFault: There is no browser that fits, or it does not start.
        """
        self._profile = Path(tempfile.mkdtemp(prefix="driftwright-"))
        try:
            self._playwright = _driver()
            self._watchdog = Watchdog(self._profile, self._deadline.seconds() + GRACE)
            self._launch(self._playwright)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End the browser and remove its profile, whatever happened."""
        self._end()

    def open(self, url: str) -> None:
        """Open the page and wait until it is ready.

        Raises:
            BlindFault: The page is out of reach, elsewhere, or never ready.
        """
        self._go(url)
        self._check_origin()
        if self._target.ready:
            self._until(self._target.ready)

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
                    self.page.click(step.argument, timeout=self._deadline.milliseconds())
                case "reload":
                    self.page.reload(wait_until="load", timeout=self._deadline.milliseconds())
                case "goto":
                    self._go(urljoin(self.page.url, step.argument))
                case _:
                    self._until(step.argument)
        except PlaywrightTimeout:
            raise self._not_ready(f"the step {step.action} was not possible") from None
        except Error as error:
            raise self.fault(error) from None

    def pause(self, milliseconds: float) -> None:
        """Let the page go on for a while."""
        self.page.wait_for_timeout(min(milliseconds, self._deadline.milliseconds()))

    def fault(self, error: Error) -> Fault:
        """Say in our own words what Playwright's error means; its own text may hold text of the page."""
        file = self._target.file
        text = str(error)
        if self._crashed:
            return BlindFault("the page crashed", file, "crash", "run it again")
        barked = self._watchdog is not None and self._watchdog.barked
        if barked or type(error).__name__ == "TimeoutError":
            return BlindFault("the page did not answer in time", file, "timeout", "give the target a longer deadline")
        network = re.search(r"net::(ERR_[A-Z_]+)", text)
        if network:
            return BlindFault(f"the page is out of reach ({network[1]})", file, "offline", "check network and url")
        return BlindFault("the browser ended or refused what was asked of it", file, "crash", "run it again")

    def _launch(self, playwright: Playwright) -> None:
        from playwright.sync_api import Error

        extension = self._target.extension
        bundled = Path(playwright.chromium.executable_path)
        self.browser = find_browser(for_extension=extension is not None, bundled=bundled)
        arguments = [*safe_arguments()]
        if self._target.serve:
            arguments.append("--host-resolver-rules=MAP * ~NOTFOUND")  # nothing but the folder can answer
        if extension:  # one of the two alone loads nothing
            arguments += [f"--disable-extensions-except={extension}", f"--load-extension={extension}"]
        try:
            self._context = playwright.chromium.launch_persistent_context(
                self._profile,
                executable_path=self.browser.path,
                headless=True,
                accept_downloads=False,
                args=arguments,
                timeout=self._deadline.milliseconds(),
            )
            self._attach(self._context)
        except Error:
            what = f"the browser {self.browser.path} did not start"
            raise MachineFault(what, "", "", "start it by hand to see why, or name another one") from None

    def _attach(self, context: BrowserContext) -> None:
        # Without a listener Playwright dismisses every dialog: right here, where nobody is there to answer it.
        if self._target.serve:
            server = FolderServer(self._target.origin, self._target.serve, self._target.routes)
            context.route("**/*", lambda route: server.answer(route))  # noqa: PLW0108 - Playwright marks what it is given
        self.page = context.pages[0] if context.pages else context.new_page()
        self.page.on("crash", self._note_crash)
        self.worlds = Worlds(context, self.page)

    def _note_crash(self, _: Page) -> None:
        self._crashed = True
        end_browser(self._profile)  # a call that waits for a dead page would wait for ever

    def _go(self, url: str) -> None:
        from playwright.sync_api import Error

        try:
            response = self.page.goto(url, wait_until="load", timeout=self._deadline.milliseconds())
        except Error as error:
            raise self.fault(error) from None
        if response is not None:
            self._check_answer(response)

    def _check_answer(self, response: Response) -> None:
        file = self._target.file
        if response.headers.get("cf-mitigated") == "challenge":
            raise BlindFault("the site asks for a human", file, "bot-wall", "capture from your own browser instead")
        if response.status >= 400:  # noqa: PLR2004 - where HTTP's errors begin
            raise BlindFault(f"the page answered {response.status}", file, "refused", "check the url")

    def _check_origin(self) -> None:
        if origin_of(self.page.url) != self._target.origin:
            what = "the page went to another origin, such as a login"
            raise BlindFault(what, self._target.file, "wrong-origin", "sign in first, or correct the url")

    def _until(self, source: str) -> None:
        """Wait until a function of the page's own world is true."""
        from playwright.sync_api import Error

        expression = f"(async () => !!(await ({source})()))()"
        while not self._deadline.passed:
            try:
                if self.worlds.evaluate(expression, self.worlds.main(), self._deadline.milliseconds()) is True:
                    return
            except ThrewError:
                pass  # what it asks for is not there yet
            except Error as error:
                if "context" not in str(error).lower():  # a navigation took the world away: look again
                    raise self.fault(error) from None
            self._rest()
        raise self._not_ready("the page did not become ready")

    def _rest(self) -> None:
        from playwright.sync_api import Error

        try:
            self.page.wait_for_timeout(_PAUSE)
        except Error as error:
            raise self.fault(error) from None

    def _not_ready(self, what: str) -> BlindFault:
        return BlindFault(what, self._target.file, "not-ready", "check the target's steps and its deadline")

    def _end(self) -> None:
        if self._watchdog is not None:
            self._watchdog.rest()
        last = Watchdog(self._profile, _CLOSING)
        try:
            # A browser that is already dead says so by an error that tells nothing new.
            with contextlib.suppress(Exception):
                if self._context is not None:
                    self._context.close()
            end_browser(self._profile)
            with contextlib.suppress(Exception):
                if self._playwright is not None:
                    self._playwright.stop()
        finally:
            last.rest()
            shutil.rmtree(self._profile, ignore_errors=True)


def _driver() -> Playwright:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise MachineFault("playwright is not installed", "", "", "install driftwright with its dependencies") from None
    try:
        return sync_playwright().start()
    except Error:
        what = "playwright's driver did not start, or an event loop is already running here"
        raise MachineFault(what, "", "", "capture from a thread of its own") from None
