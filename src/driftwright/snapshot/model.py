"""Snapshot: one redacted capture.

A snapshot file is `snapshot-v1` JSON. There is no unredacted snapshot: `Snapshot.redaction` has no default.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from driftwright.base.terms import BESIDE_STORAGE, Area

if TYPE_CHECKING:
    from driftwright.snapshot.answers import RawAnswers

FORMAT = "snapshot-v1"
WAYS = ("launched", "attached", "profile", "snippet", "dump", "fingerprint")

Json = Any  # the one place where JSON's openness enters; everything above it is typed


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a storage area, redacted.

    Args:
        key: The storage key, with ids inside it as pseudonyms.
        store: The declared store that this entry is, or resembles; empty when it is neither.
        ids: What the placeholders of the store's key pattern stood for, as pseudonyms.
        size: Length of the stored text in UTF-16 units, as the browser counts its quota, up to the next power of two.
        form: `json`, `text` (not JSON), `json-in-text` (a JSON string that holds JSON), `json-in-lz-string` or
            `json-in-base64` (JSON packed so), `oversize`, or `shape` (what a
            fingerprint tells: counts of types and forms).
        value: The redacted value; None for `text`.
    """

    key: str
    store: str
    ids: Mapping[str, str]
    size: int
    form: str
    value: Json


@dataclass(frozen=True, slots=True)
class AreaView:
    """The redacted content of one storage area.

    Args:
        area: Which area.
        entries: The entries that are, or resemble, a declared store.
        others: How many further keys the area held; they are counted, never read out.
        denied: Why the area could not be looked at; empty when it could.
        where: The other frame or tab that it belongs to, such as `frame 1`; empty for the page itself. Those are looked
            into for stores that the page lacks, so only such stores stand there, and areas that were closed.
    """

    area: Area
    entries: tuple[Entry, ...]
    others: int
    denied: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where, when and with what a snapshot was taken.

    Args:
        target: Name of the probe target.
        state: Page state that the probe had reached.
        origin: Scheme, host and port of the page; never a path or a query.
        browser: Name and version of the browser.
        taken_at: ISO 8601 time in UTC, to the second.
        tool: Version of driftwright.
        way: How the browser was reached, one of `WAYS`; what was seen does not depend on it.
    """

    target: str
    state: str
    origin: str
    browser: str
    taken_at: str
    tool: str
    way: str = "launched"


@dataclass(frozen=True, slots=True)
class Redaction:
    """How the values were hidden.

    Args:
        redactor: Digest of the redactor's source.
        policy: Digest of the policy that the schemas gave it.
    """

    redactor: str
    policy: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels that an app gives to the user whose stores these are: its version and the country, and no identity.

    Args:
        app: The app's version; empty when it does not say.
        country: Two capital letters; empty when it does not say.
    """

    app: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Stores in files of one's own, with nothing hidden: readers run on them, and they are never written or shown.

    Args:
        documents: By the name of each store its document.
        secret: What made-up values cannot be computed without.
    """

    documents: Mapping[str, Any] = field(default_factory=dict, repr=False)
    secret: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One redacted capture.

    Args:
        provenance: Where, when and with what it was taken.
        redaction: How the values were hidden.
        areas: What was seen, hidden.
        own: The same with nothing hidden, where it was taken from files of one's own; it is never written.
        answers: Of what kind the readers' answers are on what was there, before anything was hidden; None where no
            reader was to be asked, or the file is of a time when none was. It takes no part in the digest.
        labels: What the app says of its user; it takes no part in the digest.
    """

    provenance: Provenance
    redaction: Redaction
    areas: tuple[AreaView, ...]
    own: OwnFiles = field(default_factory=OwnFiles, repr=False, compare=False)
    answers: RawAnswers | None = field(default=None, repr=False, compare=False)
    labels: Labels = field(default=Labels(), compare=False)

    @property
    def digest(self) -> str:
        """`sha256:` and 64 hex digits over what was seen, whatever the time, the tool and the order of keys."""
        records = [_area_record(view) for view in self.areas if view.area not in _NOT_BY_EVERY_WAY or _shows(view)]
        text = json.dumps(records, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


# Not every way of capturing can look into these: one that was closed or empty says the same as one not looked into.
_NOT_BY_EVERY_WAY = frozenset({Area.INDEXED_DB, Area.EXTENSION_SESSION, *BESIDE_STORAGE})


def _shows(view: AreaView) -> bool:
    return bool(view.entries or view.others)


def _area_record(view: AreaView) -> dict[str, Json]:
    record: dict[str, Json] = {
        "area": str(view.area),
        "others": view.others,
        "entries": [
            {
                "key": entry.key,
                "store": entry.store,
                "ids": dict(entry.ids),
                "size": entry.size,
                "form": entry.form,
                "value": entry.value,
            }
            for entry in view.entries
        ],
    }
    if view.denied:
        record["denied"] = view.denied
    if view.where:
        record["where"] = view.where
    return record
