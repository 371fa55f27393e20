"""What every way of capturing asks the redactor, and what it makes of the answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from driftwright.capture.redactor import redactor_source
from driftwright.capture.salt import Hidden
from driftwright.errors import BlindFault
from driftwright.snapshot import AreaView, Entry, Redaction
from driftwright.terms import Area

PAGE_AREAS = tuple(area for area in Area if not area.startswith("extension-"))
EXTENSION_AREAS = tuple(area for area in Area if area.startswith("extension-"))


def policy_text(policy: Mapping[str, Any], salt: bytes, areas: Iterable[Area]) -> str:
    """Return the policy as the redactor takes it; it holds the salt and is for the browser alone."""
    return Hidden(json.dumps({**policy, "salt": salt.hex(), "areas": [str(area) for area in areas]}, ensure_ascii=True))


def literal(text: str) -> str:
    """Return `text` as a JavaScript literal."""
    return json.dumps(text, ensure_ascii=True)


def reading_call(policy: Mapping[str, Any], salt: bytes, areas: Iterable[Area]) -> str:
    """Return the expression that reads and redacts `areas` where it is evaluated."""
    return Hidden(f"({redactor_source()}).capture({literal(policy_text(policy, salt, areas))})")


def views_of(text: str, origin: str, file: str) -> tuple[AreaView, ...]:
    """Return what the redactor's answer says.

    Args:
        text: The answer.
        origin: Where it must come from.
        file: The target's file, for the message.

    Raises:
        BlindFault: It comes from elsewhere.
    """
    answer = json.loads(text)
    if answer["origin"] != origin:
        what = "the page went to another origin while it was read"
        raise BlindFault(what, file, "wrong-origin", "sign in first, or correct the url")
    return tuple(
        AreaView(Area(view["area"]), tuple(Entry(**entry) for entry in view["entries"]), view["others"], view["denied"])
        for view in answer["areas"]
    )


def check_denied(views: Iterable[AreaView], policy: Mapping[str, Any], file: str) -> None:
    """Refuse an answer that could not look where a declared store should be.

    Raises:
        BlindFault: Such an area was closed.
    """
    wanted = {store["area"] for store in policy["stores"]}
    for view in views:
        if view.denied and view.area in wanted:
            what = f"the {view.area} storage is closed ({view.denied})"
            raise BlindFault(what, file, "storage-denied", "open the page itself, not a frame of it")


def redaction_of(policy: Mapping[str, Any]) -> Redaction:
    """Return how values are hidden under `policy`."""
    public = {name: value for name, value in policy.items() if name != "salt"}
    text = json.dumps(public, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return Redaction(redactor=_digest(redactor_source()), policy=_digest(text))


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
