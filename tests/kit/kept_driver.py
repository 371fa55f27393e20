"""One driver of browsers for all tests of a worker: Playwright's Node starts once, and no capture pays for it again.

Each capture still starts a browser of its own with a profile of its own, unless its test is marked
`browser("kept")` (`kit.kept_browser`). A test that asks what a whole run leaves on a
machine, its driver among it, is marked `own_driver`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

from playwright.sync_api import Playwright, sync_playwright

from driftwright.snapshot.capture.launched import session
from kit.kept_browser import KeptBrowser

_START: Callable[[], Playwright] = session._start_driver


class KeptDriver:
    """The driver of this worker's first thread, in which all tests run; another thread has to start its own."""

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._stop: Callable[[], None] = lambda: None
        self._kept = self._keeps_browser = False
        self._browser = KeptBrowser(self.driver)

    def keep(self, *, keep: bool, browser: bool) -> None:
        """Let captures take this driver from now on, and the browser that runs as well, or start their own.

        It is started here, before a test names another home or another folder for temporary files: both are the
        driver's for as long as it runs.
        """
        self._kept, self._keeps_browser = keep, browser
        session._start_driver = self._taken
        if keep:
            self.driver()
        else:
            self.end()

    def driver(self) -> Playwright:
        """Return the driver, started if it does not run."""
        if self._playwright is None:
            started = sync_playwright().start()
            self._stop, self._playwright = started.stop, started
            setattr(started, "stop", lambda: None)  # noqa: B010 - whoever took it lets it go on
        return self._playwright

    def end(self) -> None:
        """End it: a thread can hold one driver, and what comes next starts its own."""
        if self._playwright is not None:
            self._browser.end()
            self._playwright = None
            self._stop()

    def _taken(self) -> Playwright:
        if self._kept and threading.current_thread() is threading.main_thread():
            driver = self.driver()
            if self._keeps_browser:
                return cast("Playwright", SimpleNamespace(chromium=self._browser, stop=driver.stop))
            return driver
        return _START()


DRIVER = KeptDriver()
