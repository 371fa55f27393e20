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
from typing import Any
from urllib.parse import urlsplit

from driftwright.base.errors import BlindFault, InputFault
from driftwright.snapshot.capture.deadline import Deadline
from driftwright.snapshot.capture.launched.session import Session
from driftwright.snapshot.capture.traced.listening import Listener
from driftwright.snapshot.capture.traced.traced_copy import SCRIPT, Extension, copy_with, source_words
from driftwright.workspace import Target, origin_of

_TICK = 500.0  # milliseconds after which what was read so far is fetched again
_STARTING = 20.0  # seconds for the browser and an empty page
_PARTS = {
    "makeSites": "read_sites",
    "listenToExtensionAreas": "extension_areas",
    "listenToDatabases": "databases",
    "handOverMessages": "messages",
}
_PATTERNS = 4  # match patterns that a message lists


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
        path: The path to open on the page's origin, with its query; None for the page's own.
        state: The state of the target to bring the page to; None for its default state, or for no step with a path.
        seconds: How long the extension runs once the page is in its state.
        progress: Called with a short phrase at each stage.
    """

    extension: Extension
    tracer: str
    stores: Sequence[Mapping[str, Any]]
    page: Target | SavedStore
    path: str | None
    state: str | None
    seconds: float
    progress: Callable[[str], None] = _no_progress


@dataclass(frozen=True, slots=True)
class Traced:
    """The reads that were recorded.

    Args:
        texts: One JSON text for each document in which the extension ran: its reads, added up by path.
        of_workers: One for each run of its service worker.
        origin: Scheme, host and port of the page.
    """

    texts: tuple[str, ...]
    of_workers: tuple[str, ...]
    origin: str


def trace_extension(request: TraceRequest) -> Traced:
    """Run a copy of the extension on the page; the copy, the browser and its profile are gone afterwards.

    Raises:
        InputFault: The extension cannot run on the page, or cannot be copied.
        BlindFault: The page did not show itself, or the extension's script never started there.
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
            listener = Listener(session, deadline, handle, copy)
            if request.extension.runs_at(target.url):
                listener.wait()
            _listen(request, session, listener, target)
    texts, of_workers = listener.texts(), listener.texts_of_workers()
    if not texts and (request.extension.groups or not of_workers):
        raise _never_started(request.extension, target)
    return Traced(texts, of_workers, target.origin)


def _listen(request: TraceRequest, session: Session, listener: Listener, target: Target) -> None:
    _, steps = ("", ()) if request.path is not None and request.state is None else target.walk(request.state)
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


def _target(request: TraceRequest, folder: Path) -> Target:
    if isinstance(request.page, SavedStore):
        return _empty_page(request, folder)
    if request.page.serve is None:
        problem = "the target is a page of the network, where a trace would not be repeatable"
        raise InputFault(
            problem, request.page.file, "serve", "trace on a target that is served from a folder, or --store"
        )
    return replace(request.page, url=_address(request, request.page.url))


def _address(request: TraceRequest, usual: str) -> str:
    """Return the URL to open: the page's own, or the asked path of its origin.

    The page is played, and so it may play any origin: an extension for another one still meets it there.
    """
    extension = request.extension
    if request.path is not None:
        wanted = origin_of(usual) + request.path
        return origin_of(wanted if extension.runs_on(wanted) else extension.address(wanted)) + request.path
    return usual if extension.runs_on(usual) else extension.address(usual)


def _never_started(extension: Extension, target: Target) -> BlindFault:
    """Return the fault of a page on which no content script ran; of its address, no query."""
    if not extension.groups:
        problem = f"the extension's service worker {extension.worker} never started"
        return BlindFault(problem, target.file, "extension-not-loaded", "look for its fault in chrome://extensions")
    shown = [*extension.patterns[:_PATTERNS], *(["..."] if len(extension.patterns) > _PATTERNS else [])]
    page = urlsplit(target.url)._replace(query="").geturl()
    problem = f"the extension's content script never started on {page}: it matches {', '.join(shown)}"
    if extension.runs_at(target.url):
        mend = "check its exclude_matches and globs, and its manifest in chrome://extensions"
    else:
        mend = "open a path that it matches with --path, or load one by a state's steps with --state"
    return BlindFault(problem, target.file, "extension-not-loaded", mend)


def _empty_page(request: TraceRequest, folder: Path) -> Target:
    site = folder / "site"
    site.mkdir()
    (site / "index.html").write_text("<!doctype html><meta charset=utf-8><title>Empty</title>", encoding="utf-8")
    return Target(
        name="saved-store",
        file=request.extension.file,
        title="An empty page with a saved store",
        url=_address(request, "https://traced.test/"),
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
        "script": SCRIPT,
        "words": source_words(request.extension.folder),
        "stores": list(request.stores),
        "saved": {"area": saved.area, "key": saved.key, "text": saved.text} if isinstance(saved, SavedStore) else None,
    }
    # In text, a key such as "__proto__" is a key like any other; as a literal it would set the prototype.
    text = json.dumps(json.dumps(setup, ensure_ascii=True), ensure_ascii=True)
    parts = ", ".join(f"{name}: {_part(file)}" for name, file in _PARTS.items())
    return f"({_part('tracer_page')})(JSON.parse({text}), {request.tracer}, {{ {parts} }});\n"


def _part(name: str) -> str:
    file = resources.files("driftwright.snapshot.capture.traced").joinpath(f"{name}.js")
    return file.read_text(encoding="utf-8").rstrip()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="driftwright-trace-")).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
