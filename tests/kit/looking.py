"""The browser of all tests that only look at a page: one a worker, started when the first of them asks for it."""

from __future__ import annotations

import contextlib

from playwright.sync_api import Browser

from driftwright.snapshot.capture.launched.browser import find_browser, safe_arguments
from kit.kept_driver import DRIVER


class Looking:
    """A browser that is there when it is asked for. Each context of it is a profile of its own."""

    def __init__(self) -> None:
        self._open = contextlib.ExitStack()
        self._browser: Browser | None = None

    def browser(self) -> Browser:
        """Return the browser, started if it is not there."""
        if self._browser is None:
            driver = DRIVER.driver()
            path = str(find_browser().path)
            self._browser = driver.chromium.launch(executable_path=path, args=list(safe_arguments()))
            self._open.callback(self._browser.close)
        return self._browser

    def close(self) -> None:
        """End it, so that a test that depends on time runs without it."""
        self._browser = None
        self._open.close()


LOOKING = Looking()
