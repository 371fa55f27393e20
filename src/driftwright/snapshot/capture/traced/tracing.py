"""Runs a copy of an extension on a page and records what its own code reads of the page's stores."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from driftwright.base.errors import BlindFault, InputFault
from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.launched.session import Session
from driftwright.snapshot.capture.traced.traced_copy import Extension, copy_with, source_words
from driftwright.snapshot.capture.worlds import extension_id
from driftwright.workspace import Target

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

MAX_UNITS = 16 * 1024 * 1024
_LOOKS = 30  # for the tracer, once the page is there
_PAUSE = 100.0  # milliseconds between two looks
_TICK = 500.0  # milliseconds after which what was read so far is fetched again
_STARTING = 20.0  # seconds for the browser and an empty page


def _no_progress(_: str) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class SavedStore:
    """A store that is put into an empty page before the extension starts.

    Args:
        area: `session` or `local`.
        key: Its storage key.
        text: Its text, as the page would have stored it.
    """

    area: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class TraceRequest:
    """What to trace, and on which page.

    Args:
        extension: The built extension; only a copy of it runs.
        tracer: JavaScript function that takes the constructor of proxies and returns `startTrace` and `typeOf`.
        stores: The stores to listen to, each with name, area, key and layout.
        page: A target that is served from a folder, or a saved store.
        seconds: How long the extension runs once the page is in its state.
        progress: Called with a short phrase at each stage.
    """

    extension: Extension
    tracer: str
    stores: Sequence[Mapping[str, Any]]
    page: Target | SavedStore
    seconds: float
    progress: Callable[[str], None] = _no_progress


@dataclass(frozen=True, slots=True)
class Traced:
    """The reads that were recorded.

    Args:
        texts: One JSON text for each document in which the extension ran: its reads, added up by path.
        origin: Scheme, host and port of the page.
    """

    texts: tuple[str, ...]
    origin: str


def trace_extension(request: TraceRequest) -> Traced:
    """Run a copy of the extension on the page; the copy, the browser and its profile are gone afterwards.

    Raises:
        InputFault: The extension cannot run on the page, or cannot be copied.
        BlindFault: The page or the extension's script did not show itself.
        MachineFault: There is no browser that fits.
    """
    handle = f"driftwright_{secrets.token_hex(16)}"
    with _folder() as folder:
        request.progress("copying the extension")
        target = _target(request, folder)
        copy = copy_with(request.extension, _script(request, handle), folder)
        target = replace(target, extension=copy)
        deadline = Deadline.after(target.deadline + request.seconds, target.file)
        request.progress("starting the browser")
        with Session(target, deadline) as session:
            session.open(target.url)
            listener = _Listener(session, deadline, handle, copy)
            listener.wait(target)
            return Traced(tuple(_listen(request, session, listener, target)), target.origin)


def _listen(request: TraceRequest, session: Session, listener: _Listener, target: Target) -> Sequence[str]:
    _, steps = target.walk(None)
    for number, step in enumerate(steps, 1):
        request.progress(f"step {number} of {len(steps)}: {step.action}")
        listener.fetch()  # a step may lead to another document, and what was read in this one is gone with it
        session.take(step)
    left = request.seconds * 1000
    while left > 0:
        request.progress(f"listening for {left / 1000:.0f} s")
        listener.fetch()
        session.pause(min(left, _TICK))
        left -= _TICK
    listener.fetch()
    return listener.texts()


class _Listener:
    """Fetches what the tracer has added up, from every frame in which the extension runs."""

    def __init__(self, session: Session, deadline: Deadline, handle: str, copy: Path) -> None:
        """Begin to listen.

        Raises:
            BlindFault: The page ended meanwhile, or its time is up.
        """
        from playwright.sync_api import Error

        self._session = session
        self._deadline = deadline
        self._call = f"typeof {handle} === 'function' ? {handle}() : null"
        self._origin = f"chrome-extension://{extension_id(copy)}"
        self._contexts: dict[str, None] = {}
        self._latest: dict[str, str] = {}
        try:
            self._protocol = self._open_protocol()
        except Error as error:  # a script that never ends was quicker
            raise session.fault(error) from None

    def _open_protocol(self) -> CDPSession:
        page = self._session.page
        protocol = page.context.new_cdp_session(page)
        protocol.on("Runtime.executionContextCreated", self._created)
        protocol.on("Runtime.executionContextDestroyed", self._destroyed)
        protocol.on("Runtime.executionContextsCleared", lambda _: self._contexts.clear())
        protocol.send("Runtime.enable")
        return protocol

    def wait(self, target: Target) -> None:
        """Wait until the tracer runs.

        Raises:
            BlindFault: It never does.
        """
        for _ in range(_LOOKS):
            self.fetch()
            if self._latest:
                return
            self._session.pause(_PAUSE)
        problem = "the browser ran no content script of the extension on the page"
        mend = "check its manifest in chrome://extensions, and its exclude_matches"
        raise BlindFault(problem, target.file, "extension-not-loaded", mend)

    def fetch(self) -> None:
        """Take what has been added up so far; a later text of the same document replaces an earlier one."""
        from playwright.sync_api import Error

        for context in tuple(self._contexts):
            asked = {"expression": self._call, "uniqueContextId": context, "returnByValue": True}
            try:
                answer = self._protocol.send("Runtime.evaluate", {**asked, "timeout": self._deadline.milliseconds()})
            except Error as error:
                if "closed" not in str(error) and "context" in str(error).lower():
                    continue  # it went with its document
                raise self._session.fault(error) from None
            text = answer["result"].get("value")
            if isinstance(text, str) and len(text) <= MAX_UNITS:
                self._latest[str(json.loads(text)["world"])] = text

    def texts(self) -> tuple[str, ...]:
        """The latest text of each document."""
        return tuple(self._latest.values())

    def _created(self, event: dict[str, Any]) -> None:
        if event["context"]["origin"] == self._origin:
            self._contexts[event["context"]["uniqueId"]] = None

    def _destroyed(self, event: dict[str, Any]) -> None:
        self._contexts.pop(event.get("executionContextUniqueId", ""), None)


def _target(request: TraceRequest, folder: Path) -> Target:
    if isinstance(request.page, SavedStore):
        return _empty_page(request.extension, folder)
    if request.page.serve is None:
        problem = "the target is a page of the network, where a trace would not be repeatable"
        raise InputFault(
            problem, request.page.file, "serve", "trace on a target that is served from a folder, or --store"
        )
    # The served page may play any origin: an extension for another one than the target's still meets it.
    return replace(request.page, url=request.extension.address(request.page.url))


def _empty_page(extension: Extension, folder: Path) -> Target:
    site = folder / "site"
    site.mkdir()
    (site / "index.html").write_text("<!doctype html><meta charset=utf-8><title>Empty</title>", encoding="utf-8")
    return Target(
        name="saved-store",
        file=extension.file,
        title="An empty page with a saved store",
        url=extension.address("https://traced.test/"),
        stores=(),
        serve=site,
        routes={"/*": "index.html"},
        extension=None,
        variant_query="",
        ready="",
        deadline=_STARTING,
        states=(),
        default_state="",
        variants=(),
    )


def _script(request: TraceRequest, handle: str) -> str:
    saved = request.page
    setup = {
        "handle": handle,
        "words": source_words(request.extension.folder),
        "stores": list(request.stores),
        "saved": {"area": saved.area, "key": saved.key, "text": saved.text} if isinstance(saved, SavedStore) else None,
    }
    page = resources.files("driftwright.snapshot.capture.traced").joinpath("tracer_page.js").read_text(encoding="utf-8")
    # In text, a key such as "__proto__" is a key like any other; as a literal it would set the prototype.
    text = json.dumps(json.dumps(setup, ensure_ascii=True), ensure_ascii=True)
    return f"({page.rstrip()})(JSON.parse({text}), {request.tracer});\n"


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="driftwright-trace-")).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
