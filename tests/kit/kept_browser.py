"""One browser for the captures and traces of many tests: of those whose question is not how a browser starts or ends.

The start of a browser is the dearest part of a small capture. A test that is marked
`browser("kept")` lets its captures go
on in a browser that runs already: each finds it emptied as between the targets of one run, and what loads an extension
has it loaded there by the protocol, and taken out afterwards. Only a browser of the same arguments is taken, and one
that was killed, or that cannot be emptied, is replaced by another.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Playwright

from driftwright.snapshot.capture import deadline
from driftwright.snapshot.capture.launched.browser import browser_environment
from driftwright.snapshot.capture.launched.profiles import TemporaryProfile
from driftwright.snapshot.capture.launched.shared import Running

_ENVIRONMENT = browser_environment()  # as it was before any test named another home
_HOME = tempfile.gettempdir()  # and another folder for temporary files
_PROCESSES_ON = deadline._processes_on
_LOADS = re.compile(r"--(?:load-extension|disable-extensions-except)=(.*)")
# A page that is served from a folder asks no host: its captures may go on where those of this machine's servers do.
_NO_HOST, _THIS_MACHINE = "--host-resolver-rules=MAP * ~NOTFOUND", ", EXCLUDE 127.0.0.1"
_EMPTYING = 8.0  # seconds that it may take to empty it, some more than the product gives its own part of that
_BY_PROTOCOL = "--enable-unsafe-extension-debugging"


class KeptBrowser:
    """It stands in for a driver's kind of browser; what it launches is the one that runs already."""

    def __init__(self, driver: Callable[[], Playwright]) -> None:
        """Launch nothing yet; `driver` gives the driver that runs."""
        self._driver = driver
        self._context: BrowserContext | None = None
        self._close: Callable[[], None] = lambda: None
        self._arguments: tuple[str, ...] = ()
        self._profile = Path()
        self._lent: Path | None = None  # the profile of the capture that has it now

    @property
    def executable_path(self) -> str:
        """Where the driver would keep a browser of its own."""
        return str(self._driver().chromium.executable_path)

    def launch_persistent_context(self, profile: Path, *, args: Sequence[str], **options: Any) -> BrowserContext:
        """Lend the browser to a capture that would start one on `profile`."""
        asked = (argument for argument in args if not _LOADS.fullmatch(argument))
        arguments = tuple(argument + _THIS_MACHINE if argument == _NO_HOST else argument for argument in asked)
        folders = {match[1] for argument in args if (match := _LOADS.fullmatch(argument))}
        if self._context is not None and not (self._arguments == arguments and self._is_there()):
            self.end()
        context = self._context or self._start(arguments, options)
        # Whoever ends the browser of that profile at a deadline has to reach this one.
        self._lent = Path(profile)
        setattr(deadline, "_processes_on", self._processes_on)  # noqa: B010 - typed as the function it was
        with _protocol(context) as protocol:
            loaded = [protocol.send("Extensions.loadUnpacked", {"path": folder})["id"] for folder in sorted(folders)]
        setattr(context, "close", lambda: self._take_back(context, loaded))  # noqa: B010 - the capture believes it
        return context

    def end(self) -> None:
        """End the browser; the next capture starts another."""
        if self._context is None:
            return
        context, self._context, self._lent = self._context, None, None
        setattr(context, "close", self._close)  # noqa: B010 - as it was before it was lent
        Running(None, context, self._profile, TemporaryProfile(self._profile, None), None).end()

    def _start(self, arguments: tuple[str, ...], options: dict[str, Any]) -> BrowserContext:
        self._profile = Path(tempfile.mkdtemp(prefix="kept-browser-", dir=_HOME))
        own = {"env": {**_ENVIRONMENT}, "args": [*arguments, _BY_PROTOCOL]}
        # Without this the driver forbids extensions to every browser that is not started with one.
        own["ignore_default_args"] = ["--disable-extensions"]
        context = self._driver().chromium.launch_persistent_context(self._profile, **{**options, **own})
        self._context, self._close, self._arguments = context, context.close, arguments
        return context

    def _take_back(self, context: BrowserContext, extensions: Sequence[str]) -> None:
        self._lent = None
        running = Running(None, context, self._profile, None, None)
        last = deadline.Watchdog(self._profile, _EMPTYING)
        try:
            with _protocol(context) as protocol:
                for identity in extensions:
                    protocol.send("Extensions.uninstall", {"id": identity})
                is_empty = running.empty() and protocol.send("Extensions.getExtensions")["extensions"] == []
        except Exception:  # noqa: BLE001 - whatever it was, nobody goes on in that browser
            is_empty = False
        finally:
            last.stop()
        if not is_empty or last.has_killed:
            self.end()

    def _is_there(self) -> bool:
        with contextlib.suppress(Exception):
            if self._context is not None:
                with _protocol(self._context) as protocol:
                    return bool(protocol.send("Browser.getVersion"))
        return False

    def _processes_on(self, profile: Path) -> Iterator[int]:
        return _PROCESSES_ON(self._profile if profile == self._lent else profile)


@contextlib.contextmanager
def _protocol(context: BrowserContext) -> Iterator[CDPSession]:
    """Speak to the whole browser; what cannot be said raises the driver's error."""
    if context.browser is None:
        raise RuntimeError("the driver tells of no browser")
    protocol = context.browser.new_browser_cdp_session()
    yield protocol
    protocol.detach()
