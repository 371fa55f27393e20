"""One launched browser for several targets, one after another: emptied of everything between them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from driftwright.snapshot.capture.deadline import Watchdog, end_browser
from driftwright.snapshot.capture.launched.diagnosis import resolver_rules
from driftwright.workspace import Target

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Playwright

    from driftwright.snapshot.capture.launched.browser import Browser
    from driftwright.snapshot.capture.launched.profiles import TemporaryProfile

_CLOSING = 5.0  # seconds that an orderly end may take
_EMPTYING = 5.0  # seconds that it may take to empty a browser


@dataclass(frozen=True, slots=True)
class Running:
    """A browser that runs, with the driver that leads it.

    Args:
        playwright: The driver; None where it did not start.
        context: The browser's only context; None where it did not start.
        profile: Its profile.
        temporary: The profile, if it goes with the browser; else None.
        browser: What was started; None where nothing was.
    """

    playwright: Playwright | None
    context: BrowserContext | None
    profile: Path
    temporary: TemporaryProfile | None
    browser: Browser | None

    def end(self, seconds: float = _CLOSING) -> None:
        """End the browser within `seconds`, whatever happened, and remove its profile if it is a temporary one."""
        last = Watchdog(self.profile, seconds)
        try:
            # A browser that is already dead says so by an error that tells nothing new.
            with contextlib.suppress(Exception):
                if self.context is not None:  # killed at once, it would leave a folder of its own behind
                    self.context.close()
            end_browser(self.profile)
            with contextlib.suppress(Exception):
                if self.playwright is not None:
                    self.playwright.stop()
        finally:
            last.stop()
            if self.temporary is not None:
                self.temporary.remove()

    def empty(self) -> bool:
        """Close all pages, and remove all that they left; return whether that was possible."""
        if self.context is None:
            return False
        last = Watchdog(self.profile, _EMPTYING)
        try:
            blank = self.context.new_page()
            for page in self.context.pages:
                if page is not blank:
                    page.close()
            self.context.unroute_all()
            self.context.clear_cookies()
            self.context.clear_permissions()
            devtools = self.context.new_cdp_session(blank)
            devtools.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
            devtools.send("Network.clearBrowserCache")
            devtools.detach()
        except Exception:  # noqa: BLE001 - whatever it was, nobody goes on in that browser
            return False
        finally:
            last.stop()
        return not last.has_killed


class SharedBrowser:
    """A browser in which the captures of several targets take turns; use it with `with`.

    Those take a browser of their own that load an extension or a profile, for what these keep cannot be emptied, and
    what comes after a fault. A browser for pages of the network finds the hosts of all such targets of a run.
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        """Launch nothing yet; `targets` are those of the run."""
        rules = (resolver_rules(target) for target in targets if target.serve is None and target.has_page)
        self._network = ", ".join(dict.fromkeys(rule for each in rules for rule in each.split(", ")))
        self._held: Running | None = None
        self._kind = ""
        self.reused = 0
        """How many captures went on in a browser that ran already."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def rules(self, target: Target) -> str:
        """Return which hosts the browser of a target may find."""
        return resolver_rules(target) if target.serve is not None else self._network

    def take(self, target: Target) -> Running | None:
        """Return the browser that runs, if it will do for a target; one that will not do is ended."""
        held, self._held = self._held, None
        if held is None:
            return None
        if target.extension is not None or self._kind != self.rules(target):
            held.end()
            return None
        self.reused += 1
        return held

    def keep(self, target: Target, running: Running) -> bool:
        """Empty the browser of a target for the next one; return False when it cannot be reused and must be ended."""
        if target.extension is not None or not running.empty():
            return False
        self._held, self._kind = running, self.rules(target)
        return True

    def _end(self) -> None:
        if self._held is not None:
            self._held.end()
            self._held = None
