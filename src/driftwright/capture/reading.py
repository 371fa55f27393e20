"""One reading of the storage areas: the redactor runs in the browser, and only its text comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from driftwright.capture.deadline import Deadline
from driftwright.capture.session import Session
from driftwright.capture.target import Target
from driftwright.capture.worlds import ThrewError, Worlds, extension_id
from driftwright.errors import BlindFault
from driftwright.snapshot import AreaView, Entry
from driftwright.terms import Area

PAGE_AREAS = (Area.SESSION, Area.LOCAL)
EXTENSION_AREAS = (Area.EXTENSION_LOCAL, Area.EXTENSION_SYNC)
MAX_UNITS = 16 * 1024 * 1024
_SCRIPT_LOOKS = 20  # for the content script's world, before the longer way is taken
_SCRIPT_PAUSE = 100.0  # milliseconds between two of them


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """What a reading needs; it has no `repr`, for the policy holds the salt.

    Args:
        target: The page.
        source: The redactor.
        policy: Its policy, with the salt.
        scripted: Whether the extension runs a content script on the page, whose world sees all areas at once.
    """

    target: Target
    source: str
    policy: Mapping[str, Any]
    scripted: bool = False

    def call(self, areas: tuple[Area, ...]) -> str:
        """Return the expression that reads and redacts `areas`."""
        policy = {**self.policy, "areas": [str(area) for area in areas]}
        if self.target.extension and not self.scripted:
            # Two halves of one capture: neither may take a store of the other half for missing.
            policy["stores"] = [store for store in policy["stores"] if store["area"] in policy["areas"]]
        text = json.dumps(json.dumps(policy, ensure_ascii=True), ensure_ascii=True)
        return f"({self.source}).capture({text})"


def read_areas(session: Session, deadline: Deadline, reading: Reading) -> tuple[str, tuple[AreaView, ...]]:
    """Read all areas once; return the redactor's text and what it says.

    Raises:
        BlindFault: The page, its storage or the extension could not be looked at.
    """
    from playwright.sync_api import Error

    try:
        texts = _texts(session, deadline, reading)
    except Error as error:
        raise session.fault(error) from None
    except ThrewError:
        what = "the redactor did not end well in the page"
        raise BlindFault(what, reading.target.file, "crash", "run it again") from None
    views = tuple(view for text, origin in texts for view in _views(text, origin, reading.target))
    _check_denied(views, reading)
    return "\n".join(text for text, _ in texts), views


def runs_script(session: Session, target: Target) -> bool:
    """Whether the extension's content script shows itself on the page; waits a little for it.

    Raises:
        BlindFault: The page crashed meanwhile.
    """
    from playwright.sync_api import Error

    if target.extension is None:
        return False
    identity = extension_id(target.extension)
    try:
        for _ in range(_SCRIPT_LOOKS):
            if session.worlds.extension(identity) is not None:
                return True
            session.pause(_SCRIPT_PAUSE)
    except Error as error:
        raise session.fault(error) from None
    return False


def _texts(session: Session, deadline: Deadline, reading: Reading) -> list[tuple[str, str]]:
    """Return the redactor's texts, each with the origin it must come from."""
    target, worlds = reading.target, session.worlds
    if target.extension is None:
        call = reading.call(PAGE_AREAS)
        return [(_text(worlds, call, worlds.isolated(), deadline, target), target.origin)]
    identity = extension_id(target.extension)
    if reading.scripted:
        world = worlds.extension(identity)
        if world is None:  # the page went elsewhere under our hands
            raise ThrewError
        return [(_text(worlds, reading.call(tuple(Area)), world, deadline, target), target.origin)]
    page = _text(worlds, reading.call(PAGE_AREAS), worlds.isolated(), deadline, target)
    return [(page, target.origin), _from_extension_page(session, deadline, reading, identity)]


def _from_extension_page(session: Session, deadline: Deadline, reading: Reading, identity: str) -> tuple[str, str]:
    """Read the extension's storage on a page of its own: the way that needs no content script."""
    from playwright.sync_api import Error

    origin = f"chrome-extension://{identity}"
    context = session.page.context
    page = context.new_page()
    try:
        page.goto(f"{origin}/manifest.json", timeout=deadline.milliseconds())
        worlds = Worlds(context, page)
        return _text(worlds, reading.call(EXTENSION_AREAS), worlds.main(), deadline, reading.target), origin
    except Error:
        what = "the browser did not load the extension"
        mend = "check its manifest in chrome://extensions"
        raise BlindFault(what, reading.target.file, "extension-not-loaded", mend) from None
    finally:
        page.close()


def _text(worlds: Worlds, call: str, world: Mapping[str, Any], deadline: Deadline, target: Target) -> str:
    text = worlds.evaluate(call, world, deadline.milliseconds())
    if not isinstance(text, str) or len(text) > MAX_UNITS:
        raise BlindFault("the redacted storage is larger than 16 MiB", target.file, "timeout", "name fewer stores")
    return text


def _views(text: str, origin: str, target: Target) -> list[AreaView]:
    answer = json.loads(text)
    if answer["origin"] != origin:
        what = "the page went to another origin while it was read"
        raise BlindFault(what, target.file, "wrong-origin", "sign in first, or correct the url")
    return [
        AreaView(
            area=Area(view["area"]),
            entries=tuple(Entry(**entry) for entry in view["entries"]),
            others=view["others"],
            denied=view["denied"],
        )
        for view in answer["areas"]
    ]


def _check_denied(views: tuple[AreaView, ...], reading: Reading) -> None:
    wanted = {store["area"] for store in reading.policy["stores"] if store["name"] in reading.target.stores}
    for view in views:
        if view.denied and view.area in wanted:
            what = f"the {view.area} storage is closed ({view.denied})"
            raise BlindFault(what, reading.target.file, "storage-denied", "open the page itself, not a frame of it")
