"""The calls of the redactor that all ways of capturing share, and the views made of its answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import driftwright
from driftwright.base.errors import BlindFault
from driftwright.base.terms import Area
from driftwright.snapshot.capture.redactor import redactor_source
from driftwright.snapshot.capture.salt import Hidden
from driftwright.snapshot.model import AreaView, Entry, Provenance, Redaction
from driftwright.workspace import Target

PAGE_AREAS = tuple(area for area in Area if not area.startswith("extension-"))
EXTENSION_AREAS = tuple(area for area in Area if area.startswith("extension-"))
MAX_UNITS = 16 * 1024 * 1024
KEPT = 'globalThis[Symbol.for("driftwright")]'  # in a world of our own, or the extension's; never in the page's

# Whether all is still as the last reading there found it; false where there was none.
UNCHANGED = f"{KEPT} ? {KEPT}.unchanged() : false"
FORGET = f"delete {KEPT}"


def policy_text(policy: Mapping[str, Any], salt: bytes, areas: Iterable[Area]) -> str:
    """Return the policy as the redactor takes it; it holds the salt and is for the browser alone."""
    return Hidden(json.dumps({**policy, "salt": salt.hex(), "areas": [str(area) for area in areas]}, ensure_ascii=True))


def literal(text: str) -> str:
    """Return `text` as a JavaScript literal."""
    return json.dumps(text, ensure_ascii=True)


def reading_call(policy: Mapping[str, Any], salt: bytes, areas: Iterable[Area]) -> str:
    """Return the expression that reads and redacts `areas` where it is evaluated.

    What was read stays there, for `UNCHANGED` to compare with, until `FORGET` or the end of the page.
    """
    return Hidden(f"({KEPT} = {redactor_source()}).capture({literal(policy_text(policy, salt, areas))})")


def answer_text(answer: Any, file: str) -> str:
    """Return the result of an evaluation of the redactor, checked to be a text of allowed size.

    Raises:
        BlindFault: It is none, or too large; `file` is the target's.
    """
    if not isinstance(answer, str) or len(answer) > MAX_UNITS:
        raise BlindFault("the redacted storage is larger than 16 MiB", file, "timeout", "name fewer stores")
    return answer


def views_of(text: str, origin: str, file: str) -> tuple[AreaView, ...]:
    """Return the areas of a redactor's answer.

    Args:
        text: The answer.
        origin: The origin that it must come from.
        file: The target's file, for the message.

    Raises:
        BlindFault: It comes from another origin.
    """
    answer = json.loads(text)
    if answer["origin"] != origin:
        problem = "the page went to another origin while it was read"
        raise BlindFault(problem, file, "wrong-origin", "sign in first, or correct the url")
    return area_views(answer["areas"])


def area_views(records: Iterable[Mapping[str, Any]], where: str = "") -> tuple[AreaView, ...]:
    """Return the areas of a redactor's records; `where` is the frame or tab that they belong to."""
    return tuple(
        AreaView(Area(view["area"]), tuple(_entries(view)), view["others"], view["denied"], where) for view in records
    )


def _entries(view: Mapping[str, Any]) -> Iterator[Entry]:
    for entry in view["entries"]:
        yield Entry(**entry)


def check_denied(views: Iterable[AreaView], policy: Mapping[str, Any], file: str) -> None:
    """Raise a fault when an area in which a declared store should lie could not be read.

    Raises:
        BlindFault: Such an area was closed.
    """
    wanted = {store["area"] for store in policy["stores"]}
    for view in views:
        if view.denied and view.area in wanted:
            problem = f"the {view.area} storage is closed ({view.denied})"
            raise BlindFault(problem, file, "storage-denied", "open the page itself, not a frame of it")


def provenance_of(target: Target, state: str, browser: str, way: str) -> Provenance:
    """Return where a capture that was taken just now comes from."""
    return Provenance(
        target=target.name,
        state=state,
        origin=target.origin,
        browser=browser,
        taken_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        tool=driftwright.__version__,
        way=way,
    )


def redaction_of(policy: Mapping[str, Any]) -> Redaction:
    """Return how values are hidden under `policy`."""
    public = {name: value for name, value in policy.items() if name != "salt"}
    text = json.dumps(public, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return Redaction(redactor=_digest(redactor_source()), policy=_digest(text))


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
