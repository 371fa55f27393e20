"""The stand-in's extension in a profile of its own: an old release at work, then the next one in its place, killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Error, Page

from driftwright.snapshot.capture.deadline import _processes
from driftwright.snapshot.capture.launched.browser import (
    browser_environment,
    fenced_arguments,
    find_browser,
    has_sandbox,
)
from driftwright.snapshot.capture.launched.serve import FolderServer
from driftwright.snapshot.capture.worlds import Worlds, extension_id
from driftwright.workspace.target.target import Target, load_target
from kit.kept_driver import DRIVER

ROOT = Path(__file__).resolve().parents[2]
_EXTENSION = ROOT / "probes" / "standin" / "extension"
_WAIT = 15_000
_TRIES, _PAUSE = 20, 0.25
_STEPS = ("await chrome.storage.local.set(", "await chrome.storage.local.remove(", "sessionStorage.removeItem(")
"""What `rekey.js` writes and removes with, in the lines where the next step of a migration is about to happen."""

Storage = Mapping[str, Mapping[str, Any]]
"""What is stored: `tab` and `extension`, each a record by storage keys."""


@dataclass
class Upgrading:
    """A folder of the extension and a profile that has it.

    Args:
        home: The folder that both lie in.
    """

    home: Path
    target: Target = field(default_factory=lambda: load_target(ROOT / "probes" / "standin.toml"))

    @property
    def extension(self) -> Path:
        """The folder of the extension; its path is its identity."""
        return self.home / "extension"

    @property
    def profile(self) -> Path:
        """The browser's profile."""
        return self.home / "profile"

    def install(self) -> None:
        """Lay the old release into the folder."""
        shutil.copytree(_EXTENSION, self.extension)

    def upgrade(self) -> None:
        """Put the next release in its place."""
        shutil.copy(self.extension / "next.manifest.json", self.extension / "manifest.json")

    @contextmanager
    def opened(self) -> Iterator[Window]:
        """Open a browser with the profile and the extension as it is now."""
        arguments = [*fenced_arguments(), f"--disable-extensions-except={self.extension}"]
        # A process that is held ready would be killed with the page's, and the next tab be put into it.
        arguments += [f"--load-extension={self.extension}", "--disable-features=SpareRendererForSitePerProcess"]
        assert self.target.serve is not None
        server = FolderServer(self.target.origin, self.target.serve, self.target.routes)
        context = DRIVER.driver().chromium.launch_persistent_context(
            self.profile,
            executable_path=find_browser(for_extension=True).path,
            headless=True,
            chromium_sandbox=has_sandbox(),
            env={**browser_environment()},
            args=arguments,
        )
        context.route("**/*", lambda route: server.answer(route))  # noqa: PLW0108 - Playwright marks what it is given
        try:
            yield Window(self, context)
        finally:
            with suppress(Error):  # a browser that was killed
                context.close()


@dataclass
class Window:
    """An open browser.

    Args:
        upgrading: The profile.
        context: The browser.
    """

    upgrading: Upgrading
    context: BrowserContext

    def work(self) -> Storage:
        """Let the old release watch its user make images and videos, and return what is stored then."""
        page, worlds = self._page({})
        page.goto(self.upgrading.target.url)
        for step in self.upgrading.target.walk(None)[1]:
            if step.action == "click":
                page.click(step.argument)
            else:
                page.wait_for_function(step.argument)
        page.wait_for_function("() => document.documentElement.dataset.extensionBusy === undefined")
        stored = self._stored(page, worlds)
        page.close()
        return stored

    def upgraded(self, stored: Storage) -> Storage:
        """Open the page in a new tab that holds what is stored, wait until all is moved, and return what is stored."""
        page, worlds = self._page(stored["tab"])
        page.goto(self.upgrading.target.url)
        page.wait_for_function("() => document.documentElement.dataset.rekeyed === 'done'", timeout=_WAIT)
        after = self._stored(page, worlds)
        page.close()
        return after

    def keep(self, stored: Storage) -> None:
        """Make the extension's own storage what it was."""
        page, worlds = self._page({})
        page.goto(self.upgrading.target.url)
        page.wait_for_function("() => document.documentElement.dataset.rekeyed !== undefined", timeout=_WAIT)
        text = json.dumps(dict(stored["extension"]))
        self._ask(page, worlds, f"chrome.storage.local.clear().then(() => chrome.storage.local.set({text}))")
        page.close()

    def killed(self, stored: Storage, step: int, *, browser: bool = False) -> Storage | None:
        """Open the page with what is stored and kill it before a step of the migration is done.

        Args:
            stored: What the tab holds.
            step: The number of the step, from 1.
            browser: Whether the whole browser is killed; else the page alone.

        Returns:
            What the tab held at that moment, and nothing of the extension; None when there are fewer steps.
        """
        page, _ = self._page(stored["tab"])
        session = self.context.new_cdp_session(page)
        paused: list[Mapping[str, Any]] = []
        session.on("Debugger.paused", lambda event: paused.append(event))  # noqa: PLW0108 - Playwright marks what it is given
        self._stop_before(session, step)
        page.goto(self.upgrading.target.url, wait_until="commit")
        mark = "document.documentElement.dataset.rekeyed"
        for _ in range(_WAIT // 20):
            page.wait_for_timeout(20)
            if paused:
                break
            if session.send("Runtime.evaluate", {"expression": mark})["result"].get("value") == "done":
                page.close()
                return None
        assert paused, "the migration neither came to that step nor to its end"
        frame = paused[0]["callFrames"][0]["callFrameId"]
        asked = {"callFrameId": frame, "expression": "JSON.stringify({...sessionStorage})", "returnByValue": True}
        tab = json.loads(session.send("Debugger.evaluateOnCallFrame", asked)["result"]["value"])
        tab.pop("restored")
        if browser:
            kill(self.upgrading.profile, "")
        else:
            with page.expect_event("crash", timeout=_WAIT):
                kill(self.upgrading.profile, "--type=renderer")
        return {"tab": {key: json.loads(text) for key, text in tab.items()}, "extension": {}}

    def _stop_before(self, session: CDPSession, step: int) -> None:
        session.send("Debugger.enable")
        lines = (self.upgrading.extension / "rekey.js").read_text("utf-8").split("\n")
        counted = f"(globalThis.$steps = (globalThis.$steps ?? 0) + 1) === {step}"
        for number, line in enumerate(lines):
            column = next((line.index(words) for words in _STEPS if words in line), -1)
            if column >= 0:
                where = {"urlRegex": ".*/rekey\\.js$", "lineNumber": number, "columnNumber": column}
                session.send("Debugger.setBreakpointByUrl", {**where, "condition": counted})

    def _page(self, tab: Mapping[str, Any]) -> tuple[Page, Worlds]:
        page = self._living()
        texts = json.dumps({key: json.dumps(value) for key, value in tab.items()})
        # As a browser gives a tab its storage back: once, before anything runs there.
        page.add_init_script(
            f"if (!sessionStorage.restored) {{ Object.assign(sessionStorage, {texts}, {{ restored: '1' }}); }}"
        )
        return page, Worlds(self.context, page)

    def _living(self) -> Page:
        """Open a tab; the process that the browser held ready for it may have been killed with the others."""
        for _ in range(_TRIES):
            with suppress(Error):
                page = self.context.new_page()
                page.evaluate("1")
                return page
            time.sleep(_PAUSE)
        raise AssertionError("the browser opens no tab any more")

    def _stored(self, page: Page, worlds: Worlds) -> Storage:
        tab = json.loads(page.evaluate("JSON.stringify({...sessionStorage})"))
        tab.pop("restored")
        extension = self._ask(page, worlds, "chrome.storage.local.get(null)")
        return {"tab": {key: json.loads(text) for key, text in tab.items()}, "extension": extension}

    def _ask(self, page: Page, worlds: Worlds, expression: str) -> Any:
        identity = extension_id(self.upgrading.extension)
        world = worlds.extension(identity)
        for _ in range(_WAIT // 20):
            if world is not None:
                break
            page.wait_for_timeout(20)
            world = worlds.extension(identity)
        assert world is not None, "the extension is not on the page"
        return worlds.evaluate(expression, world, _WAIT)


def kill(profile: Path, kind: str) -> None:
    """Kill the processes of a kind that belong to the browser of a profile, without a word to them; all for no kind."""
    for pid, line in _processes():
        if f"--user-data-dir={profile}" in line and kind in line and pid != os.getpid():
            os.kill(pid, signal.SIGKILL)
