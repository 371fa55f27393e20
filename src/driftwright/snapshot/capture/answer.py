"""The calls of the redactor that all ways of capturing share, and the views made of its answers."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import driftwright
from driftwright.base.errors import BlindFault, InputFault
from driftwright.base.terms import EXTENSION_STORAGE, PAGE_STORAGE, STORAGE, Area
from driftwright.snapshot.capture.redactor import redactor_source
from driftwright.snapshot.capture.salt import Hidden, page_key
from driftwright.snapshot.fields import FieldReader
from driftwright.snapshot.file import areas_of, document_of
from driftwright.snapshot.model import AreaView, Provenance, Redaction
from driftwright.workspace import Target

PAGE_AREAS = PAGE_STORAGE
EXTENSION_AREAS = EXTENSION_STORAGE
IN_PAGE = (Area.PAGE_JSON, Area.WINDOW, Area.RESPONSE)  # beside storage, and seen where a page runs
MAX_UNITS = 16 * 1024 * 1024
MARKED_NUMBER = re.compile("\x7f[#~]")  # how a text begins that stands for a number which is still to be hidden
GIVEN = 'globalThis[Symbol.for("driftwright.given")]'  # what a world of our own is handed, by area
KEPT = 'globalThis[Symbol.for("driftwright")]'  # in a world of our own, or the extension's; never in the page's

# Whether all is still as the last reading there found it; false where there was none.
UNCHANGED = f"{KEPT} ? {KEPT}.unchanged() : false"
FORGET = f"delete {KEPT}, delete {GIVEN}"


def policy_text(policy: Mapping[str, Any], key: bytes, areas: Iterable[Area]) -> str:
    """Return the policy as the redactor takes it, with the key of pseudonyms that nothing hides once more."""
    return Hidden(json.dumps({**policy, "salt": key.hex(), "areas": [str(area) for area in areas]}, ensure_ascii=True))


def page_policy_text(policy: Mapping[str, Any], salt: bytes, areas: Iterable[Area]) -> str:
    """Return the policy for a page: with the key of pages, and with marks around pseudonyms for `rekeying.py`."""
    return policy_text({**policy, "marked": True}, page_key(salt), areas)


def literal(text: str) -> str:
    """Return `text` as a JavaScript literal."""
    return json.dumps(text, ensure_ascii=True)


def reading_call(policy: Mapping[str, Any], salt: bytes, areas: Iterable[Area]) -> str:
    """Return the expression that reads and redacts `areas` where it is evaluated, under the key of pages alone.

    What was read stays there, for `UNCHANGED` to compare with, until `FORGET` or the end of the page.
    """
    return Hidden(f"({KEPT} = {redactor_source()}).capture({literal(page_policy_text(policy, salt, areas))})")


def giving_call(area: Area, held: Any) -> str:
    """Return the JavaScript that gives a world the contents of an area that it cannot read by itself.

    Args:
        area: The area.
        held: For `page-json` the text of the served document; for others the entries as `entry_of` makes them; `None`
            for an area that could not be looked at, and `{"denied": word}` where there is a word for why.
    """
    return Hidden(f"(({GIVEN} ??= {{}})[{literal(area)}] = JSON.parse({literal(json.dumps(held))}), true)")


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
        BlindFault: It comes from another origin, or is no such answer.
    """
    answer = _document_of(text, file)
    if answer.get("origin") != origin:
        problem = "the page went to another origin while it was read"
        raise BlindFault(problem, file, "wrong-origin", "sign in first, or correct the url")
    return areas_in(answer, file)


def views_elsewhere(text: str, where: str, file: str) -> tuple[AreaView, ...]:
    """Return the areas of a redactor's answer from another frame or tab, which is called `where`.

    Raises:
        BlindFault: It is no such answer; `file` is the target's.
    """
    return tuple(replace(view, where=where) for view in areas_in(_document_of(text, file), file))


def _document_of(text: str, file: str) -> Mapping[str, Any]:
    """Parse a redactor's answer within the bounds that hold for the file that it becomes."""
    try:
        answer = document_of(text.encode(), file)
    except (InputFault, UnicodeEncodeError):
        answer = None
    if not isinstance(answer, dict):
        raise _no_answer(file)
    return answer


def areas_in(answer: Mapping[str, Any], file: str) -> tuple[AreaView, ...]:
    """Return the areas of a parsed answer.

    Raises:
        BlindFault: It holds no such areas; `file` is the target's.
    """
    try:
        return areas_of(FieldReader(file), answer, "")
    except InputFault:
        raise _no_answer(file) from None


def _no_answer(file: str) -> BlindFault:
    return BlindFault("what was read there is no storage", file, "crash", "look at what answers there")


def check_denied(views: Iterable[AreaView], policy: Mapping[str, Any], file: str) -> None:
    """Raise a fault when an area in which a declared store should lie could not be read.

    Raises:
        BlindFault: Such an area was closed.
    """
    wanted = {store["area"] for store in policy["stores"]}
    for view in views:
        # Beside storage only those facts are unseen that rest on the store, and the verdict says so.
        if view.denied and view.area in wanted and view.area in STORAGE:
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
