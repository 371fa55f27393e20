"""Fifteen faults of a page, played by a server on this machine, and one run of each that is watched from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from driftwright.base.errors import Fault
from driftwright.snapshot.capture.launched.browser import find_browser, safe_arguments
from driftwright.snapshot.capture.launched.probe import capture_launched
from driftwright.snapshot.capture.request import CaptureRequest
from driftwright.workspace.target.target import Target, load_target
from kit.browser_traffic import Traffic, lineage, ours, watched
from kit.examples import NIGHTLY

# Seconds that the server keeps quiet for: longer than the deadline, for a browser that is hung up on asks again.
SLOW = 20.0
DEADLINE = 6.0 if NIGHTLY else 4.0  # seconds, where only the deadline ends the capture
AMPLE = 20.0  # seconds, where the fault itself ends it: a busy machine must not look like a slow page
SALT = b"\x07" * 32
POLICY: dict[str, Any] = {
    "words": ["cart"],
    "stores": [{"name": "cart", "area": "session", "key": "cart", "rule": {}}],
}
READY = "() => document.documentElement.dataset.ready === 'yes'"
CART = '<script>sessionStorage.setItem("cart", "{}"); document.documentElement.dataset.ready = "yes"</script>'
FULL = (
    '<script>sessionStorage.setItem("cart", "{}");'
    'sessionStorage.setItem("rest", "x".repeat(5242880 - 4 - 6 - 8));'
    'try { sessionStorage.setItem("cart", "x".repeat(100)) } catch { document.title = "lighthouse" }'
    'document.documentElement.dataset.ready = "yes"</script>'
)
SAYS = "<title>lighthouse</title>lighthouse"  # what no fault may tell
FORM = SAYS + "<form><input name=user><input type=password name=word></form>"
PAGES: dict[str, tuple[int, dict[str, str], str]] = {
    "/ok": (200, {}, CART),
    "/elsewhere": (302, {"Location": "http://elsewhere.test/lighthouse"}, ""),
    "/private": (302, {"Location": "/login?next=lighthouse"}, ""),
    "/login": (200, {}, FORM),
    "/signin": (200, {}, FORM),
    "/away": (302, {"Location": "http://accounts.test/lighthouse"}, ""),
    "/challenge": (403, {"cf-mitigated": "challenge"}, SAYS),
    "/captcha": (503, {}, SAYS + '<div id="challenge-form"></div>'),
    "/busy": (429, {"Retry-After": "1"}, SAYS),
    "/forbidden": (403, {}, SAYS),
    "/empty": (200, {}, SAYS),
    "/loop": (200, {}, CART + "<script>for (;;);</script>"),
    "/full": (200, {}, FULL),
    "/closed": (200, {"Content-Security-Policy": "sandbox allow-scripts"}, SAYS),
}


class Site(BaseHTTPRequestHandler):
    """The page, in all its moods; it counts what it is asked for."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path not in PAGES and path != "/slow":  # an icon, or what a page asks for by the way
            with contextlib.suppress(OSError):  # a browser that was killed hears nothing any more
                self.send_error(404)
            return
        self.asked.append(path)
        if path == "/slow":
            time.sleep(SLOW)
            return
        status, headers, body = PAGES[path]
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is inherited
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    """A server to which a browser that was ended in the middle of a request is no news."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def site() -> Iterator[int]:
    """Serve the page; give its port."""
    with _Server(("127.0.0.1", 0), Site) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@dataclass(frozen=True, slots=True)
class FaultCase:
    """One fault.

    Args:
        name: The fault.
        reason: The word that a capture must give it.
        url: The page's address; `PORT` stands for the server's.
        settings: Further lines of the target's file.
        during: What happens to the browser at each stage.
        profile: How the kept profile is made; None for a fresh one.
        requests: How often the page itself may be asked for.
        deadline: Seconds for the capture.
    """

    name: str
    reason: str
    url: str
    settings: str = ""
    during: Callable[[str], None] = lambda _: None
    profile: Callable[[Path, Target], contextlib.AbstractContextManager[None]] | None = None
    requests: int = 1
    deadline: float = AMPLE


def _kill(kind: str) -> Callable[[str], None]:
    """Kill the processes of one kind on a profile of ours when the storage is about to be read."""

    def during(stage: str) -> None:
        if stage == "reading the storage":
            for pid, line in ours():
                if kind in line:
                    os.kill(pid, signal.SIGKILL)

    return during


@contextlib.contextmanager
def _seen_before(profile: Path, target: Target) -> Iterator[None]:
    """Let the profile see the page once, and then ask it to sign in."""
    PAGES["/session"] = (200, {}, CART)
    capture_launched(CaptureRequest(target, POLICY, SALT, profile=profile))
    PAGES["/session"] = (302, {"Location": "/login"}, "")
    Site.asked.clear()
    yield


@contextlib.contextmanager
def _held(profile: Path, _: Target) -> Iterator[None]:
    """Another browser runs on the profile, and still does afterwards."""
    command = [
        str(find_browser().path),
        *safe_arguments(),
        "--headless=new",
        f"--user-data-dir={profile}",
        "--no-first-run",
    ]
    quiet = ["--host-resolver-rules=MAP * ~NOTFOUND", "about:blank"]
    with subprocess.Popen([*command, *quiet], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
        try:
            while browser.poll() is None and not any("--type=renderer" in line for _, line in ours()):
                time.sleep(0.05)
            yield
            assert browser.poll() is None, "the capture ended somebody else's browser"
        finally:
            browser.terminate()
            browser.wait(5)


BASE = "http://127.0.0.1:PORT"
CASES: tuple[FaultCase, ...] = (
    FaultCase("connection refused", "offline", "http://127.0.0.1:CLOSED/", requests=0),
    FaultCase("unknown host", "dns", "http://nowhere.invalid/", requests=0),
    FaultCase("no answer", "timeout", f"{BASE}/slow", deadline=DEADLINE),
    FaultCase("another origin", "wrong-origin", f"{BASE}/elsewhere"),
    FaultCase("login form", "login-wall", f"{BASE}/private"),
    FaultCase("expired login", "login-expired", f"{BASE}/session", profile=_seen_before),
    FaultCase("challenge header", "bot-wall", f"{BASE}/challenge"),
    FaultCase("HTTP 429", "refused", f"{BASE}/busy"),
    FaultCase("renderer crash", "crash", f"{BASE}/ok", during=_kill("--type=renderer"), requests=2),
    FaultCase("browser killed", "crash", f"{BASE}/ok", during=_kill("--remote-debugging-pipe"), requests=2),
    FaultCase("endless loop", "hang", f"{BASE}/loop", deadline=DEADLINE),
    FaultCase("promise never settled", "hang", f"{BASE}/ok", 'ready = "() => new Promise(() => 0)"', deadline=DEADLINE),
    FaultCase("profile open", "profile-busy", f"{BASE}/ok", profile=_held, requests=0),
    FaultCase("storage closed", "storage-denied", f"{BASE}/closed"),
    FaultCase("quota used up", "storage-full", f"{BASE}/full"),
)
MORE: tuple[FaultCase, ...] = (
    FaultCase("never ready", "not-ready", f"{BASE}/empty", f'ready = "{READY}"', deadline=DEADLINE),
    FaultCase("login declared", "login-wall", f"{BASE}/away", 'login = ["http://accounts.test/*"]'),
    FaultCase("challenge page", "bot-wall", f"{BASE}/captcha"),
    FaultCase("HTTP 403", "refused", f"{BASE}/forbidden"),
    FaultCase(
        "not written yet",
        "not-written-yet",
        f"{BASE}/empty",
        '[[state]]\nname = "new"\nwhat = "nobody was here"\nmay_lack = ["cart:/"]',
    ),
)

# Another sign of a reason that CASES have as well.
ANOTHER_SIGN = frozenset({"login declared", "challenge page", "HTTP 403", "promise never settled"})


def in_time(seconds: float, deadline: float) -> bool:
    """Whether what has a deadline was over soon after it: twice as much is room for a machine that is busy."""
    return seconds <= 2 * deadline


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of a fault showed."""

    reason: str
    exit: str
    text: str
    seconds: float
    requests: int
    orphans: int
    traffic: Traffic


def target_of(case: FaultCase, folder: Path, ports: tuple[int, int]) -> Target:
    """Write the target's file and read it; `ports` are the server's and one at which nobody listens."""
    url = case.url.replace("PORT", str(ports[0])).replace("CLOSED", str(ports[1]))
    file = folder / "shop.toml"
    head = f'title = "Shop"\nurl = "{url}"\nstores = ["cart"]\ndeadline = {case.deadline}\n'
    file.write_text(head + case.settings + "\n")
    return load_target(file)


def run(case: FaultCase, folder: Path, ports: tuple[int, int]) -> Outcome:
    """Capture under a fault, and watch the browser from outside."""
    target = target_of(case, folder, ports)
    profile = folder / "kept" if case.profile else None
    if profile:
        profile.mkdir(mode=0o700)
    Site.asked.clear()
    traffic = Traffic()
    request = CaptureRequest(target, POLICY, SALT, progress=case.during, profile=profile)
    with case.profile(profile, target) if case.profile and profile else contextlib.nullcontext():
        before = {pid for pid, _ in ours()}
        began = time.monotonic()
        with watched(traffic):
            try:
                capture_launched(request)
                reason, kind, text = "seen", "Snapshot", ""
            except Fault as fault:
                reason, kind, text = fault.place, type(fault).__name__, str(fault)
            seconds = time.monotonic() - began
        # What a browser that was there before starts meanwhile is its own affair.
        orphans = [line for pid, line in ours() if not before & lineage(pid)]
        asked = len([path for path in Site.asked if path != "/login"])
    return Outcome(reason, kind, text, seconds, asked, len(orphans), traffic)


def closed_port() -> int:
    """A port at which nobody listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        return server.server_address[1]
